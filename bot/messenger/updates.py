"""Our own polling loop: raw updates, parsed one by one, handled, and only then confirmed.

The library's loop confirms a batch before it is handled and stops for everybody at one malformed update.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from telegram import Bot, Update
from telegram.request import BaseRequest

from bot.config import Secret
from bot.errors import WaymarkError
from bot.log import Journal
from bot.messenger.handlers import KINDS
from bot.messenger.raw import Raw, chat_of, is_asking
from bot.messenger.tidy import Sleep
from bot.volatile.local import Local

LONG_POLL_SECONDS = 25
BATCH = 100
AT_ONCE = 64
CHAT_QUEUE = 5  # updates of one chat that wait; of more the oldest are dropped
LONGEST_HANDLING_SECONDS = 60.0
PAUSE_SECONDS = 3.0
NOTHING_NEW_SECONDS = 0.2
NOTHING_TO_DO_SECONDS = 1.0
PATIENCE = 10  # looks at a full batch of old updates before the oldest no longer holds up the rest
CONFIRM_SECONDS = 2.0
LEAVE_KEPT_SECONDS = 150.0  # a tap lives no longer at Telegram: after that, not confirming it keeps nothing


class Poller:
    """Fetches, keeps order within a chat, runs chats side by side, and confirms what was handled."""

    def __init__(
        self,
        bot: Bot,
        request: BaseRequest,
        base_url: str,
        token: Secret,
        handle: Callable[[Update], Awaitable[None]],
        local: Local,
        journal: Journal,
        sleep: Sleep = asyncio.sleep,
        is_leave: Callable[[Raw], bool] = lambda raw: False,
        under_way: Callable[[int], asyncio.Task[None] | None] = lambda chat: None,
        alive: Callable[[], None] = lambda: None,
        heard: Callable[[], None] = lambda: None,
    ) -> None:
        self.bot, self.request, self.handle, self.local, self.journal = bot, request, handle, local, journal
        self._base, self._token, self._sleep = base_url, token, sleep
        self._is_leave, self._under_way, self._alive, self._heard = is_leave, under_way, alive, heard
        self._offset = 0
        self._open: set[int] = set()  # updates fetched and not yet handled
        self._newest = -1
        self._blocked = (-1, 0)  # the oldest open update while batches were full of old ones, and how often that was
        self._waiting: dict[int, deque[Raw]] = defaultdict(deque)
        self._busy: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._kept: set[asyncio.Task[None]] = set()  # leaves that Telegram makes wait, until they are done
        self._room = asyncio.Semaphore(AT_ONCE)
        self._done = asyncio.Event()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Poll until `stop`. Raises WaymarkError when Telegram refuses the token."""
        while not self._stopping.is_set():
            self._alive()  # also while Telegram is away: a new start would not bring it back
            self._done.clear()
            fetched = asyncio.create_task(self._fetch())
            stopped = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({fetched, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if self._stopping.is_set():  # what came in this very moment stays unconfirmed and comes again
                fetched.cancel()
                await asyncio.gather(fetched, return_exceptions=True)
                return
            batch = fetched.result()
            fresh = [raw for raw in batch if self._take(raw)]
            if batch and not fresh:
                asked = self._offset
                self._step_back(batch)
                if self._open or self._confirmed() <= asked:  # else all are done, and asking on confirms them
                    await self._wait_for_one()

    async def stop(self, seconds: float) -> None:
        """Take no more, finish what was begun within the time given, and confirm it."""
        self._stopping.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in (*self._tasks, *self._kept):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._kept, return_exceptions=True)
        if self._confirmed() > self._offset:
            try:
                await asyncio.wait_for(self._call(timeout=0, limit=1), CONFIRM_SECONDS)
            except Exception as error:  # then they come again after the start, and are answered again
                self.journal.note("api_unreachable", error, "warning")

    @property
    def waiting(self) -> int:
        """Updates taken and not done with."""
        return len(self._open)

    # -- fetching ----------------------------------------------------------------------------------------------

    def _confirmed(self) -> int:
        """The first update not yet handled: everything before it may be forgotten by Telegram."""
        return min(self._open) if self._open else self._newest + 1

    async def _fetch(self) -> list[Raw]:
        try:
            status, body = await self._call(LONG_POLL_SECONDS, BATCH)
            answer = json.loads(body)
            if status == 200 and isinstance(answer, dict) and isinstance(answer.get("result"), list):
                self._heard()
                return [raw for raw in answer["result"] if isinstance(raw, dict)]
        except asyncio.CancelledError:
            raise
        except Exception as error:  # a network has more ways to fail than a list can hold
            self.journal.note("api_unreachable", error, "warning")
            await self._pause(PAUSE_SECONDS)
            return []
        await self._refused(status, answer)
        return []

    async def _call(self, timeout: int, limit: int) -> tuple[int, bytes]:
        self._offset = max(self._offset, self._confirmed())
        kinds = quote(json.dumps(KINDS, separators=(",", ":")))
        query = f"offset={self._offset}&limit={limit}&timeout={timeout}&allowed_updates={kinds}"
        url = f"{self._base}{self._token.reveal()}/getUpdates?{query}"
        return await self.request.do_request(url, "GET", read_timeout=timeout + 10.0)

    async def _refused(self, status: int, answer: object) -> None:
        if status in (401, 404):
            self.journal.note("token_refused", level="error")
            raise WaymarkError(
                "WAYMARK_TOKEN_FILE", "holds a token that Telegram refuses.", "Put the current one in it."
            )
        wait = PAUSE_SECONDS
        if status == 409:
            self.journal.note("api_conflict", level="error")
        elif status == 429 and isinstance(answer, dict):
            self.journal.note("api_limited", level="warning")
            wait = max(wait, float((answer.get("parameters") or {}).get("retry_after") or 0))
        else:
            self.journal.note("api_refused", level="warning")
            if status == 400:  # perhaps our numbers lie in its future: ask for whatever there is
                self._newest, self._offset = -1, 0
        await self._pause(wait)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not past a stop."""
        await first_of(self._sleep(seconds), self._stopping.wait())

    async def _wait_for_one(self) -> None:
        """Telegram sends unconfirmed updates again at once: wait until one is done since we asked, or a moment."""
        seconds = NOTHING_NEW_SECONDS if self._open else NOTHING_TO_DO_SECONDS
        await first_of(self._done.wait(), self._sleep(seconds), self._stopping.wait())

    def _step_back(self, batch: list[Raw]) -> None:
        """Nothing new in a batch: see that it is not the same for ever.

        A full batch behind one slow update would keep newer ones from coming, so after some patience that one is
        confirmed while it is still being handled. Numbers below what was confirmed mean that Telegram counts anew.
        """
        if self._open:
            oldest = min(self._open)
            looks = self._blocked[1] + 1 if self._blocked[0] == oldest and len(batch) >= BATCH else 0
            self._blocked = (oldest, looks)
            if looks >= PATIENCE:
                self._open.discard(oldest)
            return
        numbers = [number for raw in batch if isinstance(number := raw.get("update_id"), int)]
        if numbers and max(numbers) < self._offset:
            self._newest, self._offset = max(numbers), 0

    # -- handling ----------------------------------------------------------------------------------------------

    def _take(self, raw: Raw) -> bool:
        """Queue one update behind its chat's others; False for a repeat."""
        number = raw.get("update_id")
        if not isinstance(number, int) or isinstance(number, bool):
            self.journal.note("update_refused", level="warning")
            return False
        self._newest = max(self._newest, number)
        if number in self._open or not self.local.is_new(number):
            return False
        chat = chat_of(raw)
        self._open.add(number)
        self._queue(chat, raw)
        if chat not in self._busy:
            self._busy.add(chat)
            task = asyncio.create_task(self._serve(chat))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return True

    def _queue(self, chat: int, raw: Raw) -> None:
        """Leaving goes first, and what was asked for before it is not wanted any more; it is never dropped itself."""
        waiting = self._waiting[chat]
        if chat > 0 and self._is_leave(raw):
            leaves = [one for one in waiting if self._is_leave(one)]
            for one in waiting:
                if one not in leaves and is_asking(one):
                    self._drop(chat, one)
            rest = [one for one in waiting if one not in leaves and not is_asking(one)]
            if len(leaves) < CHAT_QUEUE:
                leaves.append(raw)
            else:
                self._drop(chat, raw)  # what goes first does the same
            self._waiting[chat] = deque([*leaves, *rest])
        else:
            waiting.append(raw)
        waiting = self._waiting[chat]
        while len(waiting) > CHAT_QUEUE:
            oldest = next((one for one in waiting if chat <= 0 or not self._is_leave(one)), waiting[-1])
            waiting.remove(oldest)
            self._drop(chat, oldest)

    def _drop(self, chat: int, raw: Raw) -> None:
        """Too many at once: the newest say what a person wants now. What was written is removed all the same."""
        message = raw.get("message")
        number = message.get("message_id") if isinstance(message, dict) else None
        if chat > 0 and isinstance(number, int):
            self.local.lay(chat, number)
        self._close(raw)

    async def _serve(self, chat: int) -> None:
        """Handle a chat's updates in order until none waits."""
        try:
            while self._waiting[chat]:
                # First a room, so that what comes while there is none may still go before. Leaving needs none.
                async with contextlib.nullcontext() if self._is_leave(self._waiting[chat][0]) else self._room:
                    await self._handle(self._waiting[chat].popleft())
        finally:
            self._busy.discard(chat)
            self._waiting.pop(chat, None)

    async def _handle(self, raw: Raw) -> None:
        try:
            update = Update.de_json(raw, self.bot)
        except Exception as error:  # whatever a malformed update breaks, it breaks alone
            self.journal.note("update_refused", error, "warning")
            self._close(raw)
            return
        try:
            await asyncio.wait_for(self.handle(update), LONGEST_HANDLING_SECONDS)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self.journal.note("update_failed", error, "error")
        leaving = self._under_way(chat_of(raw)) if self._is_leave(raw) else None
        if leaving is None:
            self._close(raw)
            return
        task = asyncio.create_task(self._close_later(raw, leaving))
        self._kept.add(task)
        task.add_done_callback(self._kept.discard)

    async def _close_later(self, raw: Raw, leaving: asyncio.Task[None]) -> None:
        """A leave that must wait is not confirmed before it is done: should the process stop, it comes again."""
        await first_of(asyncio.wait({leaving}), self._sleep(LEAVE_KEPT_SECONDS))
        self._close(raw)

    def _close(self, raw: Raw) -> None:
        self._open.discard(raw["update_id"])
        self._done.set()


async def first_of(*waits: Awaitable[object]) -> None:
    """Wait until one of these is done, and let the others go."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
