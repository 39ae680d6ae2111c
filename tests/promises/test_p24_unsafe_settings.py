"""P24: Refuses unsafe bot settings: a bot that could expose people does not start, and says what to change."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from botprocess import PATIENCE_SECONDS, bot_process
from botscene import scene

from bot.errors import WaymarkError
from bot.simulator.botapi import BotApi

# What getMe tells of a bot, and must not be on.
POWERS = (
    "can_join_groups", "can_read_all_group_messages", "supports_inline_queries", "supports_guest_queries",
    "can_connect_to_business", "has_main_web_app", "can_manage_bots", "has_topics_enabled",
    "supports_join_request_queries",
)  # fmt: skip


def start(folder: Path, **powers: bool) -> BotApi:
    """Start a bot with these powers and stop it again. Raises what it refused to start with."""
    api = BotApi(powers=powers)

    async def run() -> None:
        async with scene(folder, api, await_start=False) as stage:
            await stage.until(lambda: "start" in stage.events())

    asyncio.run(run())
    return api


@pytest.mark.parametrize("power", POWERS)
def test_each_unsafe_setting_is_refused(power: str, tmp_path: Path) -> None:
    """The bot ends with a sentence that says where to switch it off, and does not run."""
    with pytest.raises(WaymarkError, match=r"^bot settings: the bot .+\. In @BotFather: .+\.$"):
        start(tmp_path, **{power: True})


def test_all_unsafe_settings_are_named_together(tmp_path: Path) -> None:
    """Two wrong settings are told in one sentence."""
    with pytest.raises(WaymarkError, match=r"groups; answers inline queries"):
        start(tmp_path, can_join_groups=True, supports_inline_queries=True)


def test_safe_settings_start(tmp_path: Path) -> None:
    """The yardstick: with all of these off, and what BotFather gives everybody, the bot runs."""
    api = start(tmp_path, **dict.fromkeys(POWERS, False))

    assert any(call.method == "getMe" for call in api.calls)


def test_as_the_operator_sees_it(tmp_path: Path) -> None:
    """Exit code 2 and one line with what to do, no trace; no update was asked for, and no menu set."""
    api = BotApi(powers={"can_join_groups": True})
    with bot_process(tmp_path, api) as process:
        assert process.launch().wait(PATIENCE_SECONDS) == 2
        said = process.output()
    assert said.endswith(
        "bot settings: the bot lets anyone add it to groups. In @BotFather: Bot Settings, Allow Groups, off.\n"
    )
    assert "Traceback" not in said
    assert {call.method for call in api.calls} == {"getMe", "deleteWebhook"}
