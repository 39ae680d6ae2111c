"""The calendar of the ledger: UTC quarters, written 2026-Q1, or months, written 2026-03, where many people come."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Literal

Length = Literal["quarter", "month"]
LENGTHS: tuple[Length, ...] = ("quarter", "month")
KEPT_MONTHS = 24  # after a bucket closed: eight quarters
NAME = re.compile(r"(\d{4})-(?:Q([1-4])|(0[1-9]|1[0-2]))")


def quarter(moment: datetime) -> str:
    """The quarter a moment lies in."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}-Q{(utc.month + 2) // 3}"


def month(moment: datetime) -> str:
    """The month a moment lies in."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}-{utc.month:02}"


def bucket_for(now: datetime, length: Length, there: Collection[str]) -> str:
    """The bucket that counts of this moment go to.

    there: the buckets that exist. A change of length waits for an edge both share, so that none covers a part of the
    time its name says: an open quarter is finished, and a quarter begun in months goes on in months.
    """
    this_quarter, this_month = quarter(now), month(now)
    if this_quarter in there:
        return this_quarter
    begun_in_months = any(quarter_of(name) == this_quarter for name in there)
    return this_month if length == "month" or begun_in_months else this_quarter


def quarter_of(name: str) -> str:
    """The quarter a bucket lies in."""
    year, of_quarter, of_month = _parts(name)
    return f"{year:04}-Q{of_quarter or (of_month + 2) // 3}"


def is_bucket(name: str) -> bool:
    """Whether this names a quarter or a month."""
    return NAME.fullmatch(name) is not None


def is_closed(name: str, now: datetime) -> bool:
    """Whether a bucket is over."""
    return _end(name) <= _months(now)


def is_due(name: str, now: datetime) -> bool:
    """Whether a bucket has been kept long enough and must go: eight quarters after it closed."""
    return _months(now) - _end(name) >= KEPT_MONTHS


def is_ahead(name: str, now: datetime) -> bool:
    """Whether a bucket begins after this moment: then the clock is wrong, or was."""
    year, of_quarter, of_month = _parts(name)
    return year * 12 + (of_quarter * 3 - 2 if of_quarter else of_month) - 1 > _months(now)


def _end(name: str) -> int:
    """The first month after a bucket, counted from year 0."""
    year, of_quarter, of_month = _parts(name)
    return year * 12 + (of_quarter * 3 or of_month)


def _months(moment: datetime) -> int:
    utc = moment.astimezone(UTC)
    return utc.year * 12 + utc.month - 1


def _parts(name: str) -> tuple[int, int, int]:
    """Year, quarter, month; 0 for the one it is not. Raises ValueError where it is no bucket."""
    match = NAME.fullmatch(name)
    if match is None:
        raise ValueError(f'"{name}" is no quarter and no month')
    year, of_quarter, of_month = match.groups()
    return int(year), int(of_quarter or 0), int(of_month or 0)
