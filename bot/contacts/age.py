"""How long a checked row may be trusted: fresh, stale (sinks), unconfirmed (address only) or hidden.

Tiers. A: lifelines, never hidden. B: national and state-wide lines. C: local places. D: low or without any number.
A country in flux is checked every 30 days; there a number that was not confirmed in time is not shown, only its page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from .model import Contact, Country

State = Literal["fresh", "stale", "page", "hidden"]

IN_FLUX_DAYS = 30
LOCAL_DAYS = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """Days after the check: fresh until, hidden after (None = never), only its page after (None = never)."""

    fresh: int
    hidden: int | None
    page: int | None = None


def limits(contact: Contact, country: Country) -> Limits:
    """The limits of a row, from its tier and its country's rhythm."""
    recheck = country.recheck_days
    if contact.tier == "A":
        return Limits(country.lifeline_days, None)
    if recheck <= IN_FLUX_DAYS:
        return Limits(recheck, None, page=recheck) if contact.url else Limits(recheck, recheck)
    if contact.tier == "C":
        recheck = min(recheck, LOCAL_DAYS)
    return Limits(recheck, 2 * recheck)


def state(contact: Contact, limit: Limits, on: date) -> State:
    """What a row is worth on a day; a check in the future counts as today's."""
    age = (on - contact.checked_on).days
    if age <= limit.fresh:
        return "fresh"
    if limit.hidden is not None and age > limit.hidden:
        return "hidden"
    if limit.page is not None and age > limit.page:
        return "page"
    return "stale"
