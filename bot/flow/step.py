"""Read steps, options and signals, and what common.toml lends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import Finding
from bot.flow.model import AGES, BANDS, FLAGS, GRADED, PLAIN, STATES, Button, Card, Option, Outcomes, Signal, Step
from bot.flow.shape import Shape, near

STEP_KEYS = {
    "id": str, "ask": str, "tell": str, "note": str, "construct": str, "sources": list, "seed": list,
    "on_enter": list, "only_if": str, "answers": str, "signals": list, "go": str, "options": list,
    "weight": str, "for_worker": bool, "forms": str,
}  # fmt: skip
WEIGHTS = ("S", "Q", "I", "N")
OPTION_KEYS = {"id": str, "say": str, "go": str, "signals": list}
SET_OPTION_KEYS = {"id": str, "say": str, "signals": str}
LENT = ("step", "weak")  # what an answer of a shared set takes of its step's signals
SOFT = ("skip", "unsure")
CARD_KEYS = {"id": str, "say": str, "buttons": list, "note": str, "weight": str}
GUARDS = ("purpose", "means", "force", "fraud", "coercion", "purpose_labour", "purpose_sex", "purpose_other", "total")
MAX_OPTIONS = 14


@dataclass(frozen=True, slots=True)
class Common:
    """What flow files may refer to without saying it again."""

    labels: Mapping[str, str] = field(default_factory=dict)
    soft: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)
    cards: Mapping[str, Card] = field(default_factory=dict)
    outcomes: Mapping[str, Outcomes] = field(default_factory=dict)
    routes: Mapping[str, str] = field(default_factory=dict)
    menu: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constructs: Mapping[str, str] = field(default_factory=dict)


def read_signal(text: Any, address: str, found: list[Finding]) -> Signal | None:
    """`tag` or `tag:n`; None with a finding when it is neither."""
    tag, _, strength = str(text).partition(":")
    kind, _, name = tag.partition(".")
    if tag in GRADED and strength in ("1", "2", "3"):
        return Signal(tag, int(strength))
    if not strength and (tag in PLAIN or (kind == "r" and name) or (kind == "f" and name in FLAGS)
                         or (kind == "k" and name in STATES)):  # fmt: skip
        return Signal(tag)
    if tag in GRADED:
        found.append(Finding(address, f'signal "{text}" has no strength of 1, 2 or 3.', f'Write "{tag}:2", say.'))
    else:
        found.append(
            Finding(address, f'signal "{text}" is unknown.', near(tag, [*GRADED, *PLAIN, "r.<route>", "g.C05"]))
        )
    return None


def read_signals(texts: Any, address: str, found: list[Finding]) -> tuple[tuple[Signal, ...], str]:
    """Signals and the construct group that `g.<construct>` names ("" where none does)."""
    signals, group = [], ""
    for text in Shape(address, found).texts("signals", texts):
        if text.startswith("g."):
            group = text[2:]
        elif (signal := read_signal(text, address, found)) is not None:
            signals.append(signal)
    return tuple(signals), group


def weaken(signals: tuple[Signal, ...]) -> tuple[Signal, ...]:
    """What "Not sure" leaves of a "Yes": each strength 1, minor stays, routes, flags and the rest are dropped."""
    kept = (Signal(s.tag, 1) if s.strength else s for s in signals if s.strength or s.tag == "minor")
    return tuple(kept)


def read_step(table: Any, flow: str, number: int, common: Common, found: list[Finding]) -> Step | None:
    """One [[step]] of a flow; None where its id is missing."""
    name = table.get("id") if isinstance(table, dict) else None
    address = f"{flow}.{name or number}"
    shape = Shape(address, found)
    values = shape.take(table, STEP_KEYS, required=("id", "construct"))
    if ("ask" in values) == ("tell" in values):
        shape.note(address, "must have one of ask and tell.", "Write ask = for a question, tell = for a card.")
    for key in ("ask", "tell"):
        if values.get(key) == "":
            shape.note(address, f"{key} is empty.", "Write text in quotes.")
    shape.choose("weight", values.get("weight"), WEIGHTS)
    shape.choose("forms", values.get("forms"), AGES)
    if not name:
        return None
    on_enter, group = read_signals(values.get("on_enter"), f"{address}.on_enter", found)
    if group:
        shape.note(f"{address}.on_enter", f'names the group "{group}".', "Groups belong to options.")
    guard = tuple(part.strip() for part in values["only_if"].split(" or ")) if "only_if" in values else ()
    for measure in guard:
        Shape(address, found).choose("only_if", measure, GUARDS)
    return Step(
        id=str(name),
        text=values.get("ask") or values.get("tell") or "",
        is_question="ask" in values,
        options=_read_options(values, address, common, found),
        construct=values.get("construct", ""),
        sources=shape.texts("sources", values.get("sources")),
        seed=shape.texts("seed", values.get("seed")),
        on_enter=on_enter,
        only_if=guard,
        note=values.get("note", ""),
        weight=values.get("weight", ""),
        for_worker=values.get("for_worker", False),
        forms=values.get("forms", ""),
    )


def _read_options(values: dict[str, Any], address: str, common: Common, found: list[Finding]) -> tuple[Option, ...]:
    shape = Shape(address, found)
    entries: dict[str, dict[str, Any]] = {}
    if (name := values.get("answers")) is not None:
        shape.choose("answers", name, common.answers)
        entries = {entry["id"]: dict(entry) for entry in common.answers.get(name, ())}
    elif "signals" in values:
        shape.note(address, "has signals but no shared answer set.", 'Add answers = "yn", or put them on options.')
    listed: set[str] = set()
    for place, entry in enumerate(values.get("options") or (), 1):
        own = str(entry.get("id") or place) if isinstance(entry, dict) else str(place)
        taken = Shape(f"{address}.{own}", found).take(entry, OPTION_KEYS, required=("id",))
        if own in listed:
            shape.note(f"{address}.{own}", "stands twice in this step.", "Give one of the options another id.")
        listed.add(own)
        entries[own] = entries.get(own, {}) | taken
    if not entries:
        shape.note(address, "has no options.", 'Add options = [ ... ], or a shared set with answers = "yn".')
    if len(entries) > MAX_OPTIONS:
        shape.note(address, f"has {len(entries)} options.", f"A screen holds at most {MAX_OPTIONS}: split the step.")
    step_signals, step_group = read_signals(values.get("signals"), address, found)
    return tuple(
        _read_option(entry, f"{address}.{key}", values.get("go", ""), (step_signals, step_group), common, found)
        for key, entry in entries.items()
    )


def _read_option(entry: dict[str, Any], address: str, go: str, lent: tuple[tuple[Signal, ...], str],
                 common: Common, found: list[Finding]) -> Option:  # fmt: skip
    id = str(entry.get("id", ""))
    say = entry.get("say") or common.labels.get(id, "")
    if not say:
        found.append(Finding(address, "has no words.", f'Add say = "...", or a label "{id}" in common.toml.'))
    if not (entry.get("go") or go):
        found.append(Finding(address, "leads nowhere.", 'Add go = "<step>", or one for the whole step.'))
    marked = entry.get("signals")
    if marked == "step":
        signals, group = lent
    elif marked == "weak":
        signals, group = weaken(lent[0]), lent[1]
    else:
        signals, group = read_signals(marked, address, found)
    return Option(id, say, entry.get("go") or go, signals, group, common.soft.get(id, ""))


def read_common(data: Mapping[str, Any]) -> tuple[Common, list[Finding]]:
    """common.toml: labels, answer sets, cards with their buttons, outcomes, routes, menu."""
    found: list[Finding] = []
    shape = Shape("common", found)
    tables = shape.take(data, {"labels": dict, "soft": dict, "answers": dict, "buttons": dict, "outcomes": dict,
                               "routes": dict, "menu": dict, "constructs": dict, "card": list},
                        required=("labels", "answers", "buttons", "outcomes", "card"))  # fmt: skip
    buttons = {}
    for id, entry in tables.get("buttons", {}).items():
        taken = Shape(f"common.buttons.{id}", found).take(entry, {"say": str, "go": str}, required=("say", "go"))
        buttons[id] = Button(id, taken.get("say", ""), taken.get("go", ""))
    soft = Shape("common.soft", found)
    for kind in tables.get("soft", {}):
        soft.choose("a kind", kind, SOFT)
    return Common(
        labels=Shape("common.labels", found).words(tables.get("labels")),
        soft={id: kind for kind, ids in soft.lists(tables.get("soft")).items() for id in ids},
        answers={name: _read_set(name, table, found) for name, table in tables.get("answers", {}).items()},
        cards=_read_cards(tables.get("card", ()), buttons, found),
        outcomes={name: _read_outcomes(name, table, found) for name, table in tables.get("outcomes", {}).items()},
        routes=Shape("common.routes", found).words(tables.get("routes")),
        menu=Shape("common.menu", found).lists(tables.get("menu")),
        constructs=Shape("common.constructs", found).words(tables.get("constructs")),
    ), found


def _read_set(name: str, table: Any, found: list[Finding]) -> tuple[dict[str, Any], ...]:
    """A shared answer set; an answer without an id is left out. `signals`: of the checklist a list, else LENT."""
    shape = Shape(f"common.answers.{name}", found)
    entries = []
    for entry in shape.take(table, {"options": list}, required=("options",)).get("options") or ():
        own = isinstance(entry, dict) and isinstance(entry.get("signals"), list)
        keys = SET_OPTION_KEYS | {"signals": list} if own else SET_OPTION_KEYS
        taken = shape.take(entry, keys, required=("id", "say"))
        if not own:
            shape.choose("signals", taken.get("signals"), LENT)
            taken = {key: value for key, value in taken.items() if key != "signals" or value in LENT}
        if "id" in taken:
            entries.append(taken)
    return tuple(entries)


def _read_cards(entries: Any, buttons: Mapping[str, Button], found: list[Finding]) -> dict[str, Card]:
    cards: dict[str, Card] = {}
    for number, entry in enumerate(entries, 1):
        name = str(entry.get("id", number) if isinstance(entry, dict) else number)
        shape = Shape(f"common.{name}", found)
        card = shape.take(entry, CARD_KEYS, required=("id", "say"))
        if name in cards:
            shape.note(f"common.{name}", "stands twice.", "Give one of the cards another id.")
        shape.choose("weight", card.get("weight"), WEIGHTS)
        named = shape.texts("buttons", card.get("buttons"))
        for button in named:
            shape.choose("buttons", button, buttons)
        wanted = tuple(buttons[button] for button in named if button in buttons)
        cards[name] = Card(name, card.get("say", ""), wanted, card.get("note", ""), card.get("weight", ""))
    return cards


def _read_outcomes(name: str, table: Any, found: list[Finding]) -> Outcomes:
    keys = {"urgent": list, "none_few": str} | {band: str for band in BANDS if band != "urgent"}
    shape = Shape(f"common.outcomes.{name}", found)
    values = shape.take(table, keys)
    bands: dict[str, str] = {band: values[band] for band in BANDS if band != "urgent" and band in values}
    return Outcomes(name, shape.texts("urgent", values.get("urgent")), bands, values.get("none_few", ""))
