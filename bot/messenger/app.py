"""The running bot: put together, started, kept tidy, stopped cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.config import Config, Secret
from bot.counts.guard import AlreadyRunning
from bot.counts.schema import Schema
from bot.counts.tally import Counter, NullCounter, Pending
from bot.errors import WaymarkError
from bot.house import Content, build_talk, content_version, keyring, read_content, utc_now
from bot.log import Journal, install
from bot.messenger.deliver import Deliver
from bot.messenger.handlers import Handlers
from bot.messenger.profile import publish, refuse_unsafe
from bot.messenger.tidy import blank
from bot.messenger.updates import Poller
from bot.seal.keyring import Keyring
from bot.texts.offer import Offers
from bot.volatile.local import Local

if TYPE_CHECKING:
    from bot.counts.writer import Writer

CALLS_PER_SECOND = 25
CONNECTIONS = 64
IDLE_CHECK_SECONDS = 15.0
COUNTS_CHECK_SECONDS = 60.0
FINISH_SECONDS = 5.0
START_PAUSE_SECONDS = 3.0


@contextlib.contextmanager
def only_one(folder: Path | None, bot_id: str) -> Iterator[None]:
    """Hold the lock of this bot on this machine. Raises AlreadyRunning where another process holds it."""
    if folder is None:
        yield
        return
    with (folder / f"bot-{bot_id}.lock").open("w") as file:
        os.fchmod(file.fileno(), 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyRunning(
                "waymark run", "this bot is already running here.", "Stop the other one first."
            ) from None
        yield


def leave_words(content: Content, offers: Offers) -> frozenset[str]:
    """Words that leave at once, of every language that has them, and a lone full stop."""
    words = {"."}
    for language in content.languages.by_tag.values():
        spoken = offers.voice(language).say("leave.words")
        words |= {word.strip().casefold() for word in spoken.split(",")}
    return frozenset(word for word in words if word)


def open_counts(config: Config, content: Content, offers: Offers) -> tuple[Counter, Writer | None]:
    """The counter and the writer behind it; none where no data folder was named."""
    if config.data is None:
        return NullCounter(), None
    from bot.counts.ledger import Ledger  # SQLite is loaded only where counts are kept
    from bot.counts.writer import Writer

    flows = [
        (flow.id, ("none", "some", "strong", "urgent") if flow.counts == "bands" else ())
        for flow in content.library.flows.values()
        if flow.scoring != "none"
    ]
    schema = Schema.build(flows=flows, locales=[language.tag for language in offers.offered()])
    pending = Pending(schema.cells)
    return pending, Writer(Ledger(config.data / "counts.db", schema, utc_now), pending, utc_now())


async def serve(config: Config, token: Secret, journal: Journal, stop: asyncio.Event) -> None:
    """Run until `stop` is set. Raises WaymarkError where the bot must not run."""
    content = read_content(config)
    for _ in content.found:
        journal.note("withdrawn", level="error")
    keys = keyring(config.keys, utc_now, lambda line: journal.note("keys_in_process", level="warning"))
    with only_one(keys.folder, token.reveal().partition(":")[0]):
        base = f"{config.bot_api}/bot"
        request = HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=20.0, read_timeout=10.0)
        polling = HTTPXRequest(connection_pool_size=2, pool_timeout=20.0)
        limiter = AIORateLimiter(overall_max_rate=CALLS_PER_SECOND, group_max_rate=0, max_retries=0)
        bot: ExtBot[int] = ExtBot(token.reveal(), base_url=base, request=request, rate_limiter=limiter)
        async with polling, _started(bot, journal, stop) as is_up:
            if is_up:
                local = Local()
                poll = partial(Poller, bot, polling, base, token, local=local, journal=journal)
                await _run(config, content, keys, bot, local, poll, journal, stop)


@contextlib.asynccontextmanager
async def _started(bot: ExtBot[int], journal: Journal, stop: asyncio.Event) -> AsyncIterator[bool]:
    """The bot signed in, trying again while the network is down; False when told to stop meanwhile."""
    while True:
        try:
            await bot.initialize()
            break
        except InvalidToken:
            raise WaymarkError(
                "WAYMARK_TOKEN_FILE", "holds a token that Telegram refuses.", "Put the current one in it."
            ) from None
        except (NetworkError, TelegramError) as error:
            journal.note("api_unreachable", error, "warning")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), START_PAUSE_SECONDS)
            if stop.is_set():
                yield False
                return
    try:
        yield True
    finally:
        await bot.shutdown()


async def _run(
    config: Config, content: Content, keys: Keyring, bot: ExtBot[int], local: Local,
    poll: Callable[..., Poller], journal: Journal, stop: asyncio.Event,
) -> None:  # fmt: skip
    refuse_unsafe(bot.bot)
    offers = Offers(content.languages, content.catalogues, content.library)
    counter, writer = open_counts(config, content, offers)
    talk = build_talk(config, content, keys, counter, version=content_version(config))
    deliver = Deliver(bot, local, journal, time.monotonic)
    handlers = Handlers(bot, talk, deliver, local, journal, time.monotonic, leave_words(content, offers))
    poller = poll(handle=handlers.handle)
    journal.note("start")
    tasks = [
        asyncio.create_task(_publish(bot, offers, journal)),
        asyncio.create_task(_every(IDLE_CHECK_SECONDS, lambda: _blank_idle(bot, local))),
        asyncio.create_task(_every(COUNTS_CHECK_SECONDS, lambda: _write_counts(writer, talk.seen.forget, journal))),
    ]
    polling = asyncio.create_task(poller.run())
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({polling, stopped}, return_when=asyncio.FIRST_COMPLETED)
        await poller.stop(FINISH_SECONDS)
        await deliver.close(1.0)
        stopped.cancel()
        await polling
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if writer is not None:
            await asyncio.to_thread(writer.close)
        journal.note("stop")


async def _every(seconds: float, work: Callable[[], object]) -> None:
    while True:
        await asyncio.sleep(seconds)
        result = work()
        if asyncio.iscoroutine(result):
            await result


async def _publish(bot: ExtBot[int], offers: Offers, journal: Journal) -> None:
    """Read all languages, then set menus; a refusal costs nothing but a line in the log."""
    await asyncio.to_thread(offers.catalogues.read_all)
    try:
        await publish(bot, offers)
    except TelegramError as error:
        journal.note("profile_failed", error, "warning")


async def _blank_idle(bot: ExtBot[int], local: Local) -> None:
    for chat, message in local.idle(time.monotonic()):
        await blank(bot, chat, message)


async def _write_counts(writer: Writer | None, forget: Callable[..., None], journal: Journal) -> None:
    forget(utc_now())
    if writer is None:
        return
    await asyncio.to_thread(writer.run_due, utc_now())
    if writer.health != "up":
        journal.note("counts_degraded", level="warning")


def run(config: Config) -> None:
    """Run the bot until SIGTERM or SIGINT. Raises WaymarkError where it must not start."""
    token = config.token()
    journal = install(utc_now)
    try:
        asyncio.run(_main(config, token, journal))
    finally:
        journal.close()


async def _main(config: Config, token: Secret, journal: Journal) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    loop.set_exception_handler(lambda _, context: journal.note("unhandled", context.get("exception"), "error"))
    await serve(config, token, journal, stop)
