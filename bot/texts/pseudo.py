"""Languages nobody speaks, to try screens out: long, from right to left, and the keys themselves. Never in the picker.

Made from the English at start; a developer's switch brings one in (`waymark try --pseudo qps_XA`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.texts.catalogue import Catalogue
from bot.texts.languages import Language, Languages
from bot.texts.words import PLACEHOLDER, Message

FIRST_NUMBER = 60  # the numbers from here on are no language's
ACCENTS = str.maketrans("AaCcDdEeGgIiLlNnOoRrSsTtUuYyZz", "ÅåÇçĐđÉéĜĝÎîĻļÑñÖöŔŕŠšŢţÛûÝýŽž")
LONGER = 0.4  # as much as a translation may need more than the English
PADDING = "one two three four five six seven eight nine ten "
OVERRIDE, POP = "\u202e", "\u202c"
NAMES = re.compile(r"(\{[a-z_]+\})")
LETTERS = re.compile(r"[^\W\d_]+")


def _long(key: str, english: str) -> str:
    """Accents on every letter that has one, brackets that show where a text is cut off, two fifths more."""
    parts = (part if NAMES.fullmatch(part) else part.translate(ACCENTS) for part in NAMES.split(english))
    more = round(len(english) * LONGER)
    padding = (PADDING * (more // len(PADDING) + 1))[:more].rstrip()
    return f"[{''.join(parts)}{' ' if padding else ''}{padding}]"


def _mirrored(key: str, english: str) -> str:
    """Every word from right to left."""
    parts = NAMES.split(english)
    turned = (LETTERS.sub(lambda match: f"{OVERRIDE}{match[0]}{POP}", part) for part in parts)
    return "".join(part if NAMES.fullmatch(part) else new for part, new in zip(parts, turned, strict=True))


def _key(key: str, english: str) -> str:
    """The key, and its placeholders: what is English on a screen then comes from no catalogue."""
    return " ".join([key, *dict.fromkeys(match[0] for match in PLACEHOLDER.finditer(english))])


MADE: Mapping[str, tuple[int, str, bool, Callable[[str, str], str]]] = {
    "qps_XA": (60, "Pseudo, long", False, _long),
    "qps_XB": (61, "Pseudo, right to left", True, _mirrored),
    "qps_XL": (62, "Pseudo, keys", False, _key),
}


def language_of(tag: str) -> Language:
    """The row of a pseudo-locale, as the table would have it."""
    number, name, rtl, _ = MADE[tag]
    return Language(tag, number, name, f"[{name}]", rtl, "", 0, "nplurals=2; plural=(n != 1);", (), "")


def with_pseudo(languages: Languages, tag: str) -> Languages:
    """The table with one row more."""
    return Languages([*languages.by_tag.values(), language_of(tag)])


def catalogue_of(tag: str, source: Mapping[str, Message]) -> Catalogue:
    """Every message in a pseudo-locale, as if two people had read it: English beneath would hide what is looked for."""
    spell = MADE[tag][3]
    words = {key: spell(key, message.english) for key, message in source.items()}
    plurals = {key: (words[key], spell(key, one.plural)) for key, one in source.items() if one.plural}
    return Catalogue(tag, words, dict.fromkeys(words, "approved"), plurals)
