"""Which languages are offered, and which flows in them: what nobody has checked never passes for checked."""

from __future__ import annotations

from collections.abc import Iterable

from bot.flow.model import Flow, Library
from bot.texts.audio import Recordings
from bot.texts.catalogue import Catalogues
from bot.texts.languages import ENGLISH, Language, Languages
from bot.texts.pseudo import FIRST_NUMBER
from bot.texts.source import AWARENESS, CORE, SAFETY, domain_of
from bot.texts.voice import Voice
from bot.texts.words import Message

DRAFT_TIER = 1  # languages whose drafts may be shown, with a notice and English beneath


class Offers:
    """Answers what may be shown in which language; computed once per language."""

    def __init__(self, languages: Languages, catalogues: Catalogues, library: Library) -> None:
        self.languages, self.catalogues, self.library = languages, catalogues, library
        self.source = catalogues.source
        self.recordings = Recordings(catalogues.root, (ENGLISH, *catalogues.tags), self.source)
        self._by_domain: dict[str, list[Message]] = {}
        for message in self.source.values():
            self._by_domain.setdefault(message.domain, []).append(message)
        self._voices: dict[str, Voice] = {}
        self._flows: dict[tuple[str, str], bool] = {}
        self._notices: dict[tuple[str, str], str] = {}
        self._languages: dict[str, bool] = {}

    def voice(self, language: Language) -> Voice:
        if language.tag not in self._voices:
            self._voices[language.tag] = Voice(language, self.catalogues.get(language.tag), self.source)
        return self._voices[language.tag]

    def _complete(self, voice: Voice, domain: str) -> bool:
        return voice.covers([message.key for message in self._by_domain.get(domain, ())])

    def has_language(self, language: Language) -> bool:
        """A language is offered once every safety message is there."""
        if language.tag not in self._languages:
            whole = language.tag == ENGLISH or self._complete(self.voice(language), SAFETY)
            self._languages[language.tag] = whole
        return self._languages[language.tag]

    def offered(self) -> list[Language]:
        """Offered languages in the order of their numbers."""
        wanted = (language for language in self.languages.by_tag.values() if language.number < FIRST_NUMBER)
        return sorted((one for one in wanted if self.has_language(one)), key=lambda one: one.number)

    def has_flow(self, flow: Flow, language: Language) -> bool:
        """Whether a flow may be walked in a language: whole, and checked as far as its tier asks."""
        place = (flow.id, language.tag)
        if place not in self._flows:
            self._flows[place] = self._may_walk(flow, self.voice(language))
        return self._flows[place]

    def _may_walk(self, flow: Flow, voice: Voice) -> bool:
        if voice.is_english:
            return True
        if not (self._complete(voice, CORE) and self._complete(voice, domain_of(flow))):
            return False
        return voice.language.tier <= DRAFT_TIER or flow.family == AWARENESS or not self._unread(flow, voice)

    def _unread(self, flow: Flow, voice: Voice) -> bool:
        """Whether a person walking a flow may meet a safety text nobody approved or a question nobody checked."""
        domains = dict.fromkeys((SAFETY, CORE, domain_of(flow)))
        return any(voice.needs_english(m.key) for domain in domains for m in self._by_domain.get(domain, ()))

    def has_door(self, language: Language) -> bool:
        """Whether the first questions of every talk are there; without them a language has contacts and little else."""
        voice, door = self.voice(language), self.library.flows[CORE]
        return voice.covers([message.key for message in self.source.values() if message.key.startswith(f"{door.id}.")])

    def opens(self, flow: Flow, language: Language) -> bool:
        """Whether a person may be shown a flow in a language; the door asks for less, or nobody could come in."""
        return self.has_door(language) if flow.id == CORE else self.has_flow(flow, language)

    def notice(self, flow: Flow, language: Language) -> str:
        """The key of the line that stands before the first screen of a flow in draft words; "" where none is due."""
        place = (flow.id, language.tag)
        if place not in self._notices:
            self._notices[place] = self._notice(flow, self.voice(language))
        return self._notices[place]

    def _notice(self, flow: Flow, voice: Voice) -> str:
        if voice.is_english:
            return ""
        own = [m.key for m in self._by_domain.get(domain_of(flow), ()) if m.key.startswith(f"{flow.id}.")]
        if flow.family != AWARENESS and self._unread(flow, voice):
            return "ui.draft"
        return "ui.draft_part" if any(voice.is_draft(key) for key in own) else ""

    def others(self, flow: Flow, language: Language) -> Iterable[Language]:
        """Languages to offer as buttons where a flow is withheld; none is ever applied unasked."""
        tags = (*language.fallback, *language.offer, ENGLISH)
        known = (self.languages.by_tag[tag] for tag in dict.fromkeys(tags) if tag in self.languages.by_tag)
        return [other for other in known if self.opens(flow, other)]
