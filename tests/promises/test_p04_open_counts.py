"""P4: No one can read exact or open-bucket counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import house
from bot.cli import main
from bot.counts.ledger import COLUMNS
from bot.verbs.counts import counts

OPEN = datetime(2026, 5, 3, tzinfo=UTC)


@pytest.fixture
def data(counted: Callable[[int, datetime, datetime], Path]) -> Path:
    """A folder of counts with 400 talks of a quarter that is still open."""
    return counted(400, OPEN, OPEN)


def numbers_of(data: Path) -> set[str]:
    """The noisy numbers, as only a thief would read them, large enough to be told from others."""
    with sqlite3.connect(data / house.COUNT_FILE) as database:
        return {str(value - 2**40) for (value,) in database.execute("select value from cell") if value - 2**40 > 300}


def test_every_command_refuses_an_open_period(data: Path) -> None:
    """`counts release` says it is still open and writes nothing; `holdings` names it and gives no number."""
    numbers = numbers_of(data)
    assert numbers

    for period in ("2026-Q2", "2026-05"):
        result = CliRunner().invoke(main, ["counts", "release", period, "--out", str(data / "out")])
        assert (result.exit_code, "still open" in result.output) == (2, True)
    held = CliRunner().invoke(main, ["counts", "holdings"])

    assert held.exit_code == 0
    assert "still open" in held.output
    assert not any(number in held.output for number in numbers)
    assert not (data / "out").exists()
    assert not (data / "released").exists()


def test_no_option_opens_a_period() -> None:
    """Options of the verbs under `counts`: none of them takes a number out of an open period."""
    options = {option for verb in counts.commands.values() for one in verb.params for option in one.opts}

    assert options == {"period", "--out", "--per-month", "--json", "--every-byte"}


def test_the_store_has_no_column_for_an_exact_count(data: Path) -> None:
    """Three tables: names of periods, one noisy value a cell, one random tag. Nothing else could hold a number."""
    with sqlite3.connect(data / house.COUNT_FILE) as database:
        tables = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
        columns = {name: [row[1] for row in database.execute(f"pragma table_info({name})")] for name in tables}

    assert columns == {name: list(kinds) for name, kinds in COLUMNS.items()}
    assert columns["cell"] == ["bucket", "name", "value"]
