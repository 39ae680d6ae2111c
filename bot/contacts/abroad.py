"""What works from another country, for a place where nothing but an emergency number is known.

Only rows that say so: they name a number of its own for callers from abroad (toll-free and short numbers do not work
there), or serve their own people abroad. Only help lines that are not run by police and name the person's language.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from . import age
from .model import Contact, Country, Directory
from .need import Need
from .pool import Offer, Row, may_see, rows
from .rank import key, names

MOST = 2


@dataclass(frozen=True, slots=True)
class _Line:
    country: str
    row: Row
    contact: Contact


def lines(directory: Directory, home: Country, need: Need) -> list[Offer]:
    """At most two lines of other countries, best first, each carrying only what works from there."""
    found = []
    for line in _reachable(directory):
        state = age.state(line.contact, line.row.limits, need.on)
        if line.country != home.code and state in ("fresh", "stale") and _fits(line.row, need):
            found.append(Offer(line.row, line.contact, state))
    found.sort(key=lambda offer: key(offer, need))
    chosen: list[Offer] = []
    for offer in found:
        if all(offer.contact.service != other.contact.service for other in chosen):
            chosen.append(offer)
    return chosen[:MOST]


@lru_cache(maxsize=4)
def _reachable(directory: Directory) -> tuple[_Line, ...]:
    """Rows for callers from abroad, with that number as their only one."""
    found = []
    for country in directory.countries.values():
        for row in rows(country, None):
            contact = row.contact
            own = contact.phone_abroad != contact.phone or "origin" in contact.serves
            if contact.phone_abroad and own and not (contact.region or row.is_police or contact.kind == "tipline"):
                text = contact.sms if contact.sms.startswith("+") else ""
                found.append(_Line(country.code, row, replace(contact, phone=contact.phone_abroad, sms=text)))
    return tuple(found)


def _fits(row: Row, need: Need) -> bool:
    # English says nothing about where somebody comes from.
    own_people = "origin" in row.contact.serves and need.language.partition("_")[0] != "en"
    helps = own_people or ("origin" not in row.contact.serves and "trafficking" in row.topics)
    return helps and names(row.contact.languages, need.language) and may_see(row, need)
