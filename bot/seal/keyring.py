"""Daily keys: 64 random bytes per UTC day on a memory file system; today's and yesterday's are held, no other.

Once a key is gone nobody can read a button sealed with it. Power-off destroys them all.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

KEY_BYTES = 64
KEY_IDS = 16  # the id of a day is its number modulo 16, four bits of the button's first byte
MEMORY_FOLDERS = (Path("/dev/shm"), Path("/run"))  # noqa: S108  memory file systems, not shared temp folders


class Keyring:
    """Keys by day number (days since 1970-01-01 UTC).

    folder: on a memory file system, or None to keep keys in this process alone (a restart then makes every open
    button lead to the start). day: today's number. fresh: makes a new key.
    """

    def __init__(
        self,
        folder: Path | None,
        day: Callable[[], int],
        fresh: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.folder, self._day, self._fresh = folder, day, fresh
        self._keys: dict[int, bytes] = {}
        self._tidied = -1

    def current(self) -> tuple[int, bytes]:
        """Today's key id and key."""
        today = self._day()
        if today != self._tidied:
            self._tidy(today)
        key = self._keys.get(today) or self._load(today) or self._make(today)
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
        """Let go of keys whose day is over; called now and then, so that they go without traffic too."""
        self._tidy(self._day())

    def _tidy(self, today: int) -> None:
        """Forget and remove every key but today's and yesterday's."""
        self._tidied = today
        self._keys = {day: key for day, key in self._keys.items() if today - 1 <= day <= today}
        if self.folder is None:
            return
        kept = tuple(self._path(day).name for day in (today, today - 1))
        for path in (*self.folder.glob("key-*"), *self.folder.glob(".key-*")):  # the latter: a process died writing
            if path.name not in kept and not path.name.startswith(tuple(f".{name}-" for name in kept)):
                with contextlib.suppress(OSError):
                    path.unlink()

    def _path(self, day: int) -> Path:
        assert self.folder is not None
        return self.folder / f"key-{day}"

    def _load(self, day: int) -> bytes | None:
        if self.folder is None:
            return None
        try:
            key = self._path(day).read_bytes()
        except OSError:
            return None
        if len(key) != KEY_BYTES:
            return None
        self._keys[day] = key
        return key

    def _make(self, day: int) -> bytes:
        key = self._fresh(KEY_BYTES)
        if self.folder is not None:
            with contextlib.suppress(OSError):  # a full or vanished memory disk: the key lives in this process
                key = self._store(day, key)
        self._keys[day] = key
        return key

    def _store(self, day: int, key: bytes) -> bytes:
        """Write a key whole or not at all; if another process was first, take its key."""
        path = self._path(day)
        draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, key)
        finally:
            os.close(handle)
        try:
            os.link(draft, path)
        except FileExistsError:
            return self._load(day) or key
        finally:
            draft.unlink()
        return key


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
