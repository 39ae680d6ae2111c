"""Order within a chat, chats side by side, and an update confirmed after it was handled and not before."""

from __future__ import annotations

import asyncio

import pytest
from botloop import Stage, perform

import bot.messenger.lanes as lanes
from bot.messenger.lanes import AT_ONCE, CHAT_QUEUE


def test_order_within_a_chat_is_kept() -> None:
    """The second of a chat is not begun before the first is done, however long that takes."""

    async def act(stage: Stage) -> None:
        person = stage.api.user()
        stage.shut("1", "2")
        for text in "1234":
            person.send(text)
        await stage.until(lambda: stage.began == ["1"])
        stage.gates["1"].set()
        await stage.until(lambda: stage.began == ["1", "2"])
        assert stage.ended == ["1"]
        stage.gates["2"].set()
        await stage.until(lambda: stage.ended == ["1", "2", "3", "4"])

    perform(act)


def test_a_slow_chat_delays_no_other() -> None:
    """While one waits, others are begun and done."""

    async def act(stage: Stage) -> None:
        stage.shut("slow")
        stage.api.user().send("slow")
        await stage.until(lambda: stage.began == ["slow"])
        for number in range(30):
            stage.api.user().send(f"quick {number}")
        await stage.until(lambda: len(stage.ended) == 30, passing=0.05)
        assert "slow" not in stage.ended

    perform(act)


def test_a_slow_chat_delays_no_other_past_a_full_batch() -> None:
    """A hundred updates behind one that hangs do not keep the next hundred from coming."""

    async def act(stage: Stage) -> None:
        stage.shut("slow")
        stage.api.user().send("slow")
        for number in range(250):
            stage.api.user().send(f"quick {number}")
        await stage.until(lambda: len(stage.ended) == 250, passing=0.2)
        assert "slow" not in stage.ended
        stage.gates["slow"].set()
        await stage.until(lambda: "slow" in stage.ended and stage.api.is_drained, passing=0.2)

    perform(act)


def test_no_more_than_so_many_chats_are_served_at_once() -> None:
    """The sixty-fifth waits until one of the others is done."""

    async def act(stage: Stage) -> None:
        names = [f"chat {number}" for number in range(90)]
        stage.shut(*names)
        for name in names:
            stage.api.user().send(name)
        await stage.until(lambda: len(stage.began) == AT_ONCE)
        for _ in range(10):
            await asyncio.sleep(0.001)
        assert len(stage.began) == AT_ONCE
        stage.gates[stage.began[0]].set()
        await stage.until(lambda: len(stage.began) == AT_ONCE + 1)

    perform(act)


def test_of_too_many_in_one_chat_the_newest_are_served() -> None:
    """Old ones are dropped, confirmed, and what they wrote is put on the list of what is to be removed."""

    async def act(stage: Stage) -> None:
        person = stage.api.user()
        stage.shut("first")
        person.send("first")
        await stage.until(lambda: stage.began == ["first"])
        numbers = [person.send(f"{number}") for number in range(12)]
        await stage.until(lambda: len(stage.local._lying.get(person.chat_id, [])) == 12 - CHAT_QUEUE, passing=0.05)
        assert stage.local.lying() == [(person.chat_id, numbers[: 12 - CHAT_QUEUE])]
        stage.gates["first"].set()
        await stage.until(lambda: stage.api.is_drained, passing=0.05)
        assert stage.ended == ["first", *(f"{number}" for number in range(12 - CHAT_QUEUE, 12))]

    perform(act)


def test_an_update_is_confirmed_after_it_was_handled_and_not_before() -> None:
    """What is being handled would come again after a crash, and so would everything behind it."""

    async def act(stage: Stage) -> None:
        stage.shut("b")
        for text in "abc":
            stage.api.user().send(text)
        await stage.until(lambda: stage.ended == ["a", "c"])
        await stage.until(lambda: [update.body["message"]["text"] for update in stage.api.inbox.waiting] == ["b", "c"])
        stage.gates["b"].set()
        await stage.until(lambda: stage.api.is_drained)
        assert stage.ended == ["a", "c", "b"]

    perform(act)


def test_a_handler_that_fails_is_logged_bare_and_the_next_is_served() -> None:
    """The update is confirmed: it would fail again for ever."""

    async def act(stage: Stage) -> None:
        person = stage.api.user()
        stage.trouble["bad"] = ValueError("Zorblax could not be read")
        person.send("bad")
        person.send("good")
        await stage.until(lambda: stage.ended == ["good"] and stage.api.is_drained)
        assert stage.events() == ["update_failed"]
        assert "Zorblax" not in stage.out.getvalue()

    perform(act)


