"""The ledger is written at fixed slots, and everything we hold can be printed."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.counts.guard import State
from bot.counts.holdings import CLASSES, holdings
from bot.counts.ledger import Ledger, read
from bot.counts.schema import Schema
from bot.counts.slots import BUSY_HOURS, USUAL_HOURS, next_slot
from bot.counts.tally import Pending, Tally
from bot.counts.writer import RETRY, Writer

SCHEMA = Schema.build([("youth", ())], ["en"])
NOON = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


class Silent:
    """Adds nothing, so that a test sees what was written."""

    def draw(self) -> int:
        return 0


class Clock:
    """Time that goes when the test says so."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "counts.db"


@pytest.fixture
def ledger(store: Path) -> Ledger:
    return Ledger(store, SCHEMA, lambda: NOON, Silent())


@pytest.fixture
def pending() -> Pending:
    return Pending(SCHEMA.cells)


def start(pending: Pending, number: int) -> None:
    for _ in range(number):
        pending.add(Tally("youth", "self", "started"))


def started(store: Path) -> int:
    return read(store, "2026-Q1", APRIL)["S/youth/self"]


@pytest.mark.parametrize(("hours", "starts"), [(USUAL_HOURS, {0, 6, 12, 18}), (BUSY_HOURS, set(range(24)))])
def test_slots_are_fixed_hours_with_a_delay(hours: int, starts: set[int]) -> None:
    """Over a month every slot lies 0 to 60 minutes after a fixed UTC hour, all hours occur and delays differ."""
    rng, now, hours_seen, delays = random.Random(4), NOON, set(), set()
    while now < NOON + timedelta(days=30):
        slot = next_slot(now, rng, hours)
        base = slot - timedelta(hours=hours)
        whole = datetime(slot.year, slot.month, slot.day, slot.hour, tzinfo=UTC)
        assert now < slot
        assert base <= now + timedelta(hours=1)
        hours_seen.add(whole.hour)
        delays.add((slot - whole).seconds)
        now = slot

    assert hours_seen <= starts
    assert hours_seen == starts or hours == BUSY_HOURS
    assert len(delays) > 50


def test_a_slot_does_not_depend_on_when_it_was_asked_for() -> None:
    """With the same delay, every moment of a stretch has the same next slot, in any time zone."""
    tokyo = datetime.fromisoformat("2026-02-03T23:59:59+09:00")
    moments = [NOON, NOON + timedelta(hours=5, minutes=59, seconds=59), tokyo]

    assert len({next_slot(m, random.Random(1)) for m in moments}) == 1


def test_other_distances_are_refused() -> None:
    """Slots are six hours apart, or one; nothing finer exists."""
    with pytest.raises(ValueError, match="6 or 1"):
        next_slot(NOON, random.Random(1), 2)


def test_the_writer_writes_at_slots_only(store: Path, ledger: Ledger, pending: Pending) -> None:
    """Before the slot nothing is written, at the slot it is, and then not again until the next."""
    rng = random.Random(9)
    slot = next_slot(NOON, random.Random(9))
    writer = Writer(ledger, pending, NOON, rng)
    start(pending, 20)

    assert [writer.run_due(NOON), writer.run_due(slot - timedelta(seconds=1)), started(store)] == [False, False, 0]
    assert [writer.run_due(slot), started(store)] == [True, 20]
    start(pending, 20)
    assert [writer.run_due(slot + timedelta(minutes=59)), started(store)] == [False, 20]
    assert [writer.run_due(slot + timedelta(hours=7)), started(store)] == [True, 40]


def test_slots_are_written_without_anything_to_write(store: Path, ledger: Ledger, pending: Pending) -> None:
    """An empty slot is written like every other one."""
    writer, before = Writer(ledger, pending, NOON, random.Random(9)), store.read_bytes()
    writer.run_due(NOON + timedelta(hours=7))

    assert store.read_bytes() != before


def test_a_failed_slot_is_tried_again(store: Path, ledger: Ledger, pending: Pending) -> None:
    """While the file is gone health is degraded and a try comes every five minutes; then all is written once."""
    writer = Writer(ledger, pending, NOON, random.Random(9))
    start(pending, 20)
    assert writer.health == "up"
    away = store.rename(store.with_name("away"))
    moment = NOON + timedelta(hours=7)
    assert [writer.run_due(moment), writer.health, writer.state] == [True, "degraded", State.MISSING]
    assert not writer.run_due(moment + RETRY - timedelta(seconds=1))
    assert [writer.run_due(moment + RETRY), writer.health] == [True, "degraded"]
    away.rename(store)

    assert [writer.run_due(moment + 2 * RETRY), writer.health, started(store)] == [True, "up", 20]
    assert not writer.run_due(moment + 3 * RETRY)


def test_a_bad_file_shows_in_health_before_the_first_slot(store: Path, pending: Pending) -> None:
    """The operator learns at start, not six hours later."""
    store.write_bytes(b"")
    writer = Writer(Ledger(store, SCHEMA, lambda: NOON, Silent()), pending, NOON)

    assert (writer.health, writer.state) == ("degraded", State.EMPTY)


def test_closing_writes_the_rest_and_lets_go(store: Path, ledger: Ledger, pending: Pending) -> None:
    """A planned stop writes even one waiting conversation and lets another process write."""
    start(pending, 1)
    Writer(ledger, pending, NOON).close()

    assert started(store) == 1
    assert Ledger(store, SCHEMA, lambda: NOON, Silent()).state is State.READY


def test_degraded_counts_stay_within_the_bound(store: Path, ledger: Ledger, pending: Pending) -> None:
    """While nothing can be written 10,000 conversations are held, the next are dropped, and those held are written."""
    writer = Writer(ledger, pending, NOON, random.Random(9))
    away = store.rename(store.with_name("away"))
    start(pending, 10_050)
    writer.run_due(NOON + timedelta(hours=7))
    away.rename(store)
    writer.run_due(NOON + timedelta(hours=14))

    assert (started(store), pending.batch().conversations) == (10_000, 0)


def test_holdings_name_every_class_and_closed_rows(store: Path, ledger: Ledger, pending: Pending) -> None:
    """The print has every class of data with its place and life, and every row of a closed quarter."""
    start(pending, 25)
    ledger.flush(pending)
    text = holdings(store, APRIL)

    assert all(f"- {what}. Where: {where}. How long: {life}." in text for what, where, life in CLASSES)
    assert all(f"  {name} {value}\n" in text for name, value in read(store, "2026-Q1", APRIL).items())
    assert "S/youth/self 25" in text


def test_holdings_do_not_show_an_open_quarter(store: Path, ledger: Ledger, pending: Pending) -> None:
    """While a quarter is open the print says so and is the same whatever was counted."""
    before = holdings(store, NOON)
    start(pending, 25)
    ledger.flush(pending)

    assert "still open" in before
    assert holdings(store, NOON) == before


def test_holdings_for_an_order_have_every_byte(store: Path, ledger: Ledger) -> None:
    """On request the file can be rebuilt from the print, byte for byte."""
    text = holdings(store, NOON, every_byte=True)
    lines = text.split("EVERY BYTE OF IT\n\n")[1].splitlines()

    assert b"".join(bytes.fromhex(line.split("  ")[1]) for line in lines) == store.read_bytes()


def test_holdings_print_without_a_file(tmp_path: Path) -> None:
    """Where no file exists the classes are printed all the same."""
    text = holdings(tmp_path / "none.db", NOON, every_byte=True)

    assert CLASSES[0][0] in text
    assert "the store is missing" in text
