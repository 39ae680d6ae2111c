"""The content as it is on disk now: read again when a file of it was saved, and not before."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from threading import Lock

from bot.config import Config
from bot.errors import ContentError
from bot.house import read_content
from bot.preview.gallery import Gallery
from bot.texts.checks import check_language
from bot.texts.languages import ENGLISH, Language
from bot.texts.source import ours

KINDS = (".toml", ".po", ".csv")


class Watch:
    """One gallery, as new as the files. today: contacts are judged by it."""

    def __init__(self, config: Config, today: date) -> None:
        self.config, self._today = config, today
        self._lock = Lock()
        self._held: tuple[str, Gallery] | None = None
        self._broken = ""

    def version(self) -> str:
        """A short code that changes whenever a content file is saved, added or removed."""
        digest = hashlib.sha256()
        for path in self._files():
            seen = path.stat()
            digest.update(f"{path} {seen.st_mtime_ns} {seen.st_size}\n".encode())
        return digest.hexdigest()[:16]

    def gallery(self) -> Gallery:
        """The screens of today's files; while the tables of languages or flows cannot be read, those of before.

        Raises ContentError where they could never be read.
        """
        with self._lock:
            version = self.version()
            if self._held is None or self._held[0] != version:
                try:
                    self._held, self._broken = (version, self._read()), ""
                except ContentError as error:
                    if self._held is None:
                        raise
                    self._broken = str(error)
            return self._held[1]

    def troubles(self, language: Language) -> list[str]:
        """What is wrong with the files right now, and with the words of a language."""
        content = self.gallery().content
        found = [self._broken] if self._broken else [str(one) for one in content.found if one.level == "error"]
        if language.tag == ENGLISH or not (self.config.root / "locales" / language.tag).is_dir():
            return found
        wrong = check_language(self.config.root / "locales", language, ours(content.library))
        return found + [str(one) for one in wrong if one.level == "error"]

    def _read(self) -> Gallery:
        content = read_content(self.config)
        country, region = content.directory.numbers(self.config.country or None, self.config.region or None)
        return Gallery(content, self._today, country, region)

    def _files(self) -> list[Path]:
        folders = [self.config.root / "flows", self.config.root / "locales", *self.config.flows, *self.config.contacts]
        return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in KINDS)
