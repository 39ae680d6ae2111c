"""Right-to-left cards: every number one unbroken string in its own order, under the Unicode bidirectional algorithm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from bidi import get_display

from bot.contacts.dial import dial
from bot.contacts.model import Contact
from bot.contacts.need import Pick
from bot.house import Content
from bot.texts.card import contact_lines
from bot.texts.offer import Offers
from bot.texts.page import LRM, Line, Page, isolate
from bot.texts.voice import Voice

# Words of each script around a number: an ordinary sentence, one that ends in a figure, and one that names a date.
SCRIPTS = {
    "ar": ("اتصل:", "أرسل الكلمة {} إلى:", "تم التحقق في {}. المصدر: {}"),
    "fa_AF": ("زنگ بزنید:", "کلمه {} را به این شماره بفرستید:", "بررسی شده در {}. منبع: {}"),
    "ur": ("کال کریں:", "لفظ {} یہاں بھیجیں:", "{} کو جانچا گیا۔ ذریعہ: {}"),
    "ps": ("زنګ ووهئ:", "د {} کلمه دې شمېرې ته ولېږئ:", "په {} کتل شوی. سرچینه: {}"),
}
MARKS = re.compile("[\u200e\u200f\u2066-\u2069\u202a-\u202e]")


def seen(line: str) -> str:
    """What an eye reads from left to right, without the invisible marks."""
    return MARKS.sub("", get_display(line))


def numbers(contact: Contact) -> Iterator[str]:
    """Every form in which the numbers of a row are shown, at home and abroad, and its addresses."""
    for channel in contact.channels:
        if channel.way in ("chat", "web"):
            yield channel.target
            continue
        yield from filter(None, {dial(channel.target, contact.country, place) for place in (contact.country, "")})
        if channel.abroad:
            yield dial(channel.abroad, contact.country, "")


@pytest.mark.parametrize("tag", SCRIPTS)
def test_every_number_of_every_row_is_one_run_from_left_to_right(content: Content, tag: str) -> None:
    """In Arabic, Dari, Urdu and Pashto text the numbers and addresses of all rows are shown as they are dialled."""
    before, _, after = SCRIPTS[tag]
    for contact in content.directory:
        for number in numbers(contact):
            page = Page(rtl=True)
            page.add(before, Line(number, is_number=True), after.format("", ""))
            text, _ = page.render()
            line = text.split("\n")[1]
            assert seen(line) == number, contact.id
            assert number in line, contact.id


@pytest.mark.parametrize("tag", SCRIPTS)
def test_words_dates_and_sites_inside_a_sentence_keep_their_order(tag: str) -> None:
    """A keyword, a date or a host inside a right-to-left sentence is read as it was written."""
    _, keyword, checked = SCRIPTS[tag]

    assert "HELP" in seen(keyword.format(isolate("HELP", True)))
    line = seen(checked.format(isolate("2026-11-22", True), isolate("humantraffickinghotline.org", True)))
    assert "2026-11-22" in line
    assert "humantraffickinghotline.org" in line


def test_without_its_guard_a_number_would_be_shown_wrong() -> None:
    """The algorithm is really at work here: bare after a right-to-left word, the plus moves to the other end."""
    number = "+1 888-373-7888"

    assert number not in seen(f"اتصل: {number}")
    assert seen(f"{LRM}{number}{LRM}") == number


@pytest.fixture(scope="module")
def arabic(content: Content) -> Voice:
    return Offers(content.languages, content.catalogues, content.library).voice(content.languages.by_tag["ar"])


@pytest.mark.parametrize("home", [True, False])
def test_the_cards_of_all_rows_hold_their_numbers_whole_in_arabic(content: Content, arabic: Voice, home: bool) -> None:
    """Real cards, drawn as they are sent: each number line is one run, each date and site unbroken."""
    for contact in content.directory:
        place = contact.country if home else "XX"
        page = Page(rtl=True)
        lines = contact_lines(Pick(contact, ()), arabic, content.languages, place)
        page.add(*lines)
        text, _ = page.render()
        drawn = text.split("\n")
        assert len(drawn) == len(lines), contact.id
        for line, words in zip(drawn, lines, strict=True):
            if words.is_number:
                assert seen(line) == words.text, contact.id
        assert any(contact.checked_on.isoformat() in seen(line) for line in drawn), contact.id
        assert isinstance(contact.checked_on, date)
