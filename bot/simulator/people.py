"""The people who use the bot: they write, tap, edit, delete and block, and every act becomes an update."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from bot.simulator.entities import with_found
from bot.simulator.inbox import Inbox
from bot.simulator.seen import Seen, see
from bot.simulator.store import Chat, Message, Store, User
from bot.simulator.taps import Tap, Taps

_FILE = {"file_id": "local-file", "file_unique_id": "local"}
# What a person can send besides text; a bot that asks for none of it must still cope with all of it.
THINGS: Mapping[str, dict[str, Any]] = {
    "contact": {"contact": {"phone_number": "+15550100", "first_name": "Someone"}},
    "location": {"location": {"latitude": 52.5, "longitude": 13.4}},
    "voice": {"voice": {**_FILE, "duration": 3}},
    "photo": {"photo": [{**_FILE, "width": 640, "height": 480}], "caption": "a picture"},
    "video": {"video": {**_FILE, "width": 640, "height": 480, "duration": 3}},
    "document": {"document": {**_FILE}},
    "sticker": {
        "sticker": {
            **_FILE, "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False,
        }
    },
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
}  # fmt: skip


class World(Protocol):
    """The parts of the stand-in that people act upon."""

    store: Store
    inbox: Inbox
    taps: Taps

    def member(self, status: str) -> dict[str, Any]:
        """The bot as a member of a chat, with this status."""


class Person:
    """One person in a private chat with the bot."""

    def __init__(self, world: World, chat: Chat, language_code: str = "") -> None:
        self._world, self.chat, self.language_code = world, chat, language_code

    @property
    def chat_id(self) -> int:
        """The number of the chat, which is also the person's own."""
        return self.chat.chat_id

    def shape(self) -> User:
        """The person as Telegram shapes a user; without a language when their app tells none."""
        user: User = {"id": self.chat_id, "is_bot": False, **self.chat.names}
        if self.language_code:
            user["language_code"] = self.language_code
        return user

    def send(self, text: str, **extra: Any) -> int:
        """Write a message; `extra` joins the message as Telegram would shape it. Returns its number."""
        return self._write({"text": text, **extra})

    def start(self, payload: str = "") -> int:
        """Press Start, or follow a link that carries a payload; a stopped bot is allowed to write again."""
        if not self.chat.is_open:
            self.unblock()
        return self.send(f"/start {payload}".rstrip())

    def send_thing(self, kind: str) -> int:
        """Send something that is no text: one of the keys of THINGS."""
        return self._write(THINGS[kind])

    def _write(self, content: Mapping[str, Any]) -> int:
        content = dict(content)
        if "text" in content and "entities" not in content and (found := with_found(content["text"], [])):
            content["entities"] = found
        message = self._world.store.add(self.chat, content, sender=self.shape())
        self._world.inbox.put("message", message.shape(), f"chat {self.chat_id}")
        return message.message_id

    def edit(self, message_id: int, text: str) -> None:
        """Change a message one wrote oneself."""
        message = self.chat.messages[message_id]
        content: dict[str, Any] = {"text": text}
        if found := with_found(text, []):
            content["entities"] = found
        self._world.store.edit(message, content, None)
        self._world.inbox.put("edited_message", message.shape(), f"chat {self.chat_id}")

    def tap(self, button: str, message_id: int | None = None) -> Tap:
        """Tap a button by its label or its data, in the newest message that has it unless one is named.

        Raises LookupError that lists the buttons there are.
        """
        seen = [one for one in reversed(self.messages()) if message_id in (None, one.message_id)]
        for one in seen:
            for candidate in one.buttons:
                if candidate.data and button in (candidate.label, candidate.data):
                    return self.press(candidate.data, one.message_id)
        there = ", ".join(repr(label) for one in seen for label in one.labels) or "none"
        raise LookupError(f"chat {self.chat_id}: no button {button!r} to tap. Buttons there are: {there}.")

    def press(self, data: str, message_id: int) -> Tap:
        """Send a tap as a client of one's own making could: any data, any message, also one that is gone."""
        tap = self._world.taps.add(self.chat_id)
        message = self.chat.messages.get(message_id)
        gone = {"message_id": message_id, "chat": self.chat.shape(), "date": 0}
        query = {
            "id": tap.query_id,
            "from": self.shape(),
            "message": message.shape() if message else gone,
            "chat_instance": self.chat.instance,
            "data": data,
        }
        self._world.inbox.put("callback_query", query, f"taps {self.chat_id}")
        self._world.store.touch(self.chat)
        return tap

    def delete(self, message_id: int) -> None:
        """Remove a message on one's own phone, for both sides; the bot is told nothing."""
        message = self.chat.messages.get(message_id)
        if message:
            self._world.store.delete(message)

    def block(self) -> None:
        """Stop the bot."""
        self._change_membership(is_open=False)

    def unblock(self) -> None:
        """Let the bot write again."""
        self._change_membership(is_open=True)

    def _change_membership(self, *, is_open: bool) -> None:
        if self.chat.is_open is is_open:
            return
        self.chat.is_open = is_open
        before, after = ("kicked", "member") if is_open else ("member", "kicked")
        update = {
            "chat": self.chat.shape(),
            "from": self.shape(),
            "date": self._world.store.now(),
            "old_chat_member": self._world.member(before),
            "new_chat_member": self._world.member(after),
        }
        self._world.inbox.put("my_chat_member", update, f"chat {self.chat_id}")
        self._world.store.touch(self.chat)

    def messages(self) -> list[Seen]:
        """What is in the chat, oldest first."""
        return [see(message) for message in list(self.chat.messages.values())]

    @property
    def screen(self) -> Seen | None:
        """The newest message of the bot, if there is one."""
        return next((one for one in reversed(self.messages()) if one.is_from_bot), None)

    @property
    def notices(self) -> list[str]:
        """What the bot showed over the chat in answer to taps; empty texts for taps answered without words."""
        return [tap.notice for tap in self._world.taps.of(self.chat_id) if tap.notice is not None]


class Group:
    """A group chat in which people can speak before the bot."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world, self.chat = world, chat

    @property
    def chat_id(self) -> int:
        """The number of the group, below zero."""
        return self.chat.chat_id

    def add_bot(self, by: Person) -> None:
        """Bring the bot into the group."""
        self.chat.is_open = True
        update = {
            "chat": self.chat.shape(),
            "from": by.shape(),
            "date": self._world.store.now(),
            "old_chat_member": self._world.member("left"),
            "new_chat_member": self._world.member("member"),
        }
        self._world.inbox.put("my_chat_member", update, f"chat {self.chat_id}")

    def send(self, who: Person, text: str) -> Message:
        """Let somebody write in the group."""
        content: dict[str, Any] = {"text": text}
        if found := with_found(text, []):
            content["entities"] = found
        message = self._world.store.add(self.chat, content, sender=who.shape())
        self._world.inbox.put("message", message.shape(), f"chat {self.chat_id}")
        return message

    def messages(self) -> list[Seen]:
        """What is in the group, oldest first."""
        return [see(message) for message in list(self.chat.messages.values())]
