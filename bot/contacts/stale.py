"""What to check again, worst harm first: a wrong number given to somebody in danger, a place left without any line.

Harm, from the worst:

- lifeline: shown to people in danger whatever its age, and its check has run out.
- last: no longer shown, and the country is left without a help line.
- shown: still shown to people at risk, marked as not checked lately.
- hidden: no longer shown, or its page only, while other lines are left.
- workers: seen by outreach workers only, or a line that is closed for a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from . import age
from .choose import choose
from .model import Contact, Country, Directory
from .need import Need
from .rank import HELP

Harm = Literal["lifeline", "last", "shown", "hidden", "workers"]
HARMS: tuple[Harm, ...] = ("lifeline", "last", "shown", "hidden", "workers")


@dataclass(frozen=True, slots=True)
class Due:
    """A row to check again. since: the first day on which its check no longer counts; may lie ahead."""

    contact: Contact
    harm: Harm
    state: age.State
    since: date

    def days(self, on: date) -> int:
        """How long its check has run out; negative for days that are left."""
        return (on - self.since).days


def due(directory: Directory, on: date, ahead: int = 0, country: str = "") -> list[Due]:
    """Every row whose check has run out on a day, or will within `ahead` days, worst harm first."""
    found: list[Due] = []
    for code, place in directory.countries.items():
        if not country or code == country:
            found += _due_in(place, directory, on, ahead)
    return sorted(found, key=lambda one: (HARMS.index(one.harm), _weight(one.contact), one.since, one.contact.id))


def _due_in(country: Country, directory: Directory, on: date, ahead: int) -> Iterator[Due]:
    bare = _is_bare(country, directory, on) and not _is_bare(country, directory, _first_check(country))
    for contact in country.contacts:
        limit = age.limits(contact, country)
        since = contact.checked_on + timedelta(days=limit.fresh + 1)
        if contact.status != "defunct" and since <= on + timedelta(days=ahead):
            state = age.state(contact, limit, on)
            yield Due(contact, _harm(contact, state, bare), state, since)


def _harm(contact: Contact, state: age.State, bare: bool) -> Harm:
    seen = contact.confidence != "low" and not contact.never_default and contact.status == "active"
    if not seen or contact.audience in {"public", "professional"} or not contact.numbers | {*contact.apps}:
        return "workers"
    if contact.tier == "A":
        return "lifeline"
    if state in {"hidden", "page"}:
        return "last" if bare else "hidden"
    return "shown"


def _is_bare(country: Country, directory: Directory, on: date) -> bool:
    """Whether neither adults nor minors are shown a number of a help line of the country."""
    needs = (Need(country=country.code, on=on, minor=minor) for minor in (False, True))
    picks = (pick for need in needs for pick in choose(directory, need).picks)
    return not any(pick.contact.numbers and pick.contact.tier != "A" and "abroad" not in pick.why for pick in picks)


def _first_check(country: Country) -> date:
    """A day on which no check of the country has run out."""
    return min((contact.checked_on for contact in country.contacts), default=date.min)


def _weight(contact: Contact) -> tuple[bool, int]:
    """Emergency numbers first, then by what the line helps with."""
    return not contact.is_emergency, min((HELP.get(topic, 9) for topic in contact.topics), default=9)
