"""Every screen there is, in every language offered, goes out as a call that Telegram takes."""

from __future__ import annotations

import asyncio
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

import pytest
from botscene import Direct, Time
from botshow import deliver_over
from telegram import Bot

from bot.config import Config
from bot.engine.engine import Engine
from bot.engine.play import first_session
from bot.engine.session import Flag, Session
from bot.house import Content, build_talk, read_content
from bot.messenger.deliver import Deliver
from bot.seal.keyring import Keyring
from bot.seal.static import PLACE_PAGES
from bot.seal.token import Place
from bot.simulator.botapi import LOCAL_TOKEN, BotApi
from bot.simulator.people import Person
from bot.simulator.refusal import NOT_MODIFIED
from bot.talk import COMMANDS, Talk
from bot.texts.speak import Reply
from bot.volatile.local import Local

TAGS = ("en", "es", "ar")  # a language of each kind; test_texts_screens.py looks at the words of all others


@cache
def content() -> Content:
    return read_content(Config())


@dataclass
class Stage:
    """One chat, the talk, and what shows its replies."""

    api: BotApi
    talk: Talk
    deliver: Deliver
    local: Local
    person: Person
    place: Place
    shown: int = 0
    tongues: set[str] = field(default_factory=set)

    async def show(self, reply: Reply) -> None:
        """Put a reply on the one screen as the bot would, and see that it stands there as it was meant."""
        chat = self.person.chat_id
        await self.deliver.show(chat, reply, self.local.screen(chat), 7)
        self.shown += 1
        self.tongues.add(reply.language)
        (message,) = self.person.messages()
        assert message.text == reply.text
        assert [button.label for button in message.buttons] == [one.label for row in reply.rows for one in row]
        back, *navigation = [button.data for button in message.buttons[-4:]]
        assert len(back) == 64 or back == "m"
        assert navigation[0] == "h"
        assert navigation[2] == ("x:7" if self.shown > 1 else "x")

    async def tap(self, session: Session, *statics: str) -> None:
        """Show a session's screen, and what its plain buttons lay over it."""
        reply = self.talk.turn(self.talk.seal.seal(session, self.place), self.place)
        if reply.leave:
            return
        await self.show(reply)
        beside = [button.data for row in reply.rows for button in row]
        for data in statics:
            await self.show(self.talk.turn(data, self.place, beside))


def stage() -> Stage:
    api, its, local = BotApi(), Time(), Local()
    wire = Direct(api)
    deliver = deliver_over(
        wire, Bot(LOCAL_TOKEN, base_url="http://127.0.0.1/bot", request=wire), its, local, io.StringIO()
    )
    person = api.user()
    keys = Keyring(None, lambda: 1)
    talk = build_talk(Config(country="US"), content(), keys, version="0000abcd")
    return Stage(api, talk, deliver, local, person, Place(1, person.chat_id, person.chat_id))


def states(engine: Engine, start: Session) -> Iterator[Session]:
    """A session for each state of a flow, by the shortest way, and those of the way with the most signals."""
    chart = engine.charts[start.flow]
    queue = deque([start])
    seen = set()
    while queue:
        session = queue.popleft()
        position = engine.locate(session)
        if position is None or position.state in seen:
            continue
        seen.add(position.state)
        if not position.state.startswith("@"):
            yield session
        queue.extend(session.answer(option) for option in range(1, chart.count(position) + 1))
    yield from _gravest(engine, start)


def _gravest(engine: Engine, session: Session) -> Iterator[Session]:
    chart = engine.charts[session.flow]
    for _ in range(60):
        position = engine.locate(session)
        if position is None or position.state.startswith("@") or not chart.count(position):
            return
        weights = [len(getattr(option, "signals", ())) for option in chart.options[position.state]]
        session = session.answer(weights.index(max(weights)) + 1)
        yield session


def starts(engine: Engine, flow: str, locale: int) -> Iterator[Session]:
    """The ways a flow can begin: for an adult, for a minor, and of a guided one with the phone handed over."""
    talk_of = Session(flow, locale, country=1, started=0, number=5)
    guided = engine.library.flows[flow].family == "guided"
    for minor in (False, True):
        session = first_session(engine, flow, minor=minor, session=talk_of)
        yield session
        if guided:
            yield replace(session, second=2 if locale == 1 else 1)
            yield replace(session, second=2 if locale == 1 else 1).at(on=Flag.CLIENT)


@pytest.mark.parametrize("tag", TAGS)
def test_every_state_of_every_flow_is_a_valid_call(tag: str) -> None:
    """Questions, cards, lists, outcomes and contacts, for adults and minors, worker and client: all shown as meant."""
    at = stage()
    engine = at.talk.engine
    locale = content().languages.by_tag[tag].number
    seen = set()

    async def show_all() -> None:
        for flow in engine.library.flows:
            for start in starts(engine, flow, locale):
                started = replace(start, country=at.talk.defaults.country, started=at.talk.fresh(None).started)
                for session in states(engine, started):
                    position = engine.locate(session)
                    assert position is not None
                    is_new = (flow, position.state) not in seen
                    seen.add((flow, position.state))
                    await at.tap(session, *(("h",) if is_new else ()))

    asyncio.run(show_all())

    steps = {(flow.id, step) for flow in engine.library.flows.values() for step in flow.steps}
    assert steps <= seen
    assert tag in at.tongues
    assert list(at.api.wrong_calls) == []
    assert {call.description for call in at.api.calls if call.status != 200} <= {f"Bad Request: {NOT_MODIFIED}"}


@pytest.mark.parametrize("tag", TAGS)
def test_every_page_over_a_screen_is_a_valid_call(tag: str) -> None:
    """Languages, places of every country and page, privacy, about, the fixed card and the unread button."""
    at = stage()
    locale = content().languages.by_tag[tag].number
    session = replace(at.talk.fresh(None), locale=locale)
    countries = [country.number for country in content().directory.countries.values()]

    async def show_all() -> None:
        pages = [f"p:{number * PLACE_PAGES + page}" for number in [0, *countries] for page in (0, 1, 9)]
        await at.tap(session, "h", "l", "l:1", "l:99", "s", "w", "m", "p:1", *pages)
        reply = at.talk.turn(at.talk.seal.seal(session, at.place), at.place)
        beside = [button.data for row in reply.rows for button in row]
        for command in COMMANDS:
            if command != "exit":
                await at.show(at.talk.command(command, at.place, beside, tag))
                await at.show(at.talk.command(command, at.place, (), tag))
        await at.show(at.talk.notice(at.place, beside, tag))
        await at.show(at.talk.notice(at.place, (), tag))
        await at.show(at.talk.turn("A" * 64, at.place, (), tag))

    asyncio.run(show_all())

    assert at.shown > 3 * len(countries)
    assert list(at.api.wrong_calls) == []
