"""Static tokens: plain, keyless, never expiring. Help must work with no key, database or flow file.

`x` or `x:<first message id, base 36>` leave; `h` help; `l` or `l:<n>` languages, page n; `m` menu;
`p:<n>` places: 0 to 9 pages of countries, from 10 on country n // 10 with its regions on page n % 10;
`s` or `s:<n>` languages of a client, page n; `w` ask who holds the phone, before the worker's view comes back;
`v` play the recording of the screen it stands under.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verb = Literal["x", "h", "l", "m", "p", "s", "w", "v"]
PATTERN = re.compile(r"(?:(x)(?::([0-9a-z]{1,13}))?|([hmwv])|([ls])(?::([0-9]{1,2}))?|(p):([0-9]{1,4}))")
PLACE_PAGES = 10
SINGLE: dict[str, Verb] = {"h": "h", "m": "m", "w": "w", "v": "v"}


@dataclass(frozen=True, slots=True)
class Plain:
    """A static token, read. number: first message id for `x` (0 = not known), page for `l`, place page for `p`."""

    verb: Verb
    number: int = 0


def read_plain(data: str) -> Plain | None:
    """The static token in a button, or None where it is none."""
    match = PATTERN.fullmatch(data)
    if match is None:
        return None
    leave, first, single, languages, page, places, number = match.groups()
    if leave:
        return Plain("x", int(first, 36) if first else 0)
    if languages:
        return Plain("l" if languages == "l" else "s", int(page or 0))
    if places:
        return Plain("p", int(number))
    return Plain(SINGLE[single])


def leave_from(first_message: int) -> str:
    """The Leave token that knows where the talk began; ids are positive."""
    digits, rest = "", first_message
    while rest > 0:
        rest, digit = divmod(rest, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return f"x:{digits}" if digits else "x"


def country_page(country: int, page: int = 0) -> str:
    """The token of a country's page of regions."""
    return f"p:{country * PLACE_PAGES + page}"
