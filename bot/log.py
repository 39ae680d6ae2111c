"""Content-free logs: one JSON object a line with `t` (UTC, cut to the hour), `lvl`, `ev`, `code`, `at`, `n`, no more.

Every record of every library passes through the same gate; messages, arguments and tracebacks never do.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

EVENTS = (
    "start", "stop", "renewed", "withdrawn", "keys_in_process", "update_refused", "update_failed", "group_left",
    "api_refused", "api_limited", "api_unreachable", "api_conflict", "token_refused", "profile_failed",
    "counts_degraded", "counts_up", "valkey_unreachable", "unhandled", "library",
)  # fmt: skip
CODES = frozenset({
    "BadRequest", "Forbidden", "Conflict", "RetryAfter", "TimedOut", "NetworkError", "InvalidToken", "ChatMigrated",
    "TelegramError", "KeyError", "TypeError", "ValueError", "AttributeError", "OSError", "TimeoutError", "RuntimeError",
})  # fmt: skip
LEVELS = ("info", "warning", "error", "critical")
HERE = Path(__file__).resolve().parent


class Journal:
    """Writes events; the same event of the same hour is written once and then merged into a count."""

    def __init__(self, out: TextIO, now: Callable[[], datetime]) -> None:
        self._out, self._now = out, now
        self._hour = ""
        self._merged: dict[tuple[str, str, str, str], int] = {}
        self._lock = threading.Lock()

    def note(self, event: str, error: BaseException | None = None, level: str = "info", at: str = "") -> None:
        """One event of the closed list; of an error only its kind and the place in our code."""
        code = _code(error) if error is not None else ""
        place = at or (_place(error.__traceback__) if error is not None else "")
        with self._lock:
            hour = self._now().strftime("%Y-%m-%dT%H:00Z")
            if hour != self._hour:
                self._flush()
                self._hour = hour
            key = (level if level in LEVELS else "error", event if event in EVENTS else "library", code, place)
            if key not in self._merged:
                self._merged[key] = 0
                self._write(key, 1)
            else:
                self._merged[key] += 1

    def close(self) -> None:
        """Write what was merged."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        for key, count in self._merged.items():
            if count:
                self._write(key, count)
        self._merged.clear()

    def _write(self, key: tuple[str, str, str, str], count: int) -> None:
        level, event, code, at = key
        line = {"t": self._hour, "lvl": level, "ev": event, "code": code, "at": at, "n": count}
        with contextlib.suppress(OSError, ValueError):  # a full disk or a closed pipe must not stop the bot
            self._out.write(json.dumps({name: value for name, value in line.items() if value}) + "\n")
            self._out.flush()


def _code(error: BaseException) -> str:
    name = type(error).__name__
    return name if name in CODES else "other"


def _place(trace: TracebackType | None) -> str:
    """module:line of the innermost frame that is ours."""
    place = ""
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if HERE in path.parents:
            place = f"{path.relative_to(HERE).with_suffix('').as_posix().replace('/', '.')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


class Gate(logging.Handler):
    """Turns any library's record into one bare event."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.WARNING)
        self.journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        self.journal.note("library", error, record.levelname.lower(), at="" if error else record.name.partition(".")[0])


def install(now: Callable[[], datetime], out: TextIO | None = None) -> Journal:
    """Route root, warnings, asyncio, hooks and every library through one journal; quiet those that print addresses."""
    journal = Journal(out or sys.stderr, now)
    root = logging.getLogger()
    root.handlers[:] = [Gate(journal)]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    for name in ("httpx", "httpcore", "telegram", "asyncio", "uvicorn", "py.warnings"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
        logger.setLevel(logging.WARNING)
    sys.excepthook = lambda kind, error, trace: journal.note("unhandled", error, "error")
    threading.excepthook = lambda args: journal.note("unhandled", args.exc_value, "error")
    sys.unraisablehook = lambda args: journal.note("unhandled", args.exc_value, "error")
    return journal
