"""The at most five rows that fit, in order, each with its reasons.

Urgent: the emergency number, then a line that takes text. With fear of police or visa staff the best line that is not
run by police comes first and, when urgent, the emergency number second. Otherwise the emergency number closes the list.
Minors see child lines first; who cannot speak sees text and chat first. Never empty while any row may be offered.
Where a country has no help line, its emergency number comes first and then what works from there (abroad.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from . import abroad
from .model import Country, Directory
from .need import PURPOSES, REASONS, ROUTES, Choice, Need, Pick
from .pool import ELSEWHERE, HERE, VISITING, Offer, offers
from .rank import fit, key, speaks
from .slots import MOST, answers, arrange, select, slots

__all__ = ["MOST", "PURPOSES", "REASONS", "ROUTES", "Choice", "Need", "Pick", "choose"]


def choose(directory: Directory, need: Need) -> Choice:
    """Contacts for a need; pure, fast, and the same for equal needs."""
    country = directory.country(need.country or "")
    if country is None:
        return Choice(place_unknown=True)
    if need.urgent or need.band == "urgent":
        choice = _help(country, replace(need, urgent=True, purpose="help"))
    elif need.purpose in {"training", "other"}:
        choice = _wider(country, need)
    else:
        choice = _help(country, replace(need, purpose="help"))
    if not choice.only_emergency:
        return choice
    need = replace(need, purpose="help")
    far = (Pick(offer.contact, ("abroad", *_why(offer, need))) for offer in abroad.lines(directory, country, need))
    return replace(choice, picks=(*choice.picks, *far)[:MOST])


def _help(country: Country, need: Need) -> Choice:
    seen = offers(country, need)
    emergencies = [offer for offer in seen if offer.row.contact.is_emergency]
    calm = replace(need, fear=False)
    emergencies.sort(key=lambda offer: (need.quiet and not offer.contact.takes_text, key(offer, calm)))
    emergencies = emergencies[: 2 if need.urgent else 1]
    pool, fell_back = _pool([offer for offer in seen if not offer.row.contact.is_emergency], need)
    lines = select(pool, slots(need), MOST - len(emergencies), need)
    return _choice(arrange(emergencies, lines, need), need, fell_back)


def _wider(country: Country, need: Need) -> Choice:
    """Training, or help other than a trafficking line; when there is none, the help lines."""
    seen = [offer for offer in offers(country, need) if not offer.row.contact.is_emergency]
    if need.purpose == "training":
        taught = [offer for offer in seen if "training" in offer.row.topics]
        seen = taught or [offer for offer in seen if offer.contact.audience == "professional"]
    else:
        seen = [offer for offer in seen if fit(offer, need) is not None]
    pool, fell_back = _pool(seen, need)
    lines = select(pool, slots(need), MOST, need)
    if not lines:
        return replace(_help(country, replace(need, purpose="help")), fell_back=True)
    return _choice(arrange([], lines, need), need, fell_back)


def _pool(seen: Iterable[Offer], need: Need) -> tuple[list[Offer], bool]:
    """Rows in order, and whether the place asked for had nothing.

    A row of another region joins where nothing nearer helps with trafficking, or, if it also serves this place, for
    training and for a person who fears the police.
    """
    everywhere = list(seen)
    farthest = VISITING if need.fear or need.purpose == "training" else VISITING - 1
    near = [offer for offer in everywhere if offer.row.nearness <= farthest]
    missing = bool(need.region) and not any(offer.row.nearness == HERE for offer in near)
    if need.purpose == "help" and not any("trafficking" in offer.row.topics for offer in near):
        near, missing = everywhere, missing or len(everywhere) > len(near)
    near.sort(key=lambda offer: key(offer, need))
    return near, missing


def _choice(chosen: list[Offer], need: Need, fell_back: bool) -> Choice:
    picks = tuple(Pick(offer.contact, _why(offer, need)) for offer in chosen)
    only_emergency = all(offer.row.contact.is_emergency for offer in chosen)
    return Choice(picks, only_emergency=only_emergency, fell_back=fell_back)


def _why(offer: Offer, need: Need) -> tuple[str, ...]:
    contact, row = offer.contact, offer.row
    routes = tuple(f"route:{route}" for route in need.routes if answers(offer, route))
    reasons = (
        ("emergency", contact.is_emergency),
        ("text", (need.quiet or need.urgent) and contact.takes_text),
        ("not_police", need.fear and not row.is_police),
        ("child", need.minor and row.is_child),
        ("trafficking", "trafficking" in row.topics),
        ("training", need.purpose == "training" and "training" in row.topics),
        ("other", need.purpose == "other"),
        ("region", row.nearness == HERE),
        ("language", speaks(contact.languages, need.language)),
        ("stale", offer.state == "stale"),
        ("page", offer.state == "page"),
        ("unconfirmed", contact.confidence == "low"),
        ("elsewhere", row.nearness == ELSEWHERE),
    )
    return (*routes, *(code for code, holds in reasons if holds)) or ("rank",)
