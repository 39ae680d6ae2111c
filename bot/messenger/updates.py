"""Our own polling loop: updates fetched, each decoded alone, handled, and only then confirmed.

The library's loop confirms a batch before it is handled and stops for everybody at one malformed update.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import msgspec
from telegram.request import BaseRequest

from bot.config import Secret
from bot.errors import WaymarkError
from bot.log import Journal
from bot.messenger.health import Health
from bot.messenger.incoming import KINDS, Update, read_number, read_update
from bot.messenger.lanes import Lanes, first_of
from bot.messenger.tidy import Sleep
from bot.volatile.local import Volatile

LONG_POLL_SECONDS = 25
BATCH = 100
PAUSE_SECONDS = 3.0
NOTHING_NEW_SECONDS = 0.2
NOTHING_TO_DO_SECONDS = 1.0
PATIENCE = 10  # looks at a full batch of old updates before the oldest no longer holds up the rest
CONFIRM_SECONDS = 2.0

Raw = tuple[int | None, bytes]  # the number of an update, where it has one, and all of it


class _Answer(msgspec.Struct):
    """What a poll brings; updates stay as they came."""

    result: list[msgspec.Raw]


read_answer = msgspec.json.Decoder(_Answer).decode


class Poller:
    """Fetches, keeps order within a chat, runs chats side by side, and confirms what was handled."""

    def __init__(
        self,
        request: BaseRequest,
        base_url: str,
        token: Secret,
        handle: Callable[[Update], Awaitable[None]],
        volatile: Volatile,
        journal: Journal,
        sleep: Sleep = asyncio.sleep,
        is_leave: Callable[[Update], bool] = lambda update: False,
        under_way: Callable[[int], asyncio.Task[None] | None] = lambda chat: None,
        alive: Callable[[], None] = lambda: None,
        health: Health | None = None,
    ) -> None:
        self.request, self.volatile, self.journal = request, volatile, journal
        self._base, self._token, self._sleep = base_url, token, sleep
        self._alive, self._health = alive, health
        self._lanes = Lanes(handle, is_leave, self._close, volatile, journal, sleep, under_way)
        self._offset = 0
        self._open: set[int] = set()  # updates fetched and not yet handled
        self._newest = -1
        self._blocked = (-1, 0)  # the oldest open update while batches were full of old ones, and how often that was
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
        await self._lanes.stop(seconds)
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
            updates = split(body) if status == 200 else None
            if updates is not None:
                if self._health is not None:
                    self._health.hear()
                return updates
            answer = json.loads(body)
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
        numbers = [number for number, _ in batch if number is not None]
        if numbers and max(numbers) < self._offset:
            self._newest, self._offset = max(numbers), 0

    # -- handling ----------------------------------------------------------------------------------------------

    def _take(self, raw: Raw) -> bool:
        """Hand on one update; False for a repeat, and for one that cannot be confirmed."""
        number, body = raw
        if number is None:
            self.journal.note("update_refused", level="warning")
            return False
        self._newest = max(self._newest, number)
        if number in self._open or not self.volatile.is_new(number):
            return False
        try:
            update = read_update(body)
        except Exception as error:  # whatever a malformed update breaks, it breaks alone
            self.journal.note("update_refused", error, "warning")
            self._done.set()
            return True
        self._open.add(number)
        self._lanes.take(update)
        return True

    def _close(self, update: Update) -> None:
        self._open.discard(update.update_id)
        self._done.set()


def split(body: bytes) -> list[Raw] | None:
    """The updates of a poll's answer, none of them read further than its number; None where it is no such answer.

    Should one be so broken that the others cannot be told from it, they are told apart the slow and patient way.
    """
    try:
        return [(read_number(raw).update_id, bytes(raw)) for raw in read_answer(body).result]
    except (msgspec.DecodeError, RecursionError):
        answer = json.loads(body)
    result = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(result, list):
        return None
    return [(_number(one), json.dumps(one).encode()) for one in result if isinstance(one, dict)]


def _number(update: dict[str, object]) -> int | None:
    number = update.get("update_id")
    return number if isinstance(number, int) and not isinstance(number, bool) else None
