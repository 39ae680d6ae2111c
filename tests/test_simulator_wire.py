"""The stand-in over the wire: tokens, polling, webhooks, trouble on order, and what python-telegram-bot makes of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import WaymarkError
from bot.simulator.app import build_app, opened, serve
from bot.simulator.botapi import LOCAL_TOKEN, BotApi
from bot.simulator.faults import Fault

HOOK_PATH = "/hook"
KEYS = {"inline_keyboard": [[{"text": "One", "callback_data": "1"}]]}


class Clock:
    """A clock that moves when told to."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Caller:
    """A bot's side of the wire, with nothing between it and HTTP."""

    def __init__(self, client: httpx.AsyncClient, token: str = LOCAL_TOKEN) -> None:
        self._client, self._token = client, token

    async def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        reply = await self._client.post(f"/bot{self._token}/{method}", json=params)
        body: dict[str, Any] = reply.json()
        return body


@asynccontextmanager
async def line(api: BotApi, **options: Any) -> AsyncIterator[tuple[Caller, httpx.AsyncClient]]:
    """The stand-in up and running, and somebody to call it."""
    async with (
        opened(build_app(api, **options)) as url,
        httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client,
    ):
        yield Caller(client), client


def test_only_the_right_token_is_let_in():
    """A wrong token gets 401, a malformed one or a foreign path 404, all in Telegram's shape."""

    async def scene() -> None:
        async with line(BotApi()) as (call, client):
            assert (await call("getMe"))["ok"] is True
            shapes = {}
            for path in ("/bot5:abcdef/getMe", "/botabc/getMe", f"/bot{LOCAL_TOKEN}", f"/bot{LOCAL_TOKEN}/a/b"):
                reply = await client.get(path)
                shapes[path] = (reply.status_code, reply.json()["description"], reply.json()["error_code"])
            assert list(shapes.values()) == [(401, "Unauthorized", 401)] + [(404, "Not Found", 404)] * 3

    asyncio.run(scene())


def test_calls_come_in_every_encoding():
    """Query, form, multipart and JSON mean the same, in any case of the method's name."""

    async def scene() -> None:
        api = BotApi()
        chat = api.user().chat_id
        async with line(api) as (_, client):
            path, fields = f"/bot{LOCAL_TOKEN}/SENDmessage", {"chat_id": str(chat), "text": "x & y"}
            replies = [
                await client.get(path, params=fields),
                await client.post(path, data=fields),
                await client.post(path, data=fields, files={"extra": b""}),
                await client.post(path, json={**fields, "chat_id": chat}),
            ]
            assert [reply.json()["ok"] for reply in replies] == [True, True, False, True]
            assert [wrong.mistakes[0].where for wrong in api.wrong_calls] == ["sendMessage.extra"]
        assert {one.text for one in api.people[chat].messages()} == {"x & y"}

    asyncio.run(scene())


def test_updates_stay_until_confirmed():
    """An update is handed out again and again until a higher offset confirms it."""

    async def scene() -> None:
        api = BotApi()
        person = api.user()
        async with line(api) as (call, _):
            for text in "abc":
                person.send(text)
            first = (await call("getUpdates", limit=2))["result"]
            assert [one["message"]["text"] for one in first] == ["a", "b"]
            assert (await call("getUpdates", limit=2))["result"] == first
            rest = (await call("getUpdates", offset=first[1]["update_id"] + 1))["result"]
            assert [one["message"]["text"] for one in rest] == ["c"]
            assert api.is_drained is False
            assert (await call("getUpdates", offset=rest[0]["update_id"] + 1))["result"] == []
            assert api.is_drained is True

    asyncio.run(scene())


def test_a_negative_offset_keeps_the_newest():
    """A negative offset forgets everything but the last updates."""

    async def scene() -> None:
        api = BotApi()
        async with line(api) as (call, _):
            for text in "abc":
                api.user(5).send(text)
            assert [one["message"]["text"] for one in (await call("getUpdates", offset=-1))["result"]] == ["c"]
            assert len((await call("getUpdates"))["result"]) == 1

    asyncio.run(scene())


