"""Contacts as a spreadsheet: comma-separated, UTF-8, safe to open in one.

Written: a text that a spreadsheet would take for a formula gets an apostrophe in front; the plus of a number stays.
Read: such a text without its apostrophe is refused, as is everything a spreadsheet is known to do to numbers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from bot.errors import ContentError, Finding

from .draft import Draft
from .limits import MAX_ROWS, read_text, refuse
from .model import Contact
from .report import suggest
from .row import LISTS
from .table import COLUMNS, NEVER

NEEDED = ("id", "name", "kind", "country", "audience", "phone", "source_url", "confidence")
NUMBERS = ("phone", "phone_abroad", "sms")
FORMULA = "=+-@\t\r\n＝＋－＠"
BETWEEN = ";"
_PLUS = re.compile(r"\+[0-9]")
_SCIENCE = re.compile(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+")
_DECIMAL = re.compile(r"\+?\d+[.,]0+")
_DAY = re.compile(r"\d{1,2}[-./][A-Za-z]{3}([-./]\d{2,4})?|[A-Za-z]{3}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}")
_NUMBER = re.compile(r"\+[0-9]{5,15}")
_BARE = re.compile(r"\d{10,15}")


def write_sheet(contacts: Iterable[Contact]) -> str:
    """All columns of these rows as text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for contact in contacts:
        writer.writerow([_cell(key, getattr(contact, key)) for key in COLUMNS])
    return out.getvalue()


def _cell(key: str, value: Any) -> str:
    if key in LISTS:
        return escape(BETWEEN.join(value), key)
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, date):
        return "" if value == NEVER else value.isoformat()
    return escape(value, key)


def escape(text: str, column: str = "") -> str:
    """A text that no spreadsheet runs as a formula."""
    if column in NUMBERS and _PLUS.match(text):
        return text
    return f"'{text}" if text[:1] and text[0] in f"{FORMULA}'" else text


def read_sheet(data: bytes, name: str) -> list[Draft]:
    """The rows of a sheet. Raises ContentError with every mistake, each with its row, column and remedy."""
    header, rows = read_rows(data, name, MAX_ROWS)
    _check_header(header, name)
    findings: list[Finding] = []
    drafts = []
    for number, cells in rows:
        address = f"{name} row {number}"
        if len(cells) != len(header):
            last = header[min(len(cells), len(header)) - 1]
            what = f"has {len(cells)} cells, but the first row has {len(header)}."
            findings.append(Finding(f"{address}, column {last}", what, "Put texts with commas in quotation marks."))
            continue
        values = {}
        for key, text in zip(header, cells, strict=True):
            try:
                values[key] = read_cell(text, key)
            except ValueError as error:
                what, remedy = error.args
                findings.append(Finding(f"{address}, column {key}", what, remedy))
        drafts.append(Draft(address, values))
    if findings:
        raise ContentError(findings)
    return drafts


def read_rows(data: bytes, name: str, most: int) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the numbered rows of a table, empty rows left out."""
    reader = csv.reader(io.StringIO(read_text(data, name), newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if any(cells):
                rows.append((number, cells))
            if len(rows) > most + 1:
                raise refuse(f"{name} row {number}", f"is beyond {most} rows.", "Split the file.")
    except csv.Error as error:
        remedy = "Look for a quotation mark too many, or a line end inside a cell."
        raise refuse(f"{name} row {number + 1}", f"cannot be read: {error}.", remedy) from None
    if not rows:
        raise refuse(f"{name} row 1", "is empty.", "Give it a first row with the names of the columns.")
    return rows[0][1], rows[1:]


def _check_header(header: Sequence[str], name: str) -> None:
    where = f"{name} row 1"
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        raise refuse(where, "is separated by something else than commas.", "Save it with commas between the cells.")
    found = []
    for number, column in enumerate(header, 1):
        if column not in COLUMNS:
            found.append(Finding(f"{where}, column {number}", f'"{column}" is no column.', suggest(column, COLUMNS)))
        elif column in header[: number - 1]:
            found.append(Finding(f"{where}, column {number}", f'"{column}" is there twice.', "Keep one of them."))
    for column in NEEDED:
        if column not in header:
            what, remedy = (
                f'column "{column}" is missing.',
                "Add it; single cells may be empty where a row has nothing.",
            )
            found.append(Finding(f"{where}, column {column}", what, remedy))
    if found:
        raise ContentError(found)


def read_cell(text: str, column: str) -> Any:
    """The value of a cell as contact files hold it; None where it is empty. Raises ValueError(what, remedy)."""
    if column in NUMBERS:
        _check_number(text)
    elif _NUMBER.fullmatch(text):
        raise ValueError(f'"{text}" is a telephone number.', "Check that each column stands under its own name.")
    if text[:1] == "'" and text[1:2] and text[1] in f"{FORMULA}'":
        text = text[1:]
    elif text[:1] and text[0] in FORMULA and not (column in NUMBERS and _PLUS.match(text)):
        raise ValueError(
            f"{text[:40]!r} begins like a formula.", "Put an apostrophe in front if it is text, else take it out."
        )
    if not text:
        return None
    if column in LISTS:
        return [item.strip() for item in text.split(BETWEEN)]
    if column == "never_default":
        if text.lower() not in ("true", "false"):
            raise ValueError(f'"{text}" is neither true nor false.', "Write true, or leave the cell empty.")
        return True if text.lower() == "true" else None
    if column == "checked_on":
        return read_date(text)
    return text


def read_date(text: str) -> date:
    """A date such as 2026-11-22. Raises ValueError(what, remedy)."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f'"{text}" is no date.', "Write year, month and day: 2026-11-22.")


def _check_number(text: str) -> None:
    again = "Take the number from its source again and set the column to text."
    number = text.partition(" ")[0]
    if _SCIENCE.fullmatch(number) or _DECIMAL.fullmatch(number):
        raise ValueError(f'"{text}" is a number that a spreadsheet has rounded.', again)
    if _DAY.fullmatch(text):
        raise ValueError(f'"{text}" is a number that a spreadsheet has turned into a date.', again)
    if text.startswith("##"):
        raise ValueError(f'"{text}" stands where a spreadsheet had no room.', again)
    if _BARE.fullmatch(number):
        raise ValueError(f'"{text}" has lost its plus.', "Write + and the country code, and set the column to text.")
