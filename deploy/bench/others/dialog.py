"""The same walk with aiogram-dialog: a window a screen, states in memory.

python others/dialog.py http://127.0.0.1:PORT screens.json
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window, setup_dialogs
from aiogram_dialog.widgets.kbd import Row, SwitchTo
from aiogram_dialog.widgets.text import Const

ADDRESS, SCREENS = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
TOKEN = "7000000001:" + "A" * 35
Walk = type("Walk", (StatesGroup,), {f"screen_{number}": State() for number in range(len(SCREENS))})


def window(number: int) -> Window:
    further = getattr(Walk, f"screen_{(number + 1) % len(SCREENS)}")
    rows = [
        Row(*(SwitchTo(Const(label), f"b{at}_{place}", further) for place, label in enumerate(row)))
        for at, row in enumerate(SCREENS[number]["rows"])
    ]
    return Window(Const(SCREENS[number]["text"]), *rows, state=getattr(Walk, f"screen_{number}"))


async def start(message: Message, dialog_manager: DialogManager) -> None:
    await dialog_manager.start(Walk.screen_0, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def main() -> None:
    logging.basicConfig(level=logging.WARNING)
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(ADDRESS)))
    dispatcher = Dispatcher(storage=MemoryStorage())
    dispatcher.message.register(start, CommandStart())
    dispatcher.include_router(Dialog(*(window(number) for number in range(len(SCREENS)))))
    setup_dialogs(dispatcher)
    await dispatcher.start_polling(bot)


asyncio.run(main())
