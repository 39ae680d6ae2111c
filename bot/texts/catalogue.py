"""Catalogues: PO files read directly, one language at first use. Fuzzy, empty and outdated entries never speak."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from babel.messages import Catalog
from babel.messages.pofile import PoFileError, read_po

from bot.errors import Finding
from bot.texts.guard import check_message
from bot.texts.words import Message

State = Literal["draft", "checked", "approved"]
STATES: tuple[State, ...] = ("draft", "checked", "approved")
MAX_BYTES = 2_000_000
MAX_MESSAGES = 10_000


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language: key -> words, and how far a person has checked each."""

    tag: str
    words: Mapping[str, str]
    states: Mapping[str, State] = field(default_factory=dict)

    def state(self, key: str) -> State:
        return self.states.get(key, "draft")


def folder_of(root: Path, tag: str) -> Path:
    """Where the PO files of a tag of the language table live."""
    return root / tag / "LC_MESSAGES"


def read_domain(path: Path) -> tuple[Catalog | None, list[Finding]]:
    """One PO file; refused by size, on broken syntax and on too many entries."""
    address = f"locales/{path.parent.parent.name}/{path.stem}"
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, [Finding(address, f"is larger than {MAX_BYTES} bytes.", "Split the domain.")]
        with path.open("rb") as file:
            catalog = read_po(file, abort_invalid=True)
    except (OSError, PoFileError, ValueError, UnicodeError) as error:
        return None, [Finding(address, f"cannot be read: {error}.", "Open it in a PO editor and mend that line.")]
    if len(catalog) > MAX_MESSAGES:
        return None, [Finding(address, f"holds {len(catalog)} entries.", f"At most {MAX_MESSAGES}.")]
    return catalog, []


def read_catalogue(
    root: Path, tag: str, source: Mapping[str, Message], script: str = ""
) -> tuple[Catalogue, list[Finding]]:
    """All domains of a language merged into one lookup; a broken domain is left out and named.

    source: the messages as they are in English today; a translation of other words is not used. Nor is one that
    would mislead (an error of the guard): English then stands in for its whole screen. script: of the language table.
    """
    words: dict[str, str] = {}
    found: list[Finding] = []
    for path in sorted(folder_of(root, tag).glob("*.po")):
        catalog, more = read_domain(path)
        found += more
        for message in catalog or ():
            wanted = source.get(message.context or "")
            if wanted is None or message.fuzzy or message.id != wanted.english:
                continue
            if isinstance(message.string, str) and message.string.strip():
                unfit = _unfit(tag, wanted, message.string, script)
                found += unfit
                if not unfit:
                    words[wanted.key] = message.string
    states, more = read_review(root / tag / "review.csv", tag, source, words)
    return Catalogue(tag, words, states), found + more


def _unfit(tag: str, message: Message, words: str, script: str) -> list[Finding]:
    found = check_message(f"locales/{tag}: {message.key}", message, words, tag, script)
    return [finding for finding in found if finding.level == "error"]


def fingerprint(key: str, english: str, translation: str) -> str:
    """Binds a review to the exact words on both sides: change either and the message is a draft again."""
    return hashlib.sha256("\0".join((key, english, translation)).encode()).hexdigest()[:16]


def read_review(
    path: Path, tag: str, source: Mapping[str, Message], words: Mapping[str, str]
) -> tuple[dict[str, State], list[Finding]]:
    """Review states that still hold for the words as they are."""
    if not path.exists():
        return {}, []
    states: dict[str, State] = {}
    found: list[Finding] = []
    for number, row in enumerate(_rows(path), 2):
        key, state = row.get("key", ""), row.get("state", "")
        if state not in STATES:
            what = f'line {number} has the state "{state}".'
            found.append(Finding(f"locales/{tag}/review.csv", what, f"One of {', '.join(STATES)}."))
        elif key in words and row.get("hash") == fingerprint(key, source[key].english, words[key]):
            states[key] = state
    return states, found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


class Catalogues:
    """All languages that have a folder, each read at first use and kept."""

    def __init__(
        self, root: Path, source: Mapping[str, Message], tags: Iterable[str], scripts: Mapping[str, str] | None = None
    ) -> None:
        self.root, self.source, self.scripts = root, source, scripts or {}
        self.tags = [tag for tag in tags if folder_of(root, tag).is_dir()]
        self.found: list[Finding] = []
        self._read: dict[str, Catalogue] = {}

    def get(self, tag: str) -> Catalogue:
        """The catalogue of a tag; an empty one for a language without a folder."""
        if tag not in self._read:
            if tag not in self.tags:
                return Catalogue(tag, {})
            self._read[tag], found = read_catalogue(self.root, tag, self.source, self.scripts.get(tag, ""))
            self.found += found
        return self._read[tag]

    def read_all(self) -> None:
        """Read what was not read yet (done in the background after start)."""
        for tag in self.tags:
            self.get(tag)
