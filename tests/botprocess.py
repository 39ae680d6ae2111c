"""The real bot as a process of its own, against the stand-in on this machine; all it may write is in one folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.config import ROOT
from bot.simulator.app import build_app, running
from bot.simulator.botapi import LOCAL_TOKEN, BotApi

PATIENCE_SECONDS = 30


class BotProcess:
    """Starts `waymark run` again and again in one folder: keys, data, home, temporary files and output are in it."""

    def __init__(self, api: BotApi, address: str, folder: Path, token: str = LOCAL_TOKEN) -> None:
        self.api, self.folder = api, folder
        for name in ("keys", "data", "home", "tmp"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        self.token_file = folder / "token.txt"
        self.token_file.write_text(token)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": str(ROOT),
            "WAYMARK_TOKEN_FILE": str(self.token_file),
            "WAYMARK_BOT_API": address,
            "WAYMARK_KEYS": str(folder / "keys"),
            "WAYMARK_DATA": str(folder / "data"),
            "WAYMARK_COUNTRY": "US",
        }
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def child(self) -> subprocess.Popen[bytes]:
        assert self._child is not None, "not started yet"
        return self._child

    def launch(self, code: str = "", **env: str) -> subprocess.Popen[bytes]:
        """Start one more process, without waiting for it to be ready. code: Python that runs the bot in its own way."""
        command = ["-c", code] if code else ["-m", "bot", "run"]
        with (self.folder / "out.log").open("ab") as out:
            return subprocess.Popen(
                [sys.executable, *command],
                cwd=self.folder / "home", env=self.env | env, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip

    def start(self, code: str = "", **env: str) -> None:
        """Start the bot and wait until it asks for updates."""
        polled = self.api.inbox._poller
        self._child = self.launch(code, **env)
        self.api.wait(lambda: self.api.inbox._poller > polled or self.child.poll() is not None, PATIENCE_SECONDS)
        assert self.child.poll() is None, self.output()

    def kill(self) -> None:
        """As a power cut would."""
        self.child.send_signal(signal.SIGKILL)
        self.child.wait(PATIENCE_SECONDS)

    def stop(self) -> int:
        """Ask it to stop; returns its exit code."""
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(PATIENCE_SECONDS)

    def settle(self) -> None:
        """Wait until every update was answered and confirmed."""
        self.api.wait(lambda: self.api.is_drained or self.child.poll() is not None, PATIENCE_SECONDS)
        assert self.child.poll() is None, self.output()

    def output(self) -> str:
        """Everything it ever printed, on either stream."""
        return (self.folder / "out.log").read_text()

    def close(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self.kill()


@contextmanager
def bot_process(folder: Path, api: BotApi | None = None, token: str = LOCAL_TOKEN) -> Iterator[BotProcess]:
    """A stand-in and the means to start the bot against it; whatever still runs at the end is killed."""
    api = api or BotApi()
    with running(build_app(api)) as address:
        process = BotProcess(api, address, folder, token)
        try:
            yield process
        finally:
            process.close()
