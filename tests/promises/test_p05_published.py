"""P5: Published tables cannot show or yield a value under 20."""

from __future__ import annotations

import json
import os
import random

import pytest
from attack import ATTACKS, attack, simulate

from bot.counts.page import Names, page
from bot.counts.release import FLOOR, as_csv, as_json, release

STORES = int(os.environ.get("P05_STORES", "200"))


def test_no_value_under_the_floor_is_shown_or_hidden_in_any_byte() -> None:
    """Random stores: no number under 20 is published, and changing a hidden one changes no published byte."""
    rng = random.Random(5)
    for _ in range(STORES):
        noisy = {f"B/l{n:02}": rng.randint(-30, 60) for n in range(20)}
        noisy |= {f"E/f{n}/self/{band}": rng.randint(-30, 60) for n in range(3) for band in ("none", "some", "strong")}
        other = {cell: number if number >= FLOOR else rng.randint(-30, FLOOR - 1) for cell, number in noisy.items()}
        first, second = release("2026-Q1", noisy), release("2026-Q1", other)
        cells = [cell for table in json.loads(as_json(first))["tables"] for cell in table["cells"]]

        assert all(cell["count"] is None or cell["count"] >= FLOOR for cell in cells)
        assert (as_csv(first), as_json(first)) == (as_csv(second), as_json(second))
        assert page(first, Names()) == page(second, Names())


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_recovers_a_hidden_cell(name: str) -> None:
    """Sums, differences, shares, earlier releases and copies of the disk name no cell better than the noise allows."""
    found = attack(name, max(10, STORES // 10), seed=7)

    assert found.hidden
    assert not found.recovers


def test_an_attack_on_exact_counts_would_be_seen() -> None:
    """What the proof is worth: without noise the same guess is always right, and the attack is called a success."""
    quarter = simulate(random.Random(1), talks=500)
    bare = dict(quarter.counts)
    hidden = [cell for cell, number in bare.items() if number < FLOOR]
    right = sum(bare[cell] == quarter.counts[cell] for cell in hidden)

    from attack import Outcome

    assert Outcome(len(hidden), len(hidden), right).recovers
