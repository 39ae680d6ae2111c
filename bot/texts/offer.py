"""Which languages are offered, and which flows in them: what nobody has checked never passes for checked."""

from __future__ import annotations

from collections.abc import Iterable

from bot.flow.model import Flow, Library
from bot.texts.catalogue import Catalogues
from bot.texts.languages import ENGLISH, Language, Languages
from bot.texts.source import CORE, SAFETY, domain_of
from bot.texts.voice import Voice
from bot.texts.words import Message

DRAFT_TIER = 1  # languages whose drafts may be shown, with a notice and English beneath


class Offers:
    """Answers what may be shown in which language; computed once per language."""

    def __init__(self, languages: Languages, catalogues: Catalogues, library: Library) -> None:
        self.languages, self.catalogues, self.library = languages, catalogues, library
        self.source = catalogues.source
        self._by_domain: dict[str, list[Message]] = {}
        for message in self.source.values():
            self._by_domain.setdefault(message.domain, []).append(message)
        self._voices: dict[str, Voice] = {}
        self._flows: dict[tuple[str, str], bool] = {}

    def voice(self, language: Language) -> Voice:
        if language.tag not in self._voices:
            self._voices[language.tag] = Voice(language, self.catalogues.get(language.tag), self.source)
        return self._voices[language.tag]

    def _complete(self, voice: Voice, domain: str) -> bool:
        return voice.covers([message.key for message in self._by_domain.get(domain, ())])

    def has_language(self, language: Language) -> bool:
        """A language is offered once every safety message is there."""
        return language.tag == ENGLISH or self._complete(self.voice(language), SAFETY)

    def offered(self) -> list[Language]:
        """Offered languages in the order of their numbers."""
        wanted = (language for language in self.languages.by_tag.values())
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
        return voice.language.tier <= DRAFT_TIER or self._is_checked(flow, voice)

    def _is_checked(self, flow: Flow, voice: Voice) -> bool:
        messages = [m for m in self._by_domain.get(domain_of(flow), ()) if m.weight in ("S", "Q")]
        return not any(voice.needs_english(message.key) for message in messages)

    def others(self, flow: Flow, language: Language) -> Iterable[Language]:
        """Languages to offer as buttons where a flow is withheld; none is ever applied unasked."""
        tags = (*language.fallback, *language.offer, ENGLISH)
        known = (self.languages.by_tag[tag] for tag in dict.fromkeys(tags) if tag in self.languages.by_tag)
        return [other for other in known if self.has_flow(flow, other)]
