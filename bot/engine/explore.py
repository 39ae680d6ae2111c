"""Walk every flow completely, over (screen, scores) pairs instead of paths: paths are countless, pairs are few.

Two positions on the same screen are one pair when nothing that can still be answered tells them apart: scores are cut
at the highest threshold any rule asks for, and a construct's own score is kept only while it can still be met again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.engine.machine import Chart, Position
from bot.flow.model import MEANS, PURPOSES, Band, Signal

MOST_PAIRS = 400_000

Scores = tuple[object, ...]
Pair = tuple[str, Scores, bool, bool, bool]  # screen, scores, more, paused, last answer was a skip


@dataclass(slots=True)
class Map:
    """All pairs of one flow: each with one position that stands for it, and where its answers lead.

    ways: pair -> the pair each option leads to, in order. stuck: (position, option) that lead nowhere.
    """

    chart: Chart
    positions: dict[Pair, Position] = field(default_factory=dict)
    ways: dict[Pair, tuple[Pair, ...]] = field(default_factory=dict)
    stuck: list[tuple[Position, int]] = field(default_factory=list)
    starts: list[Pair] = field(default_factory=list)

    def ends(self) -> Iterator[tuple[Pair, Position, Band | None]]:
        """Pairs on an outcome card, with the band the person is told (urgent, once met, comes first)."""
        for pair, position in self.positions.items():
            if pair[0].startswith("card:"):
                yield pair, position, self.chart.band(self.chart.measures(position))


class Summary:
    """What of a position's scores can still matter, as a value that can be compared."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self._live = _live_groups(chart)
        limits: dict[str, int] = {}
        for rule in chart.rules:
            for name, least in rule.when.items():
                limits[name] = max(limits.get(name, 0), int(least))
        self._limits = limits
        self._cuts = [(tag, max(limits.get(tag, 0), limits.get("purpose", 0), 1)) for tag in PURPOSES]
        self._cuts.append(("force", max(limits.get("force", 0), 1)))

    def scores(self, position: Position) -> Scores:
        """Facts, tag heights and group scores; groups that cannot be met again are folded into sums."""
        chart = self.chart
        heights: dict[str, int] = {}
        groups: dict[str, list[int]] = {}
        facts = {"minor"} if position.minor else set()
        count = 0
        for group, signal in _signals(chart, position):
            if signal.strength:
                count += signal.strength if signal.tag == "count" else 0
                heights[signal.tag] = max(heights.get(signal.tag, 0), signal.strength)
                means = signal.strength if signal.tag in MEANS else 0
                known = groups.setdefault(group, [0, 0])
                known[0], known[1] = max(known[0], means), max(known[1], signal.strength)
            elif not signal.tag.startswith(("r.", "k.")):
                facts.add(signal.tag)
        live = self._live.get(position.state.rpartition(">")[2], frozenset())
        limits = self._limits
        kept = []
        means = firm_means = total = firm = most = 0
        is_hard = False
        for group, (mean, high) in groups.items():
            if group in live:
                kept.append((group, mean, high))
                continue
            means, total = means + mean, total + high
            firm_means, firm = firm_means + (mean >= 2), firm + (high >= 2)
            is_hard, most = is_hard or mean == 3, max(most, high)
        return (
            frozenset(facts),
            tuple(min(heights.get(tag, 0), cut) for tag, cut in self._cuts),
            tuple(sorted(kept)),
            min(means, limits.get("means", 1)),
            min(firm_means, 2),
            is_hard,
            min(total, limits.get("total", 0)),
            min(firm, limits.get("firm_groups", 0)),
            most if "strongest" in limits else 0,
            min(count, chart.flow.cut_off),
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
                queue.append(next_pair)
        found.ways[pair] = tuple(ways)
    return found
