"""How we speak to SQLite: our settings, and transactions that are ours to begin and end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PRAGMAS = (
    "PRAGMA busy_timeout=250",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA secure_delete=ON",
    "PRAGMA synchronous=EXTRA",
    "PRAGMA journal_mode=DELETE",
)


@contextmanager
def connected(path: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """A connection that makes no file. For one use: a file that was replaced is noticed the next time.

    mode: "rw", or "ro" for reading.
    """
    conn = connect(f"{path.absolute().as_uri()}?mode={mode}")
    try:
        for pragma in PRAGMAS:
            conn.execute(pragma).fetchall()
        yield conn
    finally:
        conn.close()


def connect(address: str) -> sqlite3.Connection:
    """The bare connection; the library must not begin transactions by itself."""
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=0.25)


@contextmanager
def writing(conn: sqlite3.Connection) -> Iterator[None]:
    """One transaction that holds the right to write from its beginning."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        conn.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            if conn.in_transaction:
                conn.execute("ROLLBACK")
        raise
