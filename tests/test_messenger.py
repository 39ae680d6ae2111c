"""The real bot before its people: one screen a chat, edited in place, whatever they tap."""

from __future__ import annotations

from pathlib import Path

from botscene import NAVIGATION, Scene, play, screen

import bot.messenger.app as app
from bot.simulator.botapi import BotApi

CARD = "I cannot read or keep messages. Please use the buttons."


def test_a_talk_is_one_message_edited_in_place(tmp_path: Path) -> None:
    """From /start to help and back, the chat holds one message of the bot, sent once and silently, and nothing else."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        first = person.messages()[0]
        for button in (
            "Someone may look",
            "Go on",
            "Check my own life",
            "Start",
            "18 or older",
            "Get help now",
            "Back",
        ):
            await stage.tap(person, button)
            message = person.messages()[0]
            assert screen(person)
            assert message.message_id == first.message_id
            assert message.labels[-4:] == NAVIGATION
        sent = stage.calls("sendMessage")
        assert [call.params["disable_notification"] for call in sent] == [True]
        assert all(
            call.params["link_preview_options"] == {"is_disabled": True} for call in stage.calls("editMessageText")
        )

    play(tmp_path, act)


def test_help_is_two_taps_from_a_first_message(tmp_path: Path) -> None:
    """The very first screen has the help button, and it shows the country's hotline."""

    async def act(stage: Scene) -> None:
        person = stage.api.user(language_code="en")
        await stage.send(person, "/start")
        await stage.tap(person, "Get help now")
        assert "1-888-373-7888" in screen(person)

    play(tmp_path, act)


def test_every_tap_is_answered_without_words(tmp_path: Path) -> None:
    """The little clock on a button stops, and nothing is shown over the chat."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        assert person.notices == ["", ""]

    play(tmp_path, act)


def test_the_same_tap_again_redraws_the_same_screen(tmp_path: Path) -> None:
    """An old button pressed twice shows its step twice; "not modified" is no trouble."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        message = person.messages()[0]
        data = next(button.data for button in message.buttons if button.label == "Someone may look")
        texts = []
        for _ in range(3):
            person.press(data, message.message_id)
            await stage.settle()
            texts.append(screen(person))
        assert len(set(texts)) == 1
        assert texts[0].startswith("Tips:")
        assert stage.events() == ["start"]

    play(tmp_path, act)


def test_two_screens_never_stay_side_by_side(tmp_path: Path) -> None:
    """A tap on an older screen makes that one the screen; the other goes."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        old = person.messages()[0]
        stage.api.store.add(person.chat, {"text": "left over"})
        person.chat.messages[old.message_id + 1].markup = {
            "inline_keyboard": [[{"text": "Menu", "callback_data": "m"}]]
        }
        await stage.tap(person, "Menu")
        await stage.pass_time(app.LYING_CHECK_SECONDS)
        assert [message.message_id for message in person.messages()] == [old.message_id + 1]

    play(tmp_path, act)


def test_a_screen_the_person_removed_comes_back_for_what_is_typed_alone(tmp_path: Path) -> None:
    """A text after the screen was removed gets exactly one new screen; a tap whose message is gone gets none."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        message = person.messages()[0]
        person.delete(message.message_id)
        person.press(message.buttons[0].data, message.message_id)
        await stage.settle()
        assert person.messages() == []
        await stage.send(person, "where is it?")
        assert CARD in screen(person)

    play(tmp_path, act)


def test_after_a_restart_start_clears_what_the_last_process_left(tmp_path: Path) -> None:
    """A process that knows no screen removes an older one before it sends its own."""

    async def act(stage: Scene) -> None:
        person = stage.api.user()
        stage.api.store.add(person.chat, {"text": "a screen of an earlier process"})
        await stage.send(person, "/start")
        assert screen(person) == "Choose your language."

    play(tmp_path, act)


def test_after_a_restart_a_typed_text_keeps_the_place(tmp_path: Path) -> None:
    """The message before the text is found to be the screen, and stays it."""
    api = BotApi()
    person = api.user()

    async def before(stage: Scene) -> None:
        await stage.begin(person)
        await stage.tap(person, "Someone may look")

    async def after(stage: Scene) -> None:
        number = person.messages()[0].message_id
        await stage.send(person, "is anybody there")
        assert CARD in screen(person)
        assert "Tips:" in screen(person)
        assert person.messages()[0].message_id == number

    play(tmp_path, before, api)
    play(tmp_path, after, api)
