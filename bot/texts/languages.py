"""The language table and the way from Telegram's code to a language. Our table is the authority, never a library."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from gettext import c2py
from pathlib import Path

from bot.errors import ContentError, Finding
from bot.flow.shape import Shape

ENGLISH = "en"
FORMS = re.compile(r"nplurals=([1-6]);")
MAX_CODE = 35  # longest well-formed tag that is worth reading
PACK_SUFFIXES = ("-raw", "-beta")
KEYS = {
    "number": int, "english": str, "native": str, "rtl": bool, "script": str, "tier": int, "plural": str,
    "codes": list, "fallback": list, "offer": list, "menu": str, "audio": bool,
}  # fmt: skip
REQUIRED = ("number", "english", "native", "rtl", "script", "tier", "plural", "codes", "menu")


@dataclass(frozen=True, slots=True)
class Language:
    """One row of locales/languages.toml; fields are its keys."""

    tag: str
    number: int
    english: str
    native: str
    rtl: bool
    script: str
    tier: int
    plural: str
    codes: tuple[str, ...]
    menu: str
    fallback: tuple[str, ...] = ()
    offer: tuple[str, ...] = ()
    audio: bool = False

    @property
    def forms(self) -> int:
        """How many plural forms it has."""
        match = FORMS.match(self.plural)
        return int(match[1]) if match else 1


@cache
def plural_rule(header: str) -> Callable[[int], int]:
    """The number of the form that goes with a count, by a Plural-Forms header of the table."""
    return c2py(header.partition("plural=")[2].rstrip(";") or "0")


class Languages:
    """All languages by tag and by permanent number."""

    def __init__(self, languages: Iterable[Language]) -> None:
        self.by_tag: Mapping[str, Language] = {language.tag: language for language in languages}
        self.by_number = {language.number: language for language in self.by_tag.values()}
        self._codes = {code: language.tag for language in self.by_tag.values() for code in language.codes}
        self._codes |= {language.tag.lower().replace("_", "-"): language.tag for language in self.by_tag.values()}

    def resolve(self, code: str | None) -> tuple[Language, bool]:
        """The language for a code from Telegram, and whether it matched; English where it did not.

        Nothing of the code reaches a file path: only tags of the table do.
        """
        rest = (code or "").strip().replace("_", "-").lower()
        if len(rest) > MAX_CODE or not rest.isascii():
            rest = ""
        rest = rest.partition("-x-")[0]
        for suffix in PACK_SUFFIXES:
            rest = rest.removesuffix(suffix)
        while rest:
            if rest in self._codes:
                return self.by_tag[self._codes[rest]], True
            rest = rest.rpartition("-")[0]
        return self.by_tag[ENGLISH], False

    def get(self, number: int) -> Language:
        """The language of a permanent number; English where the table has none."""
        return self.by_number.get(number) or self.by_tag[ENGLISH]


def read_languages(path: Path) -> Languages:
    """The table from languages.toml. Raises ContentError with every finding."""
    found: list[Finding] = []
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ContentError([Finding(path.name, f"cannot be read: {error}.", "Restore the file.")]) from None
    languages, numbers = [], dict[int, str]()
    for tag, table in data.items():
        shape = Shape(f"languages.{tag}", found)
        row = shape.take(table, KEYS, required=REQUIRED, may_be_empty=("menu",))
        number = row.get("number", 0)
        if not 1 <= number <= 63:
            shape.note(shape.address, f"number is {number}.", "Choose one from 1 to 63 that was never used.")
        if number in numbers:
            shape.note(shape.address, f"number {number} belongs to {numbers[number]}.", "Choose one never used.")
        numbers[number] = tag
        row |= {key: tuple(row.get(key, ())) for key in ("codes", "fallback", "offer")}
        if not found:
            languages.append(Language(tag=tag, **row))
    if ENGLISH not in data:
        found.append(Finding("languages", "lacks [en].", "English is the source: add it back."))
    if found:
        raise ContentError(found)
    return Languages(languages)
