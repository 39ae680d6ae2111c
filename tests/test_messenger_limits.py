"""Who is served, how often and for how long: private chats, ten taps at once, fifteen minutes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botscene import FIRST_QUESTION, Scene, play, screen

import bot.messenger.app as app
from bot.messenger.tidy import NEUTRAL
from bot.simulator.faults import Fault

CARD = "I cannot read or keep messages. Please use the buttons."
CLOSED = ("Start again", "Get help now", "Language", "Leave now")


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_groups_and_channels_are_left_without_a_word(kind: str, tmp_path: Path) -> None:
    """Added anywhere but to a private chat the bot leaves, and makes no other call."""

    async def act(stage: Scene) -> None:
        person, group = stage.api.user(), stage.api.group(kind=kind)
        group.add_bot(person)
        await stage.settle()
        group.chat.is_open = True
        group.send(person, "/start")
        await stage.settle()
        assert [(call.method, call.params["chat_id"]) for call in stage.calls()] == [("leaveChat", group.chat_id)] * 2
        assert [message.is_from_bot for message in group.messages()] == [False]

    play(tmp_path, act)


def test_being_removed_from_a_group_needs_no_call(tmp_path: Path) -> None:
    """The update that follows the bot's own leaving is not answered with another."""

    async def act(stage: Scene) -> None:
        group, person = stage.api.group(), stage.api.user()
        for status in ("left", "kicked"):
            member = {"chat": group.chat.shape(), "from": person.shape(), "date": 1}
            member |= {"old_chat_member": stage.api.member("member"), "new_chat_member": stage.api.member(status)}
            stage.api.push({"my_chat_member": member})
        await stage.settle()
        assert stage.calls() == []

    play(tmp_path, act)


@pytest.mark.parametrize("change", [{"id": 77}, {"is_bot": True}], ids=["another person", "a bot"])
def test_only_the_person_of_the_chat_is_answered(change: dict[str, Any], tmp_path: Path) -> None:
    """A tap or message under another user's name in a private chat, or from a bot, gets no call at all."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        before, message = len(stage.calls()), person.chat.messages[person.messages()[0].message_id]
        stranger = person.shape() | change
        query = {"id": "1", "from": stranger, "chat_instance": "1", "data": "x", "message": message.shape()}
        stage.api.push({"callback_query": query})
        typed = {"message_id": 9_999, "date": 1, "chat": person.chat.shape(), "text": "exit"}
        stage.api.push({"message": typed | {"from": stranger}})
        stage.api.push({"message": typed})
        await stage.settle()
        assert stage.calls()[before:] == []

    play(tmp_path, act)


def test_a_button_of_another_chat_opens_nothing(tmp_path: Path) -> None:
    """A sealed button copied to another chat leads to the one kind screen, as does one that was made up."""

    async def act(stage: Scene) -> None:
        mine, yours = await stage.begin(), await stage.begin()
        stolen = next(button.data for button in mine.messages()[0].buttons if button.label == "Someone may look")
        shown = []
        for data in (stolen, "A" * 64, stolen[:-1] + "."):
            yours.press(data, yours.messages()[0].message_id)
            await stage.settle()
            shown.append((screen(yours), tuple(yours.messages()[0].labels)))
        assert len(set(shown)) == 1
        assert shown[0][1] == CLOSED

    play(tmp_path, act)


def test_a_person_who_blocks_and_comes_back(tmp_path: Path) -> None:
    """Blocking costs nothing; afterwards /start works as for anybody."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        person.block()
        await stage.settle()
        person.start()
        await stage.settle()
        assert screen(person) == "Choose your language."

    play(tmp_path, act)


def test_a_chat_is_limited_and_help_still_served(tmp_path: Path) -> None:
    """Ten taps at once, then one every two seconds; past the limit help alone comes, once per five seconds."""

    async def act(stage: Scene) -> None:
        person, other = await stage.begin(), await stage.begin()
        stage.its.advance(60)
        message = person.messages()[0].message_id
        before = len(stage.calls("answerCallbackQuery"))
        for _ in range(6):
            for _ in range(5):
                person.press("m", message)
            await stage.settle()
        assert len(stage.calls("answerCallbackQuery")) - before == 10
        person.press("h", message)
        person.press("h", message)
        await stage.settle()
        assert "1-888-373-7888" in screen(person)
        assert len(stage.calls("answerCallbackQuery")) - before == 11
        stage.its.advance(2)
        await stage.tap(person, "Back")
        assert len(stage.calls("answerCallbackQuery")) - before == 12
        await stage.tap(other, "Someone may look")
        assert screen(other).startswith("Tips:")

    play(tmp_path, act)


def test_what_is_typed_past_the_limit_is_removed_too(tmp_path: Path) -> None:
    """Thirty lines in a rush: not all are answered, none stays in the chat."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        for burst in range(3):
            for line in range(10):
                person.send(f"please help me {burst} {line}")
            await stage.settle()
        await stage.pass_time(app.LYING_CHECK_SECONDS)
        assert screen(person).startswith(CARD)

    play(tmp_path, act)


def test_leaving_does_not_refill_the_limit(tmp_path: Path) -> None:
    """Who leaves and starts in turn is limited like anybody else."""

    async def act(stage: Scene) -> None:
        person = stage.api.user()
        for _ in range(15):
            person.send("/start")
            await stage.settle()
            person.send("exit")
            await stage.settle()
        assert len(stage.calls("sendMessage")) == 5

    play(tmp_path, act)


def test_a_screen_nobody_touches_goes_blank(tmp_path: Path) -> None:
    """After 15 minutes one neutral word is left and no button; /start then brings one new screen."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        await stage.pass_time(14 * 60)
        assert screen(person) == FIRST_QUESTION
        await stage.pass_time(60 + app.IDLE_CHECK_SECONDS)
        assert (screen(person), person.messages()[0].buttons) == (NEUTRAL, ())
        before = len(stage.calls())
        await stage.pass_time(3_600)
        assert len(stage.calls()) == before
        await stage.send(person, "/start")
        assert screen(person) == "Choose your language."

    play(tmp_path, act)


def test_a_tap_starts_the_fifteen_minutes_anew(tmp_path: Path) -> None:
    """Who reads slowly and taps in time keeps the screen."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        await stage.pass_time(14 * 60)
        await stage.tap(person, "Someone may look")
        await stage.pass_time(14 * 60)
        assert screen(person).startswith("Tips:")

    play(tmp_path, act)


def test_a_workers_screen_stays_an_hour(tmp_path: Path) -> None:
    """In a guided talk there is time to speak before the screen goes blank."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        await stage.tap(person, "Yes, it is safe", "I am an outreach worker")
        await stage.pass_time(59 * 60)
        assert screen(person) != NEUTRAL
        await stage.pass_time(60 + app.IDLE_CHECK_SECONDS)
        assert screen(person) == NEUTRAL

    play(tmp_path, act)


def test_blanking_is_tried_again_when_telegram_stumbles(tmp_path: Path) -> None:
    """A screen that could not be blanked is not forgotten."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        stage.api.plan("editMessageText", [Fault.server(), Fault.flood(3)])
        before = len(stage.calls("editMessageText"))
        stage.its.advance(16 * 60)
        await stage.pass_until(lambda: len(stage.calls("editMessageText")) >= before + 2)
        assert screen(person) == FIRST_QUESTION
        await stage.pass_until(lambda: screen(person) == NEUTRAL)

    play(tmp_path, act, over_http=True)
