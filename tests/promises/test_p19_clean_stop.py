"""P19: Stops cleanly: SIGTERM under load ends in time, writes what was counted, and loses nobody's tap."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from botscene import screen
from faults import Bench, Nursery, bench
from sizes import STOP_SECONDS, WAITING
from test_log import fits
from test_p06_kill_anywhere import WAVE, Crowd

from bot.house import Content
from bot.simulator.faults import Fault
from bot.simulator.people import Person

HANGING = 3  # people whom Telegram does not answer at that moment


def stop_in_time(one: Bench) -> int:
    """SIGTERM; the exit code, minus nine where it had to be killed because its time was over."""
    pid = one.pid
    watch = threading.Timer(STOP_SECONDS, os.kill, (pid, signal.SIGKILL))
    watch.start()
    try:
        return one.send(signal.SIGTERM)
    finally:
        watch.cancel()


def at_first_question(one: Bench, people: int) -> list[Person]:
    """So many people, all at the first question."""
    crowd = [one.api.user() for _ in range(people)]
    for person in crowd:
        person.send("/start")
    one.settle()
    for button in ("English", "Go on"):
        for person in crowd:
            person.tap(button)
        one.settle()
    return crowd


def tap_all(one: Bench, people: list[Person]) -> None:
    """All tap at once; of some of them Telegram takes the tap's answer and is never heard of again."""
    for person in people[:HANGING]:
        one.api.plan("editMessageText", [Fault.silence(is_carried_out=False)], chat_id=person.chat_id)
    for person in people:
        person.tap("Someone may look")


def test_stopped_under_load_nobody_is_lost(nursery: Nursery, tmp_path: Path) -> None:
    """Exit code 0 in time; whoever was not answered waits at Telegram, and is answered after the start."""
    with bench(nursery, tmp_path) as one:
        one.start()
        people = at_first_question(one, WAITING)
        tap_all(one, people)
        one.api.wait(lambda: not any(("editmessagetext", who.chat_id) in open_faults(one) for who in people[:HANGING]))
        assert stop_in_time(one) == 0
        waiting = {update.queue for update in one.api.inbox.waiting}
        unanswered = {f"taps {person.chat_id}" for person in people if not screen(person).startswith("Tips:")}
        assert len(unanswered) >= HANGING
        assert unanswered <= waiting
        one.start()
        one.settle()
        assert [person.chat_id for person in people if not screen(person).startswith("Tips:")] == []
        assert stop_in_time(one) == 0
        lines = [json.loads(line) for line in one.output().splitlines()]
    assert all(fits(line) for line in lines)
    assert [line["ev"] for line in lines if line["ev"] in ("start", "stop")] == ["start", "stop"] * 2
    assert "unhandled" not in [line["ev"] for line in lines]


def open_faults(one: Bench) -> set[tuple[str, object]]:
    """Faults that were ordered and have not come about."""
    return {key for key, planned in one.api.faults._planned.items() if planned}


@pytest.mark.parametrize("people", [WAVE, 3])
def test_what_was_counted_is_written(people: int, nursery: Nursery, tmp_path: Path, content: Content) -> None:
    """Many or few: at a planned stop all that waits is in the file, once, although no slot had come."""
    with bench(nursery, tmp_path, fast=time.time(), slots=86_400, plain=True) as one:
        crowd = Crowd(one, content)
        one.start()
        crowd.come()
        crowd.ends = crowd.ends[:people]
        crowd.finish()
        assert one.counted("E") == 0
        assert stop_in_time(one) == 0
        assert (one.counted("S"), one.counted("E")) == (WAVE, people)


def test_stopped_without_a_network_it_stops(nursery: Nursery, tmp_path: Path) -> None:
    """Telegram is gone: exit code 0 in time, and no trace of an error on any stream."""
    with bench(nursery, tmp_path) as one:
        one.start()
        person = at_first_question(one, 1)[0]
        one.api.plan("getUpdates", [Fault.reset()] * 50)
        person.send("/start")
        one.api.wait(lambda: any(call.method == "getUpdates" and call.status == 0 for call in one.api.calls))
        assert stop_in_time(one) == 0
        lines = [json.loads(line) for line in one.output().splitlines()]
    assert {line["ev"] for line in lines} <= {"start", "stop", "api_unreachable", "withdrawn"}
