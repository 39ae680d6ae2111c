"""Bears bots: loads the program and its content once, then forks a real `waymark run` for every order it reads.

A process that starts from nothing takes seconds to read all languages; promises want hundreds of them. What a bot of
this kind does differently from an operator's is what its order says: see `Stage`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import bot.counts.ledger as ledger
import bot.counts.tally as tally
import bot.counts.writer as writer
import bot.messenger.app as app
import bot.volatile.local as local
from bot.cli import main
from bot.config import Config
from bot.counts.noise import Laplace
from bot.house import read_content
from bot.texts.offer import Offers

SPEED = 600  # a day of the fast clock goes by in 144 seconds
COUNT_POINTS = (
    "before the count is added", "after the count is added", "before the transaction", "after its begin",
    "after an update", "before the commit", "after the commit", "before the batch is let go",
    "after the batch is let go",
)  # fmt: skip


class Stage:
    """What an order changes in its bot, after the fork and before the start.

    shared: whether content and menus are those that the nursery read; else the bot reads all anew.
    fast: the moment at which the clock began, in real seconds since 1970: it goes SPEED times as fast from then on, and
        people may tap as much faster.
    slots: seconds between slots of the ledger, real ones. plain: noise is always zero, so that counts can be checked.
    kill: (point of COUNT_POINTS, after so many counts).
    witness: a file that lists whom the process spoke to.
    """

    def __init__(self, order: dict[str, Any]) -> None:
        if order.get("shared", True):
            words = app.leave_words(CONTENT, OFFERS)
            app.read_content, app.leave_words = lambda config: CONTENT, lambda content, offers: words
            app.content_version, app.publish = lambda config: "abcd1234", published
        if began := order.get("fast"):
            clock = partial(fast, began)
            app.utc_now = clock
            app.build_talk = partial(app.build_talk, now=clock)
            local.REFILL_PER_SECOND *= SPEED
        if seconds := order.get("slots"):
            step = timedelta(seconds=seconds * (SPEED if began else 1))
            writer.next_slot = lambda now, rng, hours: now + step
            app.COUNTS_CHECK_SECONDS = seconds / 3
        if order.get("plain"):
            Laplace.draw = lambda self: 0
        if kill := order.get("kill"):
            die_at(*kill)
        if path := order.get("witness"):
            witness(path)


async def published(bot: object, offers: object) -> None:
    """The menus of sixty languages stand already: setting them anew takes hundreds of calls."""


def fast(began: float) -> datetime:
    start = datetime.fromisoformat("2026-02-03T00:01:00+00:00")
    return start + timedelta(seconds=(time.time() - began) * SPEED)


def die_at(point: str, counts: int) -> None:
    """Kill this very process at a point of the count's way to the disk, once so many counts have been added."""
    added = 0

    def pass_by(name: str) -> None:
        nonlocal added
        added += name == "after the count is added"
        if name == point and added >= counts:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(holder: Any, name: str, before: str, behind: str) -> None:
        real: Callable[..., Any] = getattr(holder, name)

        def wrapped(*args: Any, **named: Any) -> Any:
            pass_by(before)
            result = real(*args, **named)
            pass_by(behind)
            return result

        setattr(holder, name, wrapped)

    around(tally.Pending, "add", "before the count is added", "after the count is added")
    around(tally.Pending, "settle", "before the batch is let go", "after the batch is let go")
    around(ledger, "_add", "", "after an update")
    real = ledger.writing

    @contextmanager
    def writing(conn: Any) -> Any:
        pass_by("before the transaction")
        with real(conn):
            pass_by("after its begin")
            yield
            pass_by("before the commit")
        pass_by("after the commit")

    ledger.writing = writing


def witness(path: str) -> None:
    """Write down whom the process looks up or connects to.

    Python tells of what its own loop connects to; the faster loop does so in C, where nobody hears it. The bot asks
    either for the same connections.
    """
    app.loop_factory = lambda: None
    out = Path(path).open("a", buffering=1, encoding="utf-8")  # noqa: SIM115  for as long as the process lives

    def hear(event: str, args: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.sendto"):
            out.write(json.dumps([event, str(args[1])]) + "\n")
        elif event.startswith("socket.get"):
            out.write(json.dumps([event, str(args[0])]) + "\n")

    sys.addaudithook(hear)


def bear(order: dict[str, Any]) -> int:
    """A bot of its own process; returns its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setsid()
        for number, path in ((0, os.devnull), (1, order["out"]), (2, order["out"])):
            os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), number)
        os.environ.clear()
        os.environ.update(order["env"])
        os.chdir(order["env"]["HOME"])
        Stage(order)
        code = int(main(["run"], standalone_mode=False) or 0)  # what went wrong comes back as a number
    except SystemExit as error:
        code = int(error.code or 0)
    finally:
        sys.stdout.flush()
        os._exit(code)


def serve() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            number, status = os.waitpid(order["wait"], 0 if order["block"] else os.WNOHANG)
            print(os.waitstatus_to_exitcode(status) if number else "", flush=True)
        else:
            print(bear(order), flush=True)


if __name__ == "__main__":
    CONTENT = read_content(Config())
    CONTENT.catalogues.read_all()
    OFFERS = Offers(CONTENT.languages, CONTENT.catalogues, CONTENT.library)
    app.leave_words(CONTENT, OFFERS)
    print("ready", flush=True)
    serve()
