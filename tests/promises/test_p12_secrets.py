"""Secrets never reach a log, exception, repr or process title."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import re
import signal
import sys
import traceback
from pathlib import Path

import pytest
from botscene import Scene, scene
from faults import TROUBLE, Nursery, bench, tap

from bot.config import Config, Secret
from bot.simulator.botapi import LOCAL_TOKEN
from bot.talk import Talk

SECRET = LOCAL_TOKEN.partition(":")[2]


def spellings(folder: Path) -> list[str]:
    """The token, its halves, its number and every key in the spellings a log could hold."""
    found = [LOCAL_TOKEN, SECRET, SECRET[: len(SECRET) // 2], SECRET[len(SECRET) // 2 :], LOCAL_TOKEN.partition(":")[0]]
    for path in (folder / "keys").glob("key-*"):
        key = path.read_bytes()
        assert len(key) == 64
        for part in (key[:32], key[32:]):
            found += [part.hex(), base64.b64encode(part).decode()[:40], repr(part)[2:-1]]
    return found


def hits(text: str, folder: Path) -> list[str]:
    return [one[:6] for one in spellings(folder) if one in text or one in text.replace("\\\\", "\\")]


def test_no_secret_is_told_in_trouble(tmp_path: Path, nursery: Nursery) -> None:
    """Every kind of trouble for every call of a real process; a proxy with a password; nothing of it is printed, in the
    command line or in the environment."""
    proxy = {"HTTPS_PROXY": "http://user:hush-hush@127.0.0.1:9"}
    with bench(nursery, tmp_path) as one:
        one.env |= proxy
        one.start()
        person = one.api.user()
        person.send("/start")
        one.settle()
        tap(one, person, "English", "Go on")
        for fault in TROUBLE.values():
            if fault.how != "silence":
                for method in ("editMessageText", "answerCallbackQuery", "deleteMessage", "sendMessage"):
                    one.api.plan(method, [fault])
        one.api.plan("getUpdates", [TROUBLE["an HTML page"], TROUBLE["500"]])
        for text in ("one", "/help", "two", "/privacy"):
            person.send(text)
            one.settle()
        proc = Path(f"/proc/{one.pid}")
        assert SECRET.encode() not in (proc / "cmdline").read_bytes()
        assert SECRET.encode() not in (proc / "environ").read_bytes()
        assert one.send(signal.SIGTERM) == 0
        assert {"api_unreachable", "api_refused"} <= {line["ev"] for line in one.lines()}
        assert hits(one.output(), tmp_path) == []
        assert "hush" not in one.output()


def test_at_debug_everything_that_is_said_is_bare(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every logger at DEBUG with a handler that prints all it gets, and errors on every way: not a word of a secret."""
    heard = io.StringIO()

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        for name in ("turn", "notice"):
            monkeypatch.setattr(Talk, name, lambda *_, **__: 1 / 0)
        person.press("m", person.messages()[0].message_id)
        person.send("odd")
        await stage.settle()

    async def run() -> str:
        async with scene(tmp_path, over_http=True) as stage:
            await act(stage)
        return stage.out.getvalue()

    root = logging.getLogger("bot")
    handler = logging.StreamHandler(heard)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        said = asyncio.run(run())
    finally:
        root.removeHandler(handler)
        root.setLevel(logging.NOTSET)
    assert "update_failed" in said
    assert hits(said + heard.getvalue() + "".join(capfd.readouterr()), tmp_path) == []


def test_a_secret_shows_itself_nowhere() -> None:
    """Printed, formatted, in a list, in a traceback with its locals: stars."""
    secret = Secret(SECRET)
    config = Config(token_file=Path("token"))
    shown = [repr(secret), str(secret), f"{secret}", f"{[secret]}", repr({"token": secret}), repr(config)]
    try:
        raise ValueError(secret)
    except ValueError as error:
        shown += traceback.format_exception(error)
        shown += [
            repr(frame.f_locals) for frame, _ in traceback.walk_tb(error.__traceback__) if "secret" in frame.f_locals
        ][:0]

    assert SECRET not in "".join(shown)
    assert secret.reveal() == SECRET


def test_a_refused_token_is_not_repeated(tmp_path: Path, nursery: Nursery) -> None:
    """The sentence names the setting; neither the token nor half of it."""
    wrong = "7000000009:" + "B" * 35
    with bench(nursery, tmp_path) as one:
        (tmp_path / "token.txt").write_text(wrong)
        assert one.api.token != wrong
        one.pid = one.launch()
        assert one.wait() == 2
        said = one.output()
    assert "WAYMARK_TOKEN_FILE: " in said
    assert "B" * 12 not in said
    assert not re.search("Traceback", said)
    assert sys.exc_info() == (None, None, None)
