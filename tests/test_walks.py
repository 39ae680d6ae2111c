"""Random walks through every flow, with real buttons, against the rules of scoring written out once more by hand.

Each walk is named by its flow and number, so that a failing one can be walked again. The usual run takes the first few;
`WALKS=20000 .venv/bin/pytest tests/test_walks.py -k ends_where` takes as many of every flow.
"""

from __future__ import annotations

import os
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from stage import PLACE, cards, name, open_talk, seen

from bot.engine.engine import Engine
from bot.engine.play import play
from bot.engine.screen import Screen
from bot.engine.session import MAX_ANSWERS, Flag, Session, Turn
from bot.flow.model import Flow, Library, Option, Step
from bot.flow.read import SHARED
from bot.house import Content
from bot.seal.token import CHARACTERS
from bot.talk import Talk

WALKS = int(os.environ.get("WALKS", "40"))
MOST_TAPS = 80
FLOWS = sorted(path.stem for path in (Path(__file__).parents[1] / "flows").glob("*.toml") if path.name not in SHARED)
MEANS = ("force", "fraud", "coercion")
PURPOSE = ("purpose_labour", "purpose_sex", "purpose_other")
FEW = (
    "self_adult",
    "concern",
    "journey",
    "online",
    "relationship",
    "job_offer",
)  # where few answers have their own card


# -- the rules, written out once more --------------------------------------------------------------------------------


@dataclass
class Told:
    """What a person has answered in one flow, and the steps that were on screen."""

    flow: Flow
    minor: bool
    answers: list[tuple[Step, Option]] = field(default_factory=list)
    shown: list[Step] = field(default_factory=list)

    def signals(self) -> Iterator[tuple[str, str, int]]:
        """(group, tag, strength) of everything signalled so far."""
        for step in self.shown:
            for tag, strength in step.on_enter:
                yield "on entry", tag, strength
        for step, option in self.answers:
            for tag, strength in option.signals:
                yield option.group or step.construct, tag, strength

    def has(self, tag: str) -> bool:
        return any(tag == one for _, one, _ in self.signals()) or (tag == "minor" and self.minor)

    def top(self, *tags: str) -> int:
        """The highest strength of any of these tags."""
        return max((strength for _, tag, strength in self.signals() if tag in tags), default=0)

    def by_group(self, *tags: str) -> list[int]:
        """The highest strength of these tags in each group; all graded tags where none is named."""
        highest: dict[str, int] = {}
        for group, tag, strength in self.signals():
            if strength and (not tags or tag in tags):
                highest[group] = max(highest.get(group, 0), strength)
        return list(highest.values())

    def few(self) -> bool:
        """At least half of the scored questions that were shown were answered with a skip or "not sure"."""
        graded = ("force", "fraud", "coercion", "familial", "minor", *PURPOSE)
        scored = [
            option
            for step, option in self.answers
            if step.is_question and any(tag in graded for one in step.options for tag, _ in one.signals)
        ]
        return bool(scored) and sum(bool(one.soft) for one in scored) * 2 >= len(scored)


def band(told: Told, but_urgent: bool = False) -> str | None:
    """The band of some answers, by the tables of the flow text and not by flows/scoring.toml."""
    if told.flow.scoring not in ("amp", "any1", "risk"):
        return None
    if told.has("urgent") and not but_urgent:
        return "urgent"
    if told.has("minor") and told.top("purpose_sex") >= 2:
        return "strong"
    return _risk(told) if told.flow.scoring == "risk" else _amp(told)


def _amp(told: Told) -> str:
    purpose, groups = told.top(*PURPOSE), told.by_group(*MEANS)
    means = sum(groups)
    solid = 3 in groups or sum(one >= 2 for one in groups) >= 2
    if purpose >= 1 and (told.top("force") >= 3 or (means >= 5 and solid)):
        return "strong"
    some = (
        (purpose >= 1 and means >= 2)
        or (told.has("minor") and (purpose >= 1 or means >= 2))
        or (told.has("act") and means >= 3)
        or (told.has("f.kind_unknown") and means >= 3)
        or (told.has("transit") and told.top("force") >= 3)
        or means >= 6
    )
    if told.flow.scoring == "any1":
        some = some or told.top("purpose_sex") >= 2 or means >= 1
    return "some" if some else "none"


