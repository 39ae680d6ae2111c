"""A contact as a plain table and as text, both ways the same: what files, sheets and packages are made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from typing import Any

from .model import Contact
from .row import LISTS, REQUIRED

# In the order in which a row is written.
ORDER = (
    *("id", "name", "kind", "region", "also_in", "audience", "serves", "limits", "topics"),
    *("phone", "phone_type", "apps", "phone_abroad", "sms", "spelled", "free", "url"),
    *("hours", "open", "zone", "languages", "anonymous", "police_involved", "cautions"),
    *("same_as", "never_default", "tier", "status", "status_reason", "notes"),
    *("source_url", "source_url_2", "source_date", "confidence", "checked_on", "checked_how"),
)
# In the order of a sheet: first what people read, then what only this directory knows.
COLUMNS = (
    *("id", "name", "kind", "country", "region", "audience", "phone", "phone_abroad", "sms", "url", "hours"),
    *("languages", "anonymous", "police_involved", "notes", "source_url", "source_url_2", "source_date", "confidence"),
    *("checked_on", "checked_how", "tier", "status", "status_reason", "topics", "limits", "serves", "also_in"),
    *("open", "zone", "phone_type", "apps", "spelled", "free", "cautions", "same_as", "never_default"),
)
# A check that never took place: older than every limit, so that such a row is stale wherever it is shown.
NEVER = date(2000, 1, 1)

Table = dict[str, Any]
_DEFAULTS = {field.name: field.default for field in fields(Contact) if field.default is not MISSING}


def table_of(contact: Contact) -> Table:
    """The keys of a row as its file writes them: lists as lists, what is empty or left to its default left out."""
    table: Table = {}
    for key in ORDER:
        value = getattr(contact, key)
        if key in REQUIRED or value != _DEFAULTS.get(key):
            table[key] = list(value) if key in LISTS else value
    return table


def row_of(contact: Contact) -> Table:
    """Every column of a row, empty ones included, in values that JSON knows."""
    row = {key: getattr(contact, key) for key in COLUMNS}
    row |= {key: list(row[key]) for key in LISTS}
    return row | {"checked_on": contact.checked_on.isoformat()}


def write_value(value: Any) -> str:
    """A text, date, truth value or list of texts as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(write_value(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False)


def write_row(table: Mapping[str, Any]) -> str:
    """One `[[contact]]` table, keys in their order."""
    lines = (f"{key} = {write_value(table[key])}" for key in ORDER if key in table)
    return "\n".join(("[[contact]]", *lines)) + "\n"


def write_rows(tables: Iterable[Mapping[str, Any]]) -> str:
    """Rows below each other, an empty line before each."""
    return "".join(f"\n{write_row(table)}" for table in tables)
