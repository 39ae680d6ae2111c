"""One document with every screen of a language, numbered, for a reader who has no program but a browser, or paper.

Each button says the number of the screen it leads to, so that any path can be read with a finger.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from bot.flow.model import Flow
from bot.preview.gallery import Gallery, Sight
from bot.preview.pages import read_file
from bot.preview.paint import paint
from bot.texts.languages import Language

INTRODUCTION = (
    "Read each screen as somebody would who is frightened, and perhaps watched. On the left is your language, on the "
    "right the English. A number on a button names the screen it leads to. Write down the number of a screen and what "
    "you would say instead. Nothing here has to be answered, and nobody learns what you read."
)


def told(gallery: Gallery, language: Language) -> tuple[list[Flow], list[Flow]]:
    """The flows of which a language has words, and those it has none of."""
    flows = gallery.flows()
    begun = [flow for flow in flows if gallery.coverage(flow, language)[0]]
    return begun, [flow for flow in flows if flow not in begun]


def chapters(gallery: Gallery, language: Language) -> Iterator[tuple[Flow, str]]:
    """Each flow with its part of the document."""
    flows, _ = told(gallery, language)
    numbers: dict[tuple[str, str], int] = {}
    for flow in flows:
        for sight in gallery.sights(flow.id):
            numbers.setdefault((sight.flow, sight.name), len(numbers) + 1)
    for flow in flows:
        screens = "".join(_screen(gallery, sight, language, numbers) for sight in gallery.sights(flow.id))
        yield flow, f"<section><h1>{escape(flow.title)}</h1>{screens}</section>"


def document(gallery: Gallery, language: Language, parts: list[str]) -> str:
    """The whole document around its chapters."""
    _, left = told(gallery, language)
    rest = f"<p>Not in this language yet: {escape(', '.join(flow.title for flow in left))}.</p>" if left else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Waymark in {escape(language.english)}</title><style>{read_file('page.css')}</style></head><body>"
        f"<h1>Waymark in {escape(language.english)} (<bdi>{escape(language.native)}</bdi>)</h1>"
        f"<p>{INTRODUCTION}</p>{rest}{''.join(parts)}</body></html>\n"
    )


def _screen(gallery: Gallery, sight: Sight, language: Language, numbers: dict[tuple[str, str], int]) -> str:
    number = numbers[sight.flow, sight.name]

    def link(flow: str, name: str) -> str:
        return f"#{numbers[flow, name]}" if (flow, name) in numbers else ""

    shown = paint(gallery.look(sight, language, link)) + paint(gallery.look(sight, gallery.english, link))
    anchor = "" if sight.is_client else f' id="{number}"'
    view = ", client's view" if sight.is_client else ""
    return f'<article{anchor}><h2>{number}{view}</h2><div class="pair">{shown}</div></article>'
