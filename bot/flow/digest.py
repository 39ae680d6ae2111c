"""The structure digest: four bytes that change when a question changes and stay when only its wording does."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from bot.flow.model import Card, Flow, Library, Step

BYTES = 4


def digest_of(flow: Flow, library: Library) -> bytes:
    """SHA-256 prefix over ids, order, options, next steps, signals, guards, scoring and the cards it ends in."""
    structure = [
        flow.id, flow.start, flow.scoring, flow.outcomes, flow.minor_outcomes, flow.early_stop, flow.pauses,
        flow.cut_off,
        [_step(step) for step in flow.steps.values()],
        [[rule.band, sorted(rule.when.items()), rule.minor_rule] for rule in library.scoring.get(flow.scoring, ())],
        [_card(library.cards[id]) for id in cards_of(flow, library) if id in library.cards],
        {group: list(ids) for group, ids in library.menu.items()},
    ]  # fmt: skip
    text = json.dumps(structure, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()[:BYTES]


def under_rule(library: Library, minor_rule: str) -> Library:
    """The library with digests that also cover the deployment's minor rule: another rule reads no open button."""
    if minor_rule == "us":
        return library
    flows = {}
    for id, flow in library.flows.items():
        digest = hashlib.sha256(flow.digest + minor_rule.encode()).digest()[:BYTES]
        flows[id] = replace(flow, digest=digest)
    return replace(library, flows=flows, by_digest={flow.digest: flow for flow in flows.values()})


def cards_of(flow: Flow, library: Library) -> list[str]:
    """Ids of the cards a flow can end in, in a fixed order."""
    ids: list[str] = ["s_two_skips", "s_more"]
    for name in (flow.outcomes, flow.minor_outcomes):
        if (outcomes := library.outcomes.get(name)) is not None:
            ids += [*outcomes.urgent, *outcomes.bands.values(), outcomes.none_few]
    return list(dict.fromkeys(id for id in ids if id))


def _step(step: Step) -> list[Any]:
    options = [[o.id, o.go, [str(s) for s in o.signals], o.group, o.soft] for o in step.options]
    return [step.id, step.construct, [str(s) for s in step.on_enter], list(step.only_if), options]


def _card(card: Card) -> list[Any]:
    return [card.id, [[button.id, button.go] for button in card.buttons]]
