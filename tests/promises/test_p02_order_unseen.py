"""The count file does not record events or their order."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import test_counts_ledger
from sizes import ORDERS, TALKS, Report
from stage import Clock, Phone, Place, open_talk, quiet
from test_counts_ledger import SCHEMA, MakeLedger, pending, random_tallies, settled_bytes

from bot.config import Config
from bot.counts.guard import State
from bot.counts.ledger import Ledger
from bot.counts.noise import Laplace
from bot.counts.tally import Pending
from bot.engine.engine import Engine
from bot.engine.session import Session
from bot.house import Content, count_schema
from bot.texts.offer import Offers

make_ledger, store = test_counts_ledger.make_ledger, test_counts_ledger.store  # the fixtures of that file


def ways(engine: Engine, content: Content) -> list[Session]:
    """The last screen of many different talks: by flow, language and region, by the answers first in each question."""
    found = []
    for flow in content.library.flows.values():
        if flow.is_counted and not flow.needs:
            for locale in (1, 2, 3):
                found.append(quiet(engine, Session(flow.id, locale)))
    return found


def test_conversations_in_any_order_leave_the_same_bytes(
    content: Content, engine: Engine, tmp_path: Path, progress: Report
) -> None:
    """The same talks, each begun and ended by taps, in random orders and with slots in between: byte-identical files
    but for the random tag and the counters of how often it was written."""
    offers = Offers(content.languages, content.catalogues, content.library)
    schema, chance = count_schema(Config(), content, offers), random.Random(2)
    ends = [chance.choice(ways(engine, content)) for _ in range(TALKS)]
    files = set()
    for order in range(ORDERS):
        clock, path = Clock(), tmp_path / f"{order}.db"
        waiting = Pending(schema.cells)
        ledger = Ledger(path, schema, clock, Laplace(random.Random(3).getrandbits))
        talk = open_talk(content, clock, waiting)
        clock.forward(minutes=2)
        people = list(enumerate(ends))
        random.Random(order).shuffle(people)
        open_talks = []
        for number, end in people:
            phone = Phone(talk, Place(7, 1_000 + number, 1_000 + number))
            session = replace(end, number=number, started=talk.fresh("en").started)
            phone.press(talk.seal.seal(replace(session, answers=session.answers[:1]), phone.place))
            open_talks.append((phone, session))
            if len(open_talks) > order:  # so many talks go on side by side
                clock.now += timedelta(seconds=25)
                phone, session = open_talks.pop(0)
                phone.press(talk.seal.seal(session, phone.place))
        clock.now += timedelta(seconds=25)
        assert ledger.flush(waiting) is State.READY
        for phone, session in open_talks:
            phone.press(talk.seal.seal(session, phone.place))
        assert waiting.batch().conversations or not open_talks
        assert ledger.flush(waiting, closing=True) is State.READY
        ledger.close()
        files.add(settled_bytes(path, change_counters=False))
        progress(order + 1, ORDERS)

    assert len(files) == 1


def test_the_file_does_not_tell_the_order(make_ledger: MakeLedger, tmp_path: Path) -> None:
    """The same 60 events in 20 random orders give byte-identical files but for the random tag."""
    rng = random.Random(11)
    tallies, contents = random_tallies(60, rng), set()
    for n in range(20):
        rng.shuffle(tallies)
        path = tmp_path / f"{n}.db"
        ledger, waiting = make_ledger(path, noise=Laplace(random.Random(3).getrandbits)), Pending(SCHEMA.cells)
        for tally in tallies:
            waiting.add(tally)
        assert ledger.flush(waiting) is State.READY
        contents.add(settled_bytes(path))

    assert len(contents) == 1


def test_the_file_does_not_tell_the_slots(make_ledger: MakeLedger, tmp_path: Path) -> None:
    """The same events spread differently over slots differ in nothing but how often the file was written."""
    rng = random.Random(12)
    tallies, contents = random_tallies(60, rng), set()
    for n, size in enumerate((60, 30, 20)):
        rng.shuffle(tallies)
        path = tmp_path / f"{n}.db"
        ledger, waiting = make_ledger(path), Pending(SCHEMA.cells)
        for at in range(0, 60, size):
            for tally in tallies[at : at + size]:
                waiting.add(tally)
            ledger.flush(waiting, closing=True)
        contents.add(settled_bytes(path, change_counters=False))

    assert len(contents) == 1


def written() -> tuple[int, int]:
    """How many write calls this process made so far, and how many bytes they carried."""
    lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text(encoding="ascii").splitlines())
    return int(lines["syscw"]), int(lines["wchar"])


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="the system does not count write calls")
def test_a_slot_looks_the_same_with_and_without_people(make_ledger: MakeLedger, store: Path) -> None:
    """0, 5 and 500 waiting conversations make the same write calls, bytes, pages and change counter."""
    ledger, slots = make_ledger(), []
    for number in (0, 5, 500, 0):
        waiting = Pending(SCHEMA.cells)
        for tally in random_tallies(number, random.Random(number)):
            waiting.add(tally)
        calls, size = written()
        counter = int.from_bytes(store.read_bytes()[24:28], "big")
        assert ledger.flush(waiting) is State.READY
        after = written()
        file_bytes = store.read_bytes()
        slots.append(
            (after[0] - calls, after[1] - size, int.from_bytes(file_bytes[24:28], "big") - counter, len(file_bytes))
        )

    assert len(set(slots)) == 1
    assert slots[0][1] > 2 * (len(SCHEMA.cells) * 20)  # all rows went to the journal and to the file


def test_nothing_lies_beside_the_file_at_rest(make_ledger: MakeLedger, store: Path) -> None:
    """After a slot there is the file and the empty lock file: no journal, no write-ahead log."""
    ledger = make_ledger()
    ledger.flush(pending(20))

    assert {p.name: p.stat().st_size > 0 for p in store.parent.iterdir()} == {
        "counts.db": True,
        "counts.db.lock": False,
    }
