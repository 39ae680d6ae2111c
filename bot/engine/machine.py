"""One statechart per flow, built once; the only place that knows `transitions`.

The library gives refusal of answers that do not exist, guarded transitions tried in order, and a chart to draw. Its
models would have to be registered and would live per chat; a throw-away `Walk` is triggered instead, so that nothing
of a conversation outlives the tap.

States: a step's id; `urgent:<card>><resume>`, `more><resume>`, `pause><resume>` (stop cards that know where the flow
goes on); `card:<id>` (outcome); `view:<id>`, `SIGNS`, `LIST`, `CONTACTS[.kind]`, `MENU[.group]`, `DONE`, `LEAVE`, and
`@flow[.step]` (jump).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from transitions import EventData, Machine

from bot.flow.model import Band, Button, Flow, Library, Option, Outcomes, Rule, Signal, Step
from bot.flow.scoring import Measures, band_of, measure

Condition = Callable[[EventData], bool]
Way = tuple[tuple[Condition, ...], str]  # conditions that must hold, and the state they lead to
MORE_CARD, PAUSE_CARD = "s_more", "s_two_skips"
LEAST_LEFT = 2  # questions that must remain for an early stop to be worth offering


@dataclass(frozen=True, slots=True)
class Position:
    """Where a path of answers leads in one flow.

    trail: (step id, option index from 0) of every answered step. more, paused: that stop card was shown.
    """

    state: str
    trail: tuple[tuple[str, int], ...] = ()
    more: bool = False
    paused: bool = False
    minor: bool = False
    measured: Measures | None = field(default=None, compare=False, repr=False)  # filled in when first asked for


@dataclass(slots=True)
class Walk:
    """The throw-away model of one transition; `state` is what the library reads and sets."""

    chart: Chart
    state: str
    trail: list[tuple[str, int]]
    more: bool
    paused: bool
    minor: bool
    _measures: Measures | None = field(default=None)

    @property
    def measures(self) -> Measures:
        """Measures after the answer under way."""
        if self._measures is None:
            self._measures = self.chart.measures_of(tuple(self.trail), "", self.minor)
        return self._measures


class Chart:
    """A flow, its cards and its `Machine`."""

    def __init__(self, flow: Flow, library: Library, minor_rule: str = "us") -> None:
        self.flow, self.library, self.minor_rule = flow, library, minor_rule
        self.rules: tuple[Rule, ...] = library.scoring.get(flow.scoring, ())
        self.options: dict[str, tuple[Option | Button, ...]] = {}
        self._left = _questions_left(flow)
        self._transitions: list[dict[str, Any]] = []
        self._add_steps()
        self.machine = Machine(
            model=None,
            states=list(self.options),
            transitions=self._transitions,
            initial=flow.start,
            auto_transitions=False,
            send_event=True,
        )

    def start(self, minor: bool = False, paused: bool = False) -> Position:
        return Position(self.flow.start, minor=minor, paused=paused)

    def count(self, position: Position) -> int:
        """How many answers the screen at this position takes."""
        return len(self.options[position.state])

    def step(self, position: Position) -> Step | None:
        return self.flow.steps.get(position.state)

    def advance(self, position: Position, option: int) -> Position | None:
        """One answer further (option from 1); None where there is no such answer."""
        if not 1 <= option <= self.count(position):
            return None
        trail = list(position.trail)
        if position.state in self.flow.steps:
            trail.append((position.state, option - 1))
        walk = Walk(self, position.state, trail, position.more, position.paused, position.minor)
        if not self.machine.events[f"answer_{option}"].trigger(walk):
            return None
        more = walk.more or walk.state.startswith("more>")
        paused = walk.paused or walk.state.startswith("pause>")
        return Position(walk.state, tuple(trail), more, paused, walk.minor)

    def measures_of(self, trail: tuple[tuple[str, int], ...], current: str, minor: bool) -> Measures:
        """Measures of a trail; `current` is the step on screen, whose entry signals count already."""
        steps = self.flow.steps
        answers = [(steps[id], steps[id].options[index]) for id, index in trail]
        shown = [step for step, _ in answers]
        if current in steps:
            shown.append(steps[current])
        entered: list[Signal] = [signal for step in shown for signal in step.on_enter]
        return measure(answers, entered, minor)

    def measures(self, position: Position) -> Measures:
        if position.measured is None:
            measured = self.measures_of(position.trail, position.state, position.minor)
            object.__setattr__(position, "measured", measured)
        assert position.measured is not None
        return position.measured

    def band(self, measures: Measures, but_urgent: bool = False) -> Band | None:
        return band_of(self.flow, self.rules, measures, self.minor_rule, but_urgent)

    def outcomes(self, minor: bool) -> Outcomes | None:
        """The card set that fits; a minor's where the flow has one."""
        name = self.flow.minor_outcomes if minor and self.flow.minor_outcomes else self.flow.outcomes
        return self.library.outcomes.get(name)

    def few_answers(self, trail: tuple[tuple[str, int], ...]) -> bool:
        """At least half of the scored questions shown were answered with a skip or "not sure"."""
        scored = [self.flow.steps[id].options[i].soft for id, i in trail if self.flow.steps[id].is_scored]
        return bool(scored) and sum(bool(soft) for soft in scored) * 2 >= len(scored)

    # -- building the statechart -------------------------------------------------------------------------------

    def _add_steps(self) -> None:
        for step in self.flow.steps.values():
            self.options[step.id] = step.options
        for step in self.flow.steps.values():
            for number, option in enumerate(step.options, 1):
                self._add(step.id, number, list(self._ways_of(step, option)))

    def _add(self, source: str, number: int, ways: list[Way]) -> None:
        for conditions, state in ways:
            self._ensure(state)
            self._transitions.append(
                {"trigger": f"answer_{number}", "source": source, "dest": state, "conditions": list(conditions)}
            )

    def _ensure(self, state: str) -> None:
        """Add a state and, where it has buttons, the ways that lead on from it."""
        if state in self.options:
            return
        head, _, resume = state.partition(">")
        kind, _, card = head.partition(":")
        if kind in ("MENU",) or head.startswith("MENU."):
            self.options[state] = self._menu(head)
        elif resume or kind == "card":
            named = card or (MORE_CARD if kind == "more" else PAUSE_CARD)
            own = f"@{self.flow.id}"  # nobody is invited to walk the same flow again
            buttons = self.library.cards[named].buttons if named in self.library.cards else ()
            self.options[state] = tuple(button for button in buttons if button.go != own)
        else:
            self.options[state] = ()
        for number, button in enumerate(self.options[state], 1):
            assert isinstance(button, Button)
            self._add(state, number, self._ways_of_button(button, resume))

    def _menu(self, state: str) -> tuple[Button, ...]:
        group = state.partition(".")[2] or "top"
        flows = [Button(id, "", f"@{id}") for id in self.library.menu.get(group, ())]
        groups = [Button(f"menu.{name}", "", f"MENU.{name}") for name in self.library.menu if name != "top"]
        return (*flows, *(groups if group == "top" else ()))

    def _ways_of_button(self, button: Button, resume: str) -> list[Way]:
        if button.go == "GO_ON":
            return list(self._ways_to(resume))
        if button.go == "OUTCOME":
            return list(self._ways_to("END"))
        if button.go == "CONTACTS.quiet":  # the button sets the flag; the screen is the same
            return [((), "CONTACTS")]
        return [((), f"view:{button.go}" if button.go in self.library.cards else button.go)]

    def _ways_of(self, step: Step, option: Option) -> Iterator[Way]:
        if option.is_urgent:
            yield from self._urgent_ways(passed_to(step))
            return
        if self.flow.early_stop and self._left.get(option.go, 0) >= LEAST_LEFT:
            yield (_turned_strong,), f"more>{option.go}"
        if self.flow.pauses and option.soft == "skip" and option.go in self.flow.steps:
            yield (_skipped_twice,), f"pause>{option.go}"
        yield from self._ways_to(option.go)

    def _urgent_ways(self, resume: str) -> Iterator[Way]:
        minors, adults = self.outcomes(True), self.outcomes(False)
        if minors is not adults and minors is not None and minors.urgent:
            yield (_is_minor,), f"urgent:{minors.urgent[0]}>{resume}"
        if adults is not None and adults.urgent:
            yield (), f"urgent:{adults.urgent[0]}>{resume}"

    def _ways_to(self, go: str) -> Iterator[Way]:
        """A step, or the next one where its guard does not hold; an end; a card by band."""
        if go == "END":
            yield from self._ways_to_outcome()
            return
        step = self.flow.steps.get(go)
        if step is None or not step.only_if:
            yield (), go
            return
        yield (_any_of(step.only_if),), go
        yield from self._ways_to(passed_to(step))

    def _ways_to_outcome(self) -> Iterator[Way]:
        """The card of the band; urgent ones were shown when the answer was given, so the next rule's card follows."""
        minors, adults = self.outcomes(True), self.outcomes(False)
        for outcomes, extra in ((minors, (_is_minor,)), (adults, ())):
            if outcomes is None or (extra and minors is adults):
                continue
            if outcomes.none_few and not self.flow.results:  # a tool that counts speaks its own words on both sides
                yield (*extra, _ends_in("none"), _few_answers), f"card:{outcomes.none_few}"
            for band, card in outcomes.bands.items():
                yield (*extra, _ends_in(band)), f"card:{card}"


