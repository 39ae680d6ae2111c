"""Rows out of the directory and in again: nothing lost, nothing changed by a file with a mistake."""

from __future__ import annotations

import json
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import directory as verbs
from bot.config import Config
from bot.contacts import limits, package
from bot.contacts.model import Contact, Directory
from bot.contacts.read import load
from bot.contacts.sheet import escape, read_cell, read_sheet, write_sheet
from bot.contacts.store import write
from bot.contacts.table import COLUMNS, NEVER, ORDER
from bot.directory import House
from bot.errors import ContentError, WaymarkError

FOLDER = Path(__file__).parents[1] / "flows" / "contacts"
TODAY = date(2026, 11, 22)
HEAD = "id,name,kind,country,region,audience,phone,source_url,confidence,topics,checked_on"
ROW = "us-partner,Partner line,hotline,US,US-KY,any,+15025550123,https://example.org/a,medium,abuse;legal,2026-11-01"


@pytest.fixture(scope="module")
def house() -> House:
    return House(load([FOLDER]), (FOLDER,), Config())


@pytest.fixture
def own(tmp_path: Path) -> House:
    """A house of its own in a folder that may be written: the same countries, the same rows."""
    for path in FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return House(load([tmp_path]), (tmp_path,), Config())


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def sheet(*rows: str, head: str = HEAD) -> bytes:
    return ("\r\n".join((head, *rows)) + "\r\n").encode()


def told(house: House, path: Path, country: str = "") -> list[str]:
    """What is said about a file that is refused."""
    with pytest.raises(ContentError) as caught:
        verbs.plan(house, path, None, country, TODAY)
    return str(caught.value).splitlines()


# -- there and back ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "json", "zip"])
def test_what_was_given_out_and_taken_in_again_changes_nothing(house: House, tmp_path: Path, ending: str) -> None:
    """All 416 rows come back from each form as they are, field by field."""
    path = tmp_path / f"all.{ending}"

    count = verbs.give_out(house, path, None, "")
    plan = verbs.plan(house, path, None, "", TODAY)

    assert (count, plan.same, plan.differences) == (416, 416, ())


@pytest.mark.parametrize("ending", ["csv", "json", "zip"])
def test_an_empty_directory_is_filled_with_the_same_rows(house: House, tmp_path: Path, ending: str) -> None:
    """Taken into country files without rows, every row is written, read again and equal to what it was."""
    target = tmp_path / "contacts"
    target.mkdir()
    for path in FOLDER.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        head = text if path.stem == "misprints" else text.partition("[[contact]]")[0]
        (target / path.name).write_text(head, encoding="utf-8")
    file = tmp_path / f"all.{ending}"
    verbs.give_out(house, file, None, "")
    empty = House(load([target]), (target,), Config())

    verbs.take_in(empty, verbs.plan(empty, file, None, "", TODAY))

    filled = load([target])
    assert len(empty.directory) == 0
    assert {row.id: row for row in filled} == {row.id: row for row in house.directory}


@pytest.mark.parametrize("ending", ["json", "zip"])
def test_a_row_that_nobody_checked_stays_one(own: House, tmp_path: Path, ending: str) -> None:
    """A row without a check has no assured_date on its way out and counts as never checked on its way in."""
    row = replace(own.directory.by_id["at-bk-menschenhandel"], checked_on=NEVER)
    country = own.directory.countries["AT"]
    rows = tuple(row if one.id == row.id else one for one in country.contacts)
    unchecked = House(
        Directory(own.directory.countries | {"AT": replace(country, contacts=rows)}), own.folders, own.config
    )
    verbs.give_out(unchecked, tmp_path / f"out.{ending}", None, "AT")

    (difference,) = verbs.plan(own, tmp_path / f"out.{ending}", None, "", TODAY).differences

    assert difference.fields == (("checked_on", date(2026, 11, 22), NEVER),)


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)


@given(text=TEXTS, column=st.sampled_from(["name", "notes", "url", "phone"]))
def test_no_cell_that_is_given_out_is_a_formula_and_each_is_read_back(text: str, column: str) -> None:
    """Whatever the text: what stands in the cell begins with no formula sign, and comes back as the text."""
    cell = escape(text, column)

    if not (column == "phone" and cell[:1] == "+" and cell[1:2].isdecimal()):
        assert cell[:1] not in tuple("=+-@\t\r\n＝＋－＠")
    if column != "phone":
        assert (read_cell(cell, column) or "") == text


