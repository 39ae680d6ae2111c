"""Prove all flows of a library, and that every screen of every flow lets a person reach help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.engine.engine import Engine
from bot.engine.explore import Map, Pair
from bot.engine.machine import Chart
from bot.engine.prove import idle_rules, prove_flow
from bot.engine.session import ANSWER_LIMIT, Flag, Session
from bot.errors import Finding
from bot.flow.model import Option

HELP_TAPS = 2


def broken_flows(known: Iterable[Finding]) -> set[str]:
    """Flows, or shared tables, with findings that keep them from being walked; a file of another folder is neither."""
    heads = (finding.address.split(".")[0] for finding in known if finding.level == "error")
    return {head for head in heads if "/" not in head}


def can_walk(known: Iterable[Finding]) -> bool:
    """Whether the tables all flows share are in order."""
    return not broken_flows(known) & {"common", "scoring"}


def check_paths(engine: Engine, known: Iterable[Finding]) -> tuple[list[Finding], list[Map]]:
    """Findings on every path of every flow, and the maps of flows that have none.

    known: findings so far; a flow that has some cannot be walked yet.
    """
    broken = broken_flows(known)
    found: list[Finding] = []
    maps: list[Map] = []
    for id, chart in engine.charts.items():
        if id in broken:
            continue
        more, walked = prove_flow(chart, ANSWER_LIMIT)
        found += [*more, *_entries(engine, chart)]
        if not more:
            maps.append(walked)
            found += _help_near(engine, walked)
    if not broken and len(maps) == len(engine.charts):
        found += idle_rules(engine.library, maps)
    return found, maps


def _entries(engine: Engine, chart: Chart) -> Iterator[Finding]:
    """A jump into the middle of a flow answers what stands before; none of those answers may tell anything."""
    for step in chart.flow.steps.values():
        for option in step.options:
            flow, _, entry = option.go.removeprefix("@").partition(".")
            if not option.go.startswith("@") or not entry or flow not in engine.charts:
                continue
            there = engine.charts[flow]
            position = engine.locate(Session(flow, answers=engine.entry(flow, entry)))
            address = f"{chart.flow.id}.{step.id}.{option.id}"
            if position is None or position.state != entry:
                yield Finding(address, f'jumps to "{option.go}", which no path reaches.', "Name a step that is shown.")
            elif any(there.flow.steps[id].options[index].signals for id, index in position.trail):
                what = f'jumps to "{option.go}" past answers that count.'
                yield Finding(address, what, "Jump to an earlier step.")


def _help_near(engine: Engine, walked: Map) -> Iterator[Finding]:
    """Every end shows contacts or leads to them within two taps of its own, besides the button on every screen."""
    far: set[str] = set()
    for pair in _one_of_each(walked):
        state = pair[0].partition(">")[0]
        if state in far or not state.startswith(("card:", "urgent:", "more", "pause")):
            continue
        if not _reaches_contacts(engine, walked.session(pair), HELP_TAPS):
            far.add(state)
            what = f"shows no contacts within {HELP_TAPS} taps."
            yield Finding(f"{walked.chart.flow.id}.{state}", what, "Add a button to CONTACTS.")


def _one_of_each(walked: Map) -> list[Pair]:
    """The first pair met of each screen."""
    first: dict[str, Pair] = {}
    for pair in walked.positions:
        first.setdefault(pair[0], pair)
    return list(first.values())


def one_of_each(maps: Iterable[Map]) -> Iterator[tuple[str, Session]]:
    """A session at each kind of screen of each flow; in guided talks the client's view of it as well."""
    for walked in maps:
        flow = walked.chart.flow
        for pair in _one_of_each(walked):
            session = walked.session(pair)
            yield flow.id, session
            if flow.family == "guided":
                yield flow.id, session.at(on=Flag.WORKER | Flag.CLIENT)
        yield flow.id, Session(flow.id, flags=Flag.CONSENTED | Flag.HELP)
        yield flow.id, _skipping(walked.chart)


def _skipping(chart: Chart) -> Session:
    """Whoever answers nothing that can be skipped, and goes on: the way to the card for few answers."""
    session, position = Session(chart.flow.id, flags=Flag.CONSENTED), chart.start()
    while options := chart.options[position.state]:
        choices = [n for n, one in enumerate(options, 1) if isinstance(one, Option) and one.soft == "skip"]
        choices += [n for n, one in enumerate(options, 1) if one.go == "GO_ON"]
        choices += [n for n, one in enumerate(options, 1) if isinstance(one, Option) and not one.signals]
        further = chart.advance(position, choices[0]) if choices else None
        if further is None:
            break
        session, position = session.answer(choices[0]), further
    return session


def _reaches_contacts(engine: Engine, session: Session, taps: int) -> bool:
    screen = engine.show(session)
    if screen is None:
        return False
    if screen.want is not None:
        return True
    further = [choice.go for choice in screen.choices if isinstance(choice.go, Session)]
    return taps > 0 and any(_reaches_contacts(engine, go, taps - 1) for go in further)
