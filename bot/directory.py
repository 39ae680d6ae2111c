"""What `waymark contacts` does: list, keep true, take in and give out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from bot.config import Config, read_config
from bot.contacts import lists
from bot.contacts.change import Plan, compare
from bot.contacts.choose import choose
from bot.contacts.draft import Draft
from bot.contacts.hsds import service_of, tables_of
from bot.contacts.intake import draft_of
from bot.contacts.limits import read_bytes
from bot.contacts.misprints import Misprint, read_misprints
from bot.contacts.model import Contact, Directory
from bot.contacts.need import REASONS, ROUTES, Need
from bot.contacts.package import read_package, write_package
from bot.contacts.read import load
from bot.contacts.report import Report, suggest
from bot.contacts.script import write_script
from bot.contacts.sheet import read_sheet, write_sheet
from bot.contacts.stale import Due, due
from bot.contacts.store import stamp, texts, write
from bot.contacts.table import row_of
from bot.errors import ContentError, Finding, WaymarkError
from bot.texts.languages import read_languages

Format = Literal["csv", "hsds"]


@dataclass(frozen=True, slots=True)
class House:
    """The directory, the folders it was read from, and where new rows go: the last folder, so that ours stay ours."""

    directory: Directory
    folders: tuple[Path, ...]
    config: Config

    @property
    def target(self) -> Path:
        return self.folders[-1]

    @property
    def misprints(self) -> list[Misprint]:
        return [item for folder in self.folders for item in read_misprints(folder, Report("contacts/misprints"))]


def open_house(config: Config | None = None) -> House:
    """The directory as it ships, with the rows of other folders. Raises ContentError where a file has a mistake."""
    config = config or read_config()
    folders = (config.root / "flows" / "contacts", *config.contacts)
    return House(load(folders), folders, config)


# -- list --------------------------------------------------------------------------------------------------------------


def rows(house: House, country: str, region: str, everything: bool) -> list[dict[str, Any]]:
    """The rows of a place; without `everything` those that people at risk may be shown on some day."""
    _check_place(house.directory, country, region)
    return [
        row_of(contact)
        for contact in house.directory
        if (not country or contact.country == country)
        and (not region or contact.region in ("", region) or region in contact.also_in)
        and (everything or _is_shown(contact))
    ]


def _is_shown(contact: Contact) -> bool:
    meant = contact.audience not in {"public", "professional"} and not contact.never_default
    reachable = any(channel.way != "web" for channel in contact.channels)
    return meant and reachable and contact.confidence != "low" and contact.status == "active"


def why(house: House, country: str, region: str, on: date, facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What somebody is shown, in order, each row with its reasons in words. facts: further fields of Need."""
    if not country:
        raise WaymarkError("--why", "needs a country.", "Add --country, such as --country US.")
    _check_place(house.directory, country, region)
    known = read_languages(house.config.root / "locales" / "languages.toml").by_tag
    if facts["language"] not in known:
        raise WaymarkError("--language", f'is "{facts["language"]}".', suggest(facts["language"], known))
    for route in facts["routes"]:
        if route not in ROUTES:
            raise WaymarkError("--route", f'is "{route}".', suggest(route, ROUTES))
    choice = choose(house.directory, Need(country=country, region=region or None, on=on, **facts))
    for pick in choice.picks:
        reasons = [f"{REASONS[code.partition(':')[0]]}{_route(code)}" for code in pick.why]
        yield row_of(pick.contact) | {"why": reasons}


def line_of(row: Mapping[str, Any]) -> str:
    """A row as one line of a list; with its reasons below where it has any."""
    number = row["phone"] or row["sms"] or row["url"]
    line = f"{row['id']:32} {row['kind']:15} {row['confidence']:7} {row['checked_on']}  {number:18} {row['name']}"
    return "\n    ".join((line, *row.get("why", ())))


def _route(code: str) -> str:
    return f": {code.partition(':')[2]}" if ":" in code else ""


def _check_place(directory: Directory, country: str, region: str) -> None:
    if country and directory.country(country) is None:
        raise WaymarkError("--country", f'is "{country}".', suggest(country, directory.countries))
    place = directory.country(country or region[:2])
    if region and (place is None or place.region(region) is None):
        known = [one.id for one in place.regions] if place else []
        raise WaymarkError("--region", f'is "{region}".', suggest(region, known))


# -- keep true ---------------------------------------------------------------------------------------------------------


def stale(house: House, on: date, ahead: int, country: str) -> list[Due]:
    """What to check again, worst harm first."""
    _check_place(house.directory, country, "")
    return due(house.directory, on, ahead, country)


