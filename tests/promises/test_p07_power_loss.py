"""Power loss leaves a valid file with the old or the new batch."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sizes import CRASHES, Report

from bot.config import ROOT
from bot.counts.ledger import ZERO

# One slot, as the bot writes it, between two marks that a trace of the system calls shows.
SLOT = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.counts.ledger import Ledger
from bot.counts.noise import Laplace
from bot.counts.schema import Schema
from bot.counts.tally import Pending, Tally
Laplace.draw = lambda self: 0
schema = Schema.build([("one", ("none", "some"))] , [f"l{n:02}" for n in range(200)])
ledger, pending = Ledger(Path(sys.argv[1]), schema, lambda: datetime(2026, 2, 3, tzinfo=UTC)), Pending(schema.cells)
for n in range(12):
    pending.add(Tally("one", "self", "ended", "some", f"l{n:02}"))
os.access("/the-slot-begins", 0)
ledger.flush(pending)
os.access("/the-slot-ends", 0)
"""
CALLS = "openat,open,pwrite64,write,ftruncate,fsync,fdatasync,unlink,unlinkat,access,faccessat,faccessat2"
OLD, NEW = 0, 12
SECTOR = 512


@dataclass(frozen=True)
class Step:
    """One system call on the store: what it did to which file."""

    what: str  # write, cut, sync, remove, make
    name: str
    at: int = 0
    data: bytes = b""


@dataclass
class Disk:
    """What is in the files of a folder, and which calls a power cut may still undo."""

    files: dict[str, bytearray]
    loose: list[Step] = field(default_factory=list)

    def apply(self, step: Step, sectors: int | None = None) -> None:
        """Carry out a call; sectors: only so many of a write, as when the power goes in its middle."""
        if step.what == "remove":
            self.files.pop(step.name, None)
        elif step.what == "make":
            self.files.setdefault(step.name, bytearray())
        elif step.what == "cut" and step.name in self.files:
            del self.files[step.name][step.at :]
        elif step.what == "write":
            data = step.data if sectors is None else step.data[: sectors * SECTOR]
            content = self.files.setdefault(step.name, bytearray())
            content.extend(bytes(max(0, step.at - len(content))))
            content[step.at : step.at + len(data)] = data


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], list[Step]]:
    """The folder before a slot, and every call that the slot made."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.fail("strace is missing: it records what the ledger asks of the disk. Install it, then try again.")
    folder = tmp_path_factory.mktemp("slot")
    store, trace = folder / "counts.db", folder / "trace"
    run = [sys.executable, "-c", SLOT, str(store)]
    subprocess.run(run, check=True, env={"PYTHONPATH": str(ROOT)})
    reset(store)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "counts.db.lock"}
    command = [strace, "-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(trace), *run]
    subprocess.run(command, check=True, env={"PYTHONPATH": str(ROOT)})
    return before, list(steps(trace.read_text(), folder))


def reset(store: Path) -> None:
    """Take the first run's people out again."""
    with sqlite3.connect(store) as conn:
        conn.execute("UPDATE cell SET value = ?", (ZERO,))
    conn.close()


def plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def steps(trace: str, folder: Path) -> Iterator[Step]:
    """The calls between the marks, on files of this folder; the folder itself is called "."."""
    going = False
    for line in trace.splitlines():
        call = re.match(r"\d+ +(\w+)\((.*)\) += (-?\d+)", line)
        if call is None:
            continue
        name, args, result = call[1], call[2], int(call[3])
        marks = [plain(one) for one in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', args)]
        if name.startswith(("access", "faccess")):
            going = going or b"/the-slot-begins" in marks
            if b"/the-slot-ends" in marks:
                return
        paths = [Path(plain(one).decode()) for one in re.findall(r"<((?:\\x[0-9a-f]{2})+)>", line)]
        named = [Path(mark.decode(errors="replace")) for mark in marks]
        path = named[0] if name in ("unlink", "unlinkat", "open", "openat") and named else (paths or [Path()])[0]
        if not going or result < 0 or folder not in (path, path.parent) or path.name == "counts.db.lock":
            continue
        where = "." if path == folder else path.name
        numbers = [
            int(one) for one in re.findall(r"(?<![\w.<\\])(\d+)(?=[,)]|$)", re.sub(r'"[^"]*"|<[^>]*>', "", args))
        ]
        if name in ("fsync", "fdatasync"):
            yield Step("sync", where)
        elif name.startswith("unlink"):
            yield Step("remove", where)
        elif name == "pwrite64":
            yield Step("write", where, numbers[-1], marks[0][:result])
        elif name == "ftruncate":
            yield Step("cut", where, numbers[-1])
        elif name.startswith("open") and "O_CREAT" in args:
            yield Step("make", where)


def settle(disk: Disk, name: str) -> None:
    """A file was synced, or the folder: what was done to it is on the disk for good."""
    rest = []
    for step in disk.loose:
        is_name = step.what in ("make", "remove")
        if (name == "." and is_name) or (step.name == name and not is_name):
            disk.apply(step)
        else:
            rest.append(step)
    disk.loose = rest


def crash(before: dict[str, bytes], done: list[Step], chance: random.Random) -> dict[str, bytes]:
    """What a power cut after these calls may leave: of all that was not synced, any part, and half of a write."""
    disk = Disk({name: bytearray(content) for name, content in before.items()})
    for step in done:
        if step.what == "sync":
            settle(disk, step.name)
        else:
            disk.loose.append(step)
    share = chance.choice((0.0, 0.5, 1.0))
    for step in disk.loose:
        if chance.random() < share:
            torn = chance.randrange(len(step.data) // SECTOR + 1) if share < 1 and chance.random() < 0.3 else None
            disk.apply(step, torn)
    return {name: bytes(content) for name, content in disk.files.items()}


def people(folder: Path, files: dict[str, bytes]) -> int:
    """How many people SQLite finds in what a crash left; the file must be sound."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    conn = sqlite3.connect(folder / "counts.db")
    try:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return int(conn.execute("SELECT sum(value - ?) FROM cell WHERE name LIKE 'E/%'", (ZERO,)).fetchone()[0])
    finally:
        conn.close()


def test_the_record_holds_a_whole_slot(recorded: tuple[dict[str, bytes], list[Step]], tmp_path: Path) -> None:
    """The yardstick: journal and file are written and synced in turn, and all calls together give the new batch."""
    before, done = recorded
    kinds = {(step.what, step.name) for step in done}

    assert {("write", "counts.db"), ("write", "counts.db-journal"), ("sync", "counts.db"), ("sync", ".")} <= kinds
    assert ("sync", "counts.db-journal") in kinds
    assert people(tmp_path / "old", before) == OLD
    disk = Disk({name: bytearray(content) for name, content in before.items()})
    for step in done:
        disk.apply(step)
    assert people(tmp_path / "new", {name: bytes(content) for name, content in disk.files.items()}) == NEW


def test_whenever_the_power_goes_the_file_is_old_or_new(
    recorded: tuple[dict[str, bytes], list[Step]], tmp_path: Path, progress: Report
) -> None:
    """After every prefix of the recorded calls, with any part of what was not yet synced lost or torn: the file is
    sound and holds all twelve people or none."""
    before, done = recorded
    chance, found = random.Random(7), []
    for number in range(max(CRASHES, len(done) + 1)):
        prefix = number if number <= len(done) else chance.randrange(len(done) + 1)
        found.append(people(tmp_path / "disk", crash(before, done[:prefix], chance)))
        if number % 100 == 99:
            progress(number + 1, CRASHES)

    assert set(found) == {OLD, NEW}
    assert people(tmp_path / "disk", crash(before, done, chance)) == NEW, "after a slot nothing can be lost any more"
