"""Faults planted in catalogues of several scripts: each is found, and what is right is let through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest
from stage import ROOT

from bot.errors import Finding
from bot.house import Content
from bot.texts import manner
from bot.texts.agree import side_of
from bot.texts.back import Back, write_back
from bot.texts.catalogue import fingerprint, folder_of
from bot.texts.checks import NO_BACK, LanguageCheck, check_language, check_locales
from bot.texts.glossary import Glossary, Term, read_glossary
from bot.texts.guard import check_forms, is_zawgyi
from bot.texts.languages import Language
from bot.texts.manner import LOOKS
from bot.texts.update import update
from bot.texts.words import BUTTON_LIMIT, Message

SOURCE = {
    "ui.back": Message("ui.back", "Back", "N", limit=BUTTON_LIMIT),
    "ui.unread": Message("ui.unread", "I cannot read this.", "S"),
    "contact.hours": Message("contact.hours", "Open {hours} on {date}.", "I"),
    "work.days.text": Message("work.days.text", "Do you work 12 hours, 24/7, for 6 days?", "Q"),
    "work.days.opt.yes": Message("work.days.opt.yes", "Yes", "Q", limit=BUTTON_LIMIT),
    "work.days.opt.no": Message("work.days.opt.no", "No", "Q", limit=BUTTON_LIMIT),
    "work.boss.text": Message("work.boss.text", "Is your boss good to you?", "Q"),
    "work.boss.opt.yes": Message("work.boss.opt.yes", "Yes", "Q", limit=BUTTON_LIMIT),
    "work.boss.opt.no": Message("work.boss.opt.no", "No", "Q", limit=BUTTON_LIMIT),
    "places.count": Message("places.count", "{n} place near you", "I", plural="{n} places near you"),
}
KEYS = [key for key in SOURCE if key != "places.count"]
WORDS: dict[str, tuple[list[str], list[str]]] = {
    "es": (
        ["Atrás", "No puedo leer esto.", "Abierto {hours} el {date}.", "¿Trabajas 12 horas, 24/7, por 6 días?",
         "Sí", "No",
         "¿Te trata bien tu patrón?", "Sí", "No"],
        ["{n} lugar cerca de ti", "{n} lugares cerca de ti"],
    ),
    "ar": (
        ["رجوع", "لا أستطيع قراءة هذا.", "مفتوح {hours} في {date}.", "هل تعمل 12 ساعة، 24/7، لمدة 6 أيام؟",
         "نعم", "لا",
         "هل يعاملك صاحب العمل جيدا؟", "نعم", "لا"],
        ["لا مكان بقربك", "مكان واحد بقربك", "مكانان بقربك", "{n} أماكن بقربك", "{n} مكانا بقربك", "{n} مكان بقربك"],
    ),
    "ru": (
        ["Назад", "Я не могу это прочесть.", "Открыто {hours}, {date}.",
         "Вы работаете 12 часов, 24/7, по 6 дней?", "Да", "Нет",
         "Начальник хорошо с вами обращается?", "Да", "Нет"],
        ["{n} место рядом", "{n} места рядом", "{n} мест рядом"],
    ),
    "zh_Hans": (
        ["返回", "我读不了这个。", "{date}开放{hours}。", "你工作12小时，24/7，连续6天吗？",
         "是", "否", "老板对你好吗？", "是", "否"],
        ["附近有{n}个地方"],
    ),
    "hi": (
        ["वापस", "मैं यह नहीं पढ़ सकता।", "{date} को खुला: {hours}.",
         "क्या आप 12 घंटे, 24/7, 6 दिन काम करते हैं?", "हाँ", "नहीं",
         "क्या मालिक आपसे अच्छा बर्ताव करता है?", "हाँ", "नहीं"],
        ["{n} जगह पास में", "{n} जगहें पास में"],
    ),
    "my": (
        ["နောက်သို့", "ဤအရာကို ကျွန်ုပ် မဖတ်နိုင်ပါ။", "{date} တွင် {hours} ဖွင့်သည်။",
         "12 နာရီ၊ 24/7၊ 6 ရက် အလုပ်လုပ်ရသလား။",
         "ဟုတ်ကဲ့", "မဟုတ်ပါ", "အလုပ်ရှင်က သင့်ကို ကောင်းစွာ ဆက်ဆံသလား။", "ဟုတ်ကဲ့", "မဟုတ်ပါ"],
        ["အနီးတွင် {n} နေရာ"],
    ),
}  # fmt: skip
TAGS = list(WORDS)
GLOSSARY = Glossary(
    (
        Term("yes", words={"es": ("Sí",), "ar": ("نعم",), "ru": ("Да",), "zh_Hans": ("是",), "hi": ("हाँ",),
         "my": ("ဟုတ်ကဲ့",)}),
        Term("no", words={"es": ("No",), "ar": ("لا",), "ru": ("Нет",), "zh_Hans": ("否",), "hi": ("नहीं",),
         "my": ("မဟုတ်",)}),
        Term(
            "boss",
            words={"es": ("patrón",), "ar": ("صاحب العمل",), "ru": ("начальник",), "zh_Hans": ("老板",),
             "hi": ("मालिक",), "my": ("အလုပ်ရှင်",)},
            forbidden={"es": ("amo",), "ar": ("سيد",), "ru": ("хозяин",), "zh_Hans": ("主人",)},
        ),
    )
)  # fmt: skip


def words_of(tag: str) -> dict[str, str]:
    return dict(zip(KEYS, WORDS[tag][0], strict=True))


def put(root: Path, language: Language, words: Mapping[str, str], forms: Iterable[str] = ()) -> LanguageCheck:
    """One catalogue as the product writes it, ready to be checked."""
    (text,) = update(root, language, SOURCE, words).values()
    lines = [f'msgstr[{number}] "{form}"' for number, form in enumerate(forms or WORDS[language.tag][1])]
    empty = "\n".join(f'msgstr[{number}] ""' for number in range(language.forms))
    path = folder_of(root, language.tag) / "safety.po"
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(empty, "\n".join(lines)), encoding="utf-8")
    return LanguageCheck(root, language, SOURCE, GLOSSARY)


def errors(check: LanguageCheck) -> list[Finding]:
    return [finding for finding in check.findings() if finding.level == "error"]


@pytest.mark.parametrize("tag", TAGS)
def test_what_is_right_is_let_through(content: Content, tmp_path: Path, tag: str) -> None:
    """The words that the faults below are planted in have none, and nothing odd either."""
    check = put(tmp_path, content.languages.by_tag[tag], words_of(tag))

    assert [str(finding) for finding in check.findings()] == []
    assert [str(remark) for _, remark in check.remarks()] == []


def swap(words: dict[str, str], one: str, other: str) -> dict[str, str]:
    return words | {one: words[other], other: words[one]}


Spoil = Callable[[dict[str, str]], dict[str, str]]
QUESTION, YES, NO = "work.days.text", "work.days.opt.yes", "work.days.opt.no"
HOURS = "contact.hours"
FAULTS: dict[str, tuple[str, Spoil]] = {
    "a digit flipped": ("has the figures", lambda w: w | {QUESTION: w[QUESTION].replace("12", "13")}),
    "a digit lost": ("has the figures", lambda w: w | {QUESTION: w[QUESTION].replace("12", "1")}),
    "a native digit for another": ("has the figures", lambda w: w | {QUESTION: w[QUESTION].replace("6", "\u0667")}),
    "groups of digits swapped": ("has the figures", lambda w: w | {QUESTION: w[QUESTION].replace("24/7", "7/24")}),
    "figures exchanged": (
        "has the figures",
        lambda w: w | {QUESTION: w[QUESTION].replace("12", "#").replace("6", "12").replace("#", "6")},
    ),
    "a placeholder dropped": ("has the placeholders", lambda w: w | {HOURS: w[HOURS].replace("{date}", "")}),
    "a placeholder renamed": ("has the placeholders", lambda w: w | {HOURS: w[HOURS].replace("{date}", "{data}")}),
    "a placeholder broken": ("has the placeholders", lambda w: w | {HOURS: w[HOURS].replace("{date}", "{date")}),
    "a stray brace": ("holds a brace", lambda w: w | {"ui.unread": w["ui.unread"] + "}"}),
    "a link": ('holds "https:"', lambda w: w | {"ui.unread": w["ui.unread"] + " https://humantraffickinghotline.org"}),
    "a site": ("holds ", lambda w: w | {"ui.unread": w["ui.unread"] + " humantraffickinghotline.example"}),
    "a number": ("holds ", lambda w: w | {"ui.unread": w["ui.unread"] + " 888-373-7888"}),
    "a code": ("holds ", lambda w: w | {"ui.unread": w["ui.unread"] + " 233733"}),
    "markup": ('holds "<"', lambda w: w | {"ui.unread": f"<b>{w['ui.unread']}</b>"}),
    "an escaped sign": ('holds "&amp;"', lambda w: w | {"ui.unread": f"{w['ui.unread']} &amp;"}),
    "Yes and No swapped": ("exchange the two answers", lambda w: swap(w, YES, NO)),
    "the same answer twice": ("Give each answer words of its own", lambda w: w | {NO: w[YES]}),
    "U+202E inserted": ("U+202E", lambda w: w | {QUESTION: "\u202e" + w[QUESTION]}),
    "a zero-width space": ("U+200B", lambda w: w | {"ui.back": w["ui.back"][:2] + "\u200b" + w["ui.back"][2:]}),
    "a byte order mark": ("U+FEFF", lambda w: w | {"ui.back": "\ufeff" + w["ui.back"]}),
    "a letter of private use": ("U+E000", lambda w: w | {"ui.back": w["ui.back"] + "\ue000"}),
    "English left in": ("", lambda w: w | {"ui.unread": SOURCE["ui.unread"].english}),
    "another script": ("in the script", lambda w: w | {"ui.unread": "Ես չեմ կարող սա կարդալ։"}),
    "a button too long": ("A button holds 24", lambda w: w | {YES: w[YES] * 30}),
}  # fmt: skip


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_blocks_in_every_script(content: Content, tmp_path: Path, fault: str, tag: str) -> None:
    """Whatever the script, the fault is an error that names the message."""
    says, spoil = FAULTS[fault]
    good = words_of(tag)
    bad = spoil(dict(good))
    assert bad != good

    found = errors(put(tmp_path, content.languages.by_tag[tag], bad))

    changed = {f"locales/{tag}: {key}" for key in bad if bad[key] != good[key]}
    assert {finding.address for finding in found} & changed
    assert any(says in str(finding) for finding in found), [str(finding) for finding in found]


@pytest.mark.parametrize("tag", ["es", "hi", "ar"])
def test_letters_that_are_not_composed_block(content: Content, tmp_path: Path, tag: str) -> None:
    """A letter and its mark as two signs look right and compare as something else."""
    loose = {"es": "Atra\u0301s", "hi": "\u0929\u0940".replace("\u0929", "\u0928\u093c"), "ar": "\u0627\u0653\u062a"}[
        tag
    ]

    found = errors(put(tmp_path, content.languages.by_tag[tag], words_of(tag) | {"ui.back": loose}))

    assert [finding.what for finding in found] == ["is not in composed form (NFC)."]


@pytest.mark.parametrize("tag", ["es", "ar", "ru"])
@pytest.mark.parametrize("change", ["empty", "fewer", "no count"])
def test_a_plural_form_that_is_missing_blocks(content: Content, tmp_path: Path, tag: str, change: str) -> None:
    """Each form is there, and says its count where it stands for several."""
    forms = list(WORDS[tag][1])
    if change == "empty":
        forms[-1] = ""
    elif change == "fewer":
        forms.pop()
    else:
        forms[-1] = forms[-1].replace("{n} ", "")

    found = errors(put(tmp_path, content.languages.by_tag[tag], words_of(tag), forms))

    assert [finding.address for finding in found if "plural" in finding.what or "placeholders" in finding.what] == [
        f"locales/{tag}: places.count"
    ]


def test_a_form_for_one_count_may_say_it_in_words(content: Content) -> None:
    """Arabic has forms for none, one and two; the others stand for many counts and need the figure."""
    arabic = content.languages.by_tag["ar"]
    forms = WORDS["ar"][1]
    assert list(check_forms("", SOURCE["places.count"], forms, arabic)) == []
    for place in (3, 4, 5):
        spoilt = [form.replace("{n} ", "") if number == place else form for number, form in enumerate(forms)]
        assert len(list(check_forms("", SOURCE["places.count"], spoilt, arabic))) == 1


# -- Burmese --------------------------------------------------------------------------------------------------------

UNICODE = ["မြန်မာ", "ကျေးဇူးတင်ပါတယ်", "နေကောင်းလား။", "သင်ဘယ်မှာလဲ", "အကူအညီ ရယူပါ", "ကညီကျိၥ်", "တၢ်မၤစၢၤ", "ပှၤလၢအ", "ဝဲဒၣ်"]
ZAWGYI = ["ျမန္မာ", "ေက်းဇူးတင္ပါတယ္", "ေနေကာင္းလား။", "သင္ဘယ္မွာလဲ", "အကူအညီ ရယူပါ ႏိုင္", "ကြ်န္ေတာ္", "ေဖ်ာက္ပါ"]


@pytest.mark.parametrize("words", UNICODE)
def test_burmese_and_karen_in_unicode_are_let_through(words: str) -> None:
    """Also the letters and the order of marks that only Karen has."""
    assert not is_zawgyi(words, "ksw")
    assert not is_zawgyi(words, "my") or any("\u1050" <= letter <= "\u1097" for letter in words)


@pytest.mark.parametrize("words", ZAWGYI)
def test_zawgyi_blocks(content: Content, tmp_path: Path, words: str) -> None:
    """Burmese in the older encoding looks like scattered letters on a phone of today."""
    found = errors(put(tmp_path, content.languages.by_tag["my"], words_of("my") | {"ui.unread": words}))

    assert [finding.what for finding in found] == ["is written in Zawgyi, not in Unicode."]


# -- answers and terms -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", TAGS)
def test_a_swap_is_found_without_a_glossary_by_what_the_label_means_elsewhere(
    content: Content, tmp_path: Path, tag: str
) -> None:
    """The questions of a language outvote the one whose answers were exchanged; one against one, both are named."""
    language = content.languages.by_tag[tag]
    put(tmp_path, language, swap(words_of(tag), YES, NO))

    found = errors(LanguageCheck(tmp_path, language, SOURCE))

    assert {finding.address.partition(": ")[2] for finding in found} >= {YES, NO}


@pytest.mark.parametrize(
    ("english", "side"),
    [("Yes", "yes"), ("No", "no"), ("Yes, it is safe", "yes"), ("No, never", "no"), ("Not sure", ""), ("No one", ""),
     ("Nothing", ""), ("Yesterday", "")],
)  # fmt: skip
def test_labels_that_say_yes_or_no(english: str, side: str) -> None:
    """A label has a side when its first word is Yes or No and ends there."""
    assert side_of(english) == side


@pytest.mark.parametrize(("tag", "word"), [("es", "amo"), ("ar", "سيد"), ("ru", "хозяин"), ("zh_Hans", "主人")])
def test_a_forbidden_word_blocks(content: Content, tmp_path: Path, tag: str, word: str) -> None:
    """Where the English has the term; the glossary's own word is named."""
    words = words_of(tag)
    good = GLOSSARY.words("boss", tag)[0]
    spoilt = words | {"work.boss.text": words["work.boss.text"].replace(good, word).replace(good.capitalize(), word)}

    found = errors(put(tmp_path, content.languages.by_tag[tag], spoilt))

    assert [str(one) for one in found] == [
        f'locales/{tag}: work.boss.text: says "{word}" for boss. The glossary has: {good}.'
    ]


