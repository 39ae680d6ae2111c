"""What is counted, what is not, and what waits in memory."""

import ast
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.counts.schema import Schema
from bot.counts.tally import Batch, NullCounter, Pending, Tally
from bot.errors import ContentError

ROOT = Path(__file__).parents[1]
SCHEMA = Schema.build(
    [("work_check", ("none", "some", "strong", "urgent")), ("youth", ())], ["en", "sw"], regions=["KE", "other"]
)


def tallied(*tallies: Tally) -> dict[str, int]:
    pending = Pending(SCHEMA.cells)
    for tally in tallies:
        pending.add(tally)
    return dict(pending.batch().cells)


def test_the_schema_lists_every_cell_in_order() -> None:
    """Tables S, E, B and C hold the agreed dimensions and nothing else, sorted."""
    small = Schema.build([("b", ("none", "urgent")), ("a", ())], ["sw", "en"], ["KE"])

    assert small.cells == (
        "B/en", "B/sw", "C/KE",
        "E/a/self/completed", "E/a/worker/completed",
        "E/b/self/none", "E/b/self/urgent", "E/b/worker/none", "E/b/worker/urgent",
        "S/a/self", "S/a/worker", "S/b/self", "S/b/worker",
    )  # fmt: skip


def test_regions_are_off_unless_named() -> None:
    """Without regions there is no table C, so a region that comes along is not counted."""
    schema = Schema.build([("a", ())], ["en"])
    pending = Pending(schema.cells)
    pending.add(Tally("a", "self", "ended", locale="en", region="KE"))

    assert dict(pending.batch().cells) == {"B/en": 1, "E/a/self/completed": 1}


def test_the_digest_names_the_list_of_cells() -> None:
    """The same flows and locales in another order give the same digest; one more locale gives another."""
    one = Schema.build([("a", ()), ("b", ("some",))], ["en", "sw"])

    assert one.digest == Schema.build([("b", ("some",)), ("a", ())], ["sw", "en"]).digest
    assert one.digest != Schema.build([("b", ("some",)), ("a", ())], ["sw", "en", "uk"]).digest


def test_every_mistake_in_the_names_is_told_at_once() -> None:
    """Names that cannot be counted, that come twice, and bands that do not exist are collected."""
    with pytest.raises(ContentError) as caught:
        Schema.build([("a/b", ()), ("c", ("some", "likely"))], ["en", "en"], ["N 1"])

    assert [f.address for f in caught.value.findings] == [
        "counts.flow", "counts.locale", "counts.region", "counts.flow.c",
    ]  # fmt: skip


def test_a_start_adds_one_to_one_cell() -> None:
    """A started conversation counts in table S only, whatever else it carries."""
    assert tallied(Tally("work_check", "worker", "started", "some", "sw", "KE")) == {"S/work_check/worker": 1}


def test_an_end_adds_at_most_one_to_each_table() -> None:
    """A finished conversation counts once in E, once in B and once in C."""
    assert tallied(Tally("work_check", "self", "ended", "strong", "sw", "KE")) == {
        "B/sw": 1,
        "C/KE": 1,
        "E/work_check/self/strong": 1,
    }


def test_a_flow_for_young_people_keeps_no_result() -> None:
    """Where only "completed" is kept, a band that comes along by mistake is not."""
    assert tallied(Tally("youth", "self", "ended", "strong", "sw")) == {"B/sw": 1, "E/youth/self/completed": 1}


@pytest.mark.parametrize(
    "stray",
    [
        Tally("unknown", "self", "started"),
        Tally("unknown", "self", "ended", "some", "sw"),
        Tally("work_check", "self", "ended", None, "sw"),
        Tally("work_check", "self", "ended", "likely", "sw"),
        Tally("work_check", "client", "started"),  # type: ignore[arg-type]
    ],
)
def test_what_fits_no_cell_is_dropped(stray: Tally) -> None:
    """The list is closed: an unknown flow, role or result opens no cell, and does not disturb the talk."""
    assert tallied(stray) == {}


