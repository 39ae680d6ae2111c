"""locales/<tag>/review.csv: who has read a message, bound to its exact words. Roles and dates, never names."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.texts.catalogue import State, fingerprint, read_rows
from bot.texts.rename import Renames
from bot.texts.words import Message

FILE = "review.csv"
COLUMNS = ("key", "hash", "state", "by", "on", "note")
ROLES = ("native speaker", "community member", "survivor", "field worker", "interpreter", "lawyer", "translator")


@dataclass(frozen=True, slots=True)
class Review:
    """One row. by: a role. note: what a reader found; a draft may have one as well."""

    key: str
    hash: str
    state: str
    by: str
    on: str
    note: str = ""


def read_reviews(root: Path, tag: str) -> dict[str, Review]:
    """Key -> its row; rows of older versions lack some columns."""
    rows = (Review(*((row.get(name) or "") for name in COLUMNS)) for row in read_rows(root / tag / FILE))
    return {row.key: row for row in rows}


def write_reviews(root: Path, tag: str, rows: Iterable[Review]) -> None:
    """Write the file whole or not at all, by key, so that two people's changes differ by lines."""
    write_rows(root / tag / FILE, COLUMNS, [[getattr(row, name) for name in COLUMNS] for row in sorted_by_key(rows)])


def sorted_by_key(rows: Iterable[Review]) -> list[Review]:
    return sorted(rows, key=lambda row: row.key)


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Replace a table in one step: a process that dies leaves the old one."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(columns)
        out.writerows(rows)
    beside.replace(path)


def is_current(row: Review | None, message: Message, words: str) -> bool:
    return row is not None and row.hash == fingerprint(message.key, message.english, words)


def due(
    source: Mapping[str, Message],
    words: Mapping[str, str],
    rows: Mapping[str, Review],
    state: State,
    by: str,
) -> Iterator[str]:
    """Keys that a reader in this role can bring to this state, in the order of the source.

    What nobody has read can be checked; what somebody in another role has checked can be approved.
    """
    for key, message in source.items():
        if key not in words:
            continue
        row = rows.get(key)
        now = row.state if row is not None and is_current(row, message, words[key]) else "draft"
        is_open = now == "draft" if state == "checked" else now == "checked"
        if is_open and not (state == "approved" and row is not None and row.by == by):
            yield key


def stamped(message: Message, words: str, state: State, by: str, on: date, note: str = "") -> Review:
    """The row for a message as it stands."""
    return Review(message.key, fingerprint(message.key, message.english, words), state, by, on.isoformat(), note)


def renamed(
    rows: Mapping[str, Review], renames: Renames, source: Mapping[str, Message], words: Mapping[str, str]
) -> dict[str, Review]:
    """Rows under their new keys; one that held for the words holds for them still."""
    moved = {}
    for key, row in rows.items():
        new = renames.get(key, key)
        if new != key and new in words and row.hash == fingerprint(key, source[new].english, words[new]):
            row = replace(row, key=new, hash=fingerprint(new, source[new].english, words[new]))
        moved[new] = replace(row, key=new)
    return moved
