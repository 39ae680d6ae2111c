"""Which language speaks, which words it has, and that nobody's unchecked words pass for checked ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import tongues
from hypothesis import given
from hypothesis import strategies as st
from stage import ARABIC, ENGLISH, SPANISH, START, seen

from bot.engine.engine import Engine
from bot.engine.screen import Screen, Text
from bot.engine.session import Session
from bot.errors import ContentError
from bot.house import Content
from bot.texts.catalogue import Catalogue, Catalogues, fingerprint, folder_of, read_catalogue
from bot.texts.languages import MAX_CODE, read_languages
from bot.texts.offer import Offers
from bot.texts.speak import Reply, Speaker
from bot.texts.voice import Voice, fill
from bot.texts.words import Message

# -- from Telegram's code to a language --------------------------------------------------------------------------

RESOLVED = {
    "en": "en", "en-US": "en", "en-GB-oxendict": "en", "EN": "en",
    "fa-AF": "fa_AF", "FA_af": "fa_AF", "prs": "fa_AF", "prs-AF": "fa_AF",
    "fa": "fa", "fa-IR": "fa", "pes": "fa",
    "zh": "zh_Hans", "zh-CN": "zh_Hans", "zh-hans": "zh_Hans", "zh-hans-raw": "zh_Hans", "zh-hans-beta": "zh_Hans",
    "zh-SG": "zh_Hans", "zh-Hans-HK": "zh_Hans",
    "zh-TW": "zh_Hant", "zh-HK": "zh_Hant", "zh-hant-tw": "zh_Hant", "yue": "zh_Hant", "zh_Hant": "zh_Hant",
    "pt": "pt_BR", "pt-PT": "pt_BR", "pt-br": "pt_BR",
    "es": "es", "es-419": "es", "es-MX": "es", " es ": "es", "es-x-easy": "es",
    "tl": "fil", "fil-PH": "fil", "in": "id", "id-ID": "id",
    "ku": "ku", "kmr": "ku", "ku-TR": "ku", "ku-IQ": "ckb", "ckb": "ckb", "ku_Arab": "ckb", "ku-Arab-IQ": "ckb",
    "rn": "rw", "rw-RW": "rw", "uk": "uk", "ru-UA": "ru", "ar-EG": "ar", "arb": "ar", "swc": "sw", "kar": "ksw",
    "mo": "ro", "npi": "ne", "gaz": "om", "pbt": "ps",
}  # fmt: skip
STRANGE = (
    None, "", " ", "uz", "xx", "de", "nb-NO", "english", "e", "esp", "-", "--", "_", "-es", "x-es", "i-klingon", "*",
    "../../etc/passwd", "..", "es/../en", "locales/es", "C:\\es", "es\0", "es\n../", "%s", "{0}", "{es}", "__class__",
    "e" * (MAX_CODE + 1), "es-" + "a" * 10_000, "٣", "еs", "ｅｓ", "\u202eres", "\u200bes", "🏳",
    "es;rm -rf /", "<es>", "' or 1=1",
)  # fmt: skip


@pytest.mark.parametrize("code", RESOLVED)
def test_a_code_finds_its_language(content: Content, code: str) -> None:
    """Case, underscores, regions and pack suffixes make no difference; scripts and countries do where it matters."""
    language, matched = content.languages.resolve(code)

    assert (language.tag, matched) == (RESOLVED[code], True)


@pytest.mark.parametrize("code", STRANGE, ids=lambda code: ascii(code)[:20])
def test_a_strange_code_ends_in_english(content: Content, code: str | None) -> None:
    """What is no language of the table, too long, or hostile is English, and known not to have matched."""
    language, matched = content.languages.resolve(code)

    assert (language.tag, matched) == ("en", False)


@given(code=st.text(max_size=50))
def test_any_code_ends_in_a_tag_of_the_table(content: Content, code: str) -> None:
    """Whatever arrives, only tags of our table reach the file system."""
    language, _ = content.languages.resolve(code)

    assert content.languages.by_tag[language.tag] is language


def test_numbers_of_languages_never_change(content: Content) -> None:
    """A language's number stands in open buttons: a new one comes at the end, an old one is never given away."""
    order = [
        "en", "es", "ar", "zh_Hans", "fr", "pt_BR", "ru", "uk", "vi", "ht", "fa_AF", "sw", "fil", "zh_Hant", "fa", "ps",
        "so", "ne", "am", "hi", "ur", "bn", "pa", "tr", "ro", "pl", "sq", "th", "id", "ko", "rw", "ti", "my", "ksw",
        "ku", "ckb", "om", "rhg", "mam", "quc", "kek",
    ]  # fmt: skip

    numbers = {tag: number for number, tag in enumerate(order, 1)}
    assert {tag: language.number for tag, language in content.languages.by_tag.items()} | numbers == numbers
    assert content.languages.get(0).tag == content.languages.get(63).tag == "en"


