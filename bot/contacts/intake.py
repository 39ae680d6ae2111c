"""Open Referral (HSDS 3.x) services as rows from outside.

A service from elsewhere starts as unconfirmed (low, tier D). `assured_date` is the day of the check; without it the row
counts as never checked. A service that we wrote ourselves comes back as the row it was (hsds.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.errors import Finding

from .bundle import Bundle, Record
from .draft import Draft
from .hsds import ADULT, CHILD, NATIVE, TAXONOMY
from .lists import INTERPRETERS
from .plan import normal
from .row import LISTS
from .sheet import BETWEEN, read_date
from .table import NEVER, ORDER

STATUSES = {"active": "active", "temporarily closed": "temporarily closed", "inactive": "defunct", "defunct": "defunct"}
CLIPPED = {"notes": 240, "limits": 120, "hours": 120}  # characters kept of a text from elsewhere
_AREA = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def draft_of(bundle: Bundle, country: str, findings: list[Finding]) -> Draft:
    """A service as a row from outside. country: assumed where the service names none."""
    ours = _ours(bundle, findings)
    values: dict[str, Any] = _natives(bundle, findings) | ours
    values["country"] = values.get("country") or _country(bundle, country)
    values |= _numbers(bundle, values, findings)
    if "id" in ours:
        return Draft(bundle.address, dict.fromkeys(ORDER) | values)
    values |= {key: _clip(values[key], most) for key, most in CLIPPED.items() if values.get(key)}
    uuid = re.sub(r"[^0-9a-z]", "", _text(bundle.service, "id").lower())[:8]
    values["id"] = f"{values['country'].lower()}-{uuid}" if uuid else None
    has_voice = bool(values.get("phone"))
    defaults = {
        "kind": "hotline" if has_voice or not values.get("sms") else "textline",
        "audience": _audience(bundle.service),
        "confidence": "low",
        "tier": "D",
        "source_url": _text(bundle.service, "url") or _text(bundle.organization, "website", "uri", "url") or None,
    }
    kept = {key: value for key, value in values.items() if value is not None}
    return Draft(bundle.address, kept, {key: value for key, value in defaults.items() if value is not None})


def _natives(bundle: Bundle, findings: list[Finding]) -> dict[str, Any]:
    service, body = bundle.service, bundle.organization
    status = _text(service, "status")
    if status not in STATUSES:
        remedy = f"Known: {', '.join(sorted(STATUSES))}."
        findings.append(Finding(f"{bundle.address}, column status", f'status "{status}" is not known.', remedy))
    name, owner = _text(service, "name"), _text(body, "name")
    closed = _text(service, "alert") or "Its source calls it closed."
    languages = [_text(one, "code").lower() for one in bundle.languages if _text(one, "code")]
    speaks = [*dict.fromkeys(languages), *([INTERPRETERS] if _text(service, "interpretation_services") else [])]
    return {
        "name": f"{name} ({owner})" if owner and owner not in name else name,
        "status": STATUSES.get(status, "active"),
        "status_reason": None if STATUSES.get(status) == "active" else closed,
        "notes": _text(service, "description") or None,
        "limits": _text(service, "eligibility_description") or None,
        "url": _text(service, "url") or None,
        "hours": "; ".join(filter(None, map(_hours, bundle.schedules))) or None,
        "languages": speaks or None,
        "checked_on": _assured(bundle, findings),
    }


def _ours(bundle: Bundle, findings: list[Finding]) -> dict[str, Any]:
    """What attributes of our own taxonomy say."""
    found: dict[str, Any] = {}
    for attribute in bundle.attributes:
        term = attribute.get("taxonomy_term")
        if not isinstance(term, Mapping) or term.get("taxonomy") != TAXONOMY:
            continue
        key, value = _text(term, "code"), _text(attribute, "value")
        if key not in (*ORDER, "country") or key in NATIVE or key in found:
            what = f'attribute "{key}" is not known or there twice.'
            findings.append(Finding(bundle.address, what, "Export the file again."))
        else:
            found[key] = value.split(BETWEEN) if key in LISTS else value == "true" if key == "never_default" else value
    if found:
        found = {"anonymous": "unknown", "police_involved": "unknown"} | found
        blank = {key: None for key in ("status_reason", "limits", "languages") if key not in found}
        return blank | found
    return found


def _numbers(bundle: Bundle, values: Mapping[str, Any], findings: list[Finding]) -> dict[str, Any]:
    """The number to call and the one to text; further ones are kept in the notes."""
    found: dict[str, Any] = {}
    further: list[str] = []
    text = str(values.get("sms") or "").partition(" ")[0]
    for phone in bundle.phones:
        raw, kind = _text(phone, "number"), _text(phone, "type").lower() or "voice"
        number = normal(raw, values["country"])
        if number is None:
            what, remedy = f'number "{raw}" cannot be read.', "Write + and the country code, or a short number."
            findings.append(Finding(f"{bundle.address}, column number", what, remedy))
        elif kind == "text" and not text:
            found["sms"] = text = number
        elif kind in ("voice", "cell", "video") and "phone" not in found:
            found["phone"] = number
            found |= {"phone_type": "video"} if kind == "video" and "phone_type" not in values else {}
        elif number not in (text, values.get("phone_abroad"), found.get("phone")):
            further.append(f"{kind} {number}")
        if extension := _text(phone, "extension"):
            further.append(f"extension {extension}")
    if further:
        found["notes"] = f"{', '.join(further)}. {values.get('notes') or ''}".strip()
    return found


def _country(bundle: Bundle, otherwise: str) -> str:
    """The country of the first area that is given as a code."""
    for area in bundle.areas:
        extent = _text(area, "extent")
        if _AREA.fullmatch(extent):
            return extent[:2]
    return otherwise


def _audience(service: Record) -> str:
    youngest, oldest = _text(service, "minimum_age"), _text(service, "maximum_age")
    if oldest.isdigit() and int(oldest) <= CHILD:
        return "minor"
    return "adult" if youngest.isdigit() and int(youngest) >= ADULT else "any"


def _assured(bundle: Bundle, findings: list[Finding]) -> date:
    text = _text(bundle.service, "assured_date")
    if not text:
        return NEVER
    try:
        return read_date(text.partition("T")[0])
    except ValueError as error:
        findings.append(Finding(f"{bundle.address}, column assured_date", *error.args))
        return NEVER


def _hours(schedule: Record) -> str:
    spans = f"{_text(schedule, 'opens_at')[:5]}-{_text(schedule, 'closes_at')[:5]}".strip("-")
    return _text(schedule, "description") or f"{_text(schedule, 'byday')} {spans}".strip()


def _text(record: Record, *keys: str) -> str:
    """The first of these fields that is given, as one line of text."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            text = str(value).strip()
            if text:
                return text if text.isprintable() else " ".join(text.split())
    return ""


def _clip(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 2].rsplit(" ", 1)[0] + " …"
