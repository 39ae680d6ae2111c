"""Folders of contact files -> one Directory, with every mistake of every file named at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import ContentError, Finding

from .file import read_file
from .model import Contact, Country, Directory
from .report import Report, suggest

MISPRINTS = "misprints.toml"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the files hold and what is wrong with them; rows and files with mistakes are left out of the directory."""

    directory: Directory
    findings: tuple[Finding, ...]


def load(folders: Iterable[Path]) -> Directory:
    """The directory of these folders; raises ContentError with all findings when there is any mistake."""
    reading = read(folders)
    errors = [finding for finding in reading.findings if finding.level == "error"]
    if errors:
        raise ContentError(errors)
    return reading.directory


def read(folders: Iterable[Path]) -> Reading:
    """Everything in these folders; a later folder may add rows, regions and countries to an earlier one."""
    findings: list[Finding] = []
    countries: dict[str, Country] = {}
    for folder in folders:
        if not folder.is_dir():
            findings.append(Finding("contacts", f'folder "{folder}" does not exist.', "Correct the setting."))
            continue
        for path in files(folder):
            report = Report(f"contacts/{path.stem}", findings)
            country = None if path.name == MISPRINTS else read_file(path, report)
            if country is not None:
                _add(countries, country, report)
    directory = Directory(dict(sorted(countries.items())))
    return Reading(directory, (*findings, *across(directory)))


def files(folder: Path) -> list[Path]:
    """The files of a folder, the parts of a country in their order."""
    return sorted(folder.glob("*.toml"), key=lambda path: (path.stem.partition("-")[0], len(path.stem), path.stem))


def _add(countries: dict[str, Country], new: Country, report: Report) -> None:
    """Join a country to what an earlier folder said about it; its permanent number must agree."""
    old = countries.get(new.code)
    if old is None:
        countries[new.code] = new
        return
    if old.number != new.number:
        report(f"number is {new.number}, but {old.number} in an earlier folder.", f"Write number = {old.number}.")
    countries[new.code] = replace(
        old,
        contacts=old.contacts + new.contacts,
        regions=tuple(dict.fromkeys(old.regions + new.regions)),
        short_codes=tuple(dict.fromkeys(old.short_codes + new.short_codes)),
        exempt=tuple(dict.fromkeys(old.exempt + new.exempt)),
        no_emergency=old.no_emergency or new.no_emergency,
    )


def across(directory: Directory) -> list[Finding]:
    """What can only be seen with all files side by side."""
    findings: list[Finding] = []
    owners: dict[int, str] = {}
    seen: dict[str, str] = {}
    for code, country in directory.countries.items():
        report = Report(f"contacts/{code.lower()}", findings)
        owner = owners.setdefault(country.number, code)
        if owner != code:
            report(f"number {country.number} belongs to {owner}.", "Give the new country the next free number.")
        _unique("number", [region.number for region in country.regions], report)
        _unique("id", [region.id for region in country.regions], report)
        for contact in country.contacts:
            first = seen.setdefault(contact.id, report.address) if contact.id not in seen else ""
            if not first:
                report.at(contact.id)(f"id is used in {seen[contact.id]} already.", "Give it an id of its own.")
            _links(contact, country, report.at(contact.id))
    return findings


def _unique(what: str, values: Sequence[object], report: Report) -> None:
    for value in dict.fromkeys(value for value in values if values.count(value) > 1):
        report(f"region {what} {value} is given twice.", "Each is permanent and belongs to one region.")


def _links(contact: Contact, country: Country, report: Report) -> None:
    known = {region.id for region in country.regions}
    if contact.region and contact.region not in known:
        report(f'region "{contact.region}" has no [[region]] table.', suggest(contact.region, known))
    for place in contact.also_in:
        if place not in known and place != country.code:
            report(f'also_in "{place}" is not known.', suggest(place, known))
    if contact.same_as and contact.same_as not in country.by_id:
        report(
            f'same_as "{contact.same_as}" is no row of this country.', suggest(contact.same_as, country.by_id.keys())
        )
