"""An update that was not parsed yet, read without trusting its shape."""

from __future__ import annotations

from typing import Any

from bot.messenger.handlers import KINDS

Raw = dict[str, Any]


def chat_of(raw: Raw) -> int:
    """The chat an update belongs to, read without trusting its shape; 0 where there is none."""
    for kind in KINDS:
        inner = raw.get(kind)
        if isinstance(inner, dict):
            holder = inner.get("message") if kind == "callback_query" else inner
            chat = holder.get("chat") if isinstance(holder, dict) else None
            number = chat.get("id") if isinstance(chat, dict) else None
            return number if isinstance(number, int) else 0
    return 0


def is_asking(raw: Raw) -> bool:
    """Whether an update is a tap or a typed command, which would show a screen."""
    message = raw.get("message")
    text = message.get("text") if isinstance(message, dict) else None
    return "callback_query" in raw or (isinstance(text, str) and text.lstrip().startswith("/"))
