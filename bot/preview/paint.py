"""A reply as HTML: the bubble and the buttons under it, in the direction of its language."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from bot.preview.gallery import MISSING, Words
from bot.texts.page import Entity
from bot.texts.speak import Reply

TAGS = {"bold": "b", "italic": "i"}
CLASSES = {"S": "safety", "Q": "question", "I": "information", "N": "navigation"}


def paint(reply: Reply) -> str:
    """One message and its keyboard; a button that leads to a screen is a link."""
    side = "rtl" if reply.rtl else "ltr"
    rows = "".join(f'<div class="row">{"".join(map(_key, row))}</div>' for row in _buttons(reply))
    words = text(reply.text, reply.entities)
    return f'<div class="sent" lang="{tag(reply.language)}"><div class="bubble" dir="{side}">{words}</div>{rows}</div>'


def tag(language: str) -> str:
    """A tag of our table as HTML wants it."""
    return language.replace("_", "-")


def text(words: str, entities: tuple[Entity, ...]) -> str:
    """A text with its styled spans, which count in UTF-16 units."""
    spans = {entity.offset: entity for entity in entities}
    out: list[str] = []
    closing: dict[int, str] = {}
    place = 0
    for sign in words:
        if place in closing:
            out.append(f"</{closing.pop(place)}>")
        if place in spans:
            entity = spans[place]
            out.append(f"<{TAGS[entity.type]}>")
            closing[place + entity.length] = TAGS[entity.type]
        out.append(escape(sign))
        place += 2 if ord(sign) > 0xFFFF else 1
    out += [f"</{name}>" for name in closing.values()]
    return "".join(out)


def _buttons(reply: Reply) -> Iterator[list[tuple[str, str]]]:
    for row in reply.rows:
        yield [(button.label, button.data) for button in row]


def _key(button: tuple[str, str]) -> str:
    label, data = button
    number = f' <small class="number">{data[1:]}</small>' if data.startswith("#") else ""
    if data.startswith(("/", "#")):
        return f'<a class="key" href="{escape(data)}"><bdi>{escape(label)}</bdi>{number}</a>'
    return f'<span class="key"><bdi>{escape(label)}</bdi></span>'


def notes(words: list[Words], is_rtl: bool) -> str:
    """What is known of each message of a screen: address, class, state, length; what is missing first."""
    rows = "".join(_note(one, is_rtl) for one in sorted(words, key=lambda one: one.state != MISSING))
    return f'<table class="notes"><tbody>{rows}</tbody></table>'


def _note(one: Words, is_rtl: bool) -> str:
    long = one.limit and len(one.words) > one.limit
    length = f"{len(one.words)} of {one.limit}{' too long' if long else ''}" if one.limit else str(len(one.words))
    side = "rtl" if is_rtl and one.state != MISSING else "ltr"
    words = "" if one.state == MISSING else escape(one.words)
    state = f'<span class="state {one.state}">{one.state}</span>' if one.state else ""
    return (
        f"<tr><td><code>{escape(one.key)}</code><br>{CLASSES[one.weight]} {state}<br><small>{length}</small></td>"
        f'<td>{escape(one.english)}</td><td dir="{side}">{words}</td></tr>'
    )
