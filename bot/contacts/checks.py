"""Is it true, as far as a machine can tell: numbers, letters, dates, sources, and rows that contradict each other."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import Finding

from . import plan
from .misprints import Misprint, read_misprints
from .model import ALWAYS, Contact, Country, Directory
from .read import read
from .report import Report

MAX_NOTES = 240
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_STREET = re.compile(
    r"\b\d{1,5} (?:[NSEW]\.? )?[A-Z][a-z]+ (?:St|Street|Ave|Avenue|Rd|Road|Dr|Drive|Ln|Lane|Blvd|Boulevard|Way)\b"
    r"|-?\d{1,3}\.\d{4,}, ?-?\d{1,3}\.\d{4,}"
)


def examine(folders: Sequence[Path], today: date) -> tuple[Directory, list[Finding]]:
    """The directory of these folders and everything wrong or doubtful in it, known misprints included."""
    reading = read(folders)
    findings = list(reading.findings)
    misprints: list[Misprint] = []
    for folder in folders:
        misprints += read_misprints(folder, Report("contacts/misprints", findings))
    return reading.directory, findings + check(reading.directory, misprints, today)


def check(directory: Directory, misprints: Sequence[Misprint], today: date) -> list[Finding]:
    """Everything doubtful in the directory; today is passed in."""
    findings: list[Finding] = []
    owners: dict[str, Contact] = {}
    for code, country in directory.countries.items():
        report = Report(f"contacts/{code.lower()}", findings)
        wrong = {item.number: item for item in misprints if item.country == code}
        _check_country(country, report)
        for contact in country.contacts:
            row = report.at(contact.id)
            _check_numbers(contact, country, row)
            _check_misprints(contact, wrong, row)
            _check_owner(contact, owners, row)
            _check_letters(contact, row)
            _check_dates(contact, today, row)
            _check_sources(contact, row)
            _check_sense(contact, row)
    return findings


def digits(spelled: str) -> str:
    """The digits that a number spelled in letters stands for: `888-CARE4US` is 8882273487."""
    return re.sub(r"\D", "", spelled.upper().translate(_KEYPAD))


def _check_country(country: Country, report: Report) -> None:
    has = any(contact.kind == "emergency" and contact.status == "active" for contact in country.contacts)
    if not has and not country.no_emergency:
        report("there is no emergency row.", "Add one, or say in no_emergency why none could be confirmed.")
    elif not has:
        report(
            f"there is no emergency number: {country.no_emergency}",
            "Look for a source and add the row.",
            "warning",
        )
    elif country.no_emergency:
        report("no_emergency is given, but there is an emergency row.", "Take no_emergency out.")
    used = {number for contact in country.contacts for number in contact.numbers}
    for number in (*country.short_codes, *(item.number for item in country.exempt)):
        if number not in used:
            report(f"{number} is declared but no row has it.", "Take the declaration out.", "warning")
        elif plan.is_known(number, country.code):
            report(f"{number} is declared, but the number library knows it.", "Take the declaration out.", "warning")


def _check_numbers(contact: Contact, country: Country, report: Report) -> None:
    declared = {*country.short_codes, *(item.number for item in country.exempt)}
    for number in filter(None, (contact.phone, contact.phone_abroad)):
        if number not in declared and not plan.is_known(number, country.code):
            report(
                f"{number} is no number of {country.code} that the number library knows.",
                "Compare it with its source digit by digit; if that page prints it, declare it (README.md).",
            )
    line = contact.text
    if line is not None and line.number.startswith("+") and not plan.is_known(line.number, country.code):
        report(f"text number {line.number} is not valid in {country.code}.", "Compare it with its source.")


def _check_misprints(contact: Contact, wrong: dict[str, Misprint], report: Report) -> None:
    for number in sorted(contact.numbers & wrong.keys()):
        item = wrong[number]
        remedy = f"Use {item.instead}." if item.instead else "Settle it with the operator's own page first."
        report(f"{number} is known to be wrong ({item.reason}: {item.what}).", remedy)


def _check_owner(contact: Contact, owners: dict[str, Contact], report: Report) -> None:
    """One number, one service. Short codes belong to their country only."""
    for number in sorted(contact.numbers):
        key = number if number.startswith("+") else f"{contact.country} {number}"
        owner = owners.setdefault(key, contact)
        if owner.service != contact.service:
            report(
                f"{number} belongs to {owner.id} ({owner.name}) already.",
                "If both are one service, name the main row in same_as; else one of them is wrong.",
            )


def _check_letters(contact: Contact, report: Report) -> None:
    for word in contact.spelled:
        ending = digits(word)
        if not any(number.endswith(ending.lstrip("01")) for number in contact.numbers):
            report(f"{word} spells {ending}, which is no number of this row.", "Compare it with its source.")


def _check_dates(contact: Contact, today: date, report: Report) -> None:
    if contact.checked_on > today:
        report(f"checked_on {contact.checked_on} lies in the future.", "Write the day the page was read.")
    if contact.source_date:
        day = _first_day(contact.source_date)
        if day is None:
            report(f"source_date {contact.source_date} is no date.", "Write the date on the page, or leave it out.")
        elif day > today:
            report(f"source_date {contact.source_date} lies in the future.", "Write the date on the page.")


def _check_sources(contact: Contact, report: Report) -> None:
    if contact.confidence == "high" and not (contact.source_url_2 or contact.source_date):
        report("confidence is high with one undated source.", "Add a second source or a date, or write medium.")
    if contact.source_url_2 == contact.source_url:
        report("source_url_2 repeats source_url.", "Name another page, or leave it out.")
    source, own = urlsplit(contact.source_url), urlsplit(contact.url)
    if source.path in {"", "/"} and not source.query and source.hostname != own.hostname:
        report(f"source {contact.source_url} names a site and no page.", "Find the page again.", "warning")


def _check_sense(contact: Contact, report: Report) -> None:
    """What the rows of this directory agree on; README.md beside the files says why."""
    for what, remedy in _contradictions(contact):
        report(what, remedy)


def _contradictions(contact: Contact) -> Iterator[tuple[str, str]]:
    hidden = contact.kind == "training" or (contact.kind == "tipline" and contact.audience == "public")
    if hidden and not contact.never_default:
        yield f"{contact.kind} for {contact.audience} is not never_default.", "Write never_default = true."
    reachable = bool(contact.phone or contact.sms or contact.kind == "chat")
    if contact.tier != "D" and contact.kind != "emergency" and (contact.confidence == "low" or not reachable):
        yield f"tier is {contact.tier}, but the row is low or has no number.", 'Write tier = "D".'
    if contact.kind == "emergency" and contact.tier != "A":
        yield f"tier is {contact.tier} on an emergency row.", 'Write tier = "A".'
    if contact.open == ALWAYS and contact.hours != ALWAYS:
        yield f'open is "24/7", but hours say "{contact.hours}".', "Promise it only where the page says so."
    if len(contact.notes) > MAX_NOTES:
        yield f"notes have {len(contact.notes)} characters.", f"Keep them to {MAX_NOTES}."
    if contact.kind == "shelter_intake" and _STREET.search(f"{contact.name} {contact.notes} {contact.limits}"):
        yield "a shelter row holds what looks like an address.", "Take it out: nobody may learn where a shelter is."


def _first_day(text: str) -> date | None:
    """The first day of a year, month or day; None when there is no such date."""
    year, month, day = (*(int(part) for part in text.split("-")), 1, 1)[:3]
    if not 1 <= month <= 12 or year < 1900 or not 1 <= day <= monthrange(year, month)[1]:
        return None
    return date(year, month, day)
