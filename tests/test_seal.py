"""A button is a session nobody else can read, move, alter or revive; its key is gone after two days."""

from __future__ import annotations

import base64
import os
import re
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage import PLACE, Clock, day_of, plain_key

from bot.engine.engine import Engine
from bot.engine.session import LIFE_MINUTES, Flag, Session, Turn
from bot.flow.model import Library
from bot.seal import token as token_module
from bot.seal.keyring import KEY_BYTES, KEY_IDS, Keyring, memory_folder
from bot.seal.pack import Radix
from bot.seal.static import Plain, country_page, leave_from, read_plain
from bot.seal.token import CHARACTERS, VERSION, Place, Seal, Token
from bot.talk import minutes_since_epoch

BASE64URL = re.compile(r"[A-Za-z0-9_-]{64}")
DAY = 20_779  # 22 November 2026


def make_seal(engine: Engine, clock: Clock, keys: Keyring | None = None) -> Seal:
    """Sealing as the house does it, with a told clock and a known key."""
    flows, by_digest = engine.library.flows, engine.library.by_digest
    return Seal(
        keys or Keyring(None, day_of(clock), plain_key),
        engine.count,
        lambda flow: flows[flow].digest,
        lambda digest: by_digest[digest].id if digest in by_digest else None,
        lambda: minutes_since_epoch(clock()),
    )


def begun(clock: Clock, flow: str = "self_adult", answers: tuple[int, ...] = (1, 1, 2, 1)) -> Session:
    """A session begun now, some answers in."""
    return Session(flow, 2, 0, 9, 4, Flag.QUIET, Turn.HERE, minutes_since_epoch(clock()), 0xC0FFEE, answers)


@st.composite
def reachable(draw: st.DrawFn, engine: Engine, now: int) -> Session:
    """Any session some taps lead to, in any flow, with anything a person can have chosen beside."""
    session = Session(
        flow=draw(st.sampled_from(sorted(engine.charts))),
        locale=draw(st.integers(0, 63)),
        second=draw(st.integers(0, 63)),
        country=draw(st.integers(0, 1023)),
        region=draw(st.integers(0, 63)),
        flags=Flag(draw(st.integers(0, 255))),
        turn=draw(st.sampled_from([Turn.HERE, Turn.BACK, Turn.STAY])),
        started=now - draw(st.integers(0, LIFE_MINUTES)),
        number=draw(st.integers(0, 2**32 - 1)),
    )
    for pick in draw(st.lists(st.integers(0, 13), max_size=45)):
        options = engine.count(session)
        if options < 1:
            break
        session = replace(session, answers=(*session.answers, pick % options + 1))
    return session


# -- there and back ----------------------------------------------------------------------------------------------


@given(data=st.data())
def test_any_session_comes_back_as_it_was(engine: Engine, data: st.DataObject) -> None:
    """Whatever path was taken in whatever flow, its button opens to the same session and is 64 characters long."""
    clock = Clock()
    seal = make_seal(engine, clock)
    session = data.draw(reachable(engine, minutes_since_epoch(clock())))

    token = seal.seal(session, PLACE)

    assert BASE64URL.fullmatch(token)
    assert seal.open(token, PLACE) == session


def test_every_screen_of_every_flow_fits_a_button(engine: Engine, screens: list[Session], clock: Clock) -> None:
    """Each state of each flow, stop cards and outcomes included, seals and opens."""
    seal = make_seal(engine, clock)
    for session in screens:
        started = replace(session, started=minutes_since_epoch(clock()))
        assert seal.open(seal.seal(started, PLACE), PLACE) == started


def test_the_first_byte_names_version_and_day(engine: Engine, clock: Clock) -> None:
    """Four bits of version, four of the key's day."""
    token = make_seal(engine, clock).seal(begun(clock), PLACE)

    assert base64.urlsafe_b64decode(token)[0] == VERSION << 4 | DAY % KEY_IDS


def test_equal_sessions_of_two_talks_look_nothing_alike(engine: Engine, clock: Clock) -> None:
    """Two people at the same question have different buttons; the same tap twice gives the same one."""
    seal = make_seal(engine, clock)
    one = seal.seal(begun(clock), PLACE)
    other = seal.seal(replace(begun(clock), number=0xC0FFEF), PLACE)

    assert one == seal.seal(begun(clock), PLACE)
    same = sum(a == b for a, b in zip(base64.urlsafe_b64decode(one), base64.urlsafe_b64decode(other), strict=True))
    assert same < 8


def test_a_button_shows_nothing_of_its_session(engine: Engine, clock: Clock) -> None:
    """Neither the flow's digest nor the conversation number nor the start minute can be read in a button."""
    session = begun(clock)
    raw = base64.urlsafe_b64decode(make_seal(engine, clock).seal(session, PLACE))

    digest = engine.library.flows[session.flow].digest
    for secret in (digest, session.number.to_bytes(4, "big"), session.started.to_bytes(3, "big")):
        assert secret not in raw


