"""A sound for tests: a second of silence as Telegram takes a voice message, without anybody's voice."""

from __future__ import annotations

from pathlib import Path

from bot.house import Content
from bot.texts.catalogue import Catalogues


def page(content: bytes, sample: int, kind: int = 0) -> bytes:
    """One page of an Ogg file."""
    head = b"OggS\0" + bytes([kind]) + sample.to_bytes(8, "little") + b"WAYM" + bytes(8) + b"\1"
    return head + bytes([len(content)]) + content


def ogg(seconds: float = 1.0, channels: int = 1) -> bytes:
    """An Ogg file with an Opus head, whose last page ends after so many seconds."""
    head = b"OpusHead\1" + bytes([channels]) + bytes(2) + (48_000).to_bytes(4, "little") + bytes(3)
    return page(head, 0, 2) + page(b"OpusTags" + bytes(8), 0) + page(b"\xf8\xff\xfe", int(seconds * 48_000), 4)


def record(root: Path, tag: str, key: str, data: bytes = b"") -> Path:
    """Put a recording of a message beside the words of a language."""
    path = root / tag / "audio" / f"{key}.ogg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data or ogg())
    return path


def catalogues(content: Content, root: Path, *tags: str) -> Catalogues:
    """The catalogues of a folder of a test."""
    return Catalogues(root, content.catalogues.source, tags, content.languages.by_tag)