def test_languages_written_from_right_to_left(content: Content) -> None:
    """Direction comes from our table."""
    assert {tag for tag, language in content.languages.by_tag.items() if language.rtl} == {
        "ar", "fa_AF", "fa", "ps", "ur", "ckb",
    }  # fmt: skip


def test_mistakes_in_the_table_are_told_together(tmp_path: Path) -> None:
    """A number used twice or out of range, a missing key and a missing English are all named."""
    row = 'english = "X"\nnative = "X"\nrtl = false\nscript = "Latn"\ntier = 1\nplural = ""\ncodes = []\nmenu = ""\n'
    path = tmp_path / "languages.toml"
    path.write_text(f"[aa]\nnumber = 2\n{row}[bb]\nnumber = 2\n{row}[cc]\nnumber = 64\n{row}[dd]\nnumber = 3\n")

    with pytest.raises(ContentError) as caught:
        read_languages(path)

    told = [str(finding) for finding in caught.value.findings]
    assert "languages.bb: number 2 belongs to aa. Choose one never used." in told
    assert "languages.cc: number is 64. Choose one from 1 to 63 that was never used." in told
    assert 'languages.dd: lacks "english". Add english = text in quotes.' in told
    assert "languages: lacks [en]. English is the source: add it back." in told


# -- filling in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Open: {hours}", "Open: 24/7"),
        ("{hours} {hours}", "24/7 24/7"),
        ("{other} stays", "{other} stays"),
        ("{hours.__class__}", "{hours.__class__}"),
        ("{hours.__class__.__mro__[1].__subclasses__}", "{hours.__class__.__mro__[1].__subclasses__}"),
        ("{hours[0]}", "{hours[0]}"),
        ("{hours!r}", "{hours!r}"),
        ("{hours:>9999999999}", "{hours:>9999999999}"),
        ("{0} {} {{hours}}", "{0} {} {24/7}"),
        ("{HOURS} { hours }", "{HOURS} { hours }"),
        ("%(hours)s $hours", "%(hours)s $hours"),
    ],
)
def test_only_known_names_are_filled_in(text: str, filled: str) -> None:
    """A name in braces becomes its value; attributes, indexes and formats of Python stay plain text."""
    assert fill(text, {"hours": "24/7"}) == filled


def test_a_value_is_not_filled_in_again() -> None:
    """Braces inside a value are words like any other."""
    assert fill("{a} {b}", {"a": "{b}", "b": "\\1"}) == "{b} \\1"


# -- catalogues ---------------------------------------------------------------------------------------------------

SOURCE = {
    "ui.back": Message("ui.back", "Back", "N"),
    "ui.help": Message("ui.help", "Get help now", "N"),
    "ui.unread": Message("ui.unread", "I cannot read this.", "S"),
    "work.pay.text": Message("work.pay.text", "Are you paid?", "Q", "work"),
}


def po(root: Path, entries: str, domain: str = "safety", tag: str = "es") -> Path:
    """A catalogue file of a test."""
    path = folder_of(root, tag) / f"{domain}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n{entries}', encoding="utf-8")
    return path


