"""How a message is laid out: numbers that stay whole in every direction, and spans counted as Telegram counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
import tongues
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st
from stage import ARABIC, ENGLISH, START, seen

from bot.contacts.need import Pick
from bot.engine.engine import Engine
from bot.engine.session import Flag, Session
from bot.house import Content
from bot.texts.card import contact_lines
from bot.texts.catalogue import Catalogue
from bot.texts.offer import Offers
from bot.texts.page import ISOLATE, LRM, POP, RLM, Line, Page, isolate, lead, units
from bot.texts.speak import Speaker
from bot.texts.voice import Voice

MARKS = str.maketrans("", "", LRM + RLM + ISOLATE + POP)
NUMBERS = [
    "1-888-373-7888",
    "+1 888-373-7888",
    "(502) 479-9180",
    "+49 800 0116016",
    "116 006",
    "911",
    "*2272",
    "022 / 123",
]


def shown(line: str, base: str) -> str:
    """A line as the eye meets it from left to right, in a paragraph of this direction."""
    return str(get_display(line, base_dir=base)).translate(MARKS)


@pytest.fixture(scope="module")
def voice(content: Content) -> Voice:
    """Arabic letters for every text."""
    source = content.catalogues.source
    words = {key: tongues.arabic(message.english) for key, message in source.items()}
    return Voice(content.languages.by_tag["ar"], Catalogue("ar", words), source)


# -- direction ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("base", ["L", "R"])
def test_a_number_on_its_line_reads_from_left_to_right(number: str, base: str) -> None:
    """With a mark on both sides every form of a number keeps its order, in a paragraph of either direction."""
    assert shown(lead(Line(number, is_number=True), rtl=True), base) == number


def test_without_the_marks_a_number_would_be_a_wrong_one() -> None:
    """The marks are needed: bare, a number in a right-to-left paragraph shows its parts in another order."""
    assert shown("+1 888-373-7888", "R") != "+1 888-373-7888"


@pytest.mark.parametrize("country", ["", "home"])
def test_every_contact_keeps_its_numbers_whole_in_arabic(content: Content, voice: Voice, country: str) -> None:
    """Each number and address of each row of the directory stands alone on its line and reads in its own order."""
    numbers = 0
    for contact in content.directory:
        place = contact.country if country else "XX"
        for line in contact_lines(Pick(contact, ()), voice, content.languages, place):
            if line.is_number:
                numbers += 1
                for base in ("L", "R"):
                    assert shown(lead(line, rtl=True), base) == line.text, contact.id
                assert "\n" not in line.text

    assert numbers > 200


def test_names_and_figures_inside_arabic_sentences_keep_their_order(content: Content, voice: Voice) -> None:
    """Hours, dates and the site a row was read on are set apart inside a sentence of Arabic."""
    contact = next(one for one in content.directory if one.hours and not one.is_always_open)
    lines = [line.text for line in contact_lines(Pick(contact, ()), voice, content.languages, contact.country)]

    date = contact.checked_on.isoformat()
    told = next(line for line in lines if date in line)
    assert f"{ISOLATE}{date}{POP}" in told
    assert date in shown(told, "R")
    assert any(f"{ISOLATE}{contact.hours}{POP}" in line for line in lines)


def test_a_line_of_another_script_starts_on_the_right(content: Content) -> None:
    """A line that begins with Latin letters, a figure or a sign gets a mark, so that it stands on the right side."""
    for words in ("Waymark", "24/7", "Stop. Go!", isolate("SAIS", True)):
        assert lead(Line(words), rtl=True).startswith(RLM)
        assert shown(lead(Line(words), rtl=True), "R") == words.translate(MARKS)
    assert lead(Line("• نعم"), rtl=True) == f"{RLM}• نعم"
    assert lead(Line("نعم"), rtl=True) == "نعم"


@pytest.mark.parametrize("line", [Line("1-888-373-7888", is_number=True), Line("Waymark"), Line("24/7")])
def test_left_to_right_languages_carry_no_marks(line: Line) -> None:
    """A number copied from an English screen is digits alone."""
    assert lead(line, rtl=False) == line.text
    assert isolate(line.text, False) == line.text


def test_arabic_help_as_a_whole_reads_right(content: Content, engine: Engine) -> None:
    """On the real help screen in Arabic each number of each contact stands on a line of its own, in order."""
    offers = Offers(content.languages, content.catalogues, content.library)
    speaker = Speaker(offers, content.directory, START.date)
    for country in ("US", "DE", "JO", "MX"):
        number, _ = content.directory.numbers(country)
        session = Session("self_adult", locale=ARABIC, country=number, flags=Flag.HELP)
        screen = seen(engine, session)
        reply = speaker.speak(screen, lambda session: "sealed")
        assert (reply.language, reply.rtl) == ("ar", True)
        lines = [shown(line, "R") for line in reply.text.split("\n")]
        picked = speaker.pick(screen)
        assert picked is not None
        assert picked.picks
        voice = offers.voice(content.languages.by_tag["ar"])
        for pick in picked.picks:
            for line in contact_lines(pick, voice, content.languages, country):
                if line.is_number:
                    assert line.text in lines


# -- contacts -----------------------------------------------------------------------------------------------------


def test_a_stale_row_says_so(content: Content, engine: Engine) -> None:
    """Long after its check a row still shown carries the line that it may have changed."""
    offers = Offers(content.languages, content.catalogues, content.library)
    number, _ = content.directory.numbers("US")
    screen = seen(engine, Session("self_adult", locale=ENGLISH, country=number, flags=Flag.HELP))
    stale = content.catalogues.source["contact.stale"].english

    fresh = Speaker(offers, content.directory, START.date).speak(screen, str)
    later = Speaker(offers, content.directory, lambda: START.date() + timedelta(days=300)).speak(screen, str)

    assert stale not in fresh.text
    assert stale in later.text


def test_each_contact_says_when_and_where_it_was_checked(content: Content, engine: Engine) -> None:
    """Below every contact stand the day of its check and the site it was read on."""
    offers = Offers(content.languages, content.catalogues, content.library)
    number, region = content.directory.numbers("US", "US-KY")
    session = Session("self_adult", locale=ENGLISH, country=number, region=region, flags=Flag.HELP)

    reply = Speaker(offers, content.directory, START.date).speak(seen(engine, session), str)

    assert reply.text.count("Checked on 20") == len(reply.contacts) > 1


# -- spans --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("abc", 3), ("né", 2), ("🏳️", 3), ("😀", 2), ("𐴌𐴟", 4), ("كلمة", 4)]
)
def test_units_count_utf16(text: str, length: int) -> None:
    """Letters outside the first plane take two units, as Telegram counts them."""
    assert units(text) == length


PARAGRAPHS = st.lists(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8"), max_size=8), st.sampled_from(["", "bold", "italic"]), st.booleans()
        ),
        max_size=4,
    ),
    max_size=5,
)


@given(paragraphs=PARAGRAPHS, rtl=st.booleans())
def test_spans_cover_their_line_exactly(paragraphs: list[list[tuple[str, str, bool]]], rtl: bool) -> None:
    """Whatever letters a page holds, each span cut out of it in UTF-16 units is the line that was styled."""
    page = Page(rtl)
    for paragraph in paragraphs:
        page.add(*(Line(text, style, number) for text, style, number in paragraph))  # type: ignore[arg-type]
    text, entities = page.render()

    raw = text.encode("utf-16-le")
    cut = [raw[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le") for e in entities]
    styled = [lead(line, rtl) for paragraph in page.paragraphs for line in paragraph if line.style]
    assert cut == styled


def test_paragraphs_are_set_apart_and_lines_are_not() -> None:
    """An empty line stands between paragraphs, none within and none at the end; what is empty is left out."""
    page = Page()
    page.add("One", "Two")
    page.add("", Line(""))
    page.add("Three")

    assert page.render()[0] == "One\nTwo\n\nThree"


def test_a_pages_marks_do_not_change_its_words() -> None:
    """Taking the marks out of a right-to-left page gives the same lines as a page without direction."""
    lines = [Line("نعم"), Line("+1 888-373-7888", is_number=True), Line("Waymark", "bold")]
    pages = [Page(rtl, [lines]) for rtl in (True, False)]

    assert pages[0].render()[0].translate(MARKS) == pages[1].render()[0]
