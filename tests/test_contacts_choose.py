"""Which contacts a person is shown, for every place and every combination of what is known about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contacts.choose import ROUTES, Choice, Need, choose
from bot.contacts.model import Contact, Country, Directory, Region
from bot.contacts.need import REASONS
from bot.contacts.read import load

FOLDER = Path(__file__).parents[1] / "flows" / "contacts"
CHECKED = date(2026, 11, 22)
DIRECTORY = load([FOLDER])
PLACES = [
    (code, region)
    for code, country in DIRECTORY.countries.items()
    for region in (None, *(item.id for item in country.regions))
]
# No row that may be shown to a person at risk, or nothing but an emergency number, for adults / for minors.
BARE_BOTH = {"DO", "HT", "JO", "KH", "KW", "LA", "MM", "MR", "QA", "SA", "SD", "SV", "VE"}
BARE_ADULTS = BARE_BOTH | {"KE", "RS", "RW", "UG"}  # child lines only
BARE_MINORS = BARE_BOTH | {"KR", "LI"}  # lines for adults only


def need(country: str | None, on: date = CHECKED, **facts: object) -> Need:
    return Need(country=country, on=on, **facts)  # type: ignore[arg-type]


def ids(choice: Choice) -> list[str]:
    return [row.id for row in choice.contacts]


def us(**facts: object) -> list[str]:
    return ids(choose(DIRECTORY, need("US", **facts)))


def at_risk(country: str, region: str | None) -> Iterator[Need]:
    """Every person at risk in a place."""
    flags = [False, True]
    for band, minor, urgent, fear, quiet in product([None, "none", "some", "strong"], flags, flags, flags, flags):
        yield need(country, region=region, band=band, minor=minor, urgent=urgent, fear=fear, quiet=quiet)


@pytest.mark.parametrize(("country", "region"), PLACES)
def test_whatever_is_known_the_rows_shown_are_fit_to_be_shown(country: str, region: str | None) -> None:
    """At most five rows, each fit for the person, none twice, in the promised order, never silently empty."""
    for asked in at_risk(country, region):
        choice = choose(DIRECTORY, asked)
        assert len(choice.picks) <= 5
        rows = tuple(pick.contact for pick in choice.picks if "abroad" not in pick.why)
        assert rows or choice.only_emergency
        assert choice.only_emergency == all(row.is_emergency for row in rows)
        assert choice.only_emergency or rows == choice.contacts
        for pick in choice.picks:
            assert_is_fit(pick.contact, asked, pick.why)
            assert pick.why
            assert {code.partition(":")[0] for code in pick.why} <= set(REASONS)
        numbers = [number for row in rows for number in sorted(row.numbers)]
        assert len(numbers) == len(set(numbers)), ids(choice)
        assert_is_ordered(rows, asked)


def assert_is_fit(row: Contact, asked: Need, why: tuple[str, ...]) -> None:
    assert row.confidence != "low"
    assert not row.never_default
    assert row.status == "active"
    assert row.audience not in {"public", "professional"}
    assert (row.country == asked.country) != ("abroad" in why)
    assert any(channel.way != "web" for channel in row.channels)
    if asked.minor:
        assert row.audience != "adult"
        assert "adults" not in row.serves
    else:
        assert row.audience != "minor"


def assert_is_ordered(rows: tuple[Contact, ...], asked: Need) -> None:
    lines = [row for row in rows if not row.is_emergency]
    emergencies = [row for row in rows if row.is_emergency]
    safe = [row for row in lines if row.police_involved != "yes" and not row.cautions]
    if asked.urgent and emergencies and not (asked.fear and safe):
        assert rows[: len(emergencies)] == tuple(emergencies)
    if asked.urgent and asked.fear and safe:
        assert rows[0] in safe
        assert not emergencies or rows[1] == emergencies[0]
    if not asked.urgent and emergencies:
        assert rows[-1] == emergencies[0]
        assert len(emergencies) == 1
    if asked.fear and safe:
        assert lines[: len(safe)] == safe
    if asked.quiet and not asked.fear:
        texts = [row.takes_text for row in lines]
        assert texts == sorted(texts, reverse=True)
    if asked.minor and not (asked.fear or asked.quiet or asked.urgent):
        children = [row.audience == "minor" or row.kind == "youth" or row.topics[0] == "child" for row in lines]
        assert children == sorted(children, reverse=True)


@pytest.mark.parametrize(("minor", "bare"), [(False, BARE_ADULTS), (True, BARE_MINORS)])
def test_only_these_countries_have_no_help_line(minor: bool, bare: set[str]) -> None:
    """Where nothing is fit to be shown the choice says so, and nowhere else."""
    found = {code for code in DIRECTORY.countries if choose(DIRECTORY, need(code, minor=minor)).only_emergency}

    assert found == bare


@pytest.mark.parametrize(
    ("country", "language", "expected"),
    [
        ("SV", "es", ["sv-emergency-911"]),
        ("SV", "en", ["sv-emergency-911", "cz-lastrada-sos"]),
        ("SA", "bn", ["sa-emergency-911", "bd-probash-bondhu"]),
        ("KW", "fil", ["kw-emergency-112", "ph-dmw-1348"]),
        ("QA", "id", ["qa-emergency-999", "id-bp2mi"]),
        ("SD", "th", ["th-abroad-1300"]),
        ("MM", "my", []),
        ("SD", "uk", ["ua-1547"]),
    ],
)
def test_where_there_is_only_an_emergency_number_lines_that_work_from_there_follow(
    country: str, language: str, expected: list[str]
) -> None:
    """A line of another country follows where its row names a number for callers from abroad, in their language."""
    choice = choose(DIRECTORY, need(country, language=language))

    assert choice.only_emergency
    assert ids(choice) == expected
    for pick in choice.picks:
        if "abroad" in pick.why:
            assert pick.contact.phone == DIRECTORY.by_id[pick.contact.id].phone_abroad
            assert all(number.startswith("+") for number in pick.contact.numbers)


def test_lines_for_people_of_one_origin_are_not_offered_for_speaking_english() -> None:
    """English says nothing about where somebody comes from: the line for Filipino workers needs Filipino."""
    assert "ph-dmw-1348" not in ids(choose(DIRECTORY, need("SA", language="en")))
    assert "ph-dmw-1348" in ids(choose(DIRECTORY, need("SA", language="fil")))


def test_no_line_from_abroad_stands_beside_a_line_of_the_country() -> None:
    """Where the country has a help line of its own, nobody is sent across a border."""
    for code in DIRECTORY.countries:
        choice = choose(DIRECTORY, need(code, language="fil"))
        assert choice.only_emergency or not any("abroad" in pick.why for pick in choice.picks)


def test_without_a_country_nothing_is_guessed() -> None:
    """No country, or one without a file, gives an empty choice that says so."""
    for code in (None, "", "XX", "us"):
        choice = choose(DIRECTORY, need(code))
        assert (choice.picks, choice.place_unknown, choice.only_emergency) == ((), True, False)


def test_urgent_starts_with_the_emergency_number_and_then_a_line_that_takes_text() -> None:
    """911, then the national hotline with its text code; a band of urgent means the same."""
    assert us(urgent=True)[:2] == ["us-911", "us-nhth"]
    assert us(band="urgent") == us(urgent=True)
    assert us(urgent=True, purpose="other") == us(urgent=True)


def test_fear_puts_a_line_that_is_not_police_first_also_when_urgent() -> None:
    """Who fears the police sees another line first and, when urgent, the emergency number second."""
    assert us(fear=True)[0] == "us-cast-ca"
    assert us(fear=True, urgent=True)[:3] == ["us-cast-ca", "us-911", "us-nhth"]
    assert ids(choose(DIRECTORY, need("AT", fear=True, urgent=True)))[0] == "at-emergency-112"
    assert ids(choose(DIRECTORY, need("AE", fear=True)))[-2:] == ["ae-mohre-80060", "ae-emergency-999"]


def test_a_minor_sees_child_lines_first_and_a_trafficking_line_among_them() -> None:
    """Child lines lead, but the national hotline is not crowded out."""
    assert us(minor=True, band="strong") == ["us-ncmec", "us-childhelp", "us-nhth", "us-victimconnect", "us-911"]
    assert us(minor=True, urgent=True)[:2] == ["us-911", "us-childhelp"]


def test_who_cannot_speak_sees_text_and_chat_first() -> None:
    """Text lines lead; where emergency calls can be texted, that number stands first."""
    assert us(quiet=True)[:2] == ["us-nhth", "us-ndvh"]
    assert ids(choose(DIRECTORY, need("ES", quiet=True)))[0] == "es-016-whatsapp"
    assert ids(choose(DIRECTORY, need("FR", quiet=True, urgent=True)))[:2] == ["fr-114-sms", "fr-emergency-112"]


def test_a_row_of_the_region_is_among_the_rows() -> None:
    """Kentucky adds its abuse line to the national hotline, Tennessee its own hotline."""
    assert us(region="US-KY")[:2] == ["us-nhth", "us-ky-abuse-hotline"]
    assert us(region="US-TN")[:2] == ["us-nhth", "us-tn-hotline"]
    assert us(region="US-CO")[:2] == ["us-nhth", "us-co-hotline"]
    assert us(region="US-MD")[:2] == ["us-nhth", "us-md-turnaround"]


@pytest.mark.parametrize("region", [region for code, region in PLACES if code == "US"])
def test_the_national_hotline_is_never_crowded_out(region: str | None) -> None:
    """In every state, and whatever else is known, the national hotline is among the five."""
    for asked in at_risk("US", region):
        for routes in ((), ("self_harm", "legal", "labour_rights", "health")):
            assert "us-nhth" in ids(choose(DIRECTORY, replace(asked, routes=routes)))


def test_a_region_without_rows_falls_back_to_the_country() -> None:
    """Idaho has no row of its own and gets the national lines, marked as a fallback."""
    choice = choose(DIRECTORY, need("US", region="US-ID"))

    assert choice.fell_back
    assert ids(choice) == us()
    assert not choose(DIRECTORY, need("US", region="US-KY")).fell_back


def test_a_country_with_regional_lines_only_shows_them_without_a_region() -> None:
    """Belgium has its centres in three regions; somebody who named none sees them all."""
    choice = choose(DIRECTORY, need("BE"))

    assert ids(choice) == ["be-pag-asa", "be-payoke", "be-surya", "be-emergency-112"]
    assert choice.fell_back
    assert ids(choose(DIRECTORY, need("BE", region="BE-VAN"))) == ["be-payoke", "be-emergency-112"]


@pytest.mark.parametrize(("country", "region"), PLACES)
def test_rows_of_another_region_come_only_as_a_fallback_or_for_fear(country: str, region: str | None) -> None:
    """A local row of elsewhere is shown only when it also serves the place, or nothing nearer helps."""
    for asked in at_risk(country, region):
        choice = choose(DIRECTORY, asked)
        for pick in choice.picks:
            row = pick.contact
            if row.region not in ("", region):
                serves = asked.fear and {country, region} & set(row.also_in)
                assert serves or ("elsewhere" in pick.why and choice.fell_back)


@pytest.mark.parametrize(
    ("route", "minor", "expected"),
    [
        ("abuse", False, "us-rainn"),
        ("labour_rights", False, "us-dol-whd"),
        ("sextortion", True, "us-ncmec"),
        ("self_harm", False, "us-988"),
        ("child_alone", False, "us-orr-ncc"),
        ("other_children", False, "us-ncmec"),
        ("youth_shelter", True, "us-nrs"),
        ("health", False, "us-nhth"),
        ("scam_job", False, "us-nhth"),
    ],
)
def test_a_route_brings_its_kind_of_help(route: str, minor: bool, expected: str) -> None:
    """What the answers pointed to is among the rows; a route without any row changes nothing."""
    for band in ("none", "some", "strong"):
        assert expected in us(band=band, routes=(route,), minor=minor)


def test_a_route_leads_when_there_were_no_signs() -> None:
    """Unpaid work without signs of force: worker rights first, then the hotline."""
    assert us(band="none", routes=("labour_rights",))[:2] == ["us-dol-whd", "us-nhth"]
    assert us(band="strong", routes=("labour_rights",))[:2] == ["us-nhth", "us-dol-whd"]


def test_every_route_may_be_asked_for_everywhere() -> None:
    """No route, alone or with others, breaks the limits in any country."""
    for country in DIRECTORY.countries:
        for route, worker in product([*ROUTES, "unheard_of"], [False, True]):
            choice = choose(DIRECTORY, need(country, routes=(route, "self_harm"), worker=worker))
            assert len(choice.picks) <= 5
            assert worker or all(row.confidence != "low" for row in choice.contacts)


def test_a_language_or_interpreters_raise_a_row() -> None:
    """For Spanish the labour board that answers in Spanish comes before one that says nothing."""
    assert "us-nlrb" in us(routes=("labour_rights",), language="es")
    assert "us-dol-whd" in us(routes=("labour_rights",), language="en")
    assert ids(choose(DIRECTORY, need("ET", language="am")))[0] == "et-8797"


def test_one_service_is_not_shown_twice_while_others_are_left() -> None:
    """The hotline's text row does not take a second place beside the hotline."""
    for asked in at_risk("US", "US-KY"):
        services = [row.service for row in choose(DIRECTORY, asked).contacts]
        assert len(services) == len(set(services))


