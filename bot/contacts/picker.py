"""Picking a country or region from a list: few buttons on each screen, at most three taps to any place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_BUTTONS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """A button for a range of names, from the first to the last place behind it."""

    first: str
    last: str
    page: Page


@dataclass(frozen=True, slots=True)
class Page:
    """One screen: places that can be picked at once, likely ones first, and ranges that open another page.

    path: which group was opened on each page before; empty for the first page.
    """

    path: tuple[int, ...] = ()
    likely: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def buttons(self) -> int:
        return len(self.likely) + len(self.places) + len(self.groups)

    def at(self, path: Iterable[int]) -> Page:
        """The page reached by opening these groups one after the other; this page when there is no such path."""
        page = self
        for index in path:
            if not 0 <= index < len(page.groups):
                return self
            page = page.groups[index].page
        return page


def group(
    places: Iterable[str],
    locale_names: Mapping[str, str],
    sort_key: Callable[[str], Any],
    likely: Sequence[str] = (),
    per_page: int = MOST_BUTTONS,
) -> Page:
    """The first page, with all others behind it.

    places: codes. locale_names: code -> name as shown; a code without a name is shown as it is.
    sort_key: of a name, in the language's own order. likely: codes shown at once, as many as leave room for groups.
    Raises ValueError when there are more places than three taps can reach.
    """
    ordered = sorted(set(places), key=lambda code: (sort_key(locale_names.get(code, code)), code))
    first = tuple(code for code in dict.fromkeys(likely) if code in set(ordered))
    if len(ordered) <= per_page:
        rest = tuple(code for code in ordered if code not in first)
        return Page(likely=first, places=rest)
    first = first[: per_page - _least_groups(len(ordered), per_page)]
    groups = _split(ordered, per_page - len(first), per_page, locale_names, ())
    return Page(likely=first, groups=groups)


def _least_groups(count: int, per_page: int) -> int:
    """How many group buttons the first page needs at least."""
    least = -(-count // (per_page * per_page))
    if least > per_page:
        raise ValueError(f"{count} places need more than three taps at {per_page} buttons a page.")
    return max(least, 2)


def _split(
    codes: Sequence[str], most: int, per_page: int, names: Mapping[str, str], path: tuple[int, ...]
) -> tuple[Group, ...]:
    """Ranges of nearly equal length, as few as keep every page within `per_page` buttons."""
    amount = min(most, -(-len(codes) // per_page))
    small, larger = divmod(len(codes), amount)
    groups, start = [], 0
    for index in range(amount):
        part = codes[start : start + small + (index < larger)]
        start += len(part)
        here = (*path, index)
        if len(part) <= per_page:
            page = Page(path=here, places=tuple(part))
        else:
            page = Page(path=here, groups=_split(part, per_page, per_page, names, here))
        groups.append(Group(names.get(part[0], part[0]), names.get(part[-1], part[-1]), page))
    return tuple(groups)
