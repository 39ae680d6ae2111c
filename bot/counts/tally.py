"""What a talk tells the ledger: that something of a kind happened. Never who, never when."""

from __future__ import annotations

import threading
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

Role = Literal["self", "worker"]
Event = Literal["started", "ended"]

# The name of one count, as written in the store: "S/work_check/self", "E/work_check/self/strong", "B/sw", "C/KE".
Cell = str

STARTED, ENDED, LANGUAGE, REGION = "S", "E", "B", "C"
COMPLETED = "completed"  # the one end kept for flows whose result must not be counted (young people, families)
MOST_WAITING = 10_000


def cell(*names: str) -> Cell:
    """The name of a cell, from its table and its dimensions."""
    return "/".join(names)


@dataclass(frozen=True, slots=True)
class Tally:
    """One conversation of this kind started or ended.

    band: the result of an ended flow, None where the flow has none. locale, region: read for ended conversations only.
    """

    flow: str
    role: Role
    event: Event
    band: str | None = None
    locale: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What was waiting at one moment: a number for each cell, and the least number of conversations behind them."""

    cells: Mapping[Cell, int]
    started: int = 0
    ended: int = 0

    @property
    def conversations(self) -> int:
        """At least this many different conversations; one conversation may both start and end in a batch."""
        return max(self.started, self.ended)


def cells_of(tally: Tally, kept: Container[Cell]) -> list[Cell]:
    """At most one cell of each table; none if the flow is unknown. kept: every cell that exists."""
    if tally.event == "started":
        name = cell(STARTED, tally.flow, tally.role)
        return [name] if name in kept else []
    # A flow that keeps no result counts as completed even if a band came with it.
    ends = (cell(ENDED, tally.flow, tally.role, end) for end in (tally.band, COMPLETED) if end)
    end = next((name for name in ends if name in kept), None)
    if end is None:
        return []
    places = [cell(LANGUAGE, tally.locale or ""), cell(REGION, tally.region or "")]
    return [end, *(name for name in places if name in kept)]


class Counter(Protocol):
    """Something that counts. It answers nothing: a talk cannot depend on a count, nor learn one."""

    def add(self, tally: Tally) -> None: ...


class Waiting(Protocol):
    """Counts that are held until the ledger has taken them."""

    def batch(self) -> Batch: ...

    def settle(self, batch: Batch) -> None: ...


class NullCounter:
    """Counts nothing: previews, tests and `waymark try`."""

    def add(self, tally: Tally) -> None:
        """Forget it."""


class Pending:
    """Counts in memory until the next slot. Safe to use from several threads; touches no disk.

    cells: every cell that exists (`Schema.cells`). They are laid out beforehand, so that the order of events leaves
    no trace in memory either; a tally that fits no cell is dropped. bound: conversations held, more are dropped.
    """

    def __init__(self, cells: Iterable[Cell], bound: int = MOST_WAITING) -> None:
        self._counts = dict.fromkeys(cells, 0)
        self._bound = bound
        self._started = self._ended = 0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "<Pending>"  # never the numbers: they are exact

    def add(self, tally: Tally) -> None:
        """Count it, unless the bound is reached or no cell is kept for it."""
        with self._lock:
            cells = cells_of(tally, self._counts)
            if not cells:
                return
            if tally.event == "started":
                if self._started >= self._bound:
                    return
                self._started += 1
            else:
                if self._ended >= self._bound:
                    return
                self._ended += 1
            for name in cells:
                self._counts[name] += 1

    def batch(self) -> Batch:
        """What is waiting now. It goes on waiting until it is settled."""
        with self._lock:
            return Batch({name: n for name, n in self._counts.items() if n}, self._started, self._ended)

    def settle(self, batch: Batch) -> None:
        """The ledger has written this batch: stop holding it. What came meanwhile stays."""
        with self._lock:
            for name, n in batch.cells.items():
                self._counts[name] -= n
            self._started -= batch.started
            self._ended -= batch.ended

    def take_over(self, batch: Batch) -> None:
        """Hold what another counter held; cells that are no longer kept are dropped."""
        with self._lock:
            for name, n in batch.cells.items():
                if name in self._counts:
                    self._counts[name] += n
            self._started += batch.started
            self._ended += batch.ended
