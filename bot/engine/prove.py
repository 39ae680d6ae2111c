"""Proofs over the complete map of a flow: each returns findings with an address, what is wrong and what to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from bot.engine.explore import LEAST_SEX, MOST_PAIRS, Map, Pair, explore
from bot.engine.machine import Chart, Position, passed_to
from bot.engine.monotone import RANK, lowered_by_yes
from bot.engine.session import MAX_ANSWERS
from bot.errors import Finding
from bot.flow.model import Band, Library, Outcomes, Rule, Step
from bot.flow.scoring import band_of

COUNT_BANDS = ("strong", "none")  # the two sides of a cut-off


def prove_flow(chart: Chart, answer_limit: int) -> tuple[list[Finding], Map]:
    """Everything that must hold on every path of one flow. answer_limit: numbers the button has room for."""
    found = [*_loops(chart), *_passed_by(chart)]
    if found:
        return found, Map(chart)
    walked = explore(chart)
    if len(walked.positions) >= MOST_PAIRS:
        what = f"has more than {MOST_PAIRS} pairs of screen and scores."
        return [Finding(chart.flow.id, what, "Split it into two flows joined by a jump.")], walked
    for proof in (_stuck, _stopped, _unreached, _bands, _minors, _unsure, lowered_by_yes):
        found += proof(walked)
    found += _fits(walked, answer_limit)
    return found, walked


def idle_rules(library: Library, maps: Iterable[Map]) -> Iterator[Finding]:
    """Rules that are the first to hold on no path of any flow that uses their table."""
    idle: dict[str, set[int]] = {}
    for walked in maps:
        chart = walked.chart
        rules = library.scoring[chart.flow.scoring]
        # A rule that an operator may choose need not decide in every table.
        waiting = idle.setdefault(chart.flow.scoring, {n for n, rule in enumerate(rules) if not rule.minor_rule})
        for position in walked.positions.values() if waiting else ():
            if position.state.startswith(("card:", "urgent:")):
                waiting -= _deciding(chart, position, rules)
                if not waiting:
                    break
    for name, numbers in idle.items():
        for number in sorted(numbers):
            rule = library.scoring[name][number]
            what = f"({rule.band} when {dict(rule.when)}) never decides a band."
            yield Finding(f"scoring.{name}.{number + 1}", what, "Remove it, or put it before the rule that hides it.")


def _deciding(chart: Chart, position: Position, rules: tuple[Rule, ...]) -> set[int]:
    """The rules that give a position its band: the first to hold, and the first to hold past danger."""
    measures = chart.measures(position)
    holding = [n for n, rule in enumerate(rules) if band_of(chart.flow, (rule,), measures, chart.minor_rule)]
    return {*holding[:1], *[n for n in holding if rules[n].band != "urgent"][:1]}


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


def _passed_by(chart: Chart) -> Iterator[Finding]:
    """A step that is not shown must lead on as if it were not there; it may not end the talk."""
    for step in chart.flow.steps.values():
        if step.only_if and (go := passed_to(step)) in ("LEAVE", "DONE"):
            what = f"leads to {go} where its only_if does not hold."
            yield Finding(f"{chart.flow.id}.{step.id}", what, "Put an answer that leads on first.")


def _stuck(walked: Map) -> Iterator[Finding]:
    seen: set[tuple[str, int]] = set()
    for position, number in walked.stuck:
        if (position.state, number) in seen:
            continue
        seen.add((position.state, number))
        option = walked.chart.options[position.state][number - 1]
        address = f"{walked.chart.flow.id}.{position.state}.{option.id}"
        yield Finding(address, "leads nowhere on some path.", "Give every band of its outcomes a card.")


def _stopped(walked: Map) -> Iterator[Finding]:
    """An offer to stop is an offer: whoever does not take it goes on."""
    seen: set[str] = set()
    for pair in walked.positions:
        kind, _, resume = pair[0].partition(">")
        if kind not in ("more", "pause") or kind in seen:
            continue
        seen.add(kind)
        if not any(button.go == "GO_ON" for button in walked.chart.options[pair[0]]):
            address = f"{walked.chart.flow.id}.{kind}"
            yield Finding(address, f"stops before {resume} for good.", "Give the stop card a button to GO_ON.")


def _unreached(walked: Map) -> Iterator[Finding]:
    reached = {pair[0] for pair in walked.positions}
    for step in walked.chart.flow.steps.values():
        if step.id not in reached:
            what = "is shown on no path."
            yield Finding(f"{walked.chart.flow.id}.{step.id}", what, "Lead an answer to it, or loosen its only_if.")


def _fits(walked: Map, limit: int) -> Iterator[Finding]:
    """The largest number any path of answers makes, and its number of answers, must fit the button."""
    weight: dict[Pair, int] = dict.fromkeys(walked.starts, 1)
    length: dict[Pair, int] = dict.fromkeys(walked.starts, 0)
    heaviest = longest = walked.starts[0]
    for pair in _by_depth(walked):
        ways = walked.ways.get(pair, ())
        heaviest = pair if weight[pair] > weight[heaviest] else heaviest
        longest = pair if length[pair] > length[longest] else longest
        for way in ways:
            weight[way] = max(weight.get(way, 0), weight[pair] * (len(ways) + 1))
            length[way] = max(length.get(way, 0), length[pair] + 1)
    remedy = "Split it into two flows joined by a jump."
    if weight[heaviest] > limit:
        bits = weight[heaviest].bit_length()
        what = f"has a path to {heaviest[0]} that needs {bits} bits; a button holds {limit.bit_length() - 1}."
        yield Finding(walked.chart.flow.id, what, remedy)
    if length[longest] > MAX_ANSWERS:
        what = f"has a path of {length[longest]} taps to {longest[0]}; a button holds {MAX_ANSWERS}."
        yield Finding(walked.chart.flow.id, what, remedy)


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
    """Every band that has a card is some path's band, for adults and for minors."""
    chart = walked.chart
    if not _is_banded(chart):
        return
    states = {pair[0].partition(">")[0] for pair in walked.positions}
    for minor in (False, True):
        outcomes = chart.outcomes(minor)
        if outcomes is None or (minor and outcomes is chart.outcomes(False)):
            continue
        whom = " for a minor" if minor else ""
        for band in _bands_without_path(chart, outcomes, states):
            remedy = "Check its signals and the rules of its scoring."
            yield Finding(chart.flow.id, f'never ends in "{band}"{whom}.', remedy)
        asks = any(option.go == "URGENT" for step in chart.flow.steps.values() for option in step.options)
        if asks and outcomes.urgent and f"urgent:{outcomes.urgent[0]}" not in states:
            yield Finding(chart.flow.id, f"never shows its urgent card{whom}.", "Lead an answer to URGENT.")


