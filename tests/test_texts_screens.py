"""Every screen in every language that is offered: whole, within Telegram's limits, numbers in their own order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from bidi import get_display
from stage import open_talk

from bot.engine.engine import Engine
from bot.engine.session import Flag, Session
from bot.house import Content
from bot.screens import MAX_BUTTONS, MAX_DATA_BYTES, MAX_TEXT_UNITS, TOKEN
from bot.texts.languages import Language
from bot.texts.offer import Offers
from bot.texts.page import units
from bot.texts.speak import Reply, Speaker

MAX_LABEL = 64  # what a keyboard of Telegram's apps still shows, cut off or not
MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")
NUMBER = re.compile(r"[+(]?\d[\d ()+./-]{5,}\d")


@pytest.fixture(scope="module")
def offers(content: Content) -> Offers:
    return Offers(content.languages, content.catalogues, content.library)


@pytest.fixture(scope="module")
def speaker(content: Content) -> Speaker:
    return open_talk(content).speaker


def spoken(
    engine: Engine, speaker: Speaker, sessions: list[Session], language: Language
) -> Iterator[tuple[str, Reply]]:
    """Each screen in a language, as the bot would send it, with the contacts of one country under it."""
    country, region = speaker.directory.numbers("US", None)
    for session in sessions:
        screen = engine.show(replace(session, locale=language.number, country=country, region=region))
        if screen is not None and screen.kind not in ("leave", "languages"):
            yield f"{session.flow} {session.answers}", speaker.speak(screen, lambda session: TOKEN)


def faults(reply: Reply) -> Iterator[str]:
    """What Telegram would refuse, or a person could not read."""
    labels = [button.label for row in reply.rows for button in row]
    data = [button.data for row in reply.rows for button in row]
    if not MARKS.sub("", reply.text).strip() or units(reply.text) > MAX_TEXT_UNITS:
        yield f"{units(reply.text)} units"
    if not all(label.strip() and len(label) <= MAX_LABEL for label in labels):
        yield f"labels {labels}"
    if len(data) > MAX_BUTTONS or not all(1 <= len(one.encode()) <= MAX_DATA_BYTES for one in data):
        yield "buttons"
    for line in reply.text.splitlines() if reply.rtl else ():
        for number in NUMBER.findall(line):
            if number not in MARKS.sub("", get_display(line, base_dir="R")):
                yield f"{number} is turned round"


def test_every_screen_can_be_sent_in_every_language(
    content: Content, engine: Engine, speaker: Speaker, offers: Offers, screens: list[Session],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """No screen is blank, too long or has a button Telegram refuses; no number from right to left is turned round."""
    helped = [Session("core", flags=Flag.HELP), Session("core", flags=Flag.HELP | Flag.FEAR | Flag.QUIET)]
    wrong: list[str] = []
    count = 0
    for language in offers.offered():
        for name, reply in spoken(engine, speaker, [*screens, *helped], language):
            count += 1
            wrong += [f"{language.tag} {name}: {fault}" for fault in faults(reply)]

    with capsys.disabled():
        print(f"\n{count:,} screens in {len(offers.offered())} languages", end=" ")
    assert wrong == []
    assert count > 20_000


def test_a_fault_would_be_found(speaker: Speaker, engine: Engine, content: Content) -> None:
    """What the walk is worth: a blank text, a long one and a bare number in a right-to-left line are each told."""
    arabic = content.languages.by_tag["ar"]
    [(_, reply)] = spoken(engine, speaker, [Session("core", flags=Flag.HELP)], arabic)
    assert list(faults(reply)) == []

    assert list(faults(replace(reply, text="\u200f "))) != []
    assert list(faults(replace(reply, text="a" * 4097))) != []
    assert any("turned round" in fault for fault in faults(replace(reply, text="اتصل +1 888 373 7888 الآن")))