def passed_to(step: Step) -> str:
    """Where a step leads that is not shown: as its first answer does that tells of no danger."""
    return next((option.go for option in step.options if not option.is_urgent), "END")


# -- conditions: each reads the walk under way ------------------------------------------------------------------


def _walk(event: EventData) -> Walk:
    return cast(Walk, event.model)


def _is_minor(event: EventData) -> bool:
    return "minor" in _walk(event).measures.facts


def _turned_strong(event: EventData) -> bool:
    walk = _walk(event)
    return not walk.more and walk.chart.band(walk.measures, but_urgent=True) == "strong"


def _skipped_twice(event: EventData) -> bool:
    walk = _walk(event)
    steps = walk.chart.flow.steps
    softs = [steps[id].options[index].soft for id, index in walk.trail if steps[id].is_question][-2:]
    return not walk.paused and softs == ["skip", "skip"]


def _few_answers(event: EventData) -> bool:
    walk = _walk(event)
    return walk.chart.few_answers(tuple(walk.trail))


def _any_of(names: tuple[str, ...]) -> Condition:
    return lambda event: any(_walk(event).measures.holds(name, 1) for name in names)


def _ends_in(band: str) -> Condition:
    """Flows without a score end in their "none" card."""
    return lambda event: (_walk(event).chart.band(_walk(event).measures, but_urgent=True) or "none") == band


def _questions_left(flow: Flow) -> dict[str, int]:
    """For each step, the fewest questions on a way to the end, itself included; 0 where no way leads there."""
    far = len(flow.steps) + 1
    left = dict.fromkeys(flow.steps, far) | {"END": 0}
    for _ in flow.steps:
        for step in flow.steps.values():
            ways = [left[option.go] for option in step.options if option.go in left]
            left[step.id] = min([left[step.id], *(way + step.is_question for way in ways)])
    return {id: count for id, count in left.items() if count < far}
