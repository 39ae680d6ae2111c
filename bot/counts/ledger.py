"""The store of counts on disk: noisy sums in rows of fixed width, written whole at every slot.

The only importer of `sqlite_utils`. It opens, creates and looks at tables; what is written in a slot is plain SQL,
because the layout (WITHOUT ROWID) and the single transaction are what keeps events and their order out of the file.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.counts.disk import connected, writing
from bot.counts.guard import (
    APPLICATION_ID,
    REMEDIES,
    USER_VERSION,
    AlreadyRunning,
    Lock,
    Refused,
    State,
    inspect,
    state_of,
)
from bot.counts.noise import Laplace, Noise, permit
from bot.counts.period import Length, bucket_for, is_ahead, is_bucket, is_closed, is_due
from bot.counts.schema import Schema, digest
from bot.counts.tally import Batch, Cell, Waiting
from bot.errors import WaymarkError

ZERO = 2**40  # far from any border of SQLite's integer widths, so that every value takes six bytes
ENOUGH = 10  # conversations that must wait before any of them is written
TAG_BYTES = 16

CELLS = (
    "CREATE TABLE cell (bucket TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, "
    "PRIMARY KEY (bucket, name)) STRICT, WITHOUT ROWID"
)
COLUMNS: dict[str, dict[str, Any]] = {
    "bucket": {"name": str, "schema": str},
    "cell": {"bucket": str, "name": str, "value": int},
    "store": {"id": int, "tag": bytes},
}
NOTHING = Batch({})


class Ledger:
    """The one writer of the store at `path`.

    now: the moment, with its time zone. noise: for tests only, a release refuses it. length: of a bucket. The folder
    must exist; a missing file is made. Raises AlreadyRunning if another process writes here. Whatever else is wrong
    shows in `state`, the file is left as it is, and counts go on waiting where they are.
    """

    def __init__(
        self,
        path: Path,
        schema: Schema,
        now: Callable[[], datetime],
        noise: Noise | None = None,
        length: Length = "quarter",
    ) -> None:
        self._noise: Noise = noise if noise is not None else Laplace()
        permit(self._noise)
        self._path, self._schema, self._now, self._length = Path(path), schema, now, length
        self._lock, self._busy = Lock(self._path), threading.Lock()
        self._doubt: tuple[bytes, Batch] | None = None
        self._existed = False
        with suppress(OSError):  # no place for a lock is a state like others, tried again at every slot
            self._lock.take()
        self.state = self._try(self._begin)

    def flush(self, waiting: Waiting, closing: bool = False) -> State:
        """Write one slot: every row and a fresh tag, with what is waiting if enough conversations are.

        closing: at a planned stop; what is waiting is written however little it is.
        """
        with self._busy:
            self.state = self._try(lambda: self._slot(waiting, closing))
            if self._doubt is not None:  # the commit failed half-way: it may have happened nevertheless
                self._try(lambda: self._resolve(waiting))
            return self.state

    def close(self) -> None:
        """Let another process write."""
        with self._busy:
            self._lock.free()

    def _try(self, work: Callable[[], None]) -> State:
        try:
            work()
        except Refused as refused:
            return refused.state
        except AlreadyRunning:
            return State.LOCKED
        except (sqlite3.Error, OSError) as error:
            return state_of(error)
        return State.READY

    def _begin(self) -> None:
        self._lock.take()
        if not self._existed and not self._path.exists():
            if self._path.with_name(self._path.name + "-journal").exists():
                raise Refused(State.MISSING)  # the file it belongs to was moved; SQLite would play it into a new one
            self._create()
        self._existed = True
        with _opened(self._path) as conn, writing(conn):
            self._open_bucket(conn)

    def _slot(self, waiting: Waiting, closing: bool) -> None:
        self._lock.take()
        if not self._existed:
            self._begin()
        self._resolve(waiting)
        batch = waiting.batch()
        if batch.conversations < ENOUGH and not closing:
            batch = NOTHING
        tag = secrets.token_bytes(TAG_BYTES)
        with _opened(self._path) as conn:
            with writing(conn):
                bucket = self._open_bucket(conn)
                _add(conn, bucket, batch)
                conn.execute("UPDATE store SET tag = ?", (tag,))
                self._doubt = (tag, batch)
            self._settle(waiting)
            self._retire(conn)

    def _resolve(self, waiting: Waiting) -> None:
        """After an unclear commit, the tag in the file tells whether the batch is in it."""
        if self._doubt is None:
            return
        with _opened(self._path) as conn:
            [(tag,)] = conn.execute("SELECT tag FROM store").fetchall()
        if tag == self._doubt[0]:
            self._settle(waiting)
        self._doubt = None

    def _settle(self, waiting: Waiting) -> None:
        if self._doubt is not None:
            waiting.settle(self._doubt[1])
        self._doubt = None

    def _open_bucket(self, conn: sqlite3.Connection) -> str:
        """Lay out the cells of this bucket that are not there yet, each born with noise. None is ever drawn again."""
        now = self._now()
        buckets = [name for (name,) in conn.execute("SELECT name FROM bucket")]
        name = bucket_for(now, self._length, buckets)
        if any(is_ahead(one, now) for one in buckets):
            raise Refused(State.CLOCK)
        there = set(_cells(conn, name))
        born = [(name, cell, ZERO + self._noise.draw()) for cell in self._schema.cells if cell not in there]
        conn.executemany("INSERT INTO cell VALUES (?, ?, ?)", born)
        conn.execute(
            "INSERT INTO bucket VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET schema = excluded.schema",
            (name, digest(sorted(there.union(self._schema.cells)))),
        )
        return name

    def _retire(self, conn: sqlite3.Connection) -> None:
        """Let buckets go whose time is over: rows zeroed, deleted, and the file made anew."""
        now = self._now()
        due = [name for (name,) in conn.execute("SELECT name FROM bucket") if is_due(name, now)]
        if not due:
            return
        with writing(conn):
            for name in due:
                conn.execute("UPDATE cell SET value = 0 WHERE bucket = ?", (name,))
                conn.execute("DELETE FROM cell WHERE bucket = ?", (name,))
                conn.execute("DELETE FROM bucket WHERE name = ?", (name,))
        conn.execute("VACUUM")

    def _create(self) -> None:
        """Make the store under another name and move it in place, so that a kill never leaves half a file there."""
        new = self._path.with_name(self._path.name + ".new")
        for left in (new, new.with_name(new.name + "-journal")):
            left.unlink(missing_ok=True)
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with connected(new) as conn:
            conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
            conn.execute(f"PRAGMA user_version={USER_VERSION}")
            with writing(conn):
                db = _database(conn)
                db.create_table("bucket", COLUMNS["bucket"], pk="name", not_null=["schema"], strict=True)
                db.create_table("store", COLUMNS["store"], pk="id", not_null=["tag"], strict=True)
                conn.execute(CELLS)
                conn.execute("INSERT INTO store VALUES (1, ?)", (secrets.token_bytes(TAG_BYTES),))
                self._open_bucket(conn)
        new.rename(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def buckets(path: Path) -> dict[str, str]:
    """The buckets in a store, and the digest of the cells each has."""
    with _reading(path) as conn:
        return dict(conn.execute("SELECT name, schema FROM bucket ORDER BY name").fetchall())


def read(path: Path, bucket: str, now: datetime) -> dict[Cell, int]:
    """The noisy numbers of a closed bucket.

    Raises WaymarkError for one that is still open: its noise is fixed, so two readings would give exact counts.
    """
    if not is_bucket(bucket):
        raise WaymarkError(f"counts {bucket}", "is no period.", "Write a quarter, 2026-Q1, or a month, 2026-03.")
    if not is_closed(bucket, now):
        raise WaymarkError(f"counts {bucket}", "is still open and cannot be read.", "Wait until it closes.")
    with _reading(path) as conn:
        rows = conn.execute("SELECT name, value FROM cell WHERE bucket = ? ORDER BY name", (bucket,)).fetchall()
    if not rows:
        raise WaymarkError(f"counts {bucket}", "the store holds nothing for it.", "See: waymark counts holdings")
    return {name: value - ZERO for name, value in rows}


def _add(conn: sqlite3.Connection, bucket: str, batch: Batch) -> None:
    """Add a batch, moving every row twice: SQLite leaves a page alone whose bytes stay equal, and that would show."""
    names = _cells(conn, bucket)
    conn.execute("UPDATE cell SET value = value + 1 WHERE bucket = ?", (bucket,))
    conn.executemany(
        "UPDATE cell SET value = value - 1 + ? WHERE bucket = ? AND name = ?",
        [(batch.cells.get(name, 0), bucket, name) for name in names],
    )


def _cells(conn: sqlite3.Connection, bucket: str) -> list[Cell]:
    """The names of the cells a bucket has."""
    return [name for (name,) in conn.execute("SELECT name FROM cell WHERE bucket = ? ORDER BY name", (bucket,))]


@contextmanager
def _opened(path: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """The store, once it has proved to be ours and whole. Raises Refused otherwise, without having changed it."""
    state = inspect(path)
    if state is not State.READY:
        raise Refused(state)
    with connected(path, mode) as conn:
        if conn.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
            raise Refused(State.CORRUPT)
        if not _is_laid_out(conn):
            raise Refused(State.FOREIGN)
        yield conn


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The store for reading, with an error for people instead of a state."""
    try:
        with _opened(path, "ro") as conn:
            yield conn
    except Refused as refused:
        raise WaymarkError(f"counts {path}", f"the store is {refused.state}.", REMEDIES[refused.state]) from None
    except (sqlite3.Error, OSError) as error:
        state = state_of(error)
        raise WaymarkError(f"counts {path}", f"the store is {state}.", REMEDIES[state]) from None


def _is_laid_out(conn: sqlite3.Connection) -> bool:
    """Exactly our three tables, strict, with our columns; no view and no trigger."""
    db = _database(conn)
    found: dict[str, dict[str, Any]] = {table.name: table.columns_dict for table in db.tables}
    return found == COLUMNS and all(table.strict for table in db.tables) and not db.views and not db.triggers


def _database(conn: sqlite3.Connection) -> Database:
    """The library's view of a connection, without plug-ins: they would run strangers' code beside the counts."""
    return Database(conn, recursive_triggers=False, execute_plugins=False)
