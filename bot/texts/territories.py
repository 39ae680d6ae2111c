"""Countries in the words of a language, and where a language is spoken. Both come from CLDR."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.languages import get_territory_language_info

OFFICIAL = ("official", "de_facto_official")
COMMON_PERCENT = 2  # of the people of a country, for a language that has no official status there
# CLDR counts these under another code.
SAME = {"fil": ("fil", "tl"), "ku": ("ku", "kmr"), "rw": ("rw", "rn")}


@lru_cache(maxsize=64)
def territories(tag: str) -> dict[str, str]:
    """Country code -> name in a language of our table; English where CLDR has none."""
    try:
        names = dict(Locale.parse(tag).territories)
    except (UnknownLocaleError, ValueError):
        names = {}
    return dict(Locale.parse("en").territories) | names


@lru_cache(maxsize=1024)
def language_name(code: str, tag: str) -> str:
    """A language that is not in our table, in the words of one that is; its code where CLDR has no name."""
    for own in (tag, "en"):
        try:
            names = Locale.parse(own).languages
        except (UnknownLocaleError, ValueError):
            continue
        if code in names:
            return str(names[code])
    return code


@lru_cache(maxsize=8192)
def spoken(country: str, tag: str) -> float:
    """How likely somebody in a country speaks a language: its share of the people in percent, 0 where it is not known.

    100 is added where the language is official, so that these countries come first.
    """
    base = tag.partition("_")[0]
    wanted = SAME.get(base, (base,))
    best = 0.0
    for code, info in get_territory_language_info(country).items():
        if code.partition("_")[0] in wanted:
            share = float(info.get("population_percent") or 0)
            if info.get("official_status") in OFFICIAL:
                best = max(best, 100 + share)
            elif share >= COMMON_PERCENT:
                best = max(best, share)
    return best
