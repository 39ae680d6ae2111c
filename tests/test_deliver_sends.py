"""A message is sent once: repeated only where no copy can be left, and read back without a trace."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from botscene import FIRST_QUESTION, Direct, Scene, play, screen
from botshow import Stage, perform
from telegram.error import NetworkError, TimedOut

from bot.messenger.client import NOT_CONNECTED, NOT_SENT
from bot.simulator.botapi import BotApi
from bot.simulator.faults import Fault
from bot.simulator.refusal import TOO_OLD_QUERY

REFUSED = "Bad Request: {}".format


@pytest.mark.parametrize(
    "trouble", [Fault.silence(), Fault.silence(is_carried_out=False), Fault.reset(is_carried_out=True), Fault.reset()],
    ids=lambda fault: f"{fault.how} {'done' if fault.is_carried_out else 'not done'}",
)  # fmt: skip
def test_a_send_without_an_answer_is_not_repeated(trouble: Fault) -> None:
    """It may be in the chat already: sent again it might stand there twice."""

    async def act(stage: Stage) -> None:
        stage.api.plan("sendMessage", [trouble])
        await stage.show("one")
        await stage.wait_out()
        assert stage.texts() == (["one"] if trouble.is_carried_out else [])
        assert stage.count("sendMessage") == 1

    perform(act)


@pytest.mark.parametrize("is_carried_out", [True, False])
@pytest.mark.parametrize("how", ["refuse", "html"])
def test_a_send_answered_with_an_error_is_repeated_and_stands_once(how: str, is_carried_out: bool) -> None:
    """After a server error the screen is sent again; should the first one have arrived after all, it goes."""

    async def act(stage: Stage) -> None:
        stage.api.plan("sendMessage", [Fault(how, 502, "Bad Gateway", is_carried_out=is_carried_out)])
        await stage.show("one")
        await stage.wait_out()
        assert stage.texts() == ["one"]
        assert stage.local.screen(stage.person.chat_id) == stage.person.messages()[0].message_id

    perform(act)


@pytest.mark.parametrize(
    "error", [NetworkError("httpx.ConnectError: refused"), NetworkError(NOT_CONNECTED), TimedOut(NOT_SENT)], ids=repr
)
def test_a_send_that_never_left_is_repeated(error: NetworkError) -> None:
    """Where no connection came about nothing can have arrived."""

    class Shaky(Direct):
        def __init__(self, api: BotApi) -> None:
            super().__init__(api)
            self.left = [error]

        async def carry_out(self, path: str, *rest: Any) -> tuple[int, bytes]:
            if path.endswith("sendMessage") and self.left:
                raise self.left.pop()
            return await super().carry_out(path, *rest)

    async def act(stage: Stage) -> None:
        await stage.show("one")
        await stage.wait_out()
        assert stage.texts() == ["one"]

    perform(act, Shaky)


def test_a_screen_under_way_when_the_person_leaves_is_removed() -> None:
    """Dropped while Telegram still works on it, it is put on the list of what is to be removed."""

    class Slow(Direct):
        def __init__(self, api: BotApi) -> None:
            super().__init__(api)
            self.gate = asyncio.Event()

        async def carry_out(self, path: str, *rest: Any) -> tuple[int, bytes]:
            answer = await super().carry_out(path, *rest)
            if path.endswith("sendMessage"):
                await self.gate.wait()
            return answer

    wires: list[Slow] = []

    def wire(api: BotApi) -> Slow:
        wires.append(Slow(api))
        return wires[0]

    async def act(stage: Stage) -> None:
        showing = asyncio.create_task(stage.show("one"))
        await stage.api.until(lambda: stage.texts() == ["one"])
        stage.deliver.drop(stage.person.chat_id)
        wires[0].gate.set()
        await showing
        number = stage.person.messages()[0].message_id
        assert stage.local.lying() == [(stage.person.chat_id, [number])]
        assert stage.local.screen(stage.person.chat_id) == 0

    perform(act, wire)


def test_a_probe_reads_the_buttons_and_leaves_no_trace() -> None:
    """What the screen's buttons carry comes back, and the chat is as it was."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        assert await stage.deliver.probe(stage.person.chat_id, first) == ["m", "x"]
        assert stage.texts() == ["one"]

    perform(act)


def test_a_probe_tells_a_screen_that_is_gone_from_no_answer() -> None:
    """Empty for a message that is gone or the person's own; None where Telegram did not answer."""

    async def act(stage: Stage) -> None:
        chat = stage.person.chat_id
        own = stage.person.send("mine")
        assert await stage.deliver.probe(chat, 12_345) == []
        assert await stage.deliver.probe(chat, own) == []
        stage.api.plan("sendMessage", [Fault.server()])
        assert await stage.deliver.probe(chat, own) is None
        assert stage.texts() == ["mine"]

    perform(act)


def test_a_probe_that_could_not_be_removed_is_removed_later() -> None:
    """Nothing of the bot's is forgotten in a chat."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        stage.api.plan("deleteMessage", [Fault.server()])
        await stage.deliver.probe(stage.person.chat_id, first)
        left = stage.person.messages()[-1]
        assert stage.local.lying() == [(stage.person.chat_id, [left.message_id])]

    perform(act)


@pytest.mark.parametrize(
    "trouble", [Fault(status=400, description=REFUSED(TOO_OLD_QUERY)), Fault.server(), Fault.flood(9), Fault.reset()],
    ids=["too old", "server", "limited", "cut off"],
)  # fmt: skip
def test_a_tap_that_cannot_be_answered_still_shows_its_screen(trouble: Fault, tmp_path: Path) -> None:
    """The little clock on a button is a courtesy; the screen does not wait for it."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        stage.api.plan("answerCallbackQuery", [trouble])
        await stage.tap(person, "Someone may look", "Back")
        assert screen(person) == FIRST_QUESTION

    play(tmp_path, act, over_http=True)
