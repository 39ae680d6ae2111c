"""Changing one row of a contact file in place: only the lines of its changed keys, comments and order kept."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import WaymarkError

from .table import ORDER, write_value

# Texts and comments first, so that brackets and line ends inside them are passed over.
_TOKENS = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|(?P<comment>#[^\n]*)|(?P<mark>[\[\]{}\n])',
    re.DOTALL,
)
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*=\s*""")
_ROW = re.compile(r"\s*\[\[\s*contact\s*\]\]")
_HEAD = re.compile(r"\s*\[")
Changes = Mapping[str, Any]  # key -> new value, or None to take the key out


@dataclass(frozen=True, slots=True)
class _Line:
    """One statement, which may span several lines: its place in the text and the comment that ends it."""

    start: int
    end: int
    comment: str


def edit(text: str, changes: Mapping[str, Changes]) -> str:
    """The text of a contact file with keys of some rows changed, by row id.

    Raises WaymarkError where the result would say anything else than the old text with just these changes.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    parts, place = [], 0
    for id, lines in _rows(text):
        if id in changes:
            parts += [text[place : lines[0].start], _edit_row(text, lines, changes[id], newline)]
            place = lines[-1].end
    result = "".join((*parts, text[place:]))
    _prove(text, result, changes)
    return result


def _edit_row(text: str, lines: list[_Line], changes: Changes, newline: str) -> str:
    """The lines of one row, changed ones written anew, new keys after the key that comes before them in ORDER."""
    kept: list[tuple[str, str]] = []
    for line in lines:
        words = text[line.start : line.end]
        match = _KEY.match(words)
        key = match[1] if match and not words.lstrip().startswith("#") else ""
        if not key or key not in changes:
            kept.append((key, words))
        elif changes[key] is not None and match:
            ending = f"     {line.comment}" if line.comment else ""
            kept.append((key, f"{match[0]}{write_value(changes[key])}{ending}{_line_end(words)}"))
    present = {key for key, _ in kept}
    for key in ORDER:
        if changes.get(key) is not None and key not in present:
            place = max(number for number, (other, _) in enumerate(kept) if other in _before(key)) + 1
            if not _line_end(kept[place - 1][1]):
                kept[place - 1] = (kept[place - 1][0], kept[place - 1][1] + newline)
            kept.insert(place, (key, f"{key} = {write_value(changes[key])}{newline}"))
    return "".join(words for _, words in kept)


def _before(key: str) -> tuple[str, ...]:
    return ORDER[: ORDER.index(key)]


def _line_end(words: str) -> str:
    return "\r\n" if words.endswith("\r\n") else "\n" if words.endswith("\n") else ""


def _rows(text: str) -> Iterator[tuple[str, list[_Line]]]:
    """The id and the lines of each row, from its header to the line before the next header."""
    current: list[_Line] = []
    for line in _statements(text):
        words = text[line.start : line.end]
        if _HEAD.match(words):
            if current:
                yield _id(text, current), current
            current = [line] if _ROW.match(words) else []
        elif current:
            current.append(line)
    if current:
        yield _id(text, current), current


def _id(text: str, lines: list[_Line]) -> str:
    for line in lines:
        words = text[line.start : line.end]
        match = _KEY.match(words)
        if match and match[1] == "id":
            return str(tomllib.loads(words).get("id", ""))
    return ""


def _statements(text: str) -> Iterator[_Line]:
    start = depth = 0
    comment = ""
    for token in _TOKENS.finditer(text):
        mark = token["mark"]
        if token["comment"] is not None:
            comment = token["comment"].rstrip("\r") if depth == 0 else comment
        elif mark in ("[", "{"):
            depth += 1
        elif mark in ("]", "}"):
            depth -= 1
        elif mark == "\n" and depth == 0:
            yield _Line(start, token.end(), comment)
            start, comment = token.end(), ""
    if start < len(text):
        yield _Line(start, len(text), comment)


def _prove(old: str, new: str, changes: Mapping[str, Changes]) -> None:
    """The new text means the old one with the changes, and nothing else."""
    wanted, found = tomllib.loads(old), None
    rows = {row.get("id"): row for row in wanted.get("contact", ())}
    for id, change in changes.items():
        row = rows.get(id)
        if row is None:
            raise WaymarkError(id, "is no row of this file.", "waymark contacts list --all names every row.")
        for key, value in change.items():
            row.pop(key, None)
            if value is not None:
                row[key] = list(value) if isinstance(value, tuple) else value
    try:
        found = tomllib.loads(new)
    except tomllib.TOMLDecodeError:
        found = None
    if found != wanted:
        names = ", ".join(changes)
        raise WaymarkError(names, "is written in a way this command cannot change.", "Change its lines by hand.")
