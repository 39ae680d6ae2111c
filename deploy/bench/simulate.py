"""How large a crowd can be answered: what gives way first, what machines it takes, and how long a person waits.

    python deploy/bench/simulate.py [--people 5000 --people 10000000] [--bench bench.json] [--json]

Averages decide what gives way; the wait comes from a simulation of the line for calls to Telegram, tap by tap, which
is the same at every run with the same seed. Figures per tap are those of the bench where its JSON is given.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import click

DAY, HOUR = 86_400, 3_600
TAP_LIVES_SECONDS = 150.0  # Telegram keeps a tap no longer
COUNTED_PER_TALK = 2  # the conversation and the person
MARK_BYTES, CHAT_BYTES, EMPTY_SERVER_MB = 90, 400, 2  # on the shared server
SIMULATED_TAPS = 20_000
BENCH_TAPS, BENCH_API_MS = 100.0, 50.0  # at which the bench measures waits
PEOPLE = (500, 5_000, 50_000, 500_000, 1_000_000, 10_000_000)


@dataclass(frozen=True, slots=True)
class Setting:
    """taps: of one talk. minutes: it lasts. peak: share of a day's people who come in its busiest hour.

    calls_per_second: Telegram lets one bot make. api_ms: it takes for a call. cpu_us: of a tap, of one core. turn_us:
    of a tap more, where replicas share a server. connections: Telegram opens. core: share of a core to be used at most.
    languages: spoken. mb, mb_per_language, kb_per_chat: of memory. server_us: of the shared server for a tap.
    """

    taps: int = 20
    minutes: float = 6.0
    peak: float = 0.12
    calls_per_second: float = 25.0
    api_ms: float = 50.0
    cpu_us: float = 600.0
    turn_us: float = 250.0
    connections: int = 100
    core: float = 0.7
    languages: int = 12
    mb: float = 110.0
    mb_per_language: float = 2.5
    kb_per_chat: float = 0.6
    server_us: float = 25.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """What a crowd needs.

    first: what gives way first with one bot and one process. bots: over which people are spread so that Telegram's
    limit holds. replicas, memory_mb: of each bot. server_memory_mb: of all shared servers together. wait_p50_s,
    wait_p99_s: until a tap is answered in the busiest hour, so spread. lost: share of taps that die with one bot.
    """

    people: int
    taps_per_second: float
    open_talks: int
    first: str
    bots: int
    replicas: int
    memory_mb: int
    server_memory_mb: int
    wait_p50_s: float
    wait_p99_s: float
    lost: float


def row(people: int, its: Setting) -> Row:
    """What so many people a day need."""
    taps = people * its.peak / HOUR * its.taps
    open_talks = math.ceil(people * its.peak / HOUR * its.minutes * 60)
    load = {
        "Telegram's calls": taps / its.calls_per_second,
        "one core": taps * its.cpu_us / 1e6 / its.core,
        "webhook connections": taps * its.api_ms / 1e3 / its.connections,
        "the shared server": taps * its.server_us / 1e6 / its.core,
    }
    first = max(load, key=lambda name: load[name])
    bots = math.ceil(load["Telegram's calls"] / 0.9)  # with nothing to spare a line never gets shorter
    share = taps / bots
    cores = share * (its.cpu_us + its.turn_us) / 1e6 / its.core
    replicas = max(1, math.ceil(cores))
    waits = line(share, its)
    marks = people * COUNTED_PER_TALK * MARK_BYTES
    memory = its.mb + its.languages * its.mb_per_language
    return Row(
        people,
        round(taps, 2),
        open_talks,
        first if load[first] > 0.9 else "nothing",
        bots,
        replicas,
        round(replicas * memory + open_talks / bots * its.kb_per_chat / 1e3),
        math.ceil((marks + open_talks * CHAT_BYTES) / 1e6) + EMPTY_SERVER_MB,
        round(waits[len(waits) // 2], 3),
        round(waits[int(len(waits) * 0.99)], 3),
        round(lost(taps, its), 3),
    )


def line(taps_per_second: float, its: Setting) -> list[float]:
    """Seconds each tap of one bot waits, shortest first."""
    made = list(arrivals(taps_per_second, its.seed))
    answered = its.api_ms / 1e3 + its.cpu_us / 1e6
    return sorted(turn - at + answered for at, turn in zip(made, turns(made, its.calls_per_second), strict=True))


def arrivals(taps_per_second: float, seed: int, count: int = SIMULATED_TAPS) -> Iterator[float]:
    """Moments of taps: people tap when they like."""
    chance, now = Random(seed), 0.0
    for _ in range(count):
        now += chance.expovariate(taps_per_second)
        yield now


def turns(made: Iterable[float], calls_per_second: float) -> Iterator[float]:
    """When each call may go, as the bot's own line for calls has it: a second's worth at once, then one by one."""
    left, at = calls_per_second, 0.0
    for now in made:
        turn = max(now, at)  # the one before goes first
        left = min(calls_per_second, left + (turn - at) * calls_per_second)
        if left < 1:
            turn, left = turn + (1 - left) / calls_per_second, 1.0
        left, at = left - 1, turn
        yield turn


def check(report: dict[str, Any], its: Setting) -> dict[str, float]:
    """The median wait that the bench measured at its fixed rate, and the one simulated for it, in milliseconds."""
    alike = replace(its, calls_per_second=1e6, api_ms=BENCH_API_MS)
    simulated = line(BENCH_TAPS, alike)[SIMULATED_TAPS // 2] * 1e3
    return {"measured_p50_ms": report["waits"]["waymark_webhook"]["p50_ms"], "simulated_p50_ms": round(simulated, 1)}


def lost(taps_per_second: float, its: Setting) -> float:
    """The share of taps in a busiest hour that wait longer than Telegram keeps them, with a single bot."""
    excess = taps_per_second / its.calls_per_second - 1
    if excess <= 0:
        return 0.0
    full_after = TAP_LIVES_SECONDS / excess  # from then on only as many live as are answered
    return max(0.0, (1 - full_after / HOUR) * (1 - its.calls_per_second / taps_per_second))


def setting(report: dict[str, Any] | None, given: dict[str, Any]) -> Setting:
    """What was given, over what the bench measured, over what is assumed."""
    if report is None:
        return Setting(**given)
    measured = {"cpu_us": report["cpu_us"]["waymark_webhook"], "mb": report["rss_mb"]["0"]}
    measured["kb_per_chat"] = max(0.0, report["rss_growth_per_10k"]) / 10
    return Setting(**measured | given)


def table(rows: list[Row]) -> Iterator[str]:
    """The rows for people."""
    yield f"{'people/day':>11} {'taps/s':>8} {'talks':>7} {'gives way first':>17} {'bots':>5} {'replicas':>8} {'MB':>7} {'server MB':>9} {'p50 s':>6} {'p99 s':>6} {'lost':>5}"  # noqa: E501
    for one in rows:
        yield (
            f"{one.people:>11,} {one.taps_per_second:>8,.1f} {one.open_talks:>7,} {one.first:>17} {one.bots:>5} "
            f"{one.replicas:>8} {one.memory_mb:>7,} {one.server_memory_mb:>9,} {one.wait_p50_s:>6.2f} "
            f"{one.wait_p99_s:>6.2f} {one.lost:>5.0%}"
        )


@click.command(epilog="Example: python deploy/bench/simulate.py --people 20000 --taps 25 --calls-per-second 25")
@click.option("--people", multiple=True, type=click.IntRange(1), help="A day; may be repeated.")
@click.option("--taps", type=click.IntRange(1), help="Of one talk.")
@click.option("--minutes", type=float, help="A talk lasts.")
@click.option("--peak", type=click.FloatRange(0.042, 1.0), help="Share of the people who come in the busiest hour.")
@click.option("--languages", type=click.IntRange(1), help="Spoken.")
@click.option("--calls-per-second", type=click.FloatRange(1.0), help="Telegram lets one bot make.")
@click.option("--api-ms", type=click.FloatRange(0.0), help="Telegram takes for a call.")
@click.option("--bench", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="What the bench printed.")
@click.option("--seed", type=int, help="Of the simulation.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(people: tuple[int, ...], bench: Path | None, as_json: bool, **given: Any) -> None:
    """What gives way first, what it takes and how long people wait, for crowds up to ten million a day."""
    report = json.loads(bench.read_text().strip().splitlines()[-1]) if bench is not None else None
    its = setting(report, {name: value for name, value in given.items() if value is not None})
    rows = [row(number, its) for number in people or PEOPLE]
    checked = check(report, its) if report is not None else {}
    if as_json:
        click.echo(json.dumps({"setting": asdict(its), "rows": [asdict(one) for one in rows]} | checked))
        return
    for text in table(rows):
        click.echo(text)
    if checked:
        click.echo(", ".join(f"{name}: {value}" for name, value in checked.items()))


if __name__ == "__main__":
    main()
