"""Screen + language -> Reply: words, direction, contacts, sealed buttons. Nothing here knows Telegram."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from bot.contacts.choose import choose
from bot.contacts.model import Directory
from bot.contacts.need import Choice as Picked
from bot.contacts.need import Need
from bot.engine.screen import (
    CLIENT_LANGUAGES,
    HELP,
    LANGUAGES,
    LEAVE,
    LISTEN,
    MENU,
    PLACES,
    RETURN,
    Choice,
    Screen,
    Text,
)  # fmt: skip
from bot.engine.session import Flag
from bot.seal.static import country_page
from bot.texts.audio import MAX_CAPTION_UNITS
from bot.texts.card import contact_lines, safely
from bot.texts.offer import Offers
from bot.texts.page import Entity, Line, Page, Style, units, width
from bot.texts.sheet import (
    Blank,
    Button,
    Row,
    Seal,
    Sheet,
    Slot,
    back,
    essence,
    fear_toggled,
    handed_over,
    quiet_toggled,
    slot_of,
)
from bot.texts.voice import Voice

WIDE_LABEL = 14  # two buttons share a row while none of them is longer
HALF_LABEL = 15  # characters that half the width of a narrow phone shows
BULLET = "• "
MOST_SHEETS = 2_000


@dataclass(frozen=True, slots=True)
class Reply:
    """One message as a messenger shows it.

    entities: bold and italic spans in UTF-16 units. leave: empty the chat instead of showing anything.
    worker: an outreach worker's screen, which may stay longer. voice: a recording to play with it, or None.
    """

    text: str = ""
    entities: tuple[Entity, ...] = ()
    rows: tuple[tuple[Button, ...], ...] = ()
    language: str = "en"
    rtl: bool = False
    leave: bool = False
    worker: bool = False
    contacts: tuple[str, ...] = ()
    voice: Path | None = None


class Speaker:
    """Puts screens into words. today: the date contacts are judged by. now: aware time, for lines that keep hours."""

    def __init__(
        self,
        offers: Offers,
        directory: Directory,
        today: Callable[[], date],
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.offers, self.directory, self.today, self.now = offers, directory, today, now
        self.languages = offers.languages
        self._sheets: dict[Hashable, Sheet] = {}

    def speak(self, screen: Screen, seal: Seal, play: bool = False) -> Reply:
        """The reply for a screen, in the language of its session, or whole in English where a word is missing.

        play: with its recording, where there is one.
        """
        sheet = self.sheet(screen, play)
        rows = tuple([tuple([Button(*one) for one in row]) for row in sheet.fill(screen, seal)])
        return Reply(
            sheet.text, sheet.entities, rows, sheet.language, sheet.rtl,
            worker=sheet.worker, contacts=sheet.contacts, voice=sheet.voice,
        )  # fmt: skip

    def sheet(self, screen: Screen, play: bool = False) -> Sheet:
        """The words of a screen, written when somebody first sees it and then kept; the oldest go first."""
        now = self.now() if self.now is not None and screen.want is not None else None
        moment = (self.today(), now.hour if now else 0, now.minute if now else 0) if screen.want is not None else ()
        key = essence(screen, moment, play)
        sheet = self._sheets.get(key)
        if sheet is None:
            sheet = self._sheets[key] = self._sheet(screen, now, play)
            if len(self._sheets) > MOST_SHEETS:
                del self._sheets[next(iter(self._sheets))]
        return sheet

    def _sheet(self, screen: Screen, now: datetime | None, play: bool) -> Sheet:
        session = screen.session
        is_client = screen.guided == "client" and session.has(Flag.CLIENT)
        voice = self._voice(screen, session.second if is_client and session.second else session.locale)
        page = Page(voice.language.rtl)
        self._write_texts(page, screen, voice)
        if not is_client:
            self._write_second(page, screen, voice)
        picked = self.pick(screen)
        if picked is not None:
            self._write_contacts(page, screen, picked, voice, now)
        text, entities = page.render()
        recording = self._recording(screen, voice) if units(text) <= MAX_CAPTION_UNITS else None
        rows: list[Row] = [
            *self._rows(screen, voice),
            *([(Button(voice.say("ui.listen"), LISTEN),)] if recording and not play else []),
            *self._contact_rows(screen, picked, voice),
            *self._guided_rows(screen, voice),
        ]
        return Sheet(
            text,
            entities,
            (*rows, *self._navigation(screen, voice)),
            voice.language.tag,
            voice.language.rtl,
            worker=session.has(Flag.WORKER),
            contacts=tuple(contact.id for contact in picked.contacts) if picked else (),
            voice=recording if play else None,
        )

    def _recording(self, screen: Screen, voice: Voice) -> Path | None:
        """The recording of the main text of a talk's own screen; in a guided talk, in the client's language."""
        if not screen.texts or screen.back is not None or screen.kind == "closed":
            return None
        if screen.guided == "say" and screen.session.second:
            voice = self._voice(screen, screen.session.second)
        return self.offers.recordings.get(voice.catalogue, screen.texts[0].key)

    def _voice(self, screen: Screen, number: int) -> Voice:
        """The language asked for, one its readers also read, or English: a screen is whole in one of them."""
        language = self.languages.get(number)
        keys = [*keys_of(screen)]
        for tag in (language.tag, *language.fallback):
            voice = self.offers.voice(self.languages.by_tag[tag])
            if voice.covers(keys):
                return voice
        return self.offers.voice(self.languages.get(1))

    # -- texts -------------------------------------------------------------------------------------------------

    def _write_texts(self, page: Page, screen: Screen, voice: Voice) -> None:
        if notice := self._notice(screen, voice):
            page.add(Line(voice.say(notice), "italic"), Line(self._english(notice), "italic"))
        for text in screen.guidance:
            page.add(Line(voice.say(text.key, text.values), "italic"))
        if heading := self._heading(screen):
            page.add(Line(voice.say(heading), "italic"))
        style: Style = "bold" if screen.guided == "say" else ""
        english = self.offers.voice(self.languages.get(1))
        bullets: list[Line] = []
        for text in screen.texts:
            words = voice.say(text.key, text.values)
            lines = [Line(BULLET + words if text.bullet else words, style)]
            if voice.needs_english(text.key):
                lines.append(Line(english.say(text.key, text.values), "italic"))
            if text.bullet:
                bullets += lines
                continue
            page.add(*bullets)
            bullets = []
            page.add(*lines)
        page.add(*bullets)

    def _write_second(self, page: Page, screen: Screen, first: Voice) -> None:
        """The question and its answers once more in the client's language, under the worker's."""
        session = screen.session
        if not session.second or screen.kind not in ("step", "handover") or not screen.guided:
            return
        second = self._voice(screen, session.second)
        if second.language.tag == first.language.tag:
            return
        for text in screen.texts:
            page.add(Line(second.say(text.key, text.values), "bold" if screen.guided == "say" else ""))
        if screen.guided == "say":
            page.add(*(Line(BULLET + second.say(choice.key)) for choice in screen.choices if choice.key))

    def _heading(self, screen: Screen) -> str:
        """Whether a worker's question is said out loud; cards say so in their own words."""
        if screen.kind != "step" or screen.guided not in ("say", "worker"):
            return ""
        if screen.guided == "say":
            return "ui.say_this"
        said = self._english(screen.texts[0].key)
        return "" if not said.endswith("?") or said.startswith(("Say", "Worker")) else "ui.for_you"

    def _english(self, key: str) -> str:
        return self.offers.source[key].english

    def _notice(self, screen: Screen, voice: Voice) -> str:
        """Before the first screen of a flow in draft words, the line that says so."""
        flow = self.offers.library.flows.get(screen.session.flow)
        if screen.kind != "step" or flow is None or screen.session.answers:
            return ""
        return self.offers.notice(flow, voice.language)

    # -- contacts ----------------------------------------------------------------------------------------------

    def pick(self, screen: Screen) -> Picked | None:
        """The contacts of a screen, or None where it asks for none."""
        want, session = screen.want, screen.session
        if want is None:
            return None
        country, region = self.directory.place(session.country, session.region)
        need = Need(
            country=country or None, region=region or None, on=self.today(), minor=want.minor, band=want.band,
            routes=want.routes, fear=session.has(Flag.FEAR), quiet=session.has(Flag.QUIET), urgent=want.urgent,
            worker=want.worker, language=self.languages.get(session.locale).tag, purpose=want.purpose,
        )  # fmt: skip
        return choose(self.directory, need)

    def _write_contacts(self, page: Page, screen: Screen, picked: Picked, voice: Voice, now: datetime | None) -> None:
        brief = screen.kind != "contacts"
        if picked.place_unknown:
            if not brief:
                page.add(*safely("contact.none", voice))
            return
        if not brief and voice.is_draft("contact.title"):
            page.add(Line(voice.say("ui.draft_part"), "italic"), Line(self._english("ui.draft_part"), "italic"))
        if not brief and picked.picks:
            urgent = screen.want is not None and screen.want.urgent
            page.add(*safely("contact.urgent" if urgent else "contact.title", voice))
        if picked.only_emergency:
            has_any = any(contact.is_emergency for contact in picked.contacts)
            page.add(*safely("contact.only_emergency" if has_any else "contact.empty", voice))
        country, _ = self.directory.place(screen.session.country)
        limit = screen.want.limit if screen.want else 0
        for pick in picked.picks[:limit]:
            page.add(*contact_lines(pick, voice, self.languages, country, brief, now))

    def _contact_rows(self, screen: Screen, picked: Picked | None, voice: Voice) -> Iterable[Row]:
        """Where the place can be chosen, and what the person can say about how they want to be helped."""
        session = screen.session
        if picked is None:
            return
        if picked.place_unknown:
            yield (Button(voice.say("ui.choose_place"), PLACES),)
            return
        if screen.kind != "contacts":
            return
        quiet, fear = session.has(Flag.QUIET), session.has(Flag.FEAR)
        yield from _side_by_side(
            Blank(voice.say("ui.can_talk" if quiet else "ui.cannot_talk"), quiet_toggled),
            Blank(voice.say("ui.no_fear" if fear else "ui.fear"), fear_toggled),
        )
        country = self.directory.numbered(session.country)
        places = [Button(voice.say("ui.other_place"), PLACES)]
        if country is not None and country.regions:
            places.insert(0, Button(voice.say("ui.choose_region"), country_page(country.number)))
        yield from _side_by_side(*places)

    def _guided_rows(self, screen: Screen, voice: Voice) -> Iterable[Row]:
        """A worker chooses the client's language and hands the phone over; a client gives it back, in two taps."""
        if screen.guided == "client":
            yield (Button(voice.say("ui.give_back"), RETURN),)
        elif screen.guided and screen.kind == "step":
            row: list[Slot] = [Button(voice.say("ui.client_language"), CLIENT_LANGUAGES)]
            if screen.guided == "say":
                row.append(Blank(voice.say("ui.hand_over"), handed_over))
            yield from _side_by_side(*row)

    # -- buttons -----------------------------------------------------------------------------------------------

    def _rows(self, screen: Screen, voice: Voice) -> Iterable[Row]:
        buttons = [
            slot_of(choice.label or voice.say(choice.key), place, choice) for place, choice in enumerate(screen.choices)
        ]
        narrow = all(width(button.label) <= WIDE_LABEL for button in buttons) and screen.kind != "step"
        columns = 2 if narrow or len(buttons) > 10 else 1
        for place in range(0, len(buttons), columns):
            yield from _side_by_side(*buttons[place : place + columns])

    def _navigation(self, screen: Screen, voice: Voice) -> Iterable[Row]:
        """Back, help, languages and leave, in the same place on every screen."""
        unread = screen.kind == "closed"
        first: Slot = Button(voice.say("ui.start_again"), MENU) if unread else Blank(voice.say("ui.back"), back)
        yield from _side_by_side(first, Button(voice.say("ui.help"), HELP))
        yield from _side_by_side(Button(voice.say("ui.language"), LANGUAGES), Button(voice.say("ui.leave"), LEAVE))


def _side_by_side(*buttons: Slot) -> Iterable[Row]:
    """One row, or a row each where a label would be cut off on a narrow phone."""
    if all(width(button.label) <= HALF_LABEL for button in buttons):
        yield buttons
    else:
        yield from ((button,) for button in buttons)


def keys_of(screen: Screen) -> Iterable[str]:
    """Every key a screen says, so that a missing one turns the whole screen to English."""
    texts: Iterable[Text] = (*screen.texts, *screen.guidance)
    for text in texts:
        yield text.key
        for value in text.values.values():
            if isinstance(value, tuple):
                yield from value
    choices: Iterable[Choice] = screen.choices
    yield from (choice.key for choice in choices if choice.key)
