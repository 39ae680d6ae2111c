"""A contact as lines: what it is, its name, each number alone on its line, what is known of it, source and date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from bot.contacts.dial import dial
from bot.contacts.hours import is_open
from bot.contacts.model import Channel, Contact
from bot.contacts.need import Pick
from bot.texts.languages import Languages
from bot.texts.page import Line, isolate
from bot.texts.territories import language_name, territories
from bot.texts.voice import Voice

INTERPRETERS = "interpreters"
MAX_LANGUAGES = 6


def contact_lines(
    pick: Pick, voice: Voice, languages: Languages, country: str, brief: bool = False, now: datetime | None = None
) -> list[Line]:
    """The lines of one contact. country: where the person is, for the form a number is dialled in.

    brief: leave out what is not needed to act (under an outcome card). now: to say whether a line is open, where its
    hours and time zone are certain.
    """
    contact, rtl = pick.contact, voice.language.rtl
    lines = [Line(voice.say(f"kind.{contact.kind}")), Line(contact.name, "bold")]
    if "abroad" in pick.why:
        lines.append(Line(territories(voice.language.tag).get(contact.country, contact.country)))
    for channel in contact.channels:
        lines += _channel_lines(channel, contact, voice, country)
    if now is not None and not contact.is_always_open and (answers := is_open(contact, now)) is not None:
        lines.append(Line(voice.say("contact.open_now" if answers else "contact.closed_now")))
    if not brief:
        lines += _facts(contact, voice, languages)
    if "stale" in pick.why or "page" in pick.why:
        lines += safely("contact.stale", voice)
    if "unconfirmed" in pick.why:
        lines += safely("contact.low", voice)
    values = {
        "date": isolate(contact.checked_on.isoformat(), rtl),
        "source": isolate(host_of(contact.source_url), rtl),
    }
    lines.append(Line(voice.say("contact.checked", values)))
    return lines


def _channel_lines(channel: Channel, contact: Contact, voice: Voice, country: str) -> Iterator[Line]:
    """A word for one way to reach a contact, then the number or address alone on its line."""
    rtl = voice.language.rtl
    if channel.way in ("chat", "web"):
        yield Line(voice.say(f"contact.{channel.way}"))
        yield Line(channel.target, is_number=True)
        return
    # Messaging apps know a number by its international form alone.
    if number := dial(channel.target, contact.country, "" if channel.way == "app" else country):
        if channel.way == "text" and channel.keyword:
            yield Line(voice.say("contact.text_keyword", {"keyword": isolate(channel.keyword, rtl)}))
        elif channel.way == "app":
            yield Line(voice.say("contact.app", {"app": isolate(channel.app, rtl)}))
        else:
            yield Line(voice.say(f"contact.{channel.way}"))
        yield Line(number, is_number=True)
    if channel.abroad and country != contact.country:
        yield Line(voice.say("contact.call_abroad"))
        yield Line(dial(channel.abroad, contact.country, ""), is_number=True)


def _facts(contact: Contact, voice: Voice, languages: Languages) -> Iterator[Line]:
    """What is known and sourced; unknown is left unsaid."""
    rtl = voice.language.rtl
    if contact.is_always_open:
        yield Line(voice.say("contact.always"))
    elif contact.hours:
        yield Line(voice.say("contact.hours", {"hours": isolate(contact.hours, rtl)}))
    if contact.languages:
        yield Line(voice.say("contact.languages", {"languages": _spoken(contact, voice, languages)}))
    if contact.free == "yes":
        yield from safely("contact.free", voice)
    if contact.anonymous == "yes":
        yield from safely("contact.no_name", voice)
    if contact.police_involved == "yes" and not contact.is_emergency:
        yield from safely("contact.police", voice)
    if contact.limits:
        yield Line(voice.say("contact.limits", {"limits": isolate(contact.limits, rtl)}))


def safely(key: str, voice: Voice) -> Iterator[Line]:
    """A line, over its English where nobody has approved it yet."""
    yield Line(voice.say(key))
    if voice.needs_english(key):
        yield Line(voice.source[key].english, "italic")


def _spoken(contact: Contact, voice: Voice, languages: Languages) -> str:
    """Language names as their speakers write them; those we do not speak in the reader's words."""
    named: list[str] = []
    for code in contact.languages:
        if code != INTERPRETERS:
            language, matched = languages.resolve(code)
            name = language.native if matched else language_name(code, voice.language.tag)
            named.append(isolate(name, voice.language.rtl))
    shown = list(dict.fromkeys(named))[:MAX_LANGUAGES]
    if INTERPRETERS in contact.languages:
        shown.append(voice.say("contact.interpreters"))
    return ("، " if voice.language.script == "Arab" else ", ").join(shown)


def host_of(url: str) -> str:
    """The site a row was read on."""
    return urlsplit(url).hostname or url