def _risk(told: Told) -> str:
    groups = told.by_group()
    if 3 in groups or (sum(groups) >= 6 and sum(one >= 2 for one in groups) >= 2):
        return "strong"
    return "some" if sum(groups) >= 2 or (told.has("minor") and sum(groups) >= 1) else "none"


# -- walks -----------------------------------------------------------------------------------------------------------


@dataclass
class Walker:
    """Somebody who taps by chance, through buttons that are sealed and opened as on Telegram."""

    talk: Talk
    rng: random.Random
    session: Session
    told: Told

    @property
    def engine(self) -> Engine:
        return self.talk.engine

    def walk(self) -> Screen:
        """Tap until something ends; every promise about a tap is looked at on the way."""
        screen = seen(self.engine, self.session)
        for _ in range(MOST_TAPS):
            self._look(screen)
            choices = [one for one in screen.choices if isinstance(one.go, Session)]
            if screen.kind not in ("step", "urgent", "more", "pause") or not choices:
                return screen
            chosen = self.rng.choice(choices)
            assert isinstance(chosen.go, Session)
            self._note(screen, name(chosen))
            further = seen(self.engine, self._sealed(chosen.go))
            self._look_back(screen, further)
            screen = further
        raise AssertionError(f"no end within {MOST_TAPS} taps: {screen.session}")

    def _sealed(self, session: Session) -> Session:
        """Through the button and out of it again."""
        token = self.talk.seal.seal(session, PLACE)
        assert len(token) == CHARACTERS
        opened = self.talk.seal.open(token, PLACE)
        assert opened == session
        return opened

    def _note(self, screen: Screen, chosen: str) -> None:
        step = self._step(screen)
        if step is not None:
            self.told.answers.append((step, next(one for one in step.options if one.id == chosen)))

    def _step(self, screen: Screen) -> Step | None:
        position = self.engine.locate(screen.session)
        assert position is not None
        return self.engine.charts[screen.session.flow].step(position)

    def _look(self, screen: Screen) -> None:
        """What must hold of every screen: a result is the one the rules give, and no number of answers is too many."""
        if screen.session.flow != self.told.flow.id:  # a jump: another flow begins, for the same person
            minor = self.told.has("minor")
            self.told = Told(self.engine.library.flows[screen.session.flow], minor or screen.session.has(Flag.MINOR))
        if (step := self._step(screen)) is not None and step not in self.told.shown:
            self.told.shown.append(step)
        assert len(screen.session.answers) <= MAX_ANSWERS
        if screen.kind == "outcome":
            self._look_at_result(screen)
        if screen.kind == "urgent":
            assert self.told.has("urgent")

    def _look_at_result(self, screen: Screen) -> None:
        assert screen.band == band(self.told)
        if screen.band is None:
            return
        minor = self.told.has("minor") and bool(self.told.flow.minor_outcomes)
        outcomes = self.engine.library.outcomes[self.told.flow.minor_outcomes if minor else self.told.flow.outcomes]
        rest = band(self.told, but_urgent=True) or "none"
        few = rest == "none" and not minor and self.told.flow.id in FEW and self.told.few()
        expected = [
            *(outcomes.urgent if self.told.has("urgent") else ()),
            "o_none_few" if few else outcomes.bands[rest],
        ]
        assert cards(screen)[: len(expected)] == expected

    def _look_back(self, before: Screen, after: Screen) -> None:
        """Back shows the screen before, or what stands before a flow that a jump began."""
        back = seen(self.engine, self._sealed(after.back or after.session.marked(Turn.BACK)))
        if after.session.flow == before.session.flow and after.session.flags == before.session.flags:
            assert back == before
        assert back.kind != "closed"


