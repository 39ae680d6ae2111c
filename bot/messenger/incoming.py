"""Updates, read no further than what is used of them: every field that is not named here stays unread.

Each is decoded alone and typed; whatever else it may be, it is malformed and goes no further.
"""

from __future__ import annotations

from typing import Any

import msgspec

KINDS = ("message", "callback_query", "my_chat_member")
PRIVATE = "private"


class Chat(msgspec.Struct, frozen=True, gc=False):
    """type: private, group, supergroup or channel."""

    id: int
    type: str


class User(msgspec.Struct, frozen=True, gc=False):
    """language_code: of the app, where Telegram names it; a hint is not worth refusing anybody for, whatever it is."""

    id: int
    is_bot: bool = False
    language_code: Any = None

    @property
    def hint(self) -> str | None:
        """The language named, where it is one."""
        return self.language_code if isinstance(self.language_code, str) else None


class Button(msgspec.Struct, frozen=True, gc=False):
    callback_data: str | None = None


class Markup(msgspec.Struct, frozen=True, gc=False):
    inline_keyboard: list[list[Button]] = []


class Message(msgspec.Struct, frozen=True, gc=False, rename={"sender": "from"}):
    """A message: typed by a person, or the screen a tap came from."""

    message_id: int
    chat: Chat
    sender: User | None = None
    text: str | None = None
    reply_markup: Markup | None = None


class Sent(msgspec.Struct, frozen=True, gc=False):
    """A message of the bot, as Telegram returns it."""

    message_id: int
    reply_to_message: Message | None = None


class Tap(msgspec.Struct, frozen=True, gc=False, rename={"sender": "from"}):
    """A tap on a button."""

    id: str
    sender: User
    data: str | None = None
    message: Message | None = None


class Member(msgspec.Struct, frozen=True, gc=False):
    status: str


class Change(msgspec.Struct, frozen=True, gc=False):
    """What became of the bot in a chat."""

    chat: Chat
    new_chat_member: Member


class Update(msgspec.Struct, frozen=True, gc=False):
    """One update of a kind that was asked for; all kinds None for any other."""

    update_id: int
    message: Message | None = None
    callback_query: Tap | None = None
    my_chat_member: Change | None = None


class Number(msgspec.Struct, frozen=True, gc=False):
    """An update of which nothing but the number is read."""

    update_id: int


read_update = msgspec.json.Decoder(Update).decode
read_number = msgspec.json.Decoder(Number).decode


def chat_of(update: Update) -> int:
    """The chat an update belongs to; 0 where there is none."""
    tap = update.callback_query
    holder = update.message or (tap.message if tap is not None else update.my_chat_member)
    return holder.chat.id if holder is not None else 0


def carried(message: Message) -> list[str]:
    """What the buttons of a message carry."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
    return [button.callback_data for row in rows for button in row if button.callback_data]
