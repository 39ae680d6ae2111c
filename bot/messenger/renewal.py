"""When a program is old enough to be made anew, and what the next one goes on with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bot.config import Config, read_config
from bot.counts.tally import Batch, Counter, Pending
from bot.house import read_content, refuse_shut_door
from bot.messenger.process import CAN_RENEW, Heir
from bot.talk import Talk
from bot.volatile.local import Local

LIFE_SECONDS = 24 * 3600.0
MOST_TALKS = 1_000
QUIET_SECONDS = 60.0
LATEST = 2  # so many lives later it is not waited for a quiet minute any more
RETRY_SECONDS = 3600.0


class Renewal:
    """Sets `due` when the time has come. clock: seconds, monotonic."""

    def __init__(self, config: Config, local: Local, clock: Callable[[], float]) -> None:
        self.due = asyncio.Event()
        self._config, self._local, self._clock = config, local, clock
        self._born, self._not_before = clock(), 0.0

    async def look(self) -> None:
        """Whether it is time now.

        Only where the next program would start: files may have been changed meanwhile, and a mistake in them is for
        the day somebody restarts the bot, not for the night. Raises WaymarkError then; the next try is an hour later.
        """
        now = self._clock()
        if self._not_before <= now and is_due(now - self._born, self._local.met, now - self._local.touched_at):
            self._not_before = now + RETRY_SECONDS
            await asyncio.to_thread(_see_that_it_starts, self._config)
            self.due.set()


def is_due(age: float, talks: int, quiet: float) -> bool:
    """Whether to renew: a day or a thousand talks old, and nobody wrote or tapped for a minute. All in seconds."""
    lives = max(age / LIFE_SECONDS, talks / MOST_TALKS)
    return CAN_RENEW and (lives >= LATEST or (lives >= 1 and quiet >= QUIET_SECONDS))


def _see_that_it_starts(config: Config) -> None:
    read_config()
    config.token()
    refuse_shut_door(read_content(config), lambda address: None)


def hand_over(local: Local, talk: Talk, counter: Counter) -> dict[str, Any]:
    """What the next program goes on with. Counts that wait go along: written now, a few would show."""
    counts = counter.batch() if isinstance(counter, Pending) else Batch({})
    return {
        "local": local.hand_over(),
        "seen": talk.once.hand_over(),
        "counts": {"cells": dict(counts.cells), "started": counts.started, "ended": counts.ended},
    }


def take_over(heir: Heir, local: Local, talk: Talk, counter: Counter) -> None:
    """Go on with what the program before this one left, and leave nothing of it lying about."""
    if heir.state:
        local.take_over(heir.state["local"])
        talk.once.take_over(heir.state["seen"])
        if isinstance(counter, Pending):
            counter.take_over(Batch(**heir.state["counts"]))
    heir.state = {}
