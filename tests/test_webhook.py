"""The webhook: who comes in, what is taken, and that nothing is called taken before it was handled."""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from pathlib import Path

import pytest
from botscene import FIRST_QUESTION, Scene, play, scene, screen
from test_updates import MALFORMED

from bot.config import Config
from bot.errors import WaymarkError
from bot.messenger.door import MOST_BYTES, Door, Reply, Rules, Visit
from bot.messenger.incoming import KINDS
from bot.simulator.faults import Fault

SECRET = "s" * 40
ROUNDS = int(os.environ.get("ROUNDS", "300"))
RULES = Rules(b"/hook", SECRET.encode())
Ask = Callable[[bytes], Awaitable[bytes]]


def request(
    body: bytes = b"{}", path: str = "/hook", secret: str = SECRET, method: str = "POST", more: str = ""
) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: {secret}\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def knock(act: Callable[[Ask, list[bytes], Door], Awaitable[None]], rules: Rules = RULES, reply: bytes = b"") -> None:
    """A door that answers at once, and somebody who knocks on a new connection each time."""

    async def run() -> None:
        taken: list[bytes] = []

        def take(body: bytes, answer: Reply) -> None:
            taken.append(body)
            answer(reply)

        door = Door(rules, take, lambda: b'{"status":"up"}')
        server = await asyncio.get_running_loop().create_server(lambda: Visit(door), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]

        async def ask(data: bytes) -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(data)
            try:
                return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 0.5)
            except (TimeoutError, asyncio.IncompleteReadError, ConnectionError):
                return b""
            finally:
                writer.close()

        await act(ask, taken, door)
        server.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (request(secret="wrong"), 401), (request(secret=""), 401), (request(secret=SECRET[:-1]), 401),
        (request(path="/"), 404), (request(path="/hook/"), 404), (request(method="PUT"), 405),
        (request(b"x" * 10, more="Content-Length: 12\r\n"), 0),
        (b"POST /hook HTTP/1.1\r\nX-Telegram-Bot-Api-Secret-Token: " + SECRET.encode()
         + b"\r\nContent-Length: %d\r\n\r\n" % (MOST_BYTES + 1), 413),
        (request(more="X: y\r\n" * 70), 431),
        (b"nonsense\r\n\r\n", 0),
    ],
    ids=["secret", "no secret", "short", "path", "other path", "method", "two lengths", "length", "headers", "none"],
)  # fmt: skip
def test_who_may_not_come_in_is_refused_before_the_body(data: bytes, status: int) -> None:
    """Nothing of it is taken; 0: the connection just ends."""

    async def act(ask: Ask, taken: list[bytes], door: Door) -> None:
        said = await ask(data)
        assert said.startswith(b"HTTP/1.1 %d " % status if status else b"")
        assert taken == []
        assert (await ask(request(b"next"))).startswith(b"HTTP/1.1 200 ")
        assert taken == [b"next"]

    knock(act)


