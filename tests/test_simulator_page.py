"""The chat page's side of the stand-in, and the child process behind its restart button."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.simulator.app import build_app, opened, running
from bot.simulator.botapi import LOCAL_TOKEN, BotApi
from bot.simulator.child import Supervisor

KEYS = {"inline_keyboard": [[{"text": "One", "callback_data": "hidden-data"}]]}
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


class Page:
    """What the page's script does, without a browser."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client, self.chat_id = client, 0

    async def open(self, language: str = "") -> None:
        self.chat_id = (await self.client.post("/page/chats", json={"language": language})).json()["chat_id"]

    async def state(self, since: str = "") -> dict[str, Any]:
        reply = await self.client.get(f"/page/chats/{self.chat_id}", params={"since": since})
        state: dict[str, Any] = reply.json()
        return state

    async def act(self, name: str, **body: Any) -> int:
        return (await self.client.post(f"/page/chats/{self.chat_id}/{name}", json=body)).status_code


@asynccontextmanager
async def shown(api: BotApi, **options: Any) -> AsyncIterator[Page]:
    """The stand-in up and running and a page that looks at it."""
    async with (
        opened(build_app(api, **options)) as url,
        httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client,
    ):
        yield Page(client)


def test_the_page_is_served_with_strict_headers():
    """Every file of the page comes from this machine, forbids foreign content and is kept in no cache."""

    async def scene() -> None:
        async with shown(BotApi()) as page:
            for path in ("/", "/page.css", "/page.js", "/chat.js", "/text.js", "/line.js"):
                reply = await page.client.get(path)
                assert reply.status_code == 200
                policy = reply.headers["content-security-policy"]
                assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
                assert "unsafe" not in policy
                assert reply.headers["cache-control"] == "no-store"

    asyncio.run(scene())


def test_the_page_has_no_markup_from_text_and_nothing_from_elsewhere():
    """No script sets markup from text, and no file of the page names another host."""
    folder = Path(__file__).parents[1] / "bot" / "simulator" / "page"
    for file in folder.iterdir():
        words = file.read_text("utf-8")
        assert not any(
            unsafe in words for unsafe in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "style=")
        )
        assert "//" not in words.replace("https://${words}", "").replace("// ", "")


def test_a_talk_over_the_page():
    """A person opens a chat, writes, sees the answer and taps; the data of a button never leaves the server."""

    async def scene() -> None:
        api = BotApi()
        async with shown(api) as page:
            await page.open("ar")
            empty = await page.state()
            assert (empty["messages"], empty["wrong_count"]) == ([], 0)
            waiting = asyncio.create_task(page.state(empty["version"]))
            assert await page.act("send", text=" /start ", language="ar") == 200
            assert (await waiting)["messages"][0]["text"] == "/start"
            person = api.people[page.chat_id]
            assert person.shape()["language_code"] == "ar"
            await api.answer("sendMessage", {}, {"chat_id": page.chat_id, "text": "x", "reply_markup": KEYS})
            state = await page.state()
            message = state["messages"][-1]
            assert message["rows"] == [[{"label": "One", "url": ""}]]
            assert "hidden-data" not in str(state)
            place = {"message_id": message["id"], "row": 0, "column": 0}
            assert await page.act("tap", **place, label="Other") == 409
            assert await page.act("tap", **{**place, "row": 5}, label="One") == 409
            assert await page.act("tap", **place, label="One") == 200
            assert api.inbox.waiting[-1].body["callback_query"]["data"] == "hidden-data"
            assert len((await page.state())["unanswered"]) == 1

    asyncio.run(scene())


def test_the_page_shows_descriptions_and_commands_in_the_persons_language():
    """Description, name and command menu follow the language field."""

    async def scene() -> None:
        api = BotApi()
        async with shown(api) as page:
            for language in ("", "ar"):
                command = {"command": "start", "description": f"go {language}"}
                await api.answer("setMyDescription", {"description": f"d {language}", "language_code": language}, {})
                await api.answer("setMyCommands", {}, {"commands": [command], "language_code": language})
            await page.open()
            assert (await page.state())["commands"][0]["description"] == "go "
            await page.act("language", language="ar")
            state = await page.state()
            assert (state["description"], state["commands"][0]["description"]) == ("d ar", "go ar")

    asyncio.run(scene())


