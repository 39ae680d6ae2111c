"""The running bot: put together, started, kept tidy, stopped cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from telegram.error import InvalidToken, TelegramError
from telegram.ext import ExtBot
from telegram.request import BaseRequest

from bot.config import Config, Secret
from bot.counts.slots import hours_of
from bot.counts.tally import Counter, NullCounter, Pending
from bot.errors import WaymarkError
from bot.house import (
    COUNT_FILE,
    Content,
    build_talk,
    content_version,
    count_schema,
    keyring,
    read_content,
    refuse_shut_door,
    utc_now,
)
from bot.log import Journal, install
from bot.messenger.calls import Calls, Quick, Usual
from bot.messenger.client import LeanRequest
from bot.messenger.deliver import Deliver
from bot.messenger.handlers import Handlers
from bot.messenger.health import Health
from bot.messenger.hear import hear
from bot.messenger.lane import Lane
from bot.messenger.lanes import first_of
from bot.messenger.leaving import Leaving
from bot.messenger.line import line_to, loop_factory
from bot.messenger.process import STOP_SIGNALS, Heir, leave_no_core, only_one, receive, renew
from bot.messenger.profile import publish, refuse_unsafe
from bot.messenger.renewal import Renewal, hand_over, take_over
from bot.messenger.tidy import Sleep, Tidy
from bot.messenger.together import Together
from bot.messenger.updates import Poller
from bot.messenger.webhook import InReply, Webhook
from bot.notify import Notify
from bot.seal.keyring import Keyring
from bot.talk import Talk
from bot.texts.offer import Offers
from bot.volatile.local import Local

if TYPE_CHECKING:
    from bot.counts.once import Once
    from bot.counts.writer import Writer
    from bot.volatile.valkey import Valkey

CONNECTIONS = 64
IDLE_CHECK_SECONDS = 15.0
LYING_CHECK_SECONDS = 1.5
COUNTS_CHECK_SECONDS = 60.0
RENEW_CHECK_SECONDS = 10.0
FINISH_SECONDS = 4.0  # with what follows, a stop stays under the 8 seconds that container hosts grant
START_PAUSE_SECONDS = 3.0


def leave_words(content: Content, offers: Offers) -> frozenset[str]:
    """Words that leave at once, of every language that has them, and a lone full stop."""
    words = {"."}
    for language in content.languages.by_tag.values():
        spoken = offers.voice(language).say("leave.words").replace("،", ",").replace("、", ",")
        words |= {hear(word) for word in spoken.split(",")}
    return frozenset(word for word in words if word)


def open_keys(config: Config, journal: Journal, server: Valkey | None) -> Keyring:
    """The day keys: shared with other replicas, on this machine, or in this process alone."""
    if server is None:
        return keyring(config.keys, utc_now, lambda line: journal.note("keys_in_process", level="warning"))
    from bot.replicas import shared_keyring

    return shared_keyring(server, utc_now)


def share_counts(config: Config, content: Content, offers: Offers, server: Valkey | None) -> Once | None:
    """Counts of all replicas, which the ledger takes from the server; None where this process keeps its own."""
    if server is None:
        return None
    from bot.volatile.tallies import OnceTogether

    return OnceTogether(server, count_schema(config, content, offers).cells)


def open_counts(config: Config, content: Content, offers: Offers) -> tuple[Counter, Writer | None]:
    """The counter and the writer behind it; none without a data folder, or where a ledger of its own writes."""
    if config.data is None or config.valkey:
        return NullCounter(), None
    from bot.counts.ledger import Ledger  # SQLite is loaded only where counts are kept
    from bot.counts.writer import Writer

    schema = count_schema(config, content, offers)
    pending = Pending(schema.cells)
    ledger = Ledger(config.data / COUNT_FILE, schema, utc_now, length=config.count_period)
    return pending, Writer(ledger, pending, utc_now(), hours=hours_of(config.count_period))


@dataclass(frozen=True, slots=True)
class Time:
    """How the bot waits. clock: seconds that only grow."""

    clock: Callable[[], float] = time.monotonic
    sleep: Sleep = asyncio.sleep


async def serve(
    config: Config,
    token: Secret,
    journal: Journal,
    stop: asyncio.Event,
    its: Time | None = None,
    heir: Heir | None = None,
    secret: Secret | None = None,
) -> Heir:
    """Run until `stop` is set or it is time to renew: then there is an heir with a state.

    heir: what a program before this one left. secret: what Telegram shows at the webhook; without one there is none,
    and updates are asked for. Raises WaymarkError where the bot must not run.
    """
    its, heir = its or (Time(time.time) if config.valkey else Time()), heir or Heir()
    async with shared(config, its, journal) as server:
        await _serve(config, token, journal, stop, its, heir, server, secret)
    return heir


@contextlib.asynccontextmanager
async def shared(config: Config, its: Time, journal: Journal) -> AsyncIterator[Valkey | None]:
    """The server that replicas share, where one is set."""
    if not config.valkey:
        yield None
        return
    from bot.replicas import open_server  # the client is loaded only where it is needed

    server = await asyncio.to_thread(open_server, config, its.clock, journal)
    try:
        yield server
    finally:
        await asyncio.to_thread(server.close)


async def _serve(
    config: Config,
    token: Secret,
    journal: Journal,
    stop: asyncio.Event,
    its: Time,
    heir: Heir,
    server: Valkey | None,
    secret: Secret | None,
) -> None:
    keys = open_keys(config, journal, server)
    with only_one(keys.folder or config.data, token.reveal().partition(":")[0], heir):
        content = read_content(config)
        refuse_shut_door(content, lambda address: journal.note("withdrawn", level="error", at=address))
        refuse_unknown_place(config, content)
        base = f"{config.bot_api}/bot"
        request, polling = _line(config, CONNECTIONS), _line(config, 2)
        lane = Lane(config.calls_per_second)
        bot: ExtBot[None] = ExtBot(token.reveal(), base_url=base, request=request, rate_limiter=lane)
        async with polling, _started(bot, journal, stop, its, is_polling=secret is None) as is_up:
            if is_up:
                calls: Calls = Quick(request, base, token, lane) if isinstance(request, LeanRequest) else Usual(bot)
                taps: Calls = calls
                source: Callable[..., Poller | Webhook] = partial(Poller, polling, base, token)
                if secret is not None:
                    taps = in_reply = InReply(calls)
                    source = partial(Webhook, bot, config, secret, in_reply)
                await _run(config, content, keys, bot, calls, taps, Local(), server, source, journal, stop, its, heir)


def refuse_unknown_place(config: Config, content: Content) -> None:
    """Stop where the country or region assumed for everybody is none we know. Raises WaymarkError.

    So does a made-up language, except on this machine: nobody in need should meet one.
    """
    if config.pseudo and not config.bot_api.startswith("http://"):
        raise WaymarkError("WAYMARK_PSEUDO", "is set.", "Unset it: people cannot read it. Developers: waymark try")
    country, region = content.directory.numbers(config.country or None, config.region or None)
    if config.country and not country:
        known = ", ".join(sorted(content.directory.countries))
        raise WaymarkError("WAYMARK_COUNTRY", f'"{config.country}" has no contacts here.', f"Known: {known}.")
    if config.region and not region:
        raise WaymarkError(
            "WAYMARK_REGION", f'"{config.region}" is no region of the country set.', "Set both, such as US and US-KY."
        )


def _line(config: Config, connections: int) -> BaseRequest:
    return line_to(config.bot_api, connections)


@contextlib.asynccontextmanager
async def _started(
    bot: ExtBot[None], journal: Journal, stop: asyncio.Event, its: Time, is_polling: bool
) -> AsyncIterator[bool]:
    """The bot signed in, trying again while the network is down; False when told to stop meanwhile."""
    try:
        while not stop.is_set():
            try:
                await bot.initialize()
                if is_polling:
                    await bot.delete_webhook()  # or Telegram hands out nothing; what waits is kept
                break
            except InvalidToken:
                raise WaymarkError(
                    "WAYMARK_TOKEN_FILE", "holds a token that Telegram refuses.", "Put the current one in it."
                ) from None
            except TelegramError as error:
                journal.note("api_unreachable", error, "warning")
                await first_of(its.sleep(START_PAUSE_SECONDS), stop.wait())
        yield not stop.is_set()
    finally:
        await bot.shutdown()


async def _run(
    config: Config, content: Content, keys: Keyring, bot: ExtBot[None], calls: Calls, taps: Calls, local: Local,
    server: Valkey | None, source: Callable[..., Poller | Webhook], journal: Journal, stop: asyncio.Event, its: Time,
    heir: Heir,
) -> None:  # fmt: skip
    """Take updates from a source until told to stop or to renew. taps: by which calls taps are answered."""
    refuse_unsafe(bot.bot)
    offers = Offers(content.languages, content.catalogues, content.library)
    counter, writer = open_counts(config, content, offers)
    once = share_counts(config, content, offers, server)
    talk = build_talk(config, content, keys, counter, version=content_version(config), once=once)
    take_over(heir, local, talk, counter)
    renewal = Renewal(config, local, its.clock)
    tidy = Tidy(calls, journal, its.sleep)
    deliver = Deliver(bot, calls, tidy, local, journal, its.clock, its.sleep)
    leaving = Leaving(tidy, local, journal)
    words = leave_words(content, offers)
    handlers = Handlers(taps, bot.id, talk, deliver, tidy, leaving, local, journal, its.clock, words)
    notify = Notify()
    health = Health(its.clock, degraded=lambda: writer is not None and writer.health != "up")
    together = Together(server, local, its.clock, its.sleep) if server is not None else None
    updates = source(
        volatile=local, journal=journal, sleep=its.sleep, health=health,
        handle=together.around(handlers) if together is not None else handlers.handle,
        is_leave=handlers.is_leave, under_way=leaving.under_way, alive=notify.alive,
    )  # fmt: skip
    health.waiting = lambda: updates.waiting
    journal.note("start")
    notify.ready()
    every = partial(_every, its.sleep, journal)
    tasks = [
        asyncio.create_task(_publish(bot, offers, journal)),
        asyncio.create_task(every(IDLE_CHECK_SECONDS, lambda: blank_idle(tidy, local, its.clock, together))),
        asyncio.create_task(every(LYING_CHECK_SECONDS, lambda: remove_lying(tidy, local))),
        asyncio.create_task(every(COUNTS_CHECK_SECONDS, lambda: _upkeep(writer, talk, journal))),
        asyncio.create_task(every(RENEW_CHECK_SECONDS, renewal.look)),
    ]
    taking = asyncio.create_task(updates.run())
    ending = [asyncio.create_task(one.wait()) for one in (stop, renewal.due)]
    try:
        await asyncio.wait({taking, *ending}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            notify.stopping()
        await updates.stop(FINISH_SECONDS)
        await asyncio.gather(deliver.close(1.0), leaving.close(1.0))
        await taking
    finally:
        for task in (*tasks, *ending):
            task.cancel()
        await asyncio.gather(*tasks, *ending, return_exceptions=True)
        is_renewed = renewal.due.is_set() and not stop.is_set()
        if is_renewed:
            heir.state = hand_over(local, talk, counter)
        if writer is not None:
            await asyncio.to_thread(writer.free if is_renewed else writer.close)
        journal.note("renewed" if is_renewed else "stop")


async def _every(sleep: Sleep, journal: Journal, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do some work again and again; that it failed once is no reason not to do it any more."""
    while True:
        await sleep(seconds)
        try:
            await work()
        except Exception as error:
            journal.note("unhandled", error, "error")


