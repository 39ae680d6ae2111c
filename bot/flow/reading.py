"""Reading grade of English texts: Flesch-Kincaid, with syllables counted by vowel groups.

Source of the formula: Kincaid and others, 1975, Navy Research Branch Report 8-75.
"""

from __future__ import annotations

import re

MAX_GRADE = 6.0
WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|\d+")
SENTENCE_END = re.compile(r"[.!?:]+(?:\s|$)")
VOWELS = re.compile(r"[aeiouy]+")
SILENT_ENDS = re.compile(r"(?:[^laeiouy]es|[^tdaeiouy]ed|[^laeiouy]e)$")
SILENT_INSIDE = re.compile(r"^(?:some|fore|safe|house|home|there|where)(?=[a-z]{2})")
TWO_VOWELS = re.compile(r"(?:[iy]a(?!l$)|io(?!n)|eo(?!p)|ua[lt]|uiet|reate|ying|being)")


def syllables(word: str) -> int:
    """Vowel groups, less a silent e at the end or inside a compound, plus vowels spoken apart; at least one."""
    lower = re.split("['’]", word.lower())[0]
    if lower.isdigit():
        return len(lower)
    count = len(VOWELS.findall(lower)) + len(TWO_VOWELS.findall(lower))
    count -= bool(SILENT_ENDS.search(lower)) + bool(SILENT_INSIDE.search(lower))
    return max(1, count)


def grade(text: str) -> float:
    """Flesch-Kincaid grade; 0 for a text without words."""
    words = WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(SENTENCE_END.findall(text)) + (text.rstrip()[-1:] not in ".!?:"))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
