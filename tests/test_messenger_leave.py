"""Leaving leaves nothing: one tap or one word, in any language, also when Telegram stumbles."""

from __future__ import annotations

from pathlib import Path

import pytest
from botscene import FIRST_QUESTION, Scene, play, screen

import bot.messenger.app as app
from bot.config import Config
from bot.house import read_content
from bot.messenger.tidy import NEUTRAL
from bot.simulator.botapi import BotApi
from bot.simulator.faults import Fault
from bot.texts.offer import Offers


class Clock:
    """The stand-in's clock, by which messages grow old."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def words_to_leave() -> list[str]:
    content = read_content(Config())
    return sorted(app.leave_words(content, Offers(content.languages, content.catalogues, content.library)))


def test_every_language_has_its_words_to_leave() -> None:
    """English, Spanish and Arabic words are among them, and the lone full stop."""
    assert {"exit", "stop", "leave", "salir", "خروج", "."} <= set(words_to_leave())


def test_leaving_by_word_empties_the_chat(tmp_path: Path) -> None:
    """Each leave word of each language, a lone full stop, /exit, /stop and their shouted forms empty the chat."""

    async def act(stage: Scene) -> None:
        for word in [*words_to_leave(), "/exit", "/stop", "/leave", "/EXIT now", "Exit!", "STOP."]:
            person = await stage.begin()
            await stage.send(person, word)
            assert person.messages() == [], word

    play(tmp_path, act)


def test_leaving_by_button_empties_the_chat_and_says_nothing_more(tmp_path: Path) -> None:
    """From any screen, one tap: the tap is answered with nothing, everything goes, and no message follows."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        person.send("lying about")
        await stage.tap(person, "Leave now")
        before = len(stage.calls())
        await stage.pass_time(3_600)
        assert person.messages() == []
        assert set(person.notices) == {""}
        assert stage.calls()[before:] == []

    play(tmp_path, act)


def test_leaving_from_the_first_screen_of_all(tmp_path: Path) -> None:
    """Where the button does not know yet how the talk began, the chat is emptied all the same."""

    async def act(stage: Scene) -> None:
        person = stage.api.user()
        await stage.send(person, "/start")
        await stage.tap(person, "Leave now")
        assert person.messages() == []

    play(tmp_path, act)


@pytest.mark.parametrize("way", ["Leave now", "."])
def test_what_is_too_old_to_delete_goes_neutral(way: str, tmp_path: Path) -> None:
    """After 48 hours Telegram refuses: the screen is overwritten and loses its buttons; all that is newer goes."""
    clock = Clock()
    api = BotApi(clock=clock)

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        clock.now += 49 * 3600
        newer = [stage.api.store.add(person.chat, {"text": f"newer {n}"}, sender=person.shape()) for n in range(5)]
        if way == ".":
            await stage.send(person, way)
        else:
            for one in newer:
                person.delete(one.message_id)
            await stage.tap(person, way)
        (left,) = person.messages()
        assert (left.text, left.buttons) == (NEUTRAL, ())

    play(tmp_path, act, api)


def test_one_old_message_does_not_protect_the_newer_ones(tmp_path: Path) -> None:
    """Telegram refuses a whole batch for one message past its 48 hours; what may go is found and goes."""
    clock = Clock()
    api = BotApi(clock=clock)

    async def act(stage: Scene) -> None:
        person = api.user()
        old = [api.store.add(person.chat, {"text": "old"}, sender=person.shape()).message_id for _ in range(7)]
        clock.now += 49 * 3600
        for _ in range(30):
            api.store.add(person.chat, {"text": "new"}, sender=person.shape())
        await stage.send(person, "exit")
        assert [message.message_id for message in person.messages()] == old
        assert len(stage.calls("deleteMessages")) < 20

    play(tmp_path, act, api)


@pytest.mark.parametrize(
    ("trouble", "waits"),
    [
        ([Fault.server(), Fault.html()], [1.0, 2.0]),
        ([Fault.flood(7)], [7.0]),
        ([Fault.reset(), Fault.server(500), Fault.flood(3)], [1.0, 2.0, 4.0]),
    ],
    ids=["bad gateway", "limited", "cut off"],
)
def test_leaving_insists_when_telegram_stumbles(trouble: list[Fault], waits: list[float], tmp_path: Path) -> None:
    """A refused deletion is asked for again, after the time Telegram wants, until the chat is empty."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        stage.api.plan("deleteMessage", trouble)
        asked = len(stage.its.asked)
        person.tap("Leave now")
        await stage.until(lambda: len(stage.calls("deleteMessage")) >= 1)
        assert screen(person) == FIRST_QUESTION
        await stage.pass_until(lambda: not person.messages())
        assert [wait for wait in stage.its.asked[asked:] if wait in waits] == waits

    play(tmp_path, act, over_http=True)


def test_a_screen_that_waits_does_not_come_back_after_leaving(tmp_path: Path) -> None:
    """A redraw put off by a 429 is dropped when the person leaves: nothing appears in the empty chat."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        stage.api.plan("editMessageText", [Fault.flood(5)])
        await stage.tap(person, "Someone may look")
        await stage.tap(person, "Leave now")
        for _ in range(5):
            await stage.pass_time(30)
        assert person.messages() == []
        assert len(stage.calls("sendMessage")) == 1

    play(tmp_path, act, over_http=True)


