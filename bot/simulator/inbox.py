"""Updates on their way to the bot: what is shaped, kept, dropped when old, and handed out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.simulator.bell import Bell
from bot.simulator.refusal import SECOND_POLLER, WEBHOOK_ACTIVE, Refusal
from bot.simulator.rules import DEFAULT_KINDS

TAP_KEPT_S, MESSAGE_KEPT_S = 150, 24 * 3600
MAX_BATCH, MAX_POLL_S = 100, 50


@dataclass(frozen=True, slots=True)
class Update:
    """One update waiting for the bot; `queue` names those that must arrive in order."""

    update_id: int
    kind: str
    body: dict[str, Any]
    expires: float
    queue: str


@dataclass(slots=True)
class Webhook:
    """Where updates are delivered to; no address means that the bot asks for them."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_date: int = 0


class Inbox:
    """The queue of one bot."""

    def __init__(self, clock: Callable[[], float], bell: Bell, first_update: int = 500_000_001) -> None:
        self._clock, self._bell = clock, bell
        self._lock = threading.RLock()
        self._next_update = first_update
        self._poller = 0
        self._waiting: list[Update] = []
        self.kinds: tuple[str, ...] = DEFAULT_KINDS
        self.webhook = Webhook()
        self.is_closed = False

    def put(self, kind: str, body: Mapping[str, Any], queue: str) -> int | None:
        """Queue an update unless the bot asked not to get its kind; returns its number."""
        return self.put_raw({kind: dict(body)}, kind, queue) if kind in self.kinds else None

    def put_raw(self, update: Mapping[str, Any], kind: str, queue: str) -> int:
        """Queue an update exactly as given, however malformed; a number is added where it has none.

        An `update_id` of its own is what the bot sees; the queue goes by its own numbering.
        """
        kept = TAP_KEPT_S if kind == "callback_query" else MESSAGE_KEPT_S
        with self._lock:
            number = self._next_update
            self._next_update += 1
            body = {"update_id": number, **update}
            self._waiting.append(Update(number, kind, body, self._clock() + kept, queue))
        self._bell.ring()
        return number

    @property
    def waiting(self) -> list[Update]:
        """What the bot has not confirmed yet, without what became too old."""
        now = self._clock()
        with self._lock:
            if any(update.expires <= now for update in self._waiting):
                self._waiting = [update for update in self._waiting if update.expires > now]
            return list(self._waiting)

    def done(self, update_id: int) -> None:
        """Forget one update, as after a webhook took it."""
        with self._lock:
            self._waiting = [update for update in self._waiting if update.update_id != update_id]
        self._bell.ring()

    def clear(self) -> None:
        """Forget everything that waits."""
        with self._lock:
            self._waiting.clear()
        self._bell.ring()

    def _confirm(self, offset: int) -> None:
        with self._lock:
            waiting = self.waiting
            if offset < 0:
                self._waiting = waiting[offset:]
            elif offset > 0:
                self._waiting = [update for update in waiting if update.update_id >= offset]
            has_changed = len(self._waiting) != len(waiting)
        if has_changed:
            self._bell.ring()

    async def poll(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Carry out getUpdates: confirm, then wait for something new; a second poller ends the first with 409."""
        if self.webhook.url:
            raise Refusal(409, WEBHOOK_ACTIVE)
        if "allowed_updates" in params:
            self.kinds = tuple(params["allowed_updates"]) or DEFAULT_KINDS
        self._poller += 1
        mine = self._poller
        self._bell.ring()
        self._confirm(params.get("offset", 0))
        seconds = min(max(params.get("timeout", 0), 0), MAX_POLL_S)
        await self._bell.until(lambda: bool(self.waiting) or mine != self._poller or self.is_closed, seconds)
        if mine != self._poller:
            raise Refusal(409, WEBHOOK_ACTIVE if self.webhook.url else SECOND_POLLER)
        limit = min(max(params.get("limit", MAX_BATCH), 1), MAX_BATCH)
        return [update.body for update in self.waiting[:limit]]

    def end_polls(self) -> None:
        """Send a waiting poller away, as setting a webhook does."""
        self._poller += 1
        self._bell.ring()
