"""The shelf of day keys that replicas share."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import TimeoutError as TooLong
from typing import Any

from bot.volatile.post import Away, Command, Line
from bot.volatile.valkey import LONGEST_ANSWER_SECONDS, Valkey

MISS_SECONDS = 5.0  # a key that was not there is not asked for again before: made-up buttons must cost nothing


class SharedShelf:
    """A key lies there to the end of the day after its own. Asked once a day; who asks waits for the answer.

    changed: told when another key than ours holds for a day, which happens when a server forgot all and a new replica
    was quicker to give it one.
    """

    def __init__(self, server: Valkey) -> None:
        self.changed: Callable[[int, bytes], None] = lambda day, key: None
        self._server = server
        self._held: dict[int, bytes] = {}
        self._missed: dict[int, float] = {}
        server.on_greet.append(self._lay_down)

    def load(self, day: int) -> bytes | None:
        now = self._server.wall()
        if now < self._missed.get(day, 0.0):
            return None
        key = self._ask(day, ("GET", f"waymark:{{key-{day}}}"))
        if key is None:
            self._missed[day] = now + MISS_SECONDS
        return key

    def store(self, day: int, key: bytes) -> bytes | None:
        self._missed.clear()
        return self._ask(day, self._server.agreeing(f"key-{day}", key, day))

    def tidy(self, today: int) -> None:
        """The server lets keys go by itself."""
        self._held = {day: key for day, key in self._held.items() if day >= today - 1}
        self._missed.clear()

    def _ask(self, day: int, command: Command) -> bytes | None:
        def read(answers: list[Any]) -> bytes | None:
            return answers[0] if isinstance(answers[0], bytes) else None

        try:
            key = self._server.post.send([command], read).result(LONGEST_ANSWER_SECONDS)
        except (Away, TooLong):
            return None
        if key is not None:
            self._held[day] = key
        return key

    def _lay_down(self, line: Line) -> None:
        """Lay the keys held here on a server that may have forgotten them."""
        for day, ours in list(self._held.items()):
            [key] = line.ask([self._server.agreeing(f"key-{day}", ours, day)])
            if isinstance(key, bytes) and key != ours:
                self._held[day] = key
                self.changed(day, key)
