"""Proofs over the complete map of a flow: each returns findings with an address, what is wrong and what to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from bot.engine.explore import MOST_PAIRS, Map, Pair, explore
from bot.engine.machine import Chart, Position
from bot.errors import Finding
from bot.flow.model import Band, Library, Step
from bot.flow.scoring import band_of

RANK: dict[Band | None, int] = {None: 0, "none": 0, "some": 1, "strong": 2, "urgent": 3}
MINOR_SCORINGS = ("amp", "any1", "risk")


def prove_flow(chart: Chart, answer_limit: int) -> tuple[list[Finding], Map]:
    """Everything that must hold on every path of one flow. answer_limit: numbers the button has room for."""
    found = list(_loops(chart))
    if found:
        return found, Map(chart)
    walked = explore(chart)
    if len(walked.positions) >= MOST_PAIRS:
        what = f"has more than {MOST_PAIRS} pairs of screen and scores."
        return [Finding(chart.flow.id, what, "Split it into two flows joined by a jump.")], walked
    for proof in (_stuck, _unreached, _bands, _minors, _unsure, _monotone):
        found += proof(walked)
    found += _fits(walked, answer_limit)
    return found, walked


def idle_rules(library: Library, maps: Iterable[Map]) -> Iterator[Finding]:
    """Rules that are the first to hold on no path of any flow, under any deployment setting."""
    fired: dict[str, set[int]] = {}
    for walked in maps:
        chart = walked.chart
        for position in walked.positions.values():
            if not position.state.startswith(("card:", "urgent:")):
                continue
            measures = chart.measures(position)
            for minor_rule in ("us", "palermo"):
                for number, rule in enumerate(chart.rules, 1):
                    if rule.minor_rule in ("", minor_rule) and band_of(chart.flow, (rule,), measures, minor_rule):
                        fired.setdefault(chart.flow.scoring, set()).add(number)
                        break
                after = [rule for rule in chart.rules if rule.band != "urgent"]
                for rule in after:
                    if rule.minor_rule in ("", minor_rule) and band_of(chart.flow, (rule,), measures, minor_rule):
                        fired.setdefault(chart.flow.scoring, set()).add(chart.rules.index(rule) + 1)
                        break
    for name, numbers in fired.items():
        for number, rule in enumerate(library.scoring[name], 1):
            if number not in numbers and not rule.minor_rule:  # those wait for a deployment that asks for them
                what = f"({rule.band} when {dict(rule.when)}) never decides a band."
                yield Finding(f"scoring.{name}.{number}", what, "Remove it, or put it before the rule that hides it.")


# -- structure -------------------------------------------------------------------------------------------------------


def _loops(chart: Chart) -> Iterator[Finding]:
    """Ways back to a step already answered: such a path outgrows any button, or never asks again."""
    steps = chart.flow.steps
    state: dict[str, int] = {}

    def visit(id: str, way: tuple[str, ...]) -> Iterator[Finding]:
        state[id] = 1
        for option in steps[id].options:
            if option.go not in steps:
                continue
            if state.get(option.go) == 1:
                what = f'leads back to "{option.go}", which was answered before.'
                yield Finding(f"{chart.flow.id}.{id}.{option.id}", what, "Lead on; Back is on every screen anyway.")
            elif option.go not in state:
                yield from visit(option.go, (*way, id))
        state[id] = 2

    if chart.flow.start in steps:
        yield from visit(chart.flow.start, ())


def _stuck(walked: Map) -> Iterator[Finding]:
    seen: set[tuple[str, int]] = set()
    for position, number in walked.stuck:
        if (position.state, number) in seen:
            continue
        seen.add((position.state, number))
        option = walked.chart.options[position.state][number - 1]
        address = f"{walked.chart.flow.id}.{position.state}.{option.id}"
        yield Finding(address, "leads nowhere on some path.", "Give every band of its outcomes a card.")


def _unreached(walked: Map) -> Iterator[Finding]:
    reached = {pair[0] for pair in walked.positions}
    for step in walked.chart.flow.steps.values():
        if step.id not in reached:
            what = "is shown on no path."
            yield Finding(f"{walked.chart.flow.id}.{step.id}", what, "Lead an answer to it, or loosen its only_if.")


def _fits(walked: Map, limit: int) -> Iterator[Finding]:
    """The largest number any path of answers makes must fit the button."""
    order = _by_depth(walked)
    weight: dict[Pair, int] = dict.fromkeys(walked.starts, 1)
    longest, place = 1, ""
    for pair in order:
        here = weight.get(pair, 0)
        further = here * (len(walked.ways.get(pair, ())) + 1) if walked.ways.get(pair) else here
        if further > longest:
            longest, place = further, pair[0]
        for way in walked.ways.get(pair, ()):
            weight[way] = max(weight.get(way, 0), further)
    if longest > limit:
        bits = longest.bit_length()
        what = f"has a path to {place} that needs {bits} bits; a button holds {limit.bit_length() - 1}."
        yield Finding(walked.chart.flow.id, what, "Split it into two flows joined by a jump.")


def _by_depth(walked: Map) -> list[Pair]:
    """Pairs so that each comes after all that lead to it (there are no loops)."""
    indegree: dict[Pair, int] = dict.fromkeys(walked.positions, 0)
    for ways in walked.ways.values():
        for way in ways:
            indegree[way] += 1
    ready = deque(pair for pair, count in indegree.items() if not count)
    order = []
    while ready:
        pair = ready.popleft()
        order.append(pair)
        for way in walked.ways.get(pair, ()):
            indegree[way] -= 1
            if not indegree[way]:
                ready.append(way)
    return order


# -- scores ----------------------------------------------------------------------------------------------------------


def _is_banded(chart: Chart) -> bool:
    return bool(chart.rules) or chart.flow.scoring == "count"


def _bands(walked: Map) -> Iterator[Finding]:
    """Every band that has a card is some path's band."""
    chart = walked.chart
    outcomes = chart.outcomes(False)
    if outcomes is None or not _is_banded(chart) or not any(p[0].startswith("card:") for p in walked.positions):
        return
    reached = {band for _, _, band in walked.ends()} | {
        chart.band(chart.measures(position), but_urgent=True)
        for pair, position in walked.positions.items()
        if pair[0].startswith("card:")
    }
    for band in outcomes.bands:
        if band not in reached:
            yield Finding(chart.flow.id, f'never ends in "{band}".', "Check its signals and the rules of its scoring.")
    for pair in walked.positions:
        if pair[0].startswith("urgent:"):
            return
    if any(option.go == "URGENT" for step in chart.flow.steps.values() for option in step.options):
        yield Finding(chart.flow.id, "never shows its urgent card.", "Lead an answer to URGENT.")


