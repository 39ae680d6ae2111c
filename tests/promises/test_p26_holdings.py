"""P26: Little to hand over: one command prints every class of data and every byte of the store."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import house
from bot.cli import main

COUNTED = datetime(2026, 2, 3, tzinfo=UTC)
ASKED = datetime(2026, 4, 20, tzinfo=UTC)
CLASSES = ("update", "Rate limits", "counted today", "last updates", "wait for the next slot", "Keys", "by quarter",
           "Published", "Logs", "Copies", "chat itself")  # fmt: skip


@pytest.fixture
def data(counted: Callable[[int, datetime, datetime], Path]) -> Path:
    """A folder of counts with one closed quarter, asked for in the next."""
    return counted(60, COUNTED, ASKED)


def test_the_answer_names_every_class_of_data(data: Path) -> None:
    """Each class says where it is and for how long, and that nothing can be looked up for a person."""
    answer = CliRunner().invoke(main, ["counts", "holdings"]).output

    assert all(name in answer for name in CLASSES)
    assert answer.count("How long:") == len(CLASSES)
    assert "Nothing can be looked up for a person" in answer


def test_the_answer_gives_the_whole_store(data: Path) -> None:
    """Every row of a closed quarter is printed; on a lawful order the hex lines are the file, byte for byte."""
    answer = CliRunner().invoke(main, ["counts", "holdings", "--every-byte"]).output
    rows = re.findall(r"^  (\S+) (-?\d+)$", answer, re.MULTILINE)
    spelt = "".join(re.findall(r"^[0-9a-f]{8}  ([0-9a-f]+)  ", answer, re.MULTILINE))

    assert {name.partition("/")[0] for name, _ in rows} == {"B", "E", "S"}
    assert bytes.fromhex(spelt) == (data / house.COUNT_FILE).read_bytes()


def test_whatever_is_wrong_with_the_store_the_answer_comes(data: Path) -> None:
    """A damaged, foreign or missing file is said to be so; the classes of data are named all the same."""
    store = data / house.COUNT_FILE
    for content in (b"", b"something else", store.read_bytes()[:700]):
        store.write_bytes(content)
        answer = CliRunner().invoke(main, ["counts", "holdings"])
        assert answer.exit_code == 0
        assert "the store is" in answer.output
    store.unlink()

    assert "How long:" in CliRunner().invoke(main, ["counts", "holdings"]).output
