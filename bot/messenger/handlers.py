"""One parsed update -> what the person sees. Button data and a chat id go further into the house; nothing else does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from telegram import Bot, CallbackQuery, Chat, ChatMember, Message, Update
from telegram.error import TelegramError

from bot.log import Journal
from bot.messenger.deliver import Deliver
from bot.messenger.render import carried
from bot.messenger.tidy import leave, remove
from bot.seal.static import Plain, read_plain
from bot.seal.token import Place
from bot.talk import COMMANDS, Talk
from bot.volatile.local import Local

MAX_TYPED = 256
KINDS = ("message", "callback_query", "my_chat_member")
HELP_VERBS = ("x", "h")


class Handlers:
    """What each kind of update does. clock: seconds, monotonic. leave_words: in every language, lower case."""

    def __init__(
        self,
        bot: Bot,
        talk: Talk,
        deliver: Deliver,
        local: Local,
        journal: Journal,
        clock: Callable[[], float],
        leave_words: frozenset[str],
    ) -> None:
        self.bot, self.talk, self.deliver, self.local = bot, talk, deliver, local
        self.journal, self.clock, self.leave_words = journal, clock, leave_words

    async def handle(self, update: Update) -> None:
        """Answer one update; what is not for us is dropped, what is not private is left."""
        if update.callback_query is not None:
            await self.on_tap(update.callback_query)
        elif update.message is not None:
            await self.on_message(update.message)
        elif update.my_chat_member is not None:
            member = update.my_chat_member
            if member.chat.type != Chat.PRIVATE:
                await self._leave_group(member.chat, member.new_chat_member)
            elif member.new_chat_member.status == ChatMember.BANNED:
                self.local.forget(member.chat.id)

    async def on_tap(self, query: CallbackQuery) -> None:
        message, user = query.message, query.from_user
        if message is None or query.data is None or user.is_bot:
            return
        chat = message.chat
        if chat.type != Chat.PRIVATE or chat.id != user.id:
            return
        markup = message.reply_markup if isinstance(message, Message) else None
        plain = read_plain(query.data)
        if not self.local.allows(chat.id, self.clock(), plain is not None and plain.verb in HELP_VERBS):
            return
        beside = carried(markup)
        answered = asyncio.create_task(self._answer(query))
        reply = self.talk.turn(query.data, self._place(chat.id), beside, user.language_code)
        first = _first_message(beside)
        if reply.leave:
            self.local.forget(chat.id)
            await asyncio.gather(answered, leave(self.bot, chat.id, first, message.message_id))
            return
        screen = message.message_id if isinstance(message, Message) else 0
        await asyncio.gather(answered, self.deliver.show(chat.id, reply, screen, first))

    async def on_message(self, message: Message) -> None:
        """A command, a leave word, or something that is removed unread."""
        chat, user = message.chat, message.from_user
        if chat.type != Chat.PRIVATE:
            await self._leave_group(chat, None)
            return
        if user is None or user.is_bot or user.id != chat.id:
            return
        name = self._command(message.text)
        if not self.local.allows(chat.id, self.clock(), name in ("help", "exit")):
            return
        screen = self.local.screen(chat.id)
        if name == "exit":
            self.local.forget(chat.id)
            await leave(self.bot, chat.id, 0, message.message_id)
            if screen and screen < message.message_id - 1:
                await remove(self.bot, chat.id, screen)
            return
        removed = asyncio.create_task(remove(self.bot, chat.id, message.message_id))
        place, hint = self._place(chat.id), user.language_code
        beside: list[str] = []
        if screen and name != "start":
            shown = await self.deliver.probe(chat.id, screen)
            beside = carried(shown.reply_markup) if shown else []
        reply = self.talk.command(name, place, beside, hint) if name else self.talk.notice(place, beside, hint)
        if name or beside or not screen:  # an unread screen is not given up for something typed
            await self.deliver.show(chat.id, reply, screen, _first_message(beside))
        await removed

    def _command(self, text: str | None) -> str:
        """The command a typed text is, by exact match; "" for everything else, which nobody reads."""
        words = (text or "")[:MAX_TYPED].strip().casefold()
        if words in self.leave_words:
            return "exit"
        if not words.startswith("/"):
            return ""
        name = words[1:].partition("@")[0].partition(" ")[0]
        if name in ("stop", "leave"):
            return "exit"
        return name if name in COMMANDS else "start" if name == "menu" else ""

    def _place(self, chat: int) -> Place:
        return Place(self.bot.id, chat, chat)

    async def _answer(self, query: CallbackQuery) -> None:
        """Stop the little clock on the button; too late is as good as done."""
        try:
            await self.bot.answer_callback_query(query.id)
        except TelegramError:
            return

    async def _leave_group(self, chat: Chat, member: ChatMember | None) -> None:
        """Go, without a word: speaking would expose whoever added the bot."""
        if member is not None and member.status in (ChatMember.LEFT, ChatMember.BANNED):
            return
        self.journal.note("group_left")
        try:
            await self.bot.leave_chat(chat.id)
        except TelegramError as error:
            self.journal.note("api_refused", error, "warning")


def _first_message(beside: list[str]) -> int:
    """The first message of the talk, as the Leave button of the shown screen carries it; 0 where it does not."""
    for data in beside:
        plain = read_plain(data)
        if isinstance(plain, Plain) and plain.verb == "x":
            return plain.number
    return 0
