"""From a strong result to a number on the screen: counted over every flow, with the place known and not known."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

import pytest
from stage import PLACE, START, Clock, cards, open_talk

from bot.engine.engine import Engine
from bot.engine.session import Session
from bot.house import Content
from bot.talk import Talk, minutes_since_epoch
from bot.texts.speak import Reply

MOST_KNOWN, MOST_UNKNOWN = 1, 3
LIST = "p:0"  # the button that opens the list of countries
FROM_LIST = 3  # that tap, a range of names, the country: tests/test_contacts_places.py proves it for all
EARLY = 1  # the card that offers to stop early has the result behind one tap
Sessions = dict[str, list[Session]]


def by_flow(engine: Engine, screens: list[Session], early: bool) -> Sessions:
    """The sessions that end in a strong result, or stand at the card that offers to stop because of one."""
    found: Sessions = {}
    for session in screens:
        screen = engine.show(session)
        assert screen is not None
        is_result = screen.kind == "outcome" and screen.band in ("strong", "urgent")
        if is_result if not early else "s_more" in cards(screen):
            begun = replace(session, started=minutes_since_epoch(START), number=7)
            found.setdefault(screen.session.flow, []).append(begun)
    return found


def has_number(talk: Talk, reply: Reply) -> bool:
    """Whether a number to call or text stands in the words of a screen."""
    rows = (talk.speaker.directory.by_id[id] for id in reply.contacts)
    tails = {number[-4:] for row in rows for number in row.numbers}
    digits = "".join(character for character in reply.text if character.isdigit())
    return any(tail in digits for tail in tails)


def has_list(talk: Talk, reply: Reply) -> bool:
    return LIST in [button.data for row in reply.rows for button in row]


def taps(talk: Talk, session: Session, goal: Callable[[Talk, Reply], bool], most: int) -> int:
    """The fewest taps from the screen of a session to one that meets a goal; most + 1 when it takes more."""
    first = talk.turn(talk.seal.seal(session, PLACE), PLACE, (), "en")
    assert "Start again" not in [button.label for row in first.rows for button in row], "the button was not read"
    waiting: deque[tuple[Reply, int]] = deque([(first, 0)])
    while waiting:
        reply, done = waiting.popleft()
        if goal(talk, reply):
            return done
        beside = [button.data for row in reply.rows for button in row]
        if done < most:
            waiting += ((talk.turn(data, PLACE, beside, "en"), done + 1) for data in beside if data[0] not in "lx")
    return most + 1


def worst(talk: Talk, sessions: list[Session], goal: Callable[[Talk, Reply], bool], most: int) -> int:
    return max(taps(talk, session, goal, most) for session in sessions)


@pytest.mark.parametrize("early", [False, True], ids=["result", "early stop"])
def test_from_a_strong_result_a_number_is_near_in_every_flow(
    content: Content, engine: Engine, screens: list[Session], early: bool
) -> None:
    """One tap at most where the country is known; where it is not, three to any country in the world we know.

    From the card that offers to stop early it is one tap more, which is the result itself. Printed with `pytest -s`.
    """
    known, unknown = open_talk(content, Clock()), open_talk(content, Clock(), country="")
    country, _ = content.directory.numbers("US")
    table = {}
    for flow, sessions in sorted(by_flow(engine, screens, early).items()):
        at_home = [replace(session, country=country) for session in sessions]
        near = worst(known, at_home, has_number, MOST_KNOWN)
        table[flow] = (near, worst(unknown, sessions, has_list, 1) + FROM_LIST)

    print(f"\nTaps to a number from {'the early stop' if early else 'a strong result'}: country known, any country")
    for flow, (near, far) in table.items():
        print(f"{flow:20} {near:4} {far:4}")
    assert len(table) >= (6 if early else 15)
    assert all(near <= MOST_KNOWN for near, _ in table.values()), table
    assert all(far <= MOST_UNKNOWN + (EARLY if early else 0) for _, far in table.values()), table


@pytest.mark.parametrize("code", ["US", "GB", "TH", "ZA", "SV", "MR"])
def test_whichever_country_is_picked_its_numbers_are_three_taps_from_a_result(
    content: Content, engine: Engine, screens: list[Session], code: str
) -> None:
    """Choose a country, a range of names, the country: its numbers, or plainly that none is known."""
    talk = open_talk(content, Clock(), country="")
    session = by_flow(engine, screens, early=False)["self_adult"][0]
    reply = talk.turn(talk.seal.seal(session, PLACE), PLACE, (), "en")
    path = path_to(talk, content.directory.countries[code].number)
    for label in path:
        buttons = {button.label: button.data for row in reply.rows for button in row}
        reply = talk.turn(buttons[label], PLACE, list(buttons.values()), "en")

    shown = {talk.speaker.directory.by_id[id].country for id in reply.contacts}
    assert len(path) <= MOST_UNKNOWN
    assert has_number(talk, reply)
    assert code in shown or "no checked number for this country" in reply.text


def path_to(talk: Talk, number: int) -> list[str]:
    """The labels that lead from a result without a place to a country."""
    for entry in talk.places.countries("en", 0, 0):
        inner = talk.places.countries("en", 0, entry.page) if entry.page else []
        if entry.number == number:
            return ["Choose a country", entry.label]
        if found := next((one.label for one in inner if one.number == number), ""):
            return ["Choose a country", entry.label, found]
    raise AssertionError(f"country {number} is on no page")
