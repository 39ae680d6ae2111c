"""People who tap: the load of the bench, in a process of its own together with the stand-in they talk through.

    python deploy/bench/load.py

Orders come in and results go out as one JSON object a line. `start` opens chats, `run` lets them tap for some seconds,
as many taps under way at once as `depth` says, or at `rate` taps a second whatever the bot does.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import threading
import time
from collections import deque
from typing import Any

import uvloop
from standin import Chat, Connection, StandIn

FIRST_CHAT = 7_100_000_000
PATIENCE_SECONDS = 15.0
LEAST = 20  # taps of one conversation; then it begins anew


class Crowd:
    """The people. home: what a button carries that leads to the beginning ("" where the last screen leads there).

    opening: which button to press on the first screens; after that any that leads on.
    """

    def __init__(self, home: str, opening: list[int]) -> None:
        self.home, self.opening = home, opening
        self.world = StandIn(self.settled)
        self.idle: deque[Chat] = deque()
        self.under_way: dict[int, Chat] = {}
        self.rng = random.Random(7)
        self.is_running = self.keeps_pace = False
        self.waits: list[float] = []
        self.lost = 0
        self.changed = asyncio.Event()

    def settled(self, chat: Chat) -> None:
        self.under_way.pop(chat.id, None)
        self.idle.append(chat)
        if self.is_running:
            self.waits.append(time.perf_counter() - chat.since)
            if not self.keeps_pace:
                self.tap_next()
        self.changed.set()

    def tap_next(self) -> None:
        if not self.idle:
            return
        chat = self.idle.popleft()
        place = chat.taps % LEAST
        if self.home and (place == 0 or not chat.buttons):
            chat.taps, data = 0, self.home
        else:
            at = self.opening[place - 1] if 0 < place <= len(self.opening) else self.rng.randrange(len(chat.buttons))
            data = chat.buttons[min(at, len(chat.buttons) - 1)]
        chat.taps += 1
        chat.since = time.perf_counter()
        self.under_way[chat.id] = chat
        self.world.tap(chat, data)

    async def up(self) -> dict[str, Any]:
        """Wait until the bot asks for updates, or has said where to deliver them."""
        while self.world.poller is None and self.world.hook is None:
            await asyncio.sleep(0.002)
        return {}

    async def start(self, chats: int, depth: int, keep: bool = True) -> dict[str, Any]:
        """Open chats with /start; keep: let them tap later."""
        first = FIRST_CHAT + len(self.world.chats)
        started = time.perf_counter()
        for number in range(first, first + chats):
            while len(self.under_way) >= depth:
                self.changed.clear()
                await asyncio.wait_for(self.changed.wait(), PATIENCE_SECONDS)
            chat = self.world.chats[number] = self.under_way[number] = Chat(number)
            self.world.type(chat, "/start")
        await self._drain()
        if not keep:
            self.idle.clear()
        return {"chats": len(self.world.chats), "seconds": time.perf_counter() - started}

    async def run(self, seconds: float, depth: int = 100, rate: float = 0, delay: float = 0) -> dict[str, Any]:
        self.waits, self.lost, self.is_running, self.keeps_pace = [], 0, True, bool(rate)
        self.world.delay = delay
        calls, started = self.world.calls, time.perf_counter()
        if rate:
            for number in range(int(seconds * rate)):
                await asyncio.sleep(max(0.0, started + number / rate - time.perf_counter()))
                self.tap_next()
        else:
            for _ in range(depth):
                self.tap_next()
            await asyncio.sleep(seconds)
        self.is_running = bool(rate)
        await self._drain()
        self.is_running, self.world.delay = False, 0.0
        took, waits = time.perf_counter() - started, sorted(self.waits)
        return {
            "taps": len(waits), "seconds": took, "lost": self.lost, "calls": self.world.calls - calls,
            "bad": self.world.hook.bad if self.world.hook else 0,
            "p50_ms": at(waits, 0.50), "p99_ms": at(waits, 0.99), "max_ms": at(waits, 1.0),
        }  # fmt: skip

    async def _drain(self) -> None:
        """Wait for what is under way; whoever got no answer for too long is lost."""
        until = time.perf_counter() + PATIENCE_SECONDS
        while self.under_way and time.perf_counter() < until:
            self.changed.clear()
            try:
                await asyncio.wait_for(self.changed.wait(), 0.5)
            except TimeoutError:
                continue
        self.lost += len(self.under_way)
        for chat in self.under_way.values():
            chat.open = 0
            self.idle.append(chat)
        self.under_way.clear()


def at(waits: list[float], share: float) -> float:
    """Milliseconds that this share of the waits did not exceed."""
    return round(waits[min(len(waits) - 1, int(len(waits) * share))] * 1000, 2) if waits else 0.0


async def main() -> None:
    order = json.loads(sys.stdin.readline())
    crowd = Crowd(order["home"], order["opening"])
    server = await asyncio.get_running_loop().create_server(lambda: Connection(crowd.world), "127.0.0.1", 0)
    say({"port": server.sockets[0].getsockname()[1]})
    orders: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def listen() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(orders.put_nowait, line)
        loop.call_soon_threadsafe(orders.put_nowait, "")

    threading.Thread(target=listen, daemon=True).start()
    while line := await orders.get():
        order = json.loads(line)
        act = {"up": crowd.up, "start": crowd.start, "run": crowd.run}[order.pop("do")]
        say(await act(**order))


def say(result: dict[str, Any]) -> None:
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
