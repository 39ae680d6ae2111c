"""Translations beside one another: answers that differ, Yes that is Yes, one English in one way."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from bot.errors import Finding
from bot.texts.glossary import NO, YES, Glossary
from bot.texts.languages import Language
from bot.texts.words import Message

POLAR = re.compile(r"(yes|no)(?:$|[,.:;]\s)", re.IGNORECASE)
OPTION = ".opt."


def alike(address: str, words: Mapping[str, str]) -> Iterator[Finding]:
    """Two answers of one question must not read the same."""
    labels: dict[tuple[str, str], str] = {}
    for key, text in words.items():
        step, mark, _ = key.partition(OPTION)
        if not mark:
            continue
        if (other := labels.get((step, text.casefold()))) is not None:
            yield Finding(
                f"{address}: {key}", f'reads "{text}", as {other} does.', "Give each answer words of its own."
            )
        labels[step, text.casefold()] = key


def swapped(
    address: str, words: Mapping[str, str], source: Mapping[str, Message], language: Language, glossary: Glossary
) -> Iterator[Finding]:
    """An answer that says No where the English says Yes, or the other way round.

    Known by the glossary's words for the two, and by what the same label means everywhere else in the language.
    """
    twins = Counter((key.partition(OPTION)[0], text.casefold()) for key, text in words.items() if OPTION in key)
    sides = {
        key: side
        for key in words
        if OPTION in key and (side := side_of(source[key].english))
        and twins[key.partition(OPTION)[0], words[key].casefold()] == 1  # `alike` tells of the others
    }  # fmt: skip
    known = {side: [word.casefold() for word in glossary.words(side, language.tag)] for side in (YES, NO)}
    used = {side: Counter(words[key].casefold() for key in sides if sides[key] == side) for side in (YES, NO)}
    for key, side in sides.items():
        other, text = NO if side == YES else YES, words[key]
        says_other = _begins(text, known[other]) > _begins(text, known[side])
        is_elsewhere = used[other][text.casefold()]
        if (
            says_other
            or is_elsewhere > used[side][text.casefold()]
            or (is_elsewhere and not _begins(text, known[side]))
        ):
            what = f'reads "{text}" where the English says "{source[key].english}".'
            yield Finding(f"{address}: {key}", what, f'That is "{other}" here: exchange the two answers.')


def side_of(english: str) -> str:
    """Whether a label says yes or no ("" for neither); "Not sure" and "No one" say neither."""
    match = POLAR.match(english)
    return match[1].casefold() if match else ""


def _begins(text: str, words: list[str]) -> int:
    """How much of a label one of these words takes up at its beginning."""
    plain = text.casefold()
    return max(
        (len(word) for word in words if re.match(rf"{re.escape(word)}(?!\w)|{re.escape(word)}$", plain)), default=0
    )


def two_ways(words: Mapping[str, str], source: Mapping[str, Message]) -> Iterator[tuple[str, str]]:
    """Key and remark of a message whose English has other words elsewhere, in a place of the same kind."""
    ways: dict[tuple[str, str], Counter[str]] = {}
    for key, text in words.items():
        ways.setdefault(_place(key, source), Counter())[text] += 1
    for key, text in words.items():
        usual, count = ways[_place(key, source)].most_common(1)[0]
        if text != usual and not side_of(source[key].english) and ways[_place(key, source)][text] < count:
            yield key, f'says "{source[key].english}" as "{text}", elsewhere "{usual}".'


def _place(key: str, source: Mapping[str, Message]) -> tuple[str, str]:
    kind = "opt" if OPTION in key or key.startswith(("button.", "ui.")) else key.rpartition(".")[2]
    return kind, source[key].english
