"""The door of the store: who may write, and whether the file is ours. Looks at files before SQLite may touch them."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from enum import StrEnum
from pathlib import Path

from bot.errors import WaymarkError

MAGIC = b"SQLite format 3\x00"
APPLICATION_ID = 0x57594D4B  # "WYMK"
USER_VERSION = 1
HEADER_BYTES = 100
ALREADY_RUNNING = 75


class State(StrEnum):
    """What became of the last try to reach the store. Anything but READY: counts wait in memory, talks go on."""

    READY = "ready"
    LOCKED = "locked"
    FULL = "full"
    READ_ONLY = "read-only"
    FAILING = "failing"
    CORRUPT = "corrupt"
    FOREIGN = "foreign"
    EMPTY = "empty"
    MISSING = "missing"
    CLOCK = "clock"


REMEDIES = {
    State.READY: "",
    State.LOCKED: "Another program holds the count file. Close it.",
    State.FULL: "The disk is full. Make room.",
    State.READ_ONLY: "The count file or its folder cannot be written. Check the owner and the mount.",
    State.FAILING: "The disk reports errors. Check it and keep a copy of the count file.",
    State.CORRUPT: "The count file is damaged and was left as it is. Move it away and restart.",
    State.FOREIGN: "The count file is not one of ours and was left as it is. Move it away and restart.",
    State.EMPTY: "The count file has no content and was left as it is. Move it away and restart.",
    State.MISSING: "The count file or its folder is gone, perhaps not its journal. Check the mount, then restart.",
    State.CLOCK: "The count file is ahead of the clock. Set the clock.",
}

_SQLITE = {
    sqlite3.SQLITE_BUSY: State.LOCKED,
    sqlite3.SQLITE_LOCKED: State.LOCKED,
    sqlite3.SQLITE_FULL: State.FULL,
    sqlite3.SQLITE_READONLY: State.READ_ONLY,
    sqlite3.SQLITE_PERM: State.READ_ONLY,
    sqlite3.SQLITE_AUTH: State.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: State.READ_ONLY,  # that the file is there was looked up before
    sqlite3.SQLITE_CORRUPT: State.CORRUPT,
    sqlite3.SQLITE_NOTADB: State.CORRUPT,
}
_SYSTEM = {
    errno.ENOENT: State.MISSING,
    errno.ENOTDIR: State.MISSING,
    errno.ENOSPC: State.FULL,
    errno.EDQUOT: State.FULL,
    errno.EFBIG: State.FULL,
    errno.EACCES: State.READ_ONLY,
    errno.EPERM: State.READ_ONLY,
    errno.EROFS: State.READ_ONLY,
}


class Refused(Exception):
    """The store cannot be used now, for a reason an operator can mend."""

    def __init__(self, state: State) -> None:
        super().__init__(state.value)
        self.state = state


class AlreadyRunning(WaymarkError):
    """A second process wants to write the same counts; the command line exits with `exit_code`."""

    exit_code = ALREADY_RUNNING


class Lock:
    """The right to write, held through an empty file beside the store; the system frees it when a process dies."""

    def __init__(self, store: Path) -> None:
        self._path = store.with_name(store.name + ".lock")
        self._handle: int | None = None

    def take(self) -> None:
        """Hold the lock. Raises AlreadyRunning if another holds it, OSError if there is no place for it."""
        if self._handle is not None:
            return
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise AlreadyRunning(
                "counts", f"another process already writes {self._path.name}.", "Stop it first, or use another folder."
            ) from None
        except OSError:
            os.close(handle)
            raise
        self._handle = handle

    def free(self) -> None:
        """Let it go. The file stays: removing it would let two processes lock two files of one name."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def inspect(store: Path) -> State:
    """Whether a file can be our store, judged by its first 100 bytes alone; SQLite would make an empty file its own."""
    if not store.exists():
        return State.MISSING
    if not store.is_file():
        return State.FOREIGN
    with store.open("rb") as file:
        head = file.read(HEADER_BYTES)
    if not head:
        return State.EMPTY
    number = {at: int.from_bytes(head[at : at + 4], "big") for at in (60, 68)}
    ours = number == {60: USER_VERSION, 68: APPLICATION_ID}
    rollback_journal = head[18:20] == b"\x01\x01"  # a write-ahead log would be a record of events
    return State.READY if head.startswith(MAGIC) and ours and rollback_journal else State.FOREIGN


def state_of(error: sqlite3.Error | OSError) -> State:
    """The state that an error of SQLite or of the system stands for."""
    if isinstance(error, OSError):
        return _SYSTEM.get(error.errno or 0, State.FAILING)
    code = getattr(error, "sqlite_errorcode", None)
    return State.FAILING if code is None else _SQLITE.get(code & 0xFF, State.FAILING)
