"""Prove all flows of a library, and that every screen of every flow lets a person reach help."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from bot.engine.engine import Engine
from bot.engine.explore import Map, Pair
from bot.engine.machine import Position
from bot.engine.prove import idle_rules, prove_flow
from bot.engine.session import ANSWER_LIMIT, Flag, Session
from bot.errors import Finding

HELP_TAPS = 2


def broken_flows(known: Iterable[Finding]) -> set[str]:
    """Flows, or shared tables, with findings that keep them from being walked."""
    return {finding.address.split(".")[0] for finding in known if finding.level == "error"}


def can_walk(known: Iterable[Finding]) -> bool:
    """Whether the tables all flows share are in order."""
    return not broken_flows(known) & {"common", "scoring"}


def check_paths(engine: Engine, known: Iterable[Finding]) -> list[Finding]:
    """Findings on every path of every flow. known: findings so far; a flow that has some cannot be walked yet."""
    library, broken = engine.library, broken_flows(known)
    found: list[Finding] = []
    maps: list[Map] = []
    for id, chart in engine.charts.items():
        if id in broken:
            continue
        more, walked = prove_flow(chart, ANSWER_LIMIT)
        found += more
        if not more:
            maps.append(walked)
            found += _help_near(engine, walked)
    if not broken and len(maps) == len(engine.charts):
        found += idle_rules(library, maps)
    return found


def _help_near(engine: Engine, walked: Map) -> Iterator[Finding]:
    """Every end shows contacts or leads to them within two taps of its own, besides the button on every screen."""
    flow = walked.chart.flow
    before = {way: (pair, number) for pair, ways in walked.ways.items() for number, way in enumerate(ways, 1)}
    seen: set[str] = set()
    for pair in walked.positions:
        state = pair[0]
        if state in seen or not state.startswith(("card:", "urgent:", "more", "pause")):
            continue
        seen.add(state)
        if not _reaches_contacts(engine, _session(walked, pair, before), HELP_TAPS):
            yield Finding(
                f"{flow.id}.{state}", f"shows no contacts within {HELP_TAPS} taps.", "Add a button to CONTACTS."
            )


def _session(walked: Map, pair: Pair, before: Mapping[Pair, tuple[Pair, int]]) -> Session:
    """A session that stands at a pair: the map walked back to a start."""
    answers: list[int] = []
    while pair in before:
        pair, number = before[pair]
        answers.append(number)
    flags = Flag.MINOR if walked.positions[pair].minor else Flag.NONE
    return Session(walked.chart.flow.id, flags=flags, answers=tuple(reversed(answers)))


def one_of_each(engine: Engine) -> Iterator[tuple[str, Session]]:
    """A session at each kind of screen of each flow: the first path that leads there."""
    for flow, chart in engine.charts.items():
        queue: deque[tuple[Position, tuple[int, ...]]] = deque([(chart.start(), ())])
        seen: set[str] = set()
        while queue:
            position, answers = queue.popleft()
            if position.state in seen:
                continue
            seen.add(position.state)
            yield flow, Session(flow, answers=answers, flags=Flag.CONSENTED)
            for option in range(1, chart.count(position) + 1):
                further = chart.advance(position, option)
                if further is not None and not further.state.startswith("@"):
                    queue.append((further, (*answers, option)))


def _reaches_contacts(engine: Engine, session: Session, taps: int) -> bool:
    screen = engine.show(session)
    if screen is None:
        return False
    if screen.want is not None:
        return True
    further = [choice.go for choice in screen.choices if isinstance(choice.go, Session)]
    return taps > 0 and any(_reaches_contacts(engine, go, taps - 1) for go in further)