def test_a_body_that_grows_past_its_limit_is_cut_off() -> None:
    """In pieces, without a length: more than a million bytes are never held."""
    head = request(more="Transfer-Encoding: chunked\r\n").split(b"Content-Length")[0] + b"\r\n"

    async def act(ask: Ask, taken: list[bytes], door: Door) -> None:
        said = await ask(head + (b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 17)
        assert said.startswith(b"HTTP/1.1 413 ") or not said
        assert taken == []

    knock(act)


def test_only_the_networks_named_may_connect() -> None:
    """From elsewhere nothing is read at all."""

    async def shut(ask: Ask, taken: list[bytes], door: Door) -> None:
        assert await ask(request()) == b""
        assert taken == []

    async def open_(ask: Ask, taken: list[bytes], door: Door) -> None:
        assert (await ask(request())).startswith(b"HTTP/1.1 200 ")

    knock(shut, Rules(b"/hook", SECRET.encode(), (ip_network("149.154.160.0/20"),)))
    knock(open_, Rules(b"/hook", SECRET.encode(), (ip_network("149.154.160.0/20"), ip_network("127.0.0.0/8"))))


def test_whatever_is_sent_the_door_stays() -> None:
    """Requests with bytes changed and cut: refused, ended or taken whole, and the next visitor is served."""
    rng = random.Random(5)
    good = request(b'{"update_id": 1}')

    async def act(ask: Ask, taken: list[bytes], door: Door) -> None:
        async def one() -> None:
            data = bytearray(good)
            for _ in range(rng.randint(1, 6)):
                data[rng.randrange(len(data))] = rng.randrange(256)
            await ask(bytes(data[: rng.choice([len(data), rng.randrange(len(data))])]) + rng.choice([b"", good]))

        for _ in range(0, ROUNDS, 50):
            await asyncio.gather(*(one() for _ in range(50)))
        taken.clear()
        assert (await ask(good)).startswith(b"HTTP/1.1 200 ")
        assert taken == [b'{"update_id": 1}']

    knock(act)


# -- the whole bot -----------------------------------------------------------------------------------------------


def test_a_talk_goes_through_the_webhook(tmp_path: Path) -> None:
    """From /start to leaving; each tap is answered, in the reply, and Telegram was told where and what to bring."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        assert person.notices == ["", ""]
        await stage.tap(person, "Someone may look", "Back")
        assert screen(person) == FIRST_QUESTION
        await stage.tap(person, "Leave now")
        assert person.messages() == []
        hook = stage.calls("setWebhook")[-1].params
        assert (hook["secret_token"], tuple(hook["allowed_updates"])) == (SECRET, KINDS)
        assert "drop_pending_updates" not in hook or not hook["drop_pending_updates"]
        assert stage.calls("getUpdates") == []
        assert stage.events() == ["start"]

    play(tmp_path, act, webhook=SECRET)


def test_a_broken_update_holds_up_nobody(tmp_path: Path) -> None:
    """It is taken and dropped with one bare line: told to come again it would stand before its chat for a day."""

    async def act(stage: Scene) -> None:
        person = stage.api.user()
        for broken in MALFORMED:
            stage.api.push(broken, f"chat {person.chat_id}")
        await stage.begin(person)
        assert stage.events() == ["start", "update_refused"]
        assert "Zorblax" not in stage.out.getvalue()

    async def run() -> None:  # what is well-formed but strange may lead to a call with its own strange numbers
        async with scene(tmp_path, webhook=SECRET) as stage:
            await act(stage)

    asyncio.run(run())


def test_an_update_is_taken_after_it_was_handled(tmp_path: Path) -> None:
    """While its screen waits for Telegram it is not; brought again meanwhile it is handled once."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        gate = asyncio.Event()
        answer = stage.api.answer

        async def slow(method: str, *rest: object) -> object:
            if method.lower() == "editmessagetext":
                await gate.wait()
            return await answer(method, *rest)  # type: ignore[arg-type]

        stage.api.answer = slow  # type: ignore[method-assign, assignment]
        edits = len(stage.calls("editMessageText"))
        person.tap("Someone may look")
        body = stage.api.inbox.waiting[0].body
        stage.api.push(body)
        for _ in range(30):
            await asyncio.sleep(0.005)
        assert len(stage.api.inbox.waiting) == 2
        gate.set()
        await stage.settle()
        assert len(stage.calls("editMessageText")) == edits + 1
        assert screen(person).startswith("Tips:")

    play(tmp_path, act, webhook=SECRET)


def test_health_tells_no_numbers(tmp_path: Path) -> None:
    """Up or degraded, how full the queue is in three steps, and whether all goes on."""

    async def act(stage: Scene) -> None:
        await stage.begin()
        port = int(stage.api.inbox.webhook.url.split(":")[2].split("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        said = await reader.read()
        writer.close()
        assert json.loads(said.partition(b"\r\n\r\n")[2]) == {"state": "up", "queue": "0", "last_poll": "recent"}

    play(tmp_path, act, webhook=SECRET)


def test_the_webhook_is_set_when_telegram_can_be_reached(tmp_path: Path) -> None:
    """A refusal at first is tried again, without anything being dropped."""

    async def run() -> None:
        async with scene(tmp_path, webhook=SECRET, await_start=False) as stage:
            stage.api.plan("setWebhook", [Fault.server(), Fault.html()])
            person = stage.api.user()
            person.send("/start")
            await stage.pass_until(lambda: bool(stage.api.inbox.webhook.url), 3)
            await stage.settle()
            assert screen(person) == "Choose your language."

    asyncio.run(run())


@pytest.mark.parametrize("secret", ["", "short", "ä" * 40, "a b" * 20, "x" * 257])
def test_an_unfit_secret_is_refused(secret: str, tmp_path: Path) -> None:
    """Too short, too long or with other signs than Telegram takes; the sentence does not repeat it."""
    (tmp_path / "secret").write_text(secret)
    config = Config(webhook="https://bot.example.org/hook", webhook_secret_file=tmp_path / "secret")

    with pytest.raises(WaymarkError, match=r"^WAYMARK_WEBHOOK_SECRET_FILE: .+\. Put 32 to 256 ") as caught:
        config.webhook_secret()
    assert not secret or secret not in str(caught.value)


def test_a_webhook_without_its_settings_is_refused(tmp_path: Path) -> None:
    """The address first, then the secret; each by its name."""
    with pytest.raises(WaymarkError, match=r"^WAYMARK_WEBHOOK: is not set\. "):
        Config().webhook_secret()
    with pytest.raises(WaymarkError, match=r"^WAYMARK_WEBHOOK_SECRET_FILE: is not set\. "):
        Config(webhook="https://bot.example.org/hook").webhook_secret()
