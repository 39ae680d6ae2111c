"""The fault bench: a real bot process, Telegram's stand-in in trouble, and a look at what came of it from outside.

`bench(folder)` gives a Bench. Its bots are born by nursery.py; trouble is ordered by name from `TROUBLE`, for the next
calls of a method, or as a kill or stop at a point of CALL_POINTS or of the nursery's COUNT_POINTS.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botprocess import PATIENCE_SECONDS
from nursery import COUNT_POINTS as COUNT_POINTS

from bot.config import ROOT
from bot.counts.ledger import ZERO
from bot.simulator.app import build_app, running
from bot.simulator.botapi import LOCAL_TOKEN, BotApi
from bot.simulator.faults import Fault
from bot.simulator.people import Person
from bot.simulator.refusal import Answer

TROUBLE: dict[str, Fault] = {
    "429 with retry_after": Fault.flood(1),
    "403": Fault.blocked(),
    "400 not modified": Fault(status=400, description="Bad Request: message is not modified: specified new message"),
    "400 query is too old": Fault(status=400, description="Bad Request: query is too old and response timeout expired"),
    "500": Fault.server(500),
    "502": Fault.server(),
    "an HTML page": Fault.html(),
    "no answer after it was done": Fault.silence(),
    "connection reset": Fault.reset(),
    "connection reset after it was done": Fault.reset(is_carried_out=True),
}
# (method, whether it was carried out): where the stand-in can end the bot that calls.
CALL_POINTS = {
    "updates asked for": ("getUpdates", False),
    "updates handed out": ("getUpdates", True),
    "tap being answered": ("answerCallbackQuery", False),
    "tap answered": ("answerCallbackQuery", True),
    "screen being edited": ("editMessageText", False),
    "screen edited": ("editMessageText", True),
}


class Nursery:
    """The process that bears bots, for as many benches as want it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("nursery.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        assert self._read() == "ready"

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def ask(self, **order: Any) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        assert self._process.stdin is not None
        with self._process:
            self._process.stdin.close()


class Bench:
    """One folder, one stand-in, and one bot after the other. order: what each bot does differently (nursery.Stage)."""

    def __init__(self, nursery: Nursery, api: BotApi, address: str, folder: Path, order: Mapping[str, Any]) -> None:
        self.nursery, self.api, self.folder, self.order = nursery, api, folder, dict(order)
        for name in ("keys", "data", "home", "tmp"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        (folder / "token.txt").write_text(LOCAL_TOKEN)
        self.env = {
            "PATH": os.environ["PATH"], "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"),
            "WAYMARK_TOKEN_FILE": str(folder / "token.txt"), "WAYMARK_BOT_API": address,
            "WAYMARK_KEYS": str(folder / "keys"), "WAYMARK_DATA": str(folder / "data"), "WAYMARK_COUNTRY": "US",
        }  # fmt: skip
        self.pid = 0
        self._answer = api.answer
        self._ends: tuple[str, bool, int, int] | None = None
        api.answer = self._answer_or_end  # type: ignore[method-assign]

    # -- the bot -------------------------------------------------------------------------------------------------

    def launch(self, **order: Any) -> int:
        """One more bot, without waiting for it."""
        env = self.env | order.pop("env", {})
        return int(self.nursery.ask(env=env, out=str(self.folder / "out.log"), **(self.order | order)))

    def start(self, **order: Any) -> None:
        """A bot that asks for updates."""
        polled = self.api.inbox._poller
        self.pid = self.launch(**order)
        self.api.wait(lambda: self.api.inbox._poller > polled or self.ended() is not None, PATIENCE_SECONDS)
        assert self.pid, self.output()

    def ended(self) -> int | None:
        """The exit code of the bot, once it has ended; minus the signal that ended it."""
        if self.pid and (said := self.nursery.ask(wait=self.pid, block=False)):
            self.pid = 0
            return int(said)
        return None

    def send(self, number: int) -> int:
        """Send it a signal, and wait for the end; returns the exit code."""
        os.kill(self.pid, number)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end."""
        pid, self.pid = self.pid, 0
        return int(self.nursery.ask(wait=pid, block=True))

    def wait_until_dead(self) -> None:
        """Wait for the end that was ordered."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self.ended() is None:
            assert time.monotonic() < until, "it lives on"
            time.sleep(0.01)

    def settle(self) -> None:
        """Wait until every update was answered and confirmed, or the bot is dead."""
        self.api.wait(lambda: not self.pid or self.api.is_drained or self.ended() is not None, PATIENCE_SECONDS)

    def close(self) -> None:
        if self.pid:
            self.send(signal.SIGKILL)

    # -- trouble -------------------------------------------------------------------------------------------------

    def end_at(self, point: str, after: int = 0, by: int = signal.SIGKILL) -> None:
        """Send a signal when the bot makes a call (or got its answer) so many times."""
        method, is_done = CALL_POINTS[point]
        self._ends = (method, is_done, after, by)

    def cancel(self) -> None:
        """Take back an end that was ordered."""
        self._ends = None

    async def _answer_or_end(self, method: str, texts: Mapping[str, str], values: Mapping[str, Any]) -> Answer:
        if self._ends is not None and self._is_it(method) and not self._ends[1]:
            self._end()
        answer = await self._answer(method, texts, values)
        is_it = self._ends is not None and self._is_it(method) and self._ends[1]
        if is_it and (method != "getUpdates" or answer.body["result"]):
            self._end()
        return answer

    def _is_it(self, method: str) -> bool:
        return self._ends is not None and method.lower() == self._ends[0].lower()

    def _end(self) -> None:
        assert self._ends is not None
        method, is_done, after, by = self._ends
        self._ends = (method, is_done, after - 1, by) if after else None
        if not after and self.pid:
            os.kill(self.pid, by)

    # -- what came of it -----------------------------------------------------------------------------------------

    def output(self) -> str:
        """Everything every bot ever printed."""
        path = self.folder / "out.log"
        return path.read_text() if path.exists() else ""

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output().splitlines()]

    def counted(self, table: str) -> int:
        """The sum of one table in the count file, which must be sound; for bots without noise."""
        path = self.folder / "data" / "counts.db"
        if not path.exists():
            return 0
        with sqlite3.connect(f"file:{path}?mode=rw", uri=True) as store:
            assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            rows = store.execute("SELECT value FROM cell WHERE name LIKE ?", (f"{table}/%",)).fetchall()
        return sum(value - ZERO for (value,) in rows)


@contextmanager
def bench(nursery: Nursery, folder: Path, api: BotApi | None = None, **order: Any) -> Iterator[Bench]:
    """A stand-in and the means to run bots against it; whatever still runs at the end is killed."""
    api = api or BotApi()
    with running(build_app(api)) as address:
        one = Bench(nursery, api, address, folder, order)
        try:
            yield one
        finally:
            one.close()


def tap(one: Bench, person: Person, *buttons: str) -> None:
    """Tap one button after the other, each when the last was answered."""
    for button in buttons:
        person.tap(button)
        one.settle()