def test_the_glossary_that_ships_is_sound(content: Content) -> None:
    """About sixty terms, each with a definition or plain enough without, in all languages of the first tier."""
    glossary, found = read_glossary(ROOT / "locales", content.languages.by_tag)
    first = [one.tag for one in content.languages.by_tag.values() if one.tier == 1]

    assert found == []
    assert 55 <= len(glossary.terms) <= 80
    for tag in first:
        assert sum(tag in term.words for term in glossary.terms) > 40, tag
        assert glossary.words("yes", tag)
        assert glossary.words("no", tag)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("term,definition,xx\nboss,,y\n", 'glossary.csv: has a column "xx". '),
        ("term,forbidden\nboss,es amo\n", 'glossary.csv: boss: forbids "es amo" in no language. '),
        ("term,forbidden\nboss,xx: amo\n", 'glossary.csv: boss: forbids "xx: amo" in no language. '),
        ("term\nboss\nboss\n", "glossary.csv: boss: stands twice, or has no name. "),
    ],
)
def test_a_glossary_with_mistakes_is_told(content: Content, tmp_path: Path, text: str, says: str) -> None:
    """Columns that are no tag, words forbidden nowhere, a term twice."""
    (tmp_path / "glossary.csv").write_text(text, encoding="utf-8")

    _, (finding,) = read_glossary(tmp_path, content.languages.by_tag)

    assert str(finding).startswith(says)


