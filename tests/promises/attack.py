"""What somebody can work out of published tables and stolen disks: run it to see.

`python tests/promises/attack.py --stores 200` simulates quarters of 2,000 talks, publishes each, attacks it in
every way we know and prints what came out. A cell counts as recovered when guessing it succeeds more often than the
noise by itself allows.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.counts.noise import SCALE, Laplace
from bot.counts.release import Release, Table, release, shares, shown
from bot.counts.tally import Cell

TALKS = 2_000
FALL = 1.05
P = math.exp(-1 / SCALE)
BEST_GUESS = (1 - P) / (1 + P)  # how often the noise is zero: what reading the noisy number itself would give


@dataclass(frozen=True, slots=True)
class Quarter:
    """One simulated quarter. counts: exact, known to nobody. noisy: what stands on disk."""

    counts: Mapping[Cell, int]
    noisy: Mapping[Cell, int]

    @property
    def published(self) -> Release:
        return release("2026-Q1", self.noisy)

    @property
    def hidden(self) -> list[Cell]:
        return [cell for cell, number in self.noisy.items() if shown(number) is None]


def simulate(rng: random.Random, talks: int = TALKS) -> Quarter:
    """Talks spread as usual: a few flows, languages and ends often, most seldom; the noise is the product's own."""
    flows = [f"flow{n:02}" for n in range(12)]
    cells = [f"S/{flow}/self" for flow in flows]
    cells += [f"E/{flow}/self/{band}" for flow in flows for band in ("none", "some", "strong", "urgent")]
    cells += [f"B/l{n:02}" for n in range(30)]
    counts = dict.fromkeys(cells, 0)
    for _ in range(talks):
        flow = rng.choices(flows, [rank**-FALL for rank in range(1, 13)])[0]
        counts[f"S/{flow}/self"] += 1
        band = rng.choices(("none", "some", "strong", "urgent"), (50, 30, 15, 5))[0]
        counts[f"E/{flow}/self/{band}"] += 1
        counts[f"B/l{rng.choices(range(30), [rank**-FALL for rank in range(1, 31)])[0]:02}"] += 1
    noise = Laplace(rng.getrandbits)
    return Quarter(counts, {cell: count + noise.draw() for cell, count in counts.items()})


def by_sums(quarter: Quarter) -> dict[Cell, int]:
    """A total less the cells shown leaves the hidden ones: named where one cell is hidden and anything is left."""
    found = {}
    for table, hidden in _hidden_of(quarter):
        rest = table.total - sum(cell.count or 0 for cell in table.cells)
        if len(hidden) == 1 and rest:
            found[hidden[0]] = rest
    return found


def by_differences(quarter: Quarter) -> dict[Cell, int]:
    """Talks begun less the ends of the same talk: recovered where the rest is under the floor and names one cell."""
    found = {}
    ends = {cell for cell in quarter.hidden if cell.startswith("E/")}
    for cell, number in quarter.noisy.items():
        own = [end for end in ends if end.startswith(cell.replace("S/", "E/", 1) + "/")]
        told = [shown(quarter.noisy[end]) for end in quarter.noisy if end.startswith(cell.replace("S/", "E/", 1) + "/")]
        if cell.startswith("S/") and len(own) == 1 and (begun := shown(number)) is not None:
            found[own[0]] = begun - sum(one or 0 for one in told)
    return found


def by_shares(quarter: Quarter) -> dict[Cell, int]:
    """Percentages of parts that are not all shown."""
    found = {}
    for table, hidden in _hidden_of(quarter):
        for cell in hidden if table.name == "ended" else ():
            talk = [one for one in table.cells if one.names["flow"] == cell.split("/")[1]]
            if share := shares(talk).get(cell.rpartition("/")[2]):
                found[cell] = share
    return found


def by_releasing_again(quarter: Quarter) -> dict[Cell, int]:
    """A second release of the same quarter, compared with the first: recovered where a cell came or went."""
    first, second = quarter.published, quarter.published
    return {} if first == second else dict.fromkeys(quarter.hidden, 0)


def by_two_copies(quarter: Quarter) -> dict[Cell, int]:
    """Two copies of the disk of an open quarter. Their difference is exact, and is what ten people or more did together
    between two slots (`Ledger.flush` takes no fewer); the noise is the same in both, so that of a whole cell the number
    itself stays the best guess there is."""
    return {cell: quarter.noisy[cell] for cell in quarter.hidden}


Attack = Callable[[Quarter], dict[Cell, int]]
ATTACKS: dict[str, Attack] = {
    "sums": by_sums,
    "differences": by_differences,
    "percentages": by_shares,
    "an earlier release": by_releasing_again,
    "copies of the disk": by_two_copies,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attack went. claimed: cells it named a number for; right: how many of those were the true count."""

    hidden: int
    claimed: int
    right: int

    @property
    def recovers(self) -> bool:
        """Whether it does better than the noise allows, by more than four standard errors."""
        if not self.claimed:
            return False
        error = math.sqrt(BEST_GUESS * (1 - BEST_GUESS) / self.claimed)
        return self.right / self.claimed > BEST_GUESS + 4 * error


def attack(name: str, stores: int, seed: int) -> Outcome:
    """Try one attack on so many quarters."""
    rng = random.Random(seed)
    hidden = claimed = right = 0
    for _ in range(stores):
        quarter = simulate(rng)
        found = ATTACKS[name](quarter)
        hidden += len(quarter.hidden)
        claimed += len(found)
        right += sum(quarter.counts[cell] == number for cell, number in found.items())
    return Outcome(hidden, claimed, right)


def _hidden_of(quarter: Quarter) -> list[tuple[Table, list[Cell]]]:
    letters = {"started": "S/", "ended": "E/", "languages": "B/", "regions": "C/"}
    return [
        (table, [cell for cell in quarter.hidden if cell.startswith(letters[table.name])])
        for table in quarter.published.tables
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", type=int, default=200, help="quarters to attack (200)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"{'attack':20} {'cells under 20':>15} {'numbers named':>14} {'of them true':>13}  verdict")
    for name in ATTACKS:
        found = attack(name, asked.stores, asked.seed)
        true = f"{found.right / found.claimed:.1%}" if found.claimed else "-"
        verdict = "RECOVERS CELLS" if found.recovers else f"no cell (noise alone allows {BEST_GUESS:.1%})"
        print(f"{name:20} {found.hidden:>15} {found.claimed:>14} {true:>13}  {verdict}")


if __name__ == "__main__":
    main()
