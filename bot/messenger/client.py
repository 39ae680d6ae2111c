"""Calls to the Bot API over kept connections: a small HTTP/1.1 client behind the library's `BaseRequest`.

It speaks to one server, follows no redirect, keeps no cookie and knows no proxy. Most of what a tap costs with the
library's own client is spent inside that client: the figures are in DECISIONS.md.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import ssl
from collections import deque
from typing import Any
from urllib.parse import urlencode, urlsplit

import certifi
import httptools
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

LOST = "lost: the connection ended before the answer came."
NOT_CONNECTED = "not connected: nothing was sent."
NOT_SENT = "Pool timeout: no connection was free, nothing was sent."
CONNECT_SECONDS = 5.0
KEPT_SECONDS = 5.0  # a connection idle for longer may be dead without having said so
MOST_BYTES = 32_000_000
PORTS = {"https": 443, "http": 80}
JSON, FORM = b"application/json", b"application/x-www-form-urlencoded"

Answer = tuple[int, bytes]


class Call:
    """One call: what goes out, who waits for the answer, and the alarm that ends the waiting."""

    __slots__ = ("alarm", "answer", "line", "raw", "seconds")

    def __init__(self, raw: bytes, answer: asyncio.Future[Answer], seconds: float) -> None:
        self.raw, self.answer, self.seconds = raw, answer, seconds
        self.alarm: asyncio.TimerHandle | None = None
        self.line: Line | None = None

    def finish(self, result: Answer | Exception) -> None:
        if self.alarm is not None:
            self.alarm.cancel()
        if self.answer.done():  # nobody waits any more
            return
        if isinstance(result, Exception):
            self.answer.set_exception(result)
        else:
            self.answer.set_result(result)


class Line(asyncio.Protocol):
    """One connection, one call at a time. Whatever is not exactly one answer to it ends the connection."""

    def __init__(self, client: LeanRequest) -> None:
        self._client, self.idle_since = client, 0.0
        self.call: Call | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def send(self, call: Call) -> None:
        self.call, call.line = call, self
        self._body: list[bytes] = []
        self._size = self._begun = 0
        self._is_whole = self._stays = False
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(call.raw)

    def data_received(self, data: bytes) -> None:
        call = self.call
        if call is None:
            self.close()
            return
        self._size += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.close()
            return
        if self._begun > 1 or self._size > MOST_BYTES:
            self.close()
        elif self._is_whole:
            self.call = None
            call.finish((self._parser.get_status_code(), b"".join(self._body)))
            if self._stays:
                self._client.free(self)
            else:
                self.close()

    def on_message_begin(self) -> None:
        self._begun += 1

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() < 200:  # "go on": the answer itself follows
            self._begun -= 1
        else:
            self._is_whole, self._stays = True, self._parser.should_keep_alive()

    def connection_lost(self, error: Exception | None) -> None:
        call, self.call = self.call, None
        self._client.gone(self)
        if call is not None:
            call.finish(NetworkError(LOST))

    def close(self) -> None:
        self._transport.abort()


class LeanRequest(BaseRequest):
    """The client. address: of the Bot API server, without a path. connections: at most so many at once."""

    def __init__(self, address: str, connections: int, read_seconds: float = 10.0, pool_seconds: float = 20.0) -> None:
        self._parts, self._most = urlsplit(address), connections
        self._host, self._port = self._parts.hostname or "", self._parts.port or PORTS[self._parts.scheme]
        self._read_seconds, self._pool_seconds = read_seconds, pool_seconds
        self._prefix = len(f"{self._parts.scheme}://{self._parts.netloc}")
        self._head = f" HTTP/1.1\r\nHost: {self._parts.netloc}\r\nContent-Type: ".encode()
        self._ssl = trust() if self._parts.scheme == "https" else None
        self._idle: list[Line] = []
        self._waiting: deque[Call] = deque()
        self._opening: set[asyncio.Task[None]] = set()
        self._count, self._is_open = 0, False

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer."""
        return self._read_seconds

    async def initialize(self) -> None:
        """Let calls go out."""
        self._loop, self._is_open = asyncio.get_running_loop(), True

    async def shutdown(self) -> None:
        """End every connection that is free; those in use end with their call."""
        self._is_open = False
        for task in list(self._opening):
            task.cancel()
        while self._waiting:
            self._waiting.popleft().finish(NetworkError(NOT_CONNECTED))
        for line in self._idle[:]:
            line.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = None,
        *_: Any,
        **__: Any,
    ) -> Answer:
        """One call. Raises TimedOut and NetworkError."""
        seconds = read_timeout if isinstance(read_timeout, int | float) else self._read_seconds
        path, body, kind = f"{method} {url[self._prefix :]}".encode(), b"", FORM
        if request_data is not None and request_data.contains_files:
            body, kind = multipart(request_data)
        elif request_data is not None:
            body = urlencode(request_data.json_parameters).encode()
        return await self.send(path, body, seconds, kind)

    def send(
        self, path: bytes, body: bytes, seconds: float | None = None, kind: bytes = JSON
    ) -> asyncio.Future[Answer]:
        """Begin a call, at once where a connection is free. path: with the method before it."""
        if not self._is_open:
            raise NetworkError(NOT_CONNECTED)
        raw = b"%b%b%b\r\nContent-Length: %d\r\n\r\n%b" % (path, self._head, kind, len(body), body)
        call = Call(raw, self._loop.create_future(), seconds or self._read_seconds)
        stale = self._loop.time() - KEPT_SECONDS
        while self._idle:
            line = self._idle.pop()
            if line.idle_since > stale:
                self._start(line, call)
                return call.answer
            line.close()
        call.alarm = self._loop.call_later(self._pool_seconds, self._expire, call)
        self._waiting.append(call)
        self._open_more()
        return call.answer

    # -- connections -------------------------------------------------------------------------------------------

    def _start(self, line: Line, call: Call) -> None:
        if call.alarm is not None:
            call.alarm.cancel()
        call.alarm = self._loop.call_later(call.seconds, self._expire, call)
        line.send(call)

    def _expire(self, call: Call) -> None:
        if call.line is not None:
            call.line.close()  # its answer may come still, and would be taken for another's
        call.finish(TimedOut(NOT_SENT) if call.line is None else TimedOut())

    def _open_more(self) -> None:
        if self._is_open and self._count < self._most:
            self._count += 1
            task = self._loop.create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self) -> None:
        line = Line(self)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._loop.create_connection(lambda: line, self._host, self._port, ssl=self._ssl)
        except OSError:  # TimeoutError and what is wrong with a certificate are OSErrors
            self._count -= 1
            if self._waiting:
                self._waiting.popleft().finish(NetworkError(NOT_CONNECTED))
            if self._waiting and not self._count:
                self._open_more()
        else:
            self.free(line)

    def free(self, line: Line) -> None:
        """A connection may carry the next call."""
        while self._waiting:
            call = self._waiting.popleft()
            if not call.answer.done():
                self._start(line, call)
                return
        if not self._is_open:
            line.close()
            return
        line.idle_since = self._loop.time()
        self._idle.append(line)

    def gone(self, line: Line) -> None:
        """A connection ended."""
        self._count -= 1
        if line in self._idle:
            self._idle.remove(line)
        if self._waiting:
            self._open_more()


def trust() -> ssl.SSLContext:
    """Certificates by which Telegram is recognised, or those the operator names as for other programs."""
    return ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where())


def multipart(data: RequestData) -> tuple[bytes, bytes]:
    """A form with files, and its content type."""
    mark, parts = secrets.token_hex(16), []
    for name, value in data.json_parameters.items():
        parts.append(f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode())
    for name, (file, content, kind) in (data.multipart_data or {}).items():
        head = f'Content-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {kind}\r\n\r\n'
        parts.append(head.encode() + (content if isinstance(content, bytes) else content.read()))
    body = b"".join(f"--{mark}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}".encode()