def test_a_worker_also_sees_unconfirmed_rows_marked() -> None:
    """Low rows come last among the lines and say that they are unconfirmed."""
    choice = choose(DIRECTORY, need("QA", worker=True))

    assert [(pick.contact.id, "unconfirmed" in pick.why) for pick in choice.picks] == [
        ("qa-nccht-16044", True),
        ("qa-emergency-999", False),
    ]
    assert all(not row.never_default for country in DIRECTORY.countries for row in rows_for_worker(country))


def rows_for_worker(country: str) -> tuple[Contact, ...]:
    return choose(DIRECTORY, need(country, worker=True)).contacts


def test_training_shows_bodies_that_teach_and_falls_back_elsewhere() -> None:
    """Training bodies where there are any, else advice for professionals, else the help lines."""
    assert us(purpose="training") == ["us-nsn", "us-samaritan-women"]
    assert "us-ky-youreyes" in us(purpose="training", region="US-KY")
    assert ids(choose(DIRECTORY, need("SE", purpose="training"))) == ["se-jamstalldhetsmyndigheten"]
    fallback = choose(DIRECTORY, need("IT", purpose="training"))
    assert fallback.fell_back
    assert ids(fallback) == ids(choose(DIRECTORY, need("IT")))


def test_other_help_is_of_many_kinds() -> None:
    """Labour, abuse, crisis and victims' lines rather than five hotlines."""
    rows = choose(DIRECTORY, need("US", purpose="other")).contacts

    assert [row.id for row in rows][:2] == ["us-dol-whd", "us-rainn"]
    assert len({row.topics[0] for row in rows}) == len(rows)


