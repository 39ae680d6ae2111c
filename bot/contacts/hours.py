"""Opening hours a machine can read: `24/7`, or days and spans such as `Mo-Fr 09:00-17:00; Sa 11:00-19:00`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .model import ALWAYS

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY = f"(?:{'|'.join(DAYS)})"
_SPAN = r"(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)"
_RULE = re.compile(rf"({_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*) ({_SPAN}(?:,{_SPAN})*)")


@dataclass(frozen=True, slots=True)
class Open:
    """The days of one rule, 0 = Monday, and its spans as pairs of `HH:MM`."""

    days: tuple[int, ...]
    spans: tuple[tuple[str, str], ...]


def parse(text: str) -> tuple[Open, ...] | None:
    """Opening rules of an `open` value; None when it is not written as README.md of the contact files says."""
    if text == ALWAYS:
        return (Open(tuple(range(7)), (("00:00", "24:00"),)),)
    rules = []
    for part in text.split("; "):
        match = _RULE.fullmatch(part)
        if match is None:
            return None
        spans = tuple((span[:5], span[6:]) for span in match[2].split(","))
        rules.append(Open(_days(match[1]), spans))
    return tuple(rules)


def _days(text: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += range(start, end + 1) if start <= end else [*range(start, 7), *range(end + 1)]
    return tuple(found)
