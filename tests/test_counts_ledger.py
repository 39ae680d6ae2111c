"""The count file holds noisy sums and nothing of who, when or in which order."""

import random
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.counts.guard import AlreadyRunning, State
from bot.counts.ledger import ENOUGH, ZERO, Ledger, buckets, read
from bot.counts.noise import Laplace, Noise
from bot.counts.once import Seen
from bot.counts.period import is_closed, is_due, quarter
from bot.counts.schema import Schema, digest
from bot.counts.tally import Event, Pending, Tally
from bot.errors import WaymarkError

FLOWS = [(f"flow_{n:02}", ("none", "some", "strong", "urgent")) for n in range(20)]
LOCALES = [f"l{n:02}" for n in range(40)]
SCHEMA = Schema.build([*FLOWS, ("youth", ())], LOCALES)
NOW = datetime(2026, 2, 3, 12, 20, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
MakeLedger = Callable[..., Ledger]


class Silent:
    """Adds nothing, so that a test sees what was written."""

    def draw(self) -> int:
        return 0


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "counts.db"


@pytest.fixture
def make_ledger(store: Path) -> MakeLedger:
    def make(path: Path = store, schema: Schema = SCHEMA, now: datetime = NOW, noise: Noise | None = None) -> Ledger:
        return Ledger(path, schema, lambda: now, noise or Silent())

    return make


def pending(number: int = 0, event: Event = "started") -> Pending:
    waiting = Pending(SCHEMA.cells)
    for _ in range(number):
        waiting.add(Tally("youth", "self", event, locale="l00"))
    return waiting


def raw(store: Path, bucket: str = "2026-Q1") -> dict[str, int]:
    """What is in the file, read as only a thief or a court would."""
    conn = sqlite3.connect(store)
    rows = conn.execute("SELECT name, value FROM cell WHERE bucket = ?", (bucket,)).fetchall()
    conn.close()
    return {name: value - ZERO for name, value in rows}


def total(store: Path) -> int:
    return sum(raw(store).values())


def tag(store: Path) -> bytes:
    conn = sqlite3.connect(store)
    [(value,)] = conn.execute("SELECT tag FROM store").fetchall()
    conn.close()
    return bytes(value)


def settled_bytes(store: Path, change_counters: bool = True) -> bytes:
    """The file with its random tag blanked, and on request the counters of how often it was written."""
    content = bytearray(store.read_bytes().replace(tag(store), bytes(16)))
    if not change_counters:
        content[24:28] = content[92:96] = bytes(4)
    return bytes(content)


def test_every_cell_is_born_with_noise(make_ledger: MakeLedger, store: Path) -> None:
    """A new file has every cell of the schema, each with a draw of its own, before anything was counted."""
    make_ledger(noise=Laplace(random.Random(3).getrandbits))
    expected = Laplace(random.Random(3).getrandbits)

    assert raw(store) == {name: expected.draw() for name in SCHEMA.cells}


def test_counts_go_on_top_of_the_noise(make_ledger: MakeLedger, store: Path) -> None:
    """A written batch adds the true counts to the cells and leaves the others alone."""
    ledger = make_ledger(noise=Laplace(random.Random(3).getrandbits))
    before = raw(store)
    ledger.flush(pending(12, "ended"))
    after = raw(store)

    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "E/youth/self/completed": 12,
        "B/l00": 12,
    }


def test_the_noise_is_drawn_once(make_ledger: MakeLedger, store: Path) -> None:
    """Opening the same quarter again draws nothing again."""
    make_ledger(noise=Laplace()).close()
    first = raw(store)
    make_ledger(noise=Laplace()).close()

    assert raw(store) == first


