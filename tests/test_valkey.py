"""The server that replicas share: what it must be, what lies on it, and what holds while it is away."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sharing import NOON, SCHEMA, Replicas, Wall, connect
from valkeyserver import WITHOUT_DISK, Server, valkey_server

from bot.counts.ledger import Ledger
from bot.counts.tally import Tally
from bot.errors import WaymarkError
from bot.replicas import shared_keyring
from bot.seal.keyring import KEY_IDS, Keyring
from bot.volatile.local import IDLE_SECONDS, Local
from bot.volatile.opening import Opening
from bot.volatile.post import Away
from bot.volatile.shelf import SharedShelf
from bot.volatile.tallies import Drain, OnceTogether
from bot.volatile.valkey import DAY, LEASE_SECONDS, Valkey

CHAT = 5_550_001_234
RECORD = [10.0, NOON, NOON, 50, NOON + IDLE_SECONDS, 0.0, 0.0]
PATIENCE_SECONDS = 10


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def pair(valkey: Server, wall: Wall) -> Iterator[list[Valkey]]:
    """Two replicas on one server."""
    found = connect(valkey, wall, 2)
    yield found
    for one in found:
        one.close()


@contextmanager
def own_server(folder: Path, *options: str) -> Iterator[Server]:
    """A server of this test alone."""
    with valkey_server(folder, *(options or WITHOUT_DISK), "--port", "0") as server:
        yield server


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; fails where it does not come about."""
    for _ in range(PATIENCE_SECONDS * 100):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come about")


def keys(server: Server) -> list[str]:
    answer = server.ask("KEYS", "*").decode(errors="replace")
    return [line for line in answer.split("\r\n") if line and line[0] not in "*$"]


