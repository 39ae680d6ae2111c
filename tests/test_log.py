"""Logs say that something of a kind happened and how often: never who, what, or more exactly when."""

from __future__ import annotations

import errno
import io
import json
import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telegram.error import BadRequest

from bot.log import CODES, EVENTS, LEVELS, Gate, Journal, install

NOON = datetime(2026, 2, 3, 12, 34, 56, tzinfo=UTC)
SECRET = "7000000001:AAZorblaxTokenThatMustNotShow_123456"


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def journal(out: io.StringIO, clock: Clock) -> Journal:
    return Journal(out, clock)


@pytest.fixture
def restored() -> Iterator[None]:
    """Loggers and hooks as they were, afterwards."""
    root = logging.getLogger()
    names = ("httpx", "httpcore", "telegram", "asyncio", "uvicorn", "py.warnings")
    before = [(one, list(one.handlers), one.level, one.propagate) for one in (root, *map(logging.getLogger, names))]
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    for one, handlers, level, propagate in before:
        one.handlers[:], one.propagate = handlers, propagate
        one.setLevel(level)
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(False)


@pytest.fixture
def installed(restored: None, out: io.StringIO, clock: Clock) -> Journal:
    """The journal in charge of everything."""
    return install(clock, out)


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def fits(line: dict[str, Any]) -> bool:
    """Whether a line has the closed shape, and nothing else."""
    return (
        set(line) <= {"t", "lvl", "ev", "code", "at", "n"}
        and bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:00Z", line["t"]))
        and line["lvl"] in LEVELS
        and line["ev"] in EVENTS
        and line.get("code", "other") in {*CODES, "other"}
        and bool(re.fullmatch(r"[a-zA-Z_.]+(:\d+)?", line.get("at", "x")))
        and isinstance(line["n"], int)
    )


def caught(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as raised:
        return raised


def test_a_line_has_the_hour_and_a_name_from_a_list(journal: Journal, out: io.StringIO) -> None:
    """Minutes are cut off; an event that is not on the list is called by the one name for such."""
    journal.note("start")
    journal.note("Zorblax wrote", level="Zorblax")

    assert lines(out) == [
        {"t": "2026-02-03T12:00Z", "lvl": "info", "ev": "start", "n": 1},
        {"t": "2026-02-03T12:00Z", "lvl": "error", "ev": "library", "n": 1},
    ]


def test_of_an_error_only_its_kind_and_our_line_are_told(journal: Journal, out: io.StringIO) -> None:
    """No text, no arguments, no trace; a kind that is not on the list is "other"."""

    class ZorblaxError(Exception):
        pass

    for error in (BadRequest(f"Zorblax {SECRET}"), ZorblaxError("Zorblax"), KeyError("Zorblax")):
        journal.note("update_failed", caught(error), "error")

    assert [line["code"] for line in lines(out)] == ["BadRequest", "other", "KeyError"]
    assert all(fits(line) for line in lines(out))
    assert "Zorblax" not in out.getvalue()


def test_the_place_is_the_innermost_of_ours(journal: Journal, out: io.StringIO) -> None:
    """Module and line of our own code, however deep in a library the error came from."""
    try:
        json.loads("{Zorblax")
    except ValueError as error:
        journal.note("unhandled", error)
    try:
        Journal(None, lambda: NOON).note("start")  # type: ignore[arg-type]
    except AttributeError as error:
        journal.note("unhandled", error)

    assert "at" not in lines(out)[0]
    assert re.fullmatch(r"log:\d+", lines(out)[1]["at"])


def test_repeats_within_an_hour_are_merged(journal: Journal, out: io.StringIO, clock: Clock) -> None:
    """A thousand of a kind make one line at once and one with the rest when the hour is over."""
    for _ in range(1_000):
        journal.note("api_limited", level="warning")
    assert [line["n"] for line in lines(out)] == [1]
    clock.now += timedelta(hours=1)
    journal.note("stop")

    assert [(line["t"][11:13], line["ev"], line["n"]) for line in lines(out)] == [
        ("12", "api_limited", 1), ("12", "api_limited", 999), ("13", "stop", 1),
    ]  # fmt: skip


def test_closing_writes_what_was_merged(journal: Journal, out: io.StringIO) -> None:
    """Nothing merged is lost at a stop, and nothing is written twice."""
    for _ in range(3):
        journal.note("group_left")
    journal.close()
    journal.close()

    assert [line["n"] for line in lines(out)] == [1, 2]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), BrokenPipeError(), ValueError("closed file")], ids=repr
)
def test_a_log_that_cannot_be_written_stops_nobody(error: Exception, clock: Clock) -> None:
    """A full disk or a closed pipe costs the line, not the person waiting for an answer."""

    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise error

    journal = Journal(Full(), clock)
    journal.note("start")
    journal.close()