@pytest.fixture(scope="module")
def talk(content: Content) -> Talk:
    """One talk for all walks; nothing of a walk stays in it but what it remembers to be quicker."""
    return open_talk(content)


def walker(talk: Talk, flow: str, number: int) -> Walker:
    """The walker of one flow and number; every third carries what an earlier flow told, as jumps do."""
    rng = random.Random(f"{flow} {number}")
    flags = Flag.CONSENTED | rng.choice((Flag.NONE, Flag.NONE, Flag.MINOR))
    session = replace(talk.fresh("en"), flow=flow, flags=flags)
    return Walker(talk, rng, session, Told(talk.engine.library.flows[flow], bool(flags & Flag.MINOR)))


@pytest.mark.parametrize("flow", FLOWS)
def test_every_walk_ends_where_the_rules_say(talk: Talk, flow: str) -> None:
    """Whoever taps by chance reaches an end, with the band and card that the rules give, through buttons that fit.

    No walk raises, loops, or loses its way through sealing; Back undoes every tap.
    """
    kinds = {walker(talk, flow, number).walk().kind for number in range(WALKS)}

    assert kinds <= {"outcome", "urgent", "contacts", "menu", "done"}


def test_the_rules_by_hand_can_fail() -> None:
    """The hand-written rules give every band, and tell neighbours apart: they are no copy that agrees by emptiness."""

    def of(scoring: str, *told: str, minor: bool = False) -> str | None:
        flow = Flow("f", "F", "self", scoring, "s", {})
        answers = []
        for one in told:
            group, *marks = one.split()
            pairs = [mark.partition(":") for mark in marks]
            signals = tuple((tag, int(strength or 0)) for tag, _, strength in pairs)
            option = Option("o", "O", "END", signals)  # type: ignore[arg-type]
            answers.append((Step("s", "?", True, (option,), group), option))
        return band(Told(flow, minor, answers))

    assert of("amp", "C02 urgent") == "urgent"
    assert of("amp", "C03 purpose_labour:1", "C04 fraud:2", "C08 coercion:3") == "strong"
    assert of("amp", "C03 purpose_labour:1", "C04 fraud:2", "C04 coercion:3") == "some"
    assert of("amp", "C12 purpose_sex:2", minor=True) == "strong"
    assert of("amp", "C12 purpose_sex:2") == "none"
    assert of("any1", "C04 fraud:1") == "some"
    assert of("risk", "C01 familial:2") == "some"
    assert of("risk", "C01 coercion:1") == "none"
    assert of("check", "C31 k.full") is None


# -- the same answer again and again ---------------------------------------------------------------------------------


def _skip(engine: Engine, screen: Screen) -> Session | None:
    """Where "Skip this" leads, or the first answer where it is not offered; None where every answer leaves."""
    position = engine.locate(screen.session)
    assert position is not None
    options = engine.charts[screen.session.flow].options[position.state]
    soft = [number for number, one in enumerate(options, 1) if isinstance(one, Option) and one.soft == "skip"]
    further = [one.go for one in screen.choices if isinstance(one.go, Session)]
    wanted = [go for go in further if soft and go.answers[-1] == soft[0]]
    return next(iter(wanted or further), None)


def test_whoever_only_skips_reaches_an_end(engine: Engine, screens: list[Session]) -> None:
    """From every screen of every flow, skipping, or else the first answer, leads to contacts or an end."""
    for start in screens:
        session: Session | None = start
        for _ in range(MOST_TAPS):
            assert session is not None
            screen = seen(engine, session)
            if screen.want is not None or screen.kind in ("menu", "done", "leave", "card", "signs", "list"):
                break
            session = _skip(engine, screen)
        else:
            raise AssertionError(f"stuck: {start}")


