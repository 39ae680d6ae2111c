"""From the answers that still stand to measures, and from measures to a band. Nothing is added up in place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.flow.model import MEANS, PURPOSES, Band, Flow, Option, Rule, Signal, Step

Answer = tuple[Step, Option]

FACTS = ("urgent", "minor", "act", "transit", "kind_unknown", "solid")
AMOUNTS = ("force", "fraud", "coercion", "means", "purpose", *PURPOSES, "strongest", "total", "firm_groups", "count")
CONDITIONS = (*FACTS, *AMOUNTS)


@dataclass(frozen=True, slots=True)
class Measures:
    """What the answers add up to; the names are those of flows/scoring.toml.

    routes: route names in the order they were met. checklist: state -> step ids, in order.
    """

    facts: frozenset[str] = frozenset()
    amounts: dict[str, int] = field(default_factory=dict)
    routes: tuple[str, ...] = ()
    checklist: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def holds(self, name: str, least: int | bool) -> bool:
        """One condition of a rule."""
        return (name in self.facts) == least if isinstance(least, bool) else self.amounts.get(name, 0) >= least


def measure(answers: Sequence[Answer], entered: Iterable[Signal] = (), minor: bool = False) -> Measures:
    """Measures of the answers given.

    entered: signals of steps that were shown (`on_enter`), each counted once. minor: carried over from an earlier flow.
    """
    by_group: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    facts = {"minor"} if minor else set()
    routes: dict[str, None] = {}
    checklist: dict[str, list[str]] = defaultdict(list)
    count = 0
    told = [("", signal, "") for signal in entered]
    for step, option in answers:
        count += sum(signal.strength for signal in option.signals if signal.tag == "count")
        told += [(option.group or step.construct, signal, step.id) for signal in option.signals]
    for group, (tag, strength), step_id in told:
        kind, _, name = tag.partition(".")
        if strength:
            by_group[group][tag] = max(by_group[group][tag], strength)
        elif kind == "r" and name:
            routes[name] = None
        elif kind == "k" and name:
            checklist[name].append(step_id)
        else:
            facts.add(name or tag)
    amounts = _amounts(by_group) | {"count": count}
    if any(_means(tags) == 3 for tags in by_group.values()) or sum(_means(t) >= 2 for t in by_group.values()) >= 2:
        facts.add("solid")
    return Measures(frozenset(facts), amounts, tuple(routes), {key: tuple(ids) for key, ids in checklist.items()})


def _means(tags: dict[str, int]) -> int:
    return max((tags.get(tag, 0) for tag in MEANS), default=0)


def _amounts(by_group: dict[str, dict[str, int]]) -> dict[str, int]:
    """Highest strength of each tag, and the sums over construct groups."""
    highest: dict[str, int] = defaultdict(int)
    for tags in by_group.values():
        for tag, strength in tags.items():
            highest[tag] = max(highest[tag], strength)
    strongest_of = [max(tags.values()) for tags in by_group.values()]
    return dict(highest) | {
        "means": sum(_means(tags) for tags in by_group.values()),
        "purpose": max(highest.get(tag, 0) for tag in PURPOSES),
        "total": sum(strongest_of),
        "strongest": max(strongest_of, default=0),
        "firm_groups": sum(strength >= 2 for strength in strongest_of),
    }


def band_of(
    flow: Flow, rules: Sequence[Rule], measures: Measures, minor_rule: str = "us", but_urgent: bool = False
) -> Band | None:
    """The first rule that holds; None where the flow keeps no score.

    but_urgent: pass over rules for present danger, to find the card that follows the urgent one.
    """
    if flow.scoring == "count":
        return "strong" if measures.holds("count", flow.cut_off) else "none"
    for rule in rules:
        if (rule.minor_rule and rule.minor_rule != minor_rule) or (but_urgent and rule.band == "urgent"):
            continue
        if all(measures.holds(name, least) for name, least in rule.when.items()):
            return rule.band
    return None
