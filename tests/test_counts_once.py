"""A conversation counts once, a person once a day, and nothing is remembered for longer."""

import gc
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any

import pytest
from sharing import SeenTogether

from bot.counts.once import Seen

BEGAN = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
START = BEGAN + timedelta(minutes=5)
LATER = START + timedelta(minutes=3)
Marks = Seen | SeenTogether


@pytest.fixture
def seen() -> Seen:
    return Seen(BEGAN)


@pytest.fixture(params=["alone", "replicas"])
def once(request: pytest.FixtureRequest) -> Iterator[Marks]:
    """What one process has counted, and what two of them have counted together: the same rules hold."""
    if request.param == "alone":
        yield Seen(BEGAN)
        return
    together = SeenTogether(request.getfixturevalue("valkey"), BEGAN)
    yield together
    together.close()


def test_start_and_end_of_a_conversation_each_count_once(once: Marks) -> None:
    """A repeated tap, also much later, counts nothing."""
    assert once.first("started", 7, 100, START, START)
    assert not once.first("started", 7, 100, START, START + timedelta(seconds=5))
    assert once.first("ended", 7, 100, START, LATER)
    assert not once.first("ended", 7, 100, START, LATER)
    assert not once.first("ended", 7, 100, START, START + timedelta(hours=23))


def test_a_person_counts_one_conversation_a_day(once: Marks) -> None:
    """A second conversation in the same chat on the same UTC day counts neither start nor end; other chats do."""
    assert once.first("started", 7, 100, START, START)
    assert not once.first("started", 8, 100, START, LATER)
    assert not once.first("ended", 8, 100, START, LATER)
    assert once.first("ended", 7, 100, START, LATER)
    assert once.first("started", 9, 200, START, LATER)


def test_a_thousand_conversations_of_one_account_count_once(once: Marks) -> None:
    """Flooding from one account adds one conversation."""
    counted = [once.first("started", number, 100, START, LATER) for number in range(1000)]

    assert sum(counted) == 1


def test_the_next_day_counts_again(once: Marks) -> None:
    """The cap is for a UTC day and is gone at its end."""
    assert once.first("started", 7, 100, START, START)
    tomorrow = datetime(2026, 3, 11, 0, 0, tzinfo=UTC)

    assert once.first("started", 8, 100, tomorrow, tomorrow)


def test_a_conversation_over_midnight_uses_up_the_next_day(once: Marks) -> None:
    """Its end counts, and then nothing else of that person on that day does."""
    start = datetime(2026, 3, 10, 23, 58, tzinfo=UTC)
    after = datetime(2026, 3, 11, 0, 3, tzinfo=UTC)
    assert once.first("started", 7, 100, start, start)
    assert once.first("ended", 7, 100, start, after)
    assert not once.first("started", 8, 100, after, after)


def test_a_conversation_over_midnight_yields_to_one_already_counted(once: Marks) -> None:
    """If another conversation of the new day counted first, the old one's end does not."""
    start = datetime(2026, 3, 10, 23, 58, tzinfo=UTC)
    after = datetime(2026, 3, 11, 0, 3, tzinfo=UTC)
    assert once.first("started", 7, 100, start, start)
    assert once.first("started", 8, 100, after, after)
    assert not once.first("ended", 7, 100, start, after)


def test_what_began_before_this_process_never_counts(once: Marks) -> None:
    """A tap repeated after a restart cannot count a second time."""
    old = BEGAN - timedelta(minutes=1)

    assert not once.first("started", 7, 100, old, LATER)
    assert not once.first("ended", 7, 100, old, LATER)


@pytest.mark.parametrize(("seconds", "counts"), [(0, False), (19, False), (20, True)])
def test_an_end_within_twenty_seconds_does_not_count(once: Marks, seconds: int, counts: bool) -> None:
    """Nobody reads a flow in under 20 seconds; the start as cut to the minute does not make it look longer."""
    first_tap = START + timedelta(seconds=50)
    assert once.first("started", 7, 100, START, first_tap)

    assert once.first("ended", 7, 100, START, first_tap + timedelta(seconds=seconds)) is counts


def test_an_end_too_soon_may_still_count_later(once: Marks) -> None:
    """Someone who taps on after 20 seconds is counted then."""
    assert once.first("started", 7, 100, START, START)
    assert not once.first("ended", 7, 100, START, START + timedelta(seconds=10))
    assert once.first("ended", 7, 100, START, START + timedelta(seconds=30))


