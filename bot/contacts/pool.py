"""Which rows may be offered at all: precomputed per place, then filtered by what the person asking may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from . import age
from .model import Contact, Country
from .need import CHILD_ROUTES, Need

HERE, WIDER, VISITING, ELSEWHERE = range(
    4
)  # how near a row is: of the region, of the country, also serves it, not at all


@dataclass(frozen=True, slots=True)
class Row:
    """A contact with everything about it that does not depend on the person or the day."""

    contact: Contact
    limits: age.Limits
    nearness: int
    order: int
    takes_text: bool
    has_number: bool
    is_child: bool
    is_police: bool
    targets: frozenset[str]
    numbers: frozenset[str]
    page: Contact | None

    @property
    def topics(self) -> tuple[str, ...]:
        return self.contact.topics


@dataclass(frozen=True, slots=True)
class Offer:
    """A row that may be offered on a day; with state `page` the contact carries no number."""

    row: Row
    contact: Contact
    state: age.State


@lru_cache(maxsize=512)
def rows(country: Country, region: str | None) -> tuple[Row, ...]:
    """Every active row of a country that can be reached, seen from a region."""
    found = []
    for order, contact in enumerate(country.contacts):
        channels = contact.channels
        if contact.status != "active" or not channels:
            continue
        page = replace(contact, phone="", phone_abroad="", sms="") if contact.url else None
        found.append(
            Row(
                contact=contact,
                limits=age.limits(contact, country),
                nearness=_nearness(contact, country.code, region),
                order=order,
                takes_text=contact.takes_text,
                has_number=any(channel.way != "web" for channel in channels),
                is_child=contact.audience == "minor" or contact.kind == "youth" or contact.topics[:1] == ("child",),
                is_police=contact.police_involved == "yes" or "immigration" in contact.cautions,
                targets=frozenset(channel.target for channel in channels),
                numbers=contact.numbers,
                page=page,
            )
        )
    return tuple(found)


def offers(country: Country, need: Need) -> tuple[Offer, ...]:
    """The rows this person may see today, in file order; rows from elsewhere included."""
    asks_child = not CHILD_ROUTES.isdisjoint(need.routes)
    return _offers(country, need.region, need.on, need.minor, need.worker, need.purpose, asks_child)


@lru_cache(maxsize=256)
def _offers(
    country: Country, region: str | None, on: date, minor: bool, worker: bool, purpose: str, asks_child: bool
) -> tuple[Offer, ...]:
    routes = tuple(CHILD_ROUTES) if asks_child else ()
    need = Need(country=country.code, on=on, minor=minor, worker=worker, purpose=purpose, routes=routes)
    found = []
    for row in rows(country, region):
        if not may_see(row, need):
            continue
        state = age.state(row.contact, row.limits, on)
        if state == "page" and row.page is not None:
            found.append(Offer(row, row.page, state))
        elif state in {"fresh", "stale"}:
            found.append(Offer(row, row.contact, state))
    return tuple(found)


def may_see(row: Row, need: Need) -> bool:
    """Whether a row is meant for the person asking.

    A worker may also see low-confidence, professional and public rows and rows without a number;
    rows marked never_default stay hidden from everybody, except those who teach when teaching is asked for.
    """
    contact = row.contact
    if contact.never_default:
        if not (need.purpose == "training" and "training" in contact.topics):
            return False
    elif not need.worker and need.purpose != "training" and not row.has_number:
        return False
    if contact.confidence == "low" and not need.worker:
        return False
    return _is_audience(contact, need)


def _is_audience(contact: Contact, need: Need) -> bool:
    if need.purpose == "training":
        return contact.audience != "minor"
    if contact.audience in {"professional", "public"}:
        return need.worker
    if contact.audience == "minor":
        return need.minor or not CHILD_ROUTES.isdisjoint(need.routes)
    return not (need.minor and (contact.audience == "adult" or "adults" in contact.serves))


def _nearness(contact: Contact, country: str, region: str | None) -> int:
    if not contact.region:
        return WIDER
    if contact.region == region:
        return HERE
    return VISITING if country in contact.also_in or (region and region in contact.also_in) else ELSEWHERE
