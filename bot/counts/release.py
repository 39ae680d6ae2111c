"""What is published of a closed period: noisy numbers of 20 and more, rounded; nothing else, and the same for ever.

A cell under the floor shows as "<20". Rounding comes after the floor and the noise, never before. A total is the sum of
the cells shown, a share is given only where every part of it is shown: so nothing hidden can be worked out.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.counts.noise import SCALE
from bot.counts.schema import BANDS, digest
from bot.counts.tally import COMPLETED, ENDED, LANGUAGE, REGION, STARTED, Cell

FLOOR = 20
ROUNDED_TO = 5
NOISE_WITHIN = 6  # 96 of 100 draws of the noise lie within it
WITHIN = NOISE_WITHIN + ROUNDED_TO // 2
HIDDEN = f"<{FLOOR}"
TABLES = {STARTED: "started", ENDED: "ended", LANGUAGE: "languages", REGION: "regions"}
DIMENSIONS = {STARTED: ("flow", "role"), ENDED: ("flow", "role", "end"), LANGUAGE: ("language",), REGION: ("region",)}
COLUMNS = ("period", "table", "flow", "role", "end", "language", "region", "count")
NOTES = (
    "Every number had random noise in it before anything was counted; no exact count was ever written.",
    f"Numbers are rounded to {ROUNDED_TO}. At least 95 of 100 lie within {WITHIN} of what was counted.",
    f"Cells under {FLOOR} are not shown. A total is the sum of the cells shown.",
    "One person counts at most once a day. Who came on several days, or after a restart, may be counted again.",
    "People chose to use the bot, and anyone can: the numbers say how often talks were used, not how many are in need.",
    "An end is what the answers led to. It is no finding about anybody.",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell as published. names: its dimensions by name. count: None where it is under the floor."""

    names: Mapping[str, str]
    count: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """One of the tables of a period, its cells in the order of their names."""

    name: str
    cells: tuple[Shown, ...]

    @property
    def total(self) -> int:
        """The sum of the cells shown."""
        return sum(cell.count or 0 for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Release:
    """All that is published of one period. schema: the digest of the cells it was counted by."""

    period: str
    schema: str
    tables: tuple[Table, ...]

    @property
    def epsilon(self) -> float:
        """What one day of one person can cost in privacy, over all tables."""
        return len(self.tables) / SCALE


def shown(noisy: int) -> int | None:
    """A noisy number as it is published: None under the floor, else to the nearest five."""
    return None if noisy < FLOOR else (noisy + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def release(period: str, cells: Mapping[Cell, int]) -> Release:
    """The published form of the noisy numbers of a period."""
    tables = []
    for letter, name in TABLES.items():
        own = sorted((cell for cell in cells if cell.startswith(f"{letter}/")), key=_order)
        found = [Shown(dict(zip(DIMENSIONS[letter], _names(cell), strict=True)), shown(cells[cell])) for cell in own]
        if found:
            tables.append(Table(name, tuple(found)))
    return Release(period, digest(sorted(cells)), tuple(tables))


def shares(ends: Iterable[Shown]) -> dict[str, int]:
    """End -> percent of the ends of one flow and role; empty unless every one of them is shown."""
    counts = {cell.names["end"]: cell.count for cell in ends}
    if not counts or any(count is None for count in counts.values()):
        return {}
    total = sum(count or 0 for count in counts.values())
    return {end: round(100 * (count or 0) / total) for end, count in counts.items()}


def as_csv(found: Release) -> str:
    """A line a cell; dimensions a table does not have are empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for table in found.tables:
        for cell in table.cells:
            count = HIDDEN if cell.count is None else cell.count
            writer.writerow({"period": found.period, "table": table.name, **cell.names, "count": count})
    return out.getvalue()


def as_json(found: Release) -> str:
    """The same as one object, with what a reader must know; `count` is null where a cell is under the floor."""
    return json.dumps(
        {
            "period": found.period,
            "schema": found.schema,
            "epsilon": found.epsilon,
            "unit": "one day of one person",
            "floor": FLOOR,
            "rounded_to": ROUNDED_TO,
            "within": WITHIN,
            "notes": NOTES,
            "tables": [
                {
                    "name": table.name,
                    "total_of_shown": table.total,
                    "cells": [{**cell.names, "count": cell.count} for cell in table.cells],
                }
                for table in found.tables
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def groups(table: Table) -> Iterator[tuple[tuple[str, str], list[Shown]]]:
    """The ends of each flow and role, bands in the order of their weight."""
    by_talk: dict[tuple[str, str], list[Shown]] = {}
    for cell in table.cells:
        by_talk.setdefault((cell.names["flow"], cell.names["role"]), []).append(cell)
    yield from by_talk.items()


def _names(cell: Cell) -> list[str]:
    return cell.split("/")[1:]


def _order(cell: Cell) -> tuple[list[str], int]:
    *names, last = _names(cell)
    ends = (*BANDS, COMPLETED)
    return ([*names, ""], ends.index(last)) if last in ends else ([*names, last], 0)
