"""P25: Never asks who you are: no question wants writing or a name, and what is sent of that kind goes unread."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
import small
from botscene import FIRST_QUESTION, Scene, play, screen
from stage import START, seen

from bot.engine.engine import Engine
from bot.engine.session import Flag, Session
from bot.flow.check import check_library
from bot.flow.model import Library
from bot.flow.read import gather
from bot.house import Content
from bot.messenger.render import keyboard
from bot.simulator.people import THINGS
from bot.talk import Talk
from bot.texts.offer import Offers
from bot.texts.speak import Speaker

ASKED = "Who holds your papers?"
IDENTITY = (
    "What is your name?", "What was her full name?", "Can you write your address?", "Where do you live?",
    "When were you born?", "What is your birth date?", "Can you share your passport number?", "Are you here legal?",
    "What is your status?", "What is his nationality?", "Which town are you in?", "What is your phone number?",
    "Can you tell me your workplace?", "Can you give me your e-mail?",
)  # fmt: skip
CARD = "I cannot read or keep messages. Please use the buttons."
MARKER = "Zqxjkvw"
SENT = {
    "contact": {"contact": {"phone_number": "+77310000007", "first_name": MARKER}},
    "location": {"location": {"latitude": 7.310007, "longitude": 73.10007}},
    "venue": {
        "venue": {"location": {"latitude": 7.310007, "longitude": 73.10007}, "title": MARKER, "address": MARKER}
    },
    "a name": {"text": f"my name is {MARKER}"},
}  # fmt: skip


# -- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", IDENTITY)
def test_a_question_for_a_name_or_papers_is_refused(question: str, tmp_path: Path) -> None:
    """The flow check finds it, whoever wrote the flow, and says where."""
    small.write(tmp_path, "work.toml", ASKED, question)
    library, found = gather([tmp_path])
    found += check_library(library)

    assert [finding.address for finding in found if "asks who someone is" in finding.what] == ["work.papers"]


@pytest.mark.parametrize("line", ['input = "text"', 'prompt = "name"', "free = true", "request_contact = true"])
def test_a_step_that_takes_writing_cannot_be_said(line: str, tmp_path: Path) -> None:
    """There is no key for it: a flow that tries is refused."""
    small.write(tmp_path, "work.toml", f'ask = "{ASKED}"', f'ask = "{ASKED}"\n{line}')

    assert any(f'unknown key "{line.split()[0]}"' in finding.what for finding in gather([tmp_path])[1])


def test_no_question_that_ships_asks_for_it(library: Library) -> None:
    """Every flow and card as shipped passes the same check."""
    assert [finding for finding in check_library(library) if "asks who someone is" in finding.what] == []


def test_every_question_is_answered_by_buttons(engine: Engine, screens: list[Session]) -> None:
    """No screen waits for words, pictures or a place."""
    steps = [seen(engine, session) for session in screens]

    assert sum(one.kind == "step" for one in steps) > 100
    assert [one.session for one in steps if one.kind == "step" and not one.choices] == []


# -- buttons ---------------------------------------------------------------------------------------------------------


def test_no_button_asks_for_a_number_or_a_place(content: Content, engine: Engine, screens: list[Session]) -> None:
    """On every screen a button carries a label and what leads on, and nothing by which Telegram hands over more."""
    offers = Offers(content.languages, content.catalogues, content.library)
    speaker = Speaker(offers, content.directory, lambda: START.date())
    kinds = set()
    for session in screens:
        for flags in (Flag.NONE, Flag.HELP):
            reply = speaker.speak(seen(engine, session.at(on=flags)), lambda _: "." * 64)
            markup = keyboard(reply, 1)
            assert set(markup) == {"inline_keyboard"}
            kinds |= {tuple(sorted(button)) for row in markup["inline_keyboard"] for button in row}

    assert kinds == {("callback_data", "text")}


# -- what is sent all the same ---------------------------------------------------------------------------------------


def test_what_is_sent_is_removed_unread(tmp_path: Path) -> None:
    """It is gone from the chat, the question stands under the fixed card, and nothing of it is in a call or the log."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        for content in (*SENT.values(), *THINGS.values()):
            message = stage.api.store.add(person.chat, content, sender=person.shape())
            stage.api.inbox.put("message", message.shape(), f"chat {person.chat_id}")
            await stage.settle()
            assert screen(person).startswith(CARD)
            assert screen(person).endswith(FIRST_QUESTION)
            stage.its.advance(60)
        said = str([call.params for call in stage.calls()]) + stage.out.getvalue()
        assert not [mark for mark in (MARKER, "7731000000", "7.31", "73.1") if mark in said]

    play(tmp_path, act)


def test_no_way_in_takes_what_a_person_writes() -> None:
    """A talk is given what a button carried or a command's name; typed text has no way in at all."""
    ways = {
        name: list(inspect.signature(getattr(Talk, name)).parameters)[1:]
        for name in ("turn", "command", "notice")
    }  # fmt: skip

    assert ways == {
        "turn": ["data", "place", "beside", "hint"],
        "command": ["name", "place", "beside", "hint"],
        "notice": ["place", "beside", "hint"],
    }
