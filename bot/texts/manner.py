"""How one translation is written: what looks odd to a reader and may still be right. Told, never blocking."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.texts.glossary import UNSPACED
from bot.texts.guard import figures
from bot.texts.languages import Language
from bot.texts.words import PLACEHOLDER, Message

# How a question ends. Scripts and languages that mark a question by a word alone are not asked.
QUESTION_ENDS = {"Arab": "؟", "Hans": "？", "Hant": "？", "Ethi": "?፧"}
NO_MARK = ("Thai", "Mymr")
MOST_WORDS = 20
LONG_WORDS = {"vi": 30}  # Vietnamese sets a space between syllables
SENTENCE = re.compile(r"[^.!?؟。？！።፧।۔\n]+")
DOUBLED = re.compile(r"\b([^\W\d_]{2,}) \1\b", re.IGNORECASE)
# Languages whose grammar doubles words.
DOUBLING = ("vi", "th", "id", "fil", "tr", "hi", "ur", "bn", "ne", "pa", "ps", "fa", "fa_AF", "my", "ksw", "ht", "sw",
            "so", "rw", "om", "am", "ti", "ku", "ckb", "ko", "mam", "quc", "kek", "rhg")  # fmt: skip
KASHIDA = "\u0640"
FRENCH_GAP = re.compile(r"[^\s\u00a0\u202f][ ]?[?!;:»](?!\S)|«[ ]?(?=\S)")
FRENCH_RIGHT = re.compile(r"[\u00a0\u202f][?!;:»](?!\S)|«[\u00a0\u202f]")

Remark = tuple[str, str]  # kind, what is wrong


def remarks(message: Message, words: str, language: Language) -> Iterator[Remark]:
    """What looks odd in one translation."""
    for kind, look in LOOKS.items():
        if what := look(message, words, language):
            yield kind, what


def _same(message: Message, words: str, language: Language) -> str:
    has_own = len(PLACEHOLDER.sub("", words).strip()) > 3 and message.weight not in ("S", "Q")  # there it blocks
    return f'is the same as the English: "{words}".' if words == message.english and has_own else ""


def _question(message: Message, words: str, language: Language) -> str:
    if language.script in NO_MARK:
        return ""
    asks = message.english.rstrip().endswith("?")
    marks = QUESTION_ENDS.get(language.script, "?")
    if asks != words.rstrip('\u00a0 »”"').endswith(tuple(marks)):
        return f"does not end as a question, with {' or '.join(marks)}." if asks else "ends as a question."
    return 'lacks "¿".' if asks and language.tag == "es" and "¿" not in words else ""


def _space(message: Message, words: str, language: Language) -> str:
    if words != words.strip():
        return "begins or ends with a space."
    if words.count("\n") != message.english.count("\n"):
        return "breaks its lines in other places than the English."
    return "holds two spaces in a row." if "  " in words else ""


def _doubled(message: Message, words: str, language: Language) -> str:
    if language.tag in DOUBLING or not (match := DOUBLED.search(words)):
        return ""
    return "" if match[1].casefold() in ("nous", "vous") else f'says "{match[0]}".'


def _kashida(message: Message, words: str, language: Language) -> str:
    return "stretches a letter (U+0640)." if KASHIDA in words else ""


def _gap(message: Message, words: str, language: Language) -> str:
    if language.tag != "fr" or len(FRENCH_GAP.findall(words)) == 0:
        return ""
    return "lacks the no-break space before ? ! ; : or inside « »."


def _long(message: Message, words: str, language: Language) -> str:
    if language.script in UNSPACED:
        return ""
    most = max((len(sentence.split()) for sentence in SENTENCE.findall(words)), default=0)
    return f"has a sentence of {most} words." if most > LONG_WORDS.get(language.tag, MOST_WORDS) else ""


def _order(message: Message, words: str, language: Language) -> str:
    said, here = figures(words), figures(message.english)
    return f"has the figures {said} in another order." if said != here and sorted(said) == sorted(here) else ""


LOOKS: dict[str, Callable[[Message, str, Language], str]] = {
    "same as the English": _same,
    "not ended as a question": _question,
    "odd spaces or lines": _space,
    "doubled words": _doubled,
    "stretched letters": _kashida,
    "ordinary spaces before marks": _gap,
    "long sentences": _long,
    "figures in another order": _order,
}