def entry(key: str, english: str, words: str, flags: str = "") -> str:
    return f'{flags}msgctxt "{key}"\nmsgid "{english}"\nmsgstr "{words}"\n\n'


def test_only_finished_words_of_the_present_english_speak(tmp_path: Path) -> None:
    """Fuzzy, empty, blank, outdated, obsolete and unknown entries never reach a person."""
    po(tmp_path, entry("ui.back", "Back", "Atrás") + entry("ui.help", "Get help now", "Ayuda", "#, fuzzy\n"))
    assert read_catalogue(tmp_path, "es", SOURCE)[0].words == {"ui.back": "Atrás"}

    for silent in (
        entry("ui.back", "Back", ""),
        entry("ui.back", "Back", "  "),
        entry("ui.back", "Go back", "Atrás"),
        entry("ui.forth", "Back", "Atrás"),
        '#~ msgctxt "ui.back"\n#~ msgid "Back"\n#~ msgstr "Atrás"\n',
        'msgid "Back"\nmsgstr "Atrás"\n',
    ):
        po(tmp_path, silent)
        assert read_catalogue(tmp_path, "es", SOURCE)[0].words == {}


def test_a_broken_file_is_named_and_the_others_speak(tmp_path: Path) -> None:
    """One domain that cannot be read leaves the rest of the language in place."""
    po(tmp_path, entry("ui.back", "Back", "Atrás"))
    po(tmp_path, 'msgctxt "work.pay.text\nmsgid broken', "work")

    catalogue, found = read_catalogue(tmp_path, "es", SOURCE)

    assert catalogue.words == {"ui.back": "Atrás"}
    assert [finding.address for finding in found] == ["locales/es/work"]


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    """A catalogue of megabytes is refused before it is parsed."""
    po(tmp_path, "# " + "x" * 2_000_000)

    assert [str(finding) for finding in read_catalogue(tmp_path, "es", SOURCE)[1]] == [
        "locales/es/safety: is larger than 2000000 bytes. Split the domain."
    ]


def test_a_language_without_a_folder_has_no_words(tmp_path: Path) -> None:
    """Nothing is read for a tag that has no folder, or that is none."""
    catalogues = Catalogues(tmp_path, SOURCE, ["es", "ar"])

    assert catalogues.tags == []
    assert catalogues.get("es").words == catalogues.get("../../etc").words == {}


# -- review -------------------------------------------------------------------------------------------------------


def test_a_review_holds_for_the_exact_words_alone(tmp_path: Path) -> None:
    """Another translation, another English or another key makes a checked message a draft again."""
    po(tmp_path, entry("ui.back", "Back", "Atrás"))
    tongues.review(tmp_path, "es", SOURCE, {"ui.back": "Atrás"}, "approved")
    assert read_catalogue(tmp_path, "es", SOURCE)[0].state("ui.back") == "approved"

    po(tmp_path, entry("ui.back", "Back", "Atras"))
    assert read_catalogue(tmp_path, "es", SOURCE)[0].state("ui.back") == "draft"

    newer = SOURCE | {"ui.back": Message("ui.back", "Go back", "N")}
    po(tmp_path, entry("ui.back", "Go back", "Atrás"))
    assert read_catalogue(tmp_path, "es", newer)[0].state("ui.back") == "draft"


def test_fingerprints_bind_key_english_and_translation() -> None:
    """No two of three different texts share a fingerprint, also where they join to the same text."""
    assert (
        len(
            {
                fingerprint("a", "b", "c"),
                fingerprint("ab", "", "c"),
                fingerprint("a", "bc", ""),
                fingerprint("", "ab", "c"),
            }
        )
        == 4
    )


