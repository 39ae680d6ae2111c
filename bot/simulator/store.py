"""The chats of the stand-in: who is in them and which messages they hold, in memory only."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.refusal import Refusal, bad_request

DELETABLE_S = 48 * 3600

User = dict[str, Any]
Markup = dict[str, Any]


@dataclass(slots=True)
class Message:
    """One message of a chat; `content` holds what kinds of messages differ in (text and entities, voice, contact)."""

    message_id: int
    chat: Chat
    sender: User
    date: int
    content: dict[str, Any]
    markup: Markup | None = None
    is_protected: bool = False
    is_silent: bool = False
    reply_to: Message | None = None
    edit_date: int = 0

    @property
    def is_from_bot(self) -> bool:
        """Whether the bot wrote it."""
        return bool(self.sender["is_bot"])

    def shape(self, *, with_reply: bool = True) -> dict[str, Any]:
        """The message as Telegram shapes it; the message replied to comes without the one it replied to itself."""
        shaped: dict[str, Any] = {
            "message_id": self.message_id,
            "from": dict(self.sender),
            "chat": self.chat.shape(),
            "date": self.date,
        }
        if self.edit_date:
            shaped["edit_date"] = self.edit_date
        if with_reply and self.reply_to:
            shaped["reply_to_message"] = self.reply_to.shape(with_reply=False)
        if self.is_protected:
            shaped["has_protected_content"] = True
        shaped.update(self.content)
        if self.markup:
            shaped["reply_markup"] = self.markup
        return shaped


@dataclass(slots=True)
class Chat:
    """A chat and what is in it; `version` grows with every change a person could see."""

    chat_id: int
    kind: str
    names: dict[str, str]
    messages: dict[int, Message] = field(default_factory=dict)
    is_open: bool = True
    version: int = 0
    activity: str = ""

    @property
    def instance(self) -> str:
        """The opaque number Telegram gives as `chat_instance`."""
        return str(zlib.crc32(f"chat {self.chat_id}".encode()) * 4294967291)

    def shape(self) -> dict[str, Any]:
        """The chat as Telegram shapes it."""
        return {"id": self.chat_id, **self.names, "type": self.kind}


class Store:
    """All chats of one bot; message numbers grow across chats, as they do for a real bot account."""

    def __init__(self, clock: Callable[[], float], me: Callable[[], User], changed: Callable[[], None]) -> None:
        self.clock, self._me, self._changed = clock, me, changed
        self._numbers = itertools.count(101)
        self.chats: dict[int, Chat] = {}

    def now(self) -> int:
        """The time in whole seconds, as messages carry it."""
        return int(self.clock())

    def touch(self, chat: Chat) -> None:
        """Tell that something in a chat looks different now."""
        chat.version += 1
        self._changed()

    def open_chat(self, chat_id: int, kind: str, names: Mapping[str, str]) -> Chat:
        """Make a chat known to the bot, as happens when a person opens it or adds the bot."""
        chat = self.chats.setdefault(chat_id, Chat(chat_id, kind, dict(names)))
        self.touch(chat)
        return chat

    def find_chat(self, chat_id: object) -> Chat:
        """The chat a bot names in a call, refused when the bot has never met it or may not speak there."""
        chat = self.chats.get(int(chat_id)) if str(chat_id).lstrip("-").isdigit() else None  # type: ignore[call-overload]
        if chat is None:
            raise bad_request("chat not found")
        if not chat.is_open:
            says = (
                "bot was blocked by the user"
                if chat.kind == "private"
                else f"bot is not a member of the {chat.kind} chat"
            )
            raise Refusal(403, says)
        return chat

    def add(self, chat: Chat, content: Mapping[str, Any], *, sender: User | None = None, **details: Any) -> Message:
        """Put a message at the end of a chat; without a sender the bot is the one who writes."""
        number, chat.activity = next(self._numbers), ""
        message = Message(number, chat, sender or self._me(), self.now(), dict(content), **details)
        chat.messages[number] = message
        self.touch(chat)
        return message

    def edit(self, message: Message, content: Mapping[str, Any], markup: Markup | None) -> None:
        """Change what a message says; the keyboard is replaced, or goes when there is none."""
        message.content, message.markup, message.edit_date = dict(content), markup, self.now()
        self.touch(message.chat)

    def is_deletable(self, message: Message) -> bool:
        """Whether the bot may still delete it for everybody: the last 48 hours, in groups only its own."""
        is_recent = self.now() - message.date < DELETABLE_S
        return is_recent and (message.is_from_bot or message.chat.kind == "private")

    def delete(self, message: Message) -> None:
        """Take a message out of its chat for everybody."""
        message.chat.messages.pop(message.message_id, None)
        for other in list(message.chat.messages.values()):
            if other.reply_to is message:
                other.reply_to = None
        self.touch(message.chat)
