"""Taps on buttons and what the bot answered to them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.simulator.refusal import TOO_OLD_QUERY, bad_request

ANSWERABLE_S = 300
_KEPT = 5_000


@dataclass(slots=True)
class Tap:
    """One tap; `notice` is None until the bot answered it."""

    query_id: str
    chat_id: int
    when: float
    notice: str | None = None
    is_alert: bool = False


class Taps:
    """The newest taps of all chats, each answerable once and for some minutes."""

    def __init__(self, clock: Callable[[], float], changed: Callable[[int], None]) -> None:
        self._clock, self._changed = clock, changed
        self._taps: dict[str, Tap] = {}
        self._numbers = itertools.count(4_000_000_000_000_000_001)

    def add(self, chat_id: int) -> Tap:
        """Note a tap and give it a query number."""
        tap = Tap(str(next(self._numbers)), chat_id, self._clock())
        self._taps[tap.query_id] = tap
        if len(self._taps) > _KEPT:
            del self._taps[next(iter(self._taps))]
        return tap

    def of(self, chat_id: int) -> list[Tap]:
        """The taps of one chat, oldest first."""
        return [tap for tap in list(self._taps.values()) if tap.chat_id == chat_id]

    def answer(self, params: Mapping[str, Any]) -> bool:
        """Carry out answerCallbackQuery."""
        tap = self._taps.get(params["callback_query_id"])
        if tap is None or tap.notice is not None or self._clock() - tap.when > ANSWERABLE_S:
            raise bad_request(TOO_OLD_QUERY)
        tap.notice, tap.is_alert = params.get("text", ""), params.get("show_alert", False)
        self._changed(tap.chat_id)
        return True
