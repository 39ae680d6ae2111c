"""A screen written once: its words, and for every button either what it carries or how that follows from a session."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from bot.engine.screen import Choice, Screen, Static, Text
from bot.engine.session import Flag, Session, Turn
from bot.texts.page import Entity

Way = TypeVar("Way")
Seal = Callable[[Session], str]


class Button(NamedTuple):
    """A label and what it carries: at most 64 bytes."""

    label: str
    data: str


class Blank(NamedTuple):
    """A label whose button leads to a session: that of the choice with this place, or the one `go` finds."""

    label: str
    go: int | Callable[[Screen], Session]


Slot = Button | Blank
Row = tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of a reply that is the same for everybody who sees this screen in this language.

    voice: the recording to play with it, where that was asked for.
    """

    text: str
    entities: tuple[Entity, ...]
    rows: tuple[Row, ...]
    language: str
    rtl: bool
    worker: bool
    contacts: tuple[str, ...]
    voice: Path | None = None

    def fill(self, screen: Screen, seal: Callable[[Session], Way]) -> list[list[tuple[str, str | Way]]]:
        """Labels, and what each button carries: the words of a static one, or a session as `seal` makes it."""
        return [[(slot.label, _carried(slot, screen, seal)) for slot in row] for row in self.rows]


def _carried(slot: Slot, screen: Screen, seal: Callable[[Session], Way]) -> str | Way:
    if isinstance(slot, Button):
        return slot.data
    go = screen.choices[slot.go].go if isinstance(slot.go, int) else slot.go(screen)
    return go if isinstance(go, str) else seal(go)


def slot_of(label: str, place: int, choice: Choice) -> Slot:
    """The slot of a choice: a static button carries the same for everybody."""
    return Button(label, choice.go) if isinstance(choice.go, str) else Blank(label, place)


def essence(screen: Screen, moment: Hashable, play: bool = False) -> Hashable:
    """All that the words of a screen hang on, and nothing of who sees it. moment: for what hangs on the time."""
    session = screen.session
    return (
        screen.kind, _texts(screen.texts), _texts(screen.guidance), screen.guided, screen.want, moment, play,
        screen.back is None,
        tuple([(one.key, one.label, one.go if isinstance(one.go, str) else None) for one in screen.choices]),
        session.flow, not session.answers, session.locale, session.second, int(session.flags),
        session.country, session.region,
    )  # fmt: skip


def _texts(texts: Iterable[Text]) -> Hashable:
    return tuple([(one.key, one.bullet, tuple(one.values.items()) if one.values else ()) for one in texts])


def back(screen: Screen) -> Session:
    """Where Back leads: one answer less, unless the screen lies over another."""
    return screen.back if screen.back is not None else screen.session.marked(Turn.BACK)


def handed_over(screen: Screen) -> Session:
    """The same question in the client's hands."""
    return screen.session.at(on=Flag.CLIENT)


def quiet_toggled(screen: Screen) -> Session:
    """The same for somebody who cannot talk, or can again."""
    return _toggled(screen.session, Flag.QUIET)


def fear_toggled(screen: Screen) -> Session:
    """The same for somebody who fears officials, or does not any more."""
    return _toggled(screen.session, Flag.FEAR)


def _toggled(session: Session, flag: Flag) -> Session:
    return session.at(off=flag) if session.has(flag) else session.at(on=flag)


__all__ = ["Blank", "Button", "Row", "Seal", "Sheet", "Slot", "Static", "essence", "slot_of"]
