"""Updates in order within a chat, chats side by side; Leave goes first, and a rush is cut down to its newest."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable

from bot.log import Journal
from bot.messenger.incoming import Update, chat_of
from bot.messenger.tidy import Sleep
from bot.volatile.local import Volatile

AT_ONCE = 64
CHAT_QUEUE = 5  # updates of one chat that wait; of more the oldest are dropped
LONGEST_HANDLING_SECONDS = 60.0
LEAVE_KEPT_SECONDS = 150.0  # a tap lives no longer at Telegram: after that, not confirming it keeps nothing


class Lanes:
    """handle: answers one update. is_leave: whether one asks to leave. done: told of each that needs nothing more.

    under_way: a chat's leave that is not done yet, if there is one.
    """

    def __init__(
        self,
        handle: Callable[[Update], Awaitable[None]],
        is_leave: Callable[[Update], bool],
        done: Callable[[Update], None],
        volatile: Volatile,
        journal: Journal,
        sleep: Sleep = asyncio.sleep,
        under_way: Callable[[int], asyncio.Task[None] | None] = lambda chat: None,
    ) -> None:
        self._handle, self._is_leave, self._done = handle, is_leave, done
        self._volatile, self._journal, self._sleep, self._under_way = volatile, journal, sleep, under_way
        self._waiting: dict[int, deque[Update]] = defaultdict(deque)
        self._busy: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._kept: set[asyncio.Task[None]] = set()  # leaves that Telegram makes wait, until they are done
        self._room = asyncio.Semaphore(AT_ONCE)

    def take(self, update: Update) -> None:
        """Queue an update behind its chat's others."""
        chat = chat_of(update)
        self._queue(chat, update)
        if chat not in self._busy:
            self._busy.add(chat)
            task = asyncio.create_task(self._serve(chat))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self, seconds: float) -> None:
        """Finish what was begun within the time given."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in (*self._tasks, *self._kept):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._kept, return_exceptions=True)

    def _queue(self, chat: int, update: Update) -> None:
        """Leaving goes first, and what was asked for before it is not wanted any more; it is never dropped itself."""
        waiting = self._waiting[chat]
        if not waiting:
            waiting.append(update)
            return
        if chat > 0 and self._is_leave(update):
            leaves = [one for one in waiting if self._is_leave(one)]
            for one in waiting:
                if one not in leaves and _is_asking(one):
                    self._drop(chat, one)
            rest = [one for one in waiting if one not in leaves and not _is_asking(one)]
            if len(leaves) < CHAT_QUEUE:
                leaves.append(update)
            else:
                self._drop(chat, update)  # what goes first does the same
            waiting = self._waiting[chat] = deque([*leaves, *rest])
        else:
            waiting.append(update)
        while len(waiting) > CHAT_QUEUE:
            oldest = next((one for one in waiting if chat <= 0 or not self._is_leave(one)), waiting[-1])
            waiting.remove(oldest)
            self._drop(chat, oldest)

    def _drop(self, chat: int, update: Update) -> None:
        """Too many at once: the newest say what a person wants now. What was written is removed all the same."""
        if chat > 0 and update.message is not None:
            self._volatile.lay(chat, update.message.message_id)
        self._done(update)

    async def _serve(self, chat: int) -> None:
        """Handle a chat's updates in order until none waits."""
        try:
            while self._waiting[chat]:
                # First a room, so that what comes while there is none may still go before. Leaving needs none.
                async with contextlib.nullcontext() if self._is_leave(self._waiting[chat][0]) else self._room:
                    await self._one(self._waiting[chat].popleft())
        finally:
            self._busy.discard(chat)
            self._waiting.pop(chat, None)

    async def _one(self, update: Update) -> None:
        try:
            async with asyncio.timeout(LONGEST_HANDLING_SECONDS):
                await self._handle(update)
        except Exception as error:  # whatever a strange update breaks, it breaks alone
            self._journal.note("update_failed", error, "error")
        leaving = self._under_way(chat_of(update)) if self._is_leave(update) else None
        if leaving is None:
            self._done(update)
            return
        task = asyncio.create_task(self._done_later(update, leaving))
        self._kept.add(task)
        task.add_done_callback(self._kept.discard)

    async def _done_later(self, update: Update, leaving: asyncio.Task[None]) -> None:
        """A leave that must wait is not confirmed before it is done: should the process stop, it comes again."""
        await first_of(asyncio.wait({leaving}), self._sleep(LEAVE_KEPT_SECONDS))
        self._done(update)


def _is_asking(update: Update) -> bool:
    """Whether an update is a tap or a typed command, which would show a screen."""
    text = update.message.text if update.message is not None else None
    return update.callback_query is not None or (text is not None and text.lstrip().startswith("/"))


async def first_of(*waits: Awaitable[object]) -> None:
    """Wait until one of these is done, and let the others go."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
