"""One language speaking: keys to words, with values filled in by a replacer that can do nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.texts.catalogue import Catalogue
from bot.texts.languages import ENGLISH, Language, plural_rule
from bot.texts.words import PLACEHOLDER, Message

Values = Mapping[str, int | str | tuple[str, ...]]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of `{names}`; unknown names stay. No attributes, indexes or formats: not str.format."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


class Voice:
    """A language and its catalogue over the English source."""

    def __init__(self, language: Language, catalogue: Catalogue, source: Mapping[str, Message]) -> None:
        self.language, self.catalogue, self.source = language, catalogue, source
        self.is_english = language.tag == ENGLISH
        self._form = plural_rule(language.plural)

    def has(self, key: str) -> bool:
        return self.is_english or key in self.catalogue.words

    def covers(self, keys: Collection[str]) -> bool:
        """Whether every one of these is translated: a screen never mixes languages by accident."""
        return all(self.has(key) for key in keys)

    def say(self, key: str, values: Values | None = None) -> str:
        """The words of a key; English where they are missing. A tuple of keys as value is said and joined."""
        words = self.catalogue.words.get(key) if not self.is_english else None
        if self.source[key].plural:
            text = self._counted(key, values or {}, self.is_english or words is None)
        else:
            text = self.source[key].english if words is None else words
        return fill(text, self._spell(values)) if values else text

    def _counted(self, key: str, values: Values, in_english: bool) -> str:
        """The form of a message that goes with its count {n}, by the rule of its language and no other."""
        n, message = values.get("n"), self.source[key]
        count = n if isinstance(n, int) else 0
        if in_english:
            return message.english if count == 1 else message.plural
        forms = self.catalogue.plurals[key]
        return forms[min(self._form(count), len(forms) - 1)]

    def _spell(self, values: Values) -> dict[str, str]:
        return {
            name: " ".join(self.say(key) for key in value) if isinstance(value, tuple) else str(value)
            for name, value in values.items()
        }

    def needs_english(self, key: str) -> bool:
        """Safety texts until approved and questions until checked stand over their English line."""
        if self.is_english:
            return False
        weight, state = self.source[key].weight, self.catalogue.state(key)
        return (weight == "S" and state != "approved") or (weight == "Q" and state == "draft")

    def is_draft(self, key: str) -> bool:
        return not self.is_english and self.catalogue.state(key) == "draft"
