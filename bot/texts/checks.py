"""Check catalogues: what would mislead a reader blocks, what looks odd is told in one line a language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.errors import ContentError, Finding
from bot.texts.agree import alike, swapped, two_ways
from bot.texts.audio import check_audio
from bot.texts.back import open_keys, read_back
from bot.texts.catalogue import Catalogues, check_entry, folder_of, read_domain, speaks
from bot.texts.glossary import Glossary, check_terms, read_glossary
from bot.texts.languages import ENGLISH, Language, Languages
from bot.texts.manner import remarks
from bot.texts.po import Entry
from bot.texts.rename import read_renames
from bot.texts.update import out_of_step
from bot.texts.words import Class, Message

NO_BACK = "without a settled back-translation"
NO_GLOSSARY = Glossary()
CLASSES: tuple[Class, ...] = ("S", "Q", "I", "N")


@dataclass(frozen=True)
class LanguageCheck:
    """One language, read once. back_keys: messages whose meaning must be told back."""

    root: Path
    language: Language
    source: Mapping[str, Message]
    glossary: Glossary = NO_GLOSSARY
    back_keys: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        return f"locales/{self.language.tag}"

    @cached_property
    def _files(self) -> dict[Path, tuple[list[Entry] | None, list[Finding]]]:
        return {path: read_domain(path) for path in sorted(folder_of(self.root, self.language.tag).glob("*.po"))}

    @cached_property
    def _entries(self) -> list[Entry]:
        return [entry for entries, _ in self._files.values() for entry in entries or () if entry.key]

    @cached_property
    def _spoken(self) -> dict[str, Entry]:
        """Finished translations of today's English."""
        return {one.key: one for one in self._entries if one.key in self.source and speaks(one, self.source[one.key])}

    @cached_property
    def words(self) -> dict[str, str]:
        return {key: entry.forms[0] for key, entry in self._spoken.items()}

    def findings(self) -> list[Finding]:
        """What blocks, and what the guard warns of."""
        found: list[Finding] = []
        for path, (entries, broken) in self._files.items():
            found += broken
            found += _header(path, self.language) if entries is not None else ()
        for key, entry in self._spoken.items():
            found += check_entry(self.language.tag, self.source[key], entry, self.language)
        found += alike(self.address, self.words)
        found += swapped(self.address, self.words, self.source, self.language, self.glossary)
        found += [finding for finding in self._terms() if finding.level == "error"]
        return found + [
            Finding(f"{self.address}/{domain}", "is not in step with the English.",
                    f"Run: waymark locale update {self.language.tag}")
            for domain in out_of_step(self.root, self.language, self.source)
        ]  # fmt: skip

    def _terms(self) -> Iterator[Finding]:
        tag, script = self.language.tag, self.language.script
        for key, words in self.words.items():
            yield from check_terms(f"{self.address}: {key}", self.source[key], words, tag, script, self.glossary)

    def remarks(self) -> Iterator[tuple[str, Finding]]:
        """Kind and place of everything that may be right and deserves a look."""
        for key, words in self.words.items():
            for kind, what in remarks(self.source[key], words, self.language):
                yield kind, self._note(key, what)
        for key, what in two_ways(self.words, self.source):
            yield "in two ways", self._note(key, what)
        for finding in self._terms():
            if finding.level != "error":
                yield "other than the glossary", finding
        for entry in self._entries:
            if entry.is_fuzzy and not entry.is_old and entry.has_words:
                yield "only suggested", self._note(entry.key, "is a suggestion (fuzzy) that nobody took up.")
        rows, _ = read_back(self.root, self.language.tag)
        for key in open_keys(self.back_keys, self.source, self.words, rows):
            yield NO_BACK, self._note(key, "has no settled back-translation.")

    def _note(self, key: str, what: str) -> Finding:
        return Finding(f"{self.address}: {key}", what, "Look at it again.", "note")

    def gaps(self) -> list[str]:
        """How many messages of each class are missing, and how many old ones are kept."""
        missing = Counter(message.weight for key, message in self.source.items() if key not in self._spoken)
        told = [f"{missing[weight]} {weight} missing" for weight in CLASSES if missing[weight]]
        old = sum(entry.is_old for entry in self._entries)
        return [*told, *([f"{old} set aside"] if old else [])]


def checks(
    root: Path, languages: Languages, source: Mapping[str, Message], back_keys: Iterable[str] = ()
) -> tuple[list[LanguageCheck], list[Finding]]:
    """A check of every language that has a folder, and what is wrong with the glossary."""
    glossary, found = read_glossary(root, languages.by_tag)
    made = [
        LanguageCheck(root, language, source, glossary, tuple(back_keys))
        for language in languages.by_tag.values()
        if language.tag != ENGLISH and folder_of(root, language.tag).is_dir()
    ]
    return made, found


def check_locales(
    root: Path, languages: Languages, catalogues: Catalogues, back_keys: Iterable[str] = ()
) -> list[Finding]:
    """All findings of every language: errors one by one; warnings and remarks as one note a language."""
    made, found = checks(root, languages, catalogues.source, back_keys)
    try:
        read_renames(root, catalogues.source)
    except ContentError as error:
        found += error.findings
    for one in made:
        told = one.findings()
        found += [finding for finding in told if finding.level == "error"]
        found += read_back(root, one.language.tag)[1]
        found += note(one, [finding for finding in told if finding.level != "error"])
    for tag in (ENGLISH, *catalogues.tags):
        if (root / tag / "audio").is_dir():
            found += check_audio(root, catalogues.get(tag), catalogues.source)
    for path in sorted(root.iterdir()):
        if path.is_dir() and path.name not in languages.by_tag:
            found.append(Finding(f"locales/{path.name}", "is no tag of languages.toml.", "Rename or add the language."))
    return found


def note(one: LanguageCheck, warnings: list[Finding]) -> list[Finding]:
    """What deserves a look in a language, counted by kind, as one line; none where nothing does."""
    kinds = Counter(kind for kind, _ in one.remarks())
    told = [f"{count} {kind}" for kind, count in kinds.most_common()]
    told += [f"{len(warnings)} warnings"] if warnings else []
    told += one.gaps()
    if not told:
        return []
    remedy = f"See each: waymark check --locale {one.language.tag}"
    return [Finding(one.address, f"to look at: {', '.join(told)}.", remedy, "note")]


def check_language(root: Path, language: Language, source: Mapping[str, Message]) -> list[Finding]:
    """All errors and warnings of one language, with the glossary of its folder."""
    glossary, found = read_glossary(root, {language.tag: language})
    return found + LanguageCheck(root, language, source, glossary).findings()


def _header(path: Path, language: Language) -> Iterator[Finding]:
    """Our plural rule and tag, written as we write them: no library gets all of these right."""
    head = path.read_text(encoding="utf-8")[:2000]
    address = f"locales/{language.tag}/{path.stem}"
    for field, value, what in (
        ("Plural-Forms", language.plural, "has another plural rule than languages.toml."),
        ("Language", language.tag, f'does not say "Language: {language.tag}".'),
        ("Content-Type", "text/plain; charset=UTF-8", "does not say that it is UTF-8."),
    ):
        if f'"{field}: {value}\\n"' not in head:
            yield Finding(address, what, "Run: waymark locale update")
