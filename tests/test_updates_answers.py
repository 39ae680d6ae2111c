"""Whatever Telegram answers to a poll: a pause, a bare line, and on with it, or a sentence for the operator."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from botloop import Answer, Stage, perform, stumbling

from bot.errors import WaymarkError
from bot.messenger.incoming import KINDS
from bot.messenger.updates import PAUSE_SECONDS
from bot.simulator.botapi import LOCAL_TOKEN


def refusal(status: int, **more: Any) -> tuple[int, bytes]:
    return status, json.dumps({"ok": False, "error_code": status, "description": "Zorblax", **more}).encode()


@pytest.mark.parametrize(
    ("answer", "wait", "event"),
    [
        (refusal(409), PAUSE_SECONDS, "api_conflict"),
        (refusal(429, parameters={"retry_after": 17}), 17, "api_limited"),
        (refusal(429), PAUSE_SECONDS, "api_limited"),
        (refusal(400), PAUSE_SECONDS, "api_refused"),
        (refusal(502), PAUSE_SECONDS, "api_refused"),
        ((502, b"<html>Bad Gateway Zorblax</html>"), PAUSE_SECONDS, "api_unreachable"),
        ((200, b"[1, 2]"), PAUSE_SECONDS, "api_refused"),
        ((200, b'{"ok": true, "result": 5}'), PAUSE_SECONDS, "api_refused"),
        ((200, b"\xff\xfe"), PAUSE_SECONDS, "api_unreachable"),
        ((200, b"[" * 100_000), PAUSE_SECONDS, "api_unreachable"),
        (OSError("Zorblax"), PAUSE_SECONDS, "api_unreachable"),
        (RuntimeError("Zorblax"), PAUSE_SECONDS, "api_unreachable"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_after_a_refusal_there_is_a_pause_before_the_next_call(answer: Answer, wait: float, event: str) -> None:
    """Ten refusals make ten calls with at least three seconds between any two, one log line, and then it goes on."""

    async def run() -> None:
        stage = stumbling(answer, 10)
        polling = asyncio.create_task(stage.poller.run())
        for number in range(1, 11):
            await stage.until(lambda number=number: len(stage.its.asked) == number)  # type: ignore[misc]
            assert len(stage.wire.polls) == number
            stage.its.advance(wait - 0.01)
            await asyncio.sleep(0.002)
            assert len(stage.wire.polls) == number
            stage.its.advance(0.02)
        stage.api.user().send("at last")
        await stage.until(lambda: stage.ended == ["at last"])
        assert stage.its.asked[:10] == [wait] * 10
        assert stage.events() == [event]
        assert "Zorblax" not in stage.out.getvalue()
        await stage.poller.stop(1)
        await polling

    asyncio.run(run())


def test_stopping_does_not_wait_for_a_pause() -> None:
    """A bot told to stop while Telegram wants to be left alone stops at once."""

    async def run() -> None:
        stage = stumbling(refusal(429, parameters={"retry_after": 3_600}))
        polling = asyncio.create_task(stage.poller.run())
        await stage.until(lambda: stage.its.asked == [3_600])
        await stage.poller.stop(1)
        await asyncio.wait_for(polling, 5)

    asyncio.run(run())


@pytest.mark.parametrize("status", [401, 404])
def test_a_refused_token_ends_the_loop_with_a_sentence(status: int) -> None:
    """The operator is told what to do; the token is not in it."""

    async def run() -> None:
        stage = stumbling(refusal(status))
        with pytest.raises(WaymarkError, match=r"^WAYMARK_TOKEN_FILE: .+ Put the current one in it\.$") as caught:
            await stage.poller.run()
        assert LOCAL_TOKEN not in repr(caught.value)
        assert stage.events() == ["token_refused"]

    asyncio.run(run())


def test_every_call_says_which_kinds_it_wants() -> None:
    """An omitted list would keep what an earlier program asked for."""

    async def act(stage: Stage) -> None:
        stage.api.user().send("x")
        await stage.until(lambda: stage.api.is_drained)
        assert stage.api.inbox.kinds == KINDS
        assert all("allowed_updates=%5B%22message%22%2C%22callback_query%22%2C" in url for url in stage.wire.polls)

    perform(act)