def test_a_state_that_is_none_is_named(tmp_path: Path) -> None:
    """A misspelt state in a review is told with its line, and counts for nothing."""
    po(tmp_path, entry("ui.back", "Back", "Atrás"))
    (tmp_path / "es" / "review.csv").write_text("key,hash,state\nui.back,0,aproved\n", encoding="utf-8")

    catalogue, found = read_catalogue(tmp_path, "es", SOURCE)

    assert catalogue.state("ui.back") == "draft"
    assert [str(finding) for finding in found] == [
        'locales/es/review.csv: line 2 has the state "aproved". One of draft, checked, approved.'
    ]


@pytest.mark.parametrize(
    ("key", "state", "needs"),
    [
        ("ui.unread", "draft", True), ("ui.unread", "checked", True), ("ui.unread", "approved", False),
        ("work.pay.text", "draft", True), ("work.pay.text", "checked", False), ("work.pay.text", "approved", False),
        ("ui.back", "draft", False),
    ],
)  # fmt: skip
def test_english_stands_beneath_what_nobody_has_vouched_for(
    content: Content, key: str, state: str, needs: bool
) -> None:
    """Safety texts carry their English until approved, questions until checked, buttons never."""
    catalogue = Catalogue("es", {key: "palabras"}, {key: state})  # type: ignore[dict-item]
    voice = Voice(content.languages.by_tag["es"], catalogue, SOURCE)

    assert voice.needs_english(key) == needs
    assert not Voice(content.languages.by_tag["en"], Catalogue("en", {}), SOURCE).needs_english(key)


# -- what is offered ----------------------------------------------------------------------------------------------


def test_a_language_is_offered_once_every_safety_text_is_there(content: Content, tmp_path: Path) -> None:
    """One safety message missing and the language is not on the list; a question missing does not matter for that."""
    spanish, source = content.languages.by_tag["es"], content.catalogues.source
    folder = tongues.translate(tmp_path, spanish, source, without=["self_adult.sa_1.text"])
    assert tongues.offers(content, tmp_path, "es").has_language(spanish)

    safety = folder / "safety.po"
    text = safety.read_text(encoding="utf-8")
    missing = text.replace(f'msgstr "{tongues.swapped("Get help now")}"', 'msgstr ""')
    assert missing != text
    safety.write_text(missing, encoding="utf-8")
    assert [one.tag for one in tongues.offers(content, tmp_path, "es").offered()] == ["en"]


def test_a_flow_is_offered_only_whole(content: Content, tmp_path: Path) -> None:
    """A flow that lacks one message is not walked in that language, and the others are."""
    spanish = content.languages.by_tag["es"]
    tongues.translate(tmp_path, spanish, content.catalogues.source, without=["self_adult.sa_1.opt.yes"])
    offers = tongues.offers(content, tmp_path, "es")

    withheld = {flow.id for flow in content.library.flows.values() if not offers.has_flow(flow, spanish)}

    assert withheld == {"self_adult"}


def test_no_flow_is_offered_before_its_door(content: Content, tmp_path: Path) -> None:
    """Cards and door belong to every flow: while one of them is missing no flow is walked."""
    spanish = content.languages.by_tag["es"]
    tongues.translate(tmp_path, spanish, content.catalogues.source, without=["card.o_some_self.text"])
    offers = tongues.offers(content, tmp_path, "es")

    assert not any(offers.has_flow(flow, spanish) for flow in content.library.flows.values())


@pytest.mark.parametrize(("tag", "shown"), [("es", True), ("so", False), ("ti", False)])
def test_drafts_are_shown_in_the_first_tier_alone(content: Content, tmp_path: Path, tag: str, shown: bool) -> None:
    """In other tiers a screening waits until somebody has checked it: safety approved, questions checked."""
    language, source = content.languages.by_tag[tag], content.catalogues.source
    tongues.translate(tmp_path, language, source)
    flow = content.library.flows["self_youth"]
    assert tongues.offers(content, tmp_path, tag).has_flow(flow, language) == shown

    words = Catalogues(tmp_path, source, [tag]).get(tag).words
    met = {key: text for key, text in words.items() if source[key].domain in ("safety", "core", "self_youth")}
    tongues.review(tmp_path, tag, source, met, "approved")
    assert tongues.offers(content, tmp_path, tag).has_flow(flow, language)


