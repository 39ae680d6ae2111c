"""Writes the ledger at its slots; the messenger asks it now and then from a thread of its own."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random, SystemRandom
from typing import Literal

from bot.counts.guard import State
from bot.counts.ledger import Ledger
from bot.counts.slots import USUAL_HOURS, next_slot
from bot.counts.tally import Waiting

RETRY = timedelta(minutes=5)


class Writer:
    """Takes what is waiting to the ledger, slot by slot. Blocks for as long as the disk does: call it off the loop.

    started: the moment the process began; the first slot comes after it. hours: see `slots.next_slot`.
    """

    def __init__(
        self,
        ledger: Ledger,
        pending: Waiting,
        started: datetime,
        rng: Random | None = None,
        hours: int = USUAL_HOURS,
    ) -> None:
        self._ledger, self._pending, self._hours = ledger, pending, hours
        self._rng = rng if rng is not None else SystemRandom()
        self._due = next_slot(started, self._rng, hours)

    @property
    def state(self) -> State:
        """What became of the last try."""
        return self._ledger.state

    @property
    def health(self) -> Literal["up", "degraded"]:
        """All that a health report may say about counts."""
        return "up" if self.state is State.READY else "degraded"

    def run_due(self, now: datetime) -> bool:
        """Write if a slot has come; whether it had. A slot that failed is tried again after five minutes."""
        if now < self._due:
            return False
        state = self._ledger.flush(self._pending)
        following = next_slot(now, self._rng, self._hours)
        self._due = following if state is State.READY else min(following, now + RETRY)
        return True

    def close(self) -> None:
        """A planned stop: write what is waiting, however little, and let another process write."""
        self._ledger.flush(self._pending, closing=True)
        self._ledger.close()

    def free(self) -> None:
        """Let another program write; it also gets what is waiting."""
        self._ledger.close()