def test_the_plus_of_a_number_stays_and_a_formula_gets_an_apostrophe(house: House) -> None:
    """Numbers keep their plus; a name that would run as a formula is escaped."""
    row = replace(house.directory.by_id["us-nhth"], name='=HYPERLINK("http://x")', notes="-1+1")
    lines = write_sheet([row]).splitlines()

    assert ",+18883737888," in lines[1]
    assert '''"'=HYPERLINK(""http://x"")"''' in lines[1]
    assert ",'-1+1," in lines[1]
    assert read_sheet(write_sheet([row]).encode(), "a.csv")[0].values["name"] == row.name


# -- what changes ------------------------------------------------------------------------------------------------------


def test_a_dry_run_names_each_row_and_each_field_that_would_change(house: House, tmp_path: Path) -> None:
    """New rows by name, changed rows field by field, old value and new; columns that are absent stay as they are."""
    path = tmp_path / "partners.csv"
    known = "us-nhth,National Human Trafficking Hotline,hotline,US,,any,+18883737888,https://example.org/b,high,trafficking,2026-11-22"
    path.write_bytes(sheet(ROW, known))
    before = state(FOLDER)

    plan = verbs.plan(house, path, None, "", TODAY)

    assert list(verbs.plan_lines(plan)) == [
        "new      US us-partner: Partner line",
        "changed  US us-nhth: source_url https://humantraffickinghotline.org/about-us -> https://example.org/b"
        if False
        else f"changed  US us-nhth: source_url {house.directory.by_id['us-nhth'].source_url} -> https://example.org/b",
        "1 new, 1 changed, 0 as they are",
    ]
    assert state(FOLDER) == before


def test_taking_in_changes_the_lines_that_differ_and_adds_new_rows_at_the_end(own: House, tmp_path: Path) -> None:
    """The file of the country keeps every other line; the new row is the last one, with what nobody said assumed."""
    path = tmp_path / "x.csv"
    path.write_bytes(sheet(ROW))
    old = (own.target / "us.toml").read_text(encoding="utf-8")

    files = verbs.take_in(own, verbs.plan(own, path, None, "", TODAY))

    new = (own.target / "us.toml").read_text(encoding="utf-8")
    row = tomllib.loads(new)["contact"][-1]
    assert [file.name for file in files] == ["us.toml"]
    assert new.startswith(old)
    assert {key: row[key] for key in ("id", "phone", "topics", "tier", "status", "anonymous", "checked_on")} == {
        "id": "us-partner", "phone": "+15025550123", "topics": ["abuse", "legal"], "tier": "C", "status": "active",
        "anonymous": "unknown", "checked_on": date(2026, 11, 1),
    }  # fmt: skip


def test_new_rows_go_to_the_last_folder_and_changes_to_the_file_of_the_row(own: House, tmp_path: Path) -> None:
    """An organisation's own folder takes new rows; a row of ours is changed where it stands."""
    private = tmp_path / "private"
    private.mkdir()
    house = House(own.directory, (own.target, private), own.config)
    known = "us-nhth,New name,hotline,US,,any,+18883737888,https://example.org/b,high,trafficking,2026-11-22"
    (tmp_path / "x.csv").write_bytes(sheet(ROW, known))

    files = verbs.take_in(house, verbs.plan(house, tmp_path / "x.csv", None, "", TODAY))

    both = load([own.target, private])
    assert [file.parent.name for file in files] == [own.target.name, "private"]
    assert both.by_id["us-nhth"].name == "New name"
    assert len(both) == 417


def test_five_thousand_rows_are_taken_in_within_the_bounds_of_a_file(own: House, tmp_path: Path) -> None:
    """A country whose file is full goes on in us-2.toml and further; every row is read again as it was given."""
    rows = (
        f"us-part-{n},Partner {n},hotline,US,US-KY,any,+1502{2000000 + n},https://example.org/{n},medium,abuse,2026-11-01"
        for n in range(5000)
    )
    (tmp_path / "many.csv").write_bytes(sheet(*rows))

    files = verbs.take_in(own, verbs.plan(own, tmp_path / "many.csv", None, "", TODAY))

    after = load([own.target])
    assert len(after) == 5416
    assert all(path.stat().st_size <= 256 * 1024 for path in files)
    assert len(files) > 5
    assert after.by_id["us-part-4999"].phone == "+15022004999"
    verbs.give_out(House(after, own.folders, own.config), tmp_path / "back.csv", None, "")
    again = verbs.plan(House(after, own.folders, own.config), tmp_path / "back.csv", None, "", TODAY)
    assert again.same == 5416


