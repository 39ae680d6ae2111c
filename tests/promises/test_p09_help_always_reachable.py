"""Fast and always reachable help: within two taps of every screen, whatever else is broken."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from botscene import Scene, play, screen
from sizes import FULL, Report
from stage import Phone, Place, open_talk

from bot.engine.engine import Engine
from bot.engine.session import Session
from bot.house import Content
from bot.simulator.people import Person
from bot.texts.offer import Offers

HOTLINE = "1-888-373-7888"


def digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def test_help_is_one_tap_from_every_screen_in_every_language(
    content: Content, engine: Engine, screens: list[Session], progress: Report
) -> None:
    """Every state of every flow, in every language on offer: a button for help, and what it leads to holds the number
    of the country's hotline. (At the small size each language sees every twentieth state.)"""
    offers = Offers(content.languages, content.catalogues, content.library)
    talk, step = open_talk(content), 1 if FULL else 20 * 7
    languages = offers.offered()
    for number, language in enumerate(languages):
        for session in screens[number % step :: step]:
            phone = Phone(talk, Place(7, 5, 5))
            phone.press(talk.seal.seal(replace(session, locale=language.number, country=0), phone.place))
            if phone.reply.leave:
                continue
            assert "h" in phone.beside, (language.tag, session)
            assert "x" in phone.beside, (language.tag, session)
            phone.press("h")
            assert phone.beside.count("x") == 1
        phone = Phone(talk, Place(7, 5, 5), language.tag)
        phone.send("help")
        assert digits(HOTLINE) in digits(phone.reply.text), language.tag
        progress(number + 1, len(languages))


def lose_keys(stage: Scene, folder: Path) -> None:
    for path in (folder / "keys").iterdir():
        path.write_bytes(b"broken")


def lose_data(stage: Scene, folder: Path) -> None:
    for path in (folder / "data").iterdir():
        path.write_bytes(b"broken" * 1000)


@pytest.mark.parametrize("loss", [lose_keys, lose_data], ids=["keys", "database"])
def test_help_language_and_leave_survive_a_loss(loss: Callable[[Scene, Path], None], tmp_path: Path) -> None:
    """With keys or database ruined under a running bot, help shows numbers, languages are listed and Leave empties."""
    (tmp_path / "data").mkdir()

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        loss(stage, tmp_path)
        await all_works(stage, person)

    play(tmp_path, act, data=tmp_path / "data")


async def all_works(stage: Scene, person: Person) -> None:
    await stage.tap(person, "Get help now")
    assert digits(HOTLINE) in digits(person.messages()[0].text)
    await stage.tap(person, "Language")
    assert "Español" in [button.label for button in person.messages()[0].buttons]
    await stage.tap(person, "Leave now")
    assert person.messages() == []


def nothing(*_: object) -> None:
    return None


def failing(*_: object) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("broken", [nothing, failing])
def test_help_language_and_leave_survive_without_flows(
    broken: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should no screen of any flow come about any more, the typed and tapped ways to help, languages and out remain."""

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        monkeypatch.setattr(Engine, "locate", broken)
        await stage.send(person, "/help")
        assert digits(HOTLINE) in digits(screen(person))
        await all_works(stage, person)

    play(tmp_path, act)


@pytest.mark.skipif(not FULL, reason="measured at full size only: a busy machine is no fault of the bot")
def test_twenty_updates_a_second_are_answered_within_a_second(tmp_path: Path) -> None:
    """The 95th of a hundred replies comes within one second, the 99th within three, at twenty updates a second."""
    taken: list[float] = []

    async def act(stage: Scene) -> None:
        people = [await stage.begin() for _ in range(40)]
        for number in range(600):
            person, before = people[number % 40], time.monotonic()
            version = person.chat.version
            person.press("h" if number // 40 % 2 else "l", person.messages()[0].message_id)

            async def seen(person: Person = person, version: int = version, before: float = before) -> None:
                while person.chat.version == version:
                    await asyncio.sleep(0.002)
                taken.append(time.monotonic() - before)

            tasks.append(asyncio.create_task(seen()))
            stage.its.advance(0.05)
            await asyncio.sleep(max(0.0, 0.05 - (time.monotonic() - before)))
        await asyncio.wait(tasks, timeout=30)

    tasks: list[asyncio.Task[None]] = []
    play(tmp_path, act)
    cuts = statistics.quantiles(taken, n=100)
    assert len(taken) == 600
    assert cuts[94] < 1.0
    assert cuts[98] < 3.0
