"""The client between the bot and Telegram: kept connections, one answer to one call, whatever a server sends."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Awaitable, Callable

import pytest
from telegram.error import NetworkError, TimedOut

from bot.messenger.client import LOST, NOT_CONNECTED, LeanRequest

ROUNDS = int(os.environ.get("ROUNDS", "300"))
Say = Callable[[bytes], bytes | None]


class Server(asyncio.Protocol):
    """Says to each request what it is told to say: None ends the connection, b"" keeps silent."""

    def __init__(self, say: Say, seen: list[bytes]) -> None:
        self._say, self._seen = say, seen

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._seen.append(b"connected")

    def data_received(self, data: bytes) -> None:
        self._seen.append(data)
        answer = self._say(data)
        if answer is None:
            self._transport.close()
        elif answer:
            self._transport.write(answer)  # type: ignore[attr-defined]


def whole(body: bytes, status: int = 200, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n%b\r\n%b" % (status, len(body), more, body)


def perform(act: Callable[[LeanRequest, list[bytes]], Awaitable[None]], say: Say, connections: int = 2) -> None:
    """A client and a server on this machine."""

    async def run() -> None:
        seen: list[bytes] = []
        server = await asyncio.get_running_loop().create_server(lambda: Server(say, seen), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with LeanRequest(f"http://127.0.0.1:{port}", connections, read_seconds=0.3, pool_seconds=0.3) as client:
            await act(client, seen)
        server.close()

    asyncio.run(run())


def test_a_connection_is_kept_for_the_next_call() -> None:
    """Ten calls one after the other take one connection."""

    async def act(client: LeanRequest, seen: list[bytes]) -> None:
        for number in range(10):
            assert await client.send(b"POST /x", b"%d" % number) == (200, b"%d" % number)
        assert seen.count(b"connected") == 1

    perform(act, lambda data: whole(data[-1:]))


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + whole(b'{"a":1}'),
        whole(b'{"a":1}', more=b"Connection: close\r\n"),
    ],
    ids=["chunked", "after 100", "closing"],
)  # fmt: skip
def test_every_way_of_answering_is_read(answer: bytes) -> None:
    """In pieces, after a "go on", and as the last of its connection."""

    async def act(client: LeanRequest, seen: list[bytes]) -> None:
        for _ in range(3):
            assert await client.send(b"POST /x", b"") == (200, b'{"a":1}')
        assert seen.count(b"connected") == (3 if b"close" in answer else 1)

    perform(act, lambda data: answer)


def test_a_second_answer_is_nobody_s() -> None:
    """What comes behind an answer ends the connection and is not taken for the next one."""

    async def act(client: LeanRequest, seen: list[bytes]) -> None:
        for _ in range(3):
            with pytest.raises(NetworkError, match=LOST):
                await client.send(b"POST /x", b"")

    perform(act, lambda data: whole(b"mine") + whole(b"another's"))


def test_no_answer_is_a_time_out_and_ends_the_connection() -> None:
    """A late answer would be taken for another call's."""

    async def act(client: LeanRequest, seen: list[bytes]) -> None:
        for _ in range(2):
            with pytest.raises(TimedOut):
                await client.send(b"POST /x", b"", 0.02)
        assert seen.count(b"connected") == 2

    perform(act, lambda data: b"")


def test_calls_wait_for_a_connection_and_are_told_when_there_is_none() -> None:
    """No more connections than allowed; who waits too long learns that nothing was sent."""

    async def act(client: LeanRequest, seen: list[bytes]) -> None:
        first = [client.send(b"POST /x", b"") for _ in range(2)]
        with pytest.raises(TimedOut, match="Pool timeout"):
            await client.send(b"POST /x", b"late")
        assert seen.count(b"connected") == 2
        assert not any(b"late" in data for data in seen)
        await asyncio.gather(*first, return_exceptions=True)

    perform(act, lambda data: b"")


def test_where_nobody_listens_nothing_was_sent() -> None:
    """Every call that waits is told so."""

    async def run() -> None:
        async with LeanRequest("http://127.0.0.1:9", 2) as client:
            waiting = [client.send(b"POST /x", b"") for _ in range(5)]
            for found in await asyncio.gather(*waiting, return_exceptions=True):
                assert isinstance(found, NetworkError)
                assert str(found) == NOT_CONNECTED
        with pytest.raises(NetworkError):
            client.send(b"POST /x", b"")

    asyncio.run(run())


def test_whatever_a_server_sends_a_call_ends_once() -> None:
    """Answers with bytes changed, cut, doubled or cut in pieces: an answer or an error of the network."""
    rng = random.Random(11)
    good = whole(b'{"ok":true,"result":true}')

    def mangled(data: bytes) -> bytes | None:
        answer = bytearray(good)
        for _ in range(rng.randint(0, 3)):
            answer[rng.randrange(len(answer))] = rng.randrange(256)
        cut = bytes(answer[: rng.choice([len(answer), rng.randrange(1, len(answer))])])
        return rng.choice([cut, cut + cut, cut * 3, None])

    async def act(client: LeanRequest, seen: list[bytes]) -> None:
        answered = 0
        for begin in range(0, ROUNDS, 50):
            calls = [client.send(b"POST /x", b"%d" % (begin + n), 0.05) for n in range(50)]
            for found in await asyncio.gather(*calls, return_exceptions=True):
                assert isinstance(found, tuple | NetworkError)
                answered += isinstance(found, tuple)
        assert 0 < answered < ROUNDS
        with_care = await asyncio.gather(client.send(b"POST /x", b"", 0.05), return_exceptions=True)
        assert len(with_care) == 1

    perform(act, mangled, connections=20)
