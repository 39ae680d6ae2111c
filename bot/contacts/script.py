"""What a volunteer says on the telephone, on paper: one block for each row, with room to tick."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .dial import dial
from .model import Contact
from .stale import Due

BEFORE = """\
CHECKING THE CONTACT DIRECTORY                                        printed for {day}

Before you call
  - Call in a quiet hour of the place, never at night, and never from a number of your own if that worries you.
  - Say at once that this is a check of a directory. Never pose as somebody in need.
  - Be short. If the line is busy with people in need, hang up and try another day.
  - Never call an emergency number. Those are checked on the page of the authority.
  - Do not write down the name of the person who answers.

Say
  "Good day. I help to keep a public list of help lines correct. This is not a call for help, and I need one minute.
   May I ask a few questions about your line? If this is a bad moment, I hang up at once."
"""
ASK = (
    ("Is this {name}?", "yes / no: ______________"),
    ("Whom do you help? (the list says: {audience}{limits})", "same / now: __________"),
    ("When do you answer? (the list says: {hours})", "same / now: __________"),
    ("In which languages? (the list says: {languages})", "same / now: __________"),
    ("Is the call free? Must a caller give a name?", "free y/n   name y/n"),
    ("Do you pass what callers say to police or migration staff?", "never / when: ________"),
)
END = "Thank you. That was all."


def write_script(rows: Iterable[Due], on: date) -> str:
    """The script for these rows, in their order; rows without a number to call are checked on their page."""
    due = list(rows)
    blocks = [_block(number, one, on) for number, one in enumerate(due, 1)]
    return "\n".join((BEFORE.format(day=on.isoformat()), *blocks)) if due else "Nothing to check.\n"


def _block(number: int, one: Due, on: date) -> str:
    contact = one.contact
    way = "page" if contact.is_emergency or not contact.phone or contact.phone_type != "voice" else "call"
    lines = [
        "-" * 96,
        f"{number}. {contact.name}   [{contact.region or contact.country}]   {contact.id}",
        f"   last checked {contact.checked_on.isoformat()} ({contact.checked_how}); harm if wrong: {one.harm}",
    ]
    lines += [f"   [ ] compare with the page: {contact.source_url}"]
    if way == "call":
        lines += [
            f"   [ ] call {_number(contact)}",
            *(f"       {question}   {room}" for question, room in _asked(contact)),
        ]
        lines += [f'       "{END}"']
    lines += [
        "   Result:  [ ] right   [ ] wrong: ____________________   [ ] no answer   [ ] closed",
        f"   If right: waymark contacts confirm {contact.id} --how {way} --on {on.isoformat()}",
        "   If wrong: change nothing alone. A second person reads the operator's page first.",
        "",
    ]
    return "\n".join(lines)


def _number(contact: Contact) -> str:
    home = dial(contact.phone, contact.country, contact.country)
    abroad = dial(contact.phone_abroad, contact.country, "") if contact.phone_abroad else ""
    return f"{home} (from abroad {abroad})" if abroad else f"{home} (inside the country only)"


def _asked(contact: Contact) -> Iterable[tuple[str, str]]:
    values = {
        "name": contact.name,
        "audience": contact.audience,
        "limits": f", {contact.limits}" if contact.limits else "",
        "hours": contact.hours or "nothing",
        "languages": ", ".join(contact.languages) or "nothing",
    }
    for question, room in ASK:
        yield question.format(**values), room
