"""P20: One instance: a second start ends with its own code, and a stranger with our token makes no storm of calls."""

from __future__ import annotations

import asyncio
from pathlib import Path

from botloop import Stage
from botscene import FIRST_QUESTION, screen
from faults import Bench, Nursery, bench, tap

from bot.counts.guard import ALREADY_RUNNING
from bot.messenger.updates import PAUSE_SECONDS

MINUTES = 3


def second(one: Bench, **env: str) -> int:
    """One more bot beside the one that runs; its exit code."""
    return int(one.nursery.ask(wait=one.launch(env=env), block=True))


def serves(one: Bench) -> bool:
    """Whether the bot that was there first answers somebody."""
    person = one.api.user()
    person.send("/start")
    one.settle()
    tap(one, person, "English", "Go on")
    return screen(person) == FIRST_QUESTION


def test_a_second_one_does_not_start(nursery: Nursery, tmp_path: Path) -> None:
    """It says so, exits with 75 before it calls anybody, and the first goes on serving."""
    with bench(nursery, tmp_path) as one:
        one.start()
        one.settle()
        before = sum(call.method != "getUpdates" for call in one.api.calls)
        assert second(one) == ALREADY_RUNNING == 75
        assert "waymark run: this bot is already running here. Stop the other one first.\n" in one.output()
        assert sum(call.method != "getUpdates" for call in one.api.calls) == before
        assert serves(one)


def test_two_do_not_write_one_count_file(nursery: Nursery, tmp_path: Path) -> None:
    """Also where the second has keys of its own: the file has one writer."""
    (tmp_path / "other").mkdir(mode=0o700)
    with bench(nursery, tmp_path) as one:
        one.start()
        assert second(one, WAYMARK_KEYS=str(tmp_path / "other")) == ALREADY_RUNNING
        assert serves(one)


def test_when_the_first_is_gone_the_next_may_start(nursery: Nursery, tmp_path: Path) -> None:
    """Also after kill -9: no lock is left behind."""
    with bench(nursery, tmp_path) as one:
        one.start()
        one.send(9)
        one.start()
        assert serves(one)


def test_with_a_stranger_on_the_line_there_is_a_pause(tmp_path: Path) -> None:
    """Two machines ask for one bot's updates: each backs off and says so once, with a call in three seconds at most."""

    async def run() -> None:
        stages = [Stage(), Stage()]
        stages[1].api = stages[1].wire.api = stages[0].api
        polling = [asyncio.create_task(stage.poller.run()) for stage in stages]
        for _ in range(MINUTES * 60):
            for stage in stages:
                stage.its.advance(1)
            await asyncio.sleep(0.003)
        for stage in stages:
            assert len(stage.wire.polls) <= MINUTES * 60 / PAUSE_SECONDS + 1
            assert len(stage.wire.polls) > 1
        assert [stage.events() for stage in stages] == [["api_conflict"]] * 2
        await stages[1].poller.stop(1)
        stages[0].api.user().send("at last")
        await stages[0].until(lambda: stages[0].ended + stages[1].ended == ["at last"], 1)
        await stages[0].poller.stop(1)
        await asyncio.gather(*polling)

    asyncio.run(run())
