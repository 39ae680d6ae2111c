"""Nothing about a person is ever written to disk: recognisable people talk, and then every byte is looked at."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import signal
import sqlite3
import zlib
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
from botprocess import PATIENCE_SECONDS
from botscene import Scene, scene
from faults import Nursery, bench
from markers import FIRST_ID, WORD, converse, hits, needles, scan, somebody, write
from sizes import PEOPLE, Report
from test_log import fits

import bot.messenger.app as app
from bot.counts.tally import Pending, Tally
from bot.house import build_talk

AT_ONCE = 50


class Clock:
    """The day of the talks, going as fast as a test wants."""

    now = datetime(2026, 2, 3, 0, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_hundreds_of_people_leave_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], progress: Report
) -> None:
    """Names, ids, texts, contacts and places of all conversations: not one hit in data, keys, working and temporary
    folders, log and output, in any encoding or digest; while the talks themselves were counted."""
    for name in ("data", "home", "tmp"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "home")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    clock, counted = Clock(), []
    add = Pending.add

    def adding(self: Pending, tally: Tally) -> None:
        counted.append(tally)
        add(self, tally)

    async def talk(stage: Scene) -> None:
        async def settle() -> None:
            await stage.settle()
            stage.its.advance(2)
            clock.now += timedelta(seconds=3)  # too short a talk would not be counted

        for begin in range(0, PEOPLE, AT_ONCE):
            numbers = range(begin, begin + AT_ONCE)
            await asyncio.gather(*(converse(stage.api, number, settle) for number in numbers))
            progress(begin + AT_ONCE, PEOPLE)
        assert {line["ev"] for line in stage.lines()} <= {"start", "withdrawn"}
        assert all(fits(line) for line in stage.lines())

    async def run() -> str:
        talker = partial(build_talk, now=clock)
        with patch.multiple(app, utc_now=clock, build_talk=talker), patch.object(Pending, "add", adding):
            async with scene(tmp_path, data=tmp_path / "data") as stage:
                await talk(stage)
        assert not list(stage.api.wrong_calls)
        return stage.out.getvalue()

    said = asyncio.run(run())
    (tmp_path / "printed").write_text("\n".join([said, *capfd.readouterr()]))
    with sqlite3.connect(tmp_path / "data" / "counts.db") as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
    assert tables
    assert {tally.event for tally in counted} == {"started", "ended"}
    assert scan(tmp_path, needles(PEOPLE)) == {}


def test_people_of_a_real_process_leave_no_trace(tmp_path: Path, nursery: Nursery) -> None:
    """The same with 50 people and a process of its own, killed once with updates under way and stopped once."""
    with bench(nursery, tmp_path) as one:

        async def settle() -> None:
            await one.api.until(lambda: one.api.is_drained, PATIENCE_SECONDS)

        async def talk(numbers: range) -> None:
            await asyncio.gather(*(converse(one.api, number, settle, 3) for number in numbers))

        one.start()
        asyncio.run(talk(range(25)))
        for number in range(3):
            write(one.api, somebody(one.api, number), number, number)
        one.send(signal.SIGKILL)
        one.start()
        asyncio.run(talk(range(25, 50)))
        assert scan(tmp_path, needles(50)) == {}
        assert one.send(signal.SIGTERM) == 0
        assert all(fits(line) for line in one.lines())
        written = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert not list(one.api.wrong_calls)
    assert {"counts.db", "out.log"} <= written
    assert scan(tmp_path, needles(50)) == {}


ID = FIRST_ID + 7


@pytest.mark.parametrize(
    "traced",
    [
        f"Hi {WORD}7".encode(), WORD.upper().encode("utf-16-le"), WORD.encode("utf-16-be"),
        WORD.encode().hex().encode(), base64.b64encode(b"." + WORD.encode()),
        base64.urlsafe_b64encode(b".." + WORD.encode()),
        str(ID).encode(),
        str(ID).encode("utf-16-le"), base64.b64encode(str(ID).encode()), f'{{"latitude": 7.{ID}}}'.encode(),
        ID.to_bytes(8, "big"), ID.to_bytes(8, "little"), ID.to_bytes(6, "big"), f"{ID:x}".encode(),
        hashlib.sha256(str(ID).encode()).digest(), hashlib.md5(str(ID).encode()).hexdigest().encode(),
        hashlib.sha1(ID.to_bytes(8, "big")).digest(), base64.b64encode(hashlib.sha256(str(ID).encode()).digest()),
        hashlib.blake2b(str(ID).encode()).digest()[:8], gzip.compress(f"x{WORD}x".encode(), mtime=0),
        zlib.compress(str(ID).encode()),
    ],
    ids=lambda value: value[:20].hex(),
)  # fmt: skip
def test_every_trace_would_be_found(traced: bytes, tmp_path: Path) -> None:
    """What the search is worth: each encoding, planted in the middle of something else, is a hit."""
    wanted = needles(50)
    noise = bytes(range(256)) * 4

    assert hits(noise, wanted) == set()
    assert hits(noise + traced + noise, wanted)
    (tmp_path / "file").write_bytes(noise + traced + noise)
    assert list(scan(tmp_path, wanted)) == [str(tmp_path / "file")]


def test_a_number_in_a_database_would_be_found(tmp_path: Path) -> None:
    """A row with a chat id, as SQLite writes it, is a hit."""
    database = sqlite3.connect(tmp_path / "rows.db")
    database.execute("create table chats (id integer, name text)")
    database.execute("insert into chats values (?, ?)", (ID, "x"))
    database.commit()
    database.close()

    assert scan(tmp_path, {one for one in needles(50) if len(one) == 6})
