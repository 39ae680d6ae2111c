"""The closed list of what is counted, made from the flows and languages that exist."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.counts.tally import COMPLETED, ENDED, LANGUAGE, REGION, STARTED, Cell, cell
from bot.errors import ContentError, Finding

ROLES = ("self", "worker")
BANDS = ("none", "some", "strong", "urgent")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Schema:
    """Every cell that exists, in order, and the digest that names this list in the store and in what is published."""

    cells: tuple[Cell, ...]
    digest: str

    @classmethod
    def build(
        cls,
        flows: Iterable[tuple[str, Sequence[str]]],
        locales: Iterable[str],
        regions: Iterable[str] = (),
    ) -> Schema:
        """Lay out tables S, E, B and, only if regions are named, C.

        flows: (id, bands); no bands means that only "completed" is kept. Raises ContentError on names it cannot hold.
        """
        flows, locales, regions = list(flows), list(locales), list(regions)
        mistakes = [*_misnamed("flow", [name for name, _ in flows]), *_misnamed("locale", locales)]
        mistakes += [*_misnamed("region", regions), *_misbanded(flows)]
        if mistakes:
            raise ContentError(mistakes)
        started = (cell(STARTED, flow, role) for flow, _ in flows for role in ROLES)
        ended = (
            cell(ENDED, flow, role, end) for flow, bands in flows for role in ROLES for end in bands or [COMPLETED]
        )
        languages = (cell(LANGUAGE, locale) for locale in locales)
        places = (cell(REGION, region) for region in regions)
        cells = tuple(sorted([*started, *ended, *languages, *places]))
        return cls(cells, digest(cells))


def digest(cells: Iterable[Cell]) -> str:
    """The name of a list of cells: SHA-256 over the cells, one on a line."""
    return hashlib.sha256("\n".join(cells).encode()).hexdigest()


def _misnamed(kind: str, names: Sequence[str]) -> list[Finding]:
    """A name that could be taken for another, or that comes twice."""
    bad = [
        Finding(f"counts.{kind}", f'the name "{name}" cannot be counted.', "Use letters, digits, - and _ only.")
        for name in names
        if not NAME.fullmatch(name)
    ]
    twice = sorted({name for name in names if names.count(name) > 1})
    return bad + [Finding(f"counts.{kind}", f'"{name}" is there twice.', "Name it once.") for name in twice]


def _misbanded(flows: Sequence[tuple[str, Sequence[str]]]) -> list[Finding]:
    """A band outside the four that exist would open a table nobody has agreed to."""
    return [
        Finding(f"counts.flow.{flow}", f'the band "{band}" does not exist.', f"Use {', '.join(BANDS)}, each once.")
        for flow, bands in flows
        for i, band in enumerate(bands)
        if band not in BANDS or band in bands[:i]
    ]
