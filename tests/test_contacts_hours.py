"""Whether a line is open now: said only where hours and time zone are certain."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.contacts.hours import is_open
from bot.contacts.model import Contact
from bot.contacts.read import load

FOLDER = Path(__file__).parents[1] / "flows" / "contacts"


def line(open: str, zone: str = "") -> Contact:
    return Contact(
        id="zz-one", name="One", kind="hotline", country="ZZ", audience="any", source_url="https://example.org/a",
        confidence="high", tier="B", checked_on=date(2026, 11, 22), open=open, zone=zone,
    )  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("open", "zone", "now", "expected"),
    [
        # Monday 23 November 2026, UTC; Zurich is one hour ahead in winter, two in summer.
        ("Mo-Fr 09:00-17:00", "Europe/Zurich", "2026-11-23 07:59", False),
        ("Mo-Fr 09:00-17:00", "Europe/Zurich", "2026-11-23 08:00", True),
        ("Mo-Fr 09:00-17:00", "Europe/Zurich", "2026-11-23 15:59", True),
        ("Mo-Fr 09:00-17:00", "Europe/Zurich", "2026-11-23 16:00", False),
        ("Mo-Fr 09:00-17:00", "Europe/Zurich", "2026-07-06 07:00", True),
        ("Mo-Fr 09:00-17:00", "Europe/Zurich", "2026-11-22 12:00", False),
        # In Tokyo it is Monday already while it is Sunday in Greenwich.
        ("Mo-Fr 09:00-12:30,13:30-17:00", "Asia/Tokyo", "2026-11-23 00:30", True),
        ("Mo-Fr 09:00-12:30,13:30-17:00", "Asia/Tokyo", "2026-11-23 03:45", False),
        ("Mo-Su 08:00-23:00", "Europe/Chisinau", "2026-11-22 20:59", True),
        # Past midnight: Friday's night runs into Saturday, Saturday's does not begin.
        ("Fr 22:00-06:00", "Europe/London", "2026-11-27 23:00", True),
        ("Fr 22:00-06:00", "Europe/London", "2026-11-28 05:59", True),
        ("Fr 22:00-06:00", "Europe/London", "2026-11-28 06:00", False),
        ("Fr 22:00-06:00", "Europe/London", "2026-11-27 05:00", False),
        ("Sa 00:00-24:00", "Europe/London", "2026-11-28 23:59", True),
        ("24/7", "", "2026-11-22 03:00", True),
        ("Mo-Fr 09:00-17:00", "", "2026-11-23 12:00", None),
        ("Mo-Fr 09:00-17:00", "Europe/Nowhere", "2026-11-23 12:00", None),
        ("", "Europe/London", "2026-11-23 12:00", None),
        ("from nine", "Europe/London", "2026-11-23 12:00", None),
    ],
)
def test_open_or_closed_is_said_only_where_it_is_certain(open: str, zone: str, now: str, expected: bool | None) -> None:
    """Yes, no, or nothing at all without hours or without a time zone; summer time counts."""
    assert is_open(line(open, zone), at(now)) is expected


def test_a_time_without_a_zone_is_refused() -> None:
    """A clock that does not say where it stands cannot tell."""
    with pytest.raises(ValueError, match="no time zone"):
        is_open(line("24/7"), datetime(2026, 11, 22))  # noqa: DTZ001


def test_every_zone_of_the_files_exists_and_every_uncertain_line_says_nothing() -> None:
    """Each zone in the files is known on this machine; a line with hours of unknown place stays silent."""
    rows = list(load([FOLDER]))

    assert all(is_open(row, at("2026-11-23 12:00")) is not None for row in rows if row.zone)
    assert {row.id for row in rows if row.open and is_open(row, at("2026-11-23 12:00")) is None} == {"us-dol-whd"}
