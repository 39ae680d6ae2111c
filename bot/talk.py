"""turn(data, place) -> Reply: what a person tapped, what they see next. The one use case."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from bot.counts.once import Once
from bot.counts.tally import Role, Tally
from bot.engine.engine import Engine
from bot.engine.screen import Choice, Kind, Screen, Static, Text, Want
from bot.engine.session import Flag, Session, Turn
from bot.plan import Plan, Plans, make_plan
from bot.seal.pack import numbered, started
from bot.seal.static import PLACE_PAGES, Plain, country_page, read_plain
from bot.seal.token import CHARACTERS, Place, Seal
from bot.texts.picker import likely, pages
from bot.texts.places import Places
from bot.texts.speak import Reply, Speaker

EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
EPOCH_SECONDS = int(EPOCH.timestamp())
COMMANDS = ("start", "help", "exit", "language", "privacy", "about")
PRIVACY = ("company", "phone", "leave", "chat", "spyware", "counts")
NUMBER_BITS = 32
LINK = re.compile(r"[a-z]{2,3}(_[a-z0-9]{1,12})?")


def _speaking(session: Session, field: str, number: int) -> Session:
    """The same place in another first or second language."""
    if field == "second":
        return replace(session, second=number, turn=Turn.HERE)
    return replace(session, locale=number, turn=Turn.HERE)


def minutes_since_epoch(now: datetime) -> int:
    """Whole minutes since 2025-01-01 UTC, as buttons carry them."""
    return int((now - EPOCH).total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds until the person says otherwise: place numbers, and the version of the content.

    locale: number of a language that everybody gets whatever Telegram says, 0 for none.
    """

    country: int = 0
    region: int = 0
    version: str = ""
    locale: int = 0


