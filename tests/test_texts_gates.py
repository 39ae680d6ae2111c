"""What a person meets in a language of each tier: no blank, no mix, nothing unchecked that passes for checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import tongues
from stage import Phone, open_talk

from bot.house import Content
from bot.texts.catalogue import Catalogue, Catalogues
from bot.texts.languages import Language, plural_rule
from bot.texts.source import SAFETY
from bot.texts.voice import Voice
from bot.texts.words import Message


def partly(content: Content, root: Path, tag: str, *domains: str) -> Content:
    """The house with one language more, of which some domains are there."""
    language, source = content.languages.by_tag[tag], content.catalogues.source
    left = [key for key, message in source.items() if message.domain not in domains]
    tongues.translate(root, language, source, without=left)
    return replace(content, catalogues=Catalogues(root, source, [tag]))


def begin(content: Content, language: Language) -> Phone:
    """Somebody who has just chosen a language."""
    phone = Phone(open_talk(content))
    phone.send("start")
    phone.tap(language.native)
    return phone


def test_a_language_of_safety_alone_has_help_and_says_what_it_lacks(content: Content, tmp_path: Path) -> None:
    """Without the first questions there are contacts at once and languages to choose, and no door in English."""
    tigrinya = content.languages.by_tag["ti"]
    phone = begin(partly(content, tmp_path, "ti", SAFETY), tigrinya)

    assert phone.reply.language == "ti"
    source = content.catalogues.source
    assert phone.reply.text.startswith(tongues.swapped(source["ui.withheld"].english))
    assert source["ui.withheld"].english in phone.reply.text  # safety texts of a draft stand over their English
    assert phone.reply.contacts
    assert phone.labels[0] == "English"

    phone.tap(tongues.swapped("Get help now"))
    assert (phone.reply.language, bool(phone.reply.contacts)) == ("ti", True)


def test_a_second_tier_draft_screens_nobody_and_informs(content: Content, tmp_path: Path) -> None:
    """The door opens over its English, a screening is withheld with contacts, what is learnt from is open."""
    somali = content.languages.by_tag["so"]
    phone = begin(partly(content, tmp_path, "so", SAFETY, "core", "learn", "self_adult"), somali)
    assert content.catalogues.source["core.co_hello.text"].english in phone.reply.text

    talk = phone.talk
    for flow, is_open in (("self_adult", False), ("learn", True)):
        session = replace(talk.fresh(None), flow=flow, locale=somali.number)
        phone.press(talk.seal.seal(session, phone.place))
        assert phone.reply.language == "so"
        withheld = tongues.swapped(content.catalogues.source["ui.withheld"].english)
        assert (withheld not in phone.reply.text) == is_open
        assert bool(phone.reply.contacts) != is_open


def test_menus_speak_also_where_a_flow_has_no_words_yet(content: Content, tmp_path: Path) -> None:
    """Names of talks belong to the core: a menu is whole in the person's language, whatever is translated behind it."""
    somali = content.languages.by_tag["so"]
    talk = open_talk(partly(content, tmp_path, "so", SAFETY, "core"))
    menu = talk.engine.menu(replace(talk.fresh(None), locale=somali.number))
    phone = Phone(talk)
    phone.press(talk.seal.seal(menu, phone.place))
    learn = next(option for option in content.library.flows["core"].steps["co_role"].options if "MENU" in option.go)
    phone.tap(tongues.swapped(learn.say))

    assert phone.reply.language == "so"
    assert tongues.swapped(content.library.flows["headline"].title) in phone.labels


# -- counting ---------------------------------------------------------------------------------------------------------

PLACES = {"x.places": Message("x.places", "{n} place", plural="{n} places")}


def counted(language: Language, *forms: str) -> Voice:
    return Voice(language, Catalogue(language.tag, {"x.places": forms[0]}, {}, {"x.places": forms}), PLACES)


@pytest.mark.parametrize(("n", "form"), [(0, "0"), (1, "1"), (2, "2"), (3, "3"), (11, "4"), (100, "5"), (102, "5")])
def test_arabic_counts_in_six_forms(content: Content, n: int, form: str) -> None:
    """None, one, two, few, many and hundreds each have their form, in the usual order of gettext."""
    voice = counted(content.languages.by_tag["ar"], "0", "1", "2", "3", "4", "5")

    assert voice.say("x.places", {"n": n}) == form


@pytest.mark.parametrize("tag", ["vi", "zh_Hans", "my", "ksw", "mam", "th", "ko", "id"])
def test_a_language_of_one_form_never_counts_in_english(content: Content, tag: str) -> None:
    """Also with two, where the English rule would ask for a second form."""
    voice = counted(content.languages.by_tag[tag], "{n} ...")

    assert [voice.say("x.places", {"n": n}) for n in (0, 1, 2, 5)] == ["0 ...", "1 ...", "2 ...", "5 ..."]


def test_english_counts_in_two_forms(content: Content) -> None:
    """One is singular; none and many are plural, also where English stands in for a missing word."""
    untranslated = Voice(content.languages.by_tag["es"], Catalogue("es", {}), PLACES)
    for voice in (counted(content.languages.by_tag["en"], ""), untranslated):
        assert [voice.say("x.places", {"n": n}) for n in (0, 1, 2)] == ["0 places", "1 place", "2 places"]


def test_every_plural_rule_of_the_table_names_its_forms(content: Content) -> None:
    """Counted from none to a thousand, each rule uses all of its forms and no other."""
    for language in content.languages.by_tag.values():
        rule = plural_rule(language.plural)
        assert {rule(n) for n in range(1001)} == set(range(language.forms)), language.tag
