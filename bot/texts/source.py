"""Everything the product says, in English, by key: the source that catalogues translate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.flow.model import Card, Flow, Library, Step
from bot.texts.words import BUTTON_LIMIT, WORDS, Class, Message

SAFETY, CORE = "safety", "core"
TEXT_LIMIT = 360  # half as long again as an English text may be
TITLE_LIMIT = BUTTON_LIMIT


def messages(library: Library) -> dict[str, Message]:
    """All messages: interface words, cards with their buttons, flows; keys are unique by construction."""
    found = dict(WORDS)
    for source in (_cards(library), _constructs(library), *(_flow(flow) for flow in library.flows.values())):
        found.update((message.key, message) for message in source)
    return found


def ours(library: Library) -> dict[str, Message]:
    """The messages that catalogues are kept for: nobody owes an organisation's own flow a translation."""
    return messages(replace(library, flows={id: flow for id, flow in library.flows.items() if not flow.is_local}))


def _cards(library: Library) -> Iterator[Message]:
    for card in library.cards.values():
        weight = card_class(card)
        domain = SAFETY if weight == "S" else CORE
        yield Message(f"card.{card.id}.text", card.say, weight, domain, TEXT_LIMIT, card.note)
        for button in card.buttons:
            yield Message(f"button.{button.id}", button.say, "N", SAFETY, BUTTON_LIMIT)


def _constructs(library: Library) -> Iterator[Message]:
    for code, meaning in library.constructs.items():
        note = "A heading in the worker's summary: what answers touched on."
        yield Message(f"construct.{code}", meaning, "I", CORE, 0, note)


def card_class(card: Card) -> Class:
    return "S" if card.weight == "S" else "I"


def domain_of(flow: Flow) -> str:
    """The door is part of `core`; every other flow is a domain of its own."""
    return CORE if flow.id == CORE else flow.id


def _flow(flow: Flow) -> Iterator[Message]:
    domain = domain_of(flow)
    yield Message(f"{flow.id}.title", flow.title, "N", domain, TITLE_LIMIT, "The name of this talk, on a button.")
    for side, words in flow.results.items():
        yield Message(f"{flow.id}.results.{side}", words, "Q", domain, TEXT_LIMIT, "A result, in the tool's own words.")
    for step in flow.steps.values():
        weight = step_class(step)
        yield Message(f"{flow.id}.{step.id}.text", step.text, weight, domain, TEXT_LIMIT, step.note)
        for option in step.options:
            if option.is_name:
                continue
            key = f"{flow.id}.{step.id}.opt.{option.id}"
            yield Message(key, option.say, weight, domain, BUTTON_LIMIT, f"Answer to: {step.text}")


def step_class(step: Step) -> Class:
    """As the flow file says, else Q for questions and I for cards."""
    if step.weight in ("S", "Q", "I", "N"):
        return step.weight  # type: ignore[return-value]
    return "Q" if step.is_question else "I"
