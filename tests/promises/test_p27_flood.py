"""P27: One abuser cannot hurt others: a flood gets few answers, takes little memory, delays nobody and counts once."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from botprocess import BotProcess, bot_process
from botscene import Scene, play, screen
from sizes import FLOOD, Report
from stage import PLACE, Clock, open_talk, quiet

from bot.config import Config
from bot.counts.tally import Tally
from bot.engine.session import Session
from bot.house import Content
from bot.messenger.deliver import PROBE
from bot.simulator.botapi import Call
from bot.simulator.people import Person
from bot.talk import Talk
from bot.volatile.local import BUCKET, HELP_EVERY_SECONDS

PER_MINUTE = 1_000
TICK = 60 / PER_MINUTE
BURST = 20  # come together, and with them one tap of somebody else
MOST_REPLIES = 20  # a minute, after the first ten at once
IN_TWO_SECONDS = 2 * Config().calls_per_second  # calls that Telegram takes from us meanwhile
MOST_GROWTH = 20 * 2**20
LONG = "x" * 4_096  # as long as a text can be
WITHOUT_MENUS = """
import bot.messenger.app as app
from bot.cli import main
async def published(*_):
    pass
app._publish = published
main(["run"])
"""  # the menus of sixty languages would grow meanwhile, and have nothing to do with it


def bother(person: Person, chance: random.Random, button: str, number: int) -> None:
    """One of all the things an account can do."""
    kind = chance.randrange(6)
    if kind < 2:
        person.press("m" if kind else button, number)
    elif kind == 2:
        person.press("h", number)
    else:
        person.send(("/start", "why do you not answer", "/help")[kind - 3])


@dataclass
class Flood:
    """One account at a thousand updates a minute while others tap; `waits`: calls that went before each answer."""

    stage: Scene
    chance: random.Random = field(default_factory=lambda: random.Random(27))
    waits: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)  # of replies to the account

    async def run(self, updates: int, show: Report) -> None:
        mine, others = await self.stage.begin(), [await self.stage.begin() for _ in range(5)]
        self.stage.its.advance(60)
        button = next(one.data for one in mine.messages()[0].buttons if one.label == "Someone may look")
        for number in range(0, updates, BURST):
            before, other = len(self.stage.api.calls), others[number // BURST % len(others)]
            for one in range(BURST):
                self.stage.its.advance(TICK)
                bother(mine, self.chance, button, mine.screen.message_id if mine.screen else 1)
                if one == BURST // 2:
                    other.tap("Back" if "Back" in other.messages()[0].labels else "Someone may look")
            await self.stage.settle()
            self.look(mine, other, before)
            show(number + BURST, updates)

    def look(self, mine: Person, other: Person, before: int) -> None:
        calls = list(self.stage.api.calls)[before:]
        self.times += [self.stage.its.now for call in calls if self._is_reply(call, mine)]
        answered = [number for number, call in enumerate(calls) if self._is_reply(call, other)]
        assert answered, "somebody else was not answered"
        self.waits.append(answered[0])

    @staticmethod
    def _is_reply(call: Call, who: Person) -> bool:
        """Whether a call shows the person something; the probe for what a screen carries is gone at once."""
        shows = call.method in ("sendMessage", "editMessageText") and call.params["text"] != PROBE
        return shows and call.params["chat_id"] == who.chat_id


def most_within(times: list[float], seconds: float = 60.0) -> int:
    """The most of these moments that lie within a minute."""
    window: deque[float] = deque()
    most = 0
    for at in times:
        window.append(at)
        while window[0] <= at - seconds:
            window.popleft()
        most = max(most, len(window))
    return most


def test_a_flood_is_answered_sparsely_and_others_at_once(tmp_path: Path, progress: Report) -> None:
    """Ten replies at once, then help at most; of others' taps 95 % are answered within the calls of two seconds."""

    async def act(stage: Scene) -> None:
        flood = Flood(stage)
        await flood.run(FLOOD, progress)
        first, later = flood.times[: int(BUCKET)], flood.times[int(BUCKET) :]
        assert first[-1] - first[0] < 60
        assert 60 / HELP_EVERY_SECONDS - 3 <= most_within(later) <= MOST_REPLIES
        assert sorted(flood.waits)[int(len(flood.waits) * 0.95)] < IN_TWO_SECONDS

    play(tmp_path, act)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[BotProcess]:
    with bot_process(tmp_path) as one:
        one.start(WITHOUT_MENUS)
        yield one


def resident(process: BotProcess) -> int:
    """Bytes of memory that the process holds."""
    status = Path(f"/proc/{process.child.pid}/statm")
    if not status.exists():
        pytest.skip("this system does not tell how much memory a process holds")
    return int(status.read_text().split()[1]) * 4096


def test_a_flood_takes_little_memory(process: BotProcess, progress: Report) -> None:
    """The process grows by less than 20 MB under messages as long as they can be, and still serves another."""
    mine, other = process.api.user(), process.api.user()
    for person in (mine, other):
        person.send("/start")
    process.settle()
    before = resident(process)
    for number in range(0, FLOOD, 50):
        for _ in range(50):
            mine.send(LONG, entities=[])
        process.settle()
        progress(number + 50, FLOOD)
    assert resident(process) - before < MOST_GROWTH
    other.tap("English")
    process.settle()
    assert "I am a program, not a person." in screen(other)


@dataclass
class Told:
    """A counter that keeps what it was told."""

    events: list[str] = field(default_factory=list)

    def add(self, tally: Tally) -> None:
        self.events.append(tally.event)


def converse(talk: Talk, clock: Clock) -> None:
    """One whole conversation, slow enough to be counted."""
    fresh: Session = replace(talk.fresh("en"), flow="job_offer")
    clock.forward(minutes=1)
    end = quiet(talk.engine, fresh)
    for answers in (end.answers[:1], end.answers):
        talk.turn(talk.seal.seal(replace(end, answers=answers), PLACE), PLACE)
        clock.forward(minutes=1)


def test_a_day_of_conversations_of_one_account_counts_as_one(content: Content) -> None:
    """Thirty conversations from morning to evening: one start, one end. The next day begins anew."""
    clock, told = Clock(), Told()
    talk = open_talk(content, clock, told)
    for _ in range(30):
        converse(talk, clock)
    assert told.events == ["started", "ended"]
    clock.forward(days=1)
    converse(talk, clock)
    assert told.events == ["started", "ended"] * 2
