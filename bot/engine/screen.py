"""What a session shows, in keys and sessions: no words, no Telegram, no contacts yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NewType

from bot.engine.session import Session
from bot.flow.model import Band

Static = NewType("Static", str)  # a button that needs no key: see bot/seal/static.py

LEAVE, HELP, LANGUAGES, MENU, PLACES = (Static(text) for text in ("x", "h", "l", "m", "p:0"))
CLIENT_LANGUAGES, RETURN, LISTEN = Static("s"), Static("w"), Static("v")

Kind = Literal[
    "step", "urgent", "more", "pause", "outcome", "card", "signs", "list", "contacts", "menu", "done", "leave",
    "languages", "places", "closed", "handover",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """A message by its key; values fill its placeholders (figures and codes, or keys of other messages in tuples)."""

    key: str
    values: Mapping[str, int | str | tuple[str, ...]] = field(default_factory=dict)
    bullet: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: the key of its words and the session, or static token, it leads to.

    label: the words themselves where they are a name (a language's own, a country's); the key is then "".
    """

    key: str
    go: Session | Static
    label: str = ""


@dataclass(frozen=True, slots=True)
class Want:
    """Which contacts a screen asks for; the directory decides which rows those are."""

    limit: int = 5
    purpose: Literal["help", "training", "other"] = "help"
    urgent: bool = False
    minor: bool = False
    worker: bool = False
    band: Band | None = None
    routes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen. `session` is where the person stands, after jumps and Back.

    texts: paragraphs in order. choices: buttons that lead on. want: contacts to add, or None. band: of an outcome.
    guidance: quiet lines for a worker, never for a client. back: what the Back button carries (None: one answer less).
    guided: "say" for words to say out loud to a client, "worker" for the worker alone, "client" in the client's own
    view, "" outside guided talks.
    """

    session: Session
    kind: Kind
    texts: tuple[Text, ...] = ()
    choices: tuple[Choice, ...] = ()
    want: Want | None = None
    band: Band | None = None
    guidance: tuple[Text, ...] = ()
    guided: Literal["", "say", "worker", "client"] = ""
    back: Session | None = None
