"""What is asked of the directory and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .model import Contact

# A route of the flows -> topics of rows that answer it, best first.
ROUTES: Mapping[str, tuple[str, ...]] = {
    "abuse": ("abuse",),
    "labour_rights": ("labour",),
    "sextortion": ("images", "child", "victims", "abuse"),
    "self_harm": ("crisis",),
    "child_alone": ("unaccompanied", "child", "humanitarian"),
    "youth_shelter": ("runaway", "shelter"),
    "scam_job": ("trafficking", "labour"),
    "other_children": ("child",),
    "health": ("health",),
    "shelter": ("shelter",),
    "legal": ("legal", "immigration"),
    "smuggled": ("immigration", "legal"),
}
CHILD_ROUTES = frozenset({"child_alone", "other_children", "youth_shelter"})  # an adult may ask for a child

PURPOSES = ("help", "training", "other")

REASONS: Mapping[str, str] = {
    "emergency": "the emergency number of the country",
    "text": "can be used without speaking",
    "not_police": "is not run by police or a migration office",
    "child": "a line for children and young people",
    "trafficking": "takes calls about trafficking or exploitation",
    "route": "fits what the answers pointed to (written route:<name>)",
    "region": "works in the region",
    "language": "speaks the language or has interpreters",
    "training": "teaches or advises those who help",
    "other": "other help than a trafficking line",
    "rank": "the next best row",
    "stale": "not checked lately",
    "page": "number not confirmed in time: only its page is given",
    "unconfirmed": "low confidence: for workers only",
    "elsewhere": "from another region, as nothing nearer is known",
    "abroad": "a line of another country that can be called from there, as no help line is known here",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What the flow knows about the person asking; nothing here names anybody.

    country: two capital letters, or None when it was not picked. region: such as "US-KY".
    band: urgent, strong, some, none, or None outside screenings. routes: names of ROUTES, unknown ones are ignored.
    fear: of police or migration staff. quiet: cannot speak aloud. worker: may also see what others may not (pool.py).
    """

    country: str | None
    on: date
    region: str | None = None
    minor: bool = False
    band: str | None = None
    routes: tuple[str, ...] = ()
    fear: bool = False
    quiet: bool = False
    urgent: bool = False
    worker: bool = False
    language: str = "en"
    purpose: str = "help"


@dataclass(frozen=True, slots=True)
class Pick:
    """A chosen row and why it was chosen, as keys of REASONS.

    With the reason `page` the contact carries its page only: the number was not confirmed in time.
    """

    contact: Contact
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """At most five rows in the order to show them.

    only_emergency: no help line of the country is known; there is its emergency number or nothing, and then at most two
    lines of other countries, with the reason `abroad` and the number for callers from abroad.
    place_unknown: no country was given, or one without a file.
    fell_back: the region or the purpose asked for has nothing, so the next wider answer is given.
    """

    picks: tuple[Pick, ...] = ()
    only_emergency: bool = False
    place_unknown: bool = False
    fell_back: bool = False

    @property
    def contacts(self) -> tuple[Contact, ...]:
        return tuple(pick.contact for pick in self.picks)
