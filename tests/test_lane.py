"""The line for calls to Telegram: who leaves or wants help does not wait behind everybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.messenger.lane import FIRST, Lane


class Loop:
    """The time of an event loop, told by the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "time", lambda: self.now)

    async def forward(self, seconds: float) -> None:
        for _ in range(round(seconds * 100)):
            self.now += 0.01
            await asyncio.sleep(0)
            await asyncio.sleep(0)


def perform(act: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        await act()

    asyncio.run(run())


async def call(lane: Lane, name: str, made: list[str], is_first: bool = False) -> None:
    async def go() -> bool:
        made.append(name)
        return True

    FIRST.set(is_first)
    await lane.process_request(go, (), {}, "sendMessage", {}, None)


def test_calls_past_a_seconds_worth_wait_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five a second: five go at once, five more each second, in the order in which they were made."""

    async def act() -> None:
        time, lane, made = Loop(monkeypatch), Lane(5), []
        tasks = [asyncio.create_task(call(lane, str(number), made)) for number in range(15)]
        await time.forward(0.02)
        assert made == list("01234")
        await time.forward(1.1)
        assert made == [str(number) for number in range(10)]
        await time.forward(1.1)
        assert len(made) == 15
        await asyncio.gather(*tasks)

    perform(act)


def test_leaving_and_help_go_before_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a hundred waiting calls, one of a person who leaves is the next one to be made."""

    async def act() -> None:
        time, lane, made = Loop(monkeypatch), Lane(5), []
        tasks = [asyncio.create_task(call(lane, "other", made)) for _ in range(105)]
        await time.forward(0.02)
        tasks.append(asyncio.create_task(call(lane, "leave", made, is_first=True)))
        await time.forward(0.25)
        assert made.count("other") <= 6
        assert "leave" in made
        for task in tasks:
            task.cancel()
        await lane.shutdown()
        await asyncio.gather(*tasks, return_exceptions=True)

    perform(act)


def test_who_gives_up_waiting_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that was cancelled while it waited takes no turn."""

    async def act() -> None:
        time, lane, made = Loop(monkeypatch), Lane(1), []
        tasks = [asyncio.create_task(call(lane, str(number), made)) for number in range(3)]
        await time.forward(0.02)
        tasks[1].cancel()
        await time.forward(1.1)
        assert made == ["0", "2"]
        await asyncio.gather(*tasks, return_exceptions=True)

    perform(act)


def test_without_a_limit_nothing_waits() -> None:
    """Zero calls a second means no limit, as tests on a told clock need it."""

    async def act() -> None:
        lane, made = Lane(0), []
        await asyncio.gather(*(call(lane, "any", made) for _ in range(100)))
        assert len(made) == 100

    perform(act)
