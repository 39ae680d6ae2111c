"""Leave nothing behind: delete what can be deleted, overwrite what cannot, say nothing afterwards."""

from __future__ import annotations

from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError

PER_CALL = 100  # deleteMessages takes at most so many ids
MOST_CALLS = 10
NEUTRAL = "OK"


async def remove(bot: Bot, chat: int, message: int) -> bool:
    """Delete one message; False where Telegram refuses (older than 48 hours) or does not answer."""
    try:
        return await bot.delete_message(chat, message)
    except Forbidden:
        return True
    except BadRequest as error:
        return "not found" in str(error)
    except TelegramError:
        return False


async def blank(bot: Bot, chat: int, message: int) -> None:
    """Overwrite a message with a neutral word and drop its buttons."""
    try:
        await bot.edit_message_text(NEUTRAL, chat_id=chat, message_id=message)
    except TelegramError:
        return  # gone, blocked or already blank: there is nothing left to hide


async def leave(bot: Bot, chat: int, first: int, last: int) -> None:
    """Empty a chat from the first message of the talk to the screen, newest first, at most 1,000 messages.

    first: 0 where it is not known; then one batch before the screen is tried.
    """
    if not await remove(bot, chat, last):
        await blank(bot, chat, last)
    first = min(first, last) if first > 0 else max(1, last - PER_CALL)
    upper = last - 1
    for _ in range(MOST_CALLS):
        lower = max(first, upper - PER_CALL + 1)
        if upper < lower:
            return
        try:
            await bot.delete_messages(chat, list(range(lower, upper + 1)))
        except TelegramError:
            return
        upper = lower - 1