# -- what is refused ---------------------------------------------------------------------------------------------


def test_one_flipped_bit_is_refused(engine: Engine, clock: Clock) -> None:
    """Each of the 384 bits matters."""
    seal = make_seal(engine, clock)
    raw = base64.urlsafe_b64decode(seal.seal(begun(clock), PLACE))

    for bit in range(384):
        altered = bytearray(raw)
        altered[bit // 8] ^= 1 << bit % 8
        assert seal.open(base64.urlsafe_b64encode(bytes(altered)).decode(), PLACE) is None, f"bit {bit}"


@pytest.mark.parametrize(
    "elsewhere",
    [replace(PLACE, chat=PLACE.chat + 1), replace(PLACE, user=PLACE.user + 1), replace(PLACE, bot=PLACE.bot + 1),
     Place(PLACE.chat, PLACE.bot, PLACE.user), replace(PLACE, chat=-PLACE.chat)],
    ids=["chat", "user", "bot", "bot and chat exchanged", "a group of that number"],
)  # fmt: skip
def test_a_button_of_another_place_is_refused(engine: Engine, clock: Clock, elsewhere: Place) -> None:
    """A button works for the bot, the chat and the person it was made for, and for no other."""
    seal = make_seal(engine, clock)

    assert seal.open(seal.seal(begun(clock), PLACE), elsewhere) is None


def test_a_button_lives_for_a_day(engine: Engine, clock: Clock) -> None:
    """24 hours after the talk began its buttons still work, a minute later they do not."""
    seal = make_seal(engine, clock)
    token = seal.seal(begun(clock), PLACE)

    clock.forward(hours=24)
    assert seal.open(token, PLACE) is not None
    clock.forward(minutes=1)
    assert seal.open(token, PLACE) is None


def test_a_tap_prolongs_no_talk(engine: Engine, clock: Clock) -> None:
    """A button made late in a talk dies with the talk: the start goes along from tap to tap."""
    seal = make_seal(engine, clock)
    session = begun(clock)
    clock.forward(hours=23, minutes=59)
    token = seal.seal(session.answer(1), PLACE)

    clock.forward(minutes=2)
    assert seal.open(token, PLACE) is None


def test_a_button_from_the_future_is_refused(engine: Engine, clock: Clock) -> None:
    """A session that begins later than now was never made here."""
    seal = make_seal(engine, clock)

    assert seal.open(seal.seal(replace(begun(clock), started=begun(clock).started + 60), PLACE), PLACE) is None


def test_the_key_of_a_day_is_gone_two_days_later(engine: Engine, clock: Clock, tmp_path: Path) -> None:
    """Midnight passes without loss; after the second one nobody can open the button, its clock or not."""
    folder = tmp_path / "keys"
    folder.mkdir()
    seal = make_seal(engine, clock, Keyring(folder, day_of(clock)))
    clock.forward(hours=14)  # 23:30
    session = begun(clock)
    token = seal.seal(session, PLACE)
    clock.forward(hours=1)
    assert seal.open(token, PLACE) == session

    clock.forward(days=1)
    seal.minute = lambda: session.started  # even a clock set back does not help
    assert seal.open(token, PLACE) is None
    assert not (folder / f"key-{DAY}").exists()


def test_another_version_is_refused(engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A button of a format that this program does not speak is none, though the key is right."""
    seal = make_seal(engine, clock)
    for version in set(range(16)) - {VERSION}:
        with monkeypatch.context() as other:
            other.setattr(token_module, "VERSION", version)
            token = seal.seal(begun(clock), PLACE)
        assert seal.open(token, PLACE) is None


def test_a_flow_that_changed_refuses_its_old_buttons(engine: Engine, library: Library, clock: Clock) -> None:
    """A button of a flow whose questions are others now is refused; the other flows' buttons go on."""
    seal = make_seal(engine, clock)
    old, other = seal.seal(begun(clock), PLACE), seal.seal(begun(clock, "job_offer", (1, 1)), PLACE)

    gone = library.flows["self_adult"].digest
    seal.flow_of = lambda digest: None if digest == gone else library.by_digest[digest].id

    assert seal.open(old, PLACE) is None
    assert seal.open(other, PLACE) is not None


def test_impossible_answers_are_refused(engine: Engine, clock: Clock) -> None:
    """Answers sealed under another count of options than there are now open to nothing."""
    seal = make_seal(engine, clock)
    generous = make_seal(engine, clock)
    generous.radix = Radix(lambda session: 14)

    for answers in ((14,), (1, 9), (2, 1), (1,) * 30):
        assert seal.open(generous.seal(begun(clock, answers=answers), PLACE), PLACE) is None


@pytest.mark.parametrize(
    "data",
    ["", "A" * 63, "A" * 65, "A" * 64, "=" * 64, "A" * 62 + "==", "A" * 60 + "====", " " * 64, "é" * 64, "\0" * 64,
     "A" * 63 + "\n", "A" * 63 + "*", "٣" * 64, "\U0001f600" * 64, "../" * 21 + "x"],
    ids=lambda data: ascii(data)[:24],
)  # fmt: skip
def test_what_is_no_button_is_refused(engine: Engine, clock: Clock, data: str) -> None:
    """Text of any kind and length opens to nothing and breaks nothing."""
    assert make_seal(engine, clock).open(data, PLACE) is None


@given(
    data=st.text(min_size=60, max_size=68)
    | st.binary(min_size=48, max_size=48).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
)
def test_made_up_buttons_are_refused(engine: Engine, data: str) -> None:
    """Nothing that was not sealed here opens."""
    assert make_seal(engine, Clock()).open(data, PLACE) is None


def test_refusals_do_not_say_why(engine: Engine, clock: Clock) -> None:
    """Foreign, expired, altered and unknown buttons are told apart by nobody: each is simply None."""
    seal = make_seal(engine, clock)
    token = seal.seal(begun(clock), PLACE)
    clock.forward(days=1, minutes=1)

    found: list[Session | None] = [
        seal.open(token, PLACE), seal.open(token, replace(PLACE, chat=1)), seal.open(Token("A" * CHARACTERS), PLACE),
    ]  # fmt: skip
    assert found == [None, None, None]


# -- keys --------------------------------------------------------------------------------------------------------


def test_a_key_lies_in_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    """The key is 64 random bytes in a file of mode 0600 named by its day, with nothing left beside it."""
    key_id, key = Keyring(tmp_path, lambda: DAY).current()

    (file,) = tmp_path.iterdir()
    assert (file.name, file.read_bytes(), key_id) == (f"key-{DAY}", key, DAY % KEY_IDS)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(key) == KEY_BYTES == 64


def test_two_rings_of_one_folder_share_a_key(tmp_path: Path) -> None:
    """A second process finds the key that the first one made."""
    first, second = Keyring(tmp_path, lambda: DAY), Keyring(tmp_path, lambda: DAY)

    assert first.current() == second.current()
    assert second.find(DAY % KEY_IDS) == first.current()[1]


def test_of_two_rings_at_the_same_moment_one_wins(tmp_path: Path) -> None:
    """Who comes second while writing takes the key of the first, and no draft stays behind."""
    rival = Keyring(tmp_path, lambda: DAY)

    def overtaken(length: int) -> bytes:
        rival.current()
        return b"\1" * length

    ring = Keyring(tmp_path, lambda: DAY, overtaken)

    assert ring.current() == rival.current()
    assert [path.name for path in tmp_path.iterdir()] == [f"key-{DAY}"]


def test_many_processes_take_one_key(tmp_path: Path) -> None:
    """Processes that start at once on one folder all seal with the same key."""
    code = (
        "import sys; from pathlib import Path; from bot.seal.keyring import Keyring; sys.stdin.read(1);"
        "print(Keyring(Path(sys.argv[1]), lambda: 7).current()[1].hex())"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    running = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1]
        )
        for _ in range(4)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("x")
        process.stdin.flush()
    keys = {process.communicate()[0] for process in running}

    assert [process.returncode for process in running] == [0, 0, 0, 0]
    assert len(keys) == 1
    assert len(keys.pop().strip()) == 2 * KEY_BYTES


def test_only_today_and_yesterday_are_held(tmp_path: Path) -> None:
    """At each new day the key before yesterday's goes from the folder and from memory."""
    today = [DAY]
    ring = Keyring(tmp_path, lambda: today[0])
    made = {}
    for day in range(DAY, DAY + 4):
        today[0] = day
        made[day] = ring.current()[1]

    assert sorted(path.name for path in tmp_path.iterdir()) == [f"key-{DAY + 2}", f"key-{DAY + 3}"]
    assert [ring.find(day % KEY_IDS) for day in made] == [None, None, made[DAY + 2], made[DAY + 3]]
    assert len(set(made.values())) == 4


def test_an_old_key_file_is_never_read(tmp_path: Path) -> None:
    """A key of sixteen days ago has today's id; it opens nothing and is removed."""
    (tmp_path / f"key-{DAY - 16}").write_bytes(b"\1" * KEY_BYTES)

    ring = Keyring(tmp_path, lambda: DAY)
    assert ring.find(DAY % KEY_IDS) is None
    assert list(tmp_path.iterdir()) == []

    (tmp_path / f"key-{DAY - 2}").write_bytes(b"\1" * KEY_BYTES)  # put back by somebody
    assert ring.find((DAY - 2) % KEY_IDS) is None


def test_what_a_dead_process_left_half_written_goes_too(tmp_path: Path) -> None:
    """A draft of a key that was never put in place is removed with the key of its day; a fresh one may be in use."""
    for day in (DAY - 2, DAY - 1, DAY):
        (tmp_path / f".key-{day}-0123abcd").write_bytes(b"\1" * KEY_BYTES)
    Keyring(tmp_path, lambda: DAY).current()

    drafts = sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("."))
    assert drafts == [f".key-{DAY - 1}-0123abcd", f".key-{DAY}-0123abcd"]


