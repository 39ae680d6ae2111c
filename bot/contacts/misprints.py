"""Numbers that are printed somewhere and are wrong, old or disputed: no row may carry one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .file import open_table
from .report import Report, suggest
from .row import FORMS

NAME = "misprints.toml"
REASONS = ("misprint", "superseded", "disputed")
KEYS = frozenset({"country", "number", "reason", "instead", "what", "source"})
_NUMBER = re.compile(FORMS["phone"][0])


@dataclass(frozen=True, slots=True)
class Misprint:
    """One wrong number. instead: what to use, empty when nothing is settled. what: whose number it is taken for."""

    country: str
    number: str
    reason: str
    what: str
    source: str
    instead: str = ""


def read_misprints(folder: Path, report: Report) -> tuple[Misprint, ...]:
    """The known wrong numbers of a folder; none when it has no such file."""
    path = folder / NAME
    table = open_table(path, report) if path.is_file() else None
    if table is None:
        return ()
    for key in sorted(table.keys() - {"misprint"}):
        report(f'key "{key}" is not known.', suggest(key, {"misprint"}))
    rows = table.get("misprint", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        report('"misprint" is not a row of tables.', "Start each with [[misprint]].")
        return ()
    return tuple(filter(None, (_misprint(row, report) for row in rows)))


def _misprint(row: Mapping[str, Any], report: Report) -> Misprint | None:
    number = row.get("number")
    for key in sorted(row.keys() - KEYS):
        report(f'misprint {number!r}: key "{key}" is not known.', suggest(key, KEYS))
    missing = sorted(KEYS - row.keys() - {"instead"})
    if missing or not all(isinstance(value, str) for value in row.values()):
        report(f"misprint {number!r} lacks {', '.join(missing) or 'quotes'}.", "Write every key as text in quotes.")
    elif not _NUMBER.fullmatch(row["number"]):
        report(f"misprint {number!r} is no number.", FORMS["phone"][1])
    elif row["reason"] not in REASONS:
        report(f'misprint {number!r}: reason "{row["reason"]}" is not known.', suggest(row["reason"], REASONS))
    elif row.keys() <= KEYS:
        return Misprint(**row)
    return None