def test_a_blocked_bot_hears_nothing_from_the_page():
    """While the bot is blocked nothing can be sent; unblocking opens the chat again."""

    async def scene() -> None:
        api = BotApi()
        async with shown(api) as page:
            await page.open()
            await page.act("block")
            assert await page.act("send", text="x") == 409
            assert (await page.state())["is_open"] is False
            await page.act("unblock")
            assert await page.act("thing", kind="contact") == 200
            kinds = [update.kind for update in api.inbox.waiting]
            assert kinds == ["my_chat_member", "my_chat_member", "message"]

    asyncio.run(scene())


def test_wrong_calls_are_on_the_page():
    """A wrong call shows with its method, Telegram's answer and every mistake, and without the token."""

    async def scene() -> None:
        api = BotApi()
        async with shown(api) as page:
            await page.open()
            await page.client.post(f"/bot{LOCAL_TOKEN}/sendMessage", json={"chat_id": 1, "text": "x", "colour": 1})
            state = await page.state()
            assert (state["wrong_count"], state["wrong"][0]["method"]) == (1, "sendMessage")
            assert state["wrong"][0]["mistakes"] == ["sendMessage.colour: there is no such field in the Bot API."]
            assert LOCAL_TOKEN not in str(state)

    asyncio.run(scene())


def test_foreign_pages_cannot_act():
    """Only JSON from the page itself is taken: a form, or a chat that is not there, is refused."""

    async def scene() -> None:
        api = BotApi()
        async with shown(api) as page:
            await page.open()
            path = f"/page/chats/{page.chat_id}/send"
            assert (await page.client.post(path, data={"text": "x"})).status_code == 400
            assert (await page.client.post("/page/chats/5/send", json={"text": "x"})).status_code == 404
            assert (await page.client.get("/page/chats/5")).status_code == 404
            assert (await page.client.post(path, json={"text": 5})).status_code == 409
        assert api.is_drained

    asyncio.run(scene())


def test_the_restart_button_kills_and_starts_the_child():
    """The page's restart ends the old process for good and shows the new one's number."""

    async def scene() -> None:
        api, child = BotApi(), Supervisor(SLEEPER)

        async def restart() -> None:
            await child.restart()

        async with shown(api, restart=restart, pid=lambda: child.pid) as page:
            first = await child.start()
            await page.open()
            assert (await page.state())["pid"] == first
            reply = (await page.client.post("/page/restart", json={})).json()
            assert reply["pid"] == child.pid != first
            state = await page.state()
            assert (state["pid"], state["restarts"], state["can_restart"]) == (child.pid, 1, True)
            assert await child.stop() is not None
            assert (await page.state())["pid"] is None

    asyncio.run(scene())


def test_without_a_child_there_is_no_restart():
    """Where nobody can restart the bot the page does not offer it."""

    async def scene() -> None:
        async with shown(BotApi()) as page:
            await page.open()
            assert (await page.state())["can_restart"] is False
            assert (await page.client.post("/page/restart", json={})).status_code == 409

    asyncio.run(scene())


def test_a_child_that_will_not_end_is_killed(tmp_path):
    """A child deaf to SIGTERM is killed after the grace period; one that ends by itself is told."""
    is_deaf = tmp_path / "deaf"
    deaf = f"import signal, time; signal.signal(15, signal.SIG_IGN); open({str(is_deaf)!r}, 'w'); time.sleep(600)"
    short = "import os; raise SystemExit(int(os.environ['CODE']))"

    async def scene() -> None:
        stubborn = Supervisor([sys.executable, "-c", deaf], grace_s=0.2)
        await stubborn.start()
        while not is_deaf.exists():
            await asyncio.sleep(0.01)
        assert await stubborn.stop() == -9
        quick = Supervisor([sys.executable, "-c", short], {"CODE": "7"})
        await quick.start()
        assert await quick.ended() == 7
        assert quick.pid is None

    asyncio.run(scene())


def test_the_stand_in_runs_beside_a_plain_test():
    """Tests without an event loop start it in a thread and wait for what happens."""
    api = BotApi()
    with running(build_app(api)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        person = api.user()
        client.post(f"/bot{LOCAL_TOKEN}/sendMessage", json={"chat_id": person.chat_id, "text": "x"})
        api.wait(lambda: person.screen is not None)
        with pytest.raises(TimeoutError):
            api.wait(lambda: False, seconds=0.1)
