"""Prove all flows of a library, and that every screen of every flow lets a person reach help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.engine.engine import Engine
from bot.engine.explore import Map, Pair
from bot.engine.prove import idle_rules, prove_flow
from bot.engine.session import ANSWER_LIMIT, Flag, Session
from bot.errors import Finding
from bot.flow.model import Library

HELP_TAPS = 2


def check_paths(library: Library, minor_rule: str, known: Iterable[Finding]) -> list[Finding]:
    """Findings on every path of every flow. known: findings so far; a flow that has some cannot be walked yet."""
    broken = {finding.address.split(".")[0] for finding in known if finding.level == "error"}
    if broken & {"common", "scoring", "common.toml", "scoring.toml"}:
        return []
    engine = Engine(library, minor_rule)
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


def _reaches_contacts(engine: Engine, session: Session, taps: int) -> bool:
    screen = engine.show(session)
    if screen is None:
        return False
    if screen.want is not None:
        return True
    further = [choice.go for choice in screen.choices if isinstance(choice.go, Session)]
    return taps > 0 and any(_reaches_contacts(engine, go, taps - 1) for go in further)