def test_other_languages_are_offered_and_never_applied(content: Content) -> None:
    """Where a flow is withheld the person may choose among what their table row names, and English."""
    offers = Offers(content.languages, content.catalogues, content.library)
    ordered = list(offers.others(content.library.flows["self_adult"], content.languages.by_tag["mam"]))

    assert [language.tag for language in ordered] == ["es", "en"]


# -- speaking -----------------------------------------------------------------------------------------------------


def speak(content: Content, screen: Screen, offers: Offers | None = None) -> Reply:
    """A screen in words; buttons carry nothing."""
    offers = offers or Offers(content.languages, content.catalogues, content.library)
    return Speaker(offers, content.directory, START.date).speak(screen, lambda session: "sealed")


def labels(reply: Reply) -> list[str]:
    return [button.label for row in reply.rows for button in row]


def asked(engine: Engine, locale: int, flow: str = "self_adult", answers: tuple[int, ...] = (1,)) -> Screen:
    return seen(engine, Session(flow, locale=locale, answers=answers))


def test_a_screen_speaks_one_language(content: Content, engine: Engine, tmp_path: Path) -> None:
    """With one answer untranslated the whole screen is English, buttons and all; the next screen is not."""
    spanish = content.languages.by_tag["es"]
    tongues.translate(tmp_path, spanish, content.catalogues.source, without=["self_adult.sa_age.opt.under_18"])
    offers = tongues.offers(content, tmp_path, "es")

    mended = speak(content, asked(engine, SPANISH), offers)
    assert (mended.language, mended.text) == ("en", "How old are you?")
    assert labels(mended) == ["18 or older", "Under 18", "Skip this", "Back", "Get help now", "Language", "Leave now"]

    whole = speak(content, asked(engine, SPANISH, answers=(1, 1)), offers)
    assert whole.language == "es"
    assert labels(whole)[0] == "yES"
    assert labels(whole)[-4:] == ["bACK", "gET HELP NOW", "lANGUAGE", "lEAVE NOW"]


def test_a_missing_word_inside_a_list_turns_the_screen_too(content: Content, engine: Engine, tmp_path: Path) -> None:
    """Words that stand inside other words count as well."""
    spanish = content.languages.by_tag["es"]
    tongues.translate(tmp_path, spanish, content.catalogues.source, without=["self_adult.sa_w1.text"])
    texts = (Text("ui.sign", {"question": ("self_adult.sa_w1.text",), "answer": ("self_adult.sa_w1.opt.yes",)}),)

    reply = speak(
        content, Screen(Session("self_adult", locale=SPANISH), "signs", texts), tongues.offers(content, tmp_path, "es")
    )

    assert reply.language == "en"


def test_english_stands_beneath_draft_questions_in_italics(content: Content, engine: Engine, tmp_path: Path) -> None:
    """A question nobody has checked is shown over its English, set in italics and measured in UTF-16 units."""
    tongues.translate(tmp_path, content.languages.by_tag["es"], content.catalogues.source)

    reply = speak(content, asked(engine, SPANISH), tongues.offers(content, tmp_path, "es"))

    assert reply.text == "hOW OLD ARE YOU?\nHow old are you?"
    assert [(e.type, e.offset, e.length) for e in reply.entities] == [("italic", 17, 16)]


def test_checked_questions_stand_alone(content: Content, engine: Engine, tmp_path: Path) -> None:
    """Once a speaker has checked a question, its English goes."""
    source = content.catalogues.source
    tongues.translate(tmp_path, content.languages.by_tag["es"], source)
    key = "self_adult.sa_age.text"
    tongues.review(tmp_path, "es", source, {key: tongues.swapped(source[key].english)}, "checked")

    assert speak(content, asked(engine, SPANISH), tongues.offers(content, tmp_path, "es")).text == "hOW OLD ARE YOU?"


