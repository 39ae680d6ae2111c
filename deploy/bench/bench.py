"""What a tap costs: the product against a bare floor and against other foundations, on the same walk.

    python deploy/bench/bench.py [--quick]

The last line is one JSON object. Processor time a tap is the figure, of the bot's whole tree of processes, while the
load never waits for itself; ratios come from rounds in which all take turns.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
from chart import draw
from contestants import Contestant, floor, others, running, waymark
from environments import node_folder, python_of
from walk import screens_of_walk

DEPTH = 100
DELAY_S, RATE = 0.05, 100
CHART = Path(__file__).resolve().parent / "chart.svg"

Figures = dict[str, list[float]]


def say(line: str) -> None:
    click.echo(line, err=True)


def rounds(crowd: list[Contestant], count: int, seconds: float) -> Figures:
    """Microseconds a tap of each, round by round; all take turns within a round."""
    figures: Figures = {one.name: [] for one in crowd}
    for one in crowd:
        one.ask(do="start", chats=one.chats, depth=50)
        one.ask(do="run", seconds=1, depth=DEPTH)  # what is done once is done
    for number in range(count):
        for one in crowd:
            result = one.measure(seconds=seconds, depth=DEPTH)
            if result["lost"] or result["bad"]:
                raise SystemExit(f"bench: {one.name} left {result['lost']} taps unanswered, {result['bad']} refused.")
            figures[one.name].append(result["cpu_us"])
            rate = result["taps"] / result["seconds"]
            say(f"round {number + 1}: {one.name:18} {result['cpu_us']:8.0f} us a tap, {rate:6.0f} taps/s")
    return figures


def ratio(figures: Figures, above: str, below: str) -> dict[str, float] | None:
    """How many times one costs what another does: median, least and most of the rounds."""
    if not figures.get(above) or not figures.get(below):
        return None
    each = [a / b for a, b in zip(figures[above], figures[below], strict=True)]
    return {"median": round(statistics.median(each), 3), "min": round(min(each), 3), "max": round(max(each), 3)}


def waits(crowd: list[Contestant], seconds: float) -> dict[str, dict[str, float]]:
    """How long a person waits at a fixed rate, with a Bot API that takes its time for each call."""
    found = {}
    for one in crowd:
        result = one.measure(seconds=seconds, rate=RATE, delay=DELAY_S)
        found[one.name] = {key: result[key] for key in ("p50_ms", "p99_ms", "lost")}
        say(f"{RATE} taps/s, {DELAY_S * 1000:.0f} ms a call: {one.name:18} {found[one.name]}")
    return found


def memory(one: Contestant, steps: list[int]) -> dict[str, float]:
    """Megabytes with so many conversations open."""
    found, there = {"0": round(one.rss_mb(), 1)}, 0
    for total in steps:
        one.ask(do="start", chats=total - there, depth=DEPTH, keep=False)
        there, found[str(total)] = total, round(one.rss_mb(), 1)
        say(f"memory: {one.name} {found[str(total)]} MB with {total:,} conversations opened")
    return found


def growth(found: dict[str, float]) -> float:
    """Megabytes more for each 10,000 conversations, once what is bounded has filled."""
    counts = sorted(int(count) for count in found if count != "0")
    first, last = counts[0], counts[-1]
    return round((found[str(last)] - found[str(first)]) / ((last - first) / 10_000), 2)


def lone(mode: str, folder: Path, name: str) -> Contestant:
    return waymark(mode, folder / name)


@click.command(epilog="Example: python deploy/bench/bench.py --quick")
@click.option("--quick", is_flag=True, help="Fewer and shorter rounds, under three minutes.")
@click.option("--draw", "chart", is_flag=True, help="Write deploy/bench/chart.svg.")
def main(quick: bool, chart: bool) -> None:
    """Measure, tell on the way, and print one JSON object."""
    count, seconds = (3, 3.0) if quick else (7, 8.0)
    with tempfile.TemporaryDirectory(prefix="waymark-bench-") as name:
        folder = Path(name)
        screens = folder / "screens.json"
        screens.write_text(json.dumps(screens_of_walk()))
        ours = [lone("polling", folder, "polling"), lone("webhook", folder, "webhook")]
        crowd = [floor("polling"), floor("webhook"), *ours]
        crowd += others(python_of(folder, say), node_folder(folder, say), screens)
        with running(*crowd):
            figures = rounds(crowd, count, seconds)
            patient = waits(ours if quick else crowd, 5.0 if quick else 10.0)
        starts, remembered = [], {}
        for number in range(3):
            one = lone("polling", folder, f"alone{number}")
            with running(one):
                starts.append(one.start_s)
                if number == 2:
                    remembered = memory(one, [10_000, 20_000] if quick else [10_000, 50_000, 100_000])
    report = summary(figures, patient, remembered, starts)
    if chart:
        CHART.write_text(draw(figures), encoding="utf-8")
    click.echo(json.dumps(report))
    sys.exit(0)


def summary(figures: Figures, patient: Any, remembered: dict[str, float], starts: list[float]) -> dict[str, Any]:
    """All figures; the floor is compared in both modes, and the worse of the two is the figure."""
    against = {name: ratio(figures, name, "waymark_polling") for name in figures if not name.startswith("waymark")}
    floors = {mode: ratio(figures, f"floor_{mode}", f"waymark_{mode}") for mode in ("polling", "webhook")}
    worst = min((one for one in floors.values() if one), key=lambda one: one["median"])
    return {
        "vs_ptb_conversation": _median(against.get("ptb_conversation")),
        "vs_aiogram_dialog": _median(against.get("aiogram_dialog")),
        "vs_grammy": _median(against.get("grammy")),
        "vs_floor": worst["median"],
        "rss_growth_per_10k": growth(remembered),
        "start_s": round(statistics.median(starts), 2),
        "ratios": against | {f"floor_{mode}": one for mode, one in floors.items()},
        "cpu_us": {name: round(statistics.median(each)) for name, each in figures.items()},
        "waits": patient,
        "rss_mb": remembered,
    }


def _median(found: dict[str, float] | None) -> float | None:
    return found["median"] if found else None


if __name__ == "__main__":
    main()
