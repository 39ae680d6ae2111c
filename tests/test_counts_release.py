"""What is published of a closed period, and what of it can be worked out: nothing under the floor."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import main
from bot.counts.archive import freeze, hand_out
from bot.counts.page import Names, page
from bot.counts.period import bucket_for, is_ahead, is_bucket, is_closed, is_due
from bot.counts.plan import chance_shown, plan
from bot.counts.release import FLOOR, NOISE_WITHIN, as_csv, as_json, release, shares, shown
from bot.errors import WaymarkError

CELLS = (
    "B/en",
    "B/so",
    "E/talk/self/none",
    "E/talk/self/some",
    "E/talk/self/strong",
    "E/talk/self/urgent",
    "S/talk/self",
)
NUMBERS = dict.fromkeys(CELLS, 0) | {"B/en": 203, "E/talk/self/none": 42, "E/talk/self/some": 23, "S/talk/self": 31}
MAY = datetime(2026, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("noisy", "published"),
    [(-9, None), (0, None), (19, None), (20, 20), (22, 20), (23, 25), (27, 25), (28, 30), (1002, 1000)],
)
def test_a_number_is_shown_from_twenty_on_and_rounded(noisy: int, published: int | None) -> None:
    """The floor is judged before rounding: 19 never becomes 20."""
    assert shown(noisy) == published


def test_a_total_is_the_sum_of_what_is_shown() -> None:
    """What is under the floor is in no total."""
    totals = {table.name: table.total for table in release("2026-Q1", NUMBERS).tables}

    assert totals == {"started": 30, "ended": 65, "languages": 205}


def test_shares_are_given_only_where_every_part_is_shown() -> None:
    """A share of a hidden part would tell it."""
    ended = next(table for table in release("2026-Q1", NUMBERS).tables if table.name == "ended")
    full = release("2026-Q1", dict.fromkeys(CELLS, 50)).tables[1]

    assert shares(ended.cells) == {}
    assert shares(full.cells) == {"none": 25, "some": 25, "strong": 25, "urgent": 25}


def test_the_spreadsheet_and_the_object_say_the_same() -> None:
    """Every cell stands in both, a hidden one as <20 and as null."""
    found = release("2026-Q1", NUMBERS)
    lines = list(csv.DictReader(io.StringIO(as_csv(found))))
    cells = [cell for table in json.loads(as_json(found))["tables"] for cell in table["cells"]]

    assert [line["count"] for line in lines] == ["<20" if c["count"] is None else str(c["count"]) for c in cells]
    assert len(lines) == len(CELLS)
    assert json.loads(as_json(found))["epsilon"] == 1.5


def test_the_page_loads_nothing_and_hides_what_is_hidden() -> None:
    """One file without script or address; hostile names stay text; a hidden cell has a hatched box and no number."""
    names = Names({"talk": "<b>Talk</b>"}, {"so": "Somali"}, {})
    text = page(release("2026-Q1", NUMBERS), names)

    assert not any(sign in text for sign in ("<script", "http://", "https://", "<b>Talk", "url("))
    assert "default-src 'none'" in text
    assert "Somali" in text
    assert text.count("&lt;20") == 3  # one language together, two ends each


@given(st.lists(st.integers(-40, FLOOR - 1), min_size=len(CELLS), max_size=len(CELLS)))
def test_nothing_published_depends_on_a_hidden_number(hidden: list[int]) -> None:
    """Whatever stands in the cells under the floor, every published byte is the same: no sum, difference or share of
    them can hold it."""
    other = {cell: number if number >= FLOOR else hidden[at] for at, (cell, number) in enumerate(NUMBERS.items())}
    first, second = release("2026-Q1", NUMBERS), release("2026-Q1", other)

    assert as_csv(first) == as_csv(second)
    assert as_json(first) == as_json(second)
    assert page(first, Names()) == page(second, Names())


def test_a_period_is_put_into_words_once(tmp_path: Path) -> None:
    """The second release hands out the first one's bytes, whatever the counts or the program say by then."""
    first = freeze(tmp_path, "2026-Q1", lambda: {"a.csv": "1"})
    second = freeze(tmp_path, "2026-Q1", lambda: {"a.csv": "2"})

    assert first == second == {"a.csv": b"1"}
    hand_out(first, tmp_path / "out")
    assert (tmp_path / "out" / "a.csv").read_bytes() == b"1"


def test_a_file_that_differs_is_not_written_over(tmp_path: Path) -> None:
    """What somebody else keeps under such a name stays, and nothing beside it is written."""
    (tmp_path / "b.csv").write_text("mine")

    with pytest.raises(WaymarkError, match="differs from what was released"):
        hand_out({"a.csv": b"1", "b.csv": b"2"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["b.csv"]


def test_a_broken_release_leaves_nothing_half_done(tmp_path: Path) -> None:
    """A period that cannot be read is not marked as released."""

    def fail() -> dict[str, str]:
        raise WaymarkError("counts", "is still open.", "Wait.")

    with pytest.raises(WaymarkError):
        freeze(tmp_path, "2026-Q1", fail)
    assert not (tmp_path / "released").exists()


@pytest.mark.parametrize(
    ("length", "there", "bucket"),
    [
        ("quarter", [], "2026-Q2"),
        ("month", [], "2026-05"),
        ("month", ["2026-Q2"], "2026-Q2"),
        ("quarter", ["2026-04"], "2026-05"),
        ("quarter", ["2026-03"], "2026-Q2"),
        ("month", ["2026-Q1"], "2026-05"),
    ],
)
def test_a_change_of_period_waits_for_an_edge(length: str, there: list[str], bucket: str) -> None:
    """An open quarter is finished, and a quarter begun in months goes on in months: no name covers half its time."""
    assert bucket_for(MAY, length, there) == bucket  # type: ignore[arg-type]


def test_months_close_and_go_like_quarters() -> None:
    """A month is over at its end, goes two years later, and is ahead of a clock that stands before it."""
    assert [is_closed(name, MAY) for name in ("2026-04", "2026-05", "2026-06")] == [True, False, False]
    assert [is_due(name, MAY) for name in ("2024-04", "2024-05")] == [True, False]
    assert [is_ahead(name, MAY) for name in ("2026-05", "2026-06", "2026-Q2", "2026-Q3")] == [False, True, False, True]
    assert [is_bucket(name) for name in ("2026-13", "2026-Q5", "26-Q1", "2026-Q1 ", "")] == [False] * 5


def test_the_outlook_agrees_with_the_study_behind_the_floor() -> None:
    """500 talks a month in 30 languages: by quarter about 17 of them show, with 88 of 100 people; by month about 6."""
    by_quarter, by_month = plan(500, {"languages": 30})

    assert round(by_quarter.cells) in (17, 18)
    assert round(by_quarter.share, 2) == 0.88
    assert round(by_month.cells) == 6
    assert chance_shown(10) < 0.0042
    assert chance_shown(0) < 0.00003


def test_most_of_the_noise_lies_within_what_the_page_says() -> None:
    """The pale part of a bar is wide enough for 95 numbers of 100."""
    outside = 2 * chance_shown(FLOOR - NOISE_WITHIN - 1)

    assert 1 - outside > 0.95


def test_the_verbs_ask_for_a_data_folder() -> None:
    """Without one there is nothing to publish, and the sentence says what to set."""
    result = CliRunner().invoke(main, ["counts", "release", "2026-Q1", "--out", "x"])

    assert result.exit_code == 2
    assert "WAYMARK_DATA" in result.output
