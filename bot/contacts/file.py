"""One contact file -> a Country, within limits of size and depth."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.flow.hygiene import too_heavy

from .model import Country, Exempt, Region
from .report import Report, suggest
from .row import FORMS, read_row

MAX_BYTES = 256 * 1024
MAX_DEPTH = 6
MAX_ROWS = 2000
LAST_COUNTRY, LAST_REGION = 999, 63  # what a sealed button has room for
NUMBERS = {"number": (None, LAST_COUNTRY), "recheck_days": (90, 366), "lifeline_days": (30, 366)}
KEYS = frozenset({"country", "short_codes", "no_emergency", "exempt", "region", "contact", *NUMBERS})
_REGION = re.compile(FORMS["region"][0])
_PART = re.compile(r"-([2-9]|[1-9]\d)$")  # us-2.toml goes on where us.toml is full
# Brackets outside texts and comments; texts first, so that what is inside them is passed over.
_MARKS = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}]', re.DOTALL
)


def read_file(path: Path, report: Report) -> Country | None:
    """The country of one file. Rows with mistakes are left out; None when the file itself has any."""
    table = open_table(path, report)
    if table is None:
        return None
    before = len(report.findings)
    for key in sorted(table.keys() - KEYS):
        report(f'key "{key}" is not known.', suggest(key, KEYS))
    code = _code(table, path, report)
    numbers = {key: _whole(table, key, *bounds, report) for key, bounds in NUMBERS.items()}
    short_codes = _texts(table, "short_codes", report)
    reason = _reason(table, report)
    regions = tuple(filter(None, (_region(item, code, report) for item in _tables(table, "region", report))))
    exempt = tuple(filter(None, (_exempt(item, report) for item in _tables(table, "exempt", report))))
    tables = _tables(table, "contact", report)
    if len(tables) > MAX_ROWS:
        report(f"the file has {len(tables)} rows.", f"Keep at most {MAX_ROWS} in one file.")
    if len(report.findings) > before:
        return None
    rows = (read_row(item, report, code) for item in tables)
    return Country(
        code=code,
        contacts=tuple(row for row in rows if row is not None),
        regions=regions,
        short_codes=short_codes,
        exempt=exempt,
        no_emergency=reason,
        **numbers,
    )


def part_name(stem: str) -> str:
    """The file that goes on where this one is full."""
    code, _, number = stem.partition("-")
    return f"{code}-{int(number) + 1 if number.isdigit() else 2}.toml"


def open_table(path: Path, report: Report) -> Mapping[str, Any] | None:
    """The raw table of a file, refused before parsing when it is too large or too deep."""
    if path.stat().st_size > MAX_BYTES:
        report(f"the file has more than {MAX_BYTES} bytes.", f"Move rows to {part_name(path.stem)} beside it.")
        return None
    try:
        text = path.read_text(encoding="utf-8")
        depth, heavy = _depth(text), too_heavy(text)
        if heavy:
            report(heavy, "Mend that line; numbers to dial stand in quotes.")
            return None
        if depth <= MAX_DEPTH:
            return tomllib.loads(text)
        report(f"brackets are nested {depth} deep.", f"Stay within {MAX_DEPTH}.")
    except UnicodeDecodeError as error:
        report(f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
    except (ValueError, RecursionError) as error:
        report(f"TOML cannot be read: {error}.", "Mend that line; text needs quotes.")
    return None


def _depth(text: str) -> int:
    depth = deepest = 0
    for match in _MARKS.finditer(text):
        if match[0] in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif match[0] in "]}":
            depth -= 1
    return deepest


def _code(table: Mapping[str, Any], path: Path, report: Report) -> str:
    code = table.get("country")
    if isinstance(code, str) and re.fullmatch("[A-Z]{2}", code) and _PART.sub("", path.stem) == code.lower():
        return code
    report(f"country is {code!r}.", "Name the file after the two-letter code inside: us.toml holds US.")
    return ""


def _whole(table: Mapping[str, Any], key: str, otherwise: int | None, last: int, report: Report) -> int:
    value = table.get(key, otherwise)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= last:
        return value
    report(f"{key} is {value!r}.", f"Write a whole number from 1 to {last}.")
    return 0


def _texts(table: Mapping[str, Any], key: str, report: Report) -> tuple[str, ...]:
    value = table.get(key, [])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    report(f"{key} is not a list of texts.", 'Write ["1109", "15107"].')
    return ()


def _reason(table: Mapping[str, Any], report: Report) -> str:
    value = table.get("no_emergency", "")
    if isinstance(value, str):
        return value
    report(f"no_emergency is not text, but {value!r}.", "Say in one sentence why there is none.")
    return ""


def _tables(table: Mapping[str, Any], key: str, report: Report) -> list[Mapping[str, Any]]:
    value = table.get(key, [])
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    report(f'"{key}" is not a row of tables.', f"Start each with [[{key}]].")
    return []


def _region(table: Mapping[str, Any], code: str, report: Report) -> Region | None:
    number, id_, name = table.get("number"), table.get("id"), table.get("name")
    if table.keys() != {"number", "id", "name"} or not isinstance(name, str) or not isinstance(id_, str):
        report(f"region {id_!r} needs number, id and name and nothing else.", "Write these three keys.")
    elif not _REGION.fullmatch(id_) or id_[:2] != code:
        report(f'region "{id_}" is not in {code or "this country"}.', FORMS["region"][1])
    elif not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= LAST_REGION:
        report(f"region {id_} has number {number!r}.", f"Give it a free one from 1 to {LAST_REGION}.")
    else:
        return Region(number, id_, name)
    return None


def _exempt(table: Mapping[str, Any], report: Report) -> Exempt | None:
    number, why = table.get("number"), table.get("why")
    if table.keys() == {"number", "why"} and isinstance(number, str) and isinstance(why, str):
        return Exempt(number, why)
    report(f"exempt {number!r} needs number and why and nothing else.", "Write both as text.")
    return None
