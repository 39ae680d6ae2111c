"""Opening hours a machine can read: `24/7`, or days and spans such as `Mo-Fr 09:00-17:00; Sa 11:00-19:00`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .model import ALWAYS, Contact

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


def is_open(contact: Contact, now: datetime) -> bool | None:
    """Whether the line answers at this moment, by its stated hours; None where hours or time zone are not certain.

    now: aware. Public holidays are not known to any row, so a line may be closed in spite of a yes.
    Raises ValueError for a time without a zone.
    """
    if now.tzinfo is None:
        raise ValueError("now has no time zone: pass an aware datetime.")
    rules = parse(contact.open) if contact.open else None
    if rules is None:
        return None
    if contact.is_always_open:
        return True
    try:
        there = now.astimezone(ZoneInfo(contact.zone)) if contact.zone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
    return None if there is None else any(_holds(rule, there.weekday(), f"{there:%H:%M}") for rule in rules)


def _holds(rule: Open, day: int, time: str) -> bool:
    """Whether a rule covers a time of a day; a span that ends before it begins runs past midnight."""
    for start, end in rule.spans:
        if start < end:
            if day in rule.days and start <= time < end:
                return True
        elif (day in rule.days and time >= start) or ((day - 1) % 7 in rule.days and time < end):
            return True
    return False


def _days(text: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += range(start, end + 1) if start <= end else [*range(start, 7), *range(end + 1)]
    return tuple(found)
