"""Bring catalogues in step with the English: nothing matched by likeness, no translation lost, our own headers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bot.errors import ContentError, Finding
from bot.texts.catalogue import folder_of, read_domain
from bot.texts.extract import template
from bot.texts.languages import Language
from bot.texts.po import FUZZY, Entry, write
from bot.texts.rename import Renames
from bot.texts.source import CORE, SAFETY
from bot.texts.words import Message

HEADER = """\
Language: {tag}
Plural-Forms: {plural}
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
"""
SAFETY_ALONE = 3  # the tier whose languages keep one file, until somebody adds another
WHOLE = 1  # the last tier whose languages must have every file; others have what somebody began

English = tuple[str, str, str]  # key, English, English for other counts


def domains(source: Mapping[str, Message]) -> list[str]:
    """All domains, in the order of their first message."""
    return list(dict.fromkeys(message.domain for message in source.values()))


def head(language: Language) -> list[str]:
    """The lines of a file's header."""
    return HEADER.format(tag=language.tag, plural=language.plural).splitlines()


def update(
    root: Path,
    language: Language,
    source: Mapping[str, Message],
    given: Mapping[str, str] | None = None,
    renames: Renames | None = None,
    suggest: bool = True,
) -> dict[Path, str]:
    """Path -> new text of every catalogue file of a language that differs from what is there; "" for one to remove.

    given: key -> translation to fill in where there is none. A translation whose English has changed stays at the end
    of its file. suggest: it is offered for the new English, marked fuzzy, and so are the words that the same English
    has elsewhere. Raises ContentError where a file cannot be read: it is not written over.
    """
    files = _read(root, language, renames or {})
    old = {_english(entry): entry for entries in files.values() for entry in _best_last(entries)}
    asked = {path.stem for path in files} | set(_owed(language, source))
    asked |= {source[key].domain for key in given or ()}
    fresh = {domain: template(source, domain, language.forms) for domain in domains(source) if domain in asked}
    for entry in (entry for entries in fresh.values() for entry in entries):
        _carry_over(entry, old.pop(_english(entry), None))
        if not entry.has_words and (words := (given or {}).get(entry.key)):
            entry.forms = (words,) * len(entry.forms)
    if suggest:
        _suggest([entry for entries in fresh.values() for entry in entries], old.values())
    texts = {folder_of(root, language.tag) / f"{domain}.po": entries for domain, entries in fresh.items()}
    for path, entry in _set_aside(files, old):
        texts[path if path in texts else next(iter(texts))].append(replace(entry, is_old=True, notes=(), previous=""))
    made = {path: write(entries, head(language)) for path, entries in texts.items()} | {
        path: "" for path in files if path not in texts
    }
    return {path: text for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text}


def out_of_step(root: Path, language: Language, source: Mapping[str, Message]) -> Iterator[str]:
    """The domains whose messages or comments are not those of the English. How an editor lays lines out is its own."""
    folder = folder_of(root, language.tag)
    found = {path.stem for path in folder.glob("*.po")}
    for domain in dict.fromkeys((*_needed(language, source), *sorted(found))):
        entries, broken = read_domain(folder / f"{domain}.po") if domain in found else (None, [])
        here = [(_english(one), one.notes) for one in entries or () if one.key and not one.is_old]
        wanted = [(_english(one), one.notes) for one in template(source, domain)]
        if not broken and (here != wanted or not wanted):
            yield domain


def _needed(language: Language, source: Mapping[str, Message]) -> list[str]:
    """The domains that a language of its tier cannot be without."""
    owed = _owed(language, source)
    return owed if language.tier <= WHOLE else [domain for domain in owed if domain in (SAFETY, CORE)]


def _owed(language: Language, source: Mapping[str, Message]) -> list[str]:
    """The domains that an update makes files for."""
    return [SAFETY] if language.tier >= SAFETY_ALONE else domains(source)


def _read(root: Path, language: Language, renames: Renames) -> dict[Path, list[Entry]]:
    files: dict[Path, list[Entry]] = {}
    found: list[Finding] = []
    for path in sorted(folder_of(root, language.tag).glob("*.po")):
        entries, broken = read_domain(path)
        found += broken
        kept = (entry for entry in entries or () if entry.key and (entry.has_words or entry.remarks))
        files[path] = [replace(entry, key=renames.get(entry.key, entry.key)) for entry in kept]
    if found:
        raise ContentError(found)
    return files


def _english(entry: Entry) -> English:
    return entry.key, entry.english, entry.plural


def _best_last(entries: Iterable[Entry]) -> list[Entry]:
    """Those of today after those set aside, so that they win."""
    return sorted(entries, key=lambda entry: not entry.is_old)


def _carry_over(entry: Entry, old: Entry | None) -> None:
    if old is None:
        return
    if len(old.forms) == len(entry.forms):
        entry.forms, entry.flags = old.forms, old.flags & {FUZZY}
        entry.previous = old.previous if old.is_fuzzy else ""
    entry.remarks = old.remarks


def _suggest(entries: list[Entry], aside: Iterable[Entry]) -> None:
    """Offer, not for display, what an older English of a message had, or what the same English has elsewhere."""
    by_key = {entry.key: entry for entry in aside if not entry.is_fuzzy}
    said: dict[tuple[str, str], Counter[tuple[str, ...]]] = {}
    for entry in entries:
        if entry.has_words and not entry.is_fuzzy:
            said.setdefault((entry.english, entry.plural), Counter())[entry.forms] += 1
    for entry in entries:
        if entry.has_words:
            continue
        before, same = by_key.get(entry.key), said.get((entry.english, entry.plural))
        if before is not None and len(before.forms) == len(entry.forms):
            entry.forms, entry.previous, entry.flags = before.forms, before.english, frozenset({FUZZY})
        elif same:
            entry.forms, entry.flags = same.most_common(1)[0][0], frozenset({FUZZY})


def _set_aside(files: Mapping[Path, list[Entry]], left: Mapping[English, Entry]) -> Iterator[tuple[Path, Entry]]:
    """What no message of today has taken, with the file it was in."""
    said = {entry.forms for entries in files.values() for entry in entries if not entry.is_fuzzy}
    for path, entries in files.items():
        for entry in entries:
            is_copy = entry.is_fuzzy and entry.forms in said  # a suggestion nobody took up
            if entry.has_words and not is_copy and left.get(_english(entry)) is entry:
                yield path, entry