# -- what it must be -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--save", "60 1"), "writes to a disk"),
        (("--save", "", "--appendonly", "yes"), "writes to a disk"),
        ((*WITHOUT_DISK, "--maxmemory", "1mb", "--maxmemory-policy", "allkeys-lru"), "drops keys when it is full"),
        ((*WITHOUT_DISK, "--requirepass", "another"), "refuses the password"),
        ((*WITHOUT_DISK, "--rename-command", "CONFIG", ""), "does not say whether it writes to a disk"),
    ],
)
def test_a_server_that_would_break_a_promise_is_refused(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    """One that writes down, evicts, or does not say so, stops the start with a sentence and a remedy."""
    with pytest.raises(WaymarkError, match=f"^WAYMARK_VALKEY: names a server that {said}"):  # noqa: SIM117
        with valkey_server(tmp_path, *options, "--port", "0") as server:
            Valkey(Opening(server.address, "wrong" if "--requirepass" in options else ""), time.time).start()


def test_a_server_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A start without the server tells so at once, without repeating the address."""
    with pytest.raises(WaymarkError, match="does not answer") as caught:
        Valkey(Opening(f"unix://{tmp_path}/none.sock"), time.time).start()

    assert "none.sock" not in str(caught.value)


def test_a_host_that_forbids_config_can_be_trusted(tmp_path: Path) -> None:
    """Where it was said that the server is not asked, one that cannot be asked is taken; one that persists is not."""
    with own_server(tmp_path, *WITHOUT_DISK, "--rename-command", "CONFIG", "") as server:
        trusted = Valkey(Opening(server.address, is_unchecked=True), time.time)
        trusted.start()
        trusted.close()
    with pytest.raises(WaymarkError, match="writes to a disk"), own_server(tmp_path, "--save", "60 1") as server:
        Valkey(Opening(server.address, is_unchecked=True), time.time).start()


def test_a_password_opens_the_server_and_is_never_shown(tmp_path: Path) -> None:
    """It is given, and neither a description nor a mistake repeats it."""
    with own_server(tmp_path, *WITHOUT_DISK, "--requirepass", "Zorblax") as server:
        opening = Opening(server.address, "Zorblax")
        opened = Valkey(opening, time.time)
        opened.start()
        opened.close()
        assert "Zorblax" not in repr(opening) + repr(opened)


# -- what lies on it -----------------------------------------------------------------------------------------------


def test_every_key_has_an_end_and_none_names_a_person(valkey: Server, wall: Wall) -> None:
    """After a whole talk each key expires by itself; a chat's number is in the list of open screens alone."""
    replicas = Replicas(valkey)
    server = replicas.members[0]
    Drain(server, SCHEMA.cells).lay_out()
    replicas.allows(CHAT, 0.0)
    replicas.keep_screen(CHAT, 50, 0.0)
    OnceTogether(server, SCHEMA.cells).count(Tally("youth", "self", "started"), 7, CHAT, wall.moment(), wall.moment())
    Keyring(SharedShelf(server), lambda: wall.day).current()
    replicas.idle(IDLE_SECONDS)
    held = keys(valkey)
    values = b"".join(valkey.ask("DUMP", f'"{key}"') for key in held if "screens" not in key)
    replicas.close()

    assert len(held) >= 9
    assert [key for key in held if int(valkey.ask("TTL", f'"{key}"')[1:]) <= 0] == []
    assert str(CHAT).encode() not in values + " ".join(held).encode()


def test_a_chat_has_another_name_each_day_and_is_known_over_midnight(valkey: Server, wall: Wall) -> None:
    """The digest of a chat changes with the day; what was known a minute before midnight is known a minute after."""
    [server] = connect(valkey, wall)
    wall.now = (wall.day + 1) * DAY - 60
    before = server.borrow(CHAT, "1").result()
    server.give_back(CHAT, "1", before.lease, None, RECORD).result()
    [name] = [key for key in keys(valkey) if key.endswith(":chat")]
    wall.now += 120
    after = server.borrow(CHAT, "2").result()
    server.give_back(CHAT, "2", after.lease, after.record, RECORD).result()
    server.close()

    assert after.record == RECORD
    assert len([key for key in keys(valkey) if key.endswith(":chat") and key != name]) == 1


def test_keys_that_belong_together_lie_together(tmp_path: Path) -> None:
    """On a cluster no command touches keys of two slots: a talk with all its marks goes through."""
    with valkey_server(tmp_path, *WITHOUT_DISK, "--port", "0", "--cluster-enabled", "yes") as server:
        server.ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        until(lambda: b"cluster_state:ok" in server.ask("CLUSTER", "INFO"))
        replicas = Replicas(server)
        replicas.keep_screen(CHAT, 50, 0.0)
        drain = Drain(replicas.members[0], SCHEMA.cells)
        drain.lay_out()
        moment = replicas.wall.moment()
        tally = Tally("youth", "self", "started")
        OnceTogether(replicas.members[0], SCHEMA.cells).count(tally, 7, CHAT, moment, moment)
        found = replicas.idle(IDLE_SECONDS), replicas.screen(CHAT), dict(drain.batch().cells)
        replicas.blanked(CHAT, 50, IDLE_SECONDS)
        ring = Keyring(SharedShelf(replicas.members[1]), lambda: replicas.wall.day)
        assert ring.find(ring.current()[0]) == ring.current()[1]
        replicas.close()

    assert found == ([(CHAT, 50)], 50, {"S/youth/self": 1})


# -- a chat's turn -------------------------------------------------------------------------------------------------


def test_a_chat_is_one_replica_s_at_a_time(pair: list[Valkey]) -> None:
    """While one handles it the other is told so; then it gets what the first came to know."""
    one, other = pair
    held = one.borrow(CHAT, "1").result()
    assert other.borrow(CHAT, "2").result().what == "busy"
    assert other.borrow(CHAT + 1, "3").result().what == "yours"
    assert one.give_back(CHAT, "1", held.lease, None, RECORD).result()

    assert other.borrow(CHAT, "2").result().record == RECORD


def test_an_update_is_done_once(pair: list[Valkey]) -> None:
    """What one replica did the other does not; what was stopped half-way is done by the other."""
    one, other = pair
    held = one.borrow(CHAT, "12").result()
    one.give_back(CHAT, "", held.lease, None, RECORD).result()
    again = other.borrow(CHAT, "12").result()
    assert again.what == "yours"
    other.give_back(CHAT, "12", again.lease, again.record, RECORD).result()

    assert one.borrow(CHAT, "12").result().what == "done"
    assert one.borrow(CHAT, "2").result().what == "yours"


def test_who_leaves_waits_for_nobody(pair: list[Valkey]) -> None:
    """A leave takes the turn from another replica, whose later word about the chat does not count any more."""
    one, other = pair
    slow = one.borrow(CHAT, "1").result()
    leave = other.borrow(CHAT, "2", steal=True).result()
    assert leave.what == "yours"
    left = [*RECORD[:3], 0, 0.0, NOON + 10, 0.0]
    assert other.give_back(CHAT, "2", leave.lease, None, left).result()
    assert not one.give_back(CHAT, "1", slow.lease, None, RECORD).result()

    assert one.borrow(CHAT, "3").result().record == left


def test_the_turn_of_a_killed_replica_ends_by_itself(valkey: Server, pair: list[Valkey]) -> None:
    """Nobody is kept waiting for longer than a lease."""
    pair[0].borrow(CHAT, "1").result()
    [turn] = [key for key in keys(valkey) if key.endswith(":turn")]

    assert 0 < int(valkey.ask("PTTL", f'"{turn}"')[1:]) <= LEASE_SECONDS * 1000


def test_a_screen_is_blanked_by_one_replica(pair: list[Valkey], wall: Wall) -> None:
    """Of two that look at once only one is told; should it die, the other is a minute later."""
    held = pair[0].borrow(CHAT, "1").result()
    pair[0].give_back(CHAT, "1", held.lease, None, RECORD).result()
    wall.now += IDLE_SECONDS
    assert sorted(len(one.claim_idle().result()) for one in pair) == [0, 1]
    wall.now += 61

    assert pair[1].claim_idle().result() == [(CHAT, 50)]


# -- while it is away ----------------------------------------------------------------------------------------------


def test_a_server_that_is_gone_fails_at_once_and_comes_back(tmp_path: Path) -> None:
    """Killed, it keeps nobody waiting; started again, it is used again, with the same keys as before."""
    with own_server(tmp_path) as server:
        [valkey] = connect(server, Wall())
        shelf = SharedShelf(valkey)
        ring = Keyring(shelf, lambda: valkey.today)
        key = ring.current()
        server.kill()
        until(lambda: not valkey.post.is_up)
        with pytest.raises(Away):
            valkey.borrow(CHAT, "1").result(0)
        assert ring.current() == key
        server.start()
        until(lambda: valkey.post.is_up)
        [newcomer] = connect(server, Wall())
        assert Keyring(SharedShelf(newcomer), lambda: valkey.today).current() == key
        newcomer.close()
        valkey.close()


def test_a_server_that_hangs_is_given_up_soon(tmp_path: Path) -> None:
    """Who asks while it answers nothing is told within a second that it is away."""
    with own_server(tmp_path) as server:
        [valkey] = connect(server, Wall())
        server.halt()
        with pytest.raises(Away):
            valkey.borrow(CHAT, "1").result(PATIENCE_SECONDS)
        assert not valkey.post.is_up
        server.go_on()
        until(lambda: valkey.post.is_up)
        valkey.close()


def test_a_server_that_begins_to_persist_is_not_used_any_more(tmp_path: Path) -> None:
    """Started again with a disk, it gets nothing to write there."""
    with own_server(tmp_path) as server:
        [valkey] = connect(server, Wall())
        server.kill()
        server._options = ("--save", "60 1", "--port", "0")
        server.start()
        until(lambda: isinstance(valkey.trouble, WaymarkError) and "writes to a disk" in str(valkey.trouble))
        assert not valkey.post.is_up
        assert keys(server) == []
        valkey.close()


def test_at_midnight_without_the_server_yesterday_s_key_goes_on(tmp_path: Path) -> None:
    """Replicas that cannot agree on a new key seal with the one they share, and with a new one once they can."""
    wall = Wall()
    with own_server(tmp_path) as server:
        pair = connect(server, wall, 2)
        rings = [Keyring(SharedShelf(one), lambda: wall.day) for one in pair]
        shared = {ring.current() for ring in rings}
        server.kill()
        until(lambda: not any(one.post.is_up for one in pair))
        wall.now += DAY
        assert {ring.current() for ring in rings} == shared
        assert {ring.find(ring.current()[0]) for ring in rings} == {key for _, key in shared}
        server.start()
        until(lambda: all(one.post.is_up for one in pair))
        fresh = {ring.current() for ring in rings}
        for one in pair:
            one.close()

    assert len(shared) == len(fresh) == 1
    assert fresh.isdisjoint(shared)
    assert [id for id, _ in fresh] == [wall.day % KEY_IDS]


def test_a_replica_that_met_nobody_yet_has_the_key(tmp_path: Path) -> None:
    """It is fetched at the start, and each day by the upkeep: a server that goes away takes it from nobody."""
    wall = Wall()
    with own_server(tmp_path) as server:
        pair = connect(server, wall, 2)
        rings = [shared_keyring(one, wall.moment) for one in pair]
        wall.now += DAY
        for ring in rings:
            ring.tidy()
        server.kill()
        until(lambda: not any(one.post.is_up for one in pair))
        found = {ring.current() for ring in rings}
        for one in pair:
            one.close()

    assert [id for id, _ in found] == [wall.day % KEY_IDS]


def test_replicas_share_a_key_and_ask_for_a_missing_one_once(valkey: Server, pair: list[Valkey]) -> None:
    """The second ring finds the first one's key; made-up buttons of a day without a key cost no more than one look."""
    first, second = (Keyring(SharedShelf(one), lambda: 20_000) for one in pair)
    assert first.current() == second.current()
    valkey.ask("CONFIG", "RESETSTAT")
    for _ in range(50):
        assert second.find(19_999 % KEY_IDS) is None

    assert b"cmdstat_get:calls=1," in valkey.ask("INFO", "commandstats")


# -- counts --------------------------------------------------------------------------------------------------------


def test_two_replicas_count_one_event_once(pair: list[Valkey], wall: Wall) -> None:
    """The same start met by both at the same moment, a hundred times over, is a hundred starts."""
    drain = Drain(pair[0], SCHEMA.cells)
    drain.lay_out()
    both = [OnceTogether(one, SCHEMA.cells) for one in pair]
    for number in range(100):
        for once in both:
            once.count(Tally("youth", "self", "started"), number, number, wall.moment(), wall.moment())
    for one in pair:
        one.tidy().result()

    assert (dict(drain.batch().cells), drain.batch().started) == ({"S/youth/self": 100}, 100)


def test_without_a_ledger_nothing_is_counted(pair: list[Valkey], wall: Wall, valkey: Server) -> None:
    """No process that writes counts, no counts: not even marks are made."""
    OnceTogether(pair[0], SCHEMA.cells).count(Tally("youth", "self", "started"), 7, 7, wall.moment(), wall.moment())
    pair[0].tidy().result()

    assert [key for key in keys(valkey) if "{counts}" in key] == []


def test_after_a_server_started_anew_no_old_talk_counts(pair: list[Valkey], wall: Wall, valkey: Server) -> None:
    """What may have been counted and written before it forgot all is not counted again."""
    drain, once = Drain(pair[0], SCHEMA.cells), OnceTogether(pair[0], SCHEMA.cells)
    drain.lay_out()
    begun = wall.moment()
    once.count(Tally("youth", "self", "started"), 7, 7, begun, wall.moment())
    assert drain.batch().started == 1
    valkey.ask("FLUSHALL")
    wall.now += 60
    for one in pair:
        one._greet(one.post._connect())  # as at every new connection
    drain.lay_out()
    once.count(Tally("youth", "self", "started"), 7, 7, begun, wall.moment())
    assert drain.batch().started == 1
    once.count(Tally("youth", "self", "started"), 8, 8, wall.moment(), wall.moment())
    assert drain.batch().started == 2


def test_the_ledger_takes_counts_once(pair: list[Valkey], wall: Wall, tmp_path: Path) -> None:
    """Twelve starts are taken in one slot and written; the next slot finds none; fewer than ten wait for a stop."""
    drain, once = Drain(pair[0], SCHEMA.cells), OnceTogether(pair[1], SCHEMA.cells)
    drain.lay_out()
    pair[0].tidy().result()
    ledger = Ledger(tmp_path / "counts.db", SCHEMA, wall.moment)

    def start(*numbers: int) -> None:
        for number in numbers:
            once.count(Tally("youth", "self", "started"), number, number, wall.moment(), wall.moment())
        pair[1].tidy().result()

    def cell() -> int:
        with sqlite3.connect(tmp_path / "counts.db") as conn:
            [(value,)] = conn.execute("SELECT value FROM cell WHERE name = 'S/youth/self'")
        return int(value)

    before = cell()
    start(*range(12))
    ledger.flush(drain)
    first = cell()
    ledger.flush(drain)
    second = cell()
    start(*range(100, 104))
    ledger.flush(drain)
    third = cell()
    ledger.flush(drain, closing=True)
    ledger.close()

    assert [first - before, second - before, third - before, cell() - before] == [12, 12, 12, 16]


def test_what_a_full_server_refuses_stops_no_talk(tmp_path: Path) -> None:
    """Out of memory it takes nothing more; replicas then go on as if alone."""
    with own_server(tmp_path, *WITHOUT_DISK, "--maxmemory", "2mb") as server:
        [valkey] = connect(server, Wall())
        server.ask("CONFIG", "SET", "maxmemory", "1")
        with pytest.raises(Away):
            valkey.borrow(CHAT, "1").result(PATIENCE_SECONDS)
        assert valkey.post.is_up
        valkey.close()


def test_a_record_comes_back_as_it_was() -> None:
    """What is carried out of one memory and into another says the same of a chat."""
    one, other = Local(), Local()
    one.allows(CHAT, 100.0)
    one.keep_screen(CHAT, 50, 101.0)
    one.keep_card(CHAT, 101.0)
    record = one.record(CHAT)
    assert record is not None
    assert one.carry_out(CHAT, 101.0) == record
    other.carry_in(CHAT, record, 101.0)

    assert (one.chats(), other.record(CHAT), other.screen(CHAT)) == ([], record, 50)
