"""The simulation of crowds: the same at every run, true to the bot's own line for calls and to the bench."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from test_lane import Loop, perform

from bot.messenger.lane import Lane

BENCH = Path(__file__).parents[1] / "deploy" / "bench"


@pytest.fixture(scope="module")
def simulate() -> ModuleType:
    sys.path.insert(0, str(BENCH))
    try:
        import simulate
    finally:
        sys.path.remove(str(BENCH))
    return simulate


def test_the_line_is_the_bot_s_own(simulate: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same taps, driven through the real line for calls, go out at the same moments, to a hundredth of a second."""
    rate = 5
    made = list(simulate.arrivals(6.0, seed=7, count=60))
    went: dict[int, float] = {}

    async def act() -> None:
        time, lane = Loop(monkeypatch), Lane(rate)
        began = time.now

        async def tap(number: int) -> None:
            async def go() -> bool:
                went[number] = time.now - began
                return True

            await lane.process_request(go, (), {}, "editMessageText", {}, None)

        tasks: list[asyncio.Task[None]] = []
        while len(went) < len(made):
            while len(tasks) < len(made) and made[len(tasks)] <= time.now - began:
                tasks.append(asyncio.create_task(tap(len(tasks))))
            await time.forward(0.01)
        await lane.shutdown()

    perform(act)
    expected = list(simulate.turns(made, rate))

    assert max(expected) > made[-1]
    assert [n for n in range(len(made)) if abs(went[n] - expected[n]) > 0.045] == []


def test_more_people_never_wait_less(simulate: ModuleType) -> None:
    """As crowds grow, no figure of what they need goes down, and the same crowd gives the same row."""
    rows = [simulate.row(people, simulate.Setting()) for people in simulate.PEOPLE]

    for name in ("taps_per_second", "open_talks", "bots", "server_memory_mb", "lost"):
        values = [getattr(one, name) for one in rows]
        assert values == sorted(values), name
    assert rows == [simulate.row(people, simulate.Setting()) for people in simulate.PEOPLE]


def test_what_gives_way_first_is_named(simulate: ModuleType) -> None:
    """Telegram's limit, a slow program, a slow Telegram: each shows where it is the tightest."""
    its = simulate.Setting()
    crowd = 1_000_000

    assert simulate.row(500, its).first == "nothing"
    assert simulate.row(crowd, its).first == "Telegram's calls"
    assert simulate.row(crowd, replace(its, calls_per_second=1e5, cpu_us=50_000)).first == "one core"
    assert simulate.row(crowd, replace(its, calls_per_second=1e5, api_ms=5_000)).first == "webhook connections"


def test_a_bot_past_its_limit_loses_what_dies_waiting(simulate: ModuleType) -> None:
    """At twice the limit half the taps cannot be answered, once the line is longer than Telegram keeps a tap."""
    its = simulate.Setting()

    assert simulate.lost(its.calls_per_second, its) == 0
    assert 0.4 < simulate.lost(2 * its.calls_per_second, its) < 0.5


def test_the_bench_s_figures_are_taken_and_compared(tmp_path: Path) -> None:
    """With the bench's JSON its costs are used, and its measured wait stands beside the simulated one."""
    report = {
        "cpu_us": {"waymark_webhook": 900}, "rss_mb": {"0": 70.6}, "rss_growth_per_10k": 1.3,
        "waits": {"waymark_webhook": {"p50_ms": 59.7}},
    }  # fmt: skip
    (tmp_path / "bench.json").write_text("round 1\n" + json.dumps(report) + "\n")
    command = [sys.executable, BENCH / "simulate.py", "--bench", tmp_path / "bench.json", "--people", "1000", "--json"]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert (said["setting"]["cpu_us"], said["setting"]["mb"], said["setting"]["kb_per_chat"]) == (900, 70.6, 0.13)
    assert [one["people"] for one in said["rows"]] == [1000]
    assert said["simulated_p50_ms"] == pytest.approx(said["measured_p50_ms"], rel=0.25)
