"""`waymark try`: the stand-in, the chat page and the real bot as a child, on this machine alone."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.errors import WaymarkError
from bot.simulator.app import Preview, build_app, opened
from bot.simulator.botapi import LOCAL_TOKEN, BotApi
from bot.simulator.child import Supervisor

Say = Callable[[str], object]


def home(port: int, settings: Mapping[str, str], open_page: bool, say: Say, preview: Preview | None = None) -> None:
    """Serve until Ctrl-C.

    settings: environment variables for the bot. preview: pages about the content, see `build_app`. Raises WaymarkError
    where the port is taken or the bot ends by itself.
    """
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_home(port, settings, open_page, say, preview))


async def _home(port: int, settings: Mapping[str, str], open_page: bool, say: Say, preview: Preview | None) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    with tempfile.TemporaryDirectory(prefix="waymark-try-") as folder:
        token_file = Path(folder) / "token"
        token = LOCAL_TOKEN.partition(":")[0] + ":" + secrets.token_urlsafe(26)  # no other page can guess it
        token_file.write_text(token, encoding="utf-8")
        keys = Path(folder) / "keys"
        keys.mkdir(mode=0o700)
        env = {"WAYMARK_TOKEN_FILE": str(token_file), "WAYMARK_KEYS": str(keys)}
        env |= settings
        child = Supervisor([sys.executable, "-m", "bot", "run"])
        app = build_app(BotApi(token), lambda: child.restart(), pid=lambda: child.pid, preview=preview)
        async with opened(app, port) as address:  # the port, and so the child's settings, are known only now
            child = Supervisor([sys.executable, "-m", "bot", "run"], env | {"WAYMARK_BOT_API": address})
            await child.start()
            say(f"Chat with the bot: {address}")
            if preview is not None:
                say(f"Every screen in every language: {address}/preview/")
            say("Nothing leaves this machine. Stop with Ctrl-C.")
            if open_page:
                webbrowser.open(address)
            stopped, ended = asyncio.create_task(stop.wait()), asyncio.create_task(child.ended())
            _, left = await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            for task in left:
                task.cancel()
            await child.stop()
            if not stop.is_set():
                raise WaymarkError(
                    "waymark try", f"the bot ended by itself with code {ended.result()}.", "Mend what it names above."
                )
