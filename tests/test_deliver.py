"""A screen that must wait waits, the newest alone; an edit is repeated whatever became of it."""

from __future__ import annotations

import asyncio

import pytest
from botshow import Stage, perform, reply

from bot.simulator.faults import Fault

REFUSED = "Bad Request: {}".format


def test_a_limited_edit_waits_as_long_as_asked() -> None:
    """After 429 the screen follows once the seconds Telegram named have passed, not before."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        stage.api.plan("editMessageText", [Fault.flood(20)])
        await stage.show("two", first)
        await asyncio.sleep(0.02)
        assert stage.its.asked == [20.0]
        stage.its.advance(19)
        await asyncio.sleep(0.05)
        assert stage.texts() == ["one"]
        stage.its.advance(1)
        await stage.api.until(lambda: stage.texts() == ["two"])
        assert stage.events() == [("api_limited", "RetryAfter")]

    perform(act)


def test_nobody_waits_longer_than_a_minute() -> None:
    """A wait of a quarter of an hour is cut to 60 seconds, then Telegram is asked again."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        stage.api.plan("editMessageText", [Fault.flood(900)])
        await stage.show("two", first)
        await asyncio.sleep(0.02)
        assert stage.its.asked == [60.0]

    perform(act)


def test_only_the_newest_screen_of_a_chat_waits() -> None:
    """Of three screens put off, the last alone is shown; the others are not even tried again."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        stage.api.plan("editMessageText", [Fault.flood(5)] * 3)
        for text in ("two", "three", "four"):
            await stage.show(text, first)
        assert stage.count("editMessageText") == 3
        await stage.wait_out()
        assert stage.texts() == ["four"]
        assert stage.count("editMessageText") == 4

    perform(act)


def test_a_screen_shown_meanwhile_is_not_overwritten_by_an_older_one() -> None:
    """What waited is dropped once a newer screen is there."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        stage.api.plan("editMessageText", [Fault.flood(5)])
        await stage.show("old", first)
        await stage.show("new", first)
        await stage.wait_out()
        assert stage.texts() == ["new"]

    perform(act)


def test_chats_wait_each_for_itself() -> None:
    """A limit on one chat holds up no other."""

    async def act(stage: Stage) -> None:
        other = stage.api.user()
        stage.api.plan("sendMessage", [Fault.flood(30)], chat_id=stage.person.chat_id)
        await stage.show("mine")
        await stage.deliver.show(other.chat_id, reply("yours"))
        assert [message.text for message in other.messages()] == ["yours"]
        await stage.wait_out()
        assert stage.texts() == ["mine"]

    perform(act)


def test_after_four_attempts_it_is_enough() -> None:
    """Three tries follow the first, at 1, 2 and 4 seconds; then the person has /start."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        stage.api.plan("editMessageText", [Fault.server(500)] * 9)
        await stage.show("two", first)
        await stage.wait_out()
        assert stage.count("editMessageText") == 4
        assert stage.its.asked == [1.0, 2.0, 4.0]
        assert stage.texts() == ["one"]

    perform(act)


@pytest.mark.parametrize(
    "trouble",
    [
        Fault.server(500), Fault.server(502), Fault.server(503), Fault.html(), Fault.html(504), Fault.reset(),
        Fault.reset(is_carried_out=True), Fault.silence(), Fault.silence(is_carried_out=False),
    ],
    ids=lambda fault: f"{fault.how} {fault.status} {'done' if fault.is_carried_out else 'not done'}",
)  # fmt: skip
def test_an_edit_is_repeated_whatever_became_of_it(trouble: Fault) -> None:
    """Server errors, pages, cut connections and silence: the edit is made again and changes nothing twice."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        stage.api.plan("editMessageText", [trouble])
        await stage.show("two", first)
        await stage.wait_out()
        assert stage.texts() == ["two"]
        assert stage.count("editMessageText") == 2
        assert stage.count("sendMessage") == 1
        assert stage.local.screen(stage.person.chat_id) == first

    perform(act)


def test_not_modified_is_success() -> None:
    """The same screen again is no trouble, no log line and no further call."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        await stage.show("one", first)
        await stage.show("one", first)
        assert stage.texts() == ["one"]
        assert stage.local.screen(stage.person.chat_id) == first
        assert stage.events() == []
        assert stage.count("sendMessage") == 1

    perform(act)


@pytest.mark.parametrize(
    "says", ["message can't be edited", "MESSAGE_ID_INVALID", "there is no text in the message to edit"]
)
def test_a_screen_that_cannot_be_edited_gives_way_to_a_new_one(says: str) -> None:
    """The old message is removed and the new one sent: there is one."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        stage.api.plan("editMessageText", [Fault(status=400, description=REFUSED(says))])
        second = await stage.show("two", first)
        assert stage.texts() == ["two"]
        assert second != first

    perform(act)


def test_a_screen_that_is_gone_gives_way_to_a_new_one() -> None:
    """ "Message to edit not found": a new message is sent, and no attempt made to delete what is not there."""

    async def act(stage: Stage) -> None:
        await stage.show("one", 77)
        assert stage.texts() == ["one"]
        assert stage.count("deleteMessage") == 0

    perform(act)


@pytest.mark.parametrize("says", ["message to edit not found", "MESSAGE_ID_INVALID"])
def test_a_tap_brings_no_screen_back(says: str) -> None:
    """Where a tap's screen is gone nothing is sent, nothing logged, and the screen forgotten."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        stage.api.plan("editMessageText", [Fault(status=400, description=REFUSED(says))])
        await stage.deliver.show(stage.person.chat_id, reply("two"), first, may_send=False)
        await stage.wait_out()
        assert (stage.count("sendMessage"), stage.texts()) == (1, ["one"])
        assert stage.local.screen(stage.person.chat_id) == 0
        assert stage.events() == []

    perform(act)


def test_a_tap_on_a_screen_too_old_to_edit_gets_a_new_one() -> None:
    """It stands there still, so that the tap is answered beside it and the old one removed."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        stage.api.plan("editMessageText", [Fault(status=400, description=REFUSED("message can't be edited"))])
        await stage.deliver.show(stage.person.chat_id, reply("two"), first, may_send=False)
        assert stage.texts() == ["two"]

    perform(act)


def test_another_refusal_ends_in_a_bare_line() -> None:
    """A 400 that no repeating mends is logged by its kind and place alone."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        stage.api.plan("editMessageText", [Fault(status=400, description=REFUSED("Zorblax is too long"))])
        await stage.show("two", first)
        await stage.wait_out()
        assert stage.texts() == ["one"]
        assert stage.events() == [("api_refused", "BadRequest")]
        assert "Zorblax" not in stage.out.getvalue()

    perform(act)


def test_a_person_who_blocked_the_bot_is_left_alone() -> None:
    """403 ends it: the screen is forgotten, nothing is tried again, nothing is logged."""

    async def act(stage: Stage) -> None:
        first = await stage.show("one")
        stage.api.plan("editMessageText", [Fault.blocked()])
        await stage.show("two", first)
        await stage.wait_out()
        assert stage.local.screen(stage.person.chat_id) == 0
        assert (stage.count("editMessageText"), stage.count("sendMessage")) == (1, 1)
        assert stage.events() == []

    perform(act)
