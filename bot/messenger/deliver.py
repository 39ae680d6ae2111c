"""Put a reply on screen: edit the one message, send it only where there is none, and live with what Telegram answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from telegram import Bot, Message
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.log import Journal
from bot.messenger.render import NO_PREVIEW, entities, keyboard
from bot.texts.speak import Reply
from bot.volatile.local import Local

RETRY_SECONDS = (1.0, 2.0, 4.0)
LONGEST_WAIT_SECONDS = 60.0
SAME = "not modified"
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid", "there is no text in the message")


class Deliver:
    """Shows replies; where Telegram asks to wait, only the newest screen of a chat waits. clock: seconds, monotonic."""

    def __init__(self, bot: Bot, local: Local, journal: Journal, clock: Callable[[], float]) -> None:
        self.bot, self.local, self.journal, self.clock = bot, local, journal, clock
        self._newest: dict[int, object] = {}
        self._later: set[asyncio.Task[None]] = set()

    async def show(self, chat: int, reply: Reply, screen: int = 0, first: int = 0) -> None:
        """Show a reply in a chat.

        screen: id of the message to edit, 0 sends a new one. first: id of the first message of the talk.
        A redraw that must wait goes on by itself; a newer screen of the same chat takes its place.
        """
        self._newest[chat] = mark = object()
        wait = await self._try(chat, reply, screen, first)
        if wait is None:
            self._newest.pop(chat, None)
            return
        task = asyncio.create_task(self._show_later(chat, reply, screen, first, mark, wait))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _show_later(self, chat: int, reply: Reply, screen: int, first: int, mark: object, wait: float) -> None:
        for backoff in RETRY_SECONDS:
            await asyncio.sleep(min(max(wait, backoff), LONGEST_WAIT_SECONDS))
            if self._newest.get(chat) is not mark:
                return
            again = await self._try(chat, reply, screen, first)
            if again is None:
                break
            wait = again
        if self._newest.get(chat) is mark:
            del self._newest[chat]

    async def _try(self, chat: int, reply: Reply, screen: int, first: int) -> float | None:
        """One attempt: None when done or hopeless, else the seconds to wait before the next."""
        try:
            if screen:
                await self._edit(chat, reply, screen, first)
            else:
                await self._send(chat, reply)
        except RetryAfter as error:
            self.journal.note("api_limited", error, "warning")
            return _seconds(error)
        except Forbidden:
            self.local.forget(chat)
        except BadRequest as error:
            if SAME in str(error).lower():
                self._keep(chat, screen, reply)
            elif screen and any(words in str(error).lower() for words in GONE):
                return await self._try(chat, reply, 0, 0)
            else:
                self.journal.note("api_refused", error, "error")
        except (TimedOut, NetworkError) as error:
            self.journal.note("api_unreachable", error, "warning")
            return 0.0 if screen else None  # an edit can be repeated; a send might have arrived
        except TelegramError as error:
            self.journal.note("api_refused", error, "error")
        return None

    async def _edit(self, chat: int, reply: Reply, screen: int, first: int) -> None:
        await self.bot.edit_message_text(
            reply.text,
            chat_id=chat,
            message_id=screen,
            entities=entities(reply),
            reply_markup=keyboard(reply, first or screen),
            link_preview_options=NO_PREVIEW,
        )
        self._keep(chat, screen, reply)

    async def _send(self, chat: int, reply: Reply) -> None:
        sent = await self.bot.send_message(
            chat,
            reply.text,
            entities=entities(reply),
            reply_markup=keyboard(reply, 0),
            link_preview_options=NO_PREVIEW,
            disable_notification=True,
        )
        self._keep(chat, sent.message_id, reply)

    def _keep(self, chat: int, screen: int, reply: Reply) -> None:
        self.local.keep_screen(chat, screen, self.clock(), reply.worker)

    async def probe(self, chat: int, screen: int) -> Message | None:
        """Read a screen's buttons without keeping them: a reply to it brings the message along.

        The server stores no conversation, so Telegram's own copy of the keyboard is asked for. The probe is removed.
        """
        try:
            sent = await self.bot.send_message(
                chat, "…", reply_to_message_id=screen, allow_sending_without_reply=True, disable_notification=True
            )
        except TelegramError:
            return None
        try:
            await self.bot.delete_message(chat, sent.message_id)
        except TelegramError as error:
            self.journal.note("api_refused", error, "warning")
        shown = sent.reply_to_message
        return shown if isinstance(shown, Message) and shown.message_id == screen else None

    async def close(self, seconds: float) -> None:
        """Give screens that wait a moment, then let them go."""
        if self._later:
            _, left = await asyncio.wait(self._later, timeout=seconds)
            for task in left:
                task.cancel()


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
