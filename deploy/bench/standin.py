"""A stand-in for Telegram as cheap as can be: it remembers the screen of each chat and does what a bot's calls say.

Unlike the one behind `waymark try` it checks nothing. It must never be what a measurement waits for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import httptools
import msgspec

BATCH = 100
TRUE = b"true"
BOT = b'{"id":7000000001,"is_bot":true,"first_name":"Bench","username":"bench_bot"'
PLAIN = {
    "getMe": BOT + b',"can_join_groups":false,"can_read_all_group_messages":false,"supports_inline_queries":false}',
    "getMyCommands": b"[]",
    "getMyDescription": b'{"description":""}',
    "getMyShortDescription": b'{"short_description":""}',
}
MESSAGE = (
    b'{"message_id":%d,"from":' + BOT + b'},"chat":%b,"date":1800000000,"text":%b,"entities":%b,"reply_markup":%b}'
)
CHAT = b'{"id":%d,"first_name":"Someone","type":"private"}'
PERSON = b'{"id":%d,"is_bot":false,"first_name":"Someone","language_code":"en"}'
TAP = b'{"update_id":%d,"callback_query":{"id":"%d%09d","from":%b,"message":%b,'
TAP += b'"chat_instance":"-81234567890123","data":%b}}'
TYPED = b'{"update_id":%d,"message":{"message_id":%d,"from":%b,"chat":%b,"date":1800000000,"text":"%b",'
TYPED += b'"entities":[{"type":"bot_command","offset":0,"length":6}]}}'
ID_DIGITS = 10
SEALED = 64  # where there are sealed buttons, they are the ones that lead on


class Button(msgspec.Struct):
    callback_data: str = ""


class Markup(msgspec.Struct):
    inline_keyboard: list[list[Button]] = []


class Shown(msgspec.Struct):
    """What a call that shows something says; raw values go back into the updates as they came."""

    chat_id: int
    message_id: int = 0
    text: msgspec.Raw = msgspec.Raw(b'""')
    entities: msgspec.Raw = msgspec.Raw(b"[]")
    reply_markup: msgspec.Raw = msgspec.Raw(b'{"inline_keyboard":[]}')


read_shown = msgspec.json.Decoder(Shown).decode
read_markup = msgspec.json.Decoder(Markup).decode
read_any = msgspec.json.Decoder().decode
to_json = msgspec.json.Encoder().encode


class Chat:
    """One person's chat: what is on screen, the buttons that lead on, and what the tap under way still waits for."""

    __slots__ = ("as_json", "buttons", "id", "message", "number", "open", "person", "since", "taps")

    def __init__(self, id: int) -> None:
        self.id, self.number, self.message, self.buttons = id, 1, b"{}", []
        self.as_json, self.person = CHAT % id, PERSON % id
        self.open, self.since, self.taps = 0, 0.0, 0

    def show(self, call: Shown) -> None:
        rows = read_markup(call.reply_markup).inline_keyboard
        ways = [button.callback_data for row in rows[:-2] for button in row]
        self.buttons = [way for way in ways if len(way) == SEALED] or ways
        self.message = MESSAGE % (self.number, self.as_json, call.text, call.entities, call.reply_markup)


class StandIn:
    """The Bot API of one bot. settled: called with a chat when everything a tap waits for has come."""

    def __init__(self, settled: Callable[[Chat], None]) -> None:
        self.settled, self.delay = settled, 0.0
        self.chats: dict[int, Chat] = {}
        self.waiting: deque[tuple[int, bytes]] = deque()
        self.poller: Connection | None = None
        self.hook: Hook | None = None
        self.last, self.calls = 1000, 0
        self.loop = asyncio.get_running_loop()

    # -- towards the bot ---------------------------------------------------------------------------------------

    def tap(self, chat: Chat, data: str) -> None:
        chat.open = 2 if self.hook is None else 3  # answered, edited; delivered
        self._put(chat, TAP % (self.last, chat.id, self.last % 10**9, chat.person, chat.message, to_json(data)))

    def type(self, chat: Chat, text: str) -> None:
        chat.open, chat.number = 1 if self.hook is None else 2, chat.number + 1
        self._put(chat, TYPED % (self.last, chat.number, chat.person, chat.as_json, text.encode()))

    def _put(self, chat: Chat, update: bytes) -> None:
        self.last += 1
        if self.hook is not None:
            self.hook.bring(chat, update)
            return
        self.waiting.append((self.last - 1, update))
        if self.poller is not None:
            self.loop.call_soon(self._hand_out)

    def _hand_out(self) -> None:
        if self.poller is not None and self.waiting:
            poller, self.poller = self.poller, None
            some = [update for _, update in list(self.waiting)[:BATCH]]
            poller.answer(b"[" + b",".join(some) + b"]")

    def _poll(self, connection: Connection, offset: int, seconds: float) -> None:
        while self.waiting and self.waiting[0][0] < offset:
            self.waiting.popleft()
        self.poller = connection
        if self.waiting:
            self._hand_out()
        elif seconds == 0:
            self._let_go(connection)
        else:
            self.loop.call_later(seconds, self._let_go, connection)

    def _let_go(self, connection: Connection) -> None:
        if self.poller is connection:
            self.poller = None
            connection.answer(b"[]")

    # -- from the bot ------------------------------------------------------------------------------------------

    def call(self, connection: Connection, method: str, query: bytes, body: bytes) -> None:
        """Carry out a call that came over a connection."""
        self.calls += 1
        if method == "getUpdates":
            values = fields(body) | dict(parse_qsl(query.decode()))
            self._poll(connection, int(values.get("offset", 0) or 0), float(values.get("timeout", 0) or 0))
            return
        if method in ("setWebhook", "deleteWebhook"):
            values = fields(body)
            self.hook = Hook(self, values["url"], values.get("secret_token", "")) if values.get("url") else None
        reply = self.carry_out(method, body)
        if self.delay:
            self.loop.call_later(self.delay, self._finish, connection, *reply)
        else:
            self._finish(connection, *reply)

    def _finish(self, connection: Connection, result: bytes, chat: Chat | None) -> None:
        connection.answer(result)
        if chat is not None:
            self.one_done(chat)

    def carry_out(self, method: str, body: bytes) -> tuple[bytes, Chat | None]:
        """The result of a call, and the chat that waited for it."""
        if method == "answerCallbackQuery":
            query = str(fields(body)["callback_query_id"])
            return TRUE, self.chats.get(int(query[:ID_DIGITS]))
        if method in ("editMessageText", "sendMessage"):
            call = read_shown(body if body[:1] == b"{" else form(body))
            chat = self.chats[call.chat_id]
            if method == "sendMessage":
                chat.number += 1
            chat.show(call)
            return chat.message, chat
        return PLAIN.get(method, TRUE), None

    def one_done(self, chat: Chat) -> None:
        if chat.open > 0:
            chat.open -= 1
            if chat.open == 0:
                self.settled(chat)