class Talk:
    """All that answers a tap, tied together. now: aware UTC. number: a fresh random conversation number."""

    def __init__(
        self,
        engine: Engine,
        seal: Seal,
        speaker: Speaker,
        places: Places,
        once: Once,
        now: Callable[[], datetime],
        defaults: Defaults,
        number: Callable[[], int] = lambda: secrets.randbits(NUMBER_BITS),
    ) -> None:
        self.engine, self.seal, self.speaker, self.places = engine, seal, speaker, places
        self.once, self.now = once, now
        self.defaults, self.number = defaults, number
        self.languages, self.plans = speaker.languages, Plans()

    # -- ways in -----------------------------------------------------------------------------------------------

    def turn(self, data: str, place: Place, beside: Sequence[str] = (), hint: str | None = None) -> Reply:
        """One tap.

        data: what the button carried. beside: what the other buttons of that screen carried, by which a static button
        finds the session it stood beside. hint: Telegram's language code.
        """
        if len(data) == CHARACTERS:
            payload = self.seal.unlock(data, place)
            plan = self.plans.find(payload) if payload is not None else None
            if payload is not None and plan is not None:
                return self._follow(plan, payload, place)
            session = self.seal.unpack(payload) if payload is not None else None
            screen = self.engine.show(session) if session is not None else None
            if payload is None or screen is None:
                return self._speak(Screen(self.fresh(hint), "closed", (Text("ui.unread"),)), place)
            return self._planned(screen, place, payload)
        plain = read_plain(data) or Plain("m")
        if plain.verb == "x":
            return Reply(leave=True)
        return self._overlay(plain, self._beside(beside, place), place, hint)

    def command(self, name: str, place: Place, beside: Sequence[str] = (), hint: str | None = None) -> Reply:
        """A typed command, without its slash; unknown ones show the languages, as /start does.

        `start` with one of `links` behind it opens the door in that language.
        """
        if (link := name.removeprefix("start ")) in self.links:
            return self._reply(self._door(self.fresh(self.links[link])), place)
        if name == "exit":
            return Reply(leave=True)
        session = self._beside(beside, place)
        if name == "help":
            return self._overlay(Plain("h"), session, place, hint)
        if name == "language":
            return self._overlay(Plain("l"), session, place, hint)
        if name in ("privacy", "about"):
            at = session or self.fresh(hint)
            return self._speak(self._page(name, at), place)
        return self._overlay(Plain("l"), None, place, hint)

    @cached_property
    def links(self) -> dict[str, str]:
        """What may follow `start=` in a link: a language on offer, no more: Telegram keeps it in the chat."""
        tags = [language.tag for language in self.speaker.offers.offered()]
        return {tag.lower(): tag for tag in tags if LINK.fullmatch(tag.lower())}

    def notice(self, place: Place, beside: Sequence[str] = (), hint: str | None = None) -> Reply:
        """The answer to typed text and media: the one fixed card, over the screen it came to."""
        session = self._beside(beside, place)
        screen = self.engine.show(session) if session is not None else None
        if screen is None:
            start = self.fresh(hint)
            return self._speak(
                Screen(start, "card", (Text("card.s_free_text.text"),), back=start.marked(Turn.STAY)), place
            )
        texts, back = (Text("card.s_free_text.text"), *screen.texts), screen.session.marked(Turn.BACK)
        return self._reply(replace(screen, texts=texts, back=screen.back or back), place)

    def fresh(self, hint: str | None) -> Session:
        """A new conversation at the door, in the language the hint suggests."""
        language, _ = self.languages.resolve(hint)
        if self.defaults.locale:
            language = self.languages.get(self.defaults.locale)
        elif not self.speaker.offers.has_language(language):
            language = self.languages.get(1)
        return Session(
            "core", language.number, 0, self.defaults.country, self.defaults.region,
            started=minutes_since_epoch(self.now()), number=self.number(),
        )  # fmt: skip

    # -- screens laid over a session -----------------------------------------------------------------------------

    def _beside(self, beside: Sequence[str], place: Place) -> Session | None:
        """The session a screen stood for, read from its Back button, which is among the last."""
        for data in reversed(beside):
            session = self.seal.open(data, place) if len(data) == CHARACTERS else None
            if session is not None and session.turn is not Turn.HERE:
                return session.marked(Turn.HERE)
        return None

    def _overlay(self, plain: Plain, session: Session | None, place: Place, hint: str | None) -> Reply:
        at = session or self.fresh(hint)
        if plain.verb == "h":
            screen = self.engine.show(at.at(on=Flag.HELP)) if session is not None else None
            return self._reply(screen, place) if screen else self._speak(self._plain_help(hint), place)
        if plain.verb in ("l", "s"):
            for_client = plain.verb == "s" or at.has(Flag.CLIENT)
            return self._speak(self._languages(at, plain.number, for_client, hint), place)
        if plain.verb == "w":
            return self._speak(self._who_holds(at), place)
        if plain.verb == "p":
            return self._speak(self._places(at, plain.number), place)
        if plain.verb == "v" and session is not None:
            return self._reply(self._door(session), place, play=True)
        return self._reply(self._door(self.engine.menu(at) if session else at), place)

    def _plain_help(self, hint: str | None) -> Screen:
        """Contacts for somebody of whom nothing is known; asks nothing of flows and answers, which may be broken."""
        start = self.fresh(hint)
        return Screen(start, "contacts", want=Want(), back=start.marked(Turn.STAY))

    def _door(self, session: Session) -> Screen:
        screen = self.engine.show(session)
        assert screen is not None, "the door of every library opens"
        return screen

    def _languages(self, session: Session, page: int, for_client: bool = False, hint: str | None = None) -> Screen:
        """Native names, likely ones first, others by script; a new choice keeps place and answers.

        for_client: choose the second language of a guided talk; only those in which its questions may be shown.
        """
        field = "second" if for_client else "locale"
        verb = "s" if for_client else "l"
        offered = self.speaker.offers.offered()
        if for_client:
            flow = self.engine.library.flows[session.flow]
            offered = [one for one in offered if self.speaker.offers.has_flow(flow, one)]
        near = [self.languages.get(number) for number in (getattr(session, field),) if number]
        near += [language for language, matched in (self.languages.resolve(hint),) if matched]
        country, _ = self.speaker.directory.place(session.country)
        found = pages(offered, likely(offered, near, country))
        entries = found[page] if page < len(found) else found[0]
        choices = [
            Choice("", _speaking(session, field, entry.language.number), entry.label)
            if entry.language
            else Choice("", Static(f"{verb}:{entry.page}"), entry.label)
            for entry in entries
        ]
        if entries is not found[0]:
            choices.append(Choice("ui.more_languages", Static(verb)))
        is_worker = for_client and not session.has(Flag.CLIENT)
        if is_worker:
            choices.append(Choice("ui.one_language", _speaking(session, field, 0)))
        above = Text("ui.client_languages" if is_worker else "ui.languages")
        return self._over(session, "languages", (above,), choices)

    def _who_holds(self, session: Session) -> Screen:
        """The second of two taps before the worker's screens come back."""
        client = self.speaker.offers.voice(self.languages.get(session.second or session.locale))
        choices = (
            Choice("", session.at(on=Flag.CLIENT), client.say("ui.client_still")),
            Choice("ui.worker_again", session.at(off=Flag.CLIENT)),
        )
        return replace(self._over(session, "handover", (Text("ui.who_holds"),), choices), guided="worker")

    def _places(self, session: Session, number: int) -> Screen:
        """Countries by group (numbers below 10), or the regions of one country."""
        tag = self.languages.get(session.locale).tag
        country, page = divmod(number, PLACE_PAGES)
        if country:
            return self._regions(session, country, page)
        choices = []
        for entry in self.places.countries(tag, session.country or self.defaults.country, page):
            go = Static(f"p:{entry.page}") if entry.page else self._moved(session, entry.number, 0)
            choices.append(Choice("", go, entry.label))
        return self._over(session, "places", (Text("ui.places"),), choices)

    def _regions(self, session: Session, country: int, page: int) -> Screen:
        choices = [Choice("ui.whole_country", self._moved(session, country, 0))]
        for entry in self.places.regions(country, page):
            moved = self._moved(session, country, entry.number)
            go = Static(country_page(country, entry.page)) if entry.page else moved
            choices.append(Choice("", go, entry.label))
        return self._over(session, "places", (Text("ui.regions"),), choices)

    def _moved(self, session: Session, country: int, region: int) -> Session:
        """The same talk in another place; where no contacts were on screen, they now are."""
        moved = replace(session, country=country, region=region, turn=Turn.HERE)
        screen = self.engine.show(moved)
        return moved if screen is not None and screen.want is not None else moved.at(on=Flag.HELP)

    def _page(self, name: str, session: Session) -> Screen:
        if name == "privacy":
            texts = [Text(f"privacy.{part}") for part in PRIVACY]
        else:
            texts = [Text("about.text"), Text("about.content", {"version": self.defaults.version})]
        return self._over(session, "card", tuple(texts), ())

    def _over(self, session: Session, kind: Kind, texts: tuple[Text, ...], choices: Iterable[Choice]) -> Screen:
        return Screen(session, kind, texts, tuple(choices), back=session.marked(Turn.STAY))

    # -- out -----------------------------------------------------------------------------------------------------

    def _planned(self, screen: Screen, place: Place, payload: bytes) -> Reply:
        """The reply to a tap, its plan kept for the next who comes this way.

        Contacts hang on the hour as well, and are chosen anew each time.
        """
        screen = self._withheld(screen) or screen
        if screen.want is not None or screen.kind in ("languages", "leave"):
            return self._reply(screen, place)
        plan = make_plan(self.speaker.sheet(screen), screen, self.seal.pack, self._tally(screen))
        self.plans.keep(payload, plan)
        return self._follow(plan, payload, place)

    def _follow(self, plan: Plan, payload: bytes, place: Place) -> Reply:
        if plan.tally is not None:
            self._count(plan.tally, numbered(payload), started(payload), place)
        return plan.reply(payload, self.seal.locker(place))

    def _reply(self, screen: Screen, place: Place, play: bool = False) -> Reply:
        if screen.kind == "languages":
            return self._speak(self._languages(screen.session, 0), place)
        if screen.kind == "leave":
            return Reply(leave=True)
        screen = self._withheld(screen) or screen
        tally, session = self._tally(screen), screen.session
        if tally is not None:
            self._count(tally, session.number, session.started, place)
        return self._speak(screen, place, play)

    def _withheld(self, screen: Screen) -> Screen | None:
        """Contacts and other languages instead of a screening that nobody has checked in this one."""
        session = screen.session
        flow, offers = self.engine.library.flows[session.flow], self.speaker.offers
        language = self.languages.get(session.locale)
        if screen.kind == "contacts" or offers.opens(flow, language):
            return None
        choices = [
            Choice("", replace(session, locale=other.number, turn=Turn.HERE), other.native)
            for other in self.speaker.offers.others(flow, language)
        ]
        position = self.engine.locate(session)
        want = self.engine.want(session, position) if position else None
        return Screen(session, "card", (Text("ui.withheld"),), tuple(choices), want)

    def _speak(self, screen: Screen, place: Place, play: bool = False) -> Reply:
        lock = self.seal.locker(place)
        return self.speaker.speak(screen, lambda session: lock(self.seal.pack(session)), play)

    def _tally(self, screen: Screen) -> Tally | None:
        """What to tell the counter of a screen: that something started or ended."""
        session = screen.session
        flow = self.engine.library.flows[session.flow]
        if not flow.is_counted or not session.answers:
            return None
        role: Role = "worker" if session.has(Flag.WORKER) else "self"
        if screen.kind != "outcome":
            return Tally(flow.id, role, "started")
        language = self.languages.get(session.locale).tag
        region, _ = self.speaker.directory.place(session.country, session.region)
        band = screen.band if flow.counts == "bands" else None
        return Tally(flow.id, role, "ended", band, language, region or None)

    def _count(self, tally: Tally, number: int, minute: int, place: Place) -> None:
        """Tell the counter, once for each conversation; it answers nothing, and nothing waits for it."""
        began = datetime.fromtimestamp(EPOCH_SECONDS + minute * 60, UTC)
        self.once.count(tally, number, place.chat, began, self.now())
