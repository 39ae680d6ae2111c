"""Everything the product says, in English, by key: the source that catalogues translate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.flow.model import Card, Flow, Library, Step
from bot.texts.words import BUTTON_LIMIT, WORDS, Class, Message

SAFETY, CORE = "safety", "core"
TEXT_LIMIT = 360  # half as long again as an English text may be
TITLE_LIMIT = BUTTON_LIMIT
AWARENESS = "learn"  # the family whose questions screen nobody
ENDINGS = {
    "END": "the result", "URGENT": "the card for danger", "LEAVE": "the talk ends, the chat is emptied",
    "CONTACTS": "help lines", "MENU": "the list of talks", "DONE": "a last line of thanks",
}  # fmt: skip


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
    # Menus name every flow, also where its own words are not there yet; an organisation's own has no other domain.
    of_title = domain if flow.is_local else CORE
    yield Message(f"{flow.id}.title", flow.title, "N", of_title, TITLE_LIMIT, "The name of this talk, on a button.")
    for side, words in flow.results.items():
        yield Message(f"{flow.id}.results.{side}", words, "Q", domain, TEXT_LIMIT, "A result, in the tool's own words.")
    for step in flow.steps.values():
        yield from _step(flow, step, domain)


def _step(flow: Flow, step: Step, domain: str) -> Iterator[Message]:
    weight, base = step_class(step, flow), f"{flow.id}.{step.id}"
    to, back = readers(flow, step)
    yield Message(f"{base}.text", step.text, weight, domain, TEXT_LIMIT, step.note, reader=to)
    for option in step.options:
        if not option.is_name:
            note, leads = f"Answer to: {step.text}", leads_to(option.go)
            key = f"{base}.opt.{option.id}"
            yield Message(key, option.say, weight, domain, BUTTON_LIMIT, note, reader=back, leads=leads)


def step_class(step: Step, flow: Flow) -> Class:
    """As the flow file says, else Q for questions of a screening and I for cards and for what is only learnt from."""
    if step.weight in ("S", "Q", "I", "N"):
        return step.weight  # type: ignore[return-value]
    return "Q" if step.is_question and flow.family != AWARENESS else "I"


def readers(flow: Flow, step: Step) -> tuple[str, str]:
    """Who speaks to whom: in the text of a step, and in its answers."""
    if flow.family != "guided":
        back = "The reader answers the bot." if step.is_question else ""
        return f"The bot to: {flow.audience}." if flow.audience else "", back
    if step.for_worker or not step.is_question:
        return "The bot to an outreach worker.", "The worker answers the bot." if step.is_question else ""
    return "An outreach worker to a client, aloud; clients may read it too.", "The client answers, the worker taps."


def leads_to(go: str) -> str:
    """Where an answer leads, for people."""
    if go in ENDINGS:
        return ENDINGS[go]
    end, mark, group = go.partition(".")
    if mark and end in ENDINGS:
        return f"{ENDINGS[end]} ({group})"
    return f"the flow {go[1:]}" if go.startswith("@") else go
