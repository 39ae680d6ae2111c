"""Picking a place: few buttons, few taps, nothing lost; and reading hours and numbers for the screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contacts.age import limits, state
from bot.contacts.dial import dial, e164
from bot.contacts.hours import Open, parse
from bot.contacts.model import Contact, Country
from bot.contacts.picker import Page, group
from bot.contacts.read import load

FOLDER = Path(__file__).parents[1] / "flows" / "contacts"
CODES = sorted(load([FOLDER]).countries)
CHECKED = date(2026, 11, 22)


def walk(page: Page, taps: int = 1) -> Iterator[tuple[Page, int]]:
    """Every page with the number of the tap that is made on it."""
    yield page, taps
    for button in page.groups:
        yield from walk(button.page, taps + 1)


@given(
    codes=st.lists(st.text("ABCDEFGHIJ", min_size=2, max_size=3), unique=True, max_size=400),
    likely=st.lists(st.text("ABCDEFGHIJ", min_size=2, max_size=3), max_size=12),
    per_page=st.integers(8, 12),
)
def test_any_place_is_at_most_three_taps_away(codes: list[str], likely: list[str], per_page: int) -> None:
    """Whatever the list: no page has too many buttons, none is empty, and every place is within three taps."""
    root = group(codes, {}, str.casefold, likely, per_page)
    reached: set[str] = set()
    for page, taps in walk(root):
        assert page.buttons <= per_page
        assert page.buttons or not codes
        assert taps <= 3
        reached |= {*page.places, *page.likely}
        assert root.at(page.path) is page

    assert reached == set(codes)


def test_the_countries_we_have_fit_with_three_likely_ones() -> None:
    """85 countries: likely ones at once, the others behind ranges of their names."""
    root = group(CODES, {}, str.casefold, ["US", "MX", "GB", "XX"])

    assert root.likely == ("US", "MX", "GB")
    assert root.buttons <= 10
    assert (root.groups[0].first, root.groups[-1].last) == ("AE", "ZA")


def test_places_stand_in_the_order_of_the_language() -> None:
    """The caller's order of names decides, not the codes."""
    names = {"AT": "Österreich", "DE": "Deutschland", "ZA": "Afrika"}
    order = {"Afrika": 1, "Deutschland": 2, "Österreich": 3}

    assert group(names, names, lambda name: order[name]).places == ("ZA", "DE", "AT")


def test_a_range_is_named_by_its_first_and_last_name() -> None:
    """The words on a group button are the names of its ends, in order and without gaps."""
    names = {code: code.lower() for code in CODES}
    root = group(CODES, names, str.casefold, ["US"])
    ends = [(button.first, button.last) for button in root.groups]

    assert ends == sorted(ends)
    assert all(first <= last for first, last in ends)


def test_a_path_that_leads_nowhere_leads_to_the_first_page() -> None:
    """An old button of a list that has changed does no harm."""
    root = group(CODES, {}, str.casefold)

    assert root.at([99]) is root
    assert root.at([0, 99]) is root
    assert root.at([-1]) is root


def test_more_places_than_three_taps_can_reach_are_refused() -> None:
    """The limit is said, not broken."""
    with pytest.raises(ValueError, match="1001 places need more than three taps"):
        group([f"P{number}" for number in range(1001)], {}, str.casefold)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24/7", (Open((0, 1, 2, 3, 4, 5, 6), (("00:00", "24:00"),)),)),
        ("Mo-Fr 09:00-12:30,13:30-17:00", (Open((0, 1, 2, 3, 4), (("09:00", "12:30"), ("13:30", "17:00"))),)),
        (
            "Mo,Tu,Th 10:00-16:00; We 12:00-20:00",
            (Open((0, 1, 3), (("10:00", "16:00"),)), Open((2,), (("12:00", "20:00"),))),
        ),
        ("Su-Th 08:00-20:00", (Open((6, 0, 1, 2, 3), (("08:00", "20:00"),)),)),
        ("Mo-Fr 9:00-17:00", None),
        ("Mo-Fr 09:00-25:00", None),
        ("daily", None),
        ("", None),
    ],
)
def test_hours_are_read_or_refused(text: str, expected: tuple[Open, ...] | None) -> None:
    """Days and spans are understood exactly, anything else not at all."""
    assert parse(text) == expected


def test_a_short_code_is_not_offered_abroad() -> None:
    """Short codes work in their own country only."""
    assert (dial("1109", "GR", "GR"), dial("1109", "GR", "DE"), e164("1109")) == ("1109", "", "")
    assert dial("+18883737888", "US", "MX") == "+1 888-373-7888"
    assert dial("+6321348", "PH", "") == "+6321348"
    assert e164("+18883737888") == "+18883737888"


@pytest.mark.parametrize(
    ("tier", "url", "recheck", "expected"),
    [
        ("A", "", 90, {30: "fresh", 31: "stale", 5000: "stale"}),
        ("B", "", 90, {90: "fresh", 91: "stale", 180: "stale", 181: "hidden"}),
        ("B", "", 180, {180: "fresh", 181: "stale", 361: "hidden"}),
        ("C", "", 90, {60: "fresh", 61: "stale", 120: "stale", 121: "hidden"}),
        ("D", "", 90, {90: "fresh", 181: "hidden"}),
        ("B", "", 30, {30: "fresh", 31: "hidden"}),
        ("B", "https://example.org", 30, {30: "fresh", 31: "page", 5000: "page"}),
        ("B", "", 90, {-30: "fresh"}),
    ],
)
def test_a_check_lasts_as_long_as_its_tier_says(tier: str, url: str, recheck: int, expected: dict[int, str]) -> None:
    """On each side of every limit the row is worth what README.md of the contacts says."""
    row = Contact(
        id="zz-one",
        name="One",
        kind="hotline",
        country="ZZ",
        audience="any",
        source_url="https://example.org/a",
        confidence="high",
        tier=tier,
        checked_on=CHECKED,
        url=url,
    )
    limit = limits(row, Country("ZZ", 900, (row,), recheck_days=recheck, lifeline_days=30))

    assert {days: state(row, limit, CHECKED + timedelta(days=days)) for days in expected} == expected