def test_a_waiting_poll_ends_with_the_first_update():
    """A long poll answers as soon as something happens."""

    async def scene() -> None:
        api = BotApi()
        async with line(api) as (call, _):
            refused = await call("setWebhook", url="https://example.org/hook")
            assert refused["error_code"] == 400
            poll = asyncio.create_task(call("getUpdates", timeout=50))
            await asyncio.sleep(0.05)
            assert not poll.done()
            api.user().send("x")
            assert len((await poll)["result"]) == 1

    asyncio.run(scene())


def test_a_second_poller_ends_the_first():
    """Of two pollers the first gets 409 and the second gets the updates."""

    async def scene() -> None:
        api = BotApi()
        async with line(api) as (call, _):
            first = asyncio.create_task(call("getUpdates", timeout=50))
            await asyncio.sleep(0.05)
            second = asyncio.create_task(call("getUpdates", timeout=50))
            refused = await first
            assert refused["error_code"] == 409
            assert refused["description"].startswith("Conflict: terminated by other getUpdates request")
            api.user().send("x")
            assert len((await second)["result"]) == 1

    asyncio.run(scene())


def test_allowed_kinds_are_remembered():
    """Kinds that were not asked for do not arrive; leaving the list out keeps it, an empty one resets it."""

    async def scene() -> None:
        api = BotApi()
        person = api.user()
        async with line(api) as (call, _):
            await call("getUpdates", allowed_updates=["my_chat_member"])
            await call("getUpdates")
            person.send("x")
            assert (await call("getUpdates"))["result"] == []
            await call("getUpdates", allowed_updates=[])
            person.send("x")
            assert len((await call("getUpdates"))["result"]) == 1

    asyncio.run(scene())


def test_taps_wait_150_seconds_and_messages_a_day():
    """What the bot did not fetch in time is gone: taps after 150 seconds, messages after 24 hours."""

    async def scene() -> None:
        clock = Clock()
        api = BotApi(clock=clock)
        person = api.user()
        async with line(api) as (call, _):
            await call("sendMessage", chat_id=person.chat_id, text="x", reply_markup=KEYS)
            person.tap("One")
            person.send("x")
            clock.now += 149
            assert len((await call("getUpdates"))["result"]) == 2
            clock.now += 1
            assert [list(one)[1] for one in (await call("getUpdates"))["result"]] == ["message"]
            clock.now += 24 * 3600
            assert (await call("getUpdates"))["result"] == []

    asyncio.run(scene())


def test_malformed_updates_go_out_as_they_are():
    """A test can queue any update, however broken, and it is handed out unchanged."""

    async def scene() -> None:
        api = BotApi()
        async with line(api) as (call, _):
            api.push({"message": None})
            api.push({"update_id": 7, "unheard_of": [1]})
            result = (await call("getUpdates"))["result"]
            assert [one.get("message", one.get("unheard_of")) for one in result] == [None, [1]]
            assert result[1]["update_id"] == 7

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (
            Fault.flood(7),
            429,
            {
                "ok": False,
                "error_code": 429,
                "description": "Too Many Requests: retry after 7",
                "parameters": {"retry_after": 7},
            },
        ),
        (
            Fault.blocked(),
            403,
            {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"},
        ),
        (Fault.server(502), 502, {"ok": False, "error_code": 502, "description": "Bad Gateway"}),
    ],
)
def test_errors_on_order_look_like_telegrams(fault, status, body):
    """A planned error comes once, in Telegram's shape, and the call is not carried out."""

    async def scene() -> None:
        api = BotApi()
        person = api.user()
        api.plan("sendMessage", [fault])
        async with line(api) as (call, client):
            fields = {"chat_id": person.chat_id, "text": "x"}
            reply = await client.post(f"/bot{LOCAL_TOKEN}/sendMessage", json=fields)
            assert (reply.status_code, reply.json()) == (status, body)
            assert person.messages() == []
            assert (await call("sendMessage", **fields))["ok"] is True
        assert [one.status for one in api.calls] == [status, 200]

    asyncio.run(scene())


def test_html_resets_and_silence_on_order():
    """A page instead of JSON, a cut line, and an answer that never comes though the call had its effect."""

    async def scene() -> None:
        api = BotApi()
        person = api.user()
        api.plan("sendMessage", [Fault.html(), Fault.reset(), Fault.silence()], chat_id=person.chat_id)
        async with line(api) as (_, client):
            path, fields = f"/bot{LOCAL_TOKEN}/sendMessage", {"chat_id": person.chat_id, "text": "x"}
            page = await client.post(path, json=fields)
            assert (page.status_code, page.headers["content-type"][:9]) == (502, "text/html")
            with pytest.raises(httpx.TransportError):
                await client.post(path, json=fields)
            with pytest.raises(httpx.ReadTimeout):
                await client.post(path, json=fields, timeout=0.3)
            assert len(person.messages()) == 1

    asyncio.run(scene())


