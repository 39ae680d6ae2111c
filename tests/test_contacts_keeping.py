"""Keeping the directory true: what to check again first, a script to do it by, a stamp on its own lines only."""

from __future__ import annotations

import difflib
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contacts.edit import edit
from bot.contacts.model import Directory
from bot.contacts.read import load
from bot.contacts.script import write_script
from bot.contacts.stale import HARMS, due
from bot.contacts.table import ORDER, table_of, write_row, write_value
from bot.errors import WaymarkError

FOLDER = Path(__file__).parents[1] / "flows" / "contacts"
CHECKED = date(2026, 11, 22)
LATER = date(2027, 1, 3)
HAND = '''\
# By hand, with odd spaces.
country="US"
number = 1 # one

[[contact]]   # the first
id = "us-a" # permanent
name = """Two
[[contact]]
id = "us-b"
lines"""
topics = [
  "abuse", # most of all
  "child",
]
checked_on =    2026-11-22   # read by hand
checked_how = 'page'

# About the second: checked_on = 2020-01-01
[[contact]]
id = 'us-b'
notes = "# no comment [[ ]]"
checked_on = 2026-11-22
checked_how = "page"'''


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load([FOLDER])


def changed_lines(old: str, new: str) -> tuple[list[str], list[str]]:
    """Lines that went and lines that came."""
    lines = [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[:2] in ("- ", "+ ")]
    return [line[2:] for line in lines if line[0] == "-"], [line[2:] for line in lines if line[0] == "+"]


def test_a_stamp_changes_two_lines_of_a_file_and_nothing_else() -> None:
    """Of the largest file only the two lines of the stamped row differ."""
    text = (FOLDER / "us.toml").read_text(encoding="utf-8")

    new = edit(text, {"us-nhth": {"checked_on": LATER, "checked_how": "call"}})

    assert changed_lines(text, new) == (
        ["checked_on = 2026-11-22", 'checked_how = "page"'],
        ["checked_on = 2027-01-03", 'checked_how = "call"'],
    )
    place = new.index('id = "us-nhth"')
    assert new.index("checked_on = 2027-01-03") < new.index("[[contact]]", place)


def test_comments_spaces_and_odd_quotes_stay() -> None:
    """A file written by hand keeps its comments, also those that look like rows or keys."""
    new = edit(HAND, {"us-a": {"checked_on": LATER, "checked_how": "call"}, "us-b": {"checked_on": LATER}})

    assert changed_lines(HAND, new) == (
        ["checked_on =    2026-11-22   # read by hand", "checked_how = 'page'", "checked_on = 2026-11-22"],
        ["checked_on =    2027-01-03     # read by hand", 'checked_how = "call"', "checked_on = 2027-01-03"],
    )


def test_keys_come_and_go_in_their_order() -> None:
    """A new key stands after the key that comes before it in every row; a key set to nothing goes, all its lines."""
    new = edit(HAND, {"us-a": {"topics": None, "notes": "New."}, "us-b": {"notes": None, "tier": "B"}})

    rows = tomllib.loads(new)["contact"]
    assert list(rows[0]) == ["id", "name", "notes", "checked_on", "checked_how"]
    assert rows[1] == {"id": "us-b", "tier": "B", "checked_on": CHECKED, "checked_how": "page"}
    assert "most of all" not in new


def test_line_ends_of_another_system_stay() -> None:
    """A file with CRLF keeps it on every line."""
    text = HAND.replace("\n", "\r\n")

    new = edit(text, {"us-b": {"checked_on": LATER, "notes": None, "url": "https://example.org"}})

    assert new.count("\n") == new.count("\r\n") == text.count("\r\n")


def test_a_row_that_cannot_be_changed_safely_is_left_alone() -> None:
    """An unknown row, and one whose keys stand in a way no line can be changed, are refused with a sentence."""
    inline = 'contact = [{ id = "us-a", checked_on = 2026-11-22 }]\n'

    with pytest.raises(WaymarkError, match=r"us-x: is no row of this file\."):
        edit(HAND, {"us-x": {"checked_on": LATER}})
    with pytest.raises(WaymarkError, match=r"us-a: is written in a way this command cannot change\."):
        edit(inline, {"us-a": {"checked_on": LATER}})


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30)


