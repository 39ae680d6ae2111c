"""How long a tap takes to find its place: a talk of 17 questions, alone and among 10,000 others that are remembered.

    .venv/bin/python deploy/bench/replay.py --json

whole: every answer is replayed, as after a restart. last: all but the last answer are remembered, as in a running talk.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import click

from bot.config import Config
from bot.engine.engine import Engine
from bot.engine.session import Flag, Session
from bot.house import read_content

FLOW, QUESTIONS = "guided_full", 17
TALKS = 300
OTHERS = (0, 10_000)
STRIDE = 0x9E3779B97F4A7C15  # spreads whole numbers evenly, the same on every run
MICROSECONDS = 1_000_000


def talks(engine: Engine, first: int) -> Iterator[Session]:
    """Endless different talks of all 17 questions, by number: the same numbers give the same talks on every machine."""
    chart, number = engine.charts[FLOW], first
    while True:
        number += 1
        left = number * STRIDE % (1 << 64)
        session, position = Session(FLOW, flags=Flag.CONSENTED | Flag.WORKER), chart.start()
        while count := chart.count(position):
            if position.state.startswith(("card:", "urgent:")):
                break
            left, option = divmod(left, count)
            further = chart.advance(position, option + 1)
            assert further is not None
            session, position = session.answer(option + 1), further
        if sum(chart.flow.steps[id].is_question for id, _ in position.trail) == QUESTIONS:
            yield session


def measure(engine: Engine, others: int) -> dict[str, float | int]:
    """Microseconds for the screen of a talk: medians over 300 talks that nobody has had before."""
    engine._memo.clear()
    more = talks(engine, 1_000_000)
    with click.progressbar(range(others), label=f"{others:,} others", file=sys.stderr) as numbers:
        for _ in numbers:
            engine.show(next(more))
    remembered = len(engine._memo)
    mine, whole, last = talks(engine, 0), [], []
    for _ in range(TALKS):
        session = next(mine)
        if not others:
            engine._memo.clear()
        whole.append(_seconds(engine, session))
        known = session.answers[:-1]
        engine._memo.pop(session.path, None)
        assert replace(session, answers=known).path in engine._memo
        last.append(_seconds(engine, session))
    return {
        "others": others,
        "remembered_paths": remembered,
        "whole_us": round(statistics.median(whole) * MICROSECONDS, 1),
        "last_us": round(statistics.median(last) * MICROSECONDS, 1),
    }


def _seconds(engine: Engine, session: Session) -> float:
    started = time.perf_counter()
    screen = engine.show(session)
    taken = time.perf_counter() - started
    assert screen is not None
    return taken


@click.command(epilog="Example: python deploy/bench/replay.py --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line of the table.")
def main(as_json: bool) -> None:
    """Time the replay of a talk of 17 questions, with 0 and with 10,000 other talks remembered."""
    engine = Engine(read_content(Config()).library)
    rows = [measure(engine, others) for others in OTHERS]
    if as_json:
        click.echo(json.dumps({"flow": FLOW, "questions": QUESTIONS, "talks": TALKS, "rows": rows}))
        return
    click.echo(f"{FLOW}, {QUESTIONS} questions, median of {TALKS} talks")
    for row in rows:
        others, paths = f"{row['others']:,} others", f"{row['remembered_paths']:,} paths remembered"
        click.echo(f"{others:>14}, {paths:<25} whole {row['whole_us']:>7} us   last tap {row['last_us']:>6} us")


if __name__ == "__main__":
    main()
