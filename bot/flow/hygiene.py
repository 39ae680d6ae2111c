"""What no words of content may hold, whoever wrote them: hidden signs, mixed letters, links, commands, numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Literal

Kind = Literal["sign", "letters", "link", "mention", "number"]

HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]")  # letters and marks that draw nothing
_LATIN, _CYRILLIC, _GREEK = "A-Za-z\u00c0-\u024f\u1e00-\u1eff", "\u0400-\u052f", "\u0370-\u03ff\u1f00-\u1fff"
MIXED = re.compile(
    rf"[{_LATIN}]\w*[{_CYRILLIC}{_GREEK}]|[{_CYRILLIC}]\w*[{_LATIN}{_GREEK}]|[{_GREEK}]\w*[{_LATIN}{_CYRILLIC}]"
)
_TWO_ALPHABETS = re.compile(rf"[{_CYRILLIC}{_GREEK}]")
LINK = re.compile(r"\w+://|\bhttps?:|\bwww\.|\bt\.me\b|\btg:|\b\w[\w-]*+\.[^\W\d_]{2,}(?:[.-]\w+)*+", re.IGNORECASE)
ABBREVIATIONS = {"p.ej", "p.ex"}
MENTION = re.compile(r"(?:(?<![\w/#$])[/#$]|@)\w+")
NUMBER = re.compile(r"\+\s*\d[\d\s().\-\u2010-\u2015\u2212]*|\d(?:[\s().\-\u2010-\u2015\u2212]*\d){2,}")
YEAR = re.compile(r"(?:19|20)\d\d")
YEAR_ENDS = re.compile(r"^(?:19|20)\d\d\.\s+(?=\d)")  # a sentence ends in a year and the next begins with a figure
LEAST_DIGITS = 3

# Texts and comments of TOML: what stands inside them is no key and no number.
_QUOTED = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)  # fmt: skip
_CHAIN = re.compile(r"(?<![\w-])[\w-]++(?:[ \t]*+\.[ \t]*+[\w-]++){12}")
_LONG_NUMBER = re.compile(r"\d(?:_?\d){18}")


def faults(text: str, marks: str = "", known: str = "", numbers: Collection[str] = ()) -> Iterator[tuple[Kind, str]]:
    """What these words hold that they must not: its kind and the passage.

    marks: hidden signs that the language is written with. known: words whose figures and links may stand here too.
    numbers: digits that may.
    """
    if (sign := hidden(text, marks)) is not None:
        yield "sign", f"U+{ord(sign):04X}"
    plain = unicodedata.normalize("NFKC", text)
    if _TWO_ALPHABETS.search(plain) and (match := MIXED.search(plain)):
        yield "letters", match[0]
    for match in LINK.finditer(plain):
        if match[0].casefold() not in ABBREVIATIONS and match[0] not in known:
            yield "link", match[0]
            break
    for match in MENTION.finditer(plain):
        if match[0] not in known and match[0][1:] not in numbers:
            yield "mention", match[0]
            break
    if (number := _number(plain, known, numbers)) is not None:
        yield "number", number


def hidden(text: str, marks: str = "") -> str | None:
    """The first sign that nobody sees."""
    if text.isprintable() and not BLANK.search(text):
        return None
    for sign in text:
        if sign not in marks and (unicodedata.category(sign) in HIDDEN or BLANK.match(sign)):
            return sign
    return None


def digits_of(text: str) -> str:
    """Every digit of a text, of any script, as ASCII."""
    return "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdigit())


def _number(text: str, known: str, numbers: Collection[str]) -> str | None:
    """The first run of figures that somebody could dial."""
    for match in NUMBER.finditer(text):
        run = YEAR_ENDS.sub("", match[0]).rstrip(" .-(")
        digits = digits_of(run)
        if not run.startswith("+") and (len(digits) < LEAST_DIGITS or YEAR.fullmatch(run)):
            continue
        if digits in numbers or (known and digits in {digits_of(other[0]) for other in NUMBER.finditer(known)}):
            continue
        return run
    return None


def too_heavy(toml: str) -> str:
    """What in a TOML text could keep a parser busy or break it ("" for nothing): asked before it is parsed."""
    bare = _QUOTED.sub(lambda match: "" if match[0][0] == "#" else "q", toml)
    if _CHAIN.search(bare):
        return "holds a key or value of more than 12 dotted parts."
    return "holds a number of more than 18 digits." if _LONG_NUMBER.search(bare) else ""
