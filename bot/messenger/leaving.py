"""Leaving that goes on by itself: it keeps nobody else waiting, and is not given up while Telegram asks to wait."""

from __future__ import annotations

import asyncio

from bot.log import Journal
from bot.messenger.tidy import Tidy
from bot.volatile.local import Volatile


class Leaving:
    """The chats being emptied. What could not be done in the end is left to the blanking of idle screens.

    A leave that still waits when the process is stopped comes again: its update is not confirmed before it is done.
    """

    def __init__(self, tidy: Tidy, local: Volatile, journal: Journal) -> None:
        self.tidy, self.local, self.journal = tidy, local, journal
        self._tasks: dict[tuple[int, int], asyncio.Task[None]] = {}

    async def go(self, chat: int, first: int, last: int, screen: int) -> None:
        """Empty a chat, as `Tidy.leave` does; returns when that is done or must wait, whichever is first."""
        if (chat, screen) in self._tasks or (self.is_under_way(chat) and not screen):
            if last != screen:
                self.local.lay(chat, last)  # a leave word again; all else is seen to already
            return
        waits = asyncio.Event()
        task = asyncio.create_task(self._leave(chat, first, last, screen, waits))
        self._tasks[chat, screen] = task
        task.add_done_callback(lambda _: self._tasks.pop((chat, screen), None))
        waiting = asyncio.create_task(waits.wait())
        try:
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()

    def is_under_way(self, chat: int) -> bool:
        """Whether a chat is being emptied now."""
        return any(chat == other for other, _ in self._tasks)

    def under_way(self, chat: int) -> asyncio.Task[None] | None:
        """The newest leave of a chat that is not done yet."""
        return next((task for (other, _), task in reversed(self._tasks.items()) if other == chat), None)

    async def close(self, seconds: float) -> None:
        """Give those under way a moment, then let them go."""
        tasks = list(self._tasks.values())
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=seconds)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _leave(self, chat: int, first: int, last: int, screen: int, waits: asyncio.Event) -> None:
        try:
            is_done = await self.tidy.leave(chat, first, last, screen, waits)
        except Exception as error:
            self.journal.note("update_failed", error, "error")
            is_done = False
        if not is_done:
            self.local.owe(chat, screen)
            if last != screen:
                self.local.lay(chat, last)
