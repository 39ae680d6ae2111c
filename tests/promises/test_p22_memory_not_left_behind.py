"""Memory is not left behind: no core file, closed to others, and a new program every day or thousand talks."""

from __future__ import annotations

import asyncio
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botprocess import PATIENCE_SECONDS, BotProcess, bot_process
from markers import FIRST_ID, WORD, converse, spellings, write

from bot.counts.once import Seen
from bot.counts.tally import Pending, Tally
from bot.messenger import process as own
from bot.messenger.renewal import LATEST, LIFE_SECONDS, MOST_TALKS, QUIET_SECONDS, is_due
from bot.simulator.people import Person
from bot.volatile.local import IDLE_SECONDS, Local

# The program as it is, but old after so many talks and quiet after some seconds.
TALKS = 12
HASTY = (
    "import bot.messenger.app as app, bot.messenger.renewal as renewal; from bot.cli import main; "
    f"renewal.MOST_TALKS, renewal.QUIET_SECONDS, app.RENEW_CHECK_SECONDS = {TALKS}, 4, 0.2; main(['run'])"
)


def traces(memory: bytes) -> set[bytes]:
    """The word in every name and text, and any person's number: as digits, and as programs hold it."""
    wanted = {*spellings(WORD), *spellings(str(FIRST_ID)[:7])}
    found = {needle for needle in wanted if needle in memory}
    for number in range(0, TALKS, 5):
        found |= {
            raw for raw in ((FIRST_ID + number).to_bytes(8, order) for order in ("little", "big")) if raw in memory
        }
    return found


def memory_of(pid: int) -> bytes:
    """Everything a process holds in memory that it may write to."""
    found = bytearray()
    regions = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for region in regions:
            span, rights = region.split()[:2]
            if "w" not in rights or region.endswith(("[vvar]", "[vsyscall]")):
                continue
            start, end = (int(number, 16) for number in span.split("-"))
            try:
                memory.seek(start)
                found += memory.read(end - start)
            except OSError:  # a region that is reserved and not there
                continue
    return bytes(found)


def events(process: BotProcess) -> list[str]:
    return [json.loads(line)["ev"] for line in process.output().splitlines()]


def talk(process: BotProcess, numbers: range) -> list[Person]:
    """Conversations full of markers, each of which ends in Leave."""

    async def settle() -> None:
        await process.api.until(lambda: process.api.is_drained, 30)

    async def run() -> list[Person]:
        people = [await converse(process.api, number, settle, 3) for number in numbers]
        for number, person in zip(numbers, people, strict=True):
            write(process.api, person, number, number)
        await settle()
        for person in people:
            person.send("/exit")
        await settle()
        return people

    return asyncio.run(run())


def test_a_renewed_program_holds_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """A dozen people full of markers talk and leave: words and numbers are in the memory of the process, and after
    the renewal, in the same process, not one of them is. What is sent meanwhile is answered by the next program, old
    buttons go on, a second bot is still refused, and no crash and no neighbour gets at the memory of either."""
    with bot_process(tmp_path) as process:
        process.start(code=HASTY)
        pid = process.child.pid
        is_closed(pid)
        person, other = process.api.user(), process.api.user()
        person.send("/start")
        talk(process, range(TALKS - 1))
        assert traces(memory_of(pid)), "the search finds what must be there"
        process.api.wait(lambda: "renewed" in events(process), PATIENCE_SECONDS)
        second = process.launch()
        person.tap("English")
        other.send("/start")
        assert second.wait(PATIENCE_SECONDS) == 75
        process.settle()
        assert "Go on" in [button.label for button in person.messages()[0].buttons]
        assert len(other.messages()) == 1
        is_closed(pid)
        fresh = memory_of(pid)
        assert len(fresh) > 10_000_000
        assert traces(fresh) == set()
        assert process.stop() == 0


def is_closed(pid: int) -> None:
    """No core file, whatever the machine's own limit; and other processes of the account may not look inside."""
    assert re.search(r"Max core file size\s+0\s+0\s", Path(f"/proc/{pid}/limits").read_text())
    assert Path(f"/proc/{pid}/environ").stat().st_uid == 0


def test_screens_and_counts_outlive_a_renewal(tmp_path: Path) -> None:
    """The next program blanks the screens of the last, and goes on with the counts that waited; nothing was written
    for the renewal's sake."""
    start = datetime(2026, 2, 3, 0, 1, tzinfo=UTC)
    local, seen, pending = Local(), Seen(start), Pending(["S/one/self"])
    local.keep_screen(FIRST_ID, 5, 100.0)
    local.owe(FIRST_ID + 1, 6)
    local.lay(FIRST_ID + 2, 7)
    assert seen.first("started", 1, FIRST_ID, start, start)
    pending.add(Tally("one", "self", "started"))
    state = json.loads(json.dumps([local.hand_over(), seen.hand_over()]))
    batch = pending.batch()

    local, seen, pending = Local(), Seen(datetime(2026, 2, 4, tzinfo=UTC)), Pending(["S/one/self", "S/two/self"])
    local.take_over(state[0])
    seen.take_over(state[1])
    pending.take_over(batch)

    assert local.idle(100.0 + IDLE_SECONDS) == [(FIRST_ID + 1, 6), (FIRST_ID, 5)]
    assert local.lying() == [(FIRST_ID + 2, [7])]
    assert not seen.first("started", 1, FIRST_ID, start, start), "counted before"
    assert not seen.first("started", 2, FIRST_ID, start, start), "a person's one conversation of the day"
    assert seen.first("started", 3, FIRST_ID + 1, start, start)
    assert pending.batch() == batch


@pytest.mark.parametrize(
    ("age", "talks", "quiet", "due"),
    [
        (LIFE_SECONDS - 1, MOST_TALKS - 1, 9_999, False),
        (LIFE_SECONDS, 0, QUIET_SECONDS, True),
        (LIFE_SECONDS, 0, QUIET_SECONDS - 1, False),
        (0, MOST_TALKS, QUIET_SECONDS, True),
        (0, MOST_TALKS, QUIET_SECONDS - 1, False),
        (0, MOST_TALKS * LATEST, 0, True),
        (LIFE_SECONDS * LATEST, 0, 0, True),
    ],
)
def test_a_program_is_renewed_when_it_is_old_and_quiet(age: float, talks: int, quiet: float, due: bool) -> None:
    """After 24 hours or 1,000 talks, in a minute in which nobody taps; where there is no such minute, at twice that."""
    assert is_due(age, talks, quiet) is due


def test_what_is_handed_over_never_touches_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next program finds it in memory, under a number that only it knows; a name on a disk there is none."""
    seen: list[str] = []
    monkeypatch.setattr(own.signal, "pthread_sigmask", lambda *_: None)
    monkeypatch.setattr(own.os, "execv", lambda *_: seen.extend(os.environ[own.HEIR].split()))
    own.renew(own.Heir(None, {"local": {"screens": [[FIRST_ID, 5, 1.0]]}}))
    lock, memory = seen
    assert lock == "-1"
    assert str(Path(f"/proc/self/fd/{memory}").readlink()).startswith("/memfd:")
    monkeypatch.setenv(own.HEIR, f"-1 {memory}")
    assert own.receive().state["local"]["screens"] == [[FIRST_ID, 5, 1.0]]
    assert own.HEIR not in os.environ
    assert not Path(f"/proc/self/fd/{memory}").exists()
