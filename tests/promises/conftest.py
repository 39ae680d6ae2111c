"""The promises as a list: one line each, after the tests of its file have run."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from faults import Nursery
from sizes import FULL, Report

from bot import house
from bot.counts.ledger import Ledger
from bot.counts.schema import BANDS, Schema
from bot.counts.tally import Pending, Tally

HERE = Path(__file__).parent
Count = Callable[[int, datetime, datetime], Path]


@pytest.fixture
def progress(capfd: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Report:
    """Shows how far a long test is, where there is a terminal to see it."""
    name = request.path.stem.split("_")[1].upper()

    def show(done: int, total: int) -> None:
        with capfd.disabled():
            print(f"\r{name} {done} of {total} ", end="" if done < total else "\r", flush=True)

    return show if not hasattr(request.config, "workerinput") else (lambda done, total: None)


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Count:
    """Makes a folder of counts with so many ended talks of one day, and lets the commands be asked on another."""

    def make(talks: int, day: datetime, asked: datetime) -> Path:
        schema = Schema.build([("self_adult", BANDS)], ["en", "so"])
        pending = Pending(schema.cells)
        ledger = Ledger(tmp_path / house.COUNT_FILE, schema, lambda: day)
        for _ in range(talks):
            pending.add(Tally("self_adult", "self", "ended", "strong", "so"))
        ledger.flush(pending)
        ledger.close()
        monkeypatch.setattr(house, "utc_now", lambda: asked)
        monkeypatch.setenv("WAYMARK_DATA", str(tmp_path))
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return make


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """`P06 kill -9 anywhere ... ok`, with the number of tests and their seconds."""
    found: dict[str, list[pytest.TestReport]] = defaultdict(list)
    for reports in terminalreporter.stats.values():
        for report in reports:
            path = Path(getattr(report, "nodeid", "").partition("::")[0])
            if path.parent.name == HERE.name and getattr(report, "when", None):
                found[path.name].append(report)
    for name, reports in sorted(found.items()):
        calls = [report for report in reports if report.when == "call"]
        broken = sorted({report.nodeid.partition("::")[2] for report in reports if report.failed})
        skipped = sum(report.skipped for report in reports)
        state = "BROKEN" if broken else "not proven" if skipped and (FULL or not calls) else "ok"
        seconds = sum(getattr(report, "duration", 0) for report in reports)  # a file that cannot be read has none
        terminalreporter.write_line(
            f"{_title(name)} ... {state} ({len(calls)} tests, {seconds:.0f} s)", red=bool(broken)
        )
        for one in broken:
            terminalreporter.write_line(f"    {one}", red=True)


def _title(name: str) -> str:
    """P06 and the first sentence of the file."""
    words = ast.get_docstring(ast.parse((HERE / name).read_text(encoding="utf-8"))) or name
    number = name.split("_")[1].upper() if name.startswith("test_p") else "-- "
    first = re.sub(r"^P\d+: ", "", words.partition("\n")[0])
    return f"{number} {first.rstrip('.')}"


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where bots are born, one for all tests of a session."""
    one = Nursery()
    yield one
    one.close()