def test_a_broken_key_file_is_no_key(tmp_path: Path) -> None:
    """A file cut short is not used; the ring then holds a key of its own and the talk goes on."""
    (tmp_path / f"key-{DAY}").write_bytes(b"short")
    ring = Keyring(tmp_path, lambda: DAY)

    assert len(ring.current()[1]) == KEY_BYTES
    assert ring.find(DAY % KEY_IDS) == ring.current()[1]


def test_without_a_folder_keys_live_in_the_process(tmp_path: Path) -> None:
    """Where there is no memory file system the ring works all the same, and another process has another key."""
    one, other = Keyring(None, lambda: DAY), Keyring(None, lambda: DAY)

    assert one.current() == one.current()
    assert one.find(DAY % KEY_IDS) == one.current()[1]
    assert one.current() != other.current()
    assert other.find((DAY + 1) % KEY_IDS) is None


def test_a_folder_that_vanishes_or_fills_up_stops_no_talk(tmp_path: Path) -> None:
    """When the key cannot be written it lives in the process."""
    ring = Keyring(tmp_path / "gone", lambda: DAY)

    assert ring.current() == ring.current()


def test_the_folder_is_on_memory_and_private() -> None:
    """Keys lie on a file system that power-off empties, in a folder of mode 0700; on a disk they never lie."""
    folder = memory_folder(f"waymark-test-{os.getpid()}")
    if folder is not None:  # this machine has such a file system
        try:
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert str(folder).startswith(("/run/", "/dev/shm/"))
        finally:
            folder.rmdir()
    assert memory_folder("waymark-test", mounts="/dev/sda1 /dev/shm ext4 rw 0 0\n/dev/sda1 / ext4 rw 0 0\n") is None
    assert memory_folder("waymark-test", mounts="") is None


