"""What follows an outcome card: route cards, the answers that counted, the checklist still open."""

from __future__ import annotations

from bot.engine.screen import Text
from bot.flow.model import Flow, Library
from bot.flow.scoring import Measures

MAX_ROUTE_CARDS = 2
FIRST_OPEN = 3


def route_cards(library: Library, flow: Flow, outcome: str, measures: Measures) -> list[str]:
    """At most two route cards, in the order of common.toml; a flow may add one of its own to band none."""
    names = set(measures.routes)
    outcomes = library.outcomes.get(flow.outcomes)
    if flow.none_route and outcomes is not None and outcome == outcomes.bands.get("none"):
        names.add(flow.none_route)
    return [card for name, card in library.routes.items() if name in names][:MAX_ROUTE_CARDS]


def sign_texts(flow: Flow, trail: tuple[tuple[str, int], ...]) -> tuple[Text, ...]:
    """Question and answer of each answer that counted, and nothing else."""
    counted = []
    for step_id, index in trail:
        option = flow.steps[step_id].options[index]
        if any(signal.strength or signal.tag in ("minor", "urgent") for signal in option.signals):
            base = f"{flow.id}.{step_id}"
            counted.append(
                Text("ui.sign", {"question": (f"{base}.text",), "answer": (f"{base}.opt.{option.id}",)}, True)
            )
    return tuple(counted)


def touched_texts(flow: Flow, trail: tuple[tuple[str, int], ...]) -> tuple[Text, ...]:
    """The topics that answers with a strength touched, for the worker: no answer, nothing that names anybody."""
    codes: dict[str, None] = {}
    for step_id, index in trail:
        step, option = flow.steps[step_id], flow.steps[step_id].options[index]
        if any(signal.strength for signal in option.signals):
            codes[option.group or step.construct] = None
    if not codes:
        return ()
    return (Text("ui.touched"), *(Text(f"construct.{code}", bullet=True) for code in codes))


def instrument_texts(flow: Flow) -> tuple[Text, ...]:
    """Name, owner and citation of a licensed form, shown before its first question."""
    licence = flow.licence
    if licence.instrument == "none":
        return ()
    values = {"name": licence.instrument, "owner": licence.owner, "citation": licence.citation}
    return (Text("ui.instrument", values),)


def end_texts(flow: Flow, card: str, measures: Measures) -> tuple[Text, ...]:
    """The outcome card itself, or a tool's own words; a checklist fills the counts and first open items of its card."""
    if flow.results:
        return (Text(f"{flow.id}.results.{'above' if measures.holds('count', flow.cut_off) else 'below'}"),)
    if flow.scoring != "check":
        return (Text(f"card.{card}.text"),)
    first = tuple(f"{flow.id}.{step}.text" for step in measures.checklist.get("none", ())[:FIRST_OPEN])
    counts: dict[str, int | str | tuple[str, ...]] = {
        state: len(measures.checklist.get(state, ())) for state in ("full", "part", "none")
    }
    return (Text(f"card.{card}.text", counts | {"first_three_not_yet": first or ("ui.nothing",)}),)


def list_texts(flow: Flow, measures: Measures) -> tuple[Text, ...]:
    """What is not yet in place, in order, then what is in place in part."""
    texts: list[Text] = []
    for state, heading in (("none", "ui.list_none"), ("part", "ui.list_part")):
        items = measures.checklist.get(state, ())
        if items:
            texts.append(Text(heading))
            texts += [Text(f"{flow.id}.{step}.text", bullet=True) for step in items]
    return tuple(texts) or (Text("ui.list_empty"),)
