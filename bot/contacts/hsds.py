"""Rows as Open Referral (HSDS 3.x) services; what has no field there travels in attributes of our own taxonomy.

README.md of the contact files has the whole mapping; intake.py is the way back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from .lists import INTERPRETERS
from .model import Contact
from .sheet import BETWEEN
from .table import NEVER, table_of

SPACE = uuid5(NAMESPACE_URL, "https://waymark.invalid/contacts")
TAXONOMY = "waymark"
# Keys that a field of the standard holds whole; all others have an attribute.
NATIVE = frozenset({"name", "phone", "url", "hours", "notes", "checked_on", "status"})
TYPES = {"voice": "voice", "app": "cell", "video": "video"}
CHILD, ADULT = 17, 18  # the oldest child, the youngest adult


def identifier(kind: str, id: str) -> str:
    """The same UUID for the same row, in every export."""
    return str(uuid5(SPACE, f"{kind}:{id}"))


def service_of(contact: Contact) -> dict[str, Any]:
    """A row as a service with all that belongs to it."""
    id = contact.id
    service = {
        "id": identifier("service", id),
        "name": contact.name,
        "description": contact.notes,
        "url": contact.url,
        "status": contact.status,
        "eligibility_description": contact.limits,
        "interpretation_services": INTERPRETERS if INTERPRETERS in contact.languages else "",
        "assured_date": "" if contact.checked_on == NEVER else contact.checked_on.isoformat(),
        "alert": contact.status_reason,
    }
    if contact.audience == "minor":
        service["maximum_age"] = str(CHILD)
    elif contact.audience == "adult":
        service["minimum_age"] = str(ADULT)
    body = {"id": identifier("organization", id), "name": contact.name, "description": contact.notes or contact.name}
    area = {"id": identifier("area", id), "name": contact.region or contact.country, "extent_type": "text"}
    area["extent"] = contact.region or contact.country
    hours = [{"id": identifier("schedule", id), "description": contact.hours}] if contact.hours else []
    found: dict[str, Any] = {key: value for key, value in service.items() if value}
    return found | {
        "organization": body,
        "phones": list(_phones(contact)),
        "schedules": hours,
        "service_areas": [area],
        "languages": [
            {"id": identifier("language", f"{id} {code}"), "code": code.partition("-")[0]}
            for code in contact.languages
            if code != INTERPRETERS
        ],
        "attributes": list(_attributes(contact)),
    }


def _phones(contact: Contact) -> Iterator[dict[str, str]]:
    id = contact.id
    if contact.phone:
        phone = {"id": identifier("phone", id), "number": contact.phone, "type": TYPES[contact.phone_type]}
        yield phone | ({"description": ", ".join(contact.apps)} if contact.apps else {})
    if contact.phone_abroad and contact.phone_abroad != contact.phone:
        abroad = {"id": identifier("abroad", id), "number": contact.phone_abroad, "type": TYPES[contact.phone_type]}
        yield abroad | {"description": "for callers from other countries"}
    if line := contact.text:
        text = {"id": identifier("text", id), "number": line.number, "type": "text"}
        yield text | ({"description": f"Send the word {line.keyword}"} if line.keyword else {})


def _attributes(contact: Contact) -> Iterator[dict[str, Any]]:
    values: Mapping[str, Any] = {"country": contact.country, **table_of(contact)}
    for key, value in values.items():
        if key not in NATIVE and value != "unknown":
            text = BETWEEN.join(value) if isinstance(value, list) else "true" if value is True else str(value)
            yield {
                "id": identifier("attribute", f"{contact.id} {key}"),
                "link_id": identifier("service", contact.id),
                "link_entity": "service",
                "value": text,
                "taxonomy_term": {
                    "id": identifier("term", key),
                    "code": key,
                    "name": key,
                    "description": f"The key {key} of a Waymark contact.",
                    "taxonomy": TAXONOMY,
                },
            }


def tables_of(services: list[dict[str, Any]]) -> dict[str, list[dict[str, str]]]:
    """Services as tables that refer to each other by id."""
    names = {"phones": "phone", "schedules": "schedule", "service_areas": "service_area", "languages": "language"}
    tables: dict[str, list[dict[str, str]]] = {"organization": [], "service": []}
    tables |= {table: [] for table in (*names.values(), "attribute", "taxonomy_term")}
    terms: dict[str, dict[str, str]] = {}
    for service in services:
        plain = {key: value for key, value in service.items() if isinstance(value, str)}
        tables["organization"].append(service["organization"])
        tables["service"].append({"id": plain["id"], "organization_id": service["organization"]["id"], **plain})
        for key, table in names.items():
            tables[table] += [{"id": one["id"], "service_id": service["id"], **one} for one in service[key]]
        for attribute in service["attributes"]:
            term = attribute["taxonomy_term"]
            terms[term["id"]] = term
            flat = {key: value for key, value in attribute.items() if key != "taxonomy_term"}
            tables["attribute"].append({**flat, "taxonomy_term_id": term["id"]})
    tables["taxonomy_term"] = list(terms.values())
    return tables
