"""Every person in every place: what they are shown is fit for them, in the promised order, and never silently empty.

All combinations that can differ are walked: place, age, band, urgency, fear, channel, language and routes. Combinations
that cannot differ are walked once: two languages that no row of the country tells apart, two routes that the same rows
answer in the same way, two regions with the same rows near. That these are the same is shown at the end, by chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contacts.choose import choose
from bot.contacts.model import Contact, Country
from bot.contacts.need import CHILD_ROUTES, ROUTES, Choice, Need
from bot.contacts.pool import ELSEWHERE, rows
from bot.contacts.rank import names, tongue
from bot.contacts.read import load
from bot.texts.languages import read_languages

ROOT = Path(__file__).parents[1]
DAY = date(2026, 11, 22)
DIRECTORY = load([ROOT / "flows" / "contacts"])
LANGUAGES = tuple(read_languages(ROOT / "locales" / "languages.toml").by_tag)
FAR = [row for row in DIRECTORY if row.phone_abroad and (row.phone_abroad != row.phone or "origin" in row.serves)]
NO_YES = (False, True)
# Where lines of other countries may be shown, to adults or to minors.
BARE = {
    code
    for code, minor in product(DIRECTORY.countries, NO_YES)
    if choose(DIRECTORY, Need(country=code, on=DAY, minor=minor)).only_emergency
}
# Of the bands only "none" makes a difference, and none at all when it is urgent; urgent as a band is urgent.
BANDS_URGENT = (("strong", False), ("none", False), ("strong", True))

Key = tuple[object, ...]


def language_key(country: Country, tag: str) -> Key:
    """All that choosing can learn of a language: which rows speak it, here and on lines for callers from abroad."""
    here = tuple(tongue(row.languages, tag) for row in country.contacts)
    if country.code not in BARE:
        return here
    return (here, tuple(names(row.languages, tag) for row in FAR), tag == "en")


def route_key(near: Sequence[Contact], route: str) -> Key:
    """All that choosing can learn of a route: which rows answer which of its topics."""
    topics = ROUTES[route]
    answers = tuple((place, *(topic in row.topics for topic in topics)) for place, row in enumerate(near))
    return (tuple(answer for answer in answers if any(answer[1:])), route in CHILD_ROUTES)


def languages_of(country: Country) -> list[str]:
    return list({language_key(country, tag): tag for tag in reversed(LANGUAGES)}.values())


def regions_of(country: Country) -> list[str | None]:
    """No region, and one region of each set whose rows stand equally near."""
    found: dict[Key, str | None] = {}
    for region in country.regions:
        found.setdefault(tuple(row.nearness for row in rows(country, region.id)), region.id)
    return [None, *found.values()]


def routes_of(country: Country, region: str | None, most: int) -> list[tuple[str, ...]]:
    """No route; with most=1 each route that differs and all together; with 2 each pair too (self-harm comes first)."""
    near = [row.contact for row in rows(country, region) if row.nearness != ELSEWHERE or not region]
    known = sorted(ROUTES, key=lambda route: route != "self_harm")
    found: dict[Key, tuple[str, ...]] = {(): ()}
    for amount in range(1, most + 1):
        for some in combinations(known, amount):
            found.setdefault(tuple(route_key(near, route) for route in some), some)
    return [*found.values(), tuple(known)] if most else [()]


def people(country: Country) -> Iterator[Need]:
    """Everybody at risk who can be told apart in a country.

    In a region every route is walked in one language, every language without a route; pairs of routes without region.
    """
    languages = languages_of(country)
    walks = [(None, language, 1) for language in languages[1:]] + [(None, languages[0], 2)]
    for region in regions_of(country)[1:]:
        walks += [(region, language, 0) for language in languages[1:]] + [(region, languages[0], 1)]
    for region, language, most in walks:
        for routes in routes_of(country, region, most):
            for (band, urgent), minor, fear, quiet in product(BANDS_URGENT, NO_YES, NO_YES, NO_YES):
                yield Need(
                    country=country.code, region=region, on=DAY, minor=minor, band=band, routes=routes, fear=fear,
                    quiet=quiet, urgent=urgent, language=language,
                )  # fmt: skip


@pytest.mark.parametrize("code", DIRECTORY.countries)
def test_everybody_is_shown_a_fit_row_or_told_that_there_is_none(code: str) -> None:
    """For all who can be told apart: a row fit for them or the plain result, the emergency number first when urgent."""
    country = DIRECTORY.countries[code]
    walked = 0
    for need in people(country):
        choice = choose(DIRECTORY, need)
        walked += 1
        fault = find_fault(choice, need, country)
        assert not fault, f"{fault}: {need} -> {[row.id for row in choice.contacts]}"
    assert walked >= 24


def find_fault(choice: Choice, need: Need, country: Country) -> str:
    """What is wrong with a choice; empty when nothing is."""
    shown = [pick.contact for pick in choice.picks if "abroad" not in pick.why]
    far = [pick.contact for pick in choice.picks if "abroad" in pick.why]
    lines = [row for row in shown if not row.is_emergency]
    if choice.place_unknown or len(choice.picks) > 5:
        return "place unknown or too many rows"
    if choice.only_emergency != (not lines):
        return "not said that there is only an emergency number"
    if far and (lines or len(far) > 2):
        return "lines from abroad beside lines of the country"
    for row in choice.contacts:
        if fault := unfit(row, need, country, row in far):
            return f"{row.id} {fault}"
    return wrong_order(shown, lines, need)


def unfit(row: Contact, need: Need, country: Country, is_far: bool) -> str:
    child_route = not CHILD_ROUTES.isdisjoint(need.routes)
    if row.confidence == "low" or row.never_default or row.status != "active" or row.checked_on > need.on:
        return "may never be shown"
    if row.audience in ("public", "professional") or (row.audience == "adult" and need.minor):
        return "is meant for others"
    if row.audience == "minor" and not (need.minor or child_route):
        return "is meant for minors"
    if not any(channel.way != "web" for channel in row.channels):
        return "has no number"
    if is_far:
        is_safe = row.phone == row.phone_abroad and row.phone.startswith("+") and row.police_involved != "yes"
        return "" if is_safe and row.country != country.code else "does not work from here"
    return "" if row.country == country.code else "is of another country"


def wrong_order(shown: list[Contact], lines: list[Contact], need: Need) -> str:
    safe = [row for row in lines if row.police_involved != "yes" and not row.cautions]
    emergencies = [row for row in shown if row.is_emergency]
    if not emergencies:
        return ""
    if need.urgent and not (need.fear and safe):
        return "" if shown[0].is_emergency else "the emergency number is not first"
    if need.urgent:
        return "" if shown[0] in safe and shown[1].is_emergency else "no safe line before the emergency number"
    if need.fear and safe and shown[0] not in safe:
        return "a line run by police comes first"
    return "" if shown[-1].is_emergency and len(emergencies) == 1 else "the emergency number is not last"


@pytest.mark.parametrize(
    "change",
    [
        {"confidence": "low"},
        {"never_default": True},
        {"status": "defunct"},
        {"audience": "public"},
        {"audience": "minor"},
        {"phone": "", "sms": ""},
        {"country": "FR"},
    ],
)
def test_the_walk_would_find_a_row_that_is_not_fit(change: dict[str, object]) -> None:
    """Each fault planted into a row that is shown is seen."""
    need = Need(country="US", on=DAY)
    row = DIRECTORY.by_id["us-nhth"]
    values = {name: getattr(row, name) for name in Contact.__dataclass_fields__}

    assert not unfit(row, need, DIRECTORY.countries["US"], False)
    assert unfit(Contact(**(values | change)), need, DIRECTORY.countries["US"], False)


@given(
    country=st.sampled_from([*DIRECTORY.countries]),
    language=st.sampled_from(LANGUAGES),
    band=st.sampled_from([None, "none", "some", "strong", "urgent"]),
    routes=st.sampled_from([*ROUTES]),
    flags=st.tuples(*[st.booleans()] * 4),
    number=st.integers(0, 50),
)
def test_those_who_are_walked_once_are_shown_the_same(
    country: str, language: str, band: str | None, routes: str, flags: tuple[bool, ...], number: int
) -> None:
    """A language, route, band or region and the one that stood for it in the walk give the same rows."""
    minor, urgent, fear, quiet = flags
    place = DIRECTORY.countries[country]
    region = place.regions[number % len(place.regions)].id if place.regions else None
    facts = {"on": DAY, "country": country, "minor": minor, "fear": fear, "quiet": quiet}
    asked = Need(**facts, language=language, band=band, urgent=urgent, routes=(routes,), region=region)  # type: ignore[arg-type]

    near = [row.contact for row in rows(place, region) if row.nearness != ELSEWHERE or not region]
    same_language = next(
        tag for tag in languages_of(place) if language_key(place, tag) == language_key(place, language)
    )
    same_route = next(one for one in ROUTES if route_key(near, one) == route_key(near, routes))
    nearness = tuple(row.nearness for row in rows(place, region))
    same_region = next(
        one for one in regions_of(place) if bool(one) == bool(region)
        and tuple(row.nearness for row in rows(place, one)) == nearness
    )  # fmt: skip
    is_urgent = urgent or band == "urgent"
    same_band = "none" if band == "none" and not is_urgent else "strong"
    walked = Need(
        **facts, language=same_language, band=same_band, urgent=is_urgent, routes=(same_route,), region=same_region
    )  # type: ignore[arg-type]

    assert choose(DIRECTORY, asked).contacts == choose(DIRECTORY, walked).contacts
