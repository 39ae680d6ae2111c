"""Counts of several replicas: each event once among all of them, waiting in one place until the ledger takes them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from concurrent.futures import TimeoutError as TooLong
from datetime import datetime, timedelta
from typing import Any

from bot.counts.once import LIFE, SHORTEST
from bot.counts.tally import Batch, Cell, Pending, Tally, cells_of
from bot.volatile.post import Away
from bot.volatile.scripts import COUNT, DRAIN, LAY_OUT
from bot.volatile.valkey import DAY, LONGEST_ANSWER_SECONDS, Valkey, script

MOST_MARKED = 20_000_000  # people of a day, or talks of an hour: more than there is memory for on most servers
MOST_WAITING_TOGETHER = 10_000_000
WAITING_SECONDS = 7 * DAY  # so long counts wait for a ledger that is away
BEGAN, WAITING = "waymark:{counts}:began", "waymark:{counts}:waiting"
TOTALS = ("started", "ended")
HOUR = 3600


class OnceTogether:
    """Counts each event of a conversation once, whichever replica meets it. Nobody waits for it.

    cells: every cell that exists. An event that comes while the server is away is not counted.
    """

    def __init__(self, server: Valkey, cells: Iterable[Cell], most_marked: int = MOST_MARKED) -> None:
        self._server, self._cells, self._most_marked = server, frozenset(cells), most_marked

    def count(self, tally: Tally, number: int, chat: int, started_at: datetime, now: datetime) -> None:
        started, at = int(started_at.timestamp()), int(now.timestamp())
        today, begun = at // DAY, started // DAY
        hour = started // HOUR
        keys = [BEGAN, f"waymark:{{counts}}:talks-{hour}", f"waymark:{{counts}}:people-{today}", WAITING]
        try:
            marks = (self._server.digest(number, begun), self._server.digest(chat, today))
        except Away:
            return
        life, shortest = int(LIFE.total_seconds()), int(SHORTEST.total_seconds())
        lives = (hour + 2) * HOUR + life - at, (today + 1) * DAY - at
        values = (*marks, tally.event, started, at, today, shortest, life, *lives, self._most_marked)
        cells = cells_of(tally, self._cells)
        self._server.post.send([script(COUNT, keys, *values, MOST_WAITING_TOGETHER, *cells)], lambda answers: None)

    def forget(self, now: datetime) -> None:
        """Let go of keys whose day is over; the server lets go of marks by itself."""
        self._server.tidy()

    def hand_over(self) -> dict[str, Any]:
        """Nothing: it is all on the server."""
        return {}

    def take_over(self, state: Mapping[str, Any]) -> None:
        """Nothing to go on with."""


class Drain:
    """What waits on the server, for the ledger to write: taken out whole, in the moment the ledger asks.

    From then on it is in this process alone, so that nothing is ever written twice; what a kill takes along is lost.
    """

    def __init__(self, server: Valkey, cells: Iterable[Cell]) -> None:
        self._server, self._cells = server, tuple(cells)
        self._pending = Pending(self._cells, MOST_WAITING_TOGETHER)

    def lay_out(self) -> None:
        """Make room on the server for every cell; called again and again, so that it stays. Waits for nothing."""
        command = script(
            LAY_OUT, [BEGAN, WAITING], int(self._server.wall()), int((LIFE + timedelta(hours=2)).total_seconds()),
            WAITING_SECONDS, *TOTALS, *self._cells,
        )  # fmt: skip
        self._server.post.send([command], lambda answers: None)

    def batch(self) -> Batch:
        """What waits, on the server and here. It goes on waiting here until it is settled."""
        taken = self._server.post.send([script(DRAIN, [WAITING])], lambda answers: _batch(answers[0]))
        with contextlib.suppress(
            Away, TooLong
        ):  # then it waits there, or is lost; what is here is written all the same
            self._pending.take_over(taken.result(LONGEST_ANSWER_SECONDS))
        return self._pending.batch()

    def settle(self, batch: Batch) -> None:
        self._pending.settle(batch)


def _batch(held: list[bytes]) -> Batch:
    """A batch from names and numbers in turn."""
    names = [name.decode() for name in held[::2]]
    counts = {name: int(number) for name, number in zip(names, held[1::2], strict=True) if int(number)}
    started, ended = (counts.pop(total, 0) for total in TOTALS)
    return Batch(counts, started, ended)
