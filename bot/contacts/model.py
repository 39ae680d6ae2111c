"""The directory as values: countries, their regions and their contacts, as the files write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

ALWAYS = "24/7"


@dataclass(frozen=True, slots=True)
class SmsLine:
    """A number that takes text messages and the word to send to it, if there is one."""

    number: str
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a contact.

    way: `call`, `video`, `text`, `app` (a messaging app: see `app`), `chat` (web chat) or `web`.
    target: the number or address exactly as the file has it; `abroad` the number for callers from other countries.
    """

    way: str
    target: str
    keyword: str = ""
    app: str = ""
    abroad: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One row: a line, office or page with its source. Keys and meanings: flows/contacts/README.md."""

    id: str
    name: str
    kind: str
    country: str
    audience: str
    source_url: str
    confidence: str
    tier: str
    checked_on: date
    region: str = ""
    phone: str = ""
    phone_abroad: str = ""
    sms: str = ""
    url: str = ""
    hours: str = ""
    languages: tuple[str, ...] = ()
    anonymous: str = "unknown"
    police_involved: str = "unknown"
    notes: str = ""
    source_url_2: str = ""
    source_date: str = ""
    checked_how: str = "page"
    status: str = "active"
    status_reason: str = ""
    limits: str = ""
    never_default: bool = False
    open: str = ""
    zone: str = ""
    topics: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    also_in: tuple[str, ...] = ()
    same_as: str = ""
    spelled: tuple[str, ...] = ()
    phone_type: str = "voice"
    apps: tuple[str, ...] = ()
    free: str = "unknown"

    @property
    def service(self) -> str:
        """The id that all rows of one service share."""
        return self.same_as or self.id

    @property
    def is_emergency(self) -> bool:
        return "emergency" in self.topics

    @property
    def is_always_open(self) -> bool:
        return self.open == ALWAYS

    @property
    def text(self) -> SmsLine | None:
        """Where to send a text message, number and keyword apart."""
        number, _, keyword = self.sms.partition(" ")
        return SmsLine(number, keyword) if number else None

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Every way to reach this contact, voice first."""
        found: list[Channel] = []
        if self.phone and self.phone_type == "app":
            found += (Channel("app", self.phone, app=app, abroad=self.phone_abroad) for app in self.apps)
        elif self.phone and not (self.kind == "textline" and self.text and self.text.number == self.phone):
            way = "video" if self.phone_type == "video" else "call"
            found.append(Channel(way, self.phone, abroad=self.phone_abroad))
        if self.text is not None:
            found.append(Channel("text", self.text.number, keyword=self.text.keyword))
        if self.url:
            found.append(Channel("chat" if self.kind == "chat" else "web", self.url))
        return tuple(found)

    @property
    def takes_text(self) -> bool:
        """Whether a person who cannot speak aloud can use it: text message, messaging app or web chat."""
        return any(channel.way in {"text", "app", "chat"} for channel in self.channels)

    @property
    def numbers(self) -> frozenset[str]:
        """Every number of the row, short codes included, for comparing rows."""
        text = self.text.number if self.text else ""
        return frozenset(filter(None, (self.phone, self.phone_abroad, text)))


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a country with rows of its own; the number is permanent."""

    number: int
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Exempt:
    """A number the number library refuses although the cited page prints it, and why it stays."""

    number: str
    why: str


@dataclass(frozen=True, eq=False)
class Country:
    """One country file; several folders may add to the same country.

    recheck_days: how long a help line counts as fresh; lifeline_days: the same for rows that are never hidden.
    short_codes: seen on cited pages, unknown to the number library. no_emergency: why there is no emergency row.
    """

    code: str
    number: int
    contacts: tuple[Contact, ...]
    regions: tuple[Region, ...] = ()
    recheck_days: int = 90
    lifeline_days: int = 30
    short_codes: tuple[str, ...] = ()
    exempt: tuple[Exempt, ...] = ()
    no_emergency: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Contact]:
        return {contact.id: contact for contact in self.contacts}

    def region(self, region_id: str) -> Region | None:
        """The region with this id."""
        return next((region for region in self.regions if region.id == region_id), None)

    def numbered(self, number: int) -> Region | None:
        """The region with this permanent number."""
        return next((region for region in self.regions if region.number == number), None)


@dataclass(frozen=True, eq=False)
class Directory:
    """All countries, found by code or by permanent number."""

    countries: Mapping[str, Country]

    @cached_property
    def by_number(self) -> Mapping[int, Country]:
        return {country.number: country for country in self.countries.values()}

    @cached_property
    def by_id(self) -> Mapping[str, Contact]:
        return {contact.id: contact for contact in self}

    def country(self, code: str) -> Country | None:
        """The country with this two-letter code, in capitals."""
        return self.countries.get(code)

    def numbered(self, number: int) -> Country | None:
        """The country with this permanent number."""
        return self.by_number.get(number)

    def place(self, country_number: int, region_number: int = 0) -> tuple[str, str]:
        """Country code and region id for the numbers kept in a button; empty where the directory has no such place."""
        country = self.numbered(country_number)
        region = country.numbered(region_number) if country else None
        return (country.code if country else "", region.id if region else "")

    def numbers(self, country_code: str | None, region_id: str | None = None) -> tuple[int, int]:
        """Permanent numbers for a place; 0 where it is unknown."""
        country = self.country(country_code or "")
        region = country.region(region_id or "") if country else None
        return (country.number if country else 0, region.number if region else 0)

    def __iter__(self) -> Iterator[Contact]:
        for country in self.countries.values():
            yield from country.contacts

    def __len__(self) -> int:
        return sum(len(country.contacts) for country in self.countries.values())