def test_the_layout_has_one_count_column(make_ledger: MakeLedger, store: Path) -> None:
    """Three strict tables; the cells have no row number and no column but quarter, name and value."""
    make_ledger()
    conn = sqlite3.connect(store)
    tables = dict(conn.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
    columns = {t: [c[1] for c in conn.execute(f"PRAGMA table_info({t})")] for t in tables}
    conn.close()

    assert columns == {"cell": ["bucket", "name", "value"], "bucket": ["name", "schema"], "store": ["id", "tag"]}
    assert "STRICT, WITHOUT ROWID" in tables["cell"]
    assert all("STRICT" in sql for sql in tables.values())


def test_the_file_belongs_to_its_owner_alone(make_ledger: MakeLedger, store: Path) -> None:
    """Others on the machine cannot read the file or hold its lock."""
    make_ledger()

    assert [p.stat().st_mode & 0o777 for p in sorted(store.parent.iterdir())] == [0o600, 0o600]


def random_tallies(number: int, rng: random.Random) -> list[Tally]:
    flows = [name for name, _ in FLOWS]
    events: list[Event] = ["started", "ended"]
    bands = ("none", "some", "strong", "urgent")
    return [
        Tally(rng.choice(flows), "self", rng.choice(events), rng.choice(bands), rng.choice(LOCALES))
        for _ in range(number)
    ]


def test_each_slot_has_a_fresh_tag(make_ledger: MakeLedger, store: Path) -> None:
    """The tag changes with every slot, written or not, and is 16 bytes long."""
    ledger, tags = make_ledger(), set()
    for number in (0, 3, 20, 0):
        ledger.flush(pending(number))
        tags.add(tag(store))

    assert [len(t) for t in tags] == [16] * 4


@pytest.mark.parametrize(("number", "included"), [(0, 0), (1, 0), (ENOUGH - 1, 0), (ENOUGH, 10), (40, 40)])
def test_fewer_than_ten_conversations_wait(make_ledger: MakeLedger, store: Path, number: int, included: int) -> None:
    """A batch is written only if ten conversations are in it; otherwise it waits whole."""
    ledger, waiting = make_ledger(), pending(number)
    ledger.flush(waiting)

    assert (total(store), waiting.batch().conversations) == (included, number - included)


def test_waiting_conversations_add_up_over_slots(make_ledger: MakeLedger, store: Path) -> None:
    """Six now and six later are written together."""
    ledger, waiting = make_ledger(), pending(6)
    ledger.flush(waiting)
    for _ in range(6):
        waiting.add(Tally("youth", "self", "started"))
    ledger.flush(waiting)

    assert (total(store), waiting.batch().conversations) == (12, 0)


def test_five_who_started_and_ended_are_not_ten(make_ledger: MakeLedger, store: Path) -> None:
    """Two events of one conversation do not make two conversations."""
    ledger, waiting = make_ledger(), pending(5)
    for _ in range(5):
        waiting.add(Tally("youth", "self", "ended", locale="l00"))
    ledger.flush(waiting)

    assert total(store) == 0


def test_a_planned_stop_writes_what_waits(make_ledger: MakeLedger, store: Path) -> None:
    """When the process stops as planned, even one conversation is written."""
    ledger, waiting = make_ledger(), pending(1)
    ledger.flush(waiting, closing=True)

    assert (total(store), waiting.batch().conversations) == (1, 0)


def test_a_second_writer_is_refused(make_ledger: MakeLedger) -> None:
    """While one ledger is open another one is refused with exit code 75; afterwards it may write."""
    first = make_ledger()
    with pytest.raises(AlreadyRunning) as caught:
        make_ledger()
    first.close()

    assert (caught.value.exit_code, make_ledger().state) == (75, State.READY)


def test_a_new_quarter_opens_new_cells(store: Path) -> None:
    """At the edge of a quarter new noisy cells are opened and the old ones are never written again."""
    clock = [datetime(2026, 3, 31, 23, 59, tzinfo=UTC)]
    ledger = Ledger(store, SCHEMA, lambda: clock[0], Laplace(random.Random(3).getrandbits))
    ledger.flush(pending(15))
    old = raw(store, "2026-Q1")
    clock[0] = APRIL
    ledger.flush(pending(0))
    born = raw(store, "2026-Q2")
    ledger.flush(pending(11))

    assert raw(store, "2026-Q1") == old
    assert {n: v - born[n] for n, v in raw(store, "2026-Q2").items() if v != born[n]} == {"S/youth/self": 11}
    assert set(born) == set(SCHEMA.cells)
    assert len(set(born.values())) > 5


def test_a_clock_that_went_back_holds_the_counts(store: Path) -> None:
    """A quarter that is over is not written again, even if the clock says it is not; the counts wait."""
    clock = [APRIL]
    ledger = Ledger(store, SCHEMA, lambda: clock[0], Silent())
    clock[0] = NOW
    waiting = pending(30)

    assert ledger.flush(waiting) is State.CLOCK
    assert (waiting.batch().conversations, raw(store, "2026-Q1")) == (30, {})
    clock[0] = APRIL
    assert ledger.flush(waiting) is State.READY


def test_a_new_language_gets_a_cell_in_the_open_quarter(make_ledger: MakeLedger, store: Path) -> None:
    """After an update cells are added with noise of their own, old cells stay, and the digest names what is there."""
    make_ledger(noise=Laplace(random.Random(3).getrandbits)).close()
    before = raw(store)
    make_ledger(schema=Schema.build([*FLOWS], ["l00", "new"])).close()
    after = raw(store)

    assert after == {**before, "B/new": 0}
    assert buckets(store) == {"2026-Q1": digest(sorted(after))}


def test_old_quarters_go_after_two_years(store: Path) -> None:
    """Eight quarters after it closed a quarter is gone from every byte of the file; a younger one stays."""
    clock = [NOW]
    schema = Schema.build([("old_and_gone", ())], ["en"])
    Ledger(store, schema, lambda: clock[0], Silent()).close()
    ledger = Ledger(store, SCHEMA, lambda: clock[0], Silent())
    held = []
    for clock[0] in (APRIL, datetime(2028, 3, 31, tzinfo=UTC), datetime(2028, 4, 1, tzinfo=UTC)):
        assert ledger.flush(pending(0)) is State.READY
        held.append(list(buckets(store)))

    assert held == [["2026-Q1", "2026-Q2"], ["2026-Q1", "2026-Q2", "2028-Q1"], ["2026-Q2", "2028-Q1", "2028-Q2"]]
    content = store.read_bytes()
    assert b"old_and_gone" not in content
    assert content[36:40] == bytes(4)  # no free page is left: the file was made anew


def test_an_open_quarter_cannot_be_read(make_ledger: MakeLedger, store: Path) -> None:
    """Until it closes a quarter is refused to everybody; afterwards the noisy numbers are given."""
    ledger = make_ledger()
    ledger.flush(pending(12))
    for now in (NOW, APRIL - timedelta(seconds=1)):
        with pytest.raises(WaymarkError, match="still open"):
            read(store, "2026-Q1", now)

    assert read(store, "2026-Q1", APRIL)["S/youth/self"] == 12


def test_a_ledger_answers_nothing_about_its_counts() -> None:
    """The public names of a ledger are to write, to close and its state; none reads a number."""
    assert {name for name in dir(Ledger) if not name.startswith("_")} == {"flush", "close"}


def test_a_quarter_that_is_not_there_is_told(make_ledger: MakeLedger, store: Path) -> None:
    """Asking for a quarter the file does not hold gives an error with a remedy."""
    make_ledger()
    with pytest.raises(WaymarkError, match="holds nothing"):
        read(store, "2025-Q4", NOW)


def test_quarters_follow_the_utc_calendar() -> None:
    """A quarter changes at midnight UTC, whatever the clock's own time zone."""
    tokyo = datetime.fromisoformat("2026-04-01T08:59:59+09:00")

    assert [quarter(tokyo), quarter(tokyo + timedelta(seconds=1))] == ["2026-Q1", "2026-Q2"]
    assert (is_closed("2026-Q1", tokyo), is_closed("2026-Q1", APRIL)) == (False, True)
    assert [is_due("2024-Q1", NOW), is_due("2023-Q4", NOW)] == [False, True]


def test_no_identifier_reaches_the_disk(make_ledger: MakeLedger, store: Path) -> None:
    """Chat and conversation numbers that went through the count leave no trace in any file, in any spelling."""
    ledger, waiting, seen = make_ledger(), Pending(SCHEMA.cells), Seen(NOW - timedelta(hours=1))
    chats = range(7_301_554_890_001, 7_301_554_890_031)
    for chat in chats:
        number = chat % 2**31
        assert seen.first("started", number, chat, NOW, NOW)
        waiting.add(Tally("youth", "self", "started"))
    assert ledger.flush(waiting) is State.READY
    content = b"".join(path.read_bytes() for path in store.parent.iterdir())

    assert b"S/youth/self" in content
    for chat in chats:
        for number in (chat, chat % 2**31):
            spelled = [str(number), f"{number:x}", f"{number:X}"]
            traces = [s.encode(code) for s in spelled for code in ("utf-8", "utf-16-le", "utf-16-be")]
            traces += [number.to_bytes(4 if number < 2**31 else 8, order) for order in ("big", "little")]
            assert not any(trace in content for trace in traces)
