"""What a volume would make visible, before an operator chooses how long a period is. A model, no reading of counts.

It takes the r-th most used cell of a table to be used r ** -1.05 as often as the first: with 30 languages and 500 talks
a month that shows what the study behind the privacy figures found. The noise is counted with exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bot.counts.noise import SCALE
from bot.counts.period import LENGTHS, Length
from bot.counts.release import FLOOR

FALL = 1.05
MONTHS: Mapping[Length, int] = {"quarter": 3, "month": 1}
ENOUGH_FOR_MONTHS = 2_000


@dataclass(frozen=True, slots=True)
class Sight:
    """What one table would show: cells of all, and the share of talks that fall into those, 0 to 1."""

    length: Length
    table: str
    cells: float
    of: int
    share: float


def chance_shown(count: int) -> float:
    """The chance that a cell with this true count is published."""
    p, missing = math.exp(-1 / SCALE), FLOOR - count
    return p**missing / (1 + p) if missing > 0 else 1 - p ** (1 - missing) / (1 + p)


def plan(per_month: int, sizes: Mapping[str, int]) -> list[Sight]:
    """What each table shows for each length of a period. sizes: table -> cells in use."""
    return [
        _sight(length, table, per_month * MONTHS[length], size) for length in LENGTHS for table, size in sizes.items()
    ]


def _sight(length: Length, table: str, talks: int, size: int) -> Sight:
    weights = [rank**-FALL for rank in range(1, size + 1)]
    total = sum(weights)
    chances = [chance_shown(round(talks * weight / total)) for weight in weights]
    covered = sum(weight * chance for weight, chance in zip(weights, chances, strict=True)) / total if size else 0.0
    return Sight(length, table, sum(chances), size, covered)
