"""From the answers that still stand to measures, and from measures to a band. Nothing is added up in place."""

from __future__ import annotations

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

    entered: signals of steps that were shown (`on_enter`), in a group of their own. minor: carried over from an
    earlier flow.
    """
    groups: dict[str, list[int]] = {}  # construct -> highest means strength, highest strength of any tag
    highest: dict[str, int] = {}
    facts = {"minor"} if minor else set()
    routes: dict[str, None] = {}
    checklist: dict[str, list[str]] = {}
    count = 0
    for group, signals, step_id in _told(answers, entered):
        for tag, strength in signals:
            if strength:
                if strength > highest.get(tag, 0):
                    highest[tag] = strength
                scores = groups.setdefault(group, [0, 0])
                if tag in MEANS and strength > scores[0]:
                    scores[0] = strength
                if strength > scores[1]:
                    scores[1] = strength
                count += strength if tag == "count" else 0
            elif tag.startswith("r."):
                routes[tag[2:]] = None
            elif tag.startswith("k."):
                checklist.setdefault(tag[2:], []).append(step_id)
            else:
                facts.add(tag.removeprefix("f."))
    means = [scores[0] for scores in groups.values()]
    if 3 in means or sum(strength >= 2 for strength in means) >= 2:
        facts.add("solid")
    amounts = highest | {"count": count} | _totals(means, [scores[1] for scores in groups.values()], highest)
    return Measures(frozenset(facts), amounts, tuple(routes), {key: tuple(ids) for key, ids in checklist.items()})


def _told(answers: Sequence[Answer], entered: Iterable[Signal]) -> Iterable[tuple[str, Sequence[Signal], str]]:
    yield "", tuple(entered), ""
    for step, option in answers:
        if option.signals:
            yield option.group or step.construct, option.signals, step.id


def _totals(means: list[int], strongest: list[int], highest: dict[str, int]) -> dict[str, int]:
    """Sums over construct groups, and the heights that rules ask for."""
    return {
        "means": sum(means),
        "purpose": max(highest.get(tag, 0) for tag in PURPOSES),
        "total": sum(strongest),
        "strongest": max(strongest, default=0),
        "firm_groups": sum(strength >= 2 for strength in strongest),
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
