"""Whatever happens to the disk, the file or the process: talks go on, counts wait, nothing is doubled or spoilt."""

import os
import random
import resource
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.counts import disk
from bot.counts.guard import APPLICATION_ID, REMEDIES, State
from bot.counts.holdings import holdings
from bot.counts.ledger import ZERO, Ledger, buckets
from bot.counts.schema import Schema
from bot.counts.tally import Pending, Tally
from bot.errors import WaymarkError

SCHEMA = Schema.build([(f"flow_{n:02}", ("none", "some", "strong", "urgent")) for n in range(12)], ["en", "sw"])
NOW = datetime(2026, 2, 3, 12, 20, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


class Silent:
    """Adds nothing, so that a test sees what was written."""

    def draw(self) -> int:
        return 0


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "counts.db"


@pytest.fixture
def make_ledger(store: Path) -> Iterator[Callable[[], Ledger]]:
    """Ledgers on one file; each new one takes the place of the last."""
    made: list[Ledger] = []

    def make(now: datetime = NOW) -> Ledger:
        for ledger in made:
            ledger.close()
        made.append(Ledger(store, SCHEMA, lambda: now, Silent()))
        return made[-1]

    yield make
    for ledger in made:
        ledger.close()


def pending(number: int) -> Pending:
    waiting = Pending(SCHEMA.cells)
    for _ in range(number):
        waiting.add(Tally("flow_00", "self", "started"))
    return waiting


def total(store: Path) -> int:
    conn = sqlite3.connect(store)
    assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    rows = conn.execute("SELECT value FROM cell").fetchall()
    conn.close()
    return sum(value - ZERO for (value,) in rows)


def foreign(store: Path) -> None:
    store.unlink()
    conn = sqlite3.connect(store)
    conn.execute("CREATE TABLE somebody (else_ TEXT)")
    conn.commit()
    conn.close()


def a_later_version(store: Path) -> None:
    conn = sqlite3.connect(store)
    conn.execute("PRAGMA user_version=99")
    conn.close()


def another_layout(store: Path) -> None:
    conn = sqlite3.connect(store)
    conn.execute("ALTER TABLE cell ADD COLUMN seen_at TEXT")
    conn.close()


def a_trigger(store: Path) -> None:
    conn = sqlite3.connect(store)
    conn.execute("CREATE TRIGGER spy AFTER UPDATE ON cell BEGIN DELETE FROM cell; END")
    conn.close()


def a_write_ahead_log(store: Path) -> None:
    conn = sqlite3.connect(store)
    conn.execute("PRAGMA journal_mode=WAL")
    conn.close()


def our_name_only(store: Path) -> None:
    store.unlink()
    conn = sqlite3.connect(store)
    conn.execute(f"PRAGMA application_id={APPLICATION_ID}")
    conn.execute("PRAGMA user_version=1")
    conn.close()


def spoilt(store: Path) -> None:
    content = bytearray(store.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page : page + 200] = random.Random(page).randbytes(200)
    store.write_bytes(content)


def miscounted(store: Path) -> None:
    content = bytearray(store.read_bytes())
    content[36:40] = (5).to_bytes(4, "big")  # free pages that do not exist; only a full check notices
    store.write_bytes(content)


def cut_short(store: Path) -> None:
    store.write_bytes(store.read_bytes()[:-4096])


BAD_FILES = [
    (lambda store: store.write_bytes(b""), State.EMPTY),
    (lambda store: store.write_text("a shopping list"), State.FOREIGN),
    (lambda store: store.write_bytes(bytes(4096)), State.FOREIGN),
    (foreign, State.FOREIGN),
    (a_later_version, State.FOREIGN),
    (our_name_only, State.FOREIGN),
    (another_layout, State.FOREIGN),
    (a_trigger, State.FOREIGN),
    (a_write_ahead_log, State.FOREIGN),
    (spoilt, State.CORRUPT),
    (miscounted, State.CORRUPT),
    (cut_short, State.CORRUPT),
    (lambda store: [store.unlink(), store.mkdir()], State.FOREIGN),
]


@pytest.mark.parametrize(("spoil", "state"), BAD_FILES)
@pytest.mark.parametrize("when", ["at start", "while running"])
def test_a_bad_file_is_refused_and_left_as_it_is(
    make_ledger: Callable[[], Ledger], store: Path, spoil: Callable[[Path], object], state: State, when: str
) -> None:
    """An empty, foreign or damaged file is named as such, not a byte of it changes, and the counts go on waiting."""
    ledger = make_ledger()
    spoil(store)
    before = (store.read_bytes() if store.is_file() else b"", sorted(store.parent.iterdir()))
    if when == "at start":
        ledger = make_ledger()
        assert ledger.state is state
    waiting = pending(30)

    assert [ledger.flush(waiting), ledger.flush(waiting, closing=True)] == [state, state]
    assert (store.read_bytes() if store.is_file() else b"", sorted(store.parent.iterdir())) == before
    assert waiting.batch().conversations == 30


@pytest.mark.parametrize(("spoil", "state"), BAD_FILES)
def test_a_bad_file_is_told_to_who_asks_for_it(
    make_ledger: Callable[[], Ledger], store: Path, spoil: Callable[[Path], object], state: State
) -> None:
    """Whoever wants to read a bad file gets its state and a remedy; what we hold still prints every class."""
    make_ledger()
    spoil(store)
    with pytest.raises(WaymarkError) as caught:
        buckets(store)

    assert (f"is {state}" in str(caught.value), caught.value.fix) == (True, REMEDIES[state])
    assert f"the store is {state}" in holdings(store, NOW)


def test_every_connection_has_the_agreed_settings(make_ledger: Callable[[], Ledger], store: Path) -> None:
    """The settings that keep events out of the file and batches whole are in force, for reading and for writing."""
    make_ledger()
    agreed = {
        "journal_mode": "delete",
        "synchronous": 3,  # EXTRA
        "secure_delete": 1,
        "temp_store": 2,  # MEMORY
        "busy_timeout": 250,
        "trusted_schema": 0,
        "application_id": APPLICATION_ID,
        "user_version": 1,
    }
    for mode in ("rw", "ro"):
        with disk.connected(store, mode) as conn:
            assert {name: conn.execute(f"PRAGMA {name}").fetchone()[0] for name in agreed} == agreed


def test_every_state_has_a_remedy() -> None:
    """An operator is told what to do in every state but the good one."""
    assert {state for state in State if not REMEDIES[state]} == {State.READY}


def test_a_file_that_vanishes_is_not_made_anew(make_ledger: Callable[[], Ledger], store: Path) -> None:
    """If the volume goes away while we run, nothing is written in its place; when it is back, counts go on."""
    ledger, waiting = make_ledger(), pending(30)
    away = store.rename(store.with_name("away"))
    assert ledger.flush(waiting) is State.MISSING
    assert not store.exists()
    away.rename(store)

    assert ledger.flush(waiting) is State.READY
    assert (total(store), waiting.batch().conversations) == (30, 0)


def test_a_missing_folder_is_waited_for(tmp_path: Path) -> None:
    """Without the folder nothing is made; once it is there, the next slot opens the file."""
    path = tmp_path / "volume" / "counts.db"
    ledger, waiting = Ledger(path, SCHEMA, lambda: NOW, Silent()), pending(30)
    assert [ledger.state, ledger.flush(waiting)] == [State.MISSING, State.MISSING]
    assert not path.parent.exists()
    path.parent.mkdir()

    assert ledger.flush(waiting) is State.READY
    assert total(path) == 30
    ledger.close()


def test_a_journal_without_its_file_stops_a_new_one(make_ledger: Callable[[], Ledger], store: Path) -> None:
    """A journal left alone would be played into a new file; it is kept and the file counts as missing."""
    journal = store.with_name(store.name + "-journal")
    journal.write_bytes(b"somebody's last transaction")

    assert make_ledger().state is State.MISSING
    assert (journal.read_bytes(), store.exists()) == (b"somebody's last transaction", False)


def test_a_half_made_file_is_made_again(make_ledger: Callable[[], Ledger], store: Path) -> None:
    """What a kill left under the working name is thrown away; the real name never holds half a file."""
    store.with_name("counts.db.new").write_bytes(b"half")
    store.with_name("counts.db.new-journal").write_bytes(b"half")

    assert make_ledger().state is State.READY
    assert sorted(p.name for p in store.parent.iterdir()) == ["counts.db", "counts.db.lock"]


def test_a_locked_file_is_tried_again(make_ledger: Callable[[], Ledger], store: Path) -> None:
    """While another program holds the file the counts wait; afterwards they are written once."""
    ledger, waiting = make_ledger(), pending(30)
    other = sqlite3.connect(store, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert ledger.flush(waiting) is State.LOCKED
    other.execute("ROLLBACK")
    other.close()

    assert ledger.flush(waiting) is State.READY
    assert (total(store), waiting.batch().conversations) == (30, 0)


def test_a_reader_in_the_way_of_the_commit_doubles_nothing(make_ledger: Callable[[], Ledger], store: Path) -> None:
    """A commit that fails because somebody reads is undone and done again."""
    ledger, waiting = make_ledger(), pending(30)
    other = sqlite3.connect(store, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM cell").fetchall()
    assert ledger.flush(waiting) is State.LOCKED
    other.execute("ROLLBACK")
    other.close()
    assert (total(store), waiting.batch().conversations) == (0, 30)

    assert ledger.flush(waiting) is State.READY
    assert (total(store), waiting.batch().conversations) == (30, 0)


class Wrapped(sqlite3.Connection):
    """A connection on which a test can act before and after each statement."""

    before: Callable[["Wrapped", str], None] | None = None
    after: Callable[["Wrapped", str], None] | None = None

    def execute(self, sql: str, *parameters: object) -> sqlite3.Cursor:
        if Wrapped.before:
            Wrapped.before(self, sql)
        cursor = super().execute(sql, *parameters)  # type: ignore[arg-type]
        if Wrapped.after:
            Wrapped.after(self, sql)
        return cursor


@pytest.fixture
def wrapped(monkeypatch: pytest.MonkeyPatch) -> type[Wrapped]:
    monkeypatch.setattr(Wrapped, "before", None)
    monkeypatch.setattr(Wrapped, "after", None)
    monkeypatch.setattr(
        disk, "connect", lambda address: sqlite3.connect(address, uri=True, isolation_level=None, factory=Wrapped)
    )
    return Wrapped


def disk_error() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    return error


@pytest.mark.parametrize("mended", ["at once", "later"])
@pytest.mark.parametrize("happened", [True, False])
def test_an_unclear_commit_is_settled_by_the_tag(
    make_ledger: Callable[[], Ledger], store: Path, wrapped: type[Wrapped], happened: bool, mended: str
) -> None:
    """If nobody knows whether a commit happened, the tag in the file tells, and the batch is in it exactly once."""
    ledger, waiting = make_ledger(), pending(30)
    broken = [False]

    def fail(conn: Wrapped, sql: str) -> None:
        if broken[0] and mended == "later":
            raise disk_error()
        if sql == "COMMIT" and not broken[0]:
            broken[0] = True
            if happened:
                super(Wrapped, conn).execute("COMMIT")
            raise disk_error()

    wrapped.before = fail
    assert ledger.flush(waiting) is State.FAILING
    assert waiting.batch().conversations == (0 if happened and mended == "at once" else 30)
    wrapped.before = None
    for _ in range(12):
        waiting.add(Tally("flow_01", "self", "started"))
    assert ledger.flush(waiting) is State.READY

    assert (total(store), waiting.batch().conversations) == (42, 0)


def test_a_full_disk_holds_the_counts(make_ledger: Callable[..., Ledger], store: Path, wrapped: type[Wrapped]) -> None:
    """When the file cannot grow at a new quarter, it stays as it was and the counts wait for room."""
    make_ledger()
    before = store.read_bytes()

    def no_room(conn: Wrapped, sql: str) -> None:
        if sql.startswith("BEGIN"):
            super(Wrapped, conn).execute("PRAGMA max_page_count=1")

    wrapped.before = no_room
    ledger, waiting = make_ledger(APRIL), pending(30)
    assert [ledger.state, ledger.flush(waiting)] == [State.FULL, State.FULL]
    assert (store.read_bytes(), waiting.batch().conversations) == (before, 30)
    wrapped.before = None

    assert ledger.flush(waiting) is State.READY
    assert total(store) == 30


def test_a_write_protected_file_holds_the_counts(
    make_ledger: Callable[[], Ledger], store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that SQLite may only read is reported as such and unchanged."""
    ledger, waiting = make_ledger(), pending(30)
    before, connect = store.read_bytes(), disk.connect
    monkeypatch.setattr(disk, "connect", lambda address: connect(address.replace("mode=rw", "mode=ro")))

    assert ledger.flush(waiting) is State.READ_ONLY
    assert (store.read_bytes(), waiting.batch().conversations) == (before, 30)


def in_a_child(work: Callable[[], object]) -> int:
    """Run in a process of its own; its exit code, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_quota_in_the_middle_of_a_write_spoils_nothing(make_ledger: Callable[[], Ledger], store: Path) -> None:
    """A process that may write no more than 6,000 bytes fails within a slot; the file then holds the old batch."""
    ledger = make_ledger()
    ledger.flush(pending(20))
    ledger.close()

    def write_under_quota() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))
        waiting, cramped = pending(30), Ledger(store, SCHEMA, lambda: NOW, Silent())
        assert cramped.flush(waiting) in (State.FAILING, State.FULL)
        assert waiting.batch().conversations == 30

    assert in_a_child(write_under_quota) == 0
    assert make_ledger().state is State.READY
    assert total(store) == 20


@pytest.mark.skipif(os.geteuid() != 0, reason="only the administrator can act as somebody else")
def test_a_file_of_somebody_else_holds_the_counts() -> None:
    """Where the process has no rights on folder and file, the counts wait."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        store = Path(folder) / "counts.db"
        Ledger(store, SCHEMA, lambda: NOW, Silent()).close()

        def write_as_nobody() -> None:
            os.setuid(65534)
            waiting, ledger = pending(30), Ledger(store, SCHEMA, lambda: NOW, Silent())
            assert [ledger.state, ledger.flush(waiting)] == [State.READ_ONLY, State.READ_ONLY]
            assert waiting.batch().conversations == 30

        assert in_a_child(write_as_nobody) == 0


def test_a_kill_at_any_statement_loses_at_most_what_waits(
    make_ledger: Callable[[], Ledger], store: Path, wrapped: type[Wrapped]
) -> None:
    """Killed before or after each statement of a slot, the file holds the old or the new batch, whole, and goes on."""
    make_ledger().close()
    statements: list[str] = []
    wrapped.before = lambda _conn, sql: statements.append(sql)
    in_order = make_ledger()
    statements.clear()
    in_order.flush(pending(20))
    in_order.close()
    before, outcomes = total(store), set()
    assert statements.index("BEGIN IMMEDIATE") < statements.index("COMMIT")
    for at in range(len(statements)):
        for side in ("before", "after"):

            def kill_there(at: int = at, side: str = side) -> None:
                ledger, seen = Ledger(store, SCHEMA, lambda: NOW, Silent()), [0]

                def act(_conn: Wrapped, _sql: str) -> None:
                    seen[0] += 1
                    if seen[0] == at + 1:
                        os.kill(os.getpid(), signal.SIGKILL)

                setattr(Wrapped, side, act)
                ledger.flush(pending(20))

            wrapped.before = wrapped.after = None
            assert in_a_child(kill_there) == -signal.SIGKILL
            survivor = make_ledger()
            assert survivor.state is State.READY
            survivor.close()
            assert total(store) - before in (0, 20)
            outcomes.add(total(store) - before)
            before = total(store)

    assert outcomes == {0, 20}


def test_a_kill_while_the_file_is_made_leaves_none_or_a_whole_one(store: Path, wrapped: type[Wrapped]) -> None:
    """Killed at any statement of the first start, the next start finds no file or a good one, never half a file."""
    at, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        for path in store.parent.iterdir():
            path.unlink()

        def kill_there(at: int = at) -> None:
            seen = [0]

            def act(_conn: Wrapped, _sql: str) -> None:
                seen[0] += 1
                if seen[0] == at + 1:
                    os.kill(os.getpid(), signal.SIGKILL)

            Wrapped.before = act
            Ledger(store, SCHEMA, lambda: NOW, Silent())

        code = in_a_child(kill_there)
        after_kill = Ledger(store, SCHEMA, lambda: NOW, Silent())
        assert after_kill.state is State.READY
        after_kill.close()
        assert sorted(p.name for p in store.parent.iterdir()) == ["counts.db", "counts.db.lock"]
        at += 1

    assert (code, at > 15) == (0, True)


def test_the_lock_dies_with_its_process(store: Path) -> None:
    """A killed writer does not keep the next one out."""

    def hold_and_die() -> None:
        Ledger(store, SCHEMA, lambda: NOW, Silent())
        os.kill(os.getpid(), signal.SIGKILL)

    assert in_a_child(hold_and_die) == -signal.SIGKILL
    ledger = Ledger(store, SCHEMA, lambda: NOW, Silent())
    ledger.close()

    assert ledger.state is State.READY
