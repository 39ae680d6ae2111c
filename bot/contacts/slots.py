"""From rows in order to the few that are shown: what must be among them, what fills the room, what stands first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .need import ROUTES, Need
from .pool import HERE, WIDER, Offer
from .rank import fit, narrowness

MOST = 5
MOST_ROUTES = 2
MOST_ALIKE = {"help": 2, "other": 1, "training": MOST}  # rows with the same first topic, while others are left


@dataclass(frozen=True, slots=True)
class Slot:
    """A place among the rows: the wishes are tried in order; may be filled by a row that is there already."""

    wishes: tuple[Callable[[Offer], bool], ...]
    shared: bool = False


def slots(need: Need) -> list[Slot]:
    """What must be among the rows if it exists, most wanted first."""
    known = [route for route in ROUTES if route in need.routes]
    known.sort(key=lambda route: route != "self_harm")
    routes = [Slot(_wishes(route), shared=True) for route in known[:MOST_ROUTES]]
    if need.purpose != "help":
        return routes
    line = [Slot((_is_national, lambda offer: _is_line(offer, need)))]
    sure = [Slot((lambda offer: not offer.row.is_police,), shared=True)]
    text = [Slot((lambda offer: offer.contact.takes_text and narrowness(offer.contact.serves, "") == 0,), shared=True)]
    child = [Slot((lambda offer: offer.row.is_child,), shared=True)]
    here = [Slot((lambda offer: offer.row.nearness == HERE and _may_fill(offer, need),), shared=True)]
    first = (sure if need.fear else []) + (text if need.urgent else []) + (child if need.minor else [])
    return first + line + routes + here


def answers(offer: Offer, route: str) -> bool:
    """Whether a row helps with a route."""
    return not frozenset(ROUTES.get(route, ())).isdisjoint(offer.row.topics)


def select(pool: Sequence[Offer], wanted: Sequence[Slot], room: int, need: Need) -> list[Offer]:
    """At most `room` rows: one per slot, then the best of the rest, first with variety, then without."""
    chosen: list[Offer] = []
    for slot in wanted:
        if len(chosen) < room:
            _fill_slot(slot, pool, chosen)
    counts = Counter(offer.row.topics[0] for offer in chosen)
    rest = [offer for offer in pool if _may_fill(offer, need)]
    for offer in rest:
        topic = offer.row.topics[0]
        far = offer.contact.tier == "C" and offer.row.nearness != HERE
        if len(chosen) < room and counts[topic] < MOST_ALIKE[need.purpose] and not far and _is_new(offer, chosen):
            counts[topic] += 1
            chosen.append(offer)
    for offer in rest:
        if len(chosen) < room and _adds_a_channel(offer, chosen):
            chosen.append(offer)
    return chosen


def arrange(emergencies: list[Offer], lines: list[Offer], need: Need) -> list[Offer]:
    """The order on the screen."""
    if need.fear:
        lines = sorted(lines, key=lambda offer: offer.row.is_police)
    first = 1 if lines and (need.urgent or need.fear) else 0
    ordered = lines[:first] + sorted(lines[first:], key=lambda offer: _place(offer, need))
    if need.quiet and not need.fear:
        ordered.sort(key=lambda offer: not offer.contact.takes_text)
    if not need.urgent:
        return ordered + emergencies
    if need.fear and ordered and not ordered[0].row.is_police:
        return ordered[:1] + emergencies + ordered[1:]
    return emergencies + ordered


def _place(offer: Offer, need: Need) -> tuple[bool, bool, bool, bool]:
    """Where no signs were found, what the answers pointed to comes before the trafficking line."""
    calm = need.band == "none" and need.purpose == "help" and not need.urgent
    return (
        need.fear and offer.row.is_police,
        need.quiet and not offer.contact.takes_text,
        need.minor and not offer.row.is_child,
        calm and not any(answers(offer, route) for route in need.routes),
    )


def _is_national(offer: Offer) -> bool:
    """A trafficking line of the whole country, so that local rows cannot crowd it out."""
    return offer.row.topics[0] == "trafficking" and offer.row.nearness == WIDER


def _is_line(offer: Offer, need: Need) -> bool:
    return "trafficking" in offer.row.topics and not (need.minor and offer.row.is_child)


def _wishes(route: str) -> tuple[Callable[[Offer], bool], ...]:
    return tuple((lambda offer, topic=topic: topic in offer.row.topics) for topic in ROUTES[route])


def _fill_slot(slot: Slot, pool: Sequence[Offer], chosen: list[Offer]) -> None:
    for wish in slot.wishes:
        if slot.shared and any(wish(offer) for offer in chosen):
            return
        best = next((offer for offer in pool if wish(offer) and _is_new(offer, chosen)), None)
        if best is not None:
            chosen.append(best)
            return


def _may_fill(offer: Offer, need: Need) -> bool:
    """A child line is only for minors, save where a route asked for one."""
    if need.purpose == "training":
        return True
    return (need.minor or offer.contact.audience != "minor") and fit(offer, need) is not None


def _is_new(offer: Offer, chosen: Sequence[Offer]) -> bool:
    """Whether neither its service nor any of its numbers is shown yet."""
    return all(
        offer.contact.service != other.contact.service and offer.row.numbers.isdisjoint(other.row.numbers)
        for other in chosen
    )


def _adds_a_channel(offer: Offer, chosen: Sequence[Offer]) -> bool:
    """Whether it repeats no number and gives some way to reach help that is not shown yet."""
    shown = frozenset[str]().union(*(other.row.targets for other in chosen))
    taken = frozenset[str]().union(*(other.row.numbers for other in chosen))
    return offer.row.numbers.isdisjoint(taken) and not offer.row.targets <= shown
