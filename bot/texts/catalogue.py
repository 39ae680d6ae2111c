"""Catalogues: PO files read directly, one language at first use. Fuzzy, empty and outdated entries never speak."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from bot.errors import Finding
from bot.texts import po
from bot.texts.guard import check_forms, check_message
from bot.texts.languages import Language
from bot.texts.words import Message

State = Literal["draft", "checked", "approved"]
STATES: tuple[State, ...] = ("draft", "checked", "approved")
FORM_MARK = "\0"
MAX_BYTES = 2_000_000
MAX_MESSAGES = 10_000


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language: key -> words, and how far a person has checked each.

    plurals: every form of the few messages that have more than one; their first also stands in `words`.
    """

    tag: str
    words: Mapping[str, str]
    states: Mapping[str, State] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def state(self, key: str) -> State:
        return self.states.get(key, "draft")

    @property
    def whole(self) -> Mapping[str, str]:
        """Key -> all its words, the forms of a plural joined: what a reader vouches for."""
        return {key: FORM_MARK.join(self.plurals.get(key, (text,))) for key, text in self.words.items()}


def folder_of(root: Path, tag: str) -> Path:
    """Where the PO files of a tag of the language table live."""
    return root / tag / "LC_MESSAGES"


def read_domain(path: Path) -> tuple[list[po.Entry] | None, list[Finding]]:
    """One PO file; refused by size, on broken syntax, on a message that stands twice and on too many entries."""
    address = f"locales/{path.parent.parent.name}/{path.stem}"
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, [Finding(address, f"is larger than {MAX_BYTES} bytes.", "Split the domain.")]
        entries = list(islice(po.read(path.read_text(encoding="utf-8")), MAX_MESSAGES + 1))
    except (OSError, ValueError) as error:  # broken syntax and encoding are ValueErrors
        return None, [Finding(address, f"cannot be read: {error}.", "Open it in a PO editor and mend that line.")]
    if len(entries) > MAX_MESSAGES:
        return None, [Finding(address, f"holds more than {MAX_MESSAGES} entries.", "Split the domain.")]
    keys = [entry.key for entry in entries if not entry.is_old]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        return None, [Finding(address, f'holds "{twice or "the header"}" twice.', "Take one of the two out.")]
    return entries, []


def read_catalogue(
    root: Path, tag: str, source: Mapping[str, Message], language: Language | None = None
) -> tuple[Catalogue, list[Finding]]:
    """All domains of a language merged into one lookup; a broken domain is left out and named.

    source: the messages as they are in English today; a translation of other words is not used. Nor is one that
    would mislead (an error of the guard): English then stands in for its whole screen. language: its row of the table,
    whose script and plural forms the words must have.
    """
    words: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    found: list[Finding] = []
    for path in sorted(folder_of(root, tag).glob("*.po")):
        entries, more = read_domain(path)
        found += more
        for entry in entries or ():
            wanted = source.get(entry.key)
            if wanted is None or not speaks(entry, wanted):
                continue
            unfit = [finding for finding in check_entry(tag, wanted, entry, language) if finding.level == "error"]
            found += unfit
            if unfit:
                continue
            words[wanted.key] = entry.forms[0]
            if wanted.plural:
                plurals[wanted.key] = entry.forms
    whole = Catalogue(tag, words, {}, plurals).whole if plurals else words
    states, more = read_review(root / tag / "review.csv", tag, source, whole)
    return Catalogue(tag, words, states, plurals), found + more


def speaks(entry: po.Entry, message: Message) -> bool:
    """Whether an entry is a finished translation of a message as its English is today."""
    is_today = entry.english == message.english and entry.plural == message.plural and not entry.is_old
    return is_today and not entry.is_fuzzy and entry.has_words


def check_entry(tag: str, message: Message, entry: po.Entry, language: Language | None) -> list[Finding]:
    """All findings of the guard for one finished translation."""
    address = f"locales/{tag}: {message.key}"
    if message.plural and language is not None:
        return list(check_forms(address, message, entry.forms, language))
    return list(check_message(address, message, entry.forms[0], tag, language.script if language else ""))


def fingerprint(key: str, english: str, translation: str) -> str:
    """Binds a review to the exact words on both sides: change either and the message is a draft again."""
    return hashlib.sha256("\0".join((key, english, translation)).encode()).hexdigest()[:16]


def read_review(
    path: Path, tag: str, source: Mapping[str, Message], words: Mapping[str, str]
) -> tuple[dict[str, State], list[Finding]]:
    """Review states that still hold for the words as they are."""
    states: dict[str, State] = {}
    found: list[Finding] = []
    try:
        rows = list(islice(read_rows(path), MAX_MESSAGES))
    except (OSError, ValueError) as error:
        return {}, [Finding(f"locales/{tag}/review.csv", f"cannot be read: {error}.", "Restore the file.")]
    for number, row in enumerate(rows, 2):
        key, state = row.get("key", ""), row.get("state", "")
        if state not in STATES:
            what = f'line {number} has the state "{state}".'
            found.append(Finding(f"locales/{tag}/review.csv", what, f"One of {', '.join(STATES)}."))
        elif key in words and row.get("hash") == fingerprint(key, source[key].english, words[key]):
            states[key] = state
    return states, found


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a ledger, a table kept beside the words; none where there is no file.

    Raises ValueError for a file that is too large or is no table.
    """
    if not path.exists():
        return
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES} bytes")
    with path.open(encoding="utf-8", newline="") as file:
        try:
            yield from csv.DictReader(file)
        except csv.Error as error:
            raise ValueError(str(error)) from None


class Catalogues:
    """All languages that have a folder, each read at first use and kept."""

    def __init__(
        self,
        root: Path,
        source: Mapping[str, Message],
        tags: Iterable[str],
        languages: Mapping[str, Language] | None = None,
    ) -> None:
        """languages: the rows of the table, whose script and plural forms the words must have; unasked where None."""
        self.root, self.source, self.languages = root, source, languages or {}
        self.tags = [tag for tag in tags if folder_of(root, tag).is_dir()]
        self.found: list[Finding] = []
        self._read: dict[str, Catalogue] = {}

    def get(self, tag: str) -> Catalogue:
        """The catalogue of a tag; an empty one for a language without a folder."""
        if tag not in self._read:
            if tag not in self.tags:
                return Catalogue(tag, {})
            self._read[tag], found = read_catalogue(self.root, tag, self.source, self.languages.get(tag))
            self.found += found
        return self._read[tag]

    def add(self, catalogue: Catalogue) -> None:
        """Take in a catalogue that is in no file."""
        self.tags.append(catalogue.tag)
        self._read[catalogue.tag] = catalogue

    def read_all(self) -> None:
        """Read what was not read yet (done in the background after start)."""
        for tag in self.tags:
            self.get(tag)
