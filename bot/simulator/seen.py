"""What a person sees in their chat, as plain values for tests and the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.simulator.store import Message


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: its label and what it does; `data` is empty for links, `url` for all others."""

    label: str
    data: str
    url: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as it stands on the person's screen."""

    message_id: int
    text: str
    is_from_bot: bool
    rows: tuple[tuple[Button, ...], ...]
    is_protected: bool
    is_silent: bool
    raw: dict[str, Any]

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons, row after row."""
        return tuple(button for row in self.rows for button in row)

    @property
    def labels(self) -> list[str]:
        """The labels of all buttons, row after row."""
        return [button.label for button in self.buttons]


def see(message: Message) -> Seen:
    """Look at a message; a later change to it does not change what was seen."""
    keyboard = (message.markup or {}).get("inline_keyboard", [])
    rows = tuple(
        tuple(Button(one["text"], one.get("callback_data", ""), one.get("url", "")) for one in row) for row in keyboard
    )
    text = message.content.get("text", message.content.get("caption", ""))
    return Seen(
        message.message_id, text, message.is_from_bot, rows, message.is_protected, message.is_silent, message.shape()
    )
