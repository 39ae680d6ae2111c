"""Leave nothing behind: delete what can be deleted, overwrite what cannot, say nothing afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial

from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.log import Journal
from bot.messenger.calls import Calls

PER_CALL = 100  # deleteMessages takes at most so many ids
MOST_CALLS = 10
NEUTRAL = "OK"
RETRY_SECONDS = (1.0, 2.0, 4.0)
LONGEST_WAIT_SECONDS = 60.0
LONGEST_LEAVE_WAIT_SECONDS = 15 * 60.0  # nobody is kept waiting meanwhile, and asking sooner makes it longer
DONE_ALREADY = ("not found", "not modified")

Sleep = Callable[[float], Awaitable[None]]
Call = Callable[[], Awaitable[object]]


def wait_of(error: TelegramError) -> float:
    """The seconds Telegram asks to be left alone for; 0 where it does not say."""
    if not isinstance(error, RetryAfter):
        return 0.0
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


class Tidy:
    """Removes messages. Every call here may be repeated without harm, so that none is given up for one lost answer."""

    def __init__(self, calls: Calls, journal: Journal, sleep: Sleep = asyncio.sleep) -> None:
        self.calls, self.journal, self._sleep = calls, journal, sleep

    async def remove(self, chat: int, *messages: int) -> bool:
        """Delete up to 100 messages in one try; False where Telegram did not answer and should be asked again."""
        call = self._gone(chat, messages[0]) if len(messages) == 1 else self._all_gone(chat, messages)
        return await self._once(call) is not None

    async def sweep(self, chat: int, last: int) -> bool:
        """Delete whatever there is among the newest 100 ids up to `last`; False to be asked again, as above."""
        return await self._delete(chat, max(1, last - PER_CALL + 1), last, self._once) is not None

    async def blank(self, chat: int, message: int) -> bool:
        """Overwrite a message with a neutral word and drop its buttons; False to be asked again, as above.

        A voice message has no text to overwrite: it is removed. A refusal of both is an end as well: the message is
        gone or the person blocked the bot.
        """
        done = await self._once(self._neutral(chat, message))
        if done is False:
            return await self.remove(chat, message)
        return done is not None

    async def leave(self, chat: int, first: int, last: int, screen: int, waits: asyncio.Event) -> bool:
        """Empty a chat from the first message of the talk to the last, newest first, at most 1,000 messages.

        first: 0 where it is not known; then the newest 100 ids are tried. screen: the bot's message, which goes neutral
        where it is too old to be deleted; 0 where it is not known. waits: set when Telegram does not do it at once.
        False where it did not answer in the end.
        """
        insist = partial(self._insist, waits=waits)
        if screen:
            done = await insist(self._gone(chat, screen))
            if done is False:
                done = await insist(self._neutral(chat, screen))
            if done is None:
                return False
        upper = last - 1 if last == screen else last
        lowest = last - PER_CALL * (MOST_CALLS if first > 0 else 1)
        first = max(first, lowest, 1)
        while upper >= first:
            lower = max(first, upper - PER_CALL + 1)
            done = await self._delete(chat, lower, upper, insist)
            if not done:
                return done is False
            upper = lower - 1
        return True

    def _neutral(self, chat: int, message: int) -> Call:
        params = {"chat_id": chat, "message_id": message, "text": NEUTRAL}
        return partial(self.calls.do, "editMessageText", params)

    def _gone(self, chat: int, message: int) -> Call:
        return partial(self.calls.do, "deleteMessage", {"chat_id": chat, "message_id": message})

    def _all_gone(self, chat: int, messages: Sequence[int]) -> Call:
        return partial(self.calls.do, "deleteMessages", {"chat_id": chat, "message_ids": list(messages)})

    async def _delete(
        self, chat: int, lower: int, upper: int, by: Callable[[Call], Awaitable[bool | None]]
    ) -> bool | None:
        """Delete a range of ids; one message past its 48 hours refuses all, so the newer half is tried by itself.

        False: nothing older can go either. None: Telegram does not answer.
        """
        if upper < lower:
            return True
        done = await by(self._all_gone(chat, range(lower, upper + 1)))
        if done is not False or lower == upper:
            return done
        middle = (lower + upper + 1) // 2
        newer = await self._delete(chat, middle, upper, by)
        return await self._delete(chat, lower, middle - 1, by) if newer else newer

    async def _insist(self, call: Call, waits: asyncio.Event) -> bool | None:
        """Ask up to four times, waiting as long as Telegram wants; None where it never answered."""
        for pause in RETRY_SECONDS:
            try:
                return await _ask(call)
            except TelegramError as error:
                self._note(error)
                waits.set()
                await self._sleep(min(max(pause, wait_of(error)), LONGEST_LEAVE_WAIT_SECONDS))
        return await self._once(call)

    async def _once(self, call: Call) -> bool | None:
        """Ask once; None where Telegram did not answer."""
        try:
            return await _ask(call)
        except TelegramError as error:
            self._note(error)
            return None

    def _note(self, error: TelegramError) -> None:
        self.journal.note("api_limited" if isinstance(error, RetryAfter) else "api_unreachable", error, "warning")


async def _ask(call: Call) -> bool:
    """Whether Telegram did it, or found nothing left to do. Raises TelegramError where it did not answer."""
    try:
        await call()
    except Forbidden:
        return True  # blocked: nothing can be done, and nobody can be shown anything
    except BadRequest as error:
        return any(words in str(error).lower() for words in DONE_ALREADY)
    return True
