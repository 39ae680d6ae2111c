"""What shows replies, alone with one chat, over a connection that may be in trouble."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from botscene import Time
from telegram import Bot

from bot.config import Secret
from bot.house import utc_now
from bot.log import Journal
from bot.messenger.calls import Quick
from bot.messenger.client import LeanRequest
from bot.messenger.deliver import Deliver
from bot.messenger.lane import Lane
from bot.messenger.tidy import Tidy
from bot.simulator.app import build_app, opened
from bot.simulator.botapi import LOCAL_TOKEN, BotApi
from bot.simulator.people import Person
from bot.texts.speak import Button, Reply
from bot.volatile.local import Local


@dataclass
class Stage:
    """A Deliver alone with its chat."""

    api: BotApi
    its: Time
    local: Local
    out: io.StringIO
    deliver: Deliver
    person: Person

    def texts(self) -> list[str]:
        return [message.text for message in self.person.messages()]

    def count(self, method: str) -> int:
        return sum(call.method == method for call in self.api.calls)

    def events(self) -> list[tuple[str, str]]:
        return [(line["ev"], line["code"]) for line in map(json.loads, self.out.getvalue().splitlines())]

    async def show(self, text: str, screen: int = 0) -> int:
        """Show a screen; returns the id of the one message there is then."""
        await self.deliver.show(self.person.chat_id, reply(text), screen)
        return self.local.screen(self.person.chat_id)

    async def wait_out(self) -> None:
        """Let everything that waits have its time, until nothing waits any more."""
        while any("Deliver._show_later" in repr(task.get_coro()) for task in asyncio.all_tasks()):
            self.its.advance(60)
            await asyncio.sleep(0.005)


def reply(text: str) -> Reply:
    return Reply(text, (), ((Button("Go on", "m"),), (Button("Leave now", "x"),)))


def perform(act: Callable[[Stage], Awaitable[None]], request: Callable[[BotApi], LeanRequest] | None = None) -> None:
    """Play a scene, over a connection that waits a quarter of a second, or over the request given."""

    async def run() -> None:
        async with _stage(request) as stage:
            await act(stage)
            await stage.deliver.close(0)
        assert not list(stage.api.wrong_calls)

    asyncio.run(run())


@asynccontextmanager
async def _stage(request: Callable[[BotApi], LeanRequest] | None) -> AsyncIterator[Stage]:
    api, its, local, out = BotApi(), Time(), Local(), io.StringIO()
    async with opened(build_app(api)) as address:
        wire = request(api) if request else LeanRequest(address, 4, read_seconds=0.25)
        bot = Bot(LOCAL_TOKEN, base_url=f"{address}/bot", request=wire)
        async with bot:
            yield Stage(api, its, local, out, deliver_over(wire, bot, its, local, out), api.user())


def deliver_over(wire: LeanRequest, bot: Bot, its: Time, local: Local, out: io.StringIO) -> Deliver:
    """What shows replies, over a connection to the stand-in."""
    calls, journal = (
        Quick(wire, bot.base_url.removesuffix(LOCAL_TOKEN), Secret(LOCAL_TOKEN), Lane(0)),
        Journal(out, utc_now),
    )
    return Deliver(bot, calls, Tidy(calls, journal, its.sleep), local, journal, its.clock, its.sleep)