def test_a_handler_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """No update is held longer than its time; then the chat's next one is served."""
    monkeypatch.setattr(lanes, "LONGEST_HANDLING_SECONDS", 0.05)

    async def act(stage: Stage) -> None:
        person = stage.api.user()
        stage.shut("hangs")
        person.send("hangs")
        person.send("next")
        await stage.until(lambda: stage.ended == ["next"] and stage.api.is_drained)
        assert stage.events() == ["update_failed"]

    perform(act)


def test_stopping_confirms_what_was_handled_and_nothing_else() -> None:
    """What was finished is confirmed, what was cut short comes again."""

    async def run() -> None:
        stage = Stage()
        stage.shut("hangs")
        polling = asyncio.create_task(stage.poller.run())
        stage.api.user().send("done")
        stage.api.user().send("hangs")
        await stage.until(lambda: stage.ended == ["done"] and "hangs" in stage.began)
        await stage.poller.stop(0.01)
        await polling
        assert [update.body["message"]["text"] for update in stage.api.inbox.waiting] == ["hangs"]

    asyncio.run(run())


def test_stopping_takes_nothing_more() -> None:
    """What arrives in the moment of stopping is neither begun nor confirmed."""

    async def run() -> None:
        stage = Stage()
        polling = asyncio.create_task(stage.poller.run())
        await stage.until(lambda: len(stage.wire.polls) == 1)
        stage.api.user().send("late")
        await stage.poller.stop(1)
        await polling
        assert stage.began == []
        assert len(stage.api.inbox.waiting) == 1

    asyncio.run(run())


def test_stopping_without_a_network_is_stopping_all_the_same() -> None:
    """The last confirmation may fail; nothing is raised, and the updates come again."""

    async def run() -> None:
        stage = Stage()
        stage.shut("done")
        polling = asyncio.create_task(stage.poller.run())
        stage.api.user().send("done")
        await stage.until(lambda: stage.began == ["done"])
        stopping = asyncio.create_task(stage.poller.stop(1))
        await asyncio.sleep(0.01)
        stage.wire.instead.append(OSError("no network to Zorblax"))
        stage.gates["done"].set()
        await stopping
        await polling
        assert stage.ended == ["done"]
        assert stage.events() == ["api_unreachable"]

    asyncio.run(run())


def test_leaving_is_never_dropped_and_goes_first() -> None:
    """Behind it nothing that was asked for before is served; of what comes after it, the newest."""

    async def act(stage: Stage) -> None:
        person = stage.api.user()
        stage.leaves = {"exit"}
        stage.shut("first")
        person.send("first")
        await stage.until(lambda: stage.began == ["first"])
        for text in ("/start", "typed", "exit", *"123456789"):
            person.send(text)
        await stage.until(lambda: len(stage.local._lying.get(person.chat_id, [])) == 12 - CHAT_QUEUE, passing=0.05)
        stage.gates["first"].set()
        await stage.until(lambda: stage.api.is_drained, passing=0.05)
        assert stage.ended == ["first", "exit", *"6789"]

    perform(act)


def test_leaving_goes_before_what_waits() -> None:
    """A command from before is dropped and removed; what was merely typed comes after, to be removed in its turn."""

    async def act(stage: Stage) -> None:
        person = stage.api.user()
        stage.leaves = {"exit"}
        stage.shut("first")
        person.send("first")
        await stage.until(lambda: stage.began == ["first"])
        number = person.send("/start")
        for text in ("typed", "exit", "/help"):
            person.send(text)
        await stage.until(lambda: len(stage.poller._open) == 4, passing=0.05)
        stage.gates["first"].set()
        await stage.until(lambda: stage.api.is_drained, passing=0.05)
        assert stage.ended == ["first", "exit", "typed", "/help"]
        assert stage.local.lying() == [(person.chat_id, [number])]

    perform(act)


def test_more_leaving_than_a_chat_may_wait_for_is_bounded() -> None:
    """Of a rush of leave words as many wait as of anything; the others are removed."""

    async def act(stage: Stage) -> None:
        person = stage.api.user()
        stage.leaves = {"exit"}
        stage.shut("first")
        person.send("first")
        await stage.until(lambda: stage.began == ["first"])
        for _ in range(9):
            person.send("exit")
        await stage.until(lambda: len(stage.local._lying.get(person.chat_id, [])) == 9 - CHAT_QUEUE, passing=0.05)
        stage.gates["first"].set()
        await stage.until(lambda: stage.api.is_drained, passing=0.05)
        assert stage.ended == ["first", *["exit"] * CHAT_QUEUE]

    perform(act)
