"""The pages on which a country or region is picked: few buttons, likely places first, at most three taps to any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.contacts.model import Directory
from bot.contacts.picker import Page, group
from bot.texts.collate import fold, key
from bot.texts.territories import spoken, territories

PER_PAGE = 16
LIKELY = 8
MAX_END = 16  # characters of a name on the button of a range


@dataclass(frozen=True, slots=True)
class Entry:
    """A button of the picker: a country or region by its permanent number, or a page (number 0)."""

    label: str
    number: int = 0
    page: int = 0


class Places:
    """Countries and regions of the directory as pages of buttons."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._countries: dict[tuple[str, int], Page] = {}
        self._regions: dict[int, Page] = {}

    def countries(self, tag: str, likely_number: int, page: int) -> list[Entry]:
        """The buttons of one page; page 0 has likely countries and ranges of names, the others one range each.

        likely_number: the country that stands first, 0 for none.
        """
        if (tag, likely_number) not in self._countries:
            self._countries[tag, likely_number] = self._first_page(tag, likely_number)
        numbers = {code: country.number for code, country in self.directory.countries.items()}
        return _entries(self._countries[tag, likely_number], page, territories(tag), numbers)

    def _first_page(self, tag: str, likely_number: int) -> Page:
        chosen = self.directory.numbered(likely_number)
        shares = {code: spoken(code, tag) for code in self.directory.countries}
        likely = sorted((code for code, share in shares.items() if share), key=lambda code: (-shares[code], code))
        first = [chosen.code] if chosen else []
        return group(self.directory.countries, territories(tag), key(tag), [*first, *likely][:LIKELY], PER_PAGE)

    def regions(self, country_number: int, page: int) -> list[Entry]:
        """The buttons of one page of a country's regions; with many, page 0 has ranges of names."""
        country = self.directory.numbered(country_number)
        regions = country.regions if country else ()
        names = {region.id: region.name for region in regions}
        if country_number not in self._regions:
            self._regions[country_number] = group(names, names, fold, (), PER_PAGE)
        numbers = {region.id: region.number for region in regions}
        return _entries(self._regions[country_number], page, names, numbers)


def _entries(first: Page, page: int, names: Mapping[str, str], numbers: Mapping[str, int]) -> list[Entry]:
    here = first.at((page - 1,)) if page else first
    entries = [Entry(names.get(id, id), numbers[id]) for id in (*here.likely, *here.places)]
    ranges = (f"{_end(one.first)} – {_end(one.last)}" for one in here.groups)
    return entries + [Entry(label, page=number) for number, label in enumerate(ranges, 1)]


def _end(name: str) -> str:
    """A name as one end of a range: its first words, so that the button stays readable."""
    short = ""
    for word in name.split():
        if short and len(short) + 1 + len(word) > MAX_END:
            break
        short = f"{short} {word}".strip()
    return short
