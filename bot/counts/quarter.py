"""The calendar of the ledger: UTC quarters, written 2026-Q1, so that names sort as time does."""

from __future__ import annotations

from datetime import UTC, datetime

KEPT_AFTER_CLOSE = 8


def quarter(moment: datetime) -> str:
    """The quarter a moment lies in."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}-Q{(utc.month + 2) // 3}"


def is_closed(name: str, now: datetime) -> bool:
    """Whether a quarter is over."""
    return name < quarter(now)


def is_due(name: str, now: datetime) -> bool:
    """Whether a quarter has been kept long enough and must go: eight quarters after it closed."""
    return _index(quarter(now)) - _index(name) > KEPT_AFTER_CLOSE


def _index(name: str) -> int:
    year, number = name.split("-Q")
    return int(year) * 4 + int(number)