# -- what only deserves a look ------------------------------------------------------------------------------------

ODD: dict[str, list[tuple[str, str, str]]] = {
    "same as the English": [("es", "contact.hours", "Open {hours} on {date}.")],
    "not ended as a question": [
        ("ru", "work.boss.text", "Начальник хорошо с вами обращается."), ("ar", "work.boss.text",
         "هل يعاملك صاحب العمل جيدا?"),
        ("zh_Hans", "work.boss.text", "老板对你好吗?"), ("es", "work.boss.text", "Te trata bien tu patrón?"),
        ("es", "ui.unread", "¿No puedo leer esto?"),
    ],
    "odd spaces or lines": [
        ("es", "ui.unread", "No puedo leer esto. "), ("ru", "ui.unread", " Я не могу это прочесть."), ("ar",
         "ui.unread", "لا أستطيع  قراءة هذا."),
    ],
    "doubled words": [("es", "ui.unread", "No no puedo leer esto."), ("ru", "ui.unread",
     "Я не могу это это прочесть.")],
    "stretched letters": [("ar", "ui.back", "رجـــوع")],
    "ordinary spaces before marks": [("fr", "work.boss.text", "Votre patron est-il gentil ?")],
    "long sentences": [("es", "ui.unread", "No " + "puedo leer " * 10 + "esto."), ("hi", "ui.unread",
     "मैं यह " * 11 + "।")],
    "figures in another order": [],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "tag", "key", "words"), [(kind, *case) for kind in ODD for case in ODD[kind]])
