"""The calls that people wait for, sent as JSON without the library's objects, but limited and refused as it does.

The library is used in full for what happens once: signing in, and the bot's own page on Telegram.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec
from telegram import Bot
from telegram.request import BaseRequest

from bot.config import Secret
from bot.messenger.client import Answer, LeanRequest
from bot.messenger.lane import Lane

encode = msgspec.json.Encoder().encode
Params = dict[str, Any]


class Calls(Protocol):
    """How calls are made."""

    def begin(self, method: str, params: Params) -> Awaitable[object]:
        """Make a call that goes out whether or not anybody awaits its end; what is awaited is worth nothing else."""

    async def do(self, method: str, params: Params) -> None:
        """Make a call of which nothing is read but whether it was done. Raises TelegramError."""

    async def ask(self, method: str, params: Params) -> Any:
        """Make a call and return its result. Raises TelegramError."""


class Quick:
    """Straight through our own client. base: address of the Bot API with what comes before the token."""

    def __init__(self, request: LeanRequest, base: str, token: Secret, lane: Lane) -> None:
        self._request, self._lane = request, lane
        self._path = f"POST {urlsplit(base).path}{token.reveal()}/"

    def begin(self, method: str, params: Params) -> Awaitable[object]:
        """As `Calls.begin`."""
        if self._lane.goes():
            return self._request.send(f"{self._path}{method}".encode(), encode(params))
        return asyncio.ensure_future(self._made(method, params))

    async def do(self, method: str, params: Params) -> None:
        """As `Calls.do`."""
        await self._made(method, params)

    async def ask(self, method: str, params: Params) -> Any:
        """As `Calls.ask`."""
        return await Replay(await self._made(method, params)).post("")

    async def _made(self, method: str, params: Params) -> Answer:
        body = encode(params)
        if not self._lane.goes():
            await self._lane.turn()
        answer = await self._request.send(f"{self._path}{method}".encode(), body)
        if not 200 <= answer[0] < 300:
            await Replay(answer).post("")
        return answer


class Usual:
    """By the library's own ways, where only its client knows how to get there."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def begin(self, method: str, params: Params) -> Awaitable[object]:
        """As `Calls.begin`."""
        return asyncio.ensure_future(self._bot.do_api_request(method, params))

    async def do(self, method: str, params: Params) -> None:
        """As `Calls.do`."""
        await self._bot.do_api_request(method, params)

    async def ask(self, method: str, params: Params) -> Any:
        """As `Calls.ask`."""
        return await self._bot.do_api_request(method, params)


class Replay(BaseRequest):
    """An answer that came already, for the library to read: so it raises what it raises for its own calls."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    @property
    def read_timeout(self) -> float:
        """Nothing is waited for."""
        return 0.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(self, *_: Any, **__: Any) -> Answer:
        """The answer again."""
        return self._answer