def test_a_tap_that_comes_after_leaving_brings_nothing_back(tmp_path: Path) -> None:
    """Made on the screen a moment before, or long after: nothing is shown in the empty chat."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        message = person.messages()[0]
        await stage.tap(person, "Leave now")
        for _ in range(2):
            for button in message.buttons[:3]:
                person.press(button.data, message.message_id)
                await stage.settle()
            await stage.pass_time(60)
        assert person.messages() == []
        assert len(stage.calls("sendMessage")) == 1

    play(tmp_path, act)


def test_a_tap_does_not_wake_a_screen_that_went_neutral(tmp_path: Path) -> None:
    """Too old to be deleted, the screen is overwritten; a tap that was under way changes nothing."""
    clock = Clock()
    api = BotApi(clock=clock)

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        message = person.messages()[0]
        clock.now += 49 * 3600
        await stage.tap(person, "Leave now")
        person.press(message.buttons[0].data, message.message_id)
        await stage.settle()
        assert screen(person) == NEUTRAL

    play(tmp_path, act, api)


def test_what_is_typed_right_after_leaving_is_only_removed(tmp_path: Path) -> None:
    """For ten seconds a text gets no screen, though a command does; later it gets the card."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        await stage.send(person, "exit", "wait", "are you there")
        assert person.messages() == []
        await stage.pass_time(10)
        await stage.send(person, "are you there now")
        assert screen(person)
        await stage.send(person, "exit", "/start")
        assert screen(person) == "Choose your language."

    play(tmp_path, act)


def test_leaving_waits_by_itself(tmp_path: Path) -> None:
    """While Telegram asks to wait others are served, no tap shows anything, and in the end the chat is empty. Only then
    is the update confirmed."""

    async def act(stage: Scene) -> None:
        person, other = await stage.begin(), await stage.begin()
        stage.api.plan("deleteMessage", [Fault.flood(200)], chat_id=person.chat_id)
        before = len(stage.calls("editMessageText", chat=person.chat_id))
        person.tap("Leave now")
        await stage.until(lambda: len(stage.calls("deleteMessage", chat=person.chat_id)) == 1)
        person.tap("Get help now")
        person.tap("Leave now")
        other.tap("Someone may look")
        await stage.pass_until(lambda: screen(other).startswith("Tips:"), 0.2)
        await stage.pass_until(lambda: len(stage.calls("answerCallbackQuery")) >= 7, 0.2)
        assert len(stage.calls("editMessageText", chat=person.chat_id)) == before
        assert len(stage.calls("deleteMessage", chat=person.chat_id)) == 1
        assert stage.api.inbox.waiting
        await stage.pass_until(lambda: person.messages() == [])
        await stage.pass_until(lambda: stage.api.is_drained)

    play(tmp_path, act, over_http=True)


def test_a_leave_that_telegram_refuses_to_the_end_is_made_up_for(tmp_path: Path) -> None:
    """After four attempts in vain the screen is blanked at the next look."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        stage.api.plan("deleteMessage", [Fault.flood(5)] * 4)
        person.tap("Leave now")
        await stage.pass_until(lambda: screen(person) == NEUTRAL)
        assert person.messages()[0].buttons == ()

    play(tmp_path, act, over_http=True)


def test_leaving_is_served_past_the_limit_and_after_help(tmp_path: Path) -> None:
    """With all taps used up and help's turn taken, one tap on Leave still empties the chat."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        message = person.messages()[0].message_id
        for data in [*["m"] * 20, "h", "h"]:
            person.press(data, message)
            await stage.settle()
        person.tap("Leave now")
        await stage.settle()
        assert person.messages() == []

    play(tmp_path, act)


def test_leaving_goes_before_what_was_tapped_earlier(tmp_path: Path) -> None:
    """Taps and commands that wait when Leave comes are not served, before it or after."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        message = person.messages()[0].message_id
        before = len(stage.calls("editMessageText"))
        person.send("/help")
        person.press("m", message)
        person.press("x", message)
        for _ in range(9):
            person.press("h", message)
        await stage.settle()
        await stage.pass_time(app.LYING_CHECK_SECONDS)
        assert person.messages() == []
        assert len(stage.calls("editMessageText")) == before

    play(tmp_path, act)
