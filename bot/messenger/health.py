"""How the bot is, for whoever watches it: a word, how much waits and how long Telegram was silent. No totals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

SILENT_SECONDS = 120.0  # a long poll ends within 25: what is longer is trouble


@dataclass(slots=True)
class Health:
    """What a report may say. clock: seconds, monotonic.

    waiting: updates taken and not done. degraded: whether anything does not work as it should, such as the counts.
    heard: when Telegram last gave a sound answer.
    """

    clock: Callable[[], float]
    waiting: Callable[[], int] = lambda: 0
    degraded: Callable[[], bool] = lambda: False
    heard: float = -SILENT_SECONDS

    def hear(self) -> None:
        """Telegram gave a sound answer."""
        self.heard = self.clock()

    def report(self) -> dict[Literal["state", "queue", "last_poll"], str]:
        """state: `up` or `degraded`. queue: `0`, `1-10` or `11+`. last_poll: `recent` or `old`."""
        is_old = self.clock() - self.heard >= SILENT_SECONDS
        waiting = self.waiting()
        return {
            "state": "degraded" if is_old or self.degraded() else "up",
            "queue": "0" if not waiting else "1-10" if waiting <= 10 else "11+",
            "last_poll": "old" if is_old else "recent",
        }
