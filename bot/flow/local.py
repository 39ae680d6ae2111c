"""An organisation's own flows: how people reach them, and what a licensed or local form must say of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.errors import Finding
from bot.flow.model import AGES, MAX_BUTTONS, RESULTS, Flow, Library, Option, Step
from bot.flow.shape import near

VISIBILITIES = ("public", "private")
SERVES = (*AGES, "all")
MENU_OF = {"role": "roles"}  # menu group by family; all others stand at the top


def join_local(
    flows: Mapping[str, Flow], menu: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, Flow], dict[str, tuple[str, ...]]]:
    """Flows and menu with the organisation's own in reach.

    Guided forms become answers of the steps marked `forms`, which stand behind the gate; all others join the menu.
    """
    own = [flow for flow in flows.values() if flow.is_local]
    forms = [flow for flow in own if flow.family == "guided"]
    joined = {id: _with_forms(flow, forms) for id, flow in flows.items()}
    groups = dict(menu)
    for flow in own:
        if flow.family != "guided":
            group = MENU_OF.get(flow.family, "top")
            group = group if group in groups else "top"
            taken = len(groups.get(group, ())) + (len(groups.keys() - {"top"}) if group == "top" else 0)
            if taken < MAX_BUTTONS:
                groups[group] = (*groups.get(group, ()), flow.id)
    return joined, groups


def _with_forms(flow: Flow, forms: Sequence[Flow]) -> Flow:
    """The flow with a form among the answers of each step that offers it."""
    if not any(step.forms for step in flow.steps.values()):
        return flow
    steps = {}
    for step in flow.steps.values():
        more = tuple(_answer(form) for form in forms if _offers(flow, step, form))
        steps[step.id] = replace(step, options=(*step.options, *more)[: max(MAX_BUTTONS, len(step.options))])
    return replace(flow, steps=steps)


def _offers(flow: Flow, step: Step, form: Flow) -> bool:
    return bool(step.forms) and form.serves in (step.forms, "all") and form.needs == flow.grants


def _answer(form: Flow) -> Option:
    return Option(form.id, form.title, f"@{form.id}", is_name=True)


def check_local(flow: Flow, library: Library) -> Iterator[Finding]:
    """What a form that is licensed, private or scored by count must say, and that a guided one has a gate."""
    yield from _said(flow)
    yield from _counted(flow)
    gates = {other.grants for other in library.flows.values() if other.grants}
    if flow.needs and flow.needs not in gates:
        yield Finding(flow.id, f'needs "{flow.needs}", which no flow grants.', near(flow.needs, gates))
    asks = any(step.is_scored for step in flow.steps.values())
    if flow.family == "guided" and asks and not (flow.needs or flow.grants):
        what = "is a guided form and opens without consent."
        yield Finding(flow.id, what, 'Add needs = "consented".')
    elif flow.is_local and not _is_offered(flow, library):
        what = f"is offered nowhere: a screen holds {MAX_BUTTONS} buttons, and a form stands behind what it needs."
        yield Finding(flow.id, what, "Take another flow out, or mend needs and serves.")


def _is_offered(flow: Flow, library: Library) -> bool:
    if flow.family != "guided":
        return any(flow.id in ids for ids in library.menu.values())
    steps = (step for gate in library.flows.values() for step in gate.steps.values())
    return any(option.is_name and option.id == flow.id for step in steps for option in step.options)


def _said(flow: Flow) -> Iterator[Finding]:
    licence = flow.licence
    for key, value, known in (("visibility", licence.visibility, VISIBILITIES), ("serves", flow.serves, SERVES)):
        if value not in known:
            yield Finding(flow.id, f'{key} is "{value}".', near(value, known))
    if licence.visibility == "private" and not flow.is_local:
        what = "is private and lies among the public flows."
        yield Finding(flow.id, what, "Move it to a folder of its own and name that in WAYMARK_FLOWS.")
    if licence.validated and not licence.licence:
        yield Finding(flow.id, "is marked validated and has no licence.", "Add licence = with its text and proof.")
    if licence.validated or licence.instrument != "none":
        for key, value in (("owner", licence.owner), ("citation", licence.citation)):
            if not value:
                yield Finding(flow.id, f"is an instrument and names no {key}.", f"Add {key} = to be shown before it.")
    if licence.validated and flow.scoring != "count":
        what = f'is marked validated and scored by "{flow.scoring}".'
        yield Finding(flow.id, what, 'A validated tool keeps its own result: scoring = "count".')
    if licence.validated and licence.instrument == "none":
        yield Finding(flow.id, "is marked validated and names no instrument.", "Add instrument = with its name.")


def _counted(flow: Flow) -> Iterator[Finding]:
    """A tool that counts has a cut-off and words of its own for both sides of it; no other flow has them."""
    if flow.scoring != "count":
        if flow.results or flow.cut_off:
            what = f'has results or a cut_off and the scoring "{flow.scoring}".'
            yield Finding(flow.id, what, 'They belong to scoring = "count".')
        return
    if flow.cut_off < 1:
        yield Finding(flow.id, f"cut_off is {flow.cut_off}.", "Scoring by count needs cut_off = 1 or more.")
    for side in RESULTS:
        if not flow.results.get(side):
            yield Finding(flow.id, f'has no words for a count "{side}" its cut-off.', f"Add {side} = to results.")