def test_an_unknown_language_is_not_counted() -> None:
    """The end counts, the language that has no cell does not."""
    assert tallied(Tally("work_check", "self", "ended", "none", "xx")) == {"E/work_check/self/none": 1}


def test_conversations_are_never_counted_higher_than_they_are() -> None:
    """Five that started and ended in the same stretch are five conversations, not ten."""
    pending = Pending(SCHEMA.cells)
    for _ in range(5):
        pending.add(Tally("youth", "self", "started"))
        pending.add(Tally("youth", "self", "ended", locale="en"))

    assert pending.batch().conversations == 5


def test_settling_takes_exactly_the_batch() -> None:
    """What comes in between a batch and its settling stays waiting."""
    pending = Pending(SCHEMA.cells)
    pending.add(Tally("youth", "self", "started"))
    batch = pending.batch()
    pending.add(Tally("youth", "self", "started"))
    pending.settle(batch)

    assert pending.batch() == Batch({"S/youth/self": 1}, started=1)


def test_past_the_bound_conversations_are_dropped() -> None:
    """Memory holds 10,000 conversations, the next ones are not counted."""
    pending = Pending(SCHEMA.cells)
    for _ in range(10_005):
        pending.add(Tally("youth", "self", "started"))
        pending.add(Tally("youth", "self", "ended", locale="en"))

    assert pending.batch() == Batch(
        {"B/en": 10_000, "E/youth/self/completed": 10_000, "S/youth/self": 10_000}, 10_000, 10_000
    )


def test_memory_does_not_keep_the_order() -> None:
    """What waits looks the same whichever event came first."""
    one, two = Tally("youth", "self", "started"), Tally("work_check", "self", "ended", "none", "sw")
    first, second = Pending(SCHEMA.cells), Pending(SCHEMA.cells)
    for pending, order in ((first, (one, two)), (second, (two, one))):
        for tally in order:
            pending.add(tally)

    assert list(first.batch().cells.items()) == list(second.batch().cells.items())


def test_threads_lose_no_count() -> None:
    """Eight threads that count at once, while a ninth settles, lose and double nothing."""
    pending, taken = Pending(SCHEMA.cells), [0]
    done = threading.Event()

    def count() -> None:
        for _ in range(500):
            pending.add(Tally("youth", "self", "started"))

    def settle() -> None:
        while not done.is_set():
            batch = pending.batch()
            pending.settle(batch)
            taken[0] += batch.cells.get("S/youth/self", 0)

    counters, settler = [threading.Thread(target=count) for _ in range(8)], threading.Thread(target=settle)
    for thread in (*counters, settler):
        thread.start()
    for thread in counters:
        thread.join()
    done.set()
    settler.join()

    assert taken[0] + pending.batch().cells.get("S/youth/self", 0) == 4000


def test_numbers_do_not_show_in_a_description() -> None:
    """Printing what waits, as a debugger or an error report would, shows no number."""
    pending = Pending(SCHEMA.cells)
    pending.add(Tally("youth", "self", "started"))

    assert repr(pending) == "<Pending>"


def test_the_null_counter_forgets() -> None:
    """The counter of previews answers nothing and holds nothing."""
    counter = NullCounter()

    counter.add(Tally("youth", "self", "started"))

    assert vars(counter) == {}


def test_counts_import_only_what_they_may() -> None:
    """The counts know the standard library and the error type; `sqlite_utils` enters in ledger.py alone."""
    for path in (ROOT / "bot/counts").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {str(n.module) for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        ours = {n for n in names if n.startswith("bot.counts.") or n == "bot.errors"}
        strangers = {n for n in names - ours if n.split(".")[0] not in sys.stdlib_module_names}

        assert strangers == ({"sqlite_utils"} if path.name == "ledger.py" else set()), path.name


def test_a_tally_costs_no_database() -> None:
    """Importing the types that a talk needs loads no database library."""
    code = (
        "import sys, bot.counts.tally, bot.counts.once; print('sqlite3' in sys.modules, 'sqlite_utils' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "False False\n"