def test_expired_rows_disappear_and_lifelines_stay() -> None:
    """After half a year only the rows that are never hidden are left in the United States."""
    late = CHECKED + timedelta(days=200)

    assert ids(choose(DIRECTORY, need("US", late))) == ["us-nhth", "us-988", "us-911"]
    assert "stale" in choose(DIRECTORY, need("US", late)).picks[0].why


def test_a_country_in_flux_shows_the_page_only_after_thirty_days() -> None:
    """Where numbers change, an unconfirmed number is not shown; its page is, and the emergency number stays."""
    on_time = choose(DIRECTORY, need("GB", CHECKED + timedelta(days=30)))
    late = choose(DIRECTORY, need("GB", CHECKED + timedelta(days=31)))

    assert all(not pick.why.count("page") for pick in on_time.picks)
    assert [pick.contact.id for pick in late.picks if "page" in pick.why] == [
        "gb-modern-slavery-helpline",
        "gb-salvation-army-referral",
    ]
    assert all(not row.numbers for row in late.contacts if not row.is_emergency)
    assert late.contacts[-1].phone == "999"


@pytest.mark.parametrize("days", [-400, 0, 31, 61, 91, 121, 181, 361, 4000])
def test_on_no_day_is_an_expired_number_shown(days: int) -> None:
    """Whatever the day, a number is shown only within the limits of its tier."""
    on = CHECKED + timedelta(days=days)
    for code in DIRECTORY.countries:
        for minor, worker, language in product([False, True], [False, True], ["en", "bn", "ru"]):
            asked = need(code, on, minor=minor, worker=worker, language=language)
            for row in choose(DIRECTORY, asked).contacts:
                if row.tier != "A" and row.numbers:
                    country = DIRECTORY.countries[row.country]
                    local = row.tier == "C"
                    rhythm = min(country.recheck_days, 60) if local else country.recheck_days
                    assert days <= (2 * rhythm if rhythm > 30 else rhythm), row.id