def _minors(walked: Map) -> Iterator[Finding]:
    """A minor with sex for value is strong on every path: no means needed."""
    chart = walked.chart
    if chart.flow.scoring not in MINOR_SCORINGS:
        return
    for _, position, band in walked.ends():
        measures = chart.measures(position)
        if "minor" in measures.facts and measures.holds("purpose_sex", 2) and RANK[band] < RANK["strong"]:
            yield Finding(chart.flow.id, f'ends in "{band}" for a minor with sex for value.', _path_remedy(position))
            return


def _unsure(walked: Map) -> Iterator[Finding]:
    """Answering "Not sure" wherever it is offered, and otherwise without a signal, is never strong."""
    chart = walked.chart
    seen: set[Pair] = set()
    queue = deque(pair for pair in walked.starts if not walked.positions[pair].minor)
    while queue:
        pair = queue.popleft()
        if pair in seen:
            continue
        seen.add(pair)
        step = chart.flow.steps.get(pair[0])
        ways = walked.ways.get(pair, ())
        queue += [way for number, way in enumerate(ways) if step is None or number in _unsure_options(step)]
        if pair[0].startswith("card:"):
            position = walked.positions[pair]
            if chart.band(chart.measures(position), but_urgent=True) == "strong":
                yield Finding(chart.flow.id, 'is "strong" after "Not sure" to everything.', _path_remedy(position))
                return


