"""Put a reply on screen: edit the one message, send only where there is none, and live with what Telegram answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from telegram import Bot, InlineKeyboardMarkup, MessageEntity
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.log import Journal
from bot.messenger.calls import Calls
from bot.messenger.client import LOST
from bot.messenger.incoming import Sent, carried
from bot.messenger.render import keyboard, shown
from bot.messenger.tidy import LONGEST_WAIT_SECONDS, PER_CALL, RETRY_SECONDS, Sleep, Tidy, wait_of
from bot.texts.speak import Reply
from bot.volatile.local import Volatile

SAME = "not modified"
MISSING = "message to edit not found"
ABSENT = (MISSING, "message_id_invalid")
GONE = (*ABSENT, "message can't be edited", "there is no text in the message")
PROBE = "…"


@dataclass(slots=True, eq=False)
class _Wish:
    """A screen somebody waits for.

    again: it was sent before and refused, so that a copy may stand in the chat. may_send: as `Deliver.show` has it.
    """

    chat: int
    reply: Reply
    screen: int
    first: int
    may_send: bool = True
    again: bool = False


class Deliver:
    """Shows replies; where Telegram asks to wait, only the newest screen of a chat waits. clock: seconds, monotonic."""

    def __init__(
        self,
        bot: Bot,
        calls: Calls,
        tidy: Tidy,
        local: Volatile,
        journal: Journal,
        clock: Callable[[], float],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.bot, self.calls, self.tidy, self.local, self.journal = bot, calls, tidy, local, journal
        self.clock, self._sleep = clock, sleep
        self._newest: dict[int, _Wish] = {}
        self._heard: dict[Path, str] = {}  # recordings that Telegram has, by its own id for them
        self._later: set[asyncio.Task[None]] = set()

    async def show(self, chat: int, reply: Reply, screen: int = 0, first: int = 0, may_send: bool = True) -> None:
        """Show a reply in a chat.

        screen: id of the message to edit, 0 sends a new one. first: id of the first message of the talk.
        may_send: whether a new message may take the place of a screen that is gone; a tap must not bring back what
        somebody removed.
        A screen that must wait goes on by itself; a newer one of the same chat takes its place.
        """
        wish = self._newest[chat] = _Wish(chat, reply, screen, first, may_send)
        wait = await self._try(wish)
        if wait is None:
            self._done(wish)
            return
        task = asyncio.create_task(self._show_later(wish, wait))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    def drop(self, chat: int) -> None:
        """Show nothing more in a chat, whatever still waits for it: the person left."""
        self._newest.pop(chat, None)

    def _is_wanted(self, wish: _Wish) -> bool:
        return self._newest.get(wish.chat) is wish

    def _done(self, wish: _Wish) -> None:
        if self._is_wanted(wish):
            del self._newest[wish.chat]

    async def _show_later(self, wish: _Wish, wait: float) -> None:
        for backoff in RETRY_SECONDS:
            await self._sleep(min(max(wait, backoff), LONGEST_WAIT_SECONDS))
            if not self._is_wanted(wish):
                return
            again = await self._try(wish)
            if again is None:
                break
            wait = again
        self._done(wish)

    async def _try(self, wish: _Wish) -> float | None:
        """One attempt: None when done or hopeless, else the seconds to wait before the next."""
        try:
            if wish.reply.voice is not None:
                await self._play(wish, wish.reply.voice)
            elif wish.screen:
                await self._edit(wish)
            else:
                await self._send(wish)
        except RetryAfter as error:
            self.journal.note("api_limited", error, "warning")
            return wait_of(error)
        except Forbidden:
            self.local.forget(wish.chat)
        except BadRequest as error:
            return await self._refused(wish, error)
        except (TimedOut, NetworkError) as error:
            self.journal.note("api_unreachable", error, "warning")
            if wish.reply.voice is not None and wish.screen and _may_have_arrived(error):
                await self.tidy.sweep(wish.chat, wish.screen + PER_CALL)  # the screen stands; no second one beside it
                return None
            wish.again = True
            return 0.0 if wish.screen or not _may_have_arrived(error) else None
        except TelegramError as error:
            self.journal.note("api_refused", error, "error")
        return None

    async def _refused(self, wish: _Wish, error: BadRequest) -> float | None:
        """Telegram does not want this: fine where it is shown already, a new message where the old one is gone."""
        words = str(error).lower()
        if SAME in words:
            self._keep(wish, wish.screen)
        elif not (wish.screen and any(gone in words for gone in GONE)):
            self.journal.note("api_refused", error, "error")
        elif self._is_wanted(wish):
            if not wish.may_send and any(absent in words for absent in ABSENT):
                if self.local.screen(wish.chat) == wish.screen:
                    self.local.forget(wish.chat)
                return None
            if MISSING not in words:
                await self.tidy.remove(wish.chat, wish.screen)  # it cannot be changed, but it still stands there
                if not self._is_wanted(wish):
                    return None
            wish.screen = wish.first = 0
            return await self._try(wish)
        return None

    async def _edit(self, wish: _Wish) -> None:
        place = {"chat_id": wish.chat, "message_id": wish.screen}
        await self.calls.do("editMessageText", place | shown(wish.reply, wish.first or wish.screen))
        self._keep(wish, wish.screen)

    async def _send(self, wish: _Wish) -> None:
        sent = await self._sent(wish.chat, shown(wish.reply, 0))
        if not self._is_wanted(wish):  # the person left, or moved on, while it was under way
            self.local.lay(wish.chat, sent.message_id)
            return
        self._keep(wish, sent.message_id)
        if wish.again:
            await self.tidy.sweep(wish.chat, sent.message_id - 1)

    async def _play(self, wish: _Wish, voice: Path) -> None:
        """Put a voice message with the screen as its caption in place of the screen: it is still one message.

        So it leaves with Leave, goes when it is idle and makes room for the next screen, also after a restart.
        """
        sent = await self.bot.send_voice(
            wish.chat,
            self._heard.get(voice, voice),
            caption=wish.reply.text,
            caption_entities=[MessageEntity(*entity) for entity in wish.reply.entities],
            reply_markup=InlineKeyboardMarkup.de_json(keyboard(wish.reply, wish.first or wish.screen)),
            disable_notification=True,
            protect_content=not wish.reply.contacts,  # a number can always be copied
        )
        if sent.voice is not None:
            self._heard[voice] = sent.voice.file_id
        gone = wish.screen if self._is_wanted(wish) else sent.message_id
        self._keep(wish, sent.message_id)
        if gone and not await self.tidy.remove(wish.chat, gone):
            self.local.lay(wish.chat, gone)

    async def _sent(self, chat: int, params: dict[str, Any]) -> Sent:
        params |= {"chat_id": chat, "disable_notification": True}
        return msgspec.convert(await self.calls.ask("sendMessage", params), Sent)

    def _keep(self, wish: _Wish, screen: int) -> None:
        if self._is_wanted(wish):
            self.local.keep_screen(wish.chat, screen, self.clock(), wish.reply.worker)

    async def probe(self, chat: int, screen: int) -> list[str] | None:
        """What the buttons of a screen carry: a reply to it brings the message along, and is removed at once.

        The server stores no conversation, so Telegram's own copy of the keyboard is asked for. Empty where that message
        is gone or none of ours; None where Telegram did not answer.
        """
        reply_to = {"message_id": screen, "allow_sending_without_reply": True}
        try:
            sent = await self._sent(chat, {"text": PROBE, "reply_parameters": reply_to})
        except TelegramError:
            return None
        if not await self.tidy.remove(chat, sent.message_id):
            self.local.lay(chat, sent.message_id)
        standing = sent.reply_to_message
        if standing is None or standing.message_id != screen:
            return []
        is_ours = standing.sender is not None and standing.sender.id == self.bot.id
        return carried(standing) if is_ours else []

    async def close(self, seconds: float) -> None:
        """Give screens that wait a moment, then let them go."""
        if self._later:
            _, left = await asyncio.wait(self._later, timeout=seconds)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)


def _may_have_arrived(error: NetworkError) -> bool:
    """Whether a message may be in the chat although no answer came: then it is not sent a second time."""
    words = str(error)
    if isinstance(error, TimedOut):
        return not words.startswith("Pool timeout")
    return words.startswith(("httpx.", LOST)) and not words.startswith("httpx.Connect")
