"""locales/glossary.csv: the terms that must be the same everywhere, and words that must not stand for them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bot.errors import Finding
from bot.texts.words import Message

FILE = "glossary.csv"
COLUMNS = ("term", "also", "definition", "keep", "forbidden")  # then one for each tag
BETWEEN = re.compile(r"\s*\|\s*")
UNSPACED = ("Hans", "Hant", "Thai", "Mymr")  # scripts that set no space between words
LEAST_STEM, KEPT_OF_STEM = 3, 0.7  # inflected words are known by their first letters
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Term:
    """One row. also: other English forms. keep: stands untranslated. words, forbidden: renderings by tag."""

    term: str
    also: tuple[str, ...] = ()
    definition: str = ""
    keep: bool = False
    forbidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Glossary:
    """All terms, in the order of the file."""

    terms: tuple[Term, ...] = ()

    @cached_property
    def patterns(self) -> tuple[tuple[Term, re.Pattern[str]], ...]:
        """Each term that texts are searched for, longest first, with what finds it in English."""
        wanted = [term for term in self.terms if term.term not in (YES, NO)]
        return tuple((term, _any_of((term.term, *term.also))) for term in sorted(wanted, key=lambda t: -len(t.term)))

    def without(self, text: str, tag: str) -> str:
        """A text in small letters without what a language says for any term."""
        for one in self.terms:
            for word in one.words.get(tag, ()):
                text = text.replace(word.casefold(), " ")
        return text

    def words(self, term: str, tag: str) -> tuple[str, ...]:
        """How a language says a term."""
        return next((one.words.get(tag, ()) for one in self.terms if one.term == term), ())

    @cached_property
    def _known(self) -> dict[str, list[Term]]:
        return {}

    def terms_in(self, english: str) -> list[Term]:
        """The terms of an English text; a term inside a longer one is not another."""
        if english not in self._known:
            self._known[english] = self._find(english)
        return self._known[english]

    def _find(self, english: str) -> list[Term]:
        found, rest = [], english
        for term, pattern in self.patterns:
            if pattern.search(rest):
                found.append(term)
                rest = pattern.sub(" ", rest)
        return found


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in words)})\b", re.IGNORECASE)


def read_glossary(root: Path, tags: Mapping[str, object]) -> tuple[Glossary, list[Finding]]:
    """The glossary and what is wrong with it; an empty one where there is no file. root: of the locales."""
    path = root / FILE
    if not path.exists():
        return Glossary(), []
    found: list[Finding] = []
    terms: list[Term] = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        for name in rows.fieldnames or ():
            if name not in COLUMNS and name not in tags:
                found.append(Finding(FILE, f'has a column "{name}".', f"Known: {', '.join(COLUMNS)} and tags."))
        for row in rows:
            terms.append(_term(row, tags, found))
    names = [term.term for term in terms]
    for name in {name for name in names if names.count(name) > 1 or not name}:
        found.append(Finding(f"{FILE}: {name}", "stands twice, or has no name.", "Keep one row for each term."))
    return Glossary(tuple(terms)), found


def _term(row: Mapping[str, str], tags: Mapping[str, object], found: list[Finding]) -> Term:
    forbidden: dict[str, tuple[str, ...]] = {}
    for part in (row.get("forbidden") or "").split(";"):
        tag, mark, words = part.partition(":")
        if part.strip() and (not mark or tag.strip() not in tags):
            what = f'forbids "{part.strip()}" in no language.'
            found.append(Finding(f"{FILE}: {row['term']}", what, "Write tag: word | word; tag: word."))
        elif part.strip():
            forbidden[tag.strip()] = _split(words)
    said = {tag: _split(row.get(tag) or "") for tag in tags if row.get(tag)}
    is_kept = (row.get("keep") or "") == "yes"
    return Term(row["term"], _split(row.get("also") or ""), row.get("definition") or "", is_kept, forbidden, said)


def _split(text: str) -> tuple[str, ...]:
    return tuple(word for word in BETWEEN.split(text.strip()) if word)


def check_terms(
    address: str, message: Message, words: str, tag: str, script: str, glossary: Glossary
) -> Iterator[Finding]:
    """What a translation makes of the glossary's terms: a forbidden word blocks, an unusual one is told."""
    terms = glossary.terms_in(message.english)
    for term in terms:
        for word in term.forbidden.get(tag, ()):
            # What other terms say rightly is no offence.
            if _holds(glossary.without(words.casefold(), tag), word.casefold(), script):
                better = ", ".join(term.words.get(tag, ())) or "other words"
                yield Finding(address, f'says "{word}" for {term.term}.', f"The glossary has: {better}.")
        expected = (term.term,) if term.keep else term.words.get(tag, ())
        if expected and not any(_resembles(words.casefold(), word.casefold(), script) for word in expected):
            what = f'does not say {term.term} as the glossary has it ("{expected[0]}").'
            yield Finding(address, what, "Use that word, or say in STYLE.md why not.", "note")


def _holds(text: str, word: str, script: str) -> bool:
    if script in UNSPACED:
        return word in text
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def _resembles(text: str, wanted: str, script: str) -> bool:
    """Whether every word of a term begins some word of the text; endings change with grammar."""
    if script in UNSPACED:
        return wanted in text
    return all(part[: max(LEAST_STEM, int(len(part) * KEPT_OF_STEM))] in text for part in re.findall(r"\w+", wanted))