def due_row(one: Due, on: date) -> dict[str, Any]:
    """What is due, for a program."""
    row = {"id": one.contact.id, "harm": one.harm, "state": one.state, "days": one.days(on)}
    return row | {"checked_on": one.contact.checked_on.isoformat(), "source_url": one.contact.source_url}


def due_line(one: Due, on: date) -> str:
    """What is due, for a person."""
    days = one.days(on)
    when = f"{days} days over" if days > 0 else "today" if not days else f"in {-days} days"
    return f"{one.harm:9} {one.contact.id:32} {when:15} {one.contact.source_url}"


def script(house: House, on: date, ahead: int, country: str) -> str:
    """The calling script for what is due, worst harm first."""
    return write_script(stale(house, on, ahead, country), on)


def confirm(house: House, id: str, how: str, on: date, today: date) -> Path:
    """Stamp a row with the day and the way it was checked; the file that was changed."""
    contact = house.directory.by_id.get(id)
    if contact is None:
        raise WaymarkError(id, "is no row of the directory.", suggest(id, house.directory.by_id.keys()))
    if how not in lists.CHECKS:
        raise WaymarkError("--how", f'is "{how}".', suggest(how, lists.CHECKS))
    if on > today:
        raise WaymarkError("--on", f"is {on}, which lies ahead.", "Give the day of the check.")
    if on < contact.checked_on:
        raise WaymarkError("--on", f"is {on}, but {id} was checked on {contact.checked_on}.", "Give a later day.")
    if how != "page" and contact.is_emergency:
        raise WaymarkError(id, "is an emergency number.", "Never test-call it: check its page, --how page.")
    return stamp(house.folders, id, {"checked_on": on, "checked_how": how})


# -- exchange ----------------------------------------------------------------------------------------------------------


def format_of(path: Path, named: str | None) -> Format:
    """csv or hsds, as named or by the file's ending."""
    if named in ("csv", "hsds"):
        return "csv" if named == "csv" else "hsds"
    if path.suffix.lower() == ".csv":
        return "csv"
    if path.suffix.lower() in (".json", ".zip") or path.is_dir():
        return "hsds"
    raise WaymarkError(path.name, "has an ending that tells nothing.", "Say --format csv or --format hsds.")


def plan(house: House, path: Path, named: str | None, country: str, today: date) -> Plan:
    """What taking in a file would change. Raises ContentError with everything that is wrong with it."""
    if not path.exists():
        raise WaymarkError(path.name, "is not there.", "Check the name of the file.")
    drafts = _drafts(path, format_of(path, named), country)
    if not drafts:
        raise ContentError([Finding(path.name, "holds no row.", "Check that it is the right file.")])
    return compare(house.directory, drafts, house.misprints, today)


def _drafts(path: Path, format: Format, country: str) -> list[Draft]:
    if format == "csv":
        return read_sheet(read_bytes(path), path.name)
    findings: list[Finding] = []
    drafts = [draft_of(bundle, country, findings) for bundle in read_package(path)]
    if findings:
        raise ContentError(findings)
    return drafts


def plan_lines(plan: Plan) -> Iterator[str]:
    """The differences row by row, what deserves a look, and the sum."""
    yield from map(str, plan.differences)
    yield from (f"warning: {finding}" for finding in plan.warnings)
    new = len(plan.new)
    yield f"{new} new, {len(plan.differences) - new} changed, {plan.same} as they are"


def take_in(house: House, plan: Plan) -> list[Path]:
    """Write a plan into the contact files, all or none; the files that were changed."""
    files = texts(plan, house.folders, house.target)
    write(files)
    return list(files)


def give_out(house: House, path: Path, named: str | None, country: str) -> int:
    """Write all rows, or those of a country, to a file; how many."""
    _check_place(house.directory, country, "")
    contacts = [contact for contact in house.directory if country in ("", contact.country)]
    if format_of(path, named) == "csv":
        data = write_sheet(contacts).encode()
    else:
        services = [service_of(contact) for contact in contacts]
        is_zip = path.suffix.lower() == ".zip"
        data = write_package(tables_of(services)) if is_zip else _page(services)
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise WaymarkError(path.name, f"cannot be written: {error.strerror}.", "Choose another place.") from None
    return len(contacts)


def _page(services: list[dict[str, Any]]) -> bytes:
    """Services as one page of results, the form in which HSDS interfaces give lists."""
    count = len(services)
    page: dict[str, Any] = {"total_items": count, "total_pages": 1, "page_number": 1, "size": count, "first_page": True}
    page |= {"last_page": True, "empty": not count, "contents": services}
    return (json.dumps(page, ensure_ascii=False) + "\n").encode()