def fields(body: bytes) -> dict[str, object]:
    """The fields of a call, whichever way it was written."""
    if not body:
        return {}
    return read_any(body if body[:1] == b"{" else form(body))


def form(body: bytes) -> bytes:
    """A form, of either kind, as JSON: texts as they are, whatever looks like JSON as that."""
    if body[:2] == b"--":
        mark = body[: body.index(b"\r\n")]
        pairs = [part.partition(b"\r\n\r\n")[::2] for part in body.split(mark)[1:-1]]
        named = [(head.partition(b'name="')[2].partition(b'"')[0].decode(), v[:-2].decode()) for head, v in pairs]
    else:
        named = parse_qsl(body.decode(), keep_blank_values=True)
    inner = [f'"{name}":{value if is_json(name) else to_json(value).decode()}' for name, value in named]
    return ("{" + ",".join(inner) + "}").encode()


def is_json(name: str) -> bool:
    return name in ("chat_id", "message_id", "entities", "reply_markup", "offset", "timeout")


class Connection(asyncio.Protocol):
    """One connection on which a bot calls."""

    def __init__(self, world: StandIn) -> None:
        self.world, self.parser, self.url, self.body = world, httptools.HttpRequestParser(self), b"", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self.url, self.body = url, b""

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        path, _, query = self.url.partition(b"?")
        self.world.call(self, path.rpartition(b"/")[2].decode(), query, self.body)

    def answer(self, result: bytes) -> None:
        if self.transport.is_closing():
            return
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            b'{"ok":true,"result":%b}' % (len(result) + 21, result)
        )


class Hook:
    """Delivery to the bot's webhook over at most a hundred connections."""

    def __init__(self, world: StandIn, url: str, secret: str) -> None:
        parts = urlsplit(url)
        self.world, self.host, self.port = world, parts.hostname or "127.0.0.1", parts.port or 80
        self.head = (
            f"POST {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: "
        ).encode()
        self.idle: list[Delivery] = []
        self.queue: deque[tuple[Chat, bytes]] = deque()
        self.count = 0
        self.bad = 0

    def bring(self, chat: Chat, update: bytes) -> None:
        if self.idle:
            self.idle.pop().send(chat, update)
            return
        self.queue.append((chat, update))
        if self.count < BATCH:
            self.count += 1
            self.world.loop.create_task(self.world.loop.create_connection(lambda: Delivery(self), self.host, self.port))

    def next(self, delivery: Delivery) -> None:
        if self.queue:
            delivery.send(*self.queue.popleft())
        else:
            self.idle.append(delivery)


class Delivery(asyncio.Protocol):
    """One connection on which updates are delivered."""

    def __init__(self, hook: Hook) -> None:
        self.hook, self.chat, self.body = hook, None, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.hook.next(self)

    def send(self, chat: Chat, update: bytes) -> None:
        self.chat, self.body = chat, b""
        self.parser = httptools.HttpResponseParser(self)
        self.transport.write(b"%b%d\r\n\r\n%b" % (self.hook.head, len(update), update))

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        chat, self.hook.bad = self.chat, self.hook.bad + (self.parser.get_status_code() != 200)
        if self.body[:1] == b"{":
            method = str(read_any(self.body).get("method", ""))
            _, other = self.hook.world.carry_out(method, self.body)
            if other is not None:
                self.hook.world.one_done(other)
        self.hook.next(self)
        self.hook.world.one_done(chat)

    def connection_lost(self, error: Exception | None) -> None:
        self.hook.count -= 1
        if self in self.hook.idle:
            self.hook.idle.remove(self)
