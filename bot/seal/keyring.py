"""Daily keys: 64 random bytes per UTC day on a shelf in memory; today's and yesterday's are held, no other.

The shelf is a memory file system, or a server that several processes share. Once a key is gone nobody can read a
button sealed with it. Power-off destroys them all.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

KEY_BYTES = 64
KEY_IDS = 16  # the id of a day is its number modulo 16, four bits of the button's first byte
MEMORY_FOLDERS = (Path("/dev/shm"), Path("/run"))  # noqa: S108  memory file systems, not shared temp folders


class Shelf(Protocol):
    """Where keys lie for whoever seals with them; never on a disk."""

    def load(self, day: int) -> bytes | None:
        """The key of a day; None where there is none, or the shelf cannot be reached."""

    def store(self, day: int, key: bytes) -> bytes | None:
        """Lay a key down; returns the one that holds: this, or that of who was first. None: not to be reached."""

    def tidy(self, today: int) -> None:
        """Remove every key but today's and yesterday's."""


class Folder:
    """A shelf on a memory file system, mode 0700. A full or vanished disk is none: the key lives in the process."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, day: int) -> bytes | None:
        try:
            return self._file(day).read_bytes()
        except OSError:
            return None

    def store(self, day: int, key: bytes) -> bytes | None:
        """Write a key whole or not at all; if another process was first, take its key."""
        with contextlib.suppress(OSError):
            return self._write(day, key)
        return key

    def tidy(self, today: int) -> None:
        kept = tuple(self._file(day).name for day in (today, today - 1))
        for path in (*self.path.glob("key-*"), *self.path.glob(".key-*")):  # the latter: a process died writing
            if path.name not in kept and not path.name.startswith(tuple(f".{name}-" for name in kept)):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _file(self, day: int) -> Path:
        return self.path / f"key-{day}"

    def _write(self, day: int, key: bytes) -> bytes:
        path = self._file(day)
        draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, key)
        finally:
            os.close(handle)
        try:
            os.link(draft, path)
        except FileExistsError:
            first = self.load(day)
            return first if first is not None and len(first) == KEY_BYTES else key
        finally:
            draft.unlink()
        return key


class Keyring:
    """Keys by day number (days since 1970-01-01 UTC).

    shelf: a folder on a memory file system, another shelf, or None to keep keys in this process alone (a restart then
    makes every open button lead to the start). day: today's number. fresh: makes a new key.
    """

    def __init__(
        self,
        shelf: Path | Shelf | None,
        day: Callable[[], int],
        fresh: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.folder = shelf if isinstance(shelf, Path) else None
        self._shelf: Shelf | None = Folder(shelf) if isinstance(shelf, Path) else shelf
        self._day, self._fresh = day, fresh
        self._keys: dict[int, bytes] = {}
        self._tidied = -1

    def current(self) -> tuple[int, bytes]:
        """The id and the key to seal with: today's, or yesterday's as long as a shared shelf is away."""
        today = self._day()
        if today != self._tidied:
            self._tidy(today)
        key = self._keys.get(today) or self._load(today) or self._make(today)
        if key is None:
            return (today - 1) % KEY_IDS, self._keys[today - 1]
        return today % KEY_IDS, key

    def find(self, key_id: int) -> bytes | None:
        """The key of today or yesterday that has this id; None for any other."""
        today = self._day()
        if today != self._tidied:
            self._tidy(today)
        for day in (today, today - 1):
            if day % KEY_IDS == key_id:
                return self._keys.get(day) or self._load(day)
        return None

    def tidy(self) -> None:
        """Let go of keys whose day is over; called now and then, so that they go without traffic too.

        Where others share the shelf, today's key is also fetched: it may be away when it is first needed.
        """
        self._tidy(self._day())
        if self._shelf is not None and self.folder is None:
            self.current()

    def take(self, day: int, key: bytes) -> None:
        """Others agreed on another key for a day: seal with it from now on."""
        self._keys[day] = key

    def _tidy(self, today: int) -> None:
        """Forget and remove every key but today's and yesterday's."""
        self._tidied = today
        self._keys = {day: key for day, key in self._keys.items() if today - 1 <= day <= today}
        if self._shelf is not None:
            self._shelf.tidy(today)

    def _load(self, day: int) -> bytes | None:
        key = self._shelf.load(day) if self._shelf is not None else None
        if key is None or len(key) != KEY_BYTES:
            return None
        self._keys[day] = key
        return key

    def _make(self, day: int) -> bytes | None:
        """A new key, or that of who was first. None: it cannot be agreed on now, and yesterday's may serve."""
        key = self._fresh(KEY_BYTES)
        held = self._shelf.store(day, key) if self._shelf is not None else key
        if held is None and day - 1 in self._keys:
            return None
        self._keys[day] = held or key
        return self._keys[day]


def memory_folder(name: str, mounts: str | None = None) -> Path | None:
    """A private folder (mode 0700) on a memory file system, or None where this machine has none.

    mounts: the text of /proc/mounts; read from there when None.
    """
    if mounts is None:
        try:
            mounts = Path("/proc/mounts").read_text(encoding="utf-8")
        except OSError:
            return None
    in_memory = {fields[1] for line in mounts.splitlines() if len(fields := line.split()) > 2 and fields[2] == "tmpfs"}
    for parent in (Path(f"/run/user/{os.getuid()}"), *MEMORY_FOLDERS):
        if str(parent) not in in_memory:
            continue
        folder = parent / f"{name}-{os.getuid()}"
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            state = folder.lstat()
            if state.st_uid == os.getuid() and state.st_mode & 0o777 == 0o700 and not folder.is_symlink():
                return folder
    return None
