"""What the bot is to the machine: the only one of its kind, closed to others, and made anew once a day.

Renewal replaces the program in the same process (exec), so that nothing of what was in memory remains, the lock is
never let go and whoever watches the process sees one that runs on. What is handed over is what the next needs to keep
its promises: screens to blank, counts that wait, keyed marks of what was counted. It travels in memory, not on disk.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import resource
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.counts.guard import AlreadyRunning

NOT_DUMPABLE = (4, 0)  # prctl(PR_SET_DUMPABLE, 0)
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
HEIR = "HEIR_OF_WAYMARK"  # "lock memory": the two open files a renewed program finds, -1 for none
CAN_RENEW = hasattr(os, "memfd_create")


@dataclass(slots=True)
class Heir:
    """What one program leaves to the next. lock: the open lock file, None where there is none. state: what is known."""

    lock: int | None = None
    state: Mapping[str, Any] = field(default_factory=dict)


@contextlib.contextmanager
def only_one(folder: Path | None, bot_id: str, heir: Heir) -> Iterator[None]:
    """Hold the lock of this bot on this machine. Raises AlreadyRunning where another process holds it.

    heir: brings the lock of the program before along, and takes a hold of it that outlives this one.
    """
    if folder is None:
        yield
        return
    if heir.lock is None:
        heir.lock = os.open(folder / f"bot-{bot_id}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(heir.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(heir.lock)
        raise AlreadyRunning("waymark run", "this bot is already running here.", "Stop the other one first.") from None
    try:
        yield
    finally:
        if not heir.state:  # nobody comes after this one
            os.close(heir.lock)
            heir.lock = None


def receive() -> Heir:
    """What the program before this one left; an empty heir after an ordinary start."""
    lock, _, memory = os.environ.pop(HEIR, "-1 -1").partition(" ")
    heir = Heir()
    if (number := int(lock)) >= 0:
        os.set_inheritable(number, False)
        heir.lock = number
    if (number := int(memory)) >= 0:
        with os.fdopen(number, "rb") as file:
            heir.state = json.loads(file.read())
    return heir


def renew(heir: Heir) -> None:
    """Start the same program anew in this process. Does not return; a signal to stop waits until it can be heard."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    memory = os.memfd_create("heir")
    with os.fdopen(os.dup(memory), "wb") as file:
        file.write(json.dumps(heir.state).encode())
    os.lseek(memory, 0, os.SEEK_SET)
    for number in (memory, heir.lock):
        if number is not None:
            os.set_inheritable(number, True)
    os.environ[HEIR] = f"{-1 if heir.lock is None else heir.lock} {memory}"
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  our own command line, no shell


def leave_no_core() -> None:
    """Let no crash and no other process of this account write our memory to disk."""
    with contextlib.suppress(OSError, ValueError):  # a service manager may have set it, and forbid to set it again
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):  # Linux alone has it
        ctypes.CDLL(None).prctl(*NOT_DUMPABLE, 0, 0, 0)
