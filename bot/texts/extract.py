"""Extraction: flow files and code to Babel's message tuples, and from there to a template.

`babel.cfg` (root of locales/) names `flow_messages` as an extractor, so plain `pybabel extract` works as well.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any

from babel.messages.extract import extract

from bot.flow.model import Library
from bot.flow.read import SHARED, parse, read_flow
from bot.flow.step import Common, read_common
from bot.texts.po import Entry
from bot.texts.source import SAFETY, messages
from bot.texts.words import PLACEHOLDER, PLACEHOLDERS, Message

KEYWORDS = {"word": ((1, "c"), 2), "button": ((1, "c"), 2)}
Extracted = tuple[int, str, tuple[str, str], list[str]]
CLASSES = {
    "S": "S safety: shown only with the English line until a second person has approved it",
    "Q": "Q question of a screening: keep its exact force; do not soften, sharpen or merge",
    "I": "I information",
    "N": "N navigation",
}


def flow_messages(
    fileobj: BufferedReader, keywords: Any, comment_tags: Any, options: Mapping[str, Any]
) -> Iterator[Extracted]:
    """Yield (line, "pgettext", (context, text), notes) for every spoken field of a flow file or of common.toml.

    The context is the address of the text, so the line is always 1: catalogues then differ by words alone.
    """
    path = Path(fileobj.name)
    if path.name in SHARED and path.name != "common.toml":
        return
    common, _ = read_common(parse(path.with_name("common.toml"))[0])
    if path.name == "common.toml":
        library = _library(common)
    else:
        flow, found = read_flow(tomllib.loads(fileobj.read().decode("utf-8")), path.name, common)
        if flow is None:
            raise ValueError(str(found[0]))
        library = Library({flow.id: flow}, {}, {}, {}, {}, {}, {})
    for message in messages(library).values():
        if message.domain != SAFETY or path.name == "common.toml":
            yield 1, "pgettext", (message.key, message.english), list(notes_of(message))


def _library(common: Common) -> Library:
    return Library({}, common.cards, common.routes, common.outcomes, {}, common.menu, common.constructs)


def notes_of(message: Message) -> tuple[str, ...]:
    """Comments a translator sees above a message."""
    notes = [f"Class {CLASSES[message.weight]}."]
    if message.limit:
        notes.append(f"At most {message.limit} characters.")
    for name in dict.fromkeys(PLACEHOLDER.findall(message.english + message.plural)):
        meaning, sample = PLACEHOLDERS.get(name, ("", ""))
        notes.append(f"{{{name}}}: {meaning}, for example {sample.rstrip('.')}." if meaning else f"{{{name}}} stays.")
    notes += [message.reader] if message.reader else []
    notes += [message.note] if message.note else []
    return (*notes, f"Next: {message.leads}.") if message.leads else tuple(notes)


def code_messages(path: Path) -> dict[str, str]:
    """Key -> English of every `word` and `button` call in a Python file, as Babel's own extractor reads it."""
    with path.open("rb") as file:
        return {context: str(text) for _, text, _, context in extract("python", file, KEYWORDS) if context}


def template(source: Mapping[str, Message], domain: str, forms: int = 2) -> list[Entry]:
    """The messages of one domain in the order of their source, without dates or line numbers; forms: of plurals."""
    return [
        Entry(message.key, message.english, message.plural, ("",) * (forms if message.plural else 1), notes_of(message))
        for message in source.values()
        if message.domain == domain
    ]
