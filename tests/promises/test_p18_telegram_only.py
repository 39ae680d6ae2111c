"""P18: Talks to Telegram only: a running bot looks up and reaches its Bot API server or its proxy, and nobody else."""

from __future__ import annotations

import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botprocess import PATIENCE_SECONDS
from faults import Bench, Nursery, bench, tap

from bot.config import TELEGRAM, Config
from bot.messenger.deliver import PROBE
from bot.messenger.tidy import NEUTRAL
from bot.simulator.people import THINGS, Person

HERE = {"127.0.0.1", "::1"}
LINKS = ("see https://example.org/x and http://192.0.2.1/", "www.example.net t.me/durov", "tg://resolve?domain=x")


def spoken_to(path: Path) -> tuple[set[str], set[tuple[str, int]]]:
    """The names a process looked up, and the addresses it reached for."""
    names, addresses = set(), set()
    for line in path.read_text(encoding="utf-8").splitlines():
        event, what = json.loads(line)
        if event.startswith("socket.get"):
            names.add(what.strip("b'"))
        elif what.startswith("("):
            host, port = what.strip("()").split(", ")[:2]
            addresses.add((host.strip("'"), int(port)))
        else:
            addresses.add((what, 0))  # a socket of this machine: systemd's, where there is one
    return names, addresses


def wander(one: Bench) -> Person:
    """Somebody who sees questions, contacts, places and pages, and sends every kind of thing, links among them."""
    person = one.api.user()
    person.send("/start")
    one.settle()
    tap(one, person, "English", "Go on", "Get help now", "Back", "Yes, it is safe")
    for text in (*LINKS, "/privacy", "/about", "/help"):
        person.send(text)
        one.settle()
    for kind in THINGS:
        person.send_thing(kind)
    one.settle()
    return person


@pytest.fixture
def witness(tmp_path: Path) -> Path:
    return tmp_path / "spoken-to.jsonl"


def test_a_talk_reaches_nobody_else(nursery: Nursery, tmp_path: Path, witness: Path) -> None:
    """A bot that reads its own content, serves a person, counts, leaves and stops: one name, one address."""
    with bench(nursery, tmp_path, witness=str(witness), shared=False) as one:
        address = urlsplit(one.env["WAYMARK_BOT_API"])
        one.env["WAYMARK_BOT_API"] = f"http://localhost:{address.port}"
        one.start()
        person = wander(one)
        tap(one, person, "Leave now")
        assert one.send(signal.SIGTERM) == 0
        calls = [call for call in one.api.calls if call.method in ("sendMessage", "editMessageText")]

    names, addresses = spoken_to(witness)
    assert names <= {"localhost", *HERE}
    assert "localhost" in names
    assert {port for _, port in addresses} == {address.port}
    assert {host for host, _ in addresses} <= HERE
    said = [call.params for call in calls if call.params["text"] not in (PROBE, NEUTRAL)]
    assert any("http" in str(params) or "www." in str(params) or ".org" in str(params) for params in said)
    assert all('"is_disabled":true' in shape(params["link_preview_options"]) for params in said)


def shape(value: object) -> str:
    """A value as JSON without spaces, however it was carried."""
    return (value if isinstance(value, str) else json.dumps(value)).replace(" ", "")


class Proxy(list[str]):
    """A proxy that lets nobody through and keeps the first line of what it is asked."""

    port = 0


@contextmanager
def closed_proxy() -> Iterator[Proxy]:
    """A listening proxy on this machine."""
    asked, server = Proxy(), socket.create_server(("127.0.0.1", 0))
    asked.port = server.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                asked.append(line.recv(200).decode().partition("\r\n")[0])
                line.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield asked
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def test_behind_a_proxy_only_the_proxy_is_reached(nursery: Nursery, tmp_path: Path, witness: Path) -> None:
    """As set for the outside world: the proxy is asked for api.telegram.org alone, and no name is looked up here."""
    with closed_proxy() as asked, bench(nursery, tmp_path, witness=str(witness)) as one:
        del one.env["WAYMARK_BOT_API"]
        one.pid = one.launch(env={"HTTPS_PROXY": f"http://127.0.0.1:{asked.port}"})
        one.api.wait(lambda: bool(asked), PATIENCE_SECONDS)
        assert one.send(signal.SIGTERM) == 0

    names, addresses = spoken_to(witness)
    assert set(asked) == {f"CONNECT {urlsplit(TELEGRAM).hostname}:443 HTTP/1.1"}
    assert names <= HERE
    assert addresses == {("127.0.0.1", asked.port)}


def test_unless_told_otherwise_the_server_is_telegrams() -> None:
    """The default of the setting."""
    assert Config().bot_api == TELEGRAM == "https://api.telegram.org"
