"""The contact files that ship: complete, well formed and true as far as a machine can tell."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.contacts import lists
from bot.contacts.checks import check, examine
from bot.contacts.dial import dial
from bot.contacts.hours import parse
from bot.contacts.misprints import Misprint, read_misprints
from bot.contacts.model import Contact, Directory
from bot.contacts.read import load, read
from bot.contacts.report import Report
from bot.contacts.row import CLOSED

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "flows" / "contacts"
CHECKED = date(2026, 11, 22)


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load([FOLDER])


@pytest.fixture(scope="module")
def misprints() -> tuple[Misprint, ...]:
    report = Report("contacts/misprints")
    found = read_misprints(FOLDER, report)
    assert report.findings == []
    return found


def test_every_row_of_every_country_is_read_without_a_finding() -> None:
    """All 416 rows of 85 countries are read and none of them has a mistake."""
    reading = read([FOLDER])

    assert reading.findings == ()
    assert (len(reading.directory), len(reading.directory.countries)) == (416, 85)


def test_rows_per_kind_and_confidence_are_those_of_the_research(directory: Directory) -> None:
    """No row changed its kind or its confidence on the way into the files."""
    kinds = {
        "hotline": 131,
        "emergency": 85,
        "youth": 50,
        "tipline": 44,
        "labor": 29,
        "shelter_intake": 25,
        "legal": 16,
        "immigration": 10,
        "chat": 8,
        "health": 7,
        "training": 7,
        "textline": 4,
    }

    assert Counter(row.kind for row in directory) == kinds
    assert Counter(row.confidence for row in directory) == {"high": 134, "medium": 215, "low": 67}
    assert Counter(row.country == "US" for row in directory) == {True: 139, False: 277}


def test_the_truth_checks_find_no_error(directory: Directory, misprints: tuple[Misprint, ...]) -> None:
    """Numbers, letters, dates, sources and owners agree on the day the pages were read."""
    assert [str(item) for item in check(directory, misprints, CHECKED) if item.level == "error"] == []


def test_one_call_reads_and_checks_everything(directory: Directory) -> None:
    """The check of all folders gives the same rows and no error, a folder that is missing included as one."""
    found, findings = examine([FOLDER], CHECKED)
    _, broken = examine([FOLDER / "none"], CHECKED)

    assert len(found) == len(directory)
    assert {item.level for item in findings} == {"warning"}
    assert [item.level for item in broken] == ["error"]


def test_the_warnings_that_remain_are_known(directory: Directory, misprints: tuple[Misprint, ...]) -> None:
    """Only the country without an emergency number and the sources without a page are open."""
    open_rows = {item.address for item in check(directory, misprints, CHECKED)}

    assert open_rows == {
        "contacts/mr",
        "contacts/us: us-al-covenant-rescue",
        "contacts/us: us-ciam",
        "contacts/us: us-crisis-text",
        "contacts/us: us-ky-ag-tapp",
        "contacts/us: us-ky-ksp-tip",
        "contacts/us: us-sd-call-to-freedom",
        "contacts/us: us-wv-fusion",
    }


def test_only_these_numbers_are_exempt_from_the_numbering_plan(directory: Directory) -> None:
    """Three printed numbers are refused by the library and kept with a reason."""
    exempt = {item.number: item.why for country in directory.countries.values() for item in country.exempt}

    assert set(exempt) == {"+6321348", "111247786", "08001000"}
    assert all(len(why) > 20 for why in exempt.values())


def test_country_numbers_are_permanent(directory: Directory) -> None:
    """The United States is 1, the others follow by code, and all fit into a button."""
    codes = sorted(directory.countries)
    codes.remove("US")

    assert directory.country("US") is directory.numbered(1)
    assert [directory.countries[code].number for code in codes] == list(range(2, 86))


def test_region_numbers_are_permanent(directory: Directory) -> None:
    """Each region is found again by its number, and Kentucky stays 18."""
    for country in directory.countries.values():
        for region in country.regions:
            assert directory.place(country.number, region.number) == (country.code, region.id)
            assert directory.numbers(country.code, region.id) == (country.number, region.number)
    assert directory.place(1, 18) == ("US", "US-KY")
    assert directory.place(1, 0) == ("US", "")
    assert directory.place(998, 3) == ("", "")


def test_every_state_of_the_united_states_can_be_picked(directory: Directory) -> None:
    """A person in a state without rows can still say where they are."""
    regions = {region.id for region in directory.countries["US"].regions}

    assert len(regions) == 51
    assert {"US-ID", "US-VT", "US-WI", "US-WY", "US-DC"} <= regions


@pytest.mark.parametrize(
    ("contact_id", "form"),
    [
        ("us-nhth", "1-888-373-7888"),
        ("us-911", "911"),
        ("us-va-vsp", "#77"),
        ("ca-hotline", "1-833-900-1010"),
        ("gb-modern-slavery-helpline", "0800 012 1700"),
        ("ae-mohre-80060", "800 60"),
        ("co-linea-trata", "01-800-0522020"),
        ("kr-1577-1366", "1577-1366"),
        ("pk-fia-tip", "111247786"),
        ("id-bp2mi", "08001000"),
        ("au-salvos-safehouse", "1300 473 560"),
        ("se-jamstalldhetsmyndigheten", "020-39 00 00"),
    ],
)
def test_a_number_is_given_as_dialled_at_home(directory: Directory, contact_id: str, form: str) -> None:
    """Full numbers take the national form, short and odd ones stay as printed."""
    row = directory.by_id[contact_id]

    assert dial(row.phone, row.country, row.country) == form


def test_no_digit_is_lost_on_the_way_to_the_screen(directory: Directory) -> None:
    """For every number, the digits at home end with the national digits of the file, and abroad equal them all."""
    for row in directory:
        for number in row.numbers:
            home = re.sub(r"[^\d#]", "", dial(number, row.country, row.country))
            if number.startswith("+"):
                abroad = dial(number, row.country, "")
                assert re.sub(r"[^\d+]", "", abroad) == number, row.id
                assert number.endswith(home.removeprefix("0")) or number.endswith(home[1:]) or number[3:] in home, (
                    row.id
                )
            else:
                assert home == number, row.id
                assert dial(number, row.country, "") == "", row.id


def test_text_lines_have_number_and_word_apart(directory: Directory) -> None:
    """The word to send is never part of the number."""
    line = directory.by_id["us-nhth"].text
    alone = directory.by_id["us-nrs"].text

    assert line is not None
    assert (line.number, line.keyword) == ("233733", "HELP")
    assert alone is not None
    assert (alone.number, alone.keyword) == ("66008", "")
    assert directory.by_id["us-911"].text is None


@pytest.mark.parametrize(
    ("contact_id", "ways"),
    [
        ("us-nhth", ["call", "text", "web"]),
        ("us-nhth-text", ["text", "web"]),
        ("us-nhth-chat", ["chat"]),
        ("us-deaf-hotline", ["video", "web"]),
        ("gr-15107-whatsapp", ["app", "app"]),
        ("fr-114-sms", ["text"]),
        ("us-988", ["call", "text", "web"]),
        ("us-al-covenant-rescue", []),
    ],
)
def test_channels_say_how_a_row_is_reached(directory: Directory, contact_id: str, ways: list[str]) -> None:
    """A messaging app, a videophone and a text line are never taken for a line to call."""
    assert [channel.way for channel in directory.by_id[contact_id].channels] == ways


def test_every_row_reads_its_hours_when_it_has_any(directory: Directory) -> None:
    """Hours for machines can be read, and round the clock is said only where the page says it plainly."""
    for row in directory:
        assert (parse(row.open) is not None) == bool(row.open), row.id
        assert row.is_always_open == (row.hours == "24/7"), row.id


def test_every_value_of_a_closed_list_is_known_and_lists_have_no_double(directory: Directory) -> None:
    """Rows use words of the closed lists only, and each list names a word once."""
    for key, words in CLOSED.items():
        assert len(set(words)) == len(words)
        for row in directory:
            value = getattr(row, key)
            assert set(value if isinstance(value, tuple) else [value]) <= set(words), (row.id, key)
    assert set(lists.KINDS) == {row.kind for row in directory}


def test_enforcement_and_training_are_never_a_default(directory: Directory) -> None:
    """Tip lines for the public, the DHS lines and bodies that teach are marked."""
    marked = {row.id for row in directory if row.never_default}

    assert {
        "us-hsi-tip",
        "us-hsi-tip-older",
        "us-fbi-tip",
        "us-nsn",
        "us-al-covenant-rescue",
        "us-ky-ag-tapp",
    } <= marked
    assert not {"us-nhth", "us-911", "us-tn-hotline", "at-bk-menschenhandel"} & marked


def test_the_main_numbers_are_exactly_these(directory: Directory) -> None:
    """The lines that most people will be shown, digit by digit."""
    expected = {
        "us-nhth": "+18883737888",
        "us-ky-abuse-hotline": "+18775972331",
        "us-988": "988",
        "gb-modern-slavery-helpline": "+448000121700",
        "ca-hotline": "+18339001010",
        "it-numero-verde-antitratta": "+39800290290",
        "mx-linea-nacional": "+528005533000",
        "za-0800222777": "+27800222777",
    }

    assert {key: directory.by_id[key].phone for key in expected} == expected


def test_the_readme_names_every_key_and_every_word_of_the_lists() -> None:
    """A maintainer finds each key and each allowed word in README.md."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    words = {word for values in CLOSED.values() for word in values} - {"A", "B", "C", "D"}
    keys = {key for key in Contact.__dataclass_fields__ if key not in {"country"}}

    assert sorted(word for word in words if word not in text) == []
    assert sorted(key for key in keys if f"`{key}`" not in text) == []


def test_choosing_does_not_load_the_number_library() -> None:
    """Start and choice stay fast: the library is imported only when a number is shown or checked."""
    script = (
        "import sys, json; from bot.contacts import choose, read, picker, dial, checks; "
        "print(json.dumps([name for name in ('phonenumbers', 'babel', 'telegram') if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == []
