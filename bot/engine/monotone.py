"""Proof that a Yes never lowers a band: two walks of the same answers side by side, one of which said Yes once."""

from __future__ import annotations

from collections.abc import Iterator

from bot.engine.explore import Map, Pair
from bot.errors import Finding
from bot.flow.model import Band

RANK: dict[Band | None, int] = {None: 0, "none": 0, "some": 1, "strong": 2, "urgent": 3}


def lowered_by_yes(walked: Map) -> Iterator[Finding]:
    """Yes instead of No, all else equal, never lowers a band."""
    chart = walked.chart
    if not chart.rules:  # in a tool that counts, "No" may be the answer that counts
        return
    game = _Game(walked)
    for pair in walked.positions:
        step = chart.flow.steps.get(pair[0])
        if step is None:
            continue
        ids = [option.id for option in step.options]
        if "yes" in ids and "no" in ids:
            ways = walked.ways[pair]
            worse = game.worse(ways[ids.index("yes")], ways[ids.index("no")])
            if worse is not None:
                what = f'"Yes" instead of "No" lowers a band from "{worse[1]}" to "{worse[0]}".'
                yield Finding(
                    f"{chart.flow.id}.{step.id}", what, "Signals must only ever add; check scoring and guards."
                )
                return


class _Game:
    """Two walks of the same answers side by side, one of which said Yes once; every pair of pairs is met once."""

    def __init__(self, walked: Map) -> None:
        self.walked = walked
        self._met: set[tuple[Pair, Pair]] = set()
        self._bands: dict[Pair, Band | None] = {}
        self._verdict: tuple[Band | None, Band | None] | None = None

    def worse(self, yes: Pair, no: Pair) -> tuple[Band | None, Band | None] | None:
        """Bands (yes, no) where the walk that said Yes ends lower; None where it never does."""
        queue = [(self._settle(yes), self._settle(no))]
        while queue:
            met = queue.pop()
            if met in self._met or met[0] == met[1]:
                continue
            self._met.add(met)
            one, other = met
            if one[0] != other[0]:
                queue += self._catch_up(one, other)
                continue
            if one[0].startswith("card:") or other[0].startswith("card:"):
                continue
            ways = zip(self.walked.ways.get(one, ()), self.walked.ways.get(other, ()), strict=False)
            queue += [(self._settle(first), self._settle(second)) for first, second in ways]
        return self._verdict

    def _catch_up(self, one: Pair, other: Pair) -> list[tuple[Pair, Pair]]:
        """Different screens: two ends are compared; else the walk that was asked more answers on, in every way."""
        ends = [pair for pair in (one, other) if pair[0].startswith(("card:", "urgent:"))]
        if len(ends) == 2:
            first, second = self._band(one), self._band(other)
            if RANK[first] < RANK[second]:
                self._verdict = (first, second)
            return []
        order = list(self.walked.chart.flow.steps)
        if one in ends or (other not in ends and _later(one, other, order)):
            return [(one, self._settle(way)) for way in self.walked.ways.get(other, ())]
        return [(self._settle(way), other) for way in self.walked.ways.get(one, ())]

    def _band(self, pair: Pair) -> Band | None:
        if pair not in self._bands:
            position = self.walked.positions[pair]
            self._bands[pair] = self.walked.chart.band(self.walked.chart.measures(position))
        return self._bands[pair]

    def _settle(self, pair: Pair) -> Pair:
        """Past stop cards, as a person who goes on."""
        while ">" in pair[0]:
            buttons = self.walked.chart.options[pair[0]]
            on = [number for number, button in enumerate(buttons) if button.go == "GO_ON"]
            if not on:
                return pair
            pair = self.walked.ways[pair][on[0]]
        return pair


def _later(one: Pair, other: Pair, order: list[str]) -> bool:
    """Whether the first walk stands further on in the file than the second."""
    known = [order.index(pair[0]) if pair[0] in order else len(order) for pair in (one, other)]
    return known[0] > known[1]
