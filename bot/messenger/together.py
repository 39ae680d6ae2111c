"""Several replicas, one chat: whoever handles an update holds the chat's turn meanwhile, and passes on what it knows.

While the shared server is away each replica answers as if it were alone; what it came to know then is passed on later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TypeVar

from bot.messenger.handlers import Handlers
from bot.messenger.incoming import Update, chat_of
from bot.messenger.tidy import Sleep, Tidy
from bot.volatile.local import Local, Record
from bot.volatile.post import Away
from bot.volatile.valkey import LEASE_SECONDS, Borrowed, Valkey

LOOK_SECONDS = 0.05  # so often it is asked whether another replica is done with a chat
BLANK_AT = 4  # where a record says when its screen goes blank

T = TypeVar("T")


class Together:
    """Stands around the handling of updates. clock: seconds since 1970, as the other replicas know them."""

    def __init__(self, server: Valkey, local: Local, clock: Callable[[], float], sleep: Sleep) -> None:
        self.server, self.local, self._clock, self._sleep = server, local, clock, sleep
        self._turns: set[int] = set()

    def around(self, handlers: Handlers) -> Callable[[Update], Awaitable[None]]:
        """The same handling, by one replica at a time for each chat, and once for each update."""

        async def handle_together(update: Update) -> None:
            chat = chat_of(update)
            if chat <= 0:  # no private chat: nothing is known of it
                await handlers.handle(update)
            else:
                is_leave = handlers.is_leave(update)
                await self._take_turn(chat, str(update.update_id), lambda: handlers.handle(update), is_leave)

        return handle_together

    async def blank_idle(self, tidy: Tidy) -> None:
        """Pass on what only this replica knows, then blank the screens that nobody touched for too long."""
        for chat in self.local.chats():
            if chat not in self._turns:
                await self._take_turn(chat, "", _nothing)
        if not self.server.post.is_up:
            return
        try:
            for chat, message in await _answer(self.server.claim_idle()):
                if await tidy.blank(chat, message):
                    await self._take_turn(chat, "", lambda: self._blanked(chat, message))  # noqa: B023  done here
                    await _answer(self.server.blanked(chat, message))
        except Away:
            return

    async def _blanked(self, chat: int, message: int) -> None:
        self.local.blanked(chat, message, self._clock())

    # -- a turn ------------------------------------------------------------------------------------------------

    async def _take_turn(
        self, chat: int, update: str, work: Callable[[], Awaitable[None]], steal: bool = False
    ) -> None:
        """Do some work on a chat with all that any replica knows of it. update: done with it, "" for none."""
        try:
            borrowed = await self._borrow(chat, update, steal)
        except Away:
            await work()
            return
        if borrowed.what == "done":
            return
        self._turns.add(chat)
        done = ""
        try:
            self._merge(chat, borrowed.record)
            await work()
            done = update
        except Exception:
            done = update  # tried again it would fail again
            raise
        finally:  # stopped half-way it is not done, and comes again
            await self._give_back(chat, done, borrowed)
            self._turns.discard(chat)

    async def _borrow(self, chat: int, update: str, steal: bool) -> Borrowed:
        """The chat's turn, once nobody else has it. Raises Away."""
        waited = 0.0
        while True:
            borrowed = await _answer(self.server.borrow(chat, update, steal or waited > LEASE_SECONDS))
            if borrowed.what != "busy":
                return borrowed
            await self._sleep(LOOK_SECONDS)
            waited += LOOK_SECONDS

    def _merge(self, chat: int, record: Record | None) -> None:
        """What the server knows of a chat holds, unless this replica had to show a later screen without it."""
        if record is not None:
            own = self.local.record(chat)
            if own is None or own[BLANK_AT] <= record[BLANK_AT]:
                self.local.carry_in(chat, record, self._clock())

    async def _give_back(self, chat: int, update: str, borrowed: Borrowed) -> None:
        after = self.local.carry_out(chat, self._clock())
        try:
            await _answer(self.server.give_back(chat, update, borrowed.lease, borrowed.record, after))
        except Away:
            self.local.carry_in(chat, after, self._clock())


async def _nothing() -> None:
    """No work: a turn taken only to pass on what is known."""


async def _answer(future: Future[T]) -> T:
    """Wait for the shared server without keeping anybody else waiting. Raises Away."""
    return await asyncio.wrap_future(future)
