"""Bring catalogues in step with the English: never fuzzy-matched, never a translation lost, headers from our table."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import write_po

from bot.texts.catalogue import folder_of, read_domain
from bot.texts.extract import template
from bot.texts.languages import Language
from bot.texts.words import Message

HEADER = """\
Language: {tag}
Plural-Forms: {plural}
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit
"""


def domains(source: Mapping[str, Message]) -> list[str]:
    """All domains, in the order of their first message."""
    return list(dict.fromkeys(message.domain for message in source.values()))


def renew(path: Path, language: Language, source: Mapping[str, Message], given: Mapping[str, str]) -> str:
    """The text of one PO file after an update.

    given: key -> translation to fill in where the file has none. A translation whose English has changed becomes
    obsolete and stays at the end of the file, from where a translator can take it up again.
    """
    old, found = read_domain(path) if path.exists() else (None, [])
    if found:
        raise ValueError(str(found[0]))
    fresh = template(source, path.stem)
    _carry_over(fresh, old)
    for message in fresh:
        if (key := message.context or "") in given and not message.string:
            message.string = given[key]
    return _text(fresh, language)


def _carry_over(fresh: Catalog, old: Catalog | None) -> None:
    if old is None:
        return
    for message in [*old, *old.obsolete.values()]:
        if not message.id or not message.string:
            continue
        known = fresh.get(message.id, message.context)
        if known is not None:
            known.string, known.flags = message.string, known.flags | (message.flags & {"fuzzy"})
            known.user_comments = message.user_comments
        else:
            fresh.obsolete[(message.id, message.context)] = message


def _text(catalog: Catalog, language: Language) -> str:
    """PO text with our header and nothing that changes from day to day."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, omit_header=True, no_location=True, ignore_obsolete=False)
    head = HEADER.format(tag=language.tag, plural=language.plural)
    lines = "".join(f'"{line}\\n"\n' for line in head.splitlines())
    return f'msgid ""\nmsgstr ""\n{lines}\n{buffer.getvalue().decode("utf-8").strip()}\n'


def update(
    root: Path, language: Language, source: Mapping[str, Message], given: Mapping[str, str] | None = None
) -> dict[Path, str]:
    """Path -> new text of every catalogue file of a language that differs from what is there."""
    changed = {}
    for domain in domains(source):
        path = folder_of(root, language.tag) / f"{domain}.po"
        text = renew(path, language, source, given or {})
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            changed[path] = text
    return changed