def made(**values: object) -> Contact:
    facts: dict[str, object] = {
        "id": "zz-one",
        "name": "One",
        "kind": "hotline",
        "country": "ZZ",
        "audience": "any",
        "source_url": "https://example.org/a",
        "confidence": "high",
        "tier": "B",
        "checked_on": CHECKED,
        "topics": ("trafficking",),
        "phone": "111",
    }
    return Contact(**(facts | values))  # type: ignore[arg-type]


def place_of(*rows: Contact) -> Directory:
    country = Country("ZZ", 900, rows, (Region(1, "ZZ-A", "A"),))
    return Directory({"ZZ": country})


@pytest.mark.parametrize("status", ["temporarily closed", "defunct"])
def test_a_closed_line_is_never_shown(status: str) -> None:
    """A row keeps its place in the file and disappears from every list."""
    closed = place_of(made(status=status, status_reason="closed in 2026"))

    assert choose(closed, need("ZZ", worker=True)).picks == ()


def test_a_stale_row_sinks_below_a_fresh_one() -> None:
    """Of two equal lines the one that was checked lately comes first."""
    old = made(id="zz-old", phone="112", checked_on=CHECKED - timedelta(days=120))
    rows = choose(place_of(old, made()), need("ZZ")).picks

    assert [(pick.contact.id, "stale" in pick.why) for pick in rows] == [("zz-one", False), ("zz-old", True)]


