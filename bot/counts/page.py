"""The published table as one page to look at: no script, nothing loaded, for a phone and for paper, day and night.

Bars are boxes of the page itself, so that they follow the width of a screen and print without a picture format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from importlib import resources

from bot.counts.release import FLOOR, HIDDEN, NOTES, WITHIN, Release, Shown, Table, groups, shares

HEADINGS = {
    "languages": ("Languages", "Talks that came to an end, by language."),
    "started": ("Talks begun", "How often each talk was begun, alone or with an outreach worker."),
    "ended": ("How talks ended", "What the answers led to. It is no finding about anybody."),
    "regions": ("Places", "Countries whose help lines were opened at the end of a talk."),
}
ORDER = ("languages", "started", "ended", "regions")
ROLES = {"self": "alone", "worker": "with a worker"}
ENDS = {
    "none": "no signs",
    "some": "some signs",
    "strong": "strong signs",
    "urgent": "urgent",
    "completed": "completed",
}
STYLE = resources.files("bot.counts").joinpath("page.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Names:
    """Ids -> what people call them; an id that is not there names itself."""

    flows: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)


def page(found: Release, names: Names) -> str:
    """The whole page."""
    by_name = {table.name: table for table in found.tables}
    parts = [_section(by_name[name], names) for name in ORDER if name in by_name]
    notes = "".join(f"<li>{escape(note)}</li>" for note in NOTES)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Waymark {escape(found.period)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>How Waymark was used, {escape(_period(found.period))}</h1>\n"
        '<p class="soft">Bars show noisy numbers; the pale part around the end of a bar is where the true number lies, '
        f"95 times of 100 and more. Hatched: under {FLOOR}, not shown.</p>\n"
        + "\n".join(parts)
        + f"\n<h2>What these numbers are</h2>\n<ul>{notes}</ul>\n"
        f'<p class="soft">Privacy cost of one day of one person, all tables together: epsilon {found.epsilon:g}. '
        f'List of cells: <span class="long">{found.schema}</span></p>\n</body>\n</html>\n'
    )


def _section(table: Table, names: Names) -> str:
    title, about = HEADINGS[table.name]
    longest = max((cell.count or 0 for cell in table.cells), default=0) + WITHIN
    rows = _ended(table, names, longest) if table.name == "ended" else _plain(table, names, longest)
    total = f'<p class="soft">Sum of the cells shown: {table.total}.</p>' if table.total else ""
    body = "".join(rows)
    return f'<section>\n<h2>{title}</h2>\n<p class="soft">{about}</p>\n{body}\n{total}</section>'


def _plain(table: Table, names: Names, longest: int) -> Iterator[str]:
    """A bar for each cell shown, the longest first; those under the floor named together, in the order of letters."""
    told = sorted((-(cell.count or 0), _label(cell, names), cell.count) for cell in table.cells if cell.count)
    yield from (_row(label, count, longest) for _, label, count in told)
    yield _under(_label(cell, names) for cell in table.cells if cell.count is None)


def _ended(table: Table, names: Names, longest: int) -> Iterator[str]:
    """For each talk the bars of its ends; talks of which nothing is shown are named together."""
    under = []
    for (flow, role), ends in groups(table):
        label = _talk(flow, role, names)
        if all(cell.count is None for cell in ends):
            under.append(label)
            continue
        yield f"<h3>{escape(label)}</h3>"
        parts = shares(ends)
        for cell in ends:
            end = cell.names["end"]
            share = f" ({parts[end]} %)" if len(parts) > 1 else ""
            yield _row(ENDS.get(end, end) + share, cell.count, longest)
    yield _under(under)


def _row(label: str, count: int | None, longest: int) -> str:
    scale = 100 / max(longest, FLOOR)
    if count is None:
        bars = f'<i class="hidden" style="width:{FLOOR * scale:.1f}%"></i>'
    else:
        low, width = max(count - WITHIN, 0) * scale, 2 * WITHIN * scale
        bars = (
            f'<i class="bar" style="width:{count * scale:.1f}%"></i>'
            f'<i class="band" style="left:{low:.1f}%;width:{width:.1f}%"></i>'
        )
    number = escape(HIDDEN) if count is None else str(count)
    return f'<div class="row"><span>{escape(label)}</span><span class="track">{bars}</span><b>{number}</b></div>\n'


def _under(labels: Iterable[str]) -> str:
    told = sorted(labels)
    if not told:
        return ""
    hatched = f'<span class="track"><i class="hidden" style="width:2rem"></i></span><b>{escape(HIDDEN)}</b>'
    return (
        f'<div class="row"><span>each of these</span>{hatched}</div>\n<p class="soft">{escape(" · ".join(told))}</p>\n'
    )


def _label(cell: Shown, names: Names) -> str:
    if "language" in cell.names:
        return names.languages.get(cell.names["language"], cell.names["language"])
    if "region" in cell.names:
        return names.regions.get(cell.names["region"], cell.names["region"])
    return _talk(cell.names["flow"], cell.names["role"], names)


def _talk(flow: str, role: str, names: Names) -> str:
    return f"{names.flows.get(flow, flow)}, {ROLES.get(role, role)}"


def _period(period: str) -> str:
    year, part = period.split("-")
    return f"quarter {part[1]} of {year}" if part.startswith("Q") else f"{year}-{part}"
