"""What makes one translation unfit to be shown: used where words are read and where they are checked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cache

from bot.errors import Finding
from bot.flow.hygiene import faults, hidden
from bot.texts.languages import Language, plural_rule
from bot.texts.words import BUTTON_LIMIT, PLACEHOLDER, Message, with_samples

HARD_BUTTON_LIMIT = 40  # longer labels are cut off on a narrow phone
LINKS = re.compile(r"https?:|www\.|t\.me|tg:|\b[\w-]+\.(?:org|com|net|gov|edu|info)\b|@\w", re.IGNORECASE)
LONG_DIGITS = re.compile(r"\d(?:[\d\s().-]*\d){3,}")
DIGITS = re.compile(r"\d+(?:[./:-]\d+)*")  # 24/7 is one figure: its parts have an order
ALLOWED_MARKS = {"fa": "\u200c", "fa_AF": "\u200c", "ps": "\u200c", "ckb": "\u200c", "hi": "\u200d", "ne": "\u200d",
                 "bn": "\u200d\u200c", "pa": "\u200d"}  # fmt: skip
SCRIPTS = {
    "Latn": "LATIN", "Arab": "ARABIC", "Cyrl": "CYRILLIC", "Hans": "CJK", "Hant": "CJK", "Deva": "DEVANAGARI",
    "Ethi": "ETHIOPIC", "Beng": "BENGALI", "Guru": "GURMUKHI", "Thai": "THAI", "Kore": "HANGUL", "Mymr": "MYANMAR",
}  # fmt: skip
LEAST_SHARE = 0.9
COUNTS = range(1001)  # which show what counts a plural form says
_MYANMAR_BASE = (
    "\u1000-\u1022\u1025\u103f\u104e\u1050\u1051\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e"
)
_MYANMAR_MEDIAL = "\u103b-\u103e\u105e-\u1060\u1082"
# A letter is stacked on one of its own row, these; NGA only after an asat, YA and RA on themselves.
_MYANMAR_ROWS = (
    "\u1000-\u1003", "\u1005-\u100a", "\u100b-\u100f", "\u1010-\u1014", "\u1015-\u1019", "\u1004", "\u101a", "\u101b"
)  # fmt: skip
ZAWGYI = re.compile(
    rf"(?<![{_MYANMAR_BASE}{_MYANMAR_MEDIAL}])\u1031|(?<![{_MYANMAR_BASE}{_MYANMAR_MEDIAL}\u103a])[\u103b-\u103e]"
    r"|\u1039(?![\u1000-\u1022])|[\u1033\u1034]" + "".join(f"|[{row}]\u1039(?![{row}])" for row in _MYANMAR_ROWS)
)
OTHER_MYANMAR = re.compile("[\u1050-\u1097]")
NAME = re.compile(r"[A-Z][A-Za-z]+")
TAKE_OUT = "Numbers and links come from the directory: take it out."


# Letters and marks of a script that never hide, link, count or dial anything, and the stops that go between them.
LETTERS = {
    "Latn": "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\u02bc\u02bb",
    "Arab": "\u0621-\u063f\u0641-\u0652\u0654-\u0655\u0670-\u06d3\u06d5\u200c",
    "Cyrl": "\u0400-\u052f\u02bc", "Hans": "\u4e00-\u9fff", "Hant": "\u4e00-\u9fff",
    "Deva": "\u0900-\u0963\u200d", "Beng": "\u0980-\u09e3\u200c\u200d", "Guru": "\u0a01-\u0a5e\u0a70-\u0a75\u200d",
    "Ethi": "\u1200-\u135f", "Thai": "\u0e01-\u0e4e", "Kore": "\uac00-\ud7a3", "Mymr": "\u1000-\u103f\u1050-\u109d",
}  # fmt: skip
STOPS = " \u00a0\u202f,;!?¿¡'’\"“”„«»()…–—،؛؟。，、？！；（）「」《》·।॥၊။፡-፧-"
JOINERS = re.compile("[\u200c\u200d]")
MARKUP = re.compile(r"[<>]|&#?\w+;")


@cache
def _harmless(script: str) -> re.Pattern[str]:
    """Words of which nothing but their length, their form and their sense can be wrong."""
    return re.compile(rf"(?:[{LETTERS[script]}{STOPS}]++|\.(?!\w)|:(?!\S))++" if script in LETTERS else "(?!)")


def check_message(
    address: str, message: Message, words: str, tag: str, script: str = "", optional: str = ""
) -> Iterator[Finding]:
    """All findings of one translation. script: of the language table; "" asks nothing of its letters.

    optional: a placeholder that may be left out.
    """
    is_plain = message.bare and _harmless(script).fullmatch(words) is not None
    if not is_plain or (JOINERS.search(words) and not set(JOINERS.findall(words)) <= set(ALLOWED_MARKS.get(tag, ""))):
        yield from _signs(address, message, words, tag, script, optional)
    elif not unicodedata.is_normalized("NFC", words):
        yield _not_composed(address)
    if script == "Mymr" and is_zawgyi(words, tag):
        yield Finding(address, "is written in Zawgyi, not in Unicode.", "Convert it, and look at it again.")
    yield from _length(address, message, words)
    if words == message.english and message.weight in ("S", "Q") and len(words) > 3:
        yield Finding(address, "is the same as the English.", "Translate it, or leave it empty.")


def check_forms(address: str, message: Message, forms: Collection[str], language: Language) -> Iterator[Finding]:
    """All findings of a message that counts: each form of the language is there, with {n} where it says several counts.

    A form that says one count alone, such as Arabic's for two, may say it in words.
    """
    if len(forms) != language.forms or not all(form.strip() for form in forms):
        filled = sum(bool(form.strip()) for form in forms)
        yield Finding(address, f"has {filled} of {language.forms} plural forms.", "Fill in each form.")
        return
    rule = plural_rule(language.plural)
    for number, form in enumerate(forms):
        is_one = sum(rule(count) == number for count in COUNTS) == 1
        said = replace(message, english=message.english if language.forms > 1 and not number else message.plural)
        yield from check_message(address, said, form, language.tag, language.script, "n" if is_one else "")


def is_zawgyi(words: str, tag: str) -> bool:
    """Whether Burmese letters stand in an order that Unicode does not know and Zawgyi, an older encoding, does.

    Unicode stores the vowel E and the medials after their consonant, and the virama before one; Zawgyi does not.
    Burmese needs none of the letters that Unicode has for Mon, Karen and Shan; Zawgyi draws its stacks with them.
    """
    return ZAWGYI.search(words) is not None or (tag == "my" and OTHER_MYANMAR.search(words) is not None)


def _signs(address: str, message: Message, words: str, tag: str, script: str, optional: str) -> Iterator[Finding]:
    """What figures, signs and letters may be wrong."""
    names, kept = set(PLACEHOLDER.findall(message.english)), set(PLACEHOLDER.findall(words))
    if names - {optional} != kept - {optional}:
        what = f"has the placeholders {sorted(kept) or 'none'} where the English has {sorted(names) or 'none'}."
        yield Finding(address, what, "Keep each {name} exactly as it is.")
    match = LINKS.search(words) or LONG_DIGITS.search(words)
    if match and match[0] not in message.english:
        yield Finding(address, f'holds "{match[0]}".', TAKE_OUT)
    else:
        for kind, passage in faults(words, ALLOWED_MARKS.get(tag, ""), message.english):
            if kind != "sign":  # told below
                remedy = "Write each word in one alphabet." if kind == "letters" else TAKE_OUT
                yield Finding(address, f'holds "{passage}".', remedy)
    if any(brace in PLACEHOLDER.sub("", words) for brace in "{}"):
        yield Finding(address, "holds a brace that is no placeholder.", "Keep each {name} exactly as it is.")
    if (match := MARKUP.search(words)) and match[0] not in message.english:
        yield Finding(address, f'holds "{match[0]}".', "Texts have no markup: write words alone.")
    said, here = figures(words), figures(message.english)
    in_order = said == here if message.weight in ("S", "Q") else sorted(said) == sorted(here)
    if not in_order and message.key != "leave.words":
        what = f"has the figures {said} where the English has {here}."
        yield Finding(address, what, "Use the same figures, in ASCII digits.", _level(message))
    yield from _characters(address, message, words, tag, script)


def figures(text: str) -> list[str]:
    """The figures of a text in their order, digits of any script as ASCII."""
    normal = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    return DIGITS.findall(normal)


def _level(message: Message) -> str:
    return "error" if message.weight in ("S", "Q") else "warning"


def _characters(address: str, message: Message, words: str, tag: str, script: str) -> Iterator[Finding]:
    marks = ALLOWED_MARKS.get(tag, "") + ("\n" if "\n" in message.english else "")
    if (sign := hidden(words, marks)) is not None:
        yield Finding(address, f"holds the invisible character U+{ord(sign):04X}.", "Take it out.")
        return
    if not unicodedata.is_normalized("NFC", words):
        yield _not_composed(address)
    if all(_script_of(sign) == SCRIPTS.get(script, "") for sign in set(words) if sign.isalpha()):
        return
    names = set(NAME.findall(message.english))  # a proper name may stay in its own letters
    rest = NAME.sub(lambda word: "" if word[0] in names else word[0], PLACEHOLDER.sub("", words))
    letters = [sign for sign in rest if sign.isalpha()]
    own = sum(_script_of(sign) == SCRIPTS.get(script) for sign in letters)
    if letters and script in SCRIPTS and own < LEAST_SHARE * len(letters):
        share = f"{own} of {len(letters)} letters"
        yield Finding(address, f"has {share} in the script {script}.", "Write it in that script.")


def _not_composed(address: str) -> Finding:
    return Finding(address, "is not in composed form (NFC).", "Save it again from a PO editor that composes.")


@cache
def _script_of(letter: str) -> str:
    """The first word of a letter's name, which is its script."""
    return unicodedata.name(letter, "").partition(" ")[0]


def _length(address: str, message: Message, words: str) -> Iterator[Finding]:
    if message.limit == BUTTON_LIMIT and len(words) > BUTTON_LIMIT:
        level = "error" if len(words) > HARD_BUTTON_LIMIT or message.weight == "Q" else "warning"
        what = f'"{words}" is {len(words)} characters long.'
        yield Finding(address, what, f"A button holds {BUTTON_LIMIT}: find shorter words.", level)
    elif (
        message.limit > BUTTON_LIMIT and (length := len(words if message.bare else with_samples(words))) > message.limit
    ):
        yield Finding(address, f"is {length} characters long.", f"At most {message.limit}: shorten it.")
