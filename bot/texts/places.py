"""Names of countries in the person's language, and the pages on which they are picked. Names come from CLDR."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

from bot.contacts.model import Directory
from bot.contacts.picker import Page, group

PER_PAGE = 16
LIKELY = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """A button of the picker: a country by its permanent number, or a page (country 0)."""

    label: str
    country: int = 0
    page: int = 0


@lru_cache(maxsize=64)
def territories(tag: str) -> dict[str, str]:
    """Country code -> name in a language of our table; English where CLDR has none."""
    try:
        names = dict(Locale.parse(tag).territories)
    except (UnknownLocaleError, ValueError):
        names = {}
    return dict(Locale.parse("en").territories) | names


@lru_cache(maxsize=512)
def speaks(country: str, tag: str) -> bool:
    """Whether a language is official in a country, by CLDR."""
    return tag.partition("_")[0] in {code.partition("_")[0] for code in get_official_languages(country, de_facto=True)}


def sort_key(name: str) -> str:
    """Order without regard to case and accents."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


class Places:
    """Countries and regions of the directory as pages of buttons."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._pages: dict[tuple[str, int], Page] = {}

    def countries(self, tag: str, likely_number: int, page: int) -> list[Entry]:
        """The buttons of one page; page 0 has likely countries and ranges of names, the others one range each."""
        names = territories(tag)
        first = self._first_page(tag, likely_number)
        here = first.at((page - 1,)) if page else first
        numbers = self.directory.countries
        entries = [Entry(names.get(code, code), numbers[code].number) for code in (*here.likely, *here.places)]
        return entries + [Entry(f"{one.first} – {one.last}", page=number) for number, one in enumerate(here.groups, 1)]

    def _first_page(self, tag: str, likely_number: int) -> Page:
        if (tag, likely_number) not in self._pages:
            chosen = self.directory.numbered(likely_number)
            spoken = [code for code in self.directory.countries if speaks(code, tag)]
            likely = ([chosen.code] if chosen else []) + spoken
            self._pages[tag, likely_number] = group(
                self.directory.countries, territories(tag), sort_key, likely[:LIKELY], PER_PAGE
            )
        return self._pages[tag, likely_number]

    def regions(self, country_number: int, page: int) -> tuple[list[tuple[int, str]], bool]:
        """(number, name) of the regions on one page, and whether more follow."""
        country = self.directory.numbered(country_number)
        regions = sorted(country.regions, key=lambda region: sort_key(region.name)) if country else []
        shown = regions[page * PER_PAGE : (page + 1) * PER_PAGE]
        return [(region.number, region.name) for region in shown], len(regions) > (page + 1) * PER_PAGE