def test_a_line_for_a_narrow_group_comes_after_one_for_all() -> None:
    """Somebody who may not belong to the group sees the general line first."""
    narrow = made(id="zz-group", phone="112", serves=("seafarers",))
    deaf = made(id="zz-deaf", phone="113", phone_type="video", serves=("deaf",))

    assert ids(choose(place_of(deaf, narrow, made()), need("ZZ"))) == ["zz-one", "zz-group", "zz-deaf"]
    assert ids(choose(place_of(narrow, made(), deaf), need("ZZ", language="ase")))[0] == "zz-one"


def test_a_second_channel_of_a_service_fills_room_that_is_left() -> None:
    """With nothing else to show, the messaging app of the same organisation is welcome; the same number is not."""
    app = made(id="zz-app", kind="chat", phone="+34600000016", phone_type="app", apps=("whatsapp",), same_as="zz-one")
    again = made(id="zz-again", same_as="zz-one")

    assert ids(choose(place_of(made(), app, again), need("ZZ"))) == ["zz-one", "zz-app"]


@given(
    country=st.sampled_from([*DIRECTORY.countries, "XX"]),
    region=st.sampled_from([None, "US-KY", "US-HI", "BE-VAN", "nowhere"]),
    routes=st.lists(st.sampled_from([*ROUTES]), max_size=4).map(tuple),
    language=st.sampled_from(["en", "es", "zh_Hans", "fa_AF", "tl", "ckb", ""]),
    purpose=st.sampled_from(["help", "training", "other", "unheard of"]),
    band=st.sampled_from([None, "none", "some", "strong", "urgent"]),
    flags=st.tuples(*[st.booleans()] * 5),
    days=st.integers(-10, 500),
)
def test_any_need_gets_the_same_sound_answer_twice(
    country: str,
    region: str | None,
    routes: tuple[str, ...],
    language: str,
    purpose: str,
    band: str | None,
    flags: tuple[bool, ...],
    days: int,
) -> None:
    """Whatever is asked: at most five rows, no number twice, reasons known, and the same answer again."""
    minor, fear, quiet, urgent, worker = flags
    asked = Need(
        country=country, region=region, routes=routes, language=language, purpose=purpose, band=band,
        minor=minor, fear=fear, quiet=quiet, urgent=urgent, worker=worker, on=CHECKED + timedelta(days=days),
    )  # fmt: skip
    choice = choose(DIRECTORY, asked)

    assert choice == choose(DIRECTORY, asked)
    assert len(choice.picks) <= 5
    assert all({code.partition(":")[0] for code in pick.why} <= set(REASONS) for pick in choice.picks)
    numbers = [number for row in choice.contacts for number in row.numbers]
    assert len(numbers) == len(set(numbers))
    assert choice.picks or choice.only_emergency or choice.place_unknown
