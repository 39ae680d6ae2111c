"""Rows from outside on their way into the directory: what they say, and what is assumed where they say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .model import Contact, Directory
from .report import Report
from .row import read_row
from .table import NEVER, Table, table_of

# What a kind helps with at least; a maintainer says it better.
TOPICS: Mapping[str, str] = {
    "emergency": "emergency",
    "youth": "child",
    "labor": "labour",
    "legal": "legal",
    "health": "health",
    "shelter_intake": "shelter",
    "immigration": "immigration",
    "tipline": "tips",
    "training": "training",
}
OTHERWISE = "victims"
_COUNTRY_REMEDY = "Write two capital letters, such as US."


@dataclass(frozen=True, slots=True)
class Draft:
    """One row from outside.

    address: where it stands, such as `partners.csv row 7`. values: by key, as contact files hold them; None empties a
    key. defaults: what holds for a new row where values says nothing; a row that is here already keeps what it has.
    """

    address: str
    values: Mapping[str, Any]
    defaults: Mapping[str, Any] = field(default_factory=dict)


def complete(draft: Draft, old: Contact | None) -> Table:
    """The whole table of a row: what was there, what is new, what is assumed."""
    table: Table = table_of(old) if old is not None else {}
    given = {key: value for key, value in draft.values.items() if key != "country"}
    if old is None:
        table |= {key: value for key, value in draft.defaults.items() if key not in given}
    table |= given
    table = {key: value for key, value in table.items() if value is not None}
    return table | {"checked_on": table.get("checked_on", NEVER)} if old is not None else _assume(table)


def _assume(table: Table) -> Table:
    """What a new row needs and nobody said. The tier and the topics follow from the kind; nothing is promised."""
    kind = table.get("kind")
    reachable = table.get("phone") or table.get("sms") or kind == "chat"
    if kind == "emergency":
        tier = "A"
    elif table.get("confidence") == "low" or not reachable:
        tier = "D"
    else:
        tier = "C" if table.get("region") else "B"
    assumed = {
        "audience": "any",
        "topics": [TOPICS.get(str(kind), OTHERWISE)],
        "anonymous": "unknown",
        "police_involved": "unknown",
        "tier": tier,
        "status": "active",
        "checked_on": NEVER,
        "checked_how": "page",
    }
    return assumed | table


def build(draft: Draft, directory: Directory, report: Report) -> Contact | None:
    """The contact of a draft, or None when it has mistakes, which are reported at its address."""
    id, country = draft.values.get("id"), draft.values.get("country")
    old = directory.by_id.get(str(id))
    code = country or (old.country if old is not None else "")
    if not isinstance(code, str) or not (len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()):
        report(f"country is {code!r}.", _COUNTRY_REMEDY)
        return None
    if old is not None and old.country != code:
        report(
            f"{id} belongs to {old.country}, not to {code}.", "A row never moves: give the new one an id of its own."
        )
        return None
    return read_row(complete(draft, old), report, code)
