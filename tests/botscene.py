"""The real bot and the stand-in for Telegram in one event loop, on a clock that goes only when a test says so."""

from __future__ import annotations

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from telegram.request import RequestData

import bot.messenger.app as app
from bot.config import Config, Secret
from bot.house import Content, read_content, utc_now
from bot.log import Journal
from bot.messenger.client import LeanRequest
from bot.simulator.app import build_app, opened
from bot.simulator.botapi import LOCAL_TOKEN, BotApi, Call
from bot.simulator.people import Person

NAVIGATION = ["Back", "Get help now", "Language", "Leave now"]
FIRST_QUESTION = "Is this phone safe for you to use right now?"
BACKGROUND = ("getUpdates", "getMe", "deleteWebhook")


class Time:
    """A clock and the sleepers waiting for it; `asked` lists every wait there was, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.asked: list[float] = []
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        waking = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, waking))
        await waking

    def advance(self, seconds: float) -> None:
        """Let time pass; who slept long enough wakes up."""
        self.now += seconds
        for until, waking in list(self._sleepers):
            if until <= self.now:
                self._sleepers.remove((until, waking))
                if not waking.done():
                    waking.set_result(None)


class Direct(LeanRequest):
    """Carries calls to the stand-in without a network between, for when thousands are made."""

    def __init__(self, api: BotApi) -> None:
        super().__init__("http://127.0.0.1", 1)
        self.api = api

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        address = urlsplit(url)
        texts = dict(parse_qsl(address.query)) | (request_data.json_parameters if request_data else {})
        return await self.carry_out(address.path, texts, {})

    def send(self, path: bytes, body: bytes, *_: Any, **__: Any) -> asyncio.Future[tuple[int, bytes]]:
        return asyncio.ensure_future(self.carry_out(path.decode(), {}, json.loads(body)))

    async def carry_out(self, path: str, texts: dict[str, str], values: dict[str, Any]) -> tuple[int, bytes]:
        answer = await self.api.answer(path.rpartition("/")[2], texts, values)
        return answer.status, json.dumps(answer.body).encode()


@dataclass
class Scene:
    """One bot and its people. api: the stand-in. its: the clock. out: the log so far."""

    api: BotApi
    its: Time
    out: io.StringIO = field(default_factory=io.StringIO)
    running: asyncio.Task[None] | None = None

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]

    def events(self) -> list[str]:
        """What was logged, without what the content itself has wrong: that is `waymark check`'s to judge."""
        return [line["ev"] for line in self.lines() if line["ev"] != "withdrawn"]

    def calls(self, *methods: str, chat: int | None = None) -> list[Call]:
        """Calls of these methods, of all but those made in the background when none is named."""
        return [
            call
            for call in self.api.calls
            if (call.method in methods if methods else call.method not in BACKGROUND and "My" not in call.method)
            and chat in (None, call.params.get("chat_id"))
        ]

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, in real time; fails when it does not come about."""
        for _ in range(4_000):
            if is_so():
                return
            if self.running is not None and self.running.done() and self.running.exception():
                raise self.running.exception() or AssertionError
            await asyncio.sleep(0.0025)
        raise AssertionError("it did not come about")

    async def settle(self) -> None:
        """Wait until every update was answered and confirmed."""
        await self.until(lambda: self.api.is_drained)

    async def tap(self, person: Person, *buttons: str) -> None:
        """Tap buttons one after the other, with the time between taps that nobody is limited for."""
        for button in buttons:
            person.tap(button)
            await self.settle()
            self.its.advance(2)

    async def send(self, person: Person, *texts: str) -> None:
        for text in texts:
            person.send(text)
            await self.settle()
            self.its.advance(2)

    async def begin(self, person: Person | None = None, language: str = "English") -> Person:
        """Somebody at the first question."""
        person = person or self.api.user(first_name="Someone")
        await self.send(person, "/start")
        await self.tap(person, language, "Go on")
        assert FIRST_QUESTION in screen(person)
        return person

    async def pass_until(self, is_so: Callable[[], bool], seconds: float = 1.0) -> None:
        """Let time pass, a little at a time, until something is so."""

        def passing() -> bool:
            if is_so():
                return True
            self.its.advance(seconds)
            return False

        await self.until(passing)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, and what waited for it happen."""
        self.its.advance(seconds)
        for _ in range(20):
            await asyncio.sleep(0.001)
        await self.settle()


@cache
def _content() -> Content:
    """The content as it ships, read once for all scenes."""
    return read_content(Config())


def screen(person: Person) -> str:
    """The text of the one message of the bot in a chat; fails where there is more, or anything beside it."""
    messages = person.messages()
    assert [message.is_from_bot for message in messages] == [True], [message.text for message in messages]
    return messages[0].text


@asynccontextmanager
async def scene(
    folder: Path,
    api: BotApi | None = None,
    *,
    over_http: bool = False,
    await_start: bool = True,
    webhook: str = "",
    **settings: Any,
) -> AsyncIterator[Scene]:
    """The bot, started and waiting for people; stopped in order at the end.

    over_http: through a real connection, as trouble of the network needs it. webhook: the secret of one, to which the
    stand-in then brings the updates.
    """
    api = api or BotApi()
    keys = folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    stage = Scene(api, Time())
    journal, stop = Journal(stage.out, utc_now), asyncio.Event()
    config = Config(**{"country": "US", "keys": keys, "calls_per_second": 0, **settings})
    if webhook:
        port = free_port()
        config = replace(config, webhook=f"http://127.0.0.1:{port}/hook", listen=("127.0.0.1", port))
    async with _line(api, over_http or bool(webhook)) as (address, patches):
        config = replace(config, bot_api=address)
        with patch.multiple(app, read_content=lambda config: _content(), **patches):
            its, secret = app.Time(stage.its.clock, stage.its.sleep), Secret(webhook) if webhook else None
            stage.running = asyncio.create_task(
                app.serve(config, Secret(LOCAL_TOKEN), journal, stop, its, secret=secret)
            )
            try:
                if await_start:
                    await stage.until(
                        lambda: "start" in stage.events() and bool(api.inbox.webhook.url) == bool(webhook)
                    )
                yield stage
            finally:
                stop.set()
                await asyncio.wait({stage.running}, timeout=20)
                if await_start:
                    stage.running.result()
                elif stage.running.done():
                    stage.running.exception()
                stage.running.cancel()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def _line(api: BotApi, over_http: bool) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
    if over_http:
        async with opened(build_app(api)) as address:
            yield address, {}
    else:
        yield "http://127.0.0.1", {"_line": lambda config, connections: Direct(api)}


def play(folder: Path, act: Callable[[Scene], Awaitable[None]], api: BotApi | None = None, **options: Any) -> None:
    """Let one scene be played, and see that the bot made no call Telegram would have refused as wrong."""

    async def run() -> None:
        async with scene(folder, api, **options) as stage:
            await act(stage)
        assert not list(stage.api.wrong_calls)

    asyncio.run(run())
