"""Reply -> what Telegram takes: text, spans and an inline keyboard whose Leave button knows where the talk began."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity

from bot.seal.static import leave_from
from bot.texts.speak import Reply

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
LEAVE = "x"


def keyboard(reply: Reply, first_message: int) -> InlineKeyboardMarkup:
    """Buttons in rows; first_message: id of the first message of the talk, 0 where it is not known yet."""
    leave = leave_from(first_message)
    return InlineKeyboardMarkup([
        [InlineKeyboardButton(b.label, callback_data=leave if b.data == LEAVE else b.data) for b in row]
        for row in reply.rows
    ])  # fmt: skip


def entities(reply: Reply) -> list[MessageEntity]:
    return [MessageEntity(entity.type, entity.offset, entity.length) for entity in reply.entities]


def carried(markup: InlineKeyboardMarkup | None) -> list[str]:
    """What the buttons of a shown screen carry."""
    rows = markup.inline_keyboard if markup else ()
    return [str(button.callback_data) for row in rows for button in row if button.callback_data]
