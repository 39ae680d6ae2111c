"""A small HTTP/1.1 server for one visitor: Telegram, or the proxy before it. It takes no more than it was asked to.

Who may not come in is told so before a byte of what they bring is read. One request at a time on a connection.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

import httptools

MOST_BYTES = 1_000_000
MOST_HEADERS = 64
MOST_CONNECTIONS = 256  # Telegram opens at most 100; a proxy may have as many again on the way out
REQUEST_SECONDS = 30.0  # for a request to be there whole
QUIET_SECONDS = 120.0  # a connection without any is closed
SECRET_HEADER = b"x-telegram-bot-api-secret-token"
HEALTH = b"/health"

Reply = Callable[[bytes], None]
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Rules:
    """Who comes in. path: of the webhook. secret: what Telegram shows. sources: networks, all when empty."""

    path: bytes
    secret: bytes
    sources: tuple[Network, ...] = ()

    def refuses(self, method: bytes, path: bytes, secret: bytes, length: int) -> int:
        """The status to refuse a request with; 0 lets it in."""
        if path != self.path:
            return 404
        if not hmac.compare_digest(secret, self.secret):
            return 401
        if method != b"POST":
            return 405
        return 413 if length > MOST_BYTES else 0

    def knows(self, address: str) -> bool:
        """Whether a connection may come from an address; a socket on this machine has none."""
        if not self.sources or not address:
            return True
        source = ip_address(address.partition("%")[0])
        return any(source in network for network in self.sources)


class Door:
    """Connections, and what is brought through them. take: an update as it came, and how to answer it, once."""

    def __init__(self, rules: Rules, take: Callable[[bytes, Reply], None], health: Callable[[], bytes]) -> None:
        self.rules, self.take, self.health = rules, take, health
        self.visits: set[Visit] = set()
        self.is_shut = False

    def shut(self) -> None:
        """Let nobody in any more, and close what is not being answered."""
        self.is_shut = True
        for visit in [one for one in self.visits if not one.is_busy]:
            visit.close()


class Visit(asyncio.Protocol):
    """One connection."""

    def __init__(self, door: Door) -> None:
        self.door, self.is_busy = door, False
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._parser = httptools.HttpRequestParser(self)
        peer = transport.get_extra_info("peername")
        is_known = self.door.rules.knows(peer[0] if isinstance(peer, tuple) else "")
        self.door.visits.add(self)
        self._alarm = self._loop.call_later(REQUEST_SECONDS, self.close)
        if not is_known or self.door.is_shut or len(self.door.visits) > MOST_CONNECTIONS:
            self.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._alarm.cancel()
        self.door.visits.discard(self)

    def close(self) -> None:
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self.is_busy:  # nobody sends a second request before the first is answered
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.close()

    # -- one request, as the parser tells it -------------------------------------------------------------------

    def on_message_begin(self) -> None:
        if self.is_busy:
            self.close()
        self._url, self._secret, self._length, self._headers = b"", b"", 0, 0
        self._body: list[bytes] = []
        self._size, self._is_refused = 0, False
        self._set_alarm(REQUEST_SECONDS)

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers += 1
        lower = name.lower()
        if lower == SECRET_HEADER:
            self._secret = value
        elif lower == b"content-length":
            self._length = int(value) if value.isdigit() and len(value) < 12 else MOST_BYTES + 1

    def on_headers_complete(self) -> None:
        path = self._url.partition(b"?")[0]
        if path == HEALTH and self._parser.get_method() == b"GET":
            self._answer(200, self.door.health())
            return
        status = self.door.rules.refuses(self._parser.get_method(), path, self._secret, self._length)
        if self._headers > MOST_HEADERS:
            status = 431
        if status or self.door.is_shut:
            self._refuse(status or 503)

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size > MOST_BYTES:  # it said less, or nothing
            self._refuse(413)
        elif not self._is_refused:
            self._body.append(body)

    def on_message_complete(self) -> None:
        if self._is_refused or self._url.partition(b"?")[0] == HEALTH:
            return
        self.is_busy = True
        self._set_alarm(None)
        self.door.take(b"".join(self._body), self._reply)

    # -- answers -----------------------------------------------------------------------------------------------

    def _reply(self, body: bytes) -> None:
        """Say that an update was handled; body: a call for Telegram to carry out, or nothing."""
        self.is_busy = False
        if not self._transport.is_closing():
            self._answer(200, body)

    def _refuse(self, status: int) -> None:
        if not self._is_refused:
            self._is_refused = True
            self._answer(status, b"")
            self._transport.close()

    def _answer(self, status: int, body: bytes) -> None:
        kind = b"Content-Type: application/json\r\n" if body else b""
        head = b"HTTP/1.1 %d \r\n%bContent-Length: %d\r\n\r\n" % (status, kind, len(body))
        self._transport.write(head + body)
        if self.door.is_shut or not self._parser.should_keep_alive():
            self._transport.close()
        self._set_alarm(QUIET_SECONDS)

    def _set_alarm(self, seconds: float | None) -> None:
        self._alarm.cancel()
        if seconds is not None:
            self._alarm = self._loop.call_later(seconds, self.close)
