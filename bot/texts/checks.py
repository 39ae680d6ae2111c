"""Check catalogues: what would mislead a reader blocks, what looks odd is a warning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.errors import ContentError, Finding
from bot.texts.audio import check_audio
from bot.texts.catalogue import Catalogues, check_entry, folder_of, read_domain, speaks
from bot.texts.languages import ENGLISH, Language, Languages
from bot.texts.rename import read_renames
from bot.texts.update import out_of_step
from bot.texts.words import Message


def check_locales(root: Path, languages: Languages, catalogues: Catalogues) -> list[Finding]:
    """All findings of every language that has a folder."""
    found: list[Finding] = []
    try:
        read_renames(root, catalogues.source)
    except ContentError as error:
        found += error.findings
    for language in languages.by_tag.values():
        if language.tag != ENGLISH and folder_of(root, language.tag).is_dir():
            found += check_language(root, language, catalogues.source)
    for tag in (ENGLISH, *catalogues.tags):
        found += check_audio(root, catalogues.get(tag), catalogues.source)
    for path in sorted(root.iterdir()):
        if path.is_dir() and path.name not in languages.by_tag:
            found.append(Finding(f"locales/{path.name}", "is no tag of languages.toml.", "Rename or add the language."))
    return found


def check_language(root: Path, language: Language, source: Mapping[str, Message]) -> list[Finding]:
    """All findings of one language."""
    found: list[Finding] = []
    labels: dict[tuple[str, str], str] = {}
    address = f"locales/{language.tag}"
    for path in sorted(folder_of(root, language.tag).glob("*.po")):
        entries, broken = read_domain(path)
        found += broken
        if entries is None:
            continue
        found += _header(path, language)
        for entry in entries:
            message = source.get(entry.key)
            if message is not None and speaks(entry, message):
                found += check_entry(language.tag, message, entry, language)
                found += _alike(address, message.key, entry.forms[0], labels)
    return found + [
        Finding(f"{address}/{domain}", "is not in step with the English.", f"Run: waymark locale update {language.tag}")
        for domain in out_of_step(root, language, source)
    ]


def _header(path: Path, language: Language) -> Iterator[Finding]:
    """Our plural rule and tag, written as we write them: no library gets all of these right."""
    head = path.read_text(encoding="utf-8")[:2000]
    address = f"locales/{language.tag}/{path.stem}"
    if f'"Plural-Forms: {language.plural}\\n"' not in head:
        yield Finding(address, "has another plural rule than languages.toml.", "Run: waymark locale update")
    if f'"Language: {language.tag}\\n"' not in head:
        yield Finding(address, f'does not say "Language: {language.tag}".', "Run: waymark locale update")


def _alike(address: str, key: str, words: str, labels: dict[tuple[str, str], str]) -> Iterator[Finding]:
    """Two answers of one question must not read the same."""
    step, mark, _ = key.partition(".opt.")
    if not mark:
        return
    if (other := labels.get((step, words.casefold()))) is not None:
        yield Finding(f"{address}: {key}", f'reads "{words}", as {other} does.', "Give each answer words of its own.")
    labels[step, words.casefold()] = key
