"""What tests of a talk lean on: a clock that is told the time, a house with fixed keys, a person who taps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from bot.config import Config
from bot.counts.tally import Counter, NullCounter
from bot.engine.engine import Engine
from bot.engine.machine import Position
from bot.engine.screen import Choice, Screen
from bot.engine.session import Flag, Session
from bot.house import Content, build_talk
from bot.seal.keyring import Keyring
from bot.seal.token import Place
from bot.talk import Talk
from bot.texts.speak import Button, Reply

ROOT = Path(__file__).parents[1]
START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PLACE = Place(bot=7_000_000_001, chat=42_001, user=42_001)
ENGLISH, SPANISH, ARABIC = 1, 2, 3


@dataclass
class Clock:
    """A clock that moves when told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def day_of(clock: Clock) -> Callable[[], int]:
    """The clock's day as key rings count days."""
    return lambda: (clock.now.date() - datetime(1970, 1, 1, tzinfo=UTC).date()).days


def plain_key(length: int) -> bytes:
    """A key that is the same in every test."""
    return bytes(range(length))


def open_talk(
    content: Content,
    clock: Clock | None = None,
    counter: Counter | None = None,
    keys: Keyring | None = None,
    country: str = "US",
) -> Talk:
    """A talk with a told clock, known keys and conversation numbers 1, 2, 3 ..."""
    clock = clock or Clock()
    keys = keys or Keyring(None, day_of(clock), plain_key)
    talk = build_talk(Config(country=country), content, keys, counter or NullCounter(), clock, "abcd1234")
    talk.number = count(1).__next__
    return talk


@dataclass
class Phone:
    """A person's side of a talk: one screen at a time, and buttons found by their words."""

    talk: Talk
    place: Place = PLACE
    hint: str | None = "en"
    reply: Reply = field(default_factory=Reply)

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.reply.rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    @property
    def beside(self) -> list[str]:
        return [button.data for button in self.buttons]

    def data(self, label: str) -> str:
        return next(button.data for button in self.buttons if button.label == label)

    def send(self, command: str) -> Reply:
        self.reply = self.talk.command(command, self.place, self.beside, self.hint)
        return self.reply

    def press(self, data: str) -> Reply:
        self.reply = self.talk.turn(data, self.place, self.beside, self.hint)
        return self.reply

    def tap(self, *labels: str) -> Reply:
        for label in labels:
            self.press(self.data(label))
        return self.reply


def at_door(talk: Talk, **kind: str | None) -> Phone:
    """A person who has chosen English and sees the first card."""
    phone = Phone(talk, **kind)  # type: ignore[arg-type]
    phone.send("start")
    phone.tap("English")
    return phone


def at_question(talk: Talk) -> Phone:
    """A person two answers into the check of their own life, asked how old they are."""
    phone = at_door(talk)
    phone.tap("Go on", "Yes, it is safe", "Check my own life", "Start")
    return phone


# -- walking the engine without words ----------------------------------------------------------------------------------


def name(choice: Choice) -> str:
    """The id of an option, card button or flow that a choice stands for."""
    if choice.key.startswith("button."):
        return choice.key.removeprefix("button.")
    return choice.key.removesuffix(".title").rpartition(".opt.")[2]


def seen(engine: Engine, session: Session) -> Screen:
    """The screen of a session that must have one."""
    screen = engine.show(session)
    assert screen is not None
    return screen


def choose(engine: Engine, session: Session, *wanted: str) -> Session:
    """The session some taps further, by ids of options, card buttons and flows; jumps are taken."""
    for id in wanted:
        screen = seen(engine, session)
        choices = {name(choice): choice.go for choice in screen.choices}
        assert id in choices, f"no {id} among {list(choices)}"
        go = choices[id]
        assert isinstance(go, Session), f"{id} leaves"
        session = seen(engine, go).session
    return session


def cards(screen: Screen) -> list[str]:
    """Ids of the cards on a screen, in order."""
    return [text.key.split(".")[1] for text in screen.texts if text.key.startswith("card.")]


def offered(screen: Screen) -> list[str]:
    """Ids of the buttons that lead on."""
    return [name(choice) for choice in screen.choices]


def quiet(engine: Engine, session: Session, until: str = "", **answers: str) -> Session:
    """Answer step after step, quietly where nothing is named, past stop cards; stops at a step or at an end."""
    for _ in range(100):
        screen = seen(engine, session)
        session = screen.session
        chart, position = engine.charts[session.flow], engine.locate(session)
        assert position is not None
        step = chart.step(position)
        if step is None:
            on = [
                name(choice)
                for choice in screen.choices
                if name(choice) in ("go_on", "go_on_questions", "back_to_form")
            ]
            if not on:
                return session
            session = choose(engine, session, on[0])
            continue
        if step.id == until:
            return session
        plain = [option.id for option in step.options if not option.signals and option.soft != "skip"]
        session = choose(engine, session, answers.get(step.id) or (plain or [step.options[0].id])[0])
    raise AssertionError("no end within 100 taps")


def every_screen(engine: Engine, flags: Flag = Flag.NONE) -> Iterator[Session]:
    """One session for every state of every flow that some path reaches: stop cards, outcomes and lists included."""
    for flow in engine.charts:
        yield from (session for session in _states(engine, flow, flags).values())


def _states(engine: Engine, flow: str, flags: Flag) -> Mapping[str, Session]:
    """Breadth first, over states and what decides where they lead: band, facts, and what was skipped."""
    chart = engine.charts[flow]
    start = Session(flow, flags=flags | (Flag.CONSENTED if chart.flow.needs else Flag.NONE))  # past the gate
    waiting: list[tuple[Session, Position]] = [(start, chart.start(start.has(Flag.MINOR), start.has(Flag.PAUSED)))]
    met: set[object] = set()
    found: dict[str, Session] = {}
    for session, position in waiting:
        measures = chart.measures(position)
        softs = tuple(chart.flow.steps[id].options[n].soft for id, n in position.trail[-2:])
        band = chart.band(measures, but_urgent=True)
        facts = measures.facts & {"minor", "urgent"}
        stops = (position.more, position.paused, chart.few_answers(position.trail))
        key = (position.state, band, facts, stops, softs[-1:] if position.paused else softs)
        if key in met:
            continue
        met.add(key)
        found.setdefault(position.state, session)
        for option in range(1, chart.count(position) + 1):
            further = chart.advance(position, option)
            assert further is not None, f"{flow}: {position.state}, answer {option}, leads nowhere"
            waiting.append((replace(session, answers=(*session.answers, option)), further))
    return found