def test_a_disk_that_fails_half_way_leaves_every_file_as_it_was(
    own: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the second of two files cannot be moved into place, the first is put back."""
    before = state(own.target)
    moves: list[str] = []
    move = Path.replace

    def fail(self: Path, target: Path) -> Path:
        moves.append(target.name)
        if len(moves) == 2:
            raise OSError(28, "No space left on device", str(target))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(WaymarkError, match=r"No space left on device\. Nothing was changed"):
        write({own.target / "us.toml": "a = 1\n", own.target / "zz.toml": "a = 1\n"})

    assert moves == ["us.toml", "zz.toml"]
    assert state(own.target) == before


# -- files with a mistake ----------------------------------------------------------------------------------------------

US = "us-partner,Partner line,hotline,US,US-KY,any,{phone},https://example.org/a,medium,abuse,2026-11-01"
APART = ROW.split(",")


def with_cell(column: str, text: str) -> str:
    """The good row with one cell changed."""
    cells = list(APART)
    cells[HEAD.split(",").index(column)] = text
    return ",".join(f'"{cell}"' if set(cell) & set('",\n') else cell for cell in cells)


HOSTILE: dict[str, tuple[bytes, str, str]] = {
    "formula": (sheet(with_cell("name", "=1+1")), "row 2, column name", "begins like a formula"),
    "formula with at": (sheet(with_cell("name", "@SUM(A1)")), "row 2, column name", "begins like a formula"),
    "formula with minus": (sheet(with_cell("name", "-2+3")), "row 2, column name", "begins like a formula"),
    "formula in a number": (sheet(US.format(phone="+cmd|' /C calc'!A0")), "row 2, column phone", "formula"),
    "formula after a tab": (sheet(with_cell("name", "\t=1+1")), "row 2, column name", "begins like a formula"),
    "wide formula": (sheet(with_cell("name", "＝1+1")), "row 2, column name", "begins like a formula"),
    "rounded number": (sheet(US.format(phone="1.888E+10")), "row 2, column phone", "a spreadsheet has rounded"),
    "decimal number": (sheet(US.format(phone="18883737888.0")), "row 2, column phone", "a spreadsheet has rounded"),
    "number as a date": (sheet(US.format(phone="12-Nov")), "row 2, column phone", "turned into a date"),
    "number without room": (sheet(US.format(phone="#######")), "row 2, column phone", "had no room"),
    "lost plus": (sheet(US.format(phone="18883737888")), "row 2, column phone", "lost its plus"),
    "lost zero": (sheet(with_cell("country", "GB").replace("US-KY", "").format()), "row 2", "+15025550123"),
    "grouped number": (sheet(US.format(phone="+1 502 555 0123")), "row 2", 'phone "+1 502 555 0123" is not written'),
    "letters in a number": (sheet(US.format(phone="1-888-CALLNOW")), "row 2", "is not written as expected"),
    "byte order mark": (b"\xef\xbb\xbf" + sheet(ROW), "row 1, first column", "byte order mark"),
    "UTF-16": (sheet(ROW).decode().encode("utf-16"), "row 1, first column", "the mark of UTF-16"),
    "UTF-16 without a mark": (sheet(ROW).decode().encode("utf-16-le"), "row 1", "holds the byte 0"),
    "Latin-1": (sheet(with_cell("name", "Fundación")).decode().encode("latin-1"), "row 2, byte 19", "is not UTF-8"),
    "encoded twice": (sheet(with_cell("name", "FundaciÃ³n")), "row 2", "encoding error leaves behind"),
    "replacement sign": (sheet(with_cell("name", "Fundaci\ufffdn")), "row 2", "encoding error leaves behind"),
    "byte zero": (sheet(with_cell("name", "Part\0ner")), "row 2", "holds the byte 0"),
    "missing column": (sheet(ROW, head=HEAD.replace("source_url,", "")), "row 1, column source_url", "is missing"),
    "unknown column": (sheet(ROW, head=HEAD.replace("phone", "phon")), "row 1, column 7", 'Did you mean "phone"?'),
    "column twice": (sheet(ROW, head=HEAD.replace("topics", "id")), "row 1, column 10", "is there twice"),
    "swapped columns": (
        sheet(ROW, head=HEAD.replace("phone,source_url", "source_url,phone")),
        "row 2, column source_url",
        "is a telephone number",
    ),
    "name and kind swapped": (
        sheet(ROW, head=HEAD.replace("name,kind", "kind,name")),
        "row 2",
        "not in the closed list",
    ),
    "country and region swapped": (
        sheet(ROW, head=HEAD.replace("country,region", "region,country")),
        "row 2",
        "country",
    ),
    "id twice": (sheet(ROW, ROW), "row 3, column id", "stands in bad.csv row 2 already"),
    "id of another country": (sheet(with_cell("id", "gr-1109")), "row 2", "belongs to GR, not to US"),
    "no id": (sheet(with_cell("id", "")), "row 2", 'key "id" is missing'),
    "id with spaces": (sheet(with_cell("id", "Us Partner")), "row 2", 'id "Us Partner" is not written as expected'),
    "too few cells": (sheet("us-partner,Partner line"), "row 2, column name", "has 2 cells, but the first row has 11"),
    "too many cells": (sheet(ROW + ",more"), "row 2, column checked_on", "has 12 cells, but the first row has 11"),
    "semicolons": (sheet(ROW.replace(",", ";"), head=HEAD.replace(",", ";")), "row 1", "something else than commas"),
    "open quotation mark": (sheet('"' + ROW), "row 2", "cannot be read"),
    "line end in a cell": (sheet(with_cell("name", "Partner\nline")), "row 2", "invisible sign U+000A"),
    "invisible sign": (sheet(with_cell("name", "Part\u202ener")), "row 2", "invisible sign U+202E"),
    "no date": (sheet(with_cell("checked_on", "22.11.2026")), "row 2, column checked_on", "is no date"),
    "impossible date": (sheet(with_cell("checked_on", "2026-02-30")), "row 2, column checked_on", "is no date"),
    "date ahead": (sheet(with_cell("checked_on", "2027-01-01")), "row 2", "lies in the future"),
    "unknown region": (sheet(with_cell("region", "US-ZZ")), "row 2", "has no [[region]] table"),
    "unknown kind": (sheet(with_cell("kind", "hotlin")), "row 2", 'Did you mean "hotline"?'),
    "address without https": (sheet(with_cell("source_url", "example.org")), "row 2", "Write the whole address"),
    "number of another country": (sheet(US.format(phone="+33144528890")), "row 2", "is no number of US"),
    "number of another line": (sheet(US.format(phone="+18883737888")), "row 2", "belongs to us-nhth"),
    "known misprint": (sheet(US.format(phone="+18003737888")), "row 2", "is known to be wrong"),
    "new country without an emergency row": (
        sheet("fj-one,One,hotline,FJ,,any,+6793315770,https://example.org/a,medium,abuse,2026-11-01"),
        "contacts/fj",
        "there is no emergency row",
    ),
    "empty": (b"", "row 1", "is empty"),
    "header only": (sheet(), "bad.csv", "holds no row"),
    "quotation mark inside": (sheet(ROW.replace("Partner", '"Part"ner')), "row 2", "cannot be read"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_sheet_is_refused_with_row_column_and_remedy(own: House, tmp_path: Path, name: str) -> None:
    """Each is refused with the place of the mistake and what to do, and no contact file changes."""
    data, place, words = HOSTILE[name]
    path = tmp_path / "bad.csv"
    path.write_bytes(data)
    before = state(own.target)

    lines = told(own, path)

    assert any(place in line and words in line for line in lines), lines
    assert all(line.rstrip().endswith((".", "?", ")")) for line in lines), lines
    assert state(own.target) == before | {"bad.csv": data}


def test_all_mistakes_of_a_sheet_are_named_together(house: House, tmp_path: Path) -> None:
    """Whoever made the sheet mends it in one go."""
    (tmp_path / "x.csv").write_bytes(sheet(with_cell("name", "=1"), US.format(phone="1.8E+10"), with_cell("name", "@")))

    assert len(told(house, tmp_path / "x.csv")) == 3


@pytest.mark.parametrize(
    ("field", "bound", "words"), [("MAX_BYTES", 100, "has more than 100 bytes"), ("MAX_ROWS", 2, "is beyond 2 rows")]
)
def test_a_sheet_that_is_too_large_is_refused_before_it_is_understood(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: str, bound: int, words: str
) -> None:
    """Size and number of rows are limited before any row is looked at."""
    monkeypatch.setattr(limits, field, bound)
    monkeypatch.setattr("bot.contacts.sheet.MAX_ROWS", bound)
    (tmp_path / "x.csv").write_bytes(sheet(ROW, "broken", "broken", "broken"))

    (line,) = told(house, tmp_path / "x.csv")

    assert words in line


# -- Open Referral -----------------------------------------------------------------------------------------------------

SERVICE: dict[str, Any] = {
    "id": "6f2d2c4e-52c8-4c5c-8a1c-1d0f4c0f8a01",
    "name": "Night desk",
    "description": "Advice for people who were made to work.",
    "url": "https://example.org/night-desk",
    "status": "active",
    "assured_date": "2026-10-01",
    "maximum_age": 17,
    "phones": [{"id": "p1", "number": '"+1 502 555 0123"', "extension": 100, "type": "voice"}],
    "schedules": [{"id": "s1", "byday": "MO,TU", "opens_at": "10:00:00", "closes_at": "18:00:00", "timezone": 3}],
    "service_areas": [{"id": "a1", "name": "Kentucky", "extent": "US-KY", "extent_type": "text"}],
    "languages": [{"id": "l1", "code": "es", "name": "Spanish"}, {"id": "l2", "code": "en"}],
    "interpretation_services": "On request",
}
BODY: dict[str, Any] = {"id": "0b1e", "name": "River House", "description": "A body.", "website": "https://example.org"}
PLACE = {"id": "x", "location_type": "physical", "latitude": 38.04, "longitude": -84.5, "name": "12 Oak Street",
         "addresses": [{"id": "y", "address_1": "12 Oak Street", "city": "Lexington", "country": "US"}]}  # fmt: skip
HIDDEN = {"service_at_locations": [{"id": "z", "location": PLACE, "phones": [{"id": "q", "number": "+15025550199"}]}]}
SHAPES: dict[str, Any] = {
    "a service with its organization": SERVICE | HIDDEN | {"organization": BODY | {"locations": [PLACE]}},
    "an organization with services": BODY | {"locations": [PLACE], "services": [SERVICE | HIDDEN]},
    "a list of services": [SERVICE | HIDDEN | {"organization": BODY}],
    "a page of results": {
        "total_items": 1, "total_pages": 1, "page_number": 1, "size": 1, "first_page": True, "last_page": True,
        "empty": False, "contents": [SERVICE | {"organization": BODY}],
    },
    "tables in one file": {
        "organization": [BODY],
        "service": [{key: value for key, value in SERVICE.items() if not isinstance(value, list)}
                    | {"organization_id": BODY["id"]}],
        "phone": [one | {"service_id": SERVICE["id"]} for one in SERVICE["phones"]],
        "schedule": [one | {"service_id": SERVICE["id"]} for one in SERVICE["schedules"]],
        "service_area": [one | {"service_id": SERVICE["id"]} for one in SERVICE["service_areas"]],
        "language": [one | {"service_id": SERVICE["id"]} for one in SERVICE["languages"]],
        "location": [PLACE],
        "address": [{"id": "y", "location_id": "x", "address_1": "12 Oak Street"}],
    },
}  # fmt: skip


def taken(house: House, path: Path, country: str = "") -> Contact:
    (difference,) = verbs.plan(house, path, None, country, TODAY).differences
    return difference.new


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_the_standard_gives_the_same_row(house: House, tmp_path: Path, shape: str) -> None:
    """A service alone, in an organization, in a list, on a page or in tables is one row, unconfirmed; no address."""
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(SHAPES[shape]), encoding="utf-8")

    row = taken(house, path)

    assert row.name == "Night desk (River House)"
    assert (row.id, row.country, row.phone, row.kind) == ("us-6f2d2c4e", "US", "+15025550123", "hotline")
    assert (row.audience, row.confidence, row.tier, row.checked_on) == ("minor", "low", "D", date(2026, 10, 1))
    assert (row.languages, row.hours) == (("es", "en", "interpreters"), "MO,TU 10:00-18:00")
    assert row.source_url == "https://example.org/night-desk"
    assert row.notes == "extension 100. Advice for people who were made to work."
    told_all = " ".join(str(getattr(row, key)) for key in ORDER)
    assert not any(word in told_all for word in ("Oak", "Lexington", "38.0", "5550199"))


def test_a_service_nobody_vouched_for_counts_as_never_checked(house: House, tmp_path: Path) -> None:
    """Without assured_date a row is older than every limit; a closed service comes as defunct with a reason."""
    path = tmp_path / "feed.json"
    bare = {key: value for key, value in SERVICE.items() if key != "assured_date"}
    path.write_text(json.dumps(bare | {"status": "inactive", "alert": "Closed in May."}), encoding="utf-8")

    row = taken(house, path)

    assert (row.checked_on, row.status, row.status_reason) == (NEVER, "defunct", "Closed in May.")


def test_what_a_maintainer_settled_is_not_undone_by_the_next_delivery(own: House, tmp_path: Path) -> None:
    """A service that comes again changes what it says, not the confidence, kind and topics given to its row here."""
    path = own.target.parent / "feed.json"
    path.write_text(json.dumps(SERVICE), encoding="utf-8")
    verbs.take_in(own, verbs.plan(own, path, None, "", TODAY))
    text = (own.target / "us.toml").read_text(encoding="utf-8")
    place = text.index('id = "us-6f2d2c4e"')
    settled = text[place:].replace('"low"', '"medium"').replace('tier = "D"', 'tier = "B"').replace("victims", "legal")
    (own.target / "us.toml").write_text(text[:place] + settled, encoding="utf-8")
    house = House(load([own.target]), own.folders, own.config)
    path.write_text(json.dumps(SERVICE | {"assured_date": "2026-11-20"}), encoding="utf-8")

    (difference,) = verbs.plan(house, path, None, "", TODAY).differences

    assert difference.fields == (("checked_on", date(2026, 10, 1), date(2026, 11, 20)),)


def test_a_service_without_an_area_needs_a_country(house: House, tmp_path: Path) -> None:
    """A number with its plus alone is no country: it is asked for, and taken from the command."""
    path = tmp_path / "feed.json"
    bare = {key: value for key, value in SERVICE.items() if key != "service_areas"}
    path.write_text(json.dumps(bare), encoding="utf-8")

    assert told(house, path) == ["feed.json, item 1: country is ''. Write two capital letters, such as US."]
    assert taken(house, path, "US").country == "US"


def zipped(members: dict[str, bytes], change: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if change is not None:
                change(info)
            archive.writestr(info, data)
    return out.getvalue()


def linked(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o120777 << 16


def encrypted(data: bytes) -> bytes:
    """The flag of a password set in both headers of the only member."""
    found = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found[found.index(mark) + place] |= 1
    return bytes(found)


SERVICES = b"id,name,status\r\n1,One,active\r\n"
BROKEN_FEEDS: dict[str, tuple[str, bytes, str]] = {
    "no JSON": ("feed.json", b'{"id": ', "row 1, column 8: is no JSON"),
    "nested bomb": ("feed.json", b"[" * 100_000 + b"]" * 100_000, "is nested 100000 deep. Stay within 20."),
    "key twice": ("feed.json", b'{"id": "1", "id": "2"}', 'key "id" is there twice'),
    "not a number": ("feed.json", b'{"id": NaN}', "NaN is no JSON"),
    "endless number": ("feed.json", b'{"id": ' + b"1" * 5000 + b"}", "cannot be read"),
    "JSON with a mark": ("feed.json", b"\xef\xbb\xbf{}", "byte order mark"),
    "a text": ("feed.json", b'"service"', "item 1: is no object"),
    "services as text": ("feed.json", b'{"services": "none"}', "is no list of objects"),
    "unknown status": ("feed.json", json.dumps(SERVICE | {"status": "open"}).encode(), 'status "open" is not known'),
    "no status": ("feed.json", b'{"id": "1", "name": "One"}', 'status "" is not known'),
    "broken date": ("feed.json", json.dumps(SERVICE | {"assured_date": "May"}).encode(), '"May" is no date'),
    "date ahead": ("feed.json", json.dumps(SERVICE | {"assured_date": "2030-01-01"}).encode(), "lies in the future"),
    "no source": ("feed.json", json.dumps(SERVICE | {"url": ""}).encode(), 'key "source_url" is missing'),
    "rounded number": (
        "feed.json",
        json.dumps(SERVICE | {"phones": [{"id": "1", "number": "1.888E+10"}]}).encode(),
        'number "1.888E+10" cannot be read',
    ),
    "a truncated zip": ("feed.zip", zipped({"services.csv": SERVICES})[:-30], "cannot be unpacked"),
    "a zip without services": ("feed.zip", zipped({"phones.csv": b"id\r\n1\r\n"}), "holds no table of services"),
    "a zip bomb": ("feed.zip", zipped({"services.csv": b"0" * 30_000_000}), "times its size"),
    "too many members": ("feed.zip", zipped({f"{n}.csv": b"" for n in range(201)}), "holds 201 files"),
    "a way out": ("feed.zip", zipped({"../services.csv": SERVICES}), "points out of the package"),
    "an absolute way": ("feed.zip", zipped({"/etc/services.csv": SERVICES}), "points out of the package"),
    "a link": ("feed.zip", zipped({"services.csv": b"/etc/passwd"}, linked), "is a link"),
    "a password": ("feed.zip", encrypted(zipped({"services.csv": SERVICES})), "is encrypted"),
    "a table twice": ("feed.zip", zipped({"a/services.csv": SERVICES, "b/services.csv": SERVICES}), "is there twice"),
    "a manifest that points away": (
        "feed.zip",
        zipped({"datapackage.json": json.dumps(
            {"resources": [{"name": "services", "path": "https://example.org/services.csv"}]}).encode()}),
        "names 'https://example.org/services.csv' for service",
    ),
    "a formula in a table": (
        "feed.zip", zipped({"services.csv": SERVICES.replace(b"One", b"=1+1")}), "row 2, column name: '=1+1' begins",
    ),
    "a table in UTF-16": ("feed.zip", zipped({"services.csv": SERVICES.decode().encode("utf-16")}), "mark of UTF-16"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_FEEDS)
def test_a_hostile_or_broken_feed_is_refused_and_nothing_changes(own: House, tmp_path: Path, name: str) -> None:
    """Each is refused with its place and what to do; no bomb is unpacked, no contact file changes."""
    file, data, words = BROKEN_FEEDS[name]
    before = state(own.target)
    path = tmp_path / file
    path.write_bytes(data)

    lines = told(own, path)

    assert any(words in line for line in lines), lines
    assert state(own.target) == before | {file: data}


def test_a_member_that_lies_about_its_size_is_not_unpacked_whole(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bound holds while unpacking, whatever the header says."""
    monkeypatch.setattr(package, "MAX_BYTES", 1000)
    (tmp_path / "feed.zip").write_bytes(zipped({"services.csv": SERVICES + b"x" * 2000}))

    (line,) = told(house, tmp_path / "feed.zip")

    assert "services.csv: has more than 1000 bytes" in line


def test_tables_of_places_are_never_opened(house: House, tmp_path: Path) -> None:
    """A package whose locations and addresses are broken beyond reading is taken in all the same."""
    verbs.give_out(house, tmp_path / "a.zip", None, "AT")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members |= {"locations.csv": b"\xff\xfe\0", "addresses.csv": b'"', "contacts.csv": b"\0"}
    (tmp_path / "b.zip").write_bytes(zipped(members))
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, data in members.items():
        (folder / name).write_bytes(data)

    assert verbs.plan(house, tmp_path / "b.zip", None, "", TODAY).same == 3
    assert verbs.plan(house, folder, None, "", TODAY).same == 3
    assert verbs.plan(house, folder / "datapackage.json", None, "", TODAY).same == 3


def test_a_service_keeps_its_identifier_in_every_export(house: House, tmp_path: Path) -> None:
    """Identifiers are made from our ids, so that a partner recognises a row; equal contents give equal files."""
    for name in ("a", "b"):
        verbs.give_out(house, tmp_path / f"{name}.zip", None, "US")
        verbs.give_out(house, tmp_path / f"{name}.json", None, "US")
    services = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["contents"]

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert len({service["id"] for service in services}) == len(services) == 139
    assert all({"id", "name", "status", "organization"} <= service.keys() for service in services)
    assert all({"id", "name", "description"} <= service["organization"].keys() for service in services)
    assert not any("location" in key or "address" in key for service in services for key in service)


def test_the_columns_of_a_sheet_are_all_keys_of_a_row() -> None:
    """Nothing of a row is lost on the way to a sheet."""
    assert set(COLUMNS) == set(Contact.__dataclass_fields__)
    assert set(ORDER) == set(COLUMNS) - {"country"}
