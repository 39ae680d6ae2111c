"""Recorded words: locales/<tag>/audio/<key>.ogg, spoken by people. Which words a recording speaks stands beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from bot.errors import Finding
from bot.texts.catalogue import Catalogue, fingerprint, read_rows
from bot.texts.languages import ENGLISH
from bot.texts.words import Message

RECORDED = "recorded.csv"
COLUMNS = ("key", "hash", "by", "on")  # hash: of the words spoken. by: a role
MAX_BYTES = 1_000_000  # what Telegram shows as a voice message and not as a file
SAMPLES_PER_SECOND = 48_000  # of Opus, whatever was recorded
LONGEST_SECONDS, SHORTEST_SECONDS = 60.0, 0.5
MAX_CAPTION_UNITS = 1024  # a screen that is played is the caption of its voice message


class Recordings:
    """The recordings of all languages. Paths come from listing folders of our table's tags, never from a person."""

    def __init__(self, root: Path, tags: Collection[str], source: Mapping[str, Message]) -> None:
        self.source = source
        self._files = {tag: {path.stem: path for path in _files(root, tag) if path.stem in source} for tag in tags}
        self._hashes = {tag: _hashes(root, tag) for tag in tags if self._files[tag]}

    def get(self, catalogue: Catalogue, key: str) -> Path | None:
        """The recording of a message; None where there is none, or it speaks other words than these."""
        path = self._files.get(catalogue.tag, {}).get(key)
        if path is None:
            return None
        words = catalogue.words.get(key, self.source[key].english if catalogue.tag == ENGLISH else "")
        if not words:
            return None
        spoken = self._hashes[catalogue.tag].get(key)
        return path if spoken in (None, fingerprint(key, self.source[key].english, words)) else None

    def keys(self, catalogue: Catalogue) -> list[str]:
        """The messages of a language that can be heard."""
        return [key for key in self._files.get(catalogue.tag, {}) if self.get(catalogue, key) is not None]


def words_of(catalogue: Catalogue, source: Mapping[str, Message]) -> Mapping[str, str]:
    """What a language says, by key; English says its source."""
    return catalogue.whole if catalogue.tag != ENGLISH else {key: one.english for key, one in source.items()}


def _files(root: Path, tag: str) -> list[Path]:
    return sorted((root / tag / "audio").glob("*.ogg"))


def read_recorded(root: Path, tag: str) -> list[dict[str, str]]:
    """What is known of the recordings of a language."""
    return [row for row in read_rows(root / tag / "audio" / RECORDED) if row.get("key")]


def _hashes(root: Path, tag: str) -> dict[str, str]:
    return {row["key"]: row.get("hash", "") for row in read_recorded(root, tag)}


def check_audio(root: Path, catalogue: Catalogue, source: Mapping[str, Message]) -> Iterator[Finding]:
    """All findings of a language's recordings."""
    spoken, words = _hashes(root, catalogue.tag), words_of(catalogue, source)
    for path in _files(root, catalogue.tag):
        key, address = path.stem, f"locales/{catalogue.tag}/audio/{path.name}"
        if key not in source:
            yield Finding(address, f'"{key}" is no message.', "Name it after the msgctxt it speaks.")
            continue
        if fault := fault_of(path):
            yield Finding(address, fault, "Export it as Ogg with Opus, mono, under a minute.")
        elif key not in words:
            yield Finding(address, "speaks a message that has no translation.", "Translate it as it is spoken.")
        elif key not in spoken:
            remedy = f"Listen to it, then: waymark locale recorded {catalogue.tag} {key}"
            yield Finding(address, "does not say which words it speaks.", remedy, "warning")
        elif spoken[key] != fingerprint(key, source[key].english, words[key]):
            yield Finding(address, "speaks words that have changed: it is not played.", "Record it again.", "warning")


def fault_of(path: Path) -> str:
    """Why a file is no voice message ("" where it is one)."""
    data = path.read_bytes()[: MAX_BYTES + 1]
    if len(data) > MAX_BYTES:
        return f"is larger than {MAX_BYTES} bytes."
    if not data.startswith(b"OggS"):
        return "is no Ogg file."
    first = 27 + data[26] if len(data) > 26 else 0  # after the page's head and its table of segments
    if data[first : first + 8] != b"OpusHead":
        return "holds no Opus sound."
    if data[first + 9 : first + 10] != b"\x01":
        return "has more than one channel."
    last = data.rfind(b"OggS")
    seconds = int.from_bytes(data[last + 6 : last + 14], "little") / SAMPLES_PER_SECOND
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        return f"lasts {seconds:.1f} seconds."
    return ""