def _bands_without_path(chart: Chart, outcomes: Outcomes, states: set[str]) -> Iterator[Band]:
    for band in ("strong", "some", "none"):
        card = outcomes.bands.get(band)
        is_few = band == "none" and f"card:{outcomes.none_few}" in states
        if card is None or (chart.flow.scoring == "count" and band not in COUNT_BANDS):
            continue
        if f"card:{card}" not in states and not is_few:
            yield band


def _minors(walked: Map) -> Iterator[Finding]:
    """A minor with sex for value is strong on every path, under any table of rules: no means needed."""
    chart = walked.chart
    if not chart.rules:
        return
    for _, position in walked.ends():
        measures = chart.measures(position)
        if "minor" in measures.facts and measures.holds("purpose_sex", LEAST_SEX):
            band = chart.band(measures, but_urgent=True)
            if RANK[band] < RANK["strong"]:
                what = f'ends in "{band}" for a minor with sex for value.'
                yield Finding(chart.flow.id, what, _path_remedy(chart, position))
                return


def _unsure(walked: Map) -> Iterator[Finding]:
    """Answering "Not sure" wherever it is offered, and otherwise without a signal, is never strong."""
    chart = walked.chart
    if not chart.rules:  # a tool that counts keeps its own scoring
        return
    queue = deque((pair, "") for pair in walked.starts if not walked.positions[pair].minor)
    seen: set[Pair] = set()
    while queue:
        pair, path = queue.popleft()
        if pair in seen:
            continue
        seen.add(pair)
        step = chart.flow.steps.get(pair[0])
        if pair[0].startswith("card:") and _band_after(walked, pair) == "strong":
            what = 'is "strong" after "Not sure" to everything.'
            yield Finding(chart.flow.id, what, f"Path: {path[2:]}. Check signals and rules.")
            return
        for number, way in enumerate(walked.ways.get(pair, ())):
            if step is None:
                queue.append((way, path))
            elif number in _unsure_options(step):
                queue.append((way, f"{path}, {step.id}={step.options[number].id}"))


def _band_after(walked: Map, pair: Pair) -> Band | None:
    """The band that the answers give besides danger."""
    return walked.chart.band(walked.chart.measures(walked.positions[pair]), but_urgent=True)


def _unsure_options(step: Step) -> list[int]:
    unsure = [n for n, option in enumerate(step.options) if option.soft == "unsure" and not option.is_urgent]
    plain = [n for n, option in enumerate(step.options) if not option.signals]
    firm = [n for n in plain if not step.options[n].soft]
    return unsure or firm or plain or list(range(len(step.options)))


def _path_remedy(chart: Chart, position: Position) -> str:
    way = ", ".join(f"{id}={chart.flow.steps[id].options[index].id}" for id, index in position.trail)
    return f"Path: {way}. Check signals and rules."
