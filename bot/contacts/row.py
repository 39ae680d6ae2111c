"""One table of a contact file -> values, with every mistake in it named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.flow.hygiene import digits_of, faults

from . import hours, lists
from .model import Contact
from .report import Report, suggest

MAX_TEXT = 1000
MAX_ITEMS = 40
LISTS = frozenset({"languages", "topics", "serves", "cautions", "also_in", "spelled", "apps"})
REQUIRED = {
    key: f"Every row needs {key}; README.md beside the file says what it means."
    for key in (
        *("id", "name", "kind", "audience", "topics", "anonymous", "police_involved", "tier", "status"),
        *("source_url", "confidence", "checked_on", "checked_how"),
    )
}
CLOSED: Mapping[str, tuple[str, ...]] = {
    "kind": lists.KINDS,
    "audience": lists.AUDIENCES,
    "anonymous": lists.ANSWERS,
    "police_involved": lists.ANSWERS,
    "free": lists.ANSWERS,
    "confidence": lists.CONFIDENCES,
    "tier": lists.TIERS,
    "status": lists.STATUSES,
    "checked_how": lists.CHECKS,
    "phone_type": lists.PHONE_TYPES,
    "topics": lists.TOPICS,
    "serves": lists.SERVES,
    "cautions": lists.CAUTIONS,
    "apps": lists.APPS,
}
_ADDRESS = r"https?://[^\s<>\"]+"
FORMS: Mapping[str, tuple[str, str]] = {
    "id": (r"[a-z0-9]+(-[a-z0-9]+)*", "Write small letters, digits and single hyphens."),
    "region": (r"[A-Z]{2}-[A-Z0-9]{1,3}", "Write an ISO 3166-2 code such as US-KY."),
    "phone": (r"\+[1-9][0-9]{4,14}|#?[0-9]{2,9}", "Write +, country code and digits, or a short number as dialled."),
    "phone_abroad": (r"\+[1-9][0-9]{4,14}", "Write +, country code and digits, without spaces."),
    "sms": (r"(\+[1-9][0-9]{4,14}|[0-9]{3,8})( [A-Za-z0-9]{2,12})?", "Write the number, then the word to send."),
    "url": (_ADDRESS, "Write the whole address, from https:// on."),
    "source_url": (_ADDRESS, "Write the whole address, from https:// on."),
    "source_url_2": (_ADDRESS, "Write the whole address, from https:// on."),
    "source_date": (r"\d{4}(-\d\d(-\d\d)?)?", "Write 2026, 2026-11 or 2026-11-22."),
    "languages": (r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*|interpreters", "Write language tags, or interpreters."),
    "also_in": (r"[A-Z]{2}(-[A-Z0-9]{1,3})?", "Write a country or region code such as US or US-KY."),
    "same_as": (r"[a-z0-9]+(-[a-z0-9]+)*", "Write the id of the row it belongs to."),
    "zone": (r"[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+", "Write a time zone such as America/New_York."),
}
TEXTS = frozenset({"name", "hours", "open", "limits", "status_reason", "notes", *CLOSED.keys(), *FORMS.keys()} - LISTS)
KEYS = TEXTS | LISTS | {"never_default", "checked_on"}
SPOKEN = ("name", "limits", "hours")  # shown to people as written
LEAST_DIGITS = {"name": 3, "limits": 4, "hours": 4}  # in ages and hours, three figures are no number to dial
# Times, ages, years in brackets and 24/7: figures that nobody dials.
_TIMES = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\b24/7\b|\((?:19|20)\d\d\b|(?<![\d-])\d{1,2} ?[-\u2013] ?\d{1,2}(?![\d-])")
_FORMS = {key: re.compile(pattern) for key, (pattern, _) in FORMS.items()}


def read_row(table: Mapping[str, Any], file: Report, country: str) -> Contact | None:
    """The contact of a `[[contact]]` table, or None when it has mistakes, which are reported."""
    name = table.get("id")
    report = file.at(name if isinstance(name, str) and name else "contact without id")
    before = len(file.findings)
    for key in sorted(table.keys() - KEYS):
        report(f'key "{key}" is not known.', suggest(key, KEYS))
    for key in sorted(REQUIRED.keys() - table.keys()):
        report(f'key "{key}" is missing.', REQUIRED[key])
    values = {key: _value(key, value, report) for key, value in table.items() if key in KEYS}
    if len(file.findings) == before:
        _agree(values, report)
    return Contact(country=country, **values) if len(file.findings) == before else None


def _value(key: str, value: Any, report: Report) -> Any:
    if key in LISTS:
        return _items(key, value, report)
    if key == "checked_on":
        if not isinstance(value, date) or isinstance(value, datetime):
            report(f"checked_on is not a date, but {value!r}.", "Write it without quotes: 2026-11-22.")
    elif key == "never_default":
        if not isinstance(value, bool):
            report(f"never_default is not true or false, but {value!r}.", "Write true, or leave the key out.")
    else:
        return _text(key, value, report)
    return value


def _items(key: str, value: Any, report: Report) -> tuple[str, ...]:
    if not isinstance(value, list):
        report(f"{key} is not a list, but {value!r}.", 'Write ["one", "two"].')
        return ()
    texts = tuple(_text(key, item, report) for item in value)
    if not texts or len(texts) > MAX_ITEMS or len(set(texts)) < len(texts):
        report(f"{key} has {len(texts)} values, none or some twice.", f"Name each once, {MAX_ITEMS} at most.")
    return texts


def _text(key: str, value: Any, report: Report) -> str:
    if not isinstance(value, str):
        report(f"{key} is not text, but {value!r}.", "Put it in quotes; without them a number loses its zeros.")
        return ""
    if not value.strip() or value != value.strip():
        report(f"{key} is empty or has spaces around it.", "Leave an empty key out.")
    elif len(value) > MAX_TEXT:
        report(f"{key} has {len(value)} characters.", f"Keep it to {MAX_TEXT}.")
    elif not value.isprintable():
        sign = next(sign for sign in value if not sign.isprintable())
        report(f"{key} holds the invisible sign U+{ord(sign):04X}.", "Type the text again by hand.")
    elif key in CLOSED:
        if value not in CLOSED[key]:
            report(f'{key} "{value}" is not in the closed list.', suggest(value, CLOSED[key]))
    elif key in _FORMS:
        if not _FORMS[key].fullmatch(value):
            report(f'{key} "{value}" is not written as expected.', FORMS[key][1])
    elif key == "open" and hours.parse(value) is None:
        report(f'open "{value}" cannot be read.', 'Write "24/7" or "Mo-Fr 09:00-17:00; Sa 11:00-19:00".')
    return value


def _agree(values: Mapping[str, Any], report: Report) -> None:
    """What one key asks of another in the same row."""
    app = values.get("phone_type") == "app"
    if app and not (values.get("phone") and values.get("apps")):
        report('phone_type "app" has no phone or no apps.', 'Write the number and apps = ["whatsapp"].')
    if values.get("apps") and not app:
        report('apps is given, but phone_type is not "app".', 'Write phone_type = "app", or leave apps out.')
    if values.get("phone_abroad") and not values.get("phone"):
        report("phone_abroad is given without phone.", "Write the number dialled inside the country too.")
    if values["status"] != "active" and not values.get("status_reason"):
        report(f'status is "{values["status"]}" without a reason.', "Say why in status_reason, with a date.")
    if values.get("same_as") == values["id"]:
        report("same_as names the row itself.", "Name the main row of the service, or leave the key out.")
    if values["kind"] == "emergency" and "emergency" not in values["topics"]:
        report("kind is emergency, but topics does not say so.", 'Write topics = ["emergency"].')
    _speak(values, report)
    if values.get("zone") and not values.get("open"):
        report("zone is given without open.", "Write the hours in open, or leave zone out.")


def _speak(values: Mapping[str, Any], report: Report) -> None:
    """Texts that people read hold no second number, no link and no command; the row's own numbers may stand there."""
    own = [digits_of(str(values.get(key, ""))) for key in ("phone", "phone_abroad", "sms")]
    for key in SPOKEN:
        for kind, passage in faults(_TIMES.sub("_", values.get(key, ""))):
            digits = digits_of(passage)
            if kind == "number" and (len(digits) < LEAST_DIGITS[key] or any(digits in number for number in own)):
                continue
            if kind == "mention" and digits and digits in own:
                continue
            report(f'{key} holds "{passage}".', "Numbers and links have keys of their own; write plain words here.")