def test_a_draft_says_so_before_its_first_question(content: Content, engine: Engine, tmp_path: Path) -> None:
    """At the start of a flow in draft words stands the notice, over its English; not later, and not in English."""
    source = content.catalogues.source
    tongues.translate(tmp_path, content.languages.by_tag["es"], source)
    offers = tongues.offers(content, tmp_path, "es")
    notice = source["ui.draft"].english

    first = speak(content, asked(engine, SPANISH, answers=()), offers)
    assert first.text.startswith(f"{tongues.swapped(notice)}\n{notice}\n\n")
    assert notice not in speak(content, asked(engine, SPANISH), offers).text
    assert notice not in speak(content, asked(engine, ENGLISH, answers=()), offers).text


def test_texts_without_questions_have_a_notice_of_their_own(content: Content, engine: Engine, tmp_path: Path) -> None:
    """Where English does not stand beneath, the notice does not say that it does."""
    source = content.catalogues.source
    tongues.translate(tmp_path, content.languages.by_tag["es"], source)

    reply = speak(content, asked(engine, SPANISH, "advocate", ()), tongues.offers(content, tmp_path, "es"))

    assert source["ui.draft_part"].english in reply.text
    assert source["ui.draft"].english not in reply.text


def test_checked_words_need_no_notice(content: Content, engine: Engine, tmp_path: Path) -> None:
    """The notice goes once every safety text is approved and every question checked, and not before."""
    source = content.catalogues.source
    tongues.translate(tmp_path, content.languages.by_tag["es"], source)
    words = Catalogues(tmp_path, source, ["es"]).get("es").words
    for state, says_so in (("checked", True), ("approved", False)):
        tongues.review(tmp_path, "es", source, words, state)
        reply = speak(content, asked(engine, SPANISH, answers=()), tongues.offers(content, tmp_path, "es"))
        assert (source["ui.draft"].english in reply.text) == says_so


@pytest.mark.parametrize("flow", ["learn", "headline", "advocate"])
def test_what_is_only_learnt_from_is_open_in_every_tier(
    content: Content, engine: Engine, tmp_path: Path, flow: str
) -> None:
    """Awareness screens nobody: its drafts are shown beyond the first tier, with one line that says what they are."""
    somali, source = content.languages.by_tag["so"], content.catalogues.source
    tongues.translate(tmp_path, somali, source)
    offers = tongues.offers(content, tmp_path, "so")
    assert {source[key].weight for key in source if key.startswith(f"{flow}.")} <= {"I", "N"}

    start = Session(flow, locale=somali.number)
    reply = speak(content, seen(engine, start), offers)

    assert offers.has_flow(content.library.flows[flow], somali)
    assert reply.text.startswith(tongues.swapped(source["ui.draft_part"].english))
    assert source[f"{flow}.{content.library.flows[flow].start}.text"].english not in reply.text


def test_every_draft_of_a_question_or_safety_text_shows_its_english(
    content: Content, engine: Engine, screens: list[Session], tmp_path: Path
) -> None:
    """On no screen of any flow does an unchecked question or safety text stand without its English."""
    source = content.catalogues.source
    tongues.translate(tmp_path, content.languages.by_tag["ar"], source, tongues.arabic)
    offers = tongues.offers(content, tmp_path, "ar")
    for session in screens:
        screen = seen(engine, replace(session, locale=ARABIC))
        if screen.kind == "leave":
            continue
        reply = speak(content, screen, offers)
        assert (reply.language, reply.rtl) == ("ar", True)
        for text in screen.texts:
            if source[text.key].weight in ("S", "Q"):
                assert fill(source[text.key].english, {}) in reply.text


def test_unknown_language_numbers_speak_english(content: Content, engine: Engine) -> None:
    """A number that the table does not have is English, not an error."""
    assert speak(content, asked(engine, 0)).language == "en"
    assert speak(content, asked(engine, 62)).language == "en"
