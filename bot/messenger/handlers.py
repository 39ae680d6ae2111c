"""One parsed update -> what the person sees. Button data and a chat id go further into the house; nothing else does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

from telegram.error import TelegramError

from bot.log import Journal
from bot.messenger.calls import Calls
from bot.messenger.deliver import Deliver
from bot.messenger.hear import hear
from bot.messenger.incoming import PRIVATE, Chat, Message, Tap, Update, carried
from bot.messenger.lane import FIRST
from bot.messenger.leaving import Leaving
from bot.messenger.tidy import Tidy
from bot.seal.static import Plain, read_plain
from bot.seal.token import Place
from bot.talk import COMMANDS, Talk
from bot.texts.speak import Reply
from bot.volatile.local import TYPED_COST, Volatile

GONE = ("left", "kicked")
SAME_AS = {"stop": "exit", "leave": "exit", "menu": "start"}


class Handlers:
    """What each kind of update does. clock: seconds, monotonic. leave_words: of every language, as heard by `hear`."""

    def __init__(
        self,
        calls: Calls,
        bot_id: int,
        talk: Talk,
        deliver: Deliver,
        tidy: Tidy,
        leaving: Leaving,
        local: Volatile,
        journal: Journal,
        clock: Callable[[], float],
        leave_words: frozenset[str],
    ) -> None:
        self.calls, self.bot_id, self.talk, self.deliver, self.tidy, self.local = (
            calls,
            bot_id,
            talk,
            deliver,
            tidy,
            local,
        )
        self.leaving, self.journal, self.clock, self.leave_words = leaving, journal, clock, leave_words

    async def handle(self, update: Update) -> None:
        """Answer one update; what is not for us is dropped, what is not private is left."""
        if update.callback_query is not None:
            await self.on_tap(update.callback_query)
        elif update.message is not None:
            await self.on_message(update.message)
        elif update.my_chat_member is not None:
            chat, status = update.my_chat_member.chat, update.my_chat_member.new_chat_member.status
            if chat.type != PRIVATE:
                await self._leave_group(chat, status)
            elif status == "kicked":
                self._forget(chat.id)

    def is_leave(self, update: Update) -> bool:
        """Whether an update asks to leave."""
        if update.callback_query is not None:
            plain = read_plain(update.callback_query.data or "")
            return plain is not None and plain.verb == "x"
        return update.message is not None and self._command(update.message.text) == "exit"

    async def on_tap(self, query: Tap) -> None:
        message, user, data = query.message, query.sender, query.data
        if message is None or data is None or user.is_bot:
            return
        chat = message.chat
        if chat.type != PRIVATE or chat.id != user.id:
            return
        plain = read_plain(data)
        verb, now = plain.verb if plain is not None else "", self.clock()
        FIRST.set(verb in ("h", "x"))
        if not self.local.allows(chat.id, now, verb == "h", verb == "x"):
            return
        if verb != "x" and self._is_left(chat.id, now):  # tapped before it was gone: it must not come back
            await self._answer(query)
            return
        beside = carried(message)
        first = _first_message(beside)
        if verb == "x":  # asks nothing of the rest of the house
            await asyncio.gather(self._answer(query), self._leave(chat.id, first, message.message_id))
            return
        reply = self._turn(data, chat.id, beside, user.hint)
        if reply.leave:
            await asyncio.gather(self._answer(query), self._leave(chat.id, first, message.message_id))
            return
        other = self.local.screen(chat.id)
        if other and other != message.message_id:
            self.local.lay(chat.id, other)  # one screen a chat: the one in use
        answered = self._begin_answer(query)
        await self.deliver.show(chat.id, reply, message.message_id, first, may_send=False)
        await _settled(answered)

    async def on_message(self, message: Message) -> None:
        """A command, a leave word, or something that is removed unread."""
        chat, user, number = message.chat, message.sender, message.message_id
        if chat.type != PRIVATE:
            await self._leave_group(chat, "")
            return
        if user is None or user.is_bot or user.id != chat.id:
            return
        name = self._command(message.text)
        now, cost = self.clock(), 1.0 if name else TYPED_COST
        FIRST.set(name in ("help", "exit"))
        if not self.local.allows(chat.id, now, name == "help", name == "exit", cost):
            self.local.lay(chat.id, number)
            return
        screen = self.local.screen(chat.id)
        if name == "exit":
            await self._leave(chat.id, screen, number, screen)
            return
        if not name and (self._is_left(chat.id, now) or self.local.has_card(chat.id, now)):
            await self._remove(chat.id, number)
            return
        # After a restart the screen is not known; in a quiet bot it is the message before this one.
        beside = None if name.startswith("start") else await self.deliver.probe(chat.id, screen or number - 1)
        if not screen and beside:
            screen = number - 1
        if screen and beside is None and not name:
            await self._remove(chat.id, number)  # an unread screen is not given up for something typed
            return
        reply = self._say(name, chat.id, beside or [], user.hint)
        clear = self._remove(chat.id, number) if screen else self._sweep(chat.id, number)
        if beside == []:
            screen = 0  # the person removed it
        await asyncio.gather(clear, self.deliver.show(chat.id, reply, screen, _first_message(beside or [])))
        if not name:
            self.local.keep_card(chat.id, now)

    # -- the talk, which help does not depend on -----------------------------------------------------------------

    def _turn(self, data: str, chat: int, beside: Sequence[str], hint: str | None) -> Reply:
        """What a tap leads to; should that screen be broken, the same or the menu as for somebody new, then help."""
        turn, place = self.talk.turn, self._place(chat)
        again = data if read_plain(data) else "m"
        return self._first(
            lambda: turn(data, place, beside, hint),
            lambda: turn(again, place, (), hint),
            lambda: turn("h", place, (), hint),
        )

    def _say(self, name: str, chat: int, beside: Sequence[str], hint: str | None) -> Reply:
        """What a command, or anything else that was sent, leads to; the same holds."""
        talk, place = self.talk, self._place(chat)
        return self._first(
            lambda: talk.command(name, place, beside, hint) if name else talk.notice(place, beside, hint),
            lambda: talk.command(name or "start", place, (), hint),
            lambda: talk.command("help", place, (), hint),
        )

    def _first(self, *ways: Callable[[], Reply]) -> Reply:
        """The first of these that works out; the last may fail."""
        for way in ways[:-1]:
            try:
                return way()
            except Exception as error:
                self.journal.note("update_failed", error, "error")
        return ways[-1]()

    def _command(self, text: str | None) -> str:
        """The command a typed text is, by exact match; "" for everything else, which nobody reads."""
        words = hear(text or "")
        if words in self.leave_words:
            return "exit"
        if not words.startswith("/"):
            return ""
        typed, _, link = words[1:].partition(" ")
        name = typed.partition("@")[0]
        name = SAME_AS.get(name, name)
        if name == "start" and link in self.talk.links:
            return f"{name} {link}"
        return name if name in COMMANDS else ""

    def _place(self, chat: int) -> Place:
        return Place(self.bot_id, chat, chat)

    # -- what is removed -----------------------------------------------------------------------------------------

    async def _leave(self, chat: int, first: int, last: int, screen: int | None = None) -> None:
        self._forget(chat)
        self.local.leave(chat, self.clock())
        await self.leaving.go(chat, first, last, last if screen is None else screen)

    def _is_left(self, chat: int, now: float) -> bool:
        """Whether a chat was left a moment ago, or is being emptied still, and nothing was asked for since."""
        return self.local.has_left(chat, now) or (self.leaving.is_under_way(chat) and not self.local.screen(chat))

    def _forget(self, chat: int) -> None:
        self.local.forget(chat)
        self.deliver.drop(chat)

    async def _remove(self, chat: int, message: int) -> None:
        if not await self.tidy.remove(chat, message):
            self.local.lay(chat, message)

    async def _sweep(self, chat: int, last: int) -> None:
        """Before a new screen where none is known: with what was typed goes what an earlier talk may have left."""
        if not await self.tidy.sweep(chat, last):
            self.local.lay(chat, last)

    async def _answer(self, query: Tap) -> None:
        """Stop the little clock on the button; too late is as good as done."""
        await _settled(self._begin_answer(query))

    def _begin_answer(self, query: Tap) -> Awaitable[object]:
        return self.calls.begin("answerCallbackQuery", {"callback_query_id": query.id})

    async def _leave_group(self, chat: Chat, status: str) -> None:
        """Go, without a word: speaking would expose whoever added the bot. status: what the bot is there now."""
        if status in GONE:
            return
        self.journal.note("group_left")
        try:
            await self.calls.do("leaveChat", {"chat_id": chat.id})
        except TelegramError as error:
            self.journal.note("api_refused", error, "warning")


async def _settled(answered: Awaitable[object]) -> None:
    """Wait for an answer that changes nothing, whatever it is."""
    with contextlib.suppress(Exception):
        await answered


def _first_message(beside: Sequence[str]) -> int:
    """The first message of the talk, as the Leave button of the shown screen carries it; 0 where it does not."""
    for data in beside:
        plain = read_plain(data)
        if isinstance(plain, Plain) and plain.verb == "x":
            return plain.number
    return 0
