"""What rows from outside would change: compared row by row and checked as a whole before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.errors import ContentError, Finding

from .checks import check
from .draft import Draft, build
from .misprints import Misprint
from .model import Contact, Country, Directory
from .read import across
from .report import Report
from .table import NEVER, ORDER, table_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is new (old None) or changed. fields: key, what it was and what it becomes; None where absent."""

    new: Contact
    old: Contact | None
    fields: tuple[tuple[str, Any, Any], ...]

    def __str__(self) -> str:
        if self.old is None:
            return f"new      {self.new.country} {self.new.id}: {self.new.name}"
        changes = "; ".join(f"{key} {_show(old)} -> {_show(new)}" for key, old, new in self.fields)
        return f"changed  {self.new.country} {self.new.id}: {changes}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. directory: as it would be afterwards. same: rows that stay as they are."""

    differences: tuple[Difference, ...]
    same: int
    directory: Directory
    warnings: tuple[Finding, ...] = ()

    @property
    def new(self) -> tuple[Contact, ...]:
        return tuple(one.new for one in self.differences if one.old is None)

    @property
    def changed(self) -> Mapping[str, Mapping[str, Any]]:
        """Row id -> key -> new value, None to take the key out."""
        return {one.new.id: {key: new for key, _, new in one.fields} for one in self.differences if one.old is not None}


def compare(directory: Directory, drafts: Sequence[Draft], misprints: Sequence[Misprint], today: date) -> Plan:
    """The plan for these rows. Raises ContentError with everything that is wrong with any of them."""
    findings: list[Finding] = []
    addresses: dict[str, str] = {}
    differences: list[Difference] = []
    for draft in drafts:
        id = str(draft.values.get("id") or "")
        if id and id in addresses:
            findings.append(
                Finding(
                    f"{draft.address}, column id", f'"{id}" stands in {addresses[id]} already.', "Keep one of them."
                )
            )
            continue
        addresses[id] = draft.address
        contact = build(draft, directory, Report(draft.address, findings))
        if contact is not None:
            differences.append(_difference(contact, directory.by_id.get(contact.id)))
    changed = [one for one in differences if one.fields or one.old is None]
    after = _join(directory, changed)
    if not findings:
        findings += _new_findings(directory, after, addresses, misprints, today)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise ContentError(errors)
    return Plan(tuple(changed), len(differences) - len(changed), after, tuple(findings))


def _difference(new: Contact, old: Contact | None) -> Difference:
    if old is None:
        return Difference(new, None, ())
    before, after = table_of(old), table_of(new)
    keys = (key for key in ORDER if before.get(key) != after.get(key))
    return Difference(new, old, tuple((key, before.get(key), after.get(key)) for key in keys))


def _join(directory: Directory, differences: Iterable[Difference]) -> Directory:
    """The directory with the changes; a country that is new gets the next free number."""
    rows = {code: {row.id: row for row in country.contacts} for code, country in directory.countries.items()}
    for one in differences:
        rows.setdefault(one.new.country, {})[one.new.id] = one.new
    countries = dict(directory.countries)
    free = max((country.number for country in countries.values()), default=0)
    for code, contacts in sorted(rows.items()):
        if code not in countries:
            free += 1
            countries[code] = Country(code, free, ())
        if len(contacts) != len(countries[code].contacts) or any(
            contacts[row.id] is not row for row in countries[code].contacts
        ):
            countries[code] = replace(countries[code], contacts=tuple(contacts.values()))
    return Directory(dict(sorted(countries.items())))


def _new_findings(
    before: Directory, after: Directory, addresses: Mapping[str, str], misprints: Sequence[Misprint], today: date
) -> list[Finding]:
    """What is wrong afterwards and was not before, at the rows of the file it came from."""
    touched = {code: one for code, one in after.countries.items() if one is not before.countries.get(code)}
    old = {code: before.countries[code] for code in touched if code in before.countries}
    known = {str(finding) for finding in [*across(before), *check(Directory(old), misprints, today)]}
    found = [*across(after), *check(Directory(touched), misprints, today)]
    return [_placed(finding, addresses) for finding in found if str(finding) not in known]


def _placed(finding: Finding, addresses: Mapping[str, str]) -> Finding:
    _, _, id = finding.address.partition(": ")
    return replace(finding, address=f"{addresses[id]}: {id}") if id in addresses else finding


def _show(value: Any) -> str:
    if value is None or value == NEVER:
        return "(nothing)"
    if isinstance(value, list):
        return ";".join(value)
    return str(value)
