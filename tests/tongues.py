"""Made-up translations for tests of words: complete, recognisable, and clean by every check."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from bot.house import Content
from bot.texts.catalogue import Catalogues, State, fingerprint, folder_of
from bot.texts.languages import Language
from bot.texts.offer import Offers
from bot.texts.update import update
from bot.texts.words import Message

NAMES = re.compile(r"(\{[a-z_]+\})")
ARABIC_LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه", strict=True))


def swapped(english: str) -> str:
    """Latin letters that are plainly not the English: capitals and small letters exchanged, {names} kept."""
    return "".join(part if NAMES.fullmatch(part) else part.swapcase() for part in NAMES.split(english))


def arabic(english: str) -> str:
    """The same in Arabic letters, one for one, {names} kept."""
    parts = NAMES.split(english)
    turned = (
        part if NAMES.fullmatch(part) else "".join(ARABIC_LETTERS.get(c.lower(), c) for c in part) for part in parts
    )
    return "".join(turned)


def translate(
    root: Path, language: Language, source: Mapping[str, Message], words: Callable[[str], str] = swapped,
    without: Collection[str] = (), **other: str,
) -> Path:  # fmt: skip
    """Catalogues of a language in a folder, whole but for some keys; `other` gives keys words of their own."""
    given = {key: words(message.english) for key, message in source.items() if key not in without}
    for path, text in update(root, language, source, given | other).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder_of(root, language.tag)


def renewed(root: Path, language: Language, source: Mapping[str, Message], domain: str = "safety") -> str:
    """The text of one catalogue after an update that gives nothing."""
    path = folder_of(root, language.tag) / f"{domain}.po"
    return update(root, language, source).get(path) or path.read_text(encoding="utf-8")


def review(root: Path, tag: str, source: Mapping[str, Message], words: Mapping[str, str], state: State) -> None:
    """Mark messages as checked or approved, as they stand."""
    with (root / tag / "review.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["key", "hash", "state", "reviewer", "date"])
        for key, text in words.items():
            rows.writerow([key, fingerprint(key, source[key].english, text), state, "speaker", "2026-11-22"])


def offers(content: Content, root: Path, tag: str) -> Offers:
    """What may be shown, with one language read from a folder of a test."""
    return Offers(content.languages, Catalogues(root, content.catalogues.source, [tag]), content.library)
