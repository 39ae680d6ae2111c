"""Three replicas, one of them killed now and then: talks end where they should, and nothing is counted twice.

REPLICA_TALKS sets how many people talk; by default few, to be quick.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from botscene import NAVIGATION, Direct
from stage import Clock, Phone, open_talk
from test_valkey import own_server
from valkeyserver import Server

import bot.messenger.app as app
import bot.replicas as replicas
from bot.config import Config, Secret
from bot.counts.schema import Schema
from bot.counts.tally import Cell, Pending, Tally
from bot.house import Content, build_talk, count_schema, utc_now
from bot.log import Journal
from bot.messenger.incoming import Update, chat_of, read_update
from bot.simulator.botapi import LOCAL_TOKEN, BotApi
from bot.simulator.people import Person
from bot.talk import Talk
from bot.texts.offer import Offers
from bot.volatile.opening import Opening
from bot.volatile.post import Away
from bot.volatile.tallies import Drain
from bot.volatile.valkey import Valkey

TALKS = int(os.environ.get("REPLICA_TALKS", "30"))
AT_ONCE = 20
KILL_EVERY = 10  # talks
AWAY_FOR = 6  # talks: under the fifteen minutes after which a replica alone would think a screen idle
SECONDS_BETWEEN_TAPS = 10.0  # of one person: nobody is limited, and no screen is idle
MOST_TAPS = 40
FIRST_SCREEN = "Choose your language."
DOOR = ("English", "Go on", "Yes, it is safe", "Check my own life", "Start")


class Told:
    """Notes what a talk would count."""

    def __init__(self) -> None:
        self.tallies: list[Tally] = []

    def count(self, tally: Tally, number: int, chat: int, started_at: datetime, now: datetime) -> None:
        self.tallies.append(tally)

    def ended(self) -> bool:
        return any(tally.event == "ended" for tally in self.tallies)


Plan = tuple[list[str], str, list[Tally]]


def plan(talk: Talk, seed: int) -> Plan:
    """Buttons that somebody taps, the screen it ends with and what is to be counted; the same for the same seed."""
    chance, told = random.Random(seed), Told()
    talk.once = told  # type: ignore[assignment]
    phone = Phone(talk)
    phone.send("start")
    phone.tap(*DOOR)
    taps = list(DOOR)
    while not told.ended() and len(taps) < MOST_TAPS:
        label = chance.choice([label for label in phone.labels if label not in NAVIGATION])
        phone.tap(label)
        taps.append(label)
    if not told.ended():
        return plan(talk, seed + 1_000_003)
    each = {tally.event: tally for tally in reversed(told.tallies)}  # the first of a kind
    return taps, phone.reply.text, list(each.values())


def one_screen(person: Person) -> str:
    """The screen of a chat. A replica killed after it sent a first screen and before it said so leaves it behind.

    A send is the one call that cannot be taken back; nothing of a talk stands on that screen yet.
    """
    shown = [message for message in person.messages() if message.text != FIRST_SCREEN]
    assert len(shown) == 1, [message.text for message in person.messages()]
    return shown[0].text


class Source:
    """What a replica takes updates from, in place of Telegram: whoever holds it gives them, one by one."""

    made: list[Source] = []  # noqa: RUF012  the proxy looks here for the newest

    def __init__(self, *_: Any, handle: Callable[[Update], Awaitable[None]], **__: Any) -> None:
        self.handle = handle
        self.waiting = 0
        self.stopped = asyncio.Event()
        self.made.append(self)

    async def run(self) -> None:
        await self.stopped.wait()

    async def stop(self, seconds: float) -> None:
        self.stopped.set()


class Replica:
    """One process of the bot, as `waymark run` puts it together; killed it takes everything in it along."""

    def __init__(self, config: Config, its: app.Time, out: io.StringIO) -> None:
        self._config, self._its, self._out = config, its, out
        self.tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        opened: list[Valkey] = []

        def open_server(*given: Any) -> Valkey:
            opened.append(OPEN(*given))
            return opened[-1]

        self.is_alive, before = False, len(Source.made)
        with patch.object(replicas, "open_server", open_server):
            journal = Journal(self._out, utc_now)
            self._stop = asyncio.Event()
            self._serving = asyncio.create_task(
                app.serve(self._config, Secret(LOCAL_TOKEN), journal, self._stop, self._its)
            )
            while len(Source.made) == before:
                if self._serving.done():
                    self._serving.result()
                await asyncio.sleep(0.005)
        self.source, self.server, self.is_alive = Source.made[-1], opened[-1], True

    async def kill(self) -> None:
        """Nothing leaves it any more, neither to Telegram nor to the shared server."""
        self.is_alive = False
        self.server.post.send = _to_nobody  # type: ignore[method-assign]
        for task in list(self.tasks):
            task.cancel()
        self._serving.cancel()
        await asyncio.gather(*self.tasks, self._serving, return_exceptions=True)

    async def stop(self) -> None:
        self._stop.set()
        await self._serving


OPEN = replicas.open_server


def _to_nobody(commands: Any, read: Any) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(Away())
    return future


class Proxy:
    """Brings updates to replicas in turn, again where one died over it, as Telegram does behind a load balancer."""

    def __init__(self, api: BotApi, members: list[Replica]) -> None:
        self.api, self.members, self.again = api, members, 0
        self._turn = 0
        self._done: dict[int, asyncio.Event] = defaultdict(asyncio.Event)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        offset = 0
        while True:
            answer = await self.api.answer("getUpdates", {"offset": str(offset), "limit": "100", "timeout": "1"}, {})
            updates: Any = answer.body.get("result", [])  # none where a replica that starts disturbs the poll
            for raw in updates:
                offset = raw["update_id"] + 1
                task = asyncio.create_task(self._bring(raw))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _bring(self, raw: dict[str, Any]) -> None:
        update = read_update(json.dumps(raw).encode())
        while True:
            self._turn += 1
            replica = self.members[self._turn % len(self.members)]
            if not replica.is_alive:
                await asyncio.sleep(0.005)
                continue
            task = asyncio.ensure_future(replica.source.handle(update))
            replica.tasks.add(task)  # type: ignore[arg-type]
            try:
                await asyncio.wait({task})
            finally:
                replica.tasks.discard(task)  # type: ignore[arg-type]
            if not task.cancelled():
                task.result()
                break
            self.again += 1
        self._done[chat_of(update)].set()

    async def settled(self, person: Person) -> None:
        """Wait until what somebody sent or tapped was answered."""
        await asyncio.wait_for(self._done[person.chat_id].wait(), 30)
        self._done[person.chat_id].clear()


@pytest.fixture(scope="module")
def expected(content: Content) -> list[Plan]:
    talk = open_talk(content, Clock())
    return [plan(talk, seed) for seed in range(TALKS)]


def cells_of_all(schema: Schema, plans: list[Plan]) -> Counter[Cell]:
    """What all these talks count, by a counter of one process."""
    pending = Pending(schema.cells, 10**9)
    for _, _, tallies in plans:
        for tally in tallies:
            pending.add(tally)
    return Counter(pending.batch().cells)


def patches(content: Content, api: BotApi, now: Callable[[], datetime]) -> Iterator[Any]:
    yield patch.object(app, "Poller", Source)
    yield patch.object(app, "read_content", lambda config: content)
    yield patch.object(app, "build_talk", partial(build_talk, now=now))
    yield patch.object(app, "_line", lambda config, connections: Direct(api))


async def scene(
    server: Server, content: Content, plans: list[Plan],
    between: Callable[[int, list[Replica]], Awaitable[None]],
) -> tuple[list[str], Counter[Cell], int]:  # fmt: skip
    """All talks through three replicas: the screens they end with, what waits for the ledger, what was brought twice.

    between: what befalls the house after so many talks were begun.
    """
    api, out, clock = BotApi(), io.StringIO(), Clock()
    its = app.Time(lambda: clock.now.timestamp(), lambda seconds: asyncio.sleep(seconds / 20))
    ledger = Valkey(Opening(server.address), its.clock)
    ledger.start()
    schema = count_schema(Config(), content, Offers(content.languages, content.catalogues, content.library))
    drain = Drain(ledger, schema.cells)
    drain.lay_out()
    config = Config(country="US", valkey=server.address, calls_per_second=100_000)
    async with AsyncExitStack() as stack:
        with ExitStack() as patched:
            for one in patches(content, api, clock):
                patched.enter_context(one)
            members = [Replica(config, its, out) for _ in range(3)]
            for member in members:
                await member.start()
            clock.forward(seconds=120)  # so that no talk begins in the minute in which the server did
            proxy = Proxy(api, members)
            running = asyncio.create_task(proxy.run())
            stack.callback(running.cancel)
            room, talking = asyncio.Semaphore(AT_ONCE), [0]

            async def talk(number: int) -> str:
                async with room:
                    talking[0] += 1
                    await between(number, members)
                    person = api.user(first_name="Someone")
                    person.send("/start")
                    await proxy.settled(person)
                    for label in plans[number][0]:
                        clock.forward(seconds=SECONDS_BETWEEN_TAPS / talking[0])
                        person.tap(label)
                        await proxy.settled(person)
                    talking[0] -= 1
                    return one_screen(person)

            texts = await asyncio.gather(*(talk(number) for number in range(len(plans))))
            for member in members:
                await member.stop()
    drain.lay_out()
    waiting = Counter(drain.batch().cells)
    ledger.close()
    assert not list(api.wrong_calls)
    return list(texts), waiting, proxy.again


def test_replicas_that_die_are_not_noticed(valkey: Server, content: Content, expected: list[Plan]) -> None:
    """One of three is killed in mid-tap again and again: every talk ends at its own result; each counts once."""
    schema = count_schema(Config(), content, Offers(content.languages, content.catalogues, content.library))
    killed = []

    async def between(number: int, members: list[Replica]) -> None:
        if number % KILL_EVERY == KILL_EVERY - 1:
            victim = members[len(killed) % 3]
            while not (victim.is_alive and victim.tasks):  # over a tap, not beside it
                await asyncio.sleep(0)
            killed.append(len(victim.tasks))
            await victim.kill()
            await victim.start()

    texts, waiting, again = asyncio.run(scene(valkey, content, expected, between))
    wanted = cells_of_all(schema, expected)

    assert [n for n, text in enumerate(texts) if text != expected[n][1]] == []
    assert len(killed) == TALKS // KILL_EVERY
    assert again >= len(killed)
    assert waiting - wanted == Counter()  # nothing twice
    # A kill loses at most what its own taps were about to tell: two tables for each.
    assert sum((wanted - waiting).values()) <= 2 * sum(killed)


def test_without_the_shared_server_people_are_answered(content: Content, expected: list[Plan], tmp_path: Path) -> None:
    """Killed and started again in the middle of it all: every talk ends at its own result, and none counts twice."""
    schema = count_schema(Config(), content, Offers(content.languages, content.catalogues, content.library))

    async def between(number: int, members: list[Replica]) -> None:
        if number == TALKS // 3:
            server.kill()
        elif number == TALKS // 3 + AWAY_FOR:
            server.start()

    with own_server(tmp_path) as server:
        texts, waiting, _ = asyncio.run(scene(server, content, expected, between))

    assert [n for n, text in enumerate(texts) if text != expected[n][1]] == []
    assert waiting - cells_of_all(schema, expected) == Counter()
