"""Tokens cannot be forged, moved or revived."""

from __future__ import annotations

import base64
import random
from dataclasses import replace

import pytest
from sizes import FORGERIES, Report
from stage import PLACE, Clock, Phone, at_question, open_talk

from bot.engine.session import Session
from bot.flow.digest import under_rule
from bot.house import Content
from bot.seal.token import CHARACTERS, Place
from bot.talk import Talk

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
def tokens(talk: Talk) -> list[str]:
    """The sealed buttons of a question."""
    found = [data for data in at_question(talk).beside if len(data) == CHARACTERS]
    assert len(found) > 3
    assert all(talk.seal.open(token, PLACE) for token in found)
    return found


def altered(token: str, chance: random.Random) -> str:
    """One to three bits flipped, two buttons mixed, signs swapped, or everything made up behind a true first byte."""
    raw = bytearray(base64.urlsafe_b64decode(token))
    kind = chance.randrange(4)
    if kind == 0:
        for _ in range(chance.randint(1, 3)):
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    elif kind == 1:
        raw[1:] = chance.randbytes(len(raw) - 1)
    elif kind == 2:
        return "".join(chance.choices(SIGNS, k=CHARACTERS))
    else:
        first, second = sorted(chance.sample(range(len(raw)), 2))
        raw[first], raw[second] = raw[second], raw[first]
    return base64.urlsafe_b64encode(bytes(raw)).decode()


def test_no_forged_or_altered_button_opens(talk: Talk, tokens: list[str], progress: Report) -> None:
    """Of as many as are tried, not one is a session."""
    chance, known = random.Random(11), set(tokens)
    accepted = []
    for number in range(FORGERIES):
        forged = altered(chance.choice(tokens), chance)
        if forged not in known and talk.seal.open(forged, PLACE) is not None:
            accepted.append(forged)
        if number % 10_000 == 9_999:
            progress(number + 1, FORGERIES)

    assert accepted == []


def test_a_button_works_where_it_was_made_and_nowhere_else(talk: Talk, tokens: list[str]) -> None:
    """Moved to another chat, person or bot it opens nothing."""
    elsewhere = [Place(PLACE.bot + 1, PLACE.chat, PLACE.user), Place(PLACE.bot, PLACE.chat + 1, PLACE.user)]
    elsewhere += [Place(PLACE.bot, PLACE.chat, PLACE.user + 1), Place(PLACE.bot, -PLACE.chat, PLACE.user)]

    assert [talk.seal.open(token, place) for token in tokens for place in elsewhere] == [None] * 4 * len(tokens)


def test_a_button_does_not_outlive_its_day(talk: Talk, tokens: list[str], clock: Clock) -> None:
    """Not after 24 hours, and not with the clock turned back after its key is gone."""
    made = clock.now
    clock.forward(hours=24, minutes=1)
    assert [talk.seal.open(token, PLACE) for token in tokens] == [None] * len(tokens)
    clock.forward(days=2)
    talk.seal.keyring.tidy()
    talk.seal.keyring._fresh = lambda length: bytes(length)  # the day is given another key than it had
    clock.now = made
    assert [talk.seal.open(token, PLACE) for token in tokens] == [None] * len(tokens)


def test_a_button_does_not_outlive_its_questions(content: Content, clock: Clock) -> None:
    """Where the questions of a flow became others, its buttons open nothing."""
    flow = next(flow for flow in content.library.flows.values() if flow.digest != under_rule_digest(content, flow.id))
    one = open_talk(content, clock)
    token = one.seal.seal(Session(flow.id, 1, started=one.fresh("en").started), PLACE)
    changed = replace(content, library=under_rule(content.library, "palermo"))

    assert one.seal.open(token, PLACE) is not None
    assert open_talk(changed, clock).seal.open(token, PLACE) is None


def under_rule_digest(content: Content, flow: str) -> bytes:
    return under_rule(content.library, "palermo").flows[flow].digest


def test_every_refusal_looks_the_same(talk: Talk, tokens: list[str], clock: Clock) -> None:
    """Forged, moved or old: one and the same screen, and nothing says why."""
    phone, moved = Phone(talk), Phone(talk, Place(PLACE.bot, 9, 9))
    phone.press(altered(tokens[0], random.Random(1)))
    moved.press(tokens[0])
    first, second = phone.reply, moved.reply
    clock.forward(hours=25)
    phone.press(tokens[0])

    assert first.text == second.text == phone.reply.text
    assert (
        [len(row) for row in first.rows] == [len(row) for row in second.rows] == [len(row) for row in phone.reply.rows]
    )
