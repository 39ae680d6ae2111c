"""What a maintainer is told when a contact file is wrong: every mistake, with its address and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.contacts import file as file_module
from bot.contacts.checks import check
from bot.contacts.misprints import Misprint, read_misprints
from bot.contacts.read import load, read
from bot.contacts.report import Report
from bot.errors import ContentError

TODAY = date(2026, 11, 22)
HEAD = 'country = "US"\nnumber = 1\n'
REGION = '[[region]]\nnumber = 1\nid = "US-KY"\nname = "Kentucky"\n'
ROW = {
    "id": '"us-one"',
    "name": '"One"',
    "kind": '"hotline"',
    "audience": '"any"',
    "topics": '["trafficking"]',
    "phone": '"+18883737888"',
    "anonymous": '"unknown"',
    "police_involved": '"unknown"',
    "tier": '"B"',
    "status": '"active"',
    "source_url": '"https://example.org/one"',
    "confidence": '"medium"',
    "checked_on": "2026-11-22",
    "checked_how": '"page"',
}
EMERGENCY = {"id": '"us-911"', "kind": '"emergency"', "topics": '["emergency"]', "phone": '"911"', "tier": '"A"'}


def row(**changes: str | None) -> str:
    """One `[[contact]]` table; a change of None leaves the key out."""
    lines = [f"{key} = {value}" for key, value in (ROW | changes).items() if value is not None]
    return "[[contact]]\n" + "\n".join(lines) + "\n"


def findings(folder: Path, text: str, name: str = "us.toml") -> list[str]:
    """What is said about a folder with this one file."""
    (folder / name).write_text(text, encoding="utf-8")
    return [str(finding) for finding in read([folder]).findings]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hous": '"24/7"'}, 'key "hous" is not known. Did you mean "hours"?'),
        ({"kind": '"hotlin"'}, 'kind "hotlin" is not in the closed list. Did you mean "hotline"?'),
        ({"tier": '"X"'}, 'tier "X" is not in the closed list. Known: A, B, C, D.'),
        (
            {"phone": "18883737888"},
            "phone is not text, but 18883737888. Put it in quotes; without them a number loses its zeros.",
        ),
        (
            {"phone": '"1-888-373-7888"'},
            'phone "1-888-373-7888" is not written as expected. '
            "Write +, country code and digits, or a short number as dialled.",
        ),
        ({"topics": '"abuse"'}, 'topics is not a list, but \'abuse\'. Write ["one", "two"].'),
        ({"topics": "[]"}, "topics has 0 values, none or some twice. Name each once, 40 at most."),
        ({"topics": '["abuse", "abuse"]'}, "topics has 2 values, none or some twice. Name each once, 40 at most."),
        (
            {"checked_on": '"2026-11-22"'},
            "checked_on is not a date, but '2026-11-22'. Write it without quotes: 2026-11-22.",
        ),
        (
            {"never_default": '"yes"'},
            "never_default is not true or false, but 'yes'. Write true, or leave the key out.",
        ),
        ({"notes": '" "'}, "notes is empty or has spaces around it. Leave an empty key out."),
        ({"name": '"O\\u200bne"'}, "name holds the invisible sign U+200B. Type the text again by hand."),
        ({"name": '"O\\u202ene"'}, "name holds the invisible sign U+202E. Type the text again by hand."),
        ({"notes": f'"{"a" * 1001}"'}, "notes has 1001 characters. Keep it to 1000."),
        (
            {"sms": '"TEXT HELP"'},
            'sms "TEXT HELP" is not written as expected. Write the number, then the word to send.',
        ),
        (
            {"url": '"example.org"'},
            'url "example.org" is not written as expected. Write the whole address, from https:// on.',
        ),
        ({"url": '"tg://x"'}, 'url "tg://x" is not written as expected. Write the whole address, from https:// on.'),
        (
            {"source_date": '"May 2026"'},
            'source_date "May 2026" is not written as expected. Write 2026, 2026-11 or 2026-11-22.',
        ),
        ({"open": '"9 to 5"'}, 'open "9 to 5" cannot be read. Write "24/7" or "Mo-Fr 09:00-17:00; Sa 11:00-19:00".'),
        (
            {"languages": '["English"]'},
            'languages "English" is not written as expected. Write language tags, or interpreters.',
        ),
        (
            {"source_url": None},
            'key "source_url" is missing. Every row needs source_url; README.md beside the file says what it means.',
        ),
        ({"region": '"US-XX"'}, 'region "US-XX" has no [[region]] table. Did you mean "US-KY"?'),
        ({"also_in": '["US-TX"]'}, 'also_in "US-TX" is not known. Did you mean "US-KY"?'),
        ({"same_as": '"us-on"'}, 'same_as "us-on" is no row of this country. Did you mean "us-one"?'),
        (
            {"same_as": '"us-one"'},
            "same_as names the row itself. Name the main row of the service, or leave the key out.",
        ),
        ({"status": '"defunct"'}, 'status is "defunct" without a reason. Say why in status_reason, with a date.'),
        (
            {"apps": '["viber"]'},
            'apps is given, but phone_type is not "app". Write phone_type = "app", or leave apps out.',
        ),
        (
            {"phone_type": '"app"'},
            'phone_type "app" has no phone or no apps. Write the number and apps = ["whatsapp"].',
        ),
        (
            {"phone": None, "phone_abroad": '"+18883737888"'},
            "phone_abroad is given without phone. Write the number dialled inside the country too.",
        ),
        ({"kind": '"emergency"'}, 'kind is emergency, but topics does not say so. Write topics = ["emergency"].'),
        ({"zone": '"Europe/Paris"'}, "zone is given without open. Write the hours in open, or leave zone out."),
    ],
)
def test_a_wrong_row_is_named_with_its_remedy(tmp_path: Path, changes: dict[str, str | None], message: str) -> None:
    """Each slip in a row gives exactly one sentence with the address of the row."""
    found = findings(tmp_path, HEAD + REGION + row(**changes))

    assert found == [f"contacts/us: us-one: {message}"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'country = "FR"\nnumber = 1\n',
            "country is 'FR'. Name the file after the two-letter code inside: us.toml holds US.",
        ),
        ('country = "US"\n', "number is None. Write a whole number from 1 to 999."),
        ('country = "US"\nnumber = 1000\n', "number is 1000. Write a whole number from 1 to 999."),
        ('country = "US"\nnumber = true\n', "number is True. Write a whole number from 1 to 999."),
        (HEAD + "recheck_days = 0\n", "recheck_days is 0. Write a whole number from 1 to 366."),
        (HEAD + "contacts = []\n", 'key "contacts" is not known. Did you mean "contact"?'),
        (HEAD + "contact = 3\n", '"contact" is not a row of tables. Start each with [[contact]].'),
        (HEAD + "short_codes = [911]\n", 'short_codes is not a list of texts. Write ["1109", "15107"].'),
        (HEAD + "no_emergency = true\n", "no_emergency is not text, but True. Say in one sentence why there is none."),
        (
            HEAD + '[[region]]\nid = "US-KY"\n',
            "region 'US-KY' needs number, id and name and nothing else. Write these three keys.",
        ),
        (
            HEAD + REGION.replace("number = 1", "number = 64"),
            "region US-KY has number 64. Give it a free one from 1 to 63.",
        ),
        (
            HEAD + REGION.replace("US-KY", "FR-75"),
            'region "FR-75" is not in US. Write an ISO 3166-2 code such as US-KY.',
        ),
        (
            HEAD + REGION + REGION.replace("KY", "OH"),
            "region number 1 is given twice. Each is permanent and belongs to one region.",
        ),
        (HEAD + '[[exempt]]\nnumber = "1"\n', "exempt '1' needs number and why and nothing else. Write both as text."),
        (HEAD + row(id=None), None),
        (
            'country = "US\n',
            "TOML cannot be read: Illegal character '\\n' (at line 1, column 14). Mend that line; text needs quotes.",
        ),
        (HEAD + "deep = " + "[" * 7 + "]" * 7 + "\n", "brackets are nested 7 deep. Stay within 6."),
    ],
)
def test_a_wrong_file_is_named_with_its_remedy(tmp_path: Path, text: str, message: str | None) -> None:
    """Each slip in the head of a file gives exactly one sentence."""
    found = findings(tmp_path, text)
    nameless = 'contacts/us: contact without id: key "id" is missing. '

    assert len(found) == 1
    assert found[0].startswith(nameless) if message is None else found[0] == f"contacts/us: {message}"


def test_brackets_inside_texts_and_comments_do_not_count(tmp_path: Path) -> None:
    """Only real nesting is limited: a name may hold any bracket."""
    quoted = HEAD + "# [[[[[[[[[[\n" + row(name='"[[[[[[[["', notes="'[[[[[[[['")

    assert findings(tmp_path, quoted) == []


def test_a_file_that_is_too_large_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of size holds before anything is read."""
    monkeypatch.setattr(file_module.tomllib, "loads", lambda text: pytest.fail("was parsed"))

    assert findings(tmp_path, "#" * (256 * 1024 + 1)) == [
        "contacts/us: the file has more than 262144 bytes. Move rows to us-2.toml beside it."
    ]


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """Bytes of another encoding are named, not guessed at."""
    (tmp_path / "us.toml").write_bytes(HEAD.encode() + b"# caf\xe9\n")

    assert [str(item) for item in read([tmp_path]).findings] == [
        "contacts/us: byte 31 is not UTF-8. Save the file as UTF-8."
    ]