def _unsure_options(step: Step) -> list[int]:
    unsure = [n for n, option in enumerate(step.options) if option.soft == "unsure" and not option.is_urgent]
    quiet = [n for n, option in enumerate(step.options) if not option.signals and not option.soft]
    return unsure or quiet or list(range(len(step.options)))


def _path_remedy(position: Position) -> str:
    way = ", ".join(f"{step}={number + 1}" for step, number in position.trail)
    return f"Path: {way}. Check signals and rules."


# -- monotonicity ----------------------------------------------------------------------------------------------------


def _monotone(walked: Map) -> Iterator[Finding]:
    """Yes instead of No, all else equal, never lowers a band."""
    chart = walked.chart
    if not _is_banded(chart):
        return
    game = _Game(walked)
    for pair in walked.positions:
        step = chart.flow.steps.get(pair[0])
        if step is None:
            continue
        ids = [option.id for option in step.options]
        if "yes" in ids and "no" in ids:
            ways = walked.ways[pair]
            worse = game.worse(ways[ids.index("yes")], ways[ids.index("no")])
            if worse is not None:
                what = f'"Yes" instead of "No" lowers a band from "{worse[1]}" to "{worse[0]}".'
                yield Finding(
                    f"{chart.flow.id}.{step.id}", what, "Signals must only ever add; check scoring and guards."
                )
                return


class _Game:
    """Two walks of the same answers side by side, one of which said Yes once; every pair of pairs is met once."""

    def __init__(self, walked: Map) -> None:
        self.walked = walked
        self._met: set[tuple[Pair, Pair]] = set()
        self._bands: dict[Pair, Band | None] = {}
        self._verdict: tuple[Band | None, Band | None] | None = None

    def worse(self, yes: Pair, no: Pair) -> tuple[Band | None, Band | None] | None:
        """Bands (yes, no) where the walk that said Yes ends lower; None where it never does."""
        queue = [(self._settle(yes), self._settle(no))]
        while queue:
            met = queue.pop()
            if met in self._met or met[0] == met[1]:
                continue
            self._met.add(met)
            one, other = met
            if one[0] != other[0]:
                queue += self._catch_up(one, other)
                continue
            if one[0].startswith("card:") or other[0].startswith("card:"):
                continue
            ways = zip(self.walked.ways.get(one, ()), self.walked.ways.get(other, ()), strict=False)
            queue += [(self._settle(first), self._settle(second)) for first, second in ways]
        return self._verdict

    def _catch_up(self, one: Pair, other: Pair) -> list[tuple[Pair, Pair]]:
        """Different screens: two ends are compared; else the walk that was asked more answers on, in every way."""
        ends = [pair for pair in (one, other) if pair[0].startswith(("card:", "urgent:"))]
        if len(ends) == 2:
            first, second = self._band(one), self._band(other)
            if RANK[first] < RANK[second]:
                self._verdict = (first, second)
            return []
        order = list(self.walked.chart.flow.steps)
        if one in ends or (other not in ends and _later(one, other, order)):
            return [(one, self._settle(way)) for way in self.walked.ways.get(other, ())] if one not in ends else []
        return [(self._settle(way), other) for way in self.walked.ways.get(one, ())]

    def _band(self, pair: Pair) -> Band | None:
        if pair not in self._bands:
            position = self.walked.positions[pair]
            self._bands[pair] = self.walked.chart.band(self.walked.chart.measures(position))
        return self._bands[pair]

    def _settle(self, pair: Pair) -> Pair:
        """Past stop cards, as a person who goes on."""
        while ">" in pair[0]:
            buttons = self.walked.chart.options[pair[0]]
            on = [number for number, button in enumerate(buttons) if button.go == "GO_ON"]
            if not on:
                return pair
            pair = self.walked.ways[pair][on[0]]
        return pair


def _later(one: Pair, other: Pair, order: list[str]) -> bool:
    """Whether the first walk stands further on in the file than the second."""
    known = [order.index(pair[0]) if pair[0] in order else len(order) for pair in (one, other)]
    return known[0] > known[1]
