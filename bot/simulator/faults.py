"""Trouble on order: what a call meets instead of, or after, being carried out."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one call.

    how: `refuse` answers with Telegram's error shape; `html` with a page, as a proxy in trouble does;
        `silence` never answers; `reset` cuts the connection.
    is_carried_out: whether the call has its effect all the same, as when only the answer is lost.
    """

    how: str = "refuse"
    status: int = 500
    description: str = "Internal Server Error"
    retry_after: int = 0
    is_carried_out: bool = False

    @classmethod
    def flood(cls, retry_after: int) -> Fault:
        """429: too many requests, come back later."""
        says = f"Too Many Requests: retry after {retry_after}"
        return cls(status=429, description=says, retry_after=retry_after)

    @classmethod
    def blocked(cls) -> Fault:
        """403: the person blocked the bot."""
        return cls(status=403, description="Forbidden: bot was blocked by the user")

    @classmethod
    def server(cls, status: int = 502) -> Fault:
        """A server error in Telegram's shape."""
        return cls(status=status, description={502: "Bad Gateway"}.get(status, "Internal Server Error"))

    @classmethod
    def html(cls, status: int = 502) -> Fault:
        """An error page instead of JSON."""
        return cls(how="html", status=status)

    @classmethod
    def silence(cls, *, is_carried_out: bool = True) -> Fault:
        """The call is accepted and no answer ever comes."""
        return cls(how="silence", is_carried_out=is_carried_out)

    @classmethod
    def reset(cls, *, is_carried_out: bool = False) -> Fault:
        """The connection is cut before an answer."""
        return cls(how="reset", is_carried_out=is_carried_out)

    def shape(self) -> dict[str, Any]:
        """The error as Telegram shapes it."""
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.retry_after:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


class FaultPlan:
    """Faults waiting for the calls they were ordered for; None lets one call through unharmed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: dict[tuple[str, int | None], deque[Fault | None]] = {}

    def add(self, method: str, faults: Iterable[Fault | None], chat_id: int | None = None) -> None:
        """Order faults for the next calls of a method, of one chat only if it is named."""
        with self._lock:
            self._planned.setdefault((method.lower(), chat_id), deque()).extend(faults)

    def take(self, method: str, chat_id: object) -> Fault | None:
        """The fault this call meets, if any."""
        chat = int(str(chat_id)) if str(chat_id).lstrip("-").isdigit() else None
        with self._lock:
            for key in ((method.lower(), chat), (method.lower(), None)):
                if self._planned.get(key):
                    return self._planned[key].popleft()
        return None

    def clear(self) -> None:
        """Take back everything that was ordered."""
        with self._lock:
            self._planned.clear()
