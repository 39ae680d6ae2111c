"""A message being written: paragraphs of lines, bold or italic, and the direction marks that keep numbers whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, NamedTuple
from unicodedata import bidirectional, category, east_asian_width, name

LRM, RLM = "\u200e", "\u200f"
ISOLATE, POP = "\u2066", "\u2069"
RIGHT_TO_LEFT = ("R", "AL")
BROAD = ("ETHIOPIC", "MYANMAR")  # scripts whose letters are wider than Latin ones
Style = Literal["", "bold", "italic"]


class Entity(NamedTuple):
    """A styled span, in the UTF-16 units that Telegram counts."""

    type: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line; a `number` line holds only what is dialled, sent or opened."""

    text: str
    style: Style = ""
    is_number: bool = False


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def width(label: str) -> float:
    """How wide a label is drawn, in letters of the Latin alphabet: marks take no room, some scripts more than one."""
    return sum(_width(sign) for sign in label)


@cache
def _width(sign: str) -> float:
    if category(sign) in ("Mn", "Me", "Cf"):
        return 0.0
    if east_asian_width(sign) in "WF":
        return 2.0
    return 1.4 if name(sign, "").startswith(BROAD) else 1.0


def isolate(words: str, rtl: bool) -> str:
    """A Latin name or figure inside a right-to-left sentence, kept in its own order."""
    return f"{ISOLATE}{words}{POP}" if rtl and words else words


def lead(line: Line, rtl: bool) -> str:
    """The line with its marks: a number guarded on both sides, a line of another script given the right base.

    Without the guard a number such as +1 888 ... shows its plus at the far end of a right-to-left line: a wrong number.
    """
    if not rtl or not line.text:
        return line.text
    # A line all in another script, a number before all, keeps its plus or full stop at its own end.
    if line.is_number or not any(bidirectional(letter) in RIGHT_TO_LEFT for letter in line.text):
        return f"{RLM}{LRM}{line.text}{LRM}"
    first = line.text[0]
    starts_strange = first.isascii() or first == ISOLATE or not (first.isalpha() or first == RLM)
    return RLM + line.text if starts_strange else line.text


@dataclass(slots=True)
class Page:
    """Paragraphs in order; `text` and `entities` are what Telegram gets."""

    rtl: bool = False
    paragraphs: list[list[Line]] = field(default_factory=list)

    def add(self, *lines: Line | str) -> None:
        """A paragraph of one or more lines; empty lines are left out."""
        kept = [line if isinstance(line, Line) else Line(line) for line in lines]
        kept = [line for line in kept if line.text]
        if kept:
            self.paragraphs.append(kept)

    def render(self) -> tuple[str, tuple[Entity, ...]]:
        parts: list[str] = []
        entities: list[Entity] = []
        place = 0
        for line, end in self._lines():
            text = lead(line, self.rtl)
            if line.style:
                entities.append(Entity(line.style, place, units(text)))
            parts.append(text + end)
            place += units(text + end)
        return "".join(parts), tuple(entities)

    def _lines(self) -> Iterable[tuple[Line, str]]:
        for number, paragraph in enumerate(self.paragraphs, 1):
            for place, line in enumerate(paragraph, 1):
                last = place == len(paragraph)
                yield line, ("" if last and number == len(self.paragraphs) else "\n\n" if last else "\n")
