"""The floor: a bare protocol that makes the same two calls for each tap, by hand, with constant replies.

    python deploy/bench/floor.py http://127.0.0.1:PORT polling|webhook

No bot can cost less: one connection, no parser of HTTP or JSON, no state, nothing counted, limited or sealed.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

import uvloop

TOKEN = "7000000001:" + "A" * 35
ROWS = [["Yes"], ["No"], ["Not sure"], ["Skip this"], ["Back", "Get help now"], ["Language", "Leave now"]]
KEYBOARD = {"inline_keyboard": [[{"text": label, "callback_data": "A" * 64} for label in row] for row in ROWS]}
BODY = json.dumps({"text": "Did anyone keep your papers, or lock you in?", "reply_markup": KEYBOARD})[1:].encode()
UPDATE = re.compile(rb'"update_id":(\d+),"(message|callback_query)"')
TAPPED = re.compile(rb'"callback_query":\{"id":"(\d+)".*?"message_id":(\d+)', re.DOTALL)
CHAT = re.compile(rb'"from":\{"id":(\d+)')


class Line(asyncio.Protocol):
    """A kept connection: one call at a time, its answer told apart by its length alone."""

    def __init__(self, pool: list[Line]) -> None:
        self.pool, self.buffer, self.done = pool, b"", None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def call(self, head: bytes, body: bytes, done: Callable[[bytes], None]) -> None:
        self.done = done
        self.transport.write(b"%b%d\r\n\r\n%b" % (head, len(body), body))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        mark = self.buffer.index(b"Content-Length: ") + 16
        end = head + 4 + int(self.buffer[mark : self.buffer.index(b"\r", mark)])
        if len(self.buffer) < end:
            return
        body, self.buffer, done = self.buffer[head + 4 : end], b"", self.done
        self.pool.append(self)
        done(body)


class Floor:
    def __init__(self, address: str) -> None:
        self.host, self.port = urlsplit(address).hostname, urlsplit(address).port
        self.pool: list[Line] = []
        self.waiting: deque[tuple[bytes, bytes, Callable[[bytes], None]]] = deque()
        self.heads = {name: self._head(name) for name in ("getUpdates", "answerCallbackQuery", "editMessageText",
                                                          "sendMessage", "setWebhook")}  # fmt: skip
        self.offset = 0

    def _head(self, method: str) -> bytes:
        head = f"POST /bot{TOKEN}/{method} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
        return head.encode()

    async def open(self, connections: int) -> None:
        for _ in range(connections):
            _, line = await asyncio.get_running_loop().create_connection(lambda: Line(self.pool), self.host, self.port)
            self.pool.append(line)

    def call(self, method: str, body: bytes, done: Callable[[bytes], None] = lambda body: None) -> None:
        self.waiting.append((self.heads[method], body, done))
        while self.waiting and self.pool:
            self.pool.pop().call(*self.waiting.popleft())

    def edited(self, body: bytes) -> None:
        while self.waiting and self.pool:
            self.pool.pop().call(*self.waiting.popleft())

    def take(self, update: bytes, answer: bool = True) -> bytes:
        """The same two calls; returns the answer to the tap where it goes into a webhook's reply."""
        chat = CHAT.search(update)[1]
        tapped = TAPPED.search(update)
        if tapped is None:
            self.call("sendMessage", b'{"chat_id":' + chat + b"," + BODY, self.edited)
            return b""
        edit = b'{"chat_id":%b,"message_id":%b,%b' % (chat, tapped[2], BODY)
        said = b'{"callback_query_id":"%b"}' % tapped[1]
        if answer:
            self.call("answerCallbackQuery", said, self.edited)
        self.call("editMessageText", edit, self.edited)
        return said

    def poll(self) -> None:
        self.call("getUpdates", b'{"offset":%d,"timeout":25,"limit":100}' % self.offset, self.polled)

    def polled(self, body: bytes) -> None:
        found = list(UPDATE.finditer(body))
        ends = [one.start() for one in found[1:]] + [len(body)] * bool(found)
        for one, end in zip(found, ends, strict=True):
            self.offset = int(one[1]) + 1
            self.take(body[one.start() : end])
        self.poll()


class Door(asyncio.Protocol):
    """The webhook: the answer to the tap in the reply, the edit as a call of its own."""

    def __init__(self, floor: Floor) -> None:
        self.floor, self.buffer = floor, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        mark = self.buffer.index(b"Content-Length: ") + 16
        if len(self.buffer) < head + 4 + int(self.buffer[mark : self.buffer.index(b"\r", mark)]):
            return
        said = self.floor.take(self.buffer[head + 4 :], answer=False)
        self.buffer = b""
        reply = b'{"method":"answerCallbackQuery",' + said[1:] if said else b""
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(reply), reply)
        )


async def main(address: str, mode: str) -> None:
    floor = Floor(address)
    await floor.open(101)
    if mode == "polling":
        floor.poll()
    else:
        server = await asyncio.get_running_loop().create_server(lambda: Door(floor), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        floor.call("setWebhook", json.dumps({"url": f"http://127.0.0.1:{port}/", "secret_token": "x"}).encode())
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