def test_what_looks_odd_is_told(content: Content, kind: str, tag: str, key: str, words: str) -> None:
    """It may be right: it never blocks."""
    found = [said for said, _ in manner.remarks(SOURCE[key], words, content.languages.by_tag[tag])]

    assert found == [kind]


def test_every_kind_of_remark_has_a_case() -> None:
    """The list of what looks odd and the list of cases are the same."""
    assert ODD.keys() == LOOKS.keys()


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("th", "นายจ้างดีกับคุณไหม"),
        ("am", "አሠሪዎ ጥሩ ነው፧"),
        ("am", "አሠሪዎ ጥሩ ነው?"),
        ("vi", "Chủ có tốt không, dần dần?"),
        ("fr", "Le patron\u00a0?"),
    ],
)
def test_what_is_usual_in_a_language_is_not_odd(content: Content, tag: str, words: str) -> None:
    """Languages that need no question mark, have their own, or double words."""
    assert list(manner.remarks(SOURCE["work.boss.text"], words, content.languages.by_tag[tag])) == []


def test_figures_may_stand_in_another_order_in_an_information(content: Content) -> None:
    """ "6 in 10" turns round in many languages: told, not blocked."""
    message = Message("learn.x.text", "In 2022, 6 in 10 were women.", "I")
    language = content.languages.by_tag["hi"]

    assert [kind for kind, _ in manner.remarks(message, "2022 में 10 में से 6 औरतें थीं।", language)] == [
        "figures in another order"
    ]


