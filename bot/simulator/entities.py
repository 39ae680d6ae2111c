"""Formatted text as Telegram reads it: HTML tags become entities, links and commands are found by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.refusal import Mistake
from bot.simulator.schema import units

Entity = dict[str, Any]

_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "span": "spoiler", "tg-spoiler": "spoiler", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_KINDS = frozenset(_TAGS.values()) | {
    "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "text_mention",
    "expandable_blockquote", "date_time",
}  # fmt: skip
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_PIECE = re.compile(r"<(?P<close>/?)(?P<tag>[A-Za-z][\w-]*)(?P<rest>[^<>]*)>|&(?P<ref>#x[0-9A-Fa-f]+|#\d+|[a-z]+);|<")
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_FOUND = (
    ("url", re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}'»]|(?<![\w@./])(?:[a-z0-9-]+\.)+(?:org|com|net|gov|int|info|me|us|eu|uk|de|io)\b(?:/[^\s<>\"]*[^\s<>\".,;:!?)\]}'»])?", re.I)),  # noqa: E501
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("bot_command", re.compile(r"(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z][A-Za-z0-9_]{3,31}\b")),
)  # fmt: skip


class Unparsable(Exception):
    """Markup that Telegram would refuse; the text is Telegram's own wording."""


@dataclass(slots=True)
class _Reader:
    """One pass over HTML text: what was read so far and which tags are still open."""

    source: str
    text: list[str] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    open: list[tuple[str, int, Entity]] = field(default_factory=list)
    size: int = 0

    def add(self, piece: str) -> None:
        self.text.append(piece)
        self.size += units(piece)

    def offset(self, at: int) -> int:
        return len(self.source[:at].encode("utf-8", "surrogatepass"))

    def begin(self, tag: str, rest: str, at: int) -> None:
        kind = _TAGS.get(tag)
        attributes = {name.lower(): value.strip("\"'") for name, value in _ATTRIBUTE.findall(rest)}
        if kind is None:
            raise Unparsable(f'Unsupported start tag "{tag}" at byte offset {self.offset(at)}')
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise Unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {self.offset(at)}')
        entity: Entity = {"type": kind, "offset": self.size}
        if kind == "text_link":
            entity["url"] = unescape(attributes.get("href", ""))
        if kind == "custom_emoji":
            entity["custom_emoji_id"] = attributes.get("emoji-id", "")
        if kind == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        self.open.append((tag, at, entity))

    def end(self, tag: str, at: int) -> None:
        if not self.open:
            raise Unparsable(f"Unexpected end tag at byte offset {self.offset(at)}")
        opened, _, entity = self.open.pop()
        if opened != tag:
            where = self.offset(at)
            raise Unparsable(f'Unmatched end tag at byte offset {where}, expected "</{opened}>", found "</{tag}>"')
        length = self.size - entity["offset"]
        if length and entity.get("url") != "":
            self.entities.append({**entity, "length": length})


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Cut the tags out of HTML text and return what remains, with its entities in order.

    Raises Unparsable with Telegram's wording where Telegram would refuse the text.
    """
    reader = _Reader(source)
    at = 0
    for piece in _PIECE.finditer(source):
        reader.add(source[at : piece.start()])
        at = piece.end()
        if piece["ref"]:
            reader.add(unescape(piece[0]))
        elif not piece["tag"]:
            raise Unparsable(f"Unclosed start tag at byte offset {reader.offset(piece.start())}")
        elif piece["close"]:
            reader.end(piece["tag"].lower(), piece.start())
        else:
            reader.begin(piece["tag"].lower(), piece["rest"], piece.start())
    reader.add(source[at:])
    if reader.open:
        raise Unparsable(f'Can\'t find end tag corresponding to start tag "{reader.open[-1][0]}"')
    return "".join(reader.text), sorted(reader.entities, key=lambda one: (one["offset"], -one["length"]))


def unescape(text: str) -> str:
    """Replace the four named references Telegram knows and all numeric ones; leave others as they stand."""

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("#"):
            number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
            return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]
        return _NAMED.get(name, match[0])

    return re.sub(r"&(#x[0-9A-Fa-f]+|#\d+|[a-z]+);", replace, text)


def check_entities(where: str, text: str, entities: Iterable[Entity]) -> list[Mistake]:
    """What is wrong with entities a bot sent along with a text."""
    found = []
    size = units(text)
    for at, entity in enumerate(entities):
        offset, length, here = entity["offset"], entity["length"], f"{where}[{at}]"
        if entity["type"] not in _KINDS:
            says = "can't parse MessageEntity: Unsupported type specified"
            found.append(Mistake(here, f"{entity['type']!r} is no kind of entity.", says))
        elif offset < 0:
            says = f"receive an entity with incorrect offset {offset}"
            found.append(Mistake(here, "starts before the text.", says))
        elif offset >= size:
            says = f"entity begins after the end of the text at UTF-16 offset {offset}"
            found.append(Mistake(here, f"starts at {offset}, the text has {size} units.", says))
        elif length <= 0:
            found.append(Mistake(here, "is empty.", f"receive an entity with incorrect length {length}"))
        elif offset + length > size:
            end = offset + length
            says = f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {end}"
            found.append(Mistake(here, f"ends at {end}, the text has {size} units.", says))
    return found


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Drop white space around a text, as Telegram does, and move its entities along."""
    bare = text.strip()
    lead = units(text[: len(text) - len(text.lstrip())])
    size = units(bare)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(size, entity["offset"] - lead + entity["length"])
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return bare, kept


def with_found(text: str, entities: list[Entity]) -> list[Entity]:
    """Add the entities Telegram finds by itself: links, mail addresses, commands and mentions."""
    result = list(entities)
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            offset = units(text[: match.start()])
            length = units(match[0])
            if not any(one["offset"] < offset + length and offset < one["offset"] + one["length"] for one in result):
                result.append({"type": kind, "offset": offset, "length": length})
    return sorted(result, key=lambda one: (one["offset"], -one["length"]))
