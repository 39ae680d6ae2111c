"""Logs are content-free: every line has the closed shape, and nothing that a person sent is in one."""

from __future__ import annotations

import signal
from datetime import datetime
from pathlib import Path

from faults import TROUBLE, Bench, Nursery, bench
from markers import FIRST_ID, WORD, somebody, write
from test_log import fits

from bot.simulator.people import Person

CALLS = ("editMessageText", "answerCallbackQuery", "deleteMessage", "deleteMessages", "sendMessage")


def trouble(one: Bench, people: list[Person]) -> None:
    """Each kind of trouble, for each kind of call, while people write of themselves."""
    for fault in TROUBLE.values():
        if fault.how != "silence":
            for method in CALLS:
                one.api.plan(method, [fault])
    for number, person in enumerate(people):
        write(one.api, person, number, number)
        write(one.api, person, number, number + 3)


def test_every_line_has_the_closed_shape(tmp_path: Path, nursery: Nursery) -> None:
    """Dozens of people, every kind of trouble, poison among the updates: lines with an hour, a level, a name from the
    list, a kind of error, a place in our code and a count; no word, number or language of anybody."""
    with bench(nursery, tmp_path) as one:
        one.start()
        people = [somebody(one.api, number) for number in range(20)]
        for person in people:
            person.send("/start")
        one.settle()
        trouble(one, people)
        one.api.push({"message": {"text": WORD, "chat": {"id": FIRST_ID, "type": "private"}, "date": WORD}})
        one.api.push({"callback_query": WORD})
        one.settle()
        assert one.send(signal.SIGTERM) == 0
        lines, said = one.lines(), one.output()

    assert len({line["ev"] for line in lines}) > 3
    assert all(fits(line) for line in lines)
    assert all(datetime.fromisoformat(line["t"].replace("Z", "+00:00")).minute == 0 for line in lines)
    assert not any(mark in said.lower() for mark in (WORD, str(FIRST_ID)[:6], "private", "english", "/start"))


def test_there_is_no_line_for_a_tap(tmp_path: Path, nursery: Nursery) -> None:
    """Whether one person comes or thirty, the log has the same lines."""
    said = []
    for number in (1, 30):
        folder = tmp_path / str(number)
        folder.mkdir()
        with bench(nursery, folder) as one:
            one.start()
            for _ in range(number):
                one.api.user().send("/start")
            one.settle()
            assert one.send(signal.SIGTERM) == 0
            said.append([(line["ev"], line.get("n")) for line in one.lines()])

    assert said[0] == said[1]
