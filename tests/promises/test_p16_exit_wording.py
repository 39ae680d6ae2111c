"""P16: Exit wording is true: five statements in every language, the first two before any question, none forbidden."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from stage import PLACE, Phone, open_talk

from bot.flow.check import FORBIDDEN
from bot.house import Content
from bot.talk import Talk
from bot.texts.catalogue import Catalogue, Catalogues
from bot.texts.languages import Language
from bot.texts.offer import Offers
from bot.texts.source import messages

# In this order: who can read the chat, who may see it, what Leave does, what it does not, what it cannot undo.
STATEMENTS = ("privacy.company", "privacy.phone", "privacy.leave", "privacy.chat", "privacy.spyware")
HELLO = "core.co_hello.text"  # says the first two in one breath
TELEGRAM = ("telegram", "تيليغرام", "تلگرام", "ټلیګرام", "ٹیلیگرام", "टेलिग्राम", "टेलीग्राम", "টেলিগ্রাম", "ਟੈਲੀਗ੍ਰਾਮ",
            "ቴሌግራም", "텔레그램")  # fmt: skip
# "Anonymous", in the languages of which we know the word.
NAMELESS = re.compile(
    r"anonym|an[oó]nim|anônim|анон[иі]м|ẩn danh|匿名|مجهول الهوية|ناشناس|ناپېژند|گمنام|گمنام|गुमनाम|बेनामी"
    r"|অজ্ঞাতপরিচয়|বেনামি|ਗੁਮਨਾਮ|นิรนาม|ไม่ระบุตัวตน|익명|ስም-?አልባ|bênav|nenas|بێناو|hindi nagpapakilala",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def offers(content: Content) -> Offers:
    return Offers(content.languages, content.catalogues, content.library)


@pytest.fixture(scope="module")
def hall(content: Content) -> Talk:
    """A talk that several tests look at and none changes."""
    return open_talk(content)


def first_screen(talk: Talk, language: Language) -> Phone:
    """What comes after a language was chosen."""
    phone = Phone(talk, hint=None)
    phone.press(talk.seal.seal(replace(talk.fresh(None), locale=language.number), PLACE))
    return phone


def digits(text: str) -> str:
    """The digits of a text, of whatever script, as ASCII."""
    return "".join(str(unicodedata.digit(sign)) for sign in text if unicodedata.category(sign) == "Nd")


def test_thirty_languages_and_more_are_looked_at(offers: Offers) -> None:
    """The tests below speak of every language offered."""
    assert len(offers.offered()) >= 30


def test_every_language_has_all_five_in_words_of_its_own(offers: Offers) -> None:
    """None stands in English alone, none is the same as another, and each names the 48 hours."""
    english = messages(offers.library)
    for language in offers.offered():
        said = [offers.voice(language).say(key) for key in STATEMENTS]
        assert len(set(said)) == 5, language.tag
        assert language.tag == "en" or not {english[key].english for key in STATEMENTS} & set(said), language.tag
        assert digits(said[2]) == "48", language.tag


@pytest.mark.parametrize("missing", STATEMENTS)
def test_a_language_without_one_of_them_is_not_offered(missing: str, content: Content) -> None:
    """Though everything else is there."""
    whole = content.catalogues.get("es")

    class Less(Catalogues):
        def get(self, tag: str) -> Catalogue:
            less = {key: words for key, words in whole.words.items() if key != missing}
            return Catalogue(tag, less, whole.states, whole.plurals)

    spanish, old = content.languages.by_tag["es"], content.catalogues
    less = Less(old.root, old.source, old.tags, old.languages)

    assert Offers(content.languages, old, content.library).has_language(spanish)
    assert not Offers(content.languages, less, content.library).has_language(spanish)


def test_the_first_two_come_before_any_question(offers: Offers, hall: Talk) -> None:
    """Whatever language is chosen, the first screen says who can see the chat; one without a door asks nothing."""
    doors = 0
    for language in offers.offered():
        phone, voice = first_screen(hall, language), offers.voice(language)
        if not offers.has_door(language):
            assert phone.reply.contacts, language.tag
            assert voice.say("core.co_safe.text") not in phone.reply.text, language.tag
            continue
        doors += 1
        hello = voice.say(HELLO)
        assert hello in phone.reply.text, language.tag
        assert any(name in hello.casefold() for name in TELEGRAM), language.tag
        assert not re.search(r"[?？؟;՞፧]\s", hello + " "), language.tag
    assert doors >= 28
    assert "I do not keep your name, number or story." in offers.source[HELLO].english
    assert "Telegram, or someone with your phone, may still see this chat." in offers.source[HELLO].english


def test_all_five_stand_on_the_page_about_privacy(offers: Offers, hall: Talk) -> None:
    """In order, in the language of the talk; what no second reader approved stands over its English line."""
    for language in offers.offered():
        phone, voice = first_screen(hall, language), offers.voice(language)
        page = phone.send("privacy").text
        said = [voice.say(key) for key in STATEMENTS]
        at = [page.find(words) for words in said]
        assert -1 not in at, language.tag
        assert at == sorted(at), language.tag
        for key in STATEMENTS:
            assert not voice.needs_english(key) or offers.source[key].english in page, (language.tag, key)


def test_what_nobody_approved_needs_its_english(offers: Offers) -> None:
    """The rule the test above leans on: only a second reader takes the English line away."""
    for language in offers.offered():
        voice = offers.voice(language)
        for key in STATEMENTS:
            approved = language.tag == "en" or voice.catalogue.state(key) == "approved"
            assert voice.needs_english(key) is not approved, (language.tag, key)


def test_nothing_is_promised_that_cannot_be_kept(offers: Offers) -> None:
    """No text in English says anonymous, secure, untraceable or deleted forever; no translation says anonymous."""
    forbidden = re.compile(rf"\b(?:{'|'.join(FORBIDDEN)})\b", re.IGNORECASE)

    assert [key for key, message in offers.source.items() if forbidden.search(message.english)] == []
    found = [
        (language.tag, key)
        for language in offers.offered()
        for key, words in offers.voice(language).catalogue.words.items()
        if forbidden.search(words) or NAMELESS.search(words)
    ]
    assert found == []
