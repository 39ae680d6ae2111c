"""The one process that takes counts from the shared server and writes them, as `waymark run` alone would."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import datetime

from bot.config import Config
from bot.counts.ledger import Ledger
from bot.counts.slots import hours_of
from bot.counts.writer import Writer
from bot.errors import WaymarkError
from bot.house import COUNT_FILE, count_schema, read_content, refuse_shut_door, utc_now
from bot.log import Journal, install
from bot.notify import Notify
from bot.replicas import open_server
from bot.texts.offer import Offers
from bot.volatile.tallies import Drain

LOOK_SECONDS = 5.0


def run(config: Config) -> None:
    """Keep the ledger until SIGTERM or SIGINT. Raises WaymarkError where it must not start."""
    if config.data is None:
        raise WaymarkError("WAYMARK_DATA", "is not set.", "Name the folder of the count file.")
    if not config.valkey:
        raise WaymarkError("WAYMARK_VALKEY", "is not set.", "Without replicas `waymark run` keeps the counts itself.")
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    journal = install(utc_now)
    try:
        keep_ledger(config, journal, utc_now, stop)
    finally:
        journal.close()


def keep_ledger(config: Config, journal: Journal, now: Callable[[], datetime], stop: threading.Event) -> None:
    """Take counts from the server and write them at their slots, until told to stop."""
    assert config.data is not None
    content = read_content(config)
    refuse_shut_door(content, lambda address: journal.note("withdrawn", level="error", at=address))
    schema = count_schema(config, content, Offers(content.languages, content.catalogues, content.library))
    ledger = Ledger(config.data / COUNT_FILE, schema, now, length=config.count_period)
    try:
        server = open_server(config, lambda: now().timestamp(), journal)
    except BaseException:
        ledger.close()
        raise
    drain, notify = Drain(server, schema.cells), Notify()
    writer = Writer(ledger, drain, now(), hours=hours_of(config.count_period))
    drain.lay_out()
    journal.note("start")
    notify.ready()
    try:
        while not stop.wait(LOOK_SECONDS):
            drain.lay_out()  # again and again: a server started anew has forgotten it
            writer.run_due(now())
            if writer.health != "up":
                journal.note("counts_degraded", level="warning")
            notify.alive()
    finally:
        notify.stopping()
        writer.close()
        server.close()
        journal.note("stop")
