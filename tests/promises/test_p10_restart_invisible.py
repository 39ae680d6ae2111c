"""Restart is invisible: buttons that were open go on; without their keys they lead to a kind first screen."""

from __future__ import annotations

import signal
from pathlib import Path

from faults import Bench, Nursery, bench, tap
from sizes import BUTTONS, Report

from bot.simulator.inbox import TAP_KEPT_S
from bot.simulator.people import Person

QUESTION = "Is this phone safe"
KIND = ["Start again", "Get help now", "Language", "Leave now"]


def crowd(one: Bench, number: int, progress: Report) -> list[Person]:
    """People at the first question, each with its buttons open."""
    people = [one.api.user() for _ in range(number)]
    for way in ("/start", "English", "Go on"):
        for begin in range(0, number, 50):
            for person in people[begin : begin + 50]:
                person.send(way) if way[0] == "/" else person.tap(way)
            one.settle()
            progress(begin + 1, number)
    assert all(QUESTION in person.messages()[0].text for person in people)
    return people


def labels(person: Person) -> list[str]:
    return [button.label for button in person.messages()[0].buttons]


def tap_all(one: Bench, people: list[Person], button: str) -> None:
    for begin in range(0, len(people), 50):
        for person in people[begin : begin + 50]:
            person.tap(button)
        one.settle()


def test_every_open_button_goes_on_after_a_kill(tmp_path: Path, nursery: Nursery, progress: Report) -> None:
    """Killed and started again, every button works; without its key every one leads to the same kind screen, on which
    static buttons work; a typed /start always does; taps from during an outage of minutes are gone."""
    with bench(nursery, tmp_path) as one:
        one.start()
        people = crowd(one, BUTTONS, progress)
        one.send(signal.SIGKILL)
        one.start()
        tap_all(one, people, "Yes, it is safe")
        assert all("Check my own life" in labels(person) for person in people)

        one.send(signal.SIGKILL)
        for path in (tmp_path / "keys").glob("key-*"):
            path.unlink()
        one.start()
        tap_all(one, people, "Check my own life")
        assert [labels(person) for person in people] == [KIND] * len(people)
        tap_all(one, people, "Get help now")
        assert all("888" in person.messages()[0].text for person in people)

        one.send(signal.SIGTERM)
        late, clock = people[0], one.api.inbox._clock
        before = late.messages()[0].text
        late.tap("Language")
        one.api.inbox._clock = lambda: clock() + TAP_KEPT_S + 1
        one.start()
        one.settle()
        assert late.messages()[0].text == before
        late.send("/start")
        one.settle()
        assert len(late.messages()) == 1
        assert "English" in labels(late)
        tap(one, late, "Leave now")
        assert late.messages() == []
