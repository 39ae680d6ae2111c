"""All screens of a flow in one language, as they would be sent, each with what a translator must know of its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from bot.engine.engine import Engine
from bot.engine.explore import explore
from bot.engine.proofs import one_of_each
from bot.engine.screen import Screen
from bot.engine.session import Flag, Session
from bot.flow.model import Flow
from bot.house import Content
from bot.texts.languages import ENGLISH, Language
from bot.texts.offer import Offers
from bot.texts.source import domain_of
from bot.texts.speak import Reply, Speaker, keys_of
from bot.texts.voice import Voice

MISSING = "missing"
SILENT = ("leave", "languages")  # screens without words of their own

Link = Callable[[str, str], str]  # flow and name of a screen -> where its button leads


@dataclass(frozen=True, slots=True)
class Words:
    """One message of a screen. state: missing, draft, checked or approved; English has none."""

    key: str
    english: str
    words: str
    weight: str
    state: str
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Sight:
    """One screen. name: its step, card or list within the flow. client: as a client sees it who holds the phone."""

    flow: str
    name: str
    session: Session
    screen: Screen
    is_client: bool = False


class Gallery:
    """Screens of the content as it is, for contacts as of a day and in a country (its number)."""

    def __init__(self, content: Content, today: date, country: int = 0, region: int = 0) -> None:
        self.content, self.languages = content, content.languages
        self.engine = Engine(content.library, only=content.sound)
        self.offers = Offers(content.languages, content.catalogues, content.library)
        self.speaker = Speaker(self.offers, content.directory, lambda: today)
        self._place = (country, region)
        self._sights: dict[str, list[Sight]] = {}

    def flows(self) -> list[Flow]:
        """The flows that can be walked, in their order."""
        return [flow for id, flow in self.content.library.flows.items() if id in self.engine.charts]

    def sights(self, flow: str) -> list[Sight]:
        """Every kind of screen of a flow: steps in the order of its file, then where they end."""
        if flow not in self._sights:
            chart = self.engine.charts[flow]
            steps = list(chart.flow.steps)
            found = list(self._walk(flow, (session for _, session in one_of_each([explore(chart)]))))
            found.sort(key=lambda sight: steps.index(sight.name) if sight.name in steps else len(steps))
            self._sights[flow] = found
        return self._sights[flow]

    def _walk(self, flow: str, sessions: Iterable[Session]) -> Iterator[Sight]:
        seen: set[tuple[str, bool]] = set()
        country, region = self._place
        for session in sessions:
            placed = replace(session, country=country, region=region)
            screen = self.engine.show(placed)
            if screen is None or screen.kind in SILENT or screen.session.flow != flow:
                continue
            sight = Sight(flow, self.name_of(screen), placed, screen, placed.has(Flag.CLIENT))
            if (sight.name, sight.is_client) not in seen:
                seen.add((sight.name, sight.is_client))
                yield sight

    def name_of(self, screen: Screen) -> str:
        """What a screen is called in an address: the step, or the state it stands for, in letters, digits and dots."""
        if screen.session.has(Flag.HELP):
            return "help"
        position = self.engine.locate(screen.session)
        state = position.state if position is not None else screen.kind
        return "".join(sign if sign.isalnum() or sign == "_" else "." for sign in state).strip(".")

    def look(self, sight: Sight, language: Language, link: Link) -> Reply:
        """A screen as it is sent in a language; what its buttons carry is where they lead."""
        return self.speaker.speak(self._spoken(sight, language), lambda session: self._follow(session, link))

    def _spoken(self, sight: Sight, language: Language) -> Screen:
        number = language.number
        spoken = (
            replace(sight.session, locale=1, second=number)
            if sight.is_client
            else replace(sight.session, locale=number)
        )
        return self.engine.show(spoken) or sight.screen

    def _follow(self, session: Session, link: Link) -> str:
        screen = self.engine.show(session)
        return "" if screen is None or screen.kind in SILENT else link(screen.session.flow, self.name_of(screen))

    def words(self, sight: Sight, language: Language) -> list[Words]:
        """The messages of a screen, in order; what every screen has is left out."""
        voice = self.offers.voice(language)
        keys = dict.fromkeys(key for key in keys_of(sight.screen) if key in self.offers.source)
        return [self._words(key, voice) for key in keys]

    def _words(self, key: str, voice: Voice) -> Words:
        message = self.offers.source[key]
        state = "" if voice.is_english else voice.catalogue.state(key) if voice.has(key) else MISSING
        return Words(key, message.english, voice.say(key), message.weight, state, message.limit)

    def coverage(self, flow: Flow, language: Language) -> tuple[int, int]:
        """How many messages of a flow's own have words in a language, and how many there are."""
        voice, domain = self.offers.voice(language), domain_of(flow)
        keys = [key for key, message in self.offers.source.items() if message.domain == domain]
        return sum(voice.has(key) for key in keys), len(keys)

    @property
    def english(self) -> Language:
        return self.languages.by_tag[ENGLISH]