def test_all_mistakes_of_all_files_are_shown_together(tmp_path: Path) -> None:
    """An author mends everything in one go; rows without mistakes are still read."""
    (tmp_path / "us.toml").write_text(HEAD + row() + row(id='"us-two"', kind='"x"', tier='"x"'), encoding="utf-8")
    (tmp_path / "fr.toml").write_text('country = "FR"\nnumber = 0\n', encoding="utf-8")

    reading = read([tmp_path])

    assert [item.address for item in reading.findings] == ["contacts/fr", "contacts/us: us-two", "contacts/us: us-two"]
    assert [contact.id for contact in reading.directory] == ["us-one"]
    with pytest.raises(ContentError) as caught:
        load([tmp_path])
    assert str(caught.value).count("\n") == 2


def test_a_country_goes_on_in_numbered_files(tmp_path: Path) -> None:
    """us-2.toml and further files hold rows of the same country; what the first file says of it holds."""
    (tmp_path / "us.toml").write_text(HEAD + "recheck_days = 30\n" + row(), encoding="utf-8")
    for number in (2, 10):
        (tmp_path / f"us-{number}.toml").write_text(HEAD + row(id=f'"us-part-{number}"'), encoding="utf-8")
    (tmp_path / "us-1.toml").write_text(HEAD, encoding="utf-8")

    reading = read([tmp_path])

    assert [contact.id for contact in reading.directory] == ["us-one", "us-part-2", "us-part-10"]
    assert reading.directory.countries["US"].recheck_days == 30
    assert [finding.address for finding in reading.findings] == ["contacts/us-1"]


