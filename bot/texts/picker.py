"""The pages on which a language is chosen: likely ones first, every other one tap further, under letters of its own.

Labels are names as their speakers write them, never words of another language: a reader of any script finds theirs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.texts.collate import fold
from bot.texts.languages import ENGLISH, Language
from bot.texts.territories import spoken

LIKELY = 8
OF_COUNTRY = 4
PER_PAGE = 12
MAX_LABEL = 28  # such a label has a row of its own
BETWEEN, MORE, TO = " · ", " …", " – "
# Scripts that share a page, in the order of their buttons. One not listed has a page of its own.
TOGETHER = (
    ("Latn",),
    ("Arab",),
    ("Cyrl",),
    ("Ethi",),
    ("Deva", "Beng", "Guru"),
    ("Thai", "Mymr"),
    ("Hans", "Hant", "Kore"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A button: a language, or a page of them (its number, counted from 1)."""

    label: str
    language: Language | None = None
    page: int = 0


def likely(offered: Sequence[Language], near: Iterable[Language], country: str) -> list[Language]:
    """The languages that stand first: those near at hand and what their readers also read, the country's, the largest.

    near: the language in use and the one Telegram names. They only order: every offered one can be reached.
    """
    by_tag = {language.tag: language for language in offered}
    seeds = list(near)
    tags = [one.tag for one in seeds] + [tag for one in seeds for tag in (*one.fallback, *one.offer)]
    shares = {language.tag: spoken(country, language.tag) for language in offered} if country else {}
    here = sorted((tag for tag in shares if shares[tag]), key=lambda tag: (-shares[tag], _is_elsewhere(tag, country)))
    largest = [language.tag for language in sorted(offered, key=lambda one: (one.tier, one.number))]
    ordered = dict.fromkeys(tag for tag in (*tags, *here[:OF_COUNTRY], ENGLISH, *largest) if tag in by_tag)
    return [by_tag[tag] for tag in ordered]


def _is_elsewhere(tag: str, country: str) -> bool:
    """Whether a tag names another country: Dari comes after Farsi in Iran."""
    _, _, region = tag.partition("_")
    return len(region) == 2 and region != country


def pages(offered: Sequence[Language], first: Sequence[Language]) -> list[list[Entry]]:
    """The first page and those behind it. first: all offered languages, likely ones first."""
    if len(offered) <= PER_PAGE:
        return [[Entry(one.native, one) for one in first]]
    shown, groups, behind = list(first[:LIKELY]), _groups(offered), []
    for number, group in enumerate(groups, 1):
        rest = [language for language in group if language not in first[:LIKELY]]
        if len(rest) == 1:
            shown += rest
        elif rest:
            behind.append(Entry(label_of(group, rest), page=number))
    front = [Entry(one.native, one) for one in shown]
    return [[*front, *behind], *([Entry(one.native, one) for one in group] for group in groups)]


def _groups(offered: Sequence[Language]) -> list[list[Language]]:
    """Languages by script, each group in the order of its letters and of a size that a page holds."""
    listed = {script for scripts in TOGETHER for script in scripts}
    others = sorted({_letters(language) for language in offered} - listed)
    found = []
    for scripts in (*TOGETHER, *((script,) for script in others)):
        members = [language for language in offered if _letters(language) in scripts]
        members.sort(key=lambda one: (scripts.index(_letters(one)), fold(one.native)))
        count = max(1, -(-len(members) // PER_PAGE))
        size = -(-len(members) // count) or 1
        found += [members[place : place + size] for place in range(0, len(members), size)]
    return found


def _letters(language: Language) -> str:
    """The script of a language's own name: Rohingya's is given in Latin letters."""
    return "Latn" if unicodedata.name(language.native[0]).startswith("LATIN") else language.script


def label_of(group: Sequence[Language], rest: Sequence[Language]) -> str:
    """Where a long alphabet begins and ends; else names, of each script at least one where they fit.

    rest: those of the group that do not stand beside the button already.
    """
    if all(_letters(language) == "Latn" for language in group):
        return f"{_first_word(group[0])}{TO}{_first_word(group[-1])}"
    leaders = {_letters(language): language for language in reversed(rest)}
    names = list(dict.fromkeys(language.native for language in (*reversed(leaders.values()), *rest)))
    label = names[0]
    for name in names[1:]:
        if len(label + BETWEEN + name) > MAX_LABEL - len(MORE):
            return label + MORE
        label += BETWEEN + name
    return label


def _first_word(language: Language) -> str:
    return language.native.split()[0]
