"""Who takes part: how each is started, with the load that belongs to it, and what it costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TOKEN = "7000000001:" + "A" * 35
TICK = os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6
OPENING = [0, 0, 0, 1]  # "Check my own life", "Start", "18 or older", not in danger now; then whatever leads on
MANY, FEW = 3000, 200  # so many people that nobody taps faster than the product's limit for a chat allows


@dataclass(slots=True)
class Contestant:
    """One program. command: without the address, which comes first. chats: people who tap. home: see load.Crowd.
    talks: let what it says about trouble be seen."""

    name: str
    command: list[str]
    chats: int = FEW
    home: str = ""
    opening: list[int] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    load: subprocess.Popen[str] | None = None
    bot: subprocess.Popen[bytes] | None = None
    start_s: float = 0.0
    talks: bool = False

    def begin(self) -> None:
        """Start load and program; returns when it asks for updates."""
        self.load = subprocess.Popen(
            [sys.executable, str(HERE / "load.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        port = self.ask(home=self.home, opening=self.opening)["port"]
        address = f"http://127.0.0.1:{port}"
        command = [part.replace("ADDRESS", address) for part in self.command]
        env = os.environ | {name: value.replace("ADDRESS", address) for name, value in self.env.items()}
        began = time.perf_counter()
        quiet = subprocess.DEVNULL
        self.bot = subprocess.Popen(command, env=env, stdout=quiet, stderr=None if self.talks else quiet)
        self.ask(do="up")
        self.start_s = time.perf_counter() - began

    def ask(self, **order: Any) -> dict[str, Any]:
        """One order to the load, and its result."""
        assert self.load is not None
        assert self.load.stdin is not None
        assert self.load.stdout is not None
        print(json.dumps(order), file=self.load.stdin, flush=True)
        line = self.load.stdout.readline()
        if not line:
            raise SystemExit(f"bench: the load of {self.name} ended. Look at what it printed above.")
        return json.loads(line)

    def measure(self, **order: Any) -> dict[str, Any]:
        """Let people tap; microseconds of processor time a tap, of the whole tree of processes."""
        before = self.cpu_s()
        result = self.ask(do="run", **order)
        if self.bot is None or self.bot.poll() is not None:
            raise SystemExit(f"bench: {self.name} ended by itself.")
        result["cpu_us"] = (self.cpu_s() - before) / max(1, result["taps"]) * 1e6
        return result

    def cpu_s(self) -> float:
        return sum(_cpu_s(pid) for pid in _tree(self.bot.pid)) if self.bot else 0.0

    def rss_mb(self) -> float:
        return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in _tree(self.bot.pid)) * PAGE_MB

    def end(self) -> None:
        """Stop the program, and only then what it talks to."""
        for process in (self.bot, self.load):
            if process is None:
                continue
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        self.bot = self.load = None


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _tree(int(child))


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK  # own time and that of children that ended


def waymark(mode: str, folder: Path) -> Contestant:
    """The product as operators run it, nothing switched off; only the overall limit on calls is raised."""
    folder.mkdir()
    for name in ("keys", "data"):
        (folder / name).mkdir(mode=0o700)
    (folder / "token").write_text(TOKEN)
    (folder / "secret").write_text("bench-" + "s" * 32)
    env = {
        "WAYMARK_TOKEN_FILE": str(folder / "token"), "WAYMARK_BOT_API": "ADDRESS", "WAYMARK_COUNTRY": "US",
        "WAYMARK_KEYS": str(folder / "keys"), "WAYMARK_DATA": str(folder / "data"),
        "WAYMARK_CALLS_PER_SECOND": "100000", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-m", "bot", "run"]
    if mode == "webhook":
        command.append("--webhook")
        place = f"127.0.0.1:{_free_port()}"
        env |= {
            "WAYMARK_WEBHOOK": f"http://{place}/hook",
            "WAYMARK_LISTEN": place,
            "WAYMARK_WEBHOOK_SECRET_FILE": str(folder / "secret"),
        }
    return Contestant(f"waymark_{mode}", command, MANY, "m", OPENING, env)


def floor(mode: str) -> Contestant:
    return Contestant(f"floor_{mode}", [sys.executable, str(HERE / "floor.py"), "ADDRESS", mode])


def others(python: Path | None, node: Path | None, screens: Path) -> Iterator[Contestant]:
    """Programs on other foundations; those whose environment is missing are left out."""
    there = HERE / "others"
    yield Contestant("ptb_conversation", [sys.executable, str(there / "ptb.py"), "ADDRESS", str(screens)])
    if python is not None:
        yield Contestant("aiogram_dialog", [str(python), str(there / "dialog.py"), "ADDRESS", str(screens)])
    if node is not None:
        yield Contestant("grammy", ["node", str(there / "grammy.mjs"), "ADDRESS", str(screens), str(node)])


@contextmanager
def running(*contestants: Contestant) -> Iterator[None]:
    try:
        for one in contestants:
            one.begin()
        yield
    finally:
        for one in contestants:
            one.end()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
