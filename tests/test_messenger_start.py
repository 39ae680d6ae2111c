"""Starting: an unknown place refused, the profile set, and help that does not depend on the rest of the house."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from botscene import FIRST_QUESTION, Scene, play, scene, screen

from bot.config import Config
from bot.errors import WaymarkError
from bot.house import read_content
from bot.simulator.botapi import BotApi
from bot.talk import COMMANDS, Talk
from bot.texts.offer import Offers


@pytest.mark.parametrize("settings", [{"country": "ZZ"}, {"region": "US-ZZ"}])
def test_a_place_nobody_knows_is_refused_at_start(settings: dict[str, str], tmp_path: Path) -> None:
    """A country or region without contacts would leave people without help: the bot says so and does not start."""

    async def run() -> None:
        async with scene(tmp_path, await_start=False, **settings) as stage:
            assert stage.running is not None
            await asyncio.wait({stage.running}, timeout=10)
            with pytest.raises(WaymarkError, match=r"WAYMARK_(COUNTRY|REGION): "):
                stage.running.result()

    asyncio.run(run())


def test_the_profile_is_set_in_every_language_offered(tmp_path: Path) -> None:
    """Commands and neutral descriptions are there for every menu language; a second start sets nothing again."""
    api = BotApi()
    content = read_content(Config())
    offered = Offers(content.languages, content.catalogues, content.library).offered()

    async def act(stage: Scene) -> None:
        menus = {"" if one.tag == "en" else one.menu for one in offered if one.menu}
        await stage.until(lambda: len(stage.calls("setMyShortDescription", "getMyShortDescription")) >= 2 * len(menus))
        for code in menus:
            assert [one["command"] for one in api.profile.commands(1, code)] == list(COMMANDS)
            assert api.profile.text("description", code)
            assert api.profile.text("short_description", code)

    async def again(stage: Scene) -> None:
        before = len(stage.calls("setMyCommands", "setMyDescription", "setMyShortDescription"))
        await stage.until(lambda: len(stage.calls("getMyShortDescription")) >= 2 * before / 3)
        assert len(stage.calls("setMyCommands", "setMyDescription", "setMyShortDescription")) == before

    play(tmp_path, act, api)
    play(tmp_path, again, api)


def test_a_webhook_left_behind_is_taken_away(tmp_path: Path) -> None:
    """Polling would get nothing while one is set; what waits is kept."""
    api = BotApi()
    api.inbox.webhook.url = "https://elsewhere.example/hook"
    person = api.user()
    person.send("/start")

    async def act(stage: Scene) -> None:
        await stage.settle()
        assert api.inbox.webhook.url == ""
        assert screen(person) == "Choose your language."

    play(tmp_path, act, api)


def test_a_broken_screen_does_not_take_help_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should a screen not come about, the person gets the start or help as somebody new, and the log a bare line."""
    turn = Talk.turn

    def breaking(self: Talk, data: str, place: Any, beside: Any = (), hint: str | None = None) -> Any:
        if len(data) == 64 or beside:
            raise KeyError("the words Zorblax could not be found")
        return turn(self, data, place, beside, hint)

    async def act(stage: Scene) -> None:
        person = await stage.begin()
        monkeypatch.setattr(Talk, "turn", breaking)
        await stage.tap(person, "Someone may look")
        assert FIRST_QUESTION not in screen(person)
        await stage.tap(person, "Get help now")
        assert "1-888-373-7888" in screen(person)
        await stage.tap(person, "Leave now")
        assert person.messages() == []
        failed = [line for line in stage.lines() if line["ev"] == "update_failed"]
        assert [(line["lvl"], line["code"]) for line in failed] == [("error", "KeyError")]
        assert "Zorblax" not in stage.out.getvalue()

    play(tmp_path, act)
