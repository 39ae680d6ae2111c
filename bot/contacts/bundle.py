"""Services of an Open Referral (HSDS 3.x) file, whatever its shape, each with what belongs to it.

Only these tables are ever read: organization, service, phone, schedule, service_area, language, attribute and
taxonomy_term. Locations, addresses and positions are not opened: nobody may learn from us where a shelter is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .limits import MAX_ROWS, refuse

Record = Mapping[str, Any]
Tables = Mapping[str, Sequence[Record]]
READ = ("organization", "service", "phone", "schedule", "service_area", "language", "attribute", "taxonomy_term")


@dataclass(frozen=True, slots=True)
class Bundle:
    """One service and what belongs to it. address: where it stands."""

    address: str
    service: Record
    organization: Record = field(default_factory=dict)
    phones: Sequence[Record] = ()
    schedules: Sequence[Record] = ()
    areas: Sequence[Record] = ()
    languages: Sequence[Record] = ()
    attributes: Sequence[Record] = ()


def bundles(data: Any, name: str) -> list[Bundle]:
    """The services of a JSON file: one service, an organization, a list of either, a page of results, or tables."""
    if isinstance(data, dict) and isinstance(data.get("service"), list):
        return join({table: _records(data.get(table), f"{name}: {table}") for table in READ}, name)
    if isinstance(data, dict) and "contents" in data:
        data = data["contents"]
    found = list(_nested(data if isinstance(data, list) else [data], name))
    if len(found) > MAX_ROWS:
        raise refuse(name, f"holds {len(found)} services.", f"Split it into files of at most {MAX_ROWS}.")
    return found


def _nested(items: Sequence[Any], name: str) -> Iterator[Bundle]:
    for number, item in enumerate(items, 1):
        address = f"{name}, item {number}"
        if not isinstance(item, dict):
            raise refuse(address, "is no object.", "Give the services as objects, as HSDS 3.0 has them.")
        services = item.get("services")
        if services is None:
            yield _nest(item, item.get("organization"), address)
            continue
        for place, service in enumerate(_records(services, address), 1):
            yield _nest(service, item, f"{address}, service {place}")


def _nest(service: Record, organization: Any, address: str) -> Bundle:
    body: Record = organization if isinstance(organization, dict) else {}

    def part(key: str, whole: Record = service) -> Sequence[Record]:
        return _records(whole.get(key), f"{address}: {key}")

    phones = part("phones") or part("phones", body)
    areas = part("service_areas")
    return Bundle(address, service, body, phones, part("schedules"), areas, part("languages"), part("attributes"))


def join(tables: Tables, name: str) -> list[Bundle]:
    """The services of tables that refer to each other by id."""
    terms = {str(term.get("id")): term for term in tables.get("taxonomy_term", ())}
    bodies = {str(body.get("id")): body for body in tables.get("organization", ())}
    own = {table: _by(tables.get(table, ()), "service_id") for table in READ}
    of_body = _by([phone for phone in tables.get("phone", ()) if not phone.get("service_id")], "organization_id")
    tagged = _by(tables.get("attribute", ()), "link_id")
    found = []
    for number, service in enumerate(tables.get("service", ()), 1):
        id, body_id = str(service.get("id")), str(service.get("organization_id"))
        attributes = [
            {**attribute, "taxonomy_term": terms.get(str(attribute.get("taxonomy_term_id")), {})}
            for attribute in tagged.get(id, ())
        ]
        found.append(
            Bundle(
                f"{name}, service {number}",
                service,
                bodies.get(body_id, {}),
                own["phone"].get(id) or of_body.get(body_id) or (),
                own["schedule"].get(id, ()),
                own["service_area"].get(id, ()),
                own["language"].get(id, ()),
                attributes,
            )
        )
    return found


def _by(records: Sequence[Record], key: str) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(str(record.get(key)), []).append(record)
    return found


def _records(value: Any, address: str) -> Sequence[Record]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise refuse(address, "is no list of objects.", "Give it as HSDS 3.0 has it.")
    return value
