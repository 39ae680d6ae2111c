"""Lint flows: every finding of every flow at once, in file order, with its address and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.errors import Finding
from bot.flow.hygiene import Kind, faults
from bot.flow.local import check_local
from bot.flow.model import BANDS, ENDS, FAMILIES, HELP_KINDS, MAX_BUTTONS, Card, Flow, Library, Option, Rule, Step
from bot.flow.reading import MAX_GRADE, grade
from bot.flow.scoring import CONDITIONS, FACTS
from bot.flow.shape import near

MAX_TEXT = 240
MAX_LABEL = 24
MINOR_RULES = ("", "us", "palermo")
COUNTS = ("bands", "completed")
FORBIDDEN = ("anonymous", "secure", "untraceable", "deleted forever")
CARD_ENDS = (*ENDS, "SIGNS", "LIST", "GO_ON", "OUTCOME")
PLACEHOLDERS = {"common.o_check": ("{full}", "{part}", "{none}", "{first_three_not_yet}")}  # filled in, by the card
UNFIT: dict[Kind, tuple[str, str]] = {
    "sign": ('holds the invisible sign "{}".', "Type the text again by hand."),
    "letters": ('mixes alphabets in "{}".', "Write each word in one alphabet."),
    "link": ('holds the link "{}".', "Links live in flows/contacts alone."),
    "mention": ('holds "{}", which Telegram makes a button of.', "Take the sign before the word out."),
    "number": ('holds the number "{}".', "Numbers live in flows/contacts alone."),
}

# What would identify a person: name, number, address, where they are, nationality, papers, birth date.
IDENTITY = re.compile(
    r"\b(?:what(?:'s| is| are)|tell (?:me|us)|give (?:me|us)|write|type|send (?:me|us)|enter|share)\b[^.?!]{0,40}"
    r"\b(?:names?|phone|number|address|e-?mail|birth ?(?:day|date)|nationality|status|passport|workplace|employer)\b"
    r"|\b(?:your|their|his|her) (?:full |last |first |real )?names?\b"
    r"|\bwhere (?:are|do|does|did) (?:you|they|he|she) (?:live|work|stay|sleep|come from|now)\b"
    r"|\b(?:which|what) (?:country|city|town|street) (?:are|do|does) (?:you|they)\b"
    r"|\bwhen (?:were you|was (?:he|she)) born\b|\bare you (?:here )?(?:legal|illegal|undocumented|a citizen)",
    re.IGNORECASE,
)


def check_library(library: Library) -> list[Finding]:
    """All findings of shared tables and of every flow."""
    found = list(_shared(library))
    for flow in library.flows.values():
        found += check_flow(flow, library)
    return found


def check_flow(flow: Flow, library: Library) -> list[Finding]:
    """All findings of one flow."""
    found = [*_head(flow, library), *check_local(flow, library)]
    for step in flow.steps.values():
        found += _step(flow, step, library)
    found += _reach(flow)
    return found


# -- shared tables --------------------------------------------------------------------------------------------------


def _shared(library: Library) -> Iterator[Finding]:
    for name, rules in library.scoring.items():
        for number, rule in enumerate(rules, 1):
            yield from _rule(f"scoring.{name}.{number}", rule)
            if number < len(rules) and not rule.when:
                what = "holds always, so that no rule after it counts."
                yield Finding(f"scoring.{name}.{number}", what, "Give it conditions, or move it to the end.")
        if rules and (rules[-1].when or rules[-1].minor_rule):
            yield Finding(f"scoring.{name}", "ends in a rule with conditions.", 'End it with { band = "none" }.')
    for outcomes in library.outcomes.values():
        for id in (*outcomes.urgent, *outcomes.bands.values(), outcomes.none_few):
            if id and id not in library.cards:
                yield Finding(f"common.outcomes.{outcomes.id}", f'names the card "{id}".', near(id, library.cards))
    for route, named in library.routes.items():
        if named not in library.cards:
            yield Finding(f"common.routes.{route}", f'names the card "{named}".', near(named, library.cards))
    for group, flows in library.menu.items():
        for id in flows:
            if id not in library.flows:
                yield Finding(f"common.menu.{group}", f'names the flow "{id}".', near(id, library.flows))
    for card in library.cards.values():
        yield from _card(card, library)


def _rule(address: str, rule: Rule) -> Iterator[Finding]:
    if rule.band not in BANDS:
        yield Finding(address, f'band is "{rule.band}".', near(rule.band, BANDS))
    if rule.minor_rule not in MINOR_RULES:
        yield Finding(address, f'minor_rule is "{rule.minor_rule}".', near(rule.minor_rule, MINOR_RULES[1:]))
    for name, least in rule.when.items():
        if name not in CONDITIONS:
            yield Finding(address, f'has the condition "{name}".', near(name, CONDITIONS))
        elif not (isinstance(least, bool) if name in FACTS else type(least) is int and least > 0):
            wanted = "true" if name in FACTS else "a whole number from 1"
            yield Finding(address, f"{name} is {least!r}.", f"Write {name} = {wanted}.")


def _card(card: Card, library: Library) -> Iterator[Finding]:
    address = f"common.{card.id}"
    yield from _text(address, card.say)
    for button in card.buttons:
        yield from _label(f"{address}.{button.id}", button.say)
        go, _, kind = button.go.partition(".")
        flow = go[1:] if go.startswith("@") else ""
        known = go in CARD_ENDS or go in library.cards or flow in library.flows
        if not known or (kind and go == "CONTACTS" and kind not in (*HELP_KINDS, "quiet")):
            yield Finding(f"{address}.{button.id}", f'goes to "{button.go}".', near(go, [*CARD_ENDS, *library.cards]))


# -- one flow --------------------------------------------------------------------------------------------------------


def _head(flow: Flow, library: Library) -> Iterator[Finding]:
    closed: tuple[tuple[str, str, tuple[str, ...]], ...] = (
        ("family", flow.family, FAMILIES),
        ("scoring", flow.scoring, tuple(library.scoring)),
        ("start", flow.start, tuple(flow.steps)),
        ("outcomes", flow.outcomes, ("", *library.outcomes)),
        ("minor_outcomes", flow.minor_outcomes, ("", *library.outcomes)),
        ("none_route", flow.none_route, ("", *library.routes)),
        ("counts", flow.counts, COUNTS),
    )
    for key, value, known in closed:
        if value not in known:
            yield Finding(flow.id, f'{key} is "{value}".', near(value, [word for word in known if word]))
    yield from _label(f"{flow.id}.title", flow.title)
    for side, words in flow.results.items():
        yield from _text(f"{flow.id}.results.{side}", words, _level(flow))
    ends = {option.go for step in flow.steps.values() for option in step.options}
    if "END" in ends and not flow.outcomes:
        yield Finding(flow.id, "reaches END and names no outcomes.", 'Add outcomes = "<a card set of common.toml>".')
    urgent = any(library.outcomes[name].urgent for name in (flow.outcomes,) if name in library.outcomes)
    if "URGENT" in ends and not urgent:
        yield Finding(flow.id, "reaches URGENT and its outcomes have no urgent card.", "Choose outcomes that have one.")


def _step(flow: Flow, step: Step, library: Library) -> Iterator[Finding]:
    address = f"{flow.id}.{step.id}"
    yield from _text(address, step.text, _level(flow))
    if step.is_question and (match := IDENTITY.search(step.text)):
        yield Finding(
            address, f'asks who someone is: "{match[0]}".', "Ask about signs alone; nobody is identified here."
        )
    if step.construct not in library.constructs:
        yield Finding(address, f'construct is "{step.construct}".', near(step.construct, library.constructs))
    if len(step.options) > MAX_BUTTONS:
        yield Finding(address, f"has {len(step.options)} options.", f"At most {MAX_BUTTONS}: split the question.")
    labels: dict[str, str] = {}
    for option in step.options:
        own = option.id if option.is_name else f"{address}.{option.id}"  # a form that joined is to blame, not its gate
        if not option.is_name:
            yield from _option(flow, step, option, library)
        if (label := option.say.casefold()) in labels:
            what = f'is labelled "{option.say}", as {labels[label]} is.'
            yield Finding(own, what, "Give each answer words of its own.")
        labels[label] = option.id


def _option(flow: Flow, step: Step, option: Option, library: Library) -> Iterator[Finding]:
    address = f"{flow.id}.{step.id}.{option.id}"
    yield from _label(address, option.say)
    yield from _target(address, flow, option.go, library)
    if option.is_urgent != (option.go == "URGENT"):
        yield Finding(address, f'goes to "{option.go}" with signals {[str(s) for s in option.signals]}.',
                      'Use the signal "urgent" and go = "URGENT" together.')  # fmt: skip
    if option.group and option.group not in library.constructs:
        yield Finding(address, f'names the group "{option.group}".', near(option.group, library.constructs))
    for signal in option.signals:
        if signal.tag.startswith("r.") and signal.tag[2:] not in library.routes:
            yield Finding(address, f'names the route "{signal.tag[2:]}".', near(signal.tag[2:], library.routes))
    if option.go == step.id:
        yield Finding(address, "leads to its own step.", "Send it on to the next step.")


def _target(address: str, flow: Flow, go: str, library: Library) -> Iterator[Finding]:
    head, _, rest = go.partition(".")
    if go.startswith("@"):
        there = library.flows.get(head[1:])
        if there is None:
            yield Finding(address, f'goes to the flow "{head[1:]}".', near(head[1:], library.flows))
        elif rest and rest not in there.steps:
            yield Finding(address, f'goes to "{go}", which is no step of {head[1:]}.', near(rest, there.steps))
    elif head in ENDS:
        if rest and (head != "CONTACTS" or rest not in HELP_KINDS):
            yield Finding(address, f'goes to "{go}".', f"Write CONTACTS.{HELP_KINDS[1]}, or {head} alone.")
    elif go not in flow.steps:
        yield Finding(address, f'goes to "{go}", which is no step of this flow.', near(go, [*flow.steps, *ENDS]))


def _level(flow: Flow) -> str:
    """Licensed wording may not be changed: where it is long or hard to read, that is said and blocks nothing."""
    return "warning" if flow.licence.licence else "error"


def _text(address: str, text: str, level: str = "error") -> Iterator[Finding]:
    if len(text) > MAX_TEXT:
        yield Finding(address, f"is {len(text)} characters long.", f"At most {MAX_TEXT}: shorten or split it.", level)
    if (hard := grade(text)) > MAX_GRADE:
        remedy = f"At most {MAX_GRADE:.0f}: shorter sentences and words."
        yield Finding(address, f"reads at grade {hard:.1f}.", remedy, level)
    yield from _words(address, text)


def _label(address: str, text: str) -> Iterator[Finding]:
    if len(text) > MAX_LABEL:
        yield Finding(address, f'"{text}" is {len(text)} characters long.', f"A button holds at most {MAX_LABEL}.")
    yield from _words(address, text)


def _words(address: str, text: str) -> Iterator[Finding]:
    """What no text may hold: numbers to dial, links, and words that promise what nobody can."""
    for kind, passage in faults(text):
        what, remedy = UNFIT[kind]
        yield Finding(address, what.replace("{}", passage), remedy)
    bare = text
    for placeholder in PLACEHOLDERS.get(address, ()):
        bare = bare.replace(placeholder, "")
    if "{" in bare or "}" in bare:
        yield Finding(address, "holds a brace.", "Nothing is filled in here: write the words themselves.")
    for word in FORBIDDEN:
        if re.search(rf"\b{word}\b", text, re.IGNORECASE):
            yield Finding(address, f'says "{word}".', "Say what is kept and who can see it instead.")


def _reach(flow: Flow) -> Iterator[Finding]:
    """Steps that no answer leads to."""
    if flow.start not in flow.steps:
        return
    reached, waiting = {flow.start}, [flow.start]
    while waiting:
        for option in flow.steps[waiting.pop()].options:
            if option.go in flow.steps and option.go not in reached:
                reached.add(option.go)
                waiting.append(option.go)
    for step in flow.steps.values():
        if step.id not in reached:
            yield Finding(f"{flow.id}.{step.id}", "is reached by no answer.", "Lead an option to it, or remove it.")