def test_libraries_cannot_get_a_word_through(installed: Journal, out: io.StringIO) -> None:
    """Whatever they log, at any level, with arguments and traces: a bare line per kind, or nothing."""
    for name in ("httpx", "httpcore.http11", "telegram.ext", "asyncio", "uvicorn.error", "tornado", "some.other"):
        logger = logging.getLogger(name)
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL, 35):
            logger.log(level, "HTTP Request: POST https://api.telegram.org/bot%s/getMe", SECRET)
        try:
            raise BadRequest(SECRET)
        except BadRequest:
            logger.exception("Zorblax %s", SECRET)
    logging.warning("Zorblax said %s", SECRET)

    assert lines(out)
    assert all(fits(line) for line in lines(out))
    assert {line["ev"] for line in lines(out)} == {"library"}
    assert not re.search("Zorblax|AAZ|7000000001|https?:", out.getvalue())


@pytest.mark.parametrize("name", ["httpx", "httpcore"])
def test_libraries_that_print_addresses_are_quiet(installed: Journal, out: io.StringIO, name: str) -> None:
    """Every request line would hold the token: these two say nothing below a warning."""
    logging.getLogger(name).info("x")
    logging.getLogger(f"{name}.connection").debug("x")

    assert out.getvalue() == ""


def test_a_logger_set_to_debug_is_filtered_all_the_same(installed: Journal, out: io.StringIO) -> None:
    """Somebody who raises a library's level in code still gets no content."""
    logger = logging.getLogger("telegram.Bot")
    logger.setLevel(logging.DEBUG)
    try:
        logger.debug("Zorblax %s", SECRET)
    finally:
        logger.setLevel(logging.NOTSET)

    assert out.getvalue() == ""


def test_warnings_and_every_hook_go_through_the_gate(installed: Journal, out: io.StringIO) -> None:
    """Warnings, uncaught errors, errors in threads and in clean-up: each one bare line, nothing on any other stream."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"Zorblax {SECRET}", stacklevel=1)
    error = caught(ValueError(f"Zorblax {SECRET}"))
    sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=lambda: (_ for _ in ()).throw(KeyError("Zorblax")))
    thread.start()
    thread.join()

    class Zorblax:
        def __del__(self) -> None:
            raise TypeError(SECRET)

    Zorblax()

    assert [(line["ev"], line.get("code")) for line in lines(out)] == [
        ("library", None), ("unhandled", "ValueError"), ("unhandled", "KeyError"), ("unhandled", "TypeError"),
    ]  # fmt: skip
    assert all(fits(line) for line in lines(out))
    assert "Zorblax" not in out.getvalue()


def test_the_gate_alone_stands_at_the_root(restored: None, clock: Clock) -> None:
    """No other handler is left through which a record could leave."""
    install(clock, io.StringIO())

    assert [type(one) for one in logging.getLogger().handlers] == [Gate]
    assert all(not logging.getLogger(name).handlers for name in ("httpx", "telegram", "asyncio", "py.warnings"))