# -- static tokens -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "plain"),
    [
        ("x", Plain("x")), ("x:1", Plain("x", 1)), ("x:zz", Plain("x", 1295)), ("h", Plain("h")), ("l", Plain("l")),
        ("l:3", Plain("l", 3)), ("m", Plain("m")), ("p:0", Plain("p")), ("p:124", Plain("p", 124)), ("w", Plain("w")),
    ],
)  # fmt: skip
def test_plain_tokens_are_read(data: str, plain: Plain) -> None:
    """Leave, help, languages, menu, places and return need no key."""
    assert read_plain(data) == plain


@given(message=st.integers(0, 36**13 - 1))
def test_leave_knows_where_the_talk_began(message: int) -> None:
    """The id of the first message goes into the leave token and comes out of it, within 64 bytes."""
    token = leave_from(message)

    assert read_plain(token) == Plain("x", message)
    assert len(token.encode()) <= 64


@given(country=st.integers(0, 999), page=st.integers(0, 9))
def test_a_page_of_regions_knows_its_country(country: int, page: int) -> None:
    """Country and page go into one number and come out of it."""
    token = country_page(country, page)

    assert read_plain(token) == Plain("p", country * 10 + page)


@pytest.mark.parametrize(
    "data",
    ["", "X", "x:", "x: 1", "x:A", "x:" + "z" * 14, "x\n", "h ", " h", "hh", "h:1", "m:1", "l:", "l:-1", "l:100", "l:٣",
     "p", "p:", "p:12345", "p:1a", "w:1", "q", "x:1;rm", "\0", "h\0", "é", "١", "p:+1", "l:1.0"],
    ids=lambda data: ascii(data)[:24],
)  # fmt: skip
def test_what_only_looks_like_a_plain_token_is_none(data: str) -> None:
    """Anything else, however close, is not read as one."""
    assert read_plain(data) is None


@given(data=st.text(max_size=70))
def test_any_text_is_a_plain_token_or_none(data: str) -> None:
    """Whatever a button carries, reading it never fails."""
    plain = read_plain(data)

    assert plain is None or (plain.number >= 0 and len(data) <= 15)