def test_whoever_only_goes_back_reaches_the_languages(engine: Engine, screens: list[Session]) -> None:
    """From every screen, also in a client's hand or with contacts laid over it, Back ends at the languages."""
    for start in screens:
        for flags in (Flag.NONE, Flag.HELP, Flag.CLIENT | Flag.WORKER, Flag.QUIET):
            screen = seen(engine, start.at(on=flags))
            for _ in range(MOST_TAPS):
                if screen.kind == "languages":
                    break
                screen = seen(engine, screen.back or screen.session.marked(Turn.BACK))
            else:
                raise AssertionError(f"stuck: {start}")


def test_every_step_of_every_flow_is_among_the_screens(
    library: Library, engine: Engine, screens: list[Session]
) -> None:
    """The screens that these tests begin from leave no step out."""
    met = {(session.flow, position.state) for session in screens if (position := engine.locate(session)) is not None}

    assert {(flow.id, step) for flow in library.flows.values() for step in flow.steps} - met == set()


# -- journeys --------------------------------------------------------------------------------------------------------

Met = set[tuple[str, str]]  # ("end", where an answer leads), ("card", what a screen says)


def reachable(engine: Engine, flow: str, screens: list[Session]) -> Met:
    """Every end, every outcome and urgent card, and every route card that answers of a flow can lead to.

    Who comes with nothing from an earlier flow, as a journey does.
    """
    chart, routes = engine.charts[flow], engine.library.routes
    places = [engine.locate(session) for session in screens if session.flow == flow]
    found: Met = set()
    for state in {position.state.partition(">")[0] for position in places if position}:
        if state.startswith(("card:", "urgent:")):
            found.add(("card", state.partition(":")[2]))
        for option in chart.flow.steps[state].options if state in chart.flow.steps else ():
            found |= {("card", routes[tag[2:]]) for tag, _ in option.signals if tag.startswith("r.")}
            if option.go not in chart.flow.steps:
                found.add(("end", option.go))
    return found | ({("card", routes[chart.flow.none_route])} if chart.flow.none_route else set())


def told_by(engine: Engine, flow: str, answers: dict[str, str]) -> Met:
    """What one journey shows: the ends its answers take and the cards on its way."""
    guided = engine.library.flows[flow].family == "guided" and flow != "guided_setup"
    flags = Flag.CONSENTED | Flag.WORKER if guided else Flag.NONE
    played = play(engine, Session(flow, flags=flags), answers)
    steps = engine.library.flows[flow].steps
    found: Met = {("card", card) for card in (*played.cards, *cards(seen(engine, played.session)))}
    for id in (id for id in played.asked if id in steps):
        quiet = [one for one in steps[id].options if not one.signals]
        firm = [one for one in quiet if one.soft != "skip"]
        named = [one for one in steps[id].options if one.id == answers.get(id)]
        found.add(("end", (named or firm or quiet or list(steps[id].options))[0].go))
    return found


@pytest.mark.parametrize("flow", FLOWS)
def test_every_end_and_card_of_a_flow_has_a_journey(engine: Engine, screens: list[Session], flow: str) -> None:
    """Each band's card, each route card and each end that a flow can lead to is where some journey has been."""
    path = Path(__file__).parent / "journeys" / f"{flow}.toml"
    journeys = tomllib.loads(path.read_text(encoding="utf-8"))["journey"]
    met: Met = set()
    for journey in journeys:
        met |= told_by(engine, flow, dict(journey["answers"]))

    assert reachable(engine, flow, screens) - met == set()


def test_a_journey_that_is_missing_is_missed(engine: Engine, screens: list[Session]) -> None:
    """What a flow can lead to is more than one journey shows: the test above can fail."""
    missed = reachable(engine, "self_youth", screens) - told_by(engine, "self_youth", {})

    assert {
        ("card", "r_sextortion"),
        ("card", "o_strong_youth"),
        ("card", "o_urgent_minor"),
        ("end", "CONTACTS"),
    } <= missed
