"""The bot with a shared server: people notice nothing of it, nor that it is gone, and replicas pass a chat on."""

from __future__ import annotations

import asyncio
from pathlib import Path

from botscene import FIRST_QUESTION, Scene, play, screen
from test_valkey import own_server
from valkeyserver import Server

from bot.messenger.tidy import NEUTRAL
from bot.volatile.local import IDLE_SECONDS
from bot.volatile.opening import Opening
from bot.volatile.valkey import Valkey


def test_a_talk_goes_on_as_without_it(valkey: Server, tmp_path: Path) -> None:
    """Screens, Back and Leave are the same; afterwards no screen waits on the server to go blank."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        await stage.tap(person, "Yes, it is safe", "Check my own life", "Back", "Back")
        assert screen(person) == FIRST_QUESTION
        assert valkey.ask("ZCARD", "waymark:{screens}") == b":1\r\n"
        await stage.tap(person, "Leave now")
        assert person.messages() == []
        assert valkey.ask("ZCARD", "waymark:{screens}") == b":0\r\n"

    play(tmp_path, act, valkey=valkey.address)


def test_an_idle_screen_goes_blank(valkey: Server, tmp_path: Path) -> None:
    """After fifteen minutes, by whichever replica looks first."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        stage.its.advance(IDLE_SECONDS)
        await stage.pass_until(lambda: screen(person) == NEUTRAL)
        await stage.until(lambda: valkey.ask("ZCARD", "waymark:{screens}") == b":0\r\n")

    play(tmp_path, act, valkey=valkey.address)


def test_a_rush_is_limited_as_without_it(valkey: Server, tmp_path: Path) -> None:
    """Ten taps at once are answered, the rest is not; help still is."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        stage.its.advance(60)
        for _ in range(30):
            person.tap("Language")
            await stage.settle()
        shown = len(stage.calls("editMessageText"))
        person.tap("Get help now")
        await stage.settle()
        assert (shown, len(stage.calls("editMessageText"))) == (12, 13)

    play(tmp_path, act, valkey=valkey.address)


def test_without_the_server_people_are_answered(tmp_path: Path) -> None:
    """Killed in mid-talk, the next taps are answered as before; started again, it is used again."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        server.kill()
        await stage.tap(person, "Yes, it is safe", "Check my own life", "Back", "Get help now")
        other = await stage.begin(stage.api.user(first_name="Other"))
        server.start()
        await stage.until(lambda: server.ask("KEYS", "waymark:{digest*").count(b"digest") == 3)
        await stage.tap(person, "Back")
        await stage.tap(other, "Yes, it is safe")
        await stage.pass_until(lambda: server.ask("ZCARD", "waymark:{screens}") == b":2\r\n")
        assert [line["ev"] for line in stage.lines() if line["lvl"] == "warning"] == ["valkey_unreachable"]

    (tmp_path / "valkey").mkdir()
    with own_server(tmp_path / "valkey") as server:
        play(tmp_path, act, valkey=server.address)


def test_a_chat_that_another_replica_has_waits_for_it(valkey: Server, tmp_path: Path) -> None:
    """A tap waits until the other is done, and one the other did is not done again; a leave waits for nobody."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        other = Valkey(Opening(valkey.address), stage.its.clock)
        other.start()
        held = await asyncio.wrap_future(other.borrow(person.chat_id, "1"))
        person.tap("Yes, it is safe")
        await stage.until(lambda: 0.05 in stage.its.asked)
        assert screen(person) == FIRST_QUESTION
        assert held.record is not None
        await asyncio.wrap_future(other.give_back(person.chat_id, "1", held.lease, held.record, held.record))
        await stage.pass_until(lambda: screen(person) != FIRST_QUESTION, 0.05)
        await stage.settle()
        held = await asyncio.wrap_future(other.borrow(person.chat_id, "2"))
        await stage.tap(person, "Leave now")
        assert person.messages() == []
        other.close()

    play(tmp_path, act, valkey=valkey.address)
