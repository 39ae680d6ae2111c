"""What makes one translation unfit to be shown: used where words are read and where they are checked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from bot.errors import Finding
from bot.flow.hygiene import faults, hidden
from bot.texts.words import BUTTON_LIMIT, PLACEHOLDER, Message

HARD_BUTTON_LIMIT = 40  # longer labels are cut off on a narrow phone
LINKS = re.compile(r"https?:|www\.|t\.me|tg:|\b[\w-]+\.(?:org|com|net|gov|edu|info)\b|@\w", re.IGNORECASE)
LONG_DIGITS = re.compile(r"\d(?:[\d\s().-]*\d){3,}")
DIGITS = re.compile(r"\d+")
ALLOWED_MARKS = {"fa": "\u200c", "fa_AF": "\u200c", "ps": "\u200c", "ckb": "\u200c", "hi": "\u200d", "ne": "\u200d",
                 "bn": "\u200d\u200c", "pa": "\u200d"}  # fmt: skip
SCRIPTS = {
    "Latn": "LATIN", "Arab": "ARABIC", "Cyrl": "CYRILLIC", "Hans": "CJK", "Hant": "CJK", "Deva": "DEVANAGARI",
    "Ethi": "ETHIOPIC", "Beng": "BENGALI", "Guru": "GURMUKHI", "Thai": "THAI", "Kore": "HANGUL", "Mymr": "MYANMAR",
}  # fmt: skip
LEAST_SHARE = 0.9
NAME = re.compile(r"[A-Z][A-Za-z]+")
TAKE_OUT = "Numbers and links come from the directory: take it out."


def check_message(address: str, message: Message, words: str, tag: str, script: str = "") -> Iterator[Finding]:
    """All findings of one translation. script: of the language table; "" asks nothing of its letters."""
    here, there = set(PLACEHOLDER.findall(message.english)), set(PLACEHOLDER.findall(words))
    if here != there:
        what = f"has the placeholders {sorted(there) or 'none'} where the English has {sorted(here) or 'none'}."
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
    if sorted(_digits(words)) != sorted(_digits(message.english)) and message.key != "leave.words":
        what = f"has the figures {_digits(words)} where the English has {_digits(message.english)}."
        yield Finding(address, what, "Use the same figures, in ASCII digits.", _level(message))
    yield from _characters(address, message, words, tag, script)
    yield from _length(address, message, words)
    if words == message.english and message.weight in ("S", "Q") and len(words) > 3:
        yield Finding(address, "is the same as the English.", "Translate it, or leave it empty.")


def _digits(text: str) -> list[str]:
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
        yield Finding(address, "is not in composed form (NFC).", "Save it again from a PO editor that composes.")
    if all(_script_of(sign) == SCRIPTS.get(script, "") for sign in set(words) if sign.isalpha()):
        return
    names = set(NAME.findall(message.english))  # a proper name may stay in its own letters
    rest = NAME.sub(lambda word: "" if word[0] in names else word[0], PLACEHOLDER.sub("", words))
    letters = [sign for sign in rest if sign.isalpha()]
    own = sum(_script_of(sign) == SCRIPTS.get(script) for sign in letters)
    if letters and script in SCRIPTS and own < LEAST_SHARE * len(letters):
        share = f"{own} of {len(letters)} letters"
        yield Finding(address, f"has {share} in the script {script}.", "Write it in that script.")


@cache
def _script_of(letter: str) -> str:
    """The first word of a letter's name, which is its script."""
    return unicodedata.name(letter, "").partition(" ")[0]


def _length(address: str, message: Message, words: str) -> Iterator[Finding]:
    if message.limit == BUTTON_LIMIT and len(words) > BUTTON_LIMIT:
        level = "error" if len(words) > HARD_BUTTON_LIMIT or message.weight == "Q" else "warning"
        what = f'"{words}" is {len(words)} characters long.'
        yield Finding(address, what, f"A button holds {BUTTON_LIMIT}: find shorter words.", level)
    elif message.limit > BUTTON_LIMIT and len(words) > message.limit:
        yield Finding(address, f"is {len(words)} characters long.", f"At most {message.limit}: shorten it.")