def test_trouble_can_be_ordered_for_one_chat():
    """A fault ordered for one chat leaves the others alone, and None lets one call through."""

    async def scene() -> None:
        api = BotApi()
        one, two = api.user(), api.user()
        api.plan("sendMessage", [None, Fault.blocked()], chat_id=one.chat_id)
        async with line(api) as (call, _):
            done = [(await call("sendMessage", chat_id=who.chat_id, text="x"))["ok"] for who in (one, two, one, two)]
            assert done == [True, True, False, True]

    asyncio.run(scene())


class Hook:
    """A bot's webhook: what it got, and what it says to each delivery."""

    def __init__(self, replies: list[Response]) -> None:
        self.got: list[tuple[str | None, dict[str, Any]]] = []
        self.replies = replies

    async def take(self, request: Request) -> Response:
        self.got.append((request.headers.get("x-telegram-bot-api-secret-token"), await request.json()))
        return self.replies.pop(0) if self.replies else PlainTextResponse("")


@asynccontextmanager
async def hooked(
    api: BotApi, hook: Hook, sleep: Callable[[float], Awaitable[None]], **settings: Any
) -> AsyncIterator[Caller]:
    """The stand-in delivering to a webhook on this machine."""
    app = Starlette(routes=[Route(HOOK_PATH, hook.take, methods=["POST"])])
    app.state.api = BotApi()
    async with opened(app) as url, line(api, sleep=sleep) as (call, _):
        assert (await call("setWebhook", url=url + HOOK_PATH, **settings))["ok"] is True
        yield call


def test_a_webhook_gets_updates_with_its_secret():
    """Updates are delivered one by one with the secret, and are gone once taken."""

    async def scene() -> None:
        api, hook = BotApi(), Hook([])
        async with hooked(api, hook, asyncio.sleep, secret_token="s3cret") as call:
            for text in "ab":
                api.user(5).send(text)
            await api.until(lambda: len(hook.got) == 2 and api.is_drained)
            assert [(secret, got["message"]["text"]) for secret, got in hook.got] == [("s3cret", "a"), ("s3cret", "b")]
            refused = await call("getUpdates")
            assert refused["description"].startswith("Conflict: can't use getUpdates method while webhook is active")

    asyncio.run(scene())


def test_a_webhook_is_tried_again_ever_more_slowly():
    """A refused delivery is tried again with doubling waits, or as long after as the bot asks."""

    async def scene() -> None:
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        asked = PlainTextResponse("", 429, {"Retry-After": "9999"})
        api, hook = BotApi(), Hook([PlainTextResponse("", 500), PlainTextResponse("", 500), asked])
        async with hooked(api, hook, sleep) as call:
            api.user().send("x")
            await api.until(lambda: api.is_drained)
            info = (await call("getWebhookInfo"))["result"]
        assert waits == [1, 2, 3600]
        assert len({json.dumps(got) for _, got in hook.got}) == 1
        assert "429" in info["last_error_message"]
        assert api.schema.check("WebhookInfo", info) == []

    asyncio.run(scene())


def test_one_refused_update_blocks_its_own_chat_only():
    """While one chat's update is refused, other chats and that chat's taps get through."""

    async def scene() -> None:
        api = BotApi()
        held = asyncio.Event()

        async def sleep(seconds: float) -> None:
            await held.wait()

        one, two = api.user(), api.user()
        hook = Hook([PlainTextResponse("", 500)])
        async with hooked(api, hook, sleep):
            one.send("bad")
            await api.until(lambda: len(hook.got) == 1)
            one.send("behind")
            two.send("other")
            one.press("tap", 5)
            await api.until(lambda: len(api.inbox.waiting) == 2)
            held.set()
            await api.until(lambda: api.is_drained)
        told = [got.get("message", {}).get("text", "tap") for _, got in hook.got]
        assert sorted(told[1:3]) == ["other", "tap"]
        assert told[3:] == ["bad", "behind"]

    asyncio.run(scene())


