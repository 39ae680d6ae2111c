"""Look at every screen of every flow as it would be sent: ways out on each, and Telegram's limits kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from bot.engine.engine import Engine
from bot.engine.explore import Map
from bot.engine.proofs import one_of_each
from bot.engine.screen import HELP, LEAVE, Screen
from bot.engine.session import Session, Turn
from bot.errors import Finding
from bot.texts.page import units
from bot.texts.speak import Reply, Speaker

MAX_TEXT_UNITS = 4096
MAX_BUTTONS = 100
MAX_DATA_BYTES = 64
TOKEN = "." * MAX_DATA_BYTES  # stands for any sealed session: all are this long


def check_screens(engine: Engine, speaker: Speaker, maps: Iterable[Map]) -> Iterator[Finding]:
    """One screen of each kind a flow can show, in English, with its buttons. maps: of the flows to look at."""
    for flow, session in one_of_each(maps):
        screen = engine.show(session)
        if screen is None:
            yield Finding(flow, f"has no screen after the answers {session.answers}.", "Look at bot/engine/engine.py.")
            continue
        if screen.kind in ("leave", "languages"):
            continue
        sealed: list[Session] = []
        reply = speaker.speak(screen, partial(_note, sealed))
        yield from _check(f"{flow}.{_name(engine, screen)}", reply, sealed)


def _note(sealed: list[Session], session: Session) -> str:
    sealed.append(session)
    return TOKEN


def _name(engine: Engine, screen: Screen) -> str:
    position = engine.locate(screen.session)
    return position.state if position else screen.kind


def _check(address: str, reply: Reply, sealed: list[Session]) -> Iterator[Finding]:
    data = [button.data for row in reply.rows for button in row]
    for word, is_there in (
        ("Back", any(session.turn is not Turn.HERE for session in sealed)),
        ("Get help now", HELP in data),
        ("Leave now", LEAVE in data),
    ):
        if not is_there:
            yield Finding(address, f'has no "{word}" button.', "Every screen has one: look at bot/texts/speak.py.")
    if not reply.text.strip() or units(reply.text) > MAX_TEXT_UNITS:
        yield Finding(address, f"is {units(reply.text)} units long.", f"Between 1 and {MAX_TEXT_UNITS}: shorten it.")
    if len(data) > MAX_BUTTONS or any(not 1 <= len(one.encode()) <= MAX_DATA_BYTES for one in data):
        yield Finding(
            address, "has buttons Telegram refuses.", f"At most {MAX_BUTTONS}, of 1 to {MAX_DATA_BYTES} bytes."
        )