def test_an_end_without_a_start_needs_twenty_seconds_too(once: Marks) -> None:
    """Where the start was not seen, the session's own start time is taken."""
    assert not once.first("ended", 7, 100, START, START + timedelta(seconds=19))
    assert once.first("ended", 7, 100, START, START + timedelta(seconds=20))


def test_nothing_counts_after_a_day_or_from_the_future(once: Marks) -> None:
    """A session lives 24 hours; a start ahead of the clock is not believed."""
    assert not once.first("ended", 7, 100, START, START + timedelta(hours=24))
    assert not once.first("started", 8, 200, START + timedelta(minutes=1), START)


@pytest.mark.parametrize("is_alone", [True, False])
def test_full_memory_stops_counting_new_conversations(is_alone: bool, request: pytest.FixtureRequest) -> None:
    """At the bound new conversations are not counted, those already let in still end."""
    seen = Seen(BEGAN, most_held=3) if is_alone else SeenTogether(request.getfixturevalue("valkey"), BEGAN, 3)
    assert all(seen.first("started", n, n, START, START) for n in range(3))
    assert not seen.first("started", 3, 3, START, LATER)
    assert seen.first("ended", 2, 2, START, LATER)
    if isinstance(seen, SeenTogether):
        seen.close()


def test_what_is_fresh_is_let_go_in_order(once: Marks) -> None:
    """In a rush of new conversations each one is held back for its own 20 seconds and no longer."""
    for n in range(40):
        assert once.first("started", n, n, START, START + timedelta(seconds=n))

    at = START + timedelta(seconds=45)
    assert [n for n in range(40) if once.first("ended", n, n, START, at)] == list(range(26))


def test_a_rush_does_not_slow_each_tap(seen: Seen) -> None:
    """With 2,000 fresh conversations a further one runs no more steps than with none."""

    def steps(number: int) -> int:
        lines = [0]

        def trace(_frame: FrameType, event: str, _arg: Any) -> Any:
            lines[0] += event == "line"
            return trace

        old = sys.gettrace()
        sys.settrace(trace)
        try:
            seen.first("started", number, number, START, START)
        finally:
            sys.settrace(old)
        return lines[0]

    steps(0)
    alone = steps(1)
    for number in range(2, 2000):
        seen.first("started", number, number, START, START)

    assert steps(2000) == alone


def test_marks_and_keys_are_dropped_within_a_day() -> None:
    """After 25 hours without traffic nothing is held: neither digests nor the keys they were made with."""
    keys: list[bytearray] = []

    def make_key(size: int) -> bytes:
        keys.append(bytearray([len(keys) + 1] * size))
        return bytes(keys[-1])

    seen = Seen(BEGAN, make_key)
    for number in range(50):
        seen.first("started", number, number, START, START)
    before = reachable(seen)
    seen.forget(START + timedelta(hours=25))
    after = reachable(seen)

    assert sum(len(item) == 8 for item in before) == 100  # 50 conversations and 50 people
    assert [item for item in after if len(item) == 8] == []
    assert [item for item in after if len(item) == 32] == [bytes(keys[-1])]  # the new day's key alone


def test_neither_number_is_held_in_the_clear(seen: Seen) -> None:
    """Only keyed digests are in memory, and they differ from one process to the next."""
    other = Seen(BEGAN)
    for process in (seen, other):
        assert process.first("started", 4_000_000_001, 5_000_000_002, START, START)

    held = {item for item in reachable(seen) if len(item) == 8}
    assert held.isdisjoint(reachable(other))
    assert {4_000_000_001, 5_000_000_002}.isdisjoint(numbers(seen))


def test_nothing_shows_in_a_description(seen: Seen) -> None:
    """Printing it shows neither digests nor keys."""
    seen.first("started", 7, 100, START, START)

    assert repr(seen) == "<Seen>"


def everything(root: Seen) -> list[object]:
    """Whatever can be reached from an object, classes and functions left out."""
    found: dict[int, object] = {}
    todo: list[object] = [root]
    while todo:
        item = todo.pop()
        if id(item) in found or isinstance(item, type) or callable(item) or type(item).__name__ == "module":
            continue
        found[id(item)] = item
        todo += gc.get_referents(item)
    return list(found.values())


def reachable(root: Seen) -> set[bytes]:
    return {item for item in everything(root) if isinstance(item, bytes) and len(item) in (8, 32)}


def numbers(root: Seen) -> set[int]:
    return {item for item in everything(root) if type(item) is int}