def test_what_deserves_a_look_is_one_line_a_language(content: Content, tmp_path: Path) -> None:
    """Counted by kind, with the command that shows each; nothing of it blocks."""
    spanish = content.languages.by_tag["es"]
    words = words_of("es") | {"ui.unread": "No no puedo leer esto. ", "ui.back": "A la pantalla de antes de esta"}
    put(tmp_path, spanish, {key: text for key, text in words.items() if key != NO})
    catalogues = content.catalogues
    found = check_locales(tmp_path, content.languages, type(catalogues)(tmp_path, SOURCE, ["es"]), ["ui.unread"])

    assert [(one.level, str(one)) for one in found] == [(
        "note",
        "locales/es: to look at: 1 odd spaces or lines, 1 doubled words, 1 only suggested, 1 without a settled "
        "back-translation, 1 warnings, 1 Q missing. See each: waymark check --locale es",
    )]  # fmt: skip


def test_a_back_translation_settles_while_the_words_stay(content: Content, tmp_path: Path) -> None:
    """Once compared and alike, a message is settled; another word, or a difference, opens it again."""
    spanish, key = content.languages.by_tag["es"], "ui.unread"
    put(tmp_path, spanish, words_of("es"))
    for hash, verdict, is_open in (
        (fingerprint(key, SOURCE[key].english, words_of("es")[key]), "same", False),
        (fingerprint(key, SOURCE[key].english, words_of("es")[key]), "differs", True),
        (fingerprint(key, SOURCE[key].english, words_of("es")[key]), "", True),
        ("0" * 16, "same", True),
    ):
        write_back(tmp_path, "es", [Back(key, hash, "I can't read this.", verdict)])
        check = LanguageCheck(tmp_path, spanish, SOURCE, GLOSSARY, (key,))
        assert (NO_BACK in [kind for kind, _ in check.remarks()]) == is_open


def test_words_of_one_folder_are_checked_with_its_glossary(content: Content, tmp_path: Path) -> None:
    """A glossary beside the catalogues counts without being passed on."""
    language = content.languages.by_tag["es"]
    put(tmp_path, language, words_of("es") | {"work.boss.text": "¿Te trata bien tu amo?"})
    (tmp_path / "glossary.csv").write_text("term,forbidden,es\nboss,es: amo,patrón\n", encoding="utf-8")

    assert [finding.what for finding in check_language(tmp_path, language, SOURCE)] == ['says "amo" for boss.']
