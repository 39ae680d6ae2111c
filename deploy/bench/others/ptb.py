"""The same walk with python-telegram-bot's ConversationHandler, as its documentation has it.

python others/ptb.py http://127.0.0.1:PORT screens.json
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ConversationHandler

ADDRESS, SCREENS = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
TOKEN = "7000000001:" + "A" * 35


def keyboard(number: int) -> InlineKeyboardMarkup:
    rows = SCREENS[number]["rows"]
    return InlineKeyboardMarkup([
        [InlineKeyboardButton(label, callback_data=f"{number}:{at}:{place}") for place, label in enumerate(row)]
        for at, row in enumerate(rows)
    ])  # fmt: skip


async def start(update: Update, context: Any) -> int:
    await update.message.reply_text(SCREENS[0]["text"], reply_markup=keyboard(0))
    return 0


async def tap(update: Update, context: Any) -> int:
    query = update.callback_query
    number = (int(query.data.partition(":")[0]) + 1) % len(SCREENS)
    await query.answer()
    await query.edit_message_text(SCREENS[number]["text"], reply_markup=keyboard(number))
    return number


logging.basicConfig(level=logging.WARNING)
application = Application.builder().token(TOKEN).base_url(f"{ADDRESS}/bot").build()
states = {number: [CallbackQueryHandler(tap, pattern=rf"^{number}:\d+:\d+$")] for number in range(len(SCREENS))}
application.add_handler(ConversationHandler([CommandHandler("start", start)], states, [CommandHandler("start", start)]))
application.run_polling()