async def _publish(bot: ExtBot[None], offers: Offers, journal: Journal) -> None:
    """Read all languages, then set menus; a refusal costs nothing but a line in the log."""
    await asyncio.to_thread(offers.catalogues.read_all)
    try:
        await publish(bot, offers)
    except TelegramError as error:
        journal.note("profile_failed", error, "warning")


async def blank_idle(tidy: Tidy, local: Local, clock: Callable[[], float], together: Together | None = None) -> None:
    """Blank the screens nobody touched for too long; those that could not be are tried again at the next look."""
    if together is not None:
        await together.blank_idle(tidy)
    for chat, message in local.idle(clock()):
        if await tidy.blank(chat, message):
            local.blanked(chat, message, clock())


async def remove_lying(tidy: Tidy, local: Local) -> None:
    """Remove what was written past the limit or could not be removed at once."""
    for chat, messages in local.lying():
        if not await tidy.remove(chat, *messages):
            for message in messages:
                local.lay(chat, message)


async def _upkeep(writer: Writer | None, talk: Talk, journal: Journal) -> None:
    """Let go of what is a day old, and write counts when their slot has come."""
    talk.once.forget(utc_now())
    talk.seal.tidy()
    if writer is None:
        return
    await asyncio.to_thread(writer.run_due, utc_now())
    if writer.health != "up":
        journal.note("counts_degraded", level="warning")


def run(config: Config, webhook: bool = False) -> None:
    """Run the bot until SIGTERM or SIGINT. Raises WaymarkError where it must not start."""
    heir = receive()
    token = config.token()
    secret = config.webhook_secret() if webhook else None
    leave_no_core()
    journal = install(utc_now)
    try:
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            heir = runner.run(_main(config, token, journal, heir, secret))
    finally:
        journal.close()
    if heir.state:
        renew(heir)


async def _main(config: Config, token: Secret, journal: Journal, heir: Heir, secret: Secret | None) -> Heir:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in STOP_SIGNALS:
        loop.add_signal_handler(name, stop.set)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    loop.set_exception_handler(lambda _, context: journal.note("unhandled", context.get("exception"), "error"))
    return await serve(config, token, journal, stop, heir=heir, secret=secret)
