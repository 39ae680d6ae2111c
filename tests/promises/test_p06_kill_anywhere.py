"""Kill -9 anywhere loses at most the pending counts and never doubles."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from faults import CALL_POINTS, COUNT_POINTS, Bench, Nursery, bench
from nursery import SPEED, fast
from sizes import FULL, KILLS, Report
from stage import quiet

from bot.config import Config
from bot.counts.ledger import ENOUGH
from bot.house import Content, build_talk, keyring
from bot.seal.token import Place
from bot.simulator.people import Person

SLOTS = 0.4  # seconds between slots of the ledger
WAVE = ENOUGH + 2  # people at once: enough to be written, and two who wait
MINUTE = 60 / SPEED


class Crowd:
    """People who come to the end of a check side by side, and how many have.

    Their buttons are sealed here, under the bot's own keys, so that the way to the end is two taps long.
    """

    def __init__(self, one: Bench, content: Content) -> None:
        self.bench, self.people, self.ended = one, [], 0  # type: ignore[var-annotated]
        clock = partial(fast, one.order["fast"])
        self.talk = build_talk(Config(country="US"), content, keyring(one.folder / "keys", clock), now=clock)
        self.ends: list[tuple[Person, str]] = []

    def come(self) -> None:
        """A screen for everybody, and an answer given: each has started."""
        time.sleep(2 * MINUTE)  # what began in the minute of the start, or before, is not counted
        self.people = [self.bench.api.user() for _ in range(WAVE)]
        self.ends = []
        for person in self.people:
            person.send("/start")
        self.bench.settle()
        for person in self.people:
            place = Place(self.bench.api.profile.as_sender()["id"], person.chat_id, person.chat_id)
            last = quiet(self.talk.engine, replace(self.talk.fresh("en"), flow="job_offer"))
            first = replace(last, answers=last.answers[:2])
            person.press(self.talk.seal.seal(first, place), _screen(person))
            self.ends.append((person, self.talk.seal.seal(last, place)))
        self.bench.settle()

    def finish(self) -> None:
        """Everybody taps the button to the end."""
        time.sleep(MINUTE)  # who is faster than twenty seconds is not counted
        self.tap_the_end()
        self.bench.settle()
        self.ended += len(self.people)

    def tap_the_end(self) -> None:
        for person, token in self.ends:
            person.press(token, _screen(person))


def _screen(person: Person) -> int:
    assert person.screen is not None
    return person.screen.message_id


@pytest.fixture
def crowd(nursery: Nursery, tmp_path: Path, content: Content) -> Iterator[Crowd]:
    with bench(nursery, tmp_path, fast=time.time(), slots=SLOTS, plain=True) as one:
        yield Crowd(one, content)


def die(crowd: Crowd, point: str, after: int, held: int) -> int:
    """A wave of people, and a kill at a point on their way; returns what the file holds then.

    Given every unconfirmed update of the wave before, the new bot first adds nothing. Afterwards the file is sound, and
    a batch is in it whole or not at all.
    """
    one, by_itself = crowd.bench, point in COUNT_POINTS
    one.start(kill=[point, after] if by_itself else None)
    one.settle()
    assert one.counted("E") == held, f"{point}: what was sent again is counted again"
    crowd.come()
    if point in CALL_POINTS:
        one.end_at(point, after)
    crowd.finish()
    if not (by_itself or point in CALL_POINTS) and one.pid:
        time.sleep(after / 1000)
        one.send(signal.SIGKILL)
    elif one.pid:
        one.wait_until_dead()
    one.cancel()
    now = one.counted("E")
    assert now - held in (0, *range(ENOUGH, WAVE + 1)), f"{point}: {held} before, {now} after"
    assert now <= crowd.ended
    crowd.tap_the_end()
    return now


def survive(crowd: Crowd, held: int) -> None:
    """The end of it all: the last wave is sent again and counts nothing, and a planned stop has nothing to write."""
    crowd.bench.start()
    crowd.bench.settle()
    assert crowd.bench.send(signal.SIGTERM) == 0
    assert crowd.bench.counted("E") == held
    assert crowd.bench.counted("S") <= crowd.ended


def test_killed_at_each_named_point(crowd: Crowd) -> None:
    """Nine points on the way of a count to the disk and six on the way of a tap to its answer."""
    held = 0
    for point in COUNT_POINTS if FULL else COUNT_POINTS[::2]:
        held = die(crowd, point, WAVE + WAVE // 2 if "added" in point else 2 * WAVE, held)
    assert held > 0
    for point in CALL_POINTS if FULL else [*CALL_POINTS][1::2]:
        held = die(crowd, point, 1, held)
    survive(crowd, held)


def test_killed_at_random_moments(crowd: Crowd, progress: Report) -> None:
    """Wave after wave on one file: what was written stays, what waited is the most that is lost."""
    chance, held = random.Random(6), 0
    for number in range(KILLS):
        point = chance.choice([*CALL_POINTS, "a moment"])
        after = chance.randrange(1000 if point == "a moment" else WAVE)
        held = die(crowd, point, after if "updates" not in point else 0, held)
        progress(number + 1, KILLS)
    survive(crowd, held)


def test_without_a_kill_everybody_is_counted_once(crowd: Crowd) -> None:
    """The yardstick: twelve people come to an end, a planned stop, and twelve are in the file."""
    crowd.bench.start()
    crowd.come()
    crowd.finish()
    assert crowd.bench.send(signal.SIGTERM) == 0
    assert crowd.bench.counted("S") == crowd.bench.counted("E") == WAVE
