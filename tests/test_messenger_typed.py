"""What is typed or sent is removed unread and answered with the one fixed card; commands are compared, no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from botscene import FIRST_QUESTION, Scene, play, screen

from bot.messenger.hear import hear
from bot.simulator.people import Person

CARD = "I cannot read or keep messages. Please use the buttons."


def test_typed_text_is_removed_and_answered_on_the_same_question(tmp_path: Path) -> None:
    """Text goes, the fixed card stands over the question where the person was, and the next tap goes on from there."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        await stage.send(person, "my name is Zorblax and he has my passport")
        text = screen(person)
        assert text.startswith(CARD)
        assert text.endswith(FIRST_QUESTION)
        await stage.tap(person, "Someone may look")
        assert screen(person).startswith("Tips:")
        assert "Zorblax" not in str([call.params for call in stage.calls()])

    play(tmp_path, act)


def test_a_forwarded_and_a_huge_text_are_only_text(tmp_path: Path) -> None:
    """Origin is not parsed; 4,096 characters are removed like three."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": 1}
        person.send("news", forward_origin=origin)
        person.send("ж" * 4096)
        await stage.settle()
        assert FIRST_QUESTION in screen(person)

    play(tmp_path, act)


def test_an_edited_message_is_ignored(tmp_path: Path) -> None:
    """The bot asks for no edits, so that a changed text changes nothing."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        before = len(stage.calls())
        number = person.chat.messages
        message = stage.api.store.add(person.chat, {"text": "x"}, sender=person.shape())
        assert message.message_id in number
        person.edit(message.message_id, "exit")
        await stage.send(person, "y")
        assert screen_of_bot(person).startswith(CARD)
        assert not [call for call in stage.calls()[before:] if call.params.get("message_id") == message.message_id]

    play(tmp_path, act)


def screen_of_bot(person: Person) -> str:
    return person.screen.text if person.screen else ""


@pytest.mark.parametrize(
    ("command", "shows"),
    [
        ("/start", "Choose your language."),
        ("/START@waymark_local_bot", "Choose your language."),
        ("/menu", "Choose your language."),
        ("/start es_anything", "Choose your language."),
        ("/help", "1-888-373-7888"),
        ("/language", "Choose your language."),
        ("/privacy", "I keep no record of you."),
        ("/about", "I am a program, not a person."),
        ("/unknown", CARD),
        ("help", CARD),
    ],
)
def test_commands(command: str, shows: str, tmp_path: Path) -> None:
    """Each command shows its page on the one screen and is removed; what is no command is typed text."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        await stage.send(person, command)
        assert shows in screen(person)

    play(tmp_path, act)


def test_pages_over_a_question_lead_back_to_it(tmp_path: Path) -> None:
    """Help, privacy, about and languages keep the place: Back shows the question again."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        for command in ("/help", "/privacy", "/about", "/language"):
            await stage.send(person, command)
            assert FIRST_QUESTION not in screen(person)
            await stage.tap(person, "Back")
            assert screen(person) == FIRST_QUESTION

    play(tmp_path, act)


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("  Exit!  ", "exit"),
        ("ＥＸＩＴ", "exit"),
        ("\u200fخروج\u200f", "خروج"),
        ("Sali\u0301", "salí"),
        (".", "."),
        ("...", "..."),
        ("", ""),
        ("ex\nit", "ex it"),
        ("\ud83d exit", "exit"),
        ("x" * 300 + "exit", "x" * 256),
    ],
)
def test_hearing_forgives_case_marks_and_invisible_signs(typed: str, heard: str) -> None:
    """What a hurried hand adds does not keep a leave word from being one; nothing past 256 signs is looked at."""
    assert hear(typed) == heard


def test_the_card_is_shown_once_for_what_is_typed_in_a_rush(tmp_path: Path) -> None:
    """Within thirty seconds of it a text is removed by one call; later the card comes again."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        await stage.send(person, "one")
        stage.its.advance(10)
        before = len(stage.calls())
        await stage.send(person, "two")
        assert [call.method for call in stage.calls()[before:]] == ["deleteMessage"]
        assert screen(person).startswith(CARD)
        stage.its.advance(30)
        before = len(stage.calls("sendMessage"))
        await stage.send(person, "three")
        assert len(stage.calls("sendMessage")) == before + 1

    play(tmp_path, act)


@pytest.mark.parametrize("strange", [5, ["en"], {"en": 1}], ids=str)
def test_a_language_that_is_no_text_is_no_hint(strange: object, tmp_path: Path) -> None:
    """A language code of a strange shape costs a new person neither the screen nor a line in the log."""

    async def act(stage: Scene) -> None:
        person = stage.api.user()
        sender = person.shape() | {"language_code": strange}
        typed = {"message_id": 9_999, "date": 1, "chat": person.chat.shape(), "text": "/about", "from": sender}
        stage.api.push({"message": typed})
        await stage.settle()
        assert "I am a program, not a person." in screen(person)
        assert stage.events() == ["start"]

    play(tmp_path, act)
