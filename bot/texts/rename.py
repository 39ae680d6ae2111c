"""Keys that changed their name: locales/renames.toml, old = new, so that no translation is lost with a new id."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.errors import ContentError, Finding

FILE = "renames.toml"
Renames = Mapping[str, str]


def read_renames(root: Path, keys: Iterable[str]) -> dict[str, str]:
    """Old key -> new key, for every key of today. A name that ends in a full stop stands for all keys below it.

    root: of the locales. keys: of all messages of today. Raises ContentError with every finding.
    """
    path = root / FILE
    if not path.exists():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ContentError([Finding(FILE, f"cannot be read: {error}.", "Mend it.")]) from None
    known = set(keys)
    renames: dict[str, str] = {}
    found: list[Finding] = []
    for old, new in table.items():
        if not isinstance(new, str) or old.endswith(".") != new.endswith("."):
            found.append(Finding(f"renames: {old}", "names no new key.", 'Write "old" = "new", or "old." = "new.".'))
            continue
        taken = {key for key in known if key == new or (new.endswith(".") and key.startswith(new))}
        if not taken:
            found.append(Finding(f"renames: {old}", f'"{new}" is no message.', "Name a key of today, or take it out."))
        if any(key == old or (old.endswith(".") and key.startswith(old)) for key in known):
            found.append(Finding(f"renames: {old}", "is a message of today.", "Take it out: a key is never reused."))
        renames |= {old + key[len(new) :] if new.endswith(".") else old: key for key in taken}
    if found:
        raise ContentError(found)
    return renames
