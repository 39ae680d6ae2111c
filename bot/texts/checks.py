"""Check catalogues: what would mislead a reader blocks, what looks odd is a warning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.errors import Finding
from bot.texts.catalogue import Catalogues, folder_of, read_domain
from bot.texts.languages import ENGLISH, Language, Languages
from bot.texts.update import update
from bot.texts.voice import PLACEHOLDER
from bot.texts.words import BUTTON_LIMIT, Message

HARD_BUTTON_LIMIT = 40  # longer labels are cut off on a narrow phone
LINKS = re.compile(r"https?:|www\.|t\.me|tg:|\b[\w-]+\.(?:org|com|net|gov|edu|info)\b|@\w", re.IGNORECASE)
LONG_DIGITS = re.compile(r"\d(?:[\d\s().-]*\d){3,}")
DIGITS = re.compile(r"\d+")
MARKS = {"Cf", "Co", "Cc"}  # format controls (direction, zero width), private use, control characters
ALLOWED_MARKS = {"fa": "\u200c", "fa_AF": "\u200c", "ps": "\u200c", "ckb": "\u200c", "hi": "\u200d", "ne": "\u200d",
                 "bn": "\u200d\u200c", "pa": "\u200d"}  # fmt: skip
SCRIPTS = {
    "Latn": "LATIN", "Arab": "ARABIC", "Cyrl": "CYRILLIC", "Hans": "CJK", "Hant": "CJK", "Deva": "DEVANAGARI",
    "Ethi": "ETHIOPIC", "Beng": "BENGALI", "Guru": "GURMUKHI", "Thai": "THAI", "Kore": "HANGUL", "Mymr": "MYANMAR",
}  # fmt: skip
LEAST_SHARE = 0.9


def check_locales(root: Path, languages: Languages, catalogues: Catalogues) -> list[Finding]:
    """All findings of every language that has a folder."""
    found: list[Finding] = []
    for language in languages.by_tag.values():
        if language.tag != ENGLISH and folder_of(root, language.tag).is_dir():
            found += check_language(root, language, catalogues.source)
    for path in sorted(root.iterdir()):
        if path.is_dir() and path.name not in languages.by_tag:
            found.append(Finding(f"locales/{path.name}", "is no tag of languages.toml.", "Rename or add the language."))
    return found


def check_language(root: Path, language: Language, source: Mapping[str, Message]) -> list[Finding]:
    """All findings of one language."""
    found: list[Finding] = []
    labels: dict[tuple[str, str], str] = {}
    for path in sorted(folder_of(root, language.tag).glob("*.po")):
        catalog, broken = read_domain(path)
        found += broken
        if catalog is None:
            continue
        address = f"locales/{language.tag}"
        found += _header(path, language)
        for entry in catalog:
            message = source.get(entry.context or "")
            if message is None or message.english != entry.id or entry.fuzzy or not isinstance(entry.string, str):
                continue
            if entry.string.strip():
                found += _message(f"{address}: {message.key}", message, entry.string, language)
                found += _alike(address, message.key, entry.string, labels)
    if not found:
        found += [
            Finding(f"locales/{language.tag}/{path.stem}", "is not in step with the English.",
                    f"Run: waymark locale update {language.tag}")
            for path in update(root, language, source)
        ]  # fmt: skip
    return found


def _header(path: Path, language: Language) -> Iterator[Finding]:
    """Our plural rule and tag, written as we write them: no library gets all of these right."""
    head = path.read_text(encoding="utf-8")[:2000]
    address = f"locales/{language.tag}/{path.stem}"
    if f'"Plural-Forms: {language.plural}\\n"' not in head:
        yield Finding(address, "has another plural rule than languages.toml.", "Run: waymark locale update")
    if f'"Language: {language.tag}\\n"' not in head:
        yield Finding(address, f'does not say "Language: {language.tag}".', "Run: waymark locale update")


def _message(address: str, message: Message, words: str, language: Language) -> Iterator[Finding]:
    here, there = set(PLACEHOLDER.findall(message.english)), set(PLACEHOLDER.findall(words))
    if here != there:
        what = f"has the placeholders {sorted(there) or 'none'} where the English has {sorted(here) or 'none'}."
        yield Finding(address, what, "Keep each {name} exactly as it is.")
    match = LINKS.search(words) or LONG_DIGITS.search(words)
    if match and match[0] not in message.english:
        yield Finding(address, f'holds "{match[0]}".', "Numbers and links come from the directory: take it out.")
    if sorted(_digits(words)) != sorted(_digits(message.english)) and message.key != "leave.words":
        what = f"has the figures {_digits(words)} where the English has {_digits(message.english)}."
        yield Finding(address, what, "Use the same figures, in ASCII digits.", _level(message))
    yield from _characters(address, message, words, language)
    yield from _length(address, message, words)
    if words == message.english and message.weight in ("S", "Q") and len(words) > 3:
        yield Finding(address, "is the same as the English.", "Translate it, or leave it empty.")


def _digits(text: str) -> list[str]:
    normal = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    return DIGITS.findall(normal)


def _level(message: Message) -> str:
    return "error" if message.weight in ("S", "Q") else "warning"


def _characters(address: str, message: Message, words: str, language: Language) -> Iterator[Finding]:
    allowed = ALLOWED_MARKS.get(language.tag, "")
    for character in words:
        if unicodedata.category(character) in MARKS and character not in allowed + "\n":
            yield Finding(address, f"holds the invisible character U+{ord(character):04X}.", "Take it out.")
            return
    if unicodedata.normalize("NFC", words) != words:
        yield Finding(address, "is not in composed form (NFC).", "Save it again from a PO editor that composes.")
    letters = [c for c in PLACEHOLDER.sub("", words) if c.isalpha()]
    script = SCRIPTS.get(language.script, "")
    own = sum(unicodedata.name(c, "").startswith(script) for c in letters)
    if letters and script and own < LEAST_SHARE * len(letters):
        share = f"{own} of {len(letters)} letters"
        yield Finding(address, f"has {share} in the script of {language.english}.", "Write it in that script.")


def _length(address: str, message: Message, words: str) -> Iterator[Finding]:
    if message.limit == BUTTON_LIMIT and len(words) > BUTTON_LIMIT:
        level = "error" if len(words) > HARD_BUTTON_LIMIT or message.weight == "Q" else "warning"
        what = f'"{words}" is {len(words)} characters long.'
        yield Finding(address, what, f"A button holds {BUTTON_LIMIT}: find shorter words.", level)
    elif message.limit > BUTTON_LIMIT and len(words) > message.limit:
        yield Finding(address, f"is {len(words)} characters long.", f"At most {message.limit}: shorten it.")


def _alike(address: str, key: str, words: str, labels: dict[tuple[str, str], str]) -> Iterator[Finding]:
    """Two answers of one question must not read the same."""
    step, mark, _ = key.partition(".opt.")
    if not mark:
        return
    if (other := labels.get((step, words.casefold()))) is not None:
        yield Finding(f"{address}: {key}", f'reads "{words}", as {other} does.', "Give each answer words of its own.")
    labels[step, words.casefold()] = key