def test_ids_and_country_numbers_belong_to_one_only(tmp_path: Path) -> None:
    """The same id in two files, or one number for two countries, is refused."""
    (tmp_path / "us.toml").write_text(HEAD + row(), encoding="utf-8")
    (tmp_path / "fr.toml").write_text('country = "FR"\nnumber = 1\n' + row(), encoding="utf-8")

    assert [str(item) for item in read([tmp_path]).findings] == [
        "contacts/us: number 1 belongs to FR. Give the new country the next free number.",
        "contacts/us: us-one: id is used in contacts/fr already. Give it an id of its own.",
    ]


def test_a_private_folder_adds_rows_and_countries(tmp_path: Path) -> None:
    """Rows of a later folder join those of the first; a country's number may not differ."""
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    (first / "us.toml").write_text(HEAD + REGION + row(), encoding="utf-8")
    (second / "us.toml").write_text(HEAD + row(id='"us-own"', region='"US-KY"'), encoding="utf-8")

    assert [contact.id for contact in load([first, second])] == ["us-one", "us-own"]

    (second / "us.toml").write_text('country = "US"\nnumber = 2\n', encoding="utf-8")
    assert [str(item) for item in read([first, second]).findings] == [
        "contacts/us: number is 2, but 1 in an earlier folder. Write number = 1."
    ]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A setting that points nowhere is a mistake, not an empty directory."""
    gone = tmp_path / "gone"

    assert [str(item) for item in read([gone]).findings] == [
        f'contacts: folder "{gone}" does not exist. Correct the setting.'
    ]


def checked(folder: Path, *rows: str, head: str = HEAD, misprints: tuple[Misprint, ...] = ()) -> list[str]:
    """What the truth checks say about these rows, next to an emergency row that is right."""
    (folder / "us.toml").write_text(head + REGION + row(**EMERGENCY) + "".join(rows), encoding="utf-8")
    return [str(finding) for finding in check(load([folder]), misprints, TODAY)]


NOT_KNOWN = (
    "that the number library knows. "
    "Compare it with its source digit by digit; if that page prints it, declare it (README.md)."
)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"phone": '"+18883737"'}, f"+18883737 is no number of US {NOT_KNOWN}"),
        ({"phone": '"+33144528890"'}, f"+33144528890 is no number of US {NOT_KNOWN}"),
        ({"phone": '"12345"'}, f"12345 is no number of US {NOT_KNOWN}"),
        ({"phone_abroad": '"+18880"'}, f"+18880 is no number of US {NOT_KNOWN}"),
        ({"sms": '"+33144528890"'}, "text number +33144528890 is not valid in US. Compare it with its source."),
        (
            {"spelled": '["888-END-OHHT"]'},
            "888-END-OHHT spells 8883636448, which is no number of this row. Compare it with its source.",
        ),
        ({"checked_on": "2026-11-23"}, "checked_on 2026-11-23 lies in the future. Write the day the page was read."),
        ({"source_date": '"2027"'}, "source_date 2027 lies in the future. Write the date on the page."),
        (
            {"source_date": '"2026-02-30"'},
            "source_date 2026-02-30 is no date. Write the date on the page, or leave it out.",
        ),
        ({"source_date": '"2026-13"'}, "source_date 2026-13 is no date. Write the date on the page, or leave it out."),
        (
            {"confidence": '"high"'},
            "confidence is high with one undated source. Add a second source or a date, or write medium.",
        ),
        (
            {"source_url_2": '"https://example.org/one"'},
            "source_url_2 repeats source_url. Name another page, or leave it out.",
        ),
        (
            {"source_url": '"https://example.org"'},
            "source https://example.org names a site and no page. Find the page again.",
        ),
        ({"kind": '"training"'}, "training for any is not never_default. Write never_default = true."),
        (
            {"kind": '"tipline"', "audience": '"public"'},
            "tipline for public is not never_default. Write never_default = true.",
        ),
        (
            EMERGENCY | {"id": '"us-one"', "phone": '"112"', "tier": '"B"'},
            'tier is B on an emergency row. Write tier = "A".',
        ),
        ({"confidence": '"low"'}, 'tier is B, but the row is low or has no number. Write tier = "D".'),
        ({"phone": None}, 'tier is B, but the row is low or has no number. Write tier = "D".'),
        (
            {"open": '"24/7"', "hours": '"24/7 (press)"'},
            'open is "24/7", but hours say "24/7 (press)". Promise it only where the page says so.',
        ),
        ({"notes": f'"{"a" * 241}"'}, "notes have 241 characters. Keep them to 240."),
        (
            {"kind": '"shelter_intake"', "notes": '"At 12 Oak Street."'},
            "a shelter row holds what looks like an address. Take it out: nobody may learn where a shelter is.",
        ),
        (
            {"kind": '"shelter_intake"', "notes": '"38.0406, -84.5037"'},
            "a shelter row holds what looks like an address. Take it out: nobody may learn where a shelter is.",
        ),
    ],
)
def test_what_cannot_be_true_is_found(tmp_path: Path, changes: dict[str, str | None], message: str) -> None:
    """Each doubt gives exactly one sentence with the address of the row."""
    assert checked(tmp_path, row(**changes)) == [f"contacts/us: us-one: {message}"]


def test_one_number_under_two_names_is_refused_unless_they_are_one_service(tmp_path: Path) -> None:
    """Two rows with one number are one service, and say so, or one of them is wrong."""
    assert checked(tmp_path, row(), row(id='"us-two"', name='"Two"')) == [
        "contacts/us: us-two: +18883737888 belongs to us-one (One) already. "
        "If both are one service, name the main row in same_as; else one of them is wrong."
    ]
    assert checked(tmp_path, row(), row(id='"us-two"', same_as='"us-one"')) == []


def test_a_known_misprint_is_refused_in_any_channel(tmp_path: Path) -> None:
    """A number from misprints.toml blocks a row, as phone or as text number, and the right one is named."""
    wrong = Misprint("US", "+18883737888", "misprint", "the line, misprinted", "https://example.org", "+18005551234")
    disputed = Misprint("US", "233722", "disputed", "pages differ", "https://example.org")

    assert checked(tmp_path, row(sms='"233722 HELP"'), misprints=(wrong, disputed)) == [
        "contacts/us: us-one: +18883737888 is known to be wrong (misprint: the line, misprinted). Use +18005551234.",
        "contacts/us: us-one: 233722 is known to be wrong (disputed: pages differ). "
        "Settle it with the operator's own page first.",
    ]
    elsewhere = Misprint("FR", "233722", "disputed", "another country", "https://example.org")
    assert checked(tmp_path, row(sms='"233722 HELP"'), misprints=(elsewhere,)) == []


def test_a_declared_short_code_passes_and_an_idle_declaration_is_named(tmp_path: Path) -> None:
    """What the library does not know may be declared; what nobody uses or it does know should not be."""
    declared = HEAD + 'short_codes = ["12345"]\n'

    assert checked(tmp_path, row(phone='"12345"'), head=declared) == []
    assert checked(tmp_path, row(), head=declared) == [
        "contacts/us: 12345 is declared but no row has it. Take the declaration out."
    ]
    assert checked(tmp_path, row(), head=HEAD + 'short_codes = ["911"]\n') == [
        "contacts/us: 911 is declared, but the number library knows it. Take the declaration out."
    ]


def test_a_country_without_an_emergency_row_says_why(tmp_path: Path) -> None:
    """No emergency number is an error, unless the file explains it; then it is a warning."""
    (tmp_path / "us.toml").write_text(HEAD + row(), encoding="utf-8")
    (bare,) = check(load([tmp_path]), (), TODAY)
    (tmp_path / "us.toml").write_text(HEAD + 'no_emergency = "None seen."\n' + row(), encoding="utf-8")
    (explained,) = check(load([tmp_path]), (), TODAY)
    (idle,) = checked(tmp_path, head=HEAD + 'no_emergency = "None seen."\n')

    assert (bare.level, str(bare)) == (
        "error",
        "contacts/us: there is no emergency row. Add one, or say in no_emergency why none could be confirmed.",
    )
    assert (explained.level, explained.what) == ("warning", "there is no emergency number: None seen.")
    assert idle == "contacts/us: no_emergency is given, but there is an emergency row. Take no_emergency out."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[wrong]]\n", 'key "wrong" is not known. Known: misprint.'),
        ("misprint = 3\n", '"misprint" is not a row of tables. Start each with [[misprint]].'),
        (
            '[[misprint]]\nnumber = "911"\n',
            "misprint '911' lacks country, reason, source, what. Write every key as text in quotes.",
        ),
        (
            '[[misprint]]\ncountry = "US"\nnumber = "1-2"\nreason = "misprint"\nwhat = "x"\nsource = "x"\n',
            "misprint '1-2' is no number. Write +, country code and digits, or a short number as dialled.",
        ),
        (
            '[[misprint]]\ncountry = "US"\nnumber = "911"\nreason = "misprin"\nwhat = "x"\nsource = "x"\n',
            'misprint \'911\': reason "misprin" is not known. Did you mean "misprint"?',
        ),
        (
            '[[misprint]]\ncountry = "US"\nnumber = "911"\nreason = "misprint"\nwhat = "x"\nsource = "x"\nfor = "y"\n',
            "misprint '911': key \"for\" is not known. Known: country, instead, number, reason, source, what.",
        ),
    ],
)
def test_a_wrong_list_of_misprints_is_named(tmp_path: Path, text: str, message: str) -> None:
    """The list that protects the rows is checked as strictly as they are."""
    (tmp_path / "misprints.toml").write_text(text, encoding="utf-8")
    report = Report("contacts/misprints")

    assert read_misprints(tmp_path, report) == ()
    assert [str(item) for item in report.findings] == [f"contacts/misprints: {message}"]


def test_a_folder_without_a_list_of_misprints_has_none(tmp_path: Path) -> None:
    """A private folder need not have the list."""
    report = Report("contacts/misprints")

    assert (read_misprints(tmp_path, report), report.findings) == ((), [])
