"""The polling loop alone, with a handler that notes what it gets and waits where a gate is shut."""

from __future__ import annotations

import asyncio
import io
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from botscene import Direct, Time

from bot.config import Secret
from bot.house import utc_now
from bot.log import Journal
from bot.messenger.incoming import Update
from bot.messenger.updates import Poller
from bot.simulator.botapi import LOCAL_TOKEN, BotApi
from bot.volatile.local import Local

Answer = tuple[int, bytes] | Exception


class Wire(Direct):
    """The stand-in, except for what is to be answered instead; `polls` are the offsets asked for."""

    def __init__(self, api: BotApi) -> None:
        super().__init__(api)
        self.instead: deque[Answer] = deque()
        self.polls: list[str] = []

    async def do_request(self, url: str, method: str, *rest: Any, **named: Any) -> tuple[int, bytes]:
        if "getUpdates" in url:
            self.polls.append(url)
            if self.instead:
                answer = self.instead.popleft()
                if isinstance(answer, Exception):
                    raise answer
                return answer
        return await super().do_request(url, method, *rest, **named)


class Stage:
    """A poller alone, and a handler that notes what it gets and waits where a gate is shut."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] | None = None) -> None:
        self.api, self.its, self.local, self.out = BotApi(), Time(), Local(), io.StringIO()
        self.wire = Wire(self.api)
        self.began: list[str] = []
        self.ended: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.trouble: dict[str, Exception] = {}
        self.leaves: set[str] = set()
        journal = Journal(self.out, utc_now)
        self.poller = Poller(
            self.wire, "http://127.0.0.1/bot", Secret(LOCAL_TOKEN), self._handle, self.local, journal,
            sleep or self.its.sleep, self._is_leave,
        )  # fmt: skip

    def _is_leave(self, update: Update) -> bool:
        return update.message is not None and update.message.text in self.leaves

    async def _handle(self, update: Update) -> None:
        message = update.message
        name = message.text if message is not None and message.text else "other"
        self.began.append(name)
        if name in self.gates:
            await self.gates[name].wait()
        if name in self.trouble:
            raise self.trouble[name]
        self.ended.append(name)

    def shut(self, *names: str) -> None:
        for name in names:
            self.gates[name] = asyncio.Event()

    def events(self) -> list[str]:
        return [json.loads(line)["ev"] for line in self.out.getvalue().splitlines()]

    async def until(self, is_so: Callable[[], bool], passing: float = 0) -> None:
        for _ in range(4_000):
            if is_so():
                return
            self.its.advance(passing)
            await asyncio.sleep(0.001)
        raise AssertionError("it did not come about")


def perform(act: Callable[[Stage], Awaitable[None]]) -> None:
    """Let the loop run while a scene is played, and stop it."""

    async def run() -> None:
        stage = Stage()
        polling = asyncio.create_task(stage.poller.run())
        try:
            await act(stage)
        finally:
            for gate in stage.gates.values():
                gate.set()
            await stage.poller.stop(1)
            await polling

    asyncio.run(run())


def stumbling(answer: Answer, times: int = 1) -> Stage:
    stage = Stage()
    stage.wire.instead.extend([answer] * times)
    return stage