def test_a_webhook_may_answer_with_a_call():
    """A JSON reply that names a method is carried out, and checked like any call."""

    async def scene() -> None:
        api = BotApi()
        person = api.user()
        good = JSONResponse({"method": "sendMessage", "chat_id": person.chat_id, "text": "answer"})
        hook = Hook([good, JSONResponse({"method": "sendMessage", "chat_id": person.chat_id, "tekst": "x"})])
        async with hooked(api, hook, asyncio.sleep):
            person.send("x")
            person.send("y")
            await api.until(lambda: len(api.wrong_calls) == 1)
        assert [one.text for one in person.messages() if one.is_from_bot] == ["answer"]

    asyncio.run(scene())


def test_webhooks_stay_on_this_machine():
    """A webhook may be on this machine only, encrypted or not; setting one sends a waiting poller away."""

    async def scene() -> None:
        api = BotApi()
        async with line(api) as (call, _):
            refused = await call("setWebhook", url="http://example.org/hook")
            assert refused["description"] == "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
            poll = asyncio.create_task(call("getUpdates", timeout=50))
            await asyncio.sleep(0.05)
            await call("setWebhook", url="https://localhost/hook")
            assert (await poll)["error_code"] == 409
            await call("deleteWebhook")
            assert (await call("getUpdates"))["ok"] is True

    asyncio.run(scene())


def test_the_library_reads_every_answer():
    """python-telegram-bot sends, edits, answers and deletes through the stand-in without a wrong call."""
    from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup

    async def scene() -> None:
        api = BotApi()
        person = api.user(language_code="ar")
        async with opened(build_app(api)) as url, Bot(LOCAL_TOKEN, base_url=f"{url}/bot") as bot:
            await bot.set_my_commands([BotCommand("start", "Start")], language_code="ar")
            person.start("work")
            (update,) = await bot.get_updates(timeout=10)
            assert (update.message.text, update.message.from_user.language_code) == ("/start work", "ar")
            keys = InlineKeyboardMarkup([[InlineKeyboardButton("One", callback_data="1")]])
            await bot.send_message(person.chat_id, "<b>x</b>", parse_mode="HTML", reply_markup=keys)
            person.tap("One")
            (update,) = await bot.get_updates(offset=update.update_id + 1, timeout=10)
            await update.callback_query.answer()
            await update.callback_query.edit_message_text("y", reply_markup=keys)
            assert (person.screen.text, person.screen.labels, person.notices) == ("y", ["One"], [""])
            await bot.send_voice(person.chat_id, b"OggS", caption="z")
            assert await bot.delete_messages(person.chat_id, [one.message_id for one in person.messages()])
        assert (person.messages(), list(api.wrong_calls)) == ([], [])

    asyncio.run(scene())


def test_foreign_addresses_are_turned_away():
    """A request under another host's name, or from another site's page, does not get in."""

    async def scene() -> None:
        async with line(BotApi()) as (_, client):
            for headers in ({"Host": "evil.example"}, {"Host": "evil.example:80"}, {"Origin": "http://evil.example"}):
                for path in ("/", "/page/restart", f"/bot{LOCAL_TOKEN}/getMe"):
                    assert (await client.post(path, headers=headers, json={})).status_code == 421
            assert (await client.get("/", headers={"Host": "localhost:1"})).status_code == 200

    asyncio.run(scene())


def test_a_taken_port_is_told():
    """Starting on a port somebody has is refused with the port and what to do."""

    async def scene() -> None:
        async with opened(build_app(BotApi())) as url:
            port = int(url.rpartition(":")[2])
            with pytest.raises(WaymarkError, match=f"port {port}: cannot be used"):
                async with opened(build_app(BotApi()), port):
                    pass

    asyncio.run(scene())


def test_serving_tells_its_port_and_ends_when_cancelled():
    """`serve` tells the real port, and a cancelled one sends waiting callers home and stops."""

    async def scene() -> None:
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(serve(build_app(BotApi()), told=port.set_result))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await port}", trust_env=False) as client:
            poll = asyncio.create_task(Caller(client)("getUpdates", timeout=50))
            await asyncio.sleep(0.05)
            serving.cancel()
            assert (await poll)["result"] == []
            with pytest.raises(asyncio.CancelledError):
                await serving

    asyncio.run(scene())
