"""Recorded words: which screens can be heard, and that a recording speaks the words on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import botscene
import pytest
import sound
import tongues
from botscene import Scene, play
from stage import Phone, at_door, open_talk

from bot.engine.session import Flag
from bot.house import Content
from bot.simulator.faults import Fault
from bot.simulator.people import Person
from bot.texts.audio import check_audio
from bot.texts.catalogue import fingerprint

QUESTION = "core.co_safe.text"


def heard(content: Content, root: Path, *tags: str) -> Content:
    return replace(content, catalogues=sound.catalogues(content, root, *tags))


def test_a_screen_with_a_recording_can_be_heard(content: Content, tmp_path: Path) -> None:
    """One button more; a tap shows the same screen with the sound, and without the button."""
    path = sound.record(tmp_path, "en", QUESTION)
    phone = at_door(open_talk(heard(content, tmp_path)))
    assert "Listen" not in phone.labels

    before = phone.tap("Go on")
    playing = phone.tap("Listen")

    assert (playing.voice, before.voice) == (path, None)
    assert playing.text == before.text
    assert [one for one in phone.labels if one != "Listen"] == phone.labels
    assert phone.tap("Yes, it is safe").voice is None


def test_the_listen_button_needs_the_screen_it_stands_under(content: Content, tmp_path: Path) -> None:
    """It is static: alone, or from a list of languages, it leads to a door like any other button."""
    sound.record(tmp_path, "en", QUESTION)
    phone = Phone(open_talk(heard(content, tmp_path)))
    phone.press("v")
    assert phone.reply.voice is None
    assert phone.labels[-1] == "Leave now"


def test_only_the_language_on_screen_is_played(content: Content, tmp_path: Path) -> None:
    """A recording in another language is never played in its place."""
    source = content.catalogues.source
    sound.record(tmp_path, "en", QUESTION)
    tongues.translate(tmp_path, content.languages.by_tag["es"], source)
    phone = Phone(open_talk(heard(content, tmp_path, "es")))
    phone.send("start")
    phone.tap("Español", tongues.swapped("Go on"))

    assert tongues.swapped("Listen") not in phone.labels


def test_a_worker_plays_the_question_in_the_clients_language(content: Content, tmp_path: Path) -> None:
    """In a guided talk the listen button is for the client."""
    key, source = "guided_short.g1_2.text", content.catalogues.source
    spanish = content.languages.by_tag["es"]
    sound.record(tmp_path, "en", key)
    tongues.translate(tmp_path, spanish, source)
    path = sound.record(tmp_path, "es", key)
    talk = open_talk(heard(content, tmp_path, "es"))
    flags = Flag.WORKER | Flag.CONSENTED
    phone = Phone(talk)
    for second, voice in ((0, tmp_path / "en" / "audio" / path.name), (spanish.number, path)):
        session = replace(talk.fresh(None), flow="guided_short", answers=(1,), flags=flags, second=second)
        phone.press(talk.seal.seal(session, phone.place))
        assert phone.tap("Listen").voice == voice


def test_a_recording_of_other_words_is_silent(content: Content, tmp_path: Path) -> None:
    """Once it is said which words a recording speaks, a change of the words takes the button away."""
    source = content.catalogues.source
    path = sound.record(tmp_path, "en", QUESTION)
    for spoken, has_button in ((source[QUESTION].english, True), ("Is this phone safe?", False)):
        row = f"{QUESTION},{fingerprint(QUESTION, source[QUESTION].english, spoken)},native speaker,2026-11-22\n"
        path.with_name("recorded.csv").write_text(f"key,hash,by,on\n{row}", encoding="utf-8")
        phone = at_door(open_talk(heard(content, tmp_path)))
        phone.tap("Go on")
        assert ("Listen" in phone.labels) == has_button


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("core.co_none.text", sound.ogg(), '"core.co_none.text" is no message. Name it after the msgctxt it speaks.'),
        (QUESTION, b"ID3 music", "is no Ogg file. Export it as Ogg with Opus, mono, under a minute."),
        (QUESTION, sound.page(b"\x01vorbis", 0, 2), "holds no Opus sound. "),
        (QUESTION, sound.ogg(channels=2), "has more than one channel. "),
        (QUESTION, sound.ogg(61), "lasts 61.0 seconds. "),
        (QUESTION, sound.ogg(0.1), "lasts 0.1 seconds. "),
        (QUESTION, sound.ogg() + bytes(1_000_000), "is larger than 1000000 bytes. "),
        (QUESTION, b"OggS", "holds no Opus sound. "),
        (QUESTION, sound.ogg(), "does not say which words it speaks. "),
    ],
)
def test_a_file_that_is_no_recording_of_a_message_is_told(
    content: Content, tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    """Unknown names, other formats, stereo, too long and too large; what is sound alone is a warning."""
    sound.record(tmp_path, "en", name, data)

    (found,) = check_audio(tmp_path, content.catalogues.get("en"), content.catalogues.source)

    assert str(found).startswith(f"locales/en/audio/{name}.ogg: {says}")


def test_nothing_synthetic_ships() -> None:
    """Voices are people's: until somebody records one there is none."""
    assert not [*botscene._content().catalogues.root.rglob("*.ogg")]


# -- in the chat ------------------------------------------------------------------------------------------------------


@contextmanager
def with_sound(content: Content, root: Path) -> Iterator[None]:
    sound.record(root, "en", QUESTION)
    with patch.object(botscene, "_content", lambda: heard(content, root)):
        yield


def one(person: Person) -> dict[str, object]:
    """The one message in a chat."""
    (message,) = person.chat.messages.values()
    assert message.is_from_bot
    return dict(message.content)


def test_a_voice_takes_the_place_of_the_screen_and_goes_with_it(content: Content, tmp_path: Path) -> None:
    """Heard twice, then on to the next screen and away: there is one message at any time, silent and protected."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        for _ in range(2):
            await stage.tap(person, "Listen")
            assert "voice" in one(person)
            assert str(one(person)["caption"]).startswith(botscene.FIRST_QUESTION)
            await stage.tap(person, "Yes, it is safe")
            assert "text" in one(person)
            await stage.tap(person, "Back")
        await stage.tap(person, "Listen", "Leave now")
        assert person.messages() == []
        sent = stage.calls("sendVoice")
        assert len(sent) == 3
        assert all(call.params["disable_notification"] and call.params["protect_content"] for call in sent)
        assert [str(call.params["voice"]).startswith("local-") for call in sent] == [False, True, True]

    with with_sound(content, tmp_path):
        play(tmp_path, act, over_http=True)


def test_a_voice_nobody_touches_goes(content: Content, tmp_path: Path) -> None:
    """It cannot be overwritten as a text can: after a quarter of an hour it is removed."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        await stage.tap(person, "Listen")
        await stage.pass_until(lambda: person.messages() == [], 60)

    with with_sound(content, tmp_path):
        play(tmp_path, act, over_http=True)


def test_a_voice_that_may_have_arrived_leaves_no_second_message(content: Content, tmp_path: Path) -> None:
    """Where the answer was lost the screen stays as it was, and the voice beside it is removed."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        stage.api.plan("sendVoice", [Fault.reset(is_carried_out=True)])
        await stage.tap(person, "Listen")
        await stage.until(lambda: len(person.messages()) == 1)
        assert "text" in one(person)
        await stage.tap(person, "Leave now")
        assert person.messages() == []

    with with_sound(content, tmp_path):
        play(tmp_path, act, over_http=True)
