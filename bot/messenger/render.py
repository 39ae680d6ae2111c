"""Reply -> what Telegram takes: text, spans and an inline keyboard whose Leave button knows where the talk began."""

from __future__ import annotations

from typing import Any

from bot.seal.static import leave_from
from bot.texts.speak import Reply

NO_PREVIEW = {"is_disabled": True}
LEAVE = "x"


def shown(reply: Reply, first_message: int) -> dict[str, Any]:
    """The parameters of a call that shows a reply; first_message: of the talk, 0 where it is not known yet."""
    return {
        "text": reply.text,
        "entities": [entity._asdict() for entity in reply.entities],
        "link_preview_options": NO_PREVIEW,
        "reply_markup": keyboard(reply, first_message),
    }


def keyboard(reply: Reply, first_message: int) -> dict[str, Any]:
    """Buttons in rows; first_message as above."""
    leave = leave_from(first_message)
    rows = [
        [{"text": label, "callback_data": leave if data == LEAVE else data} for label, data in row]
        for row in reply.rows
    ]
    return {"inline_keyboard": rows}
