"""The screens of the walk, from the product itself: what other foundations are given to show."""

from __future__ import annotations

from typing import Any

from contestants import OPENING

from bot.config import Config
from bot.house import build_talk, keyring, read_content, utc_now
from bot.seal.token import CHARACTERS, Place
from bot.texts.speak import Reply

SCREENS = 20


def screens_of_walk() -> list[dict[str, Any]]:
    """Text and rows of labels of the screens somebody sees on the way through `self_adult`, always the same ones."""
    config, place = Config(country="US"), Place(1, 1, 1)
    talk = build_talk(config, read_content(config), keyring(None, utc_now, lambda line: None))
    reply = talk.turn("m", place)
    shown = [_shown(reply)]
    for number in range(1, SCREENS):
        ways = [button.data for row in reply.rows[:-2] for button in row if len(button.data) == CHARACTERS]
        at = OPENING[number - 1] if number <= len(OPENING) else number % len(ways)
        reply = talk.turn(ways[min(at, len(ways) - 1)], place)
        shown.append(_shown(reply))
    return shown


def _shown(reply: Reply) -> dict[str, Any]:
    return {"text": reply.text, "rows": [[button.label for button in row] for row in reply.rows]}
