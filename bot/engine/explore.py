"""Walk every flow completely, over (screen, scores) pairs instead of paths: paths are countless, pairs are few.

Two positions on the same screen are one pair when nothing that can still be answered tells them apart: scores are cut
at the highest threshold any rule asks for, and a construct's own score is kept only while it can still be met again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.engine.machine import Chart, Position
from bot.engine.session import Flag, Session
from bot.flow.model import MEANS, PURPOSES, Signal
from bot.flow.scoring import FACTS

MOST_PAIRS = 400_000
LEAST_SEX = 2  # strength from which a proof asks about sex for value, whatever the rules ask

Scores = tuple[object, ...]
Pair = tuple[str, Scores, bool, bool, bool]  # screen, scores, more, paused, last answer was a skip


@dataclass(slots=True)
class Map:
    """All pairs of one flow: each with one position that stands for it, and where its answers lead.

    ways: pair -> the pair each option leads to, in order. stuck: (position, option) that lead nowhere.
    before: pair -> the pair and option it was first met from.
    """

    chart: Chart
    positions: dict[Pair, Position] = field(default_factory=dict)
    ways: dict[Pair, tuple[Pair, ...]] = field(default_factory=dict)
    stuck: list[tuple[Position, int]] = field(default_factory=list)
    starts: list[Pair] = field(default_factory=list)
    before: dict[Pair, tuple[Pair, int]] = field(default_factory=dict)

    def ends(self) -> Iterator[tuple[Pair, Position]]:
        """Pairs on an outcome card."""
        return ((pair, position) for pair, position in self.positions.items() if pair[0].startswith("card:"))

    def session(self, pair: Pair) -> Session:
        """A session that stands at a pair, its gate passed: the map walked back to a start."""
        answers: list[int] = []
        while pair in self.before:
            pair, option = self.before[pair]
            answers.append(option)
        flags = Flag.CONSENTED | (Flag.MINOR if self.positions[pair].minor else Flag.NONE)
        return Session(self.chart.flow.id, flags=flags, answers=tuple(reversed(answers)))


class Summary:
    """What of a position's scores can still matter, as a value that can be compared.

    Which of the two cards of band none is shown, for many or for few answers, is not told apart: no proof asks.
    """

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self._live = _live_groups(chart)
        asked = {"purpose_sex": LEAST_SEX} | {name: 1 for step in chart.flow.steps.values() for name in step.only_if}
        for rule in chart.rules:
            if rule.minor_rule in ("", chart.minor_rule):
                for name, least in rule.when.items():
                    asked[name] = max(asked.get(name, 0), int(least))
        self._asked = asked
        self._facts = {"minor", "urgent"} | asked.keys() & set(FACTS)
        self._cuts = [(tag, asked[tag]) for tag in (*MEANS, *PURPOSES) if tag in asked]
        self._by_means = bool({"means", "solid"} & asked.keys())
        self._by_total = bool({"total", "strongest", "firm_groups"} & asked.keys())

    def scores(self, position: Position) -> Scores:
        """Facts, tag heights and group scores; groups that cannot be met again are folded into sums."""
        facts = {"minor"} if position.minor else set()
        heights: dict[str, int] = {}
        groups: dict[str, list[int]] = {}
        count = 0
        for group, (tag, strength) in _signals(self.chart, position):
            if not strength:
                facts.add(tag.removeprefix("f."))
                continue
            count += strength if tag == "count" else 0
            heights[tag] = max(heights.get(tag, 0), strength)
            known = groups.setdefault(group, [0, 0])
            if self._by_means and tag in MEANS:
                known[0] = max(known[0], strength)
            if self._by_total:
                known[1] = max(known[1], strength)
        return (
            frozenset(facts & self._facts),
            tuple(min(heights.get(tag, 0), cut) for tag, cut in self._cuts),
            min(max(heights.get(tag, 0) for tag in PURPOSES), self._asked.get("purpose", 0)),
            self._folded(groups, self._live.get(position.state.rpartition(">")[2], frozenset())),
            min(count, self.chart.flow.cut_off),
        )

    def _folded(self, groups: Mapping[str, list[int]], live: frozenset[str]) -> Scores:
        """Scores of groups that can still grow, and what all others add up to. groups: [means, any tag]."""
        asked = self._asked
        kept = []
        means = firm_means = total = firm = most = hardest = 0
        for group, (mean, high) in groups.items():
            if group in live:
                if mean or high:
                    kept.append((group, mean, high))
                continue
            means, total = means + mean, total + high
            firm_means, firm = firm_means + (mean >= 2), firm + (high >= 2)
            hardest, most = max(hardest, mean), max(most, high)
        return (
            tuple(sorted(kept)),
            min(means, asked.get("means", 0)),
            (min(firm_means, 2), hardest == 3) if "solid" in asked else None,
            min(total, asked.get("total", 0)),
            min(firm, asked.get("firm_groups", 0)),
            min(most, asked.get("strongest", 0)),
        )

    def pair(self, position: Position) -> Pair:
        skipped = bool(position.trail) and self.chart.flow.pauses and _soft(self.chart, position) == "skip"
        return (position.state, self.scores(position), position.more, position.paused, skipped and not position.paused)


def _soft(chart: Chart, position: Position) -> str:
    steps = chart.flow.steps
    asked = [(id, index) for id, index in position.trail if steps[id].is_question]
    return steps[asked[-1][0]].options[asked[-1][1]].soft if asked else ""


def _signals(chart: Chart, position: Position) -> Iterator[tuple[str, Signal]]:
    steps = chart.flow.steps
    for id, index in position.trail:
        step = steps[id]
        for signal in step.on_enter:
            yield "", signal
        option = step.options[index]
        for signal in option.signals:
            yield option.group or step.construct, signal
    if position.state in steps:
        for signal in steps[position.state].on_enter:
            yield "", signal


def _live_groups(chart: Chart) -> dict[str, frozenset[str]]:
    """For each step, the groups that some answer from there on can still touch."""
    steps = chart.flow.steps
    live = {
        id: {option.group or step.construct for option in step.options if any(s.strength for s in option.signals)}
        | {""}
        for id, step in steps.items()
    }
    for _ in steps:
        for id, step in steps.items():
            for option in step.options:
                live[id] |= live.get(option.go, set())
                if option.is_urgent:
                    for other in step.options:
                        live[id] |= live.get(other.go, set())
    return {id: frozenset(groups) for id, groups in live.items()}


def explore(chart: Chart) -> Map:
    """Every pair a person can reach, as an adult and with the minor flag carried in."""
    summary = Summary(chart)
    found = Map(chart)
    queue: deque[Pair] = deque()
    for minor in (False, True):
        position = chart.start(minor)
        pair = summary.pair(position)
        found.positions[pair] = position
        found.starts.append(pair)
        queue.append(pair)
    while queue and len(found.positions) < MOST_PAIRS:
        pair = queue.popleft()
        position = found.positions[pair]
        ways: list[Pair] = []
        for option in range(1, chart.count(position) + 1):
            further = chart.advance(position, option)
            if further is None:
                found.stuck.append((position, option))
                continue
            next_pair = summary.pair(further)
            ways.append(next_pair)
            if next_pair not in found.positions:
                found.positions[next_pair] = further
                found.before[next_pair] = (pair, option)
                queue.append(next_pair)
        found.ways[pair] = tuple(ways)
    return found
