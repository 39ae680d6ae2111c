"""Telegram takes so many calls a second: in the line for them, who leaves or wants help goes first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any

from telegram.ext import BaseRateLimiter

FIRST: ContextVar[bool] = ContextVar("first", default=False)  # whether the update being answered leaves or asks help

Result = bool | dict[str, Any] | list[dict[str, Any]]


class Lane(BaseRateLimiter[None]):
    """A second's calls may be made at once; then they are spread. per_second: 0 lets everything through.

    What `FIRST` says where a call is made decides its place; calls made from there, also later, keep it.
    """

    def __init__(self, per_second: float) -> None:
        self._rate = float(per_second)
        self._left, self._at = self._rate, 0.0
        self._line: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: None,
    ) -> Result:
        """Make a call when its turn has come; what Telegram answers is for the caller to see."""
        if not self.goes():
            await self.turn()
        return await callback(*args, **kwargs)

    def goes(self) -> bool:
        """Take a turn if it may be taken now, as nobody waits and calls are left; False where it must be waited for."""
        if not self._rate:
            return True
        if self._line:
            return False
        self._refill()
        if self._left < 1:
            return False
        self._left -= 1
        return True

    async def turn(self) -> None:
        """Wait in line for a turn."""
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._line, (not FIRST.get(), next(self._numbers), turn))
        self._let_go()
        await turn

    def _refill(self) -> None:
        now = asyncio.get_running_loop().time()
        self._left = min(self._rate, self._left + (now - self._at) * self._rate)
        self._at = now

    def _let_go(self) -> None:
        """Let as many go as may now, and look again when the next may."""
        loop = asyncio.get_running_loop()
        self._refill()
        while self._line and self._left >= 1:
            _, _, turn = heapq.heappop(self._line)
            if not turn.done():  # who waited for it may have given up
                turn.set_result(None)
                self._left -= 1
        if self._timer is not None:
            self._timer.cancel()
        wait = (1 - self._left) / self._rate
        self._timer = loop.call_later(max(wait, 0.001), self._let_go) if self._line else None
