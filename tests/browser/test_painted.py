"""Numbers as they are painted: every digit where it belongs, in languages that run either way."""

from __future__ import annotations

import re

import pytest
from handset import MARKS, Phone, plain

from bot.contacts.model import Contact, Directory
from bot.texts.places import Places

pytestmark = pytest.mark.browser

LRM = "\u200e"
DIALLED = re.compile(r"[+()\d][ +()\d-]*")
# Where each character of a line of the screen is painted: [character, left edge, top edge] in the order of the text.
PAINTED = """(wanted) => {
  const words = [...document.querySelectorAll('.theirs .words')].at(-1), glyphs = [];
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (let at = 0; at < node.length; at += 1) glyphs.push([node, at]);
  const text = glyphs.map(([node, at]) => node.data[at]).join('');
  const places = [];
  for (let from = text.indexOf(wanted); from >= 0; from = text.indexOf(wanted, from + 1)) {
    places.push(glyphs.slice(from, from + wanted.length).map(([node, at]) => {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const box = range.getBoundingClientRect();
      return [node.data[at], box.left, box.top, box.width];
    }));
  }
  return places;
}"""


def shown_contacts(phone: Phone, directory: Directory) -> list[Contact]:
    """The rows on screen, in order, found by their names."""
    by_name = {row.name: row for row in directory.countries["US"].contacts if row.kind != "textline"}
    return [by_name[line] for line in phone.lines() if line in by_name]


def digits_of(rows: list[Contact]) -> list[str]:
    """The digits of every number of these rows, as the files have them."""
    return [
        re.sub(r"\D", "", channel.target) for row in rows for channel in row.channels if channel.way in ("call", "text")
    ]


def number_lines(phone: Phone) -> list[str]:
    """The lines of the screen that hold a number and nothing else, with their marks."""
    return [line for line in phone.text().splitlines() if DIALLED.fullmatch(MARKS.sub("", line))]


def flatten(phone: Phone) -> None:
    """Leave the text alone with its marks: the page's own care for numbers is not what protects them elsewhere."""
    phone.page.evaluate(
        "() => { const words = [...document.querySelectorAll('.theirs .words')].at(-1);"
        " words.textContent = words.textContent; }"
    )


def assert_painted(phone: Phone, words: str) -> None:
    """The characters stand on one line, each to the right of the one before it."""
    places = phone.page.evaluate(PAINTED, words)
    assert places, f"{words} is not on the screen"
    for glyphs in places:
        assert all(width > 0 for *_, width in glyphs), glyphs
        assert len({top for _, _, top, _ in glyphs}) == 1, glyphs
        lefts = [left for _, left, _, _ in glyphs]
        assert lefts == sorted(set(lefts)), glyphs


def open_contacts(phone: Phone, tag: str) -> None:
    phone.start(tag)
    phone.tap("ui.help")
    phone.see("contact.title")


@pytest.mark.parametrize(("tag", "number"), [("en", 1), ("es", 2), ("ar", 3), ("fa_AF", 30), ("ur", 31), ("ps", 32)])
def test_numbers_are_painted_whole_and_in_order(phone, directory, tag, number):
    """On the help screen every number, date and source reads from left to right on one line, digit for digit."""
    phone.album = f"{7 + number:02}-numbers-{tag}"
    open_contacts(phone, tag)
    rows = shown_contacts(phone, directory)
    assert "us-nhth" in [row.id for row in rows]
    lines = number_lines(phone)
    assert len(lines) >= 5
    # At home a number is dialled without the plus; its digits are those of the file, in that order.
    assert [re.sub(r"\D", "", line) for line in lines] == digits_of(rows)
    for line in lines:
        if phone.shelf.voice(tag).language.rtl:
            assert f"{LRM}{plain(line)}{LRM}" in line
        assert_painted(phone, plain(line))
    phone.shot("top")
    phone.shot("all", whole=True)
    flatten(phone)
    for words in (*map(plain, lines), *(row.checked_on.isoformat() for row in rows)):
        assert_painted(phone, words)


@pytest.mark.parametrize(("tag", "number"), [("es", 1), ("ar", 2)], ids=["spanish", "arabic"])
def test_a_number_with_a_plus_begins_with_it(phone, directory, tag, number):
    """Where a number is dialled with its plus, that stands in front, also in a line that runs from right to left."""
    phone.album = f"{10 + number}-another-country-{tag}"
    open_contacts(phone, tag)
    choose_country(phone, directory, "ES")
    phone.see("contact.title")
    lines = number_lines(phone)
    abroad = [line for line in lines if plain(line).startswith("+")]
    assert abroad
    assert {re.sub(r"[^\d+]", "", plain(line)) for line in abroad} <= {
        row.phone for row in directory.countries["ES"].contacts
    }
    phone.shot("all", whole=True)
    for line in lines:
        assert_painted(phone, plain(line))
    flatten(phone)
    for line in lines:
        assert_painted(phone, plain(line))


def choose_country(phone: Phone, directory: Directory, code: str) -> None:
    """Another country, through the groups of the picker."""
    places, wanted = Places(directory), directory.countries[code].number
    home = directory.countries["US"].number
    phone.tap("ui.other_place")
    phone.see("ui.places")
    phone.shot("countries")
    page = 0
    while True:
        entries = places.countries(phone.tag, home, page)
        found = next((entry for entry in entries if entry.number == wanted), None)
        if found is not None:
            phone.press(found.label)
            return
        inside = next(
            entry
            for entry in entries
            if entry.page and wanted in [one.number for one in places.countries(phone.tag, home, entry.page)]
        )
        phone.press(inside.label)
        phone.see("ui.places")
        page = inside.page