@given(values=st.dictionaries(st.sampled_from(["name", "notes", "limits", "hours"]), TEXTS), again=TEXTS)
def test_whatever_is_written_is_read_again(values: dict[str, str], again: str) -> None:
    """Any text, quotes, backslashes and brackets included, comes back from a row as it went in, also when changed."""
    table = {"id": "zz-a", "topics": ["abuse", "child"], "never_default": True, "checked_on": CHECKED} | values
    text = write_row(table)

    assert tomllib.loads(text)["contact"] == [table]
    new = edit(text + "\n" + write_row({"id": "zz-b"}), {"zz-a": {"notes": again}})
    assert tomllib.loads(new)["contact"] == [table | {"notes": again}, {"id": "zz-b"}]


def test_rows_are_written_as_they_stand_in_the_files(directory: Directory) -> None:
    """Machine and hand agree: every row of every file is what would be written for it, key by key."""
    for path in FOLDER.glob("??.toml"):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["contact"]:
            table = table_of(directory.by_id[row["id"]])
            assert list(table.items()) == list(row.items()), row["id"]
            assert all(key in ORDER for key in row)
            assert all(f"{key} = {write_value(value)}" for key, value in row.items())


# -- what is due -------------------------------------------------------------------------------------------------------


def test_nothing_is_due_on_the_day_of_the_check(directory: Directory) -> None:
    """On the day itself, and while every check counts, the list is empty."""
    assert due(directory, CHECKED) == []
    assert due(directory, CHECKED + timedelta(days=30)) == []
    assert len(due(directory, CHECKED + timedelta(days=31))) > 0


def test_what_is_due_comes_in_order_of_harm(directory: Directory) -> None:
    """Lifelines first, then lines whose country has no other, then what is still shown, then the rest."""
    found = due(directory, CHECKED + timedelta(days=100))
    harms = [one.harm for one in found]

    assert harms == sorted(harms, key=HARMS.index)
    assert set(harms) == set(HARMS) - {"hidden"}
    assert found[0].contact.is_emergency
    assert {one.contact.id for one in found if one.harm == "lifeline"} >= {"us-911", "us-nhth", "iq-emergency-911"}
    assert all(one.contact.tier != "A" and one.state in ("page", "hidden") for one in found if one.harm == "last")
    assert all(one.contact.confidence != "low" for one in found if one.harm != "workers")


def test_a_country_that_lost_its_last_number_is_named_before_others(directory: Directory) -> None:
    """Britain's lines show their page only after 30 days and nothing else is left: that is worse than a stale row."""
    on = CHECKED + timedelta(days=31)

    harms = {one.contact.id: one.harm for one in due(directory, on, country="GB")}

    assert harms["gb-emergency-999"] == "lifeline"
    assert harms["gb-modern-slavery-helpline"] == harms["gb-salvation-army-referral"] == "last"
    assert harms["intl-seafarerhelp-wa"] == "workers"
    assert due(directory, on, country="BG") == []


def test_what_runs_out_soon_can_be_asked_for(directory: Directory) -> None:
    """With days ahead, rows that still count are listed with the days that are left."""
    found = due(directory, CHECKED + timedelta(days=25), ahead=6)

    assert found
    assert {one.days(CHECKED + timedelta(days=25)) for one in found} == {-6}
    assert due(directory, CHECKED + timedelta(days=24), ahead=6) == []


def test_the_script_asks_without_posing_and_never_has_an_emergency_number_called(directory: Directory) -> None:
    """Each line to call has its number, questions and the command for afterwards; emergency rows have a page only."""
    on = CHECKED + timedelta(days=31)
    text = write_script(due(directory, on, country="GB"), on)
    blocks = text.split("-" * 96)[1:]
    emergency = next(block for block in blocks if "gb-emergency-999" in block)
    helpline = next(block for block in blocks if "gb-modern-slavery-helpline" in block)

    assert "This is not a call for help" in text
    assert "[ ] call" not in emergency
    assert "--how page" in emergency
    assert "[ ] call 0800 012 1700 (inside the country only)" in helpline
    assert f"waymark contacts confirm gb-modern-slavery-helpline --how call --on {on}" in helpline
    assert "[ ] compare with the page: http://www.modernslaveryhelpline.org" in helpline
    assert write_script([], on) == "Nothing to check.\n"


def test_every_row_has_a_block_in_the_script(directory: Directory) -> None:
    """No row is lost between the list and the paper, and no emergency number is ever to be called."""
    on = CHECKED + timedelta(days=400)
    found = due(directory, on)
    text = write_script(found, on)

    assert len(found) == len(directory)
    assert [one.contact.id for one in found if f"confirm {one.contact.id} --how" not in text] == []
    assert not any(f"confirm {row.id} --how call" in text for row in directory if row.is_emergency or not row.phone)
