"""The preview pages of `waymark try`: an index, the grid of a flow, one screen. Addresses are part of the product:

`/preview/`, `/preview/<flow>?locale=TAG`, `/preview/<flow>/<screen>?locale=TAG`, and `locale=all` for a screen in every
language at once. A page asks now and then whether a file
was saved, and then shows itself anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from importlib import resources
from urllib.parse import quote, urlencode

from bot.flow.shape import near
from bot.preview.gallery import MISSING, Gallery, Sight
from bot.preview.paint import notes, paint, tag
from bot.texts.languages import ENGLISH, Language

Page = tuple[int, str, str]  # status, media type, body
ROOT = "/preview"
HTML, CSS, SCRIPT, PLAIN = "text/html", "text/css", "text/javascript", "text/plain"
ALL = "all"
FILES = {"page.css": CSS, "reload.js": SCRIPT}


def read_file(name: str) -> str:
    """A file that belongs to the pages."""
    return resources.files("bot.preview").joinpath(name).read_text(encoding="utf-8")


class Pages:
    """Answers addresses under /preview. gallery: the screens of the content as it is on disk now. version: changes when
    a file of it is saved. troubles: what is wrong with the words of a language right now, a sentence each."""

    def __init__(
        self,
        gallery: Callable[[], Gallery],
        version: Callable[[], str],
        troubles: Callable[[Language], list[str]] = lambda language: [],
    ) -> None:
        self._gallery, self._version, self._troubles = gallery, version, troubles

    def answer(self, path: str, query: Mapping[str, str]) -> Page:
        """The page at a path below /preview."""
        parts = [part for part in path.split("/") if part]
        if parts[:1] == ["-"]:
            return self._file(parts[1:])
        gallery = self._gallery()
        known = gallery.languages.by_tag
        asked = query.get("locale", ENGLISH)
        language = known.get(ENGLISH if asked == ALL and len(parts) == 2 else asked)
        if language is None:
            return _wrong(f'"{asked}" is no language.', near(asked, known))
        if not parts:
            return self._page("Screens", language, _index(gallery, language))
        if parts[0] not in gallery.engine.charts:
            return _wrong(f'"{parts[0]}" is no flow that can be walked.', near(parts[0], gallery.engine.charts))
        sights = gallery.sights(parts[0])
        if len(parts) == 1:
            return self._page(parts[0], language, _grid(gallery, parts[0], sights, language))
        chosen = [sight for sight in sights if sight.name == parts[1]]
        if len(parts) > 2 or not chosen:
            return _wrong(
                f'"{"/".join(parts[1:])}" is no screen of {parts[0]}.', near(parts[1], [one.name for one in sights])
            )
        body = _sheet(gallery, chosen[0]) if asked == ALL else _single(gallery, chosen, language)
        return self._page(f"{parts[0]}.{parts[1]}", language, body)

    def _file(self, parts: list[str]) -> Page:
        if parts == ["version"]:
            return 200, PLAIN, self._version()
        if len(parts) == 1 and parts[0] in FILES:
            return 200, FILES[parts[0]], read_file(parts[0])
        return _wrong("There is no such file.", "")

    def _page(self, title: str, language: Language, body: str) -> Page:
        wrong = "".join(f"<li>{escape(one)}</li>" for one in self._troubles(language))
        trouble = f'<ul class="trouble">{wrong}</ul>' if wrong else ""
        return 200, HTML, _frame(title, trouble + body, self._version())


def address(flow: str = "", screen: str = "", locale: str = ENGLISH) -> str:
    """Where a page is."""
    path = "/".join([ROOT, *(quote(part) for part in (flow, screen) if part)])
    return f"{path if flow else ROOT + '/'}?{urlencode({'locale': locale})}"


def _frame(title: str, body: str, version: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}, Waymark</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{ROOT}/-/page.css">'
        f'<script type="module" src="{ROOT}/-/reload.js"></script></head>'
        f'<body data-version="{escape(version)}">{body}</body></html>\n'
    )


def _wrong(what: str, remedy: str) -> Page:
    return 404, PLAIN, f"preview: {what} {remedy}".rstrip() + "\n"


def _picker(gallery: Gallery, language: Language, flow: str = "", screen: str = "") -> str:
    """The same page in every language."""
    links = (
        f'<a href="{address(flow, screen, one.tag)}" lang="{tag(one.tag)}"'
        f"{' aria-current=page' if one is language else ''}><bdi>{escape(one.native)}</bdi></a>"
        for one in sorted(gallery.languages.by_tag.values(), key=lambda one: one.number)
    )
    return f'<nav class="languages" aria-label="Languages">{" ".join(links)}</nav>'


def _index(gallery: Gallery, language: Language) -> str:
    rows = []
    for flow in gallery.flows():
        have, of = gallery.coverage(flow, language)
        state = "" if language.tag == ENGLISH else f"{have} of {of} messages"
        mark = ' class="missing"' if have < of else ""
        rows.append(
            f'<tr{mark}><td><a href="{address(flow.id, locale=language.tag)}">{escape(flow.title)}</a></td>'
            f"<td><code>{flow.id}</code></td><td>{state}</td></tr>"
        )
    return (
        f"<h1>Screens in {escape(language.english)}</h1>{_picker(gallery, language)}"
        f'<table class="list"><tbody>{"".join(rows)}</tbody></table>'
    )


def _grid(gallery: Gallery, flow: str, sights: list[Sight], language: Language) -> str:
    cells = "".join(_pair(gallery, sight, language) for sight in sights)
    title = escape(gallery.content.library.flows[flow].title)
    up = f'<p><a href="{address(locale=language.tag)}">All talks</a></p>'
    return f"{up}<h1>{title}</h1>{_picker(gallery, language, flow)}<p>{len(sights)} screens</p>{cells}"


def _single(gallery: Gallery, sights: list[Sight], language: Language) -> str:
    first = sights[0]
    up = f'<p><a href="{address(first.flow, locale=language.tag)}">{escape(first.flow)}</a></p>'
    cells = "".join(
        _pair(gallery, sight, language) + notes(gallery.words(sight, language), language.rtl) for sight in sights
    )
    every = f'<p><a href="{address(first.flow, first.name, ALL)}">In every language</a></p>'
    return f"{up}<h1>{escape(first.name)}</h1>{_picker(gallery, language, first.flow, first.name)}{every}{cells}"


def _sheet(gallery: Gallery, sight: Sight) -> str:
    """One screen in every language of the table, as a person would see it; missing words are counted."""
    cells = []
    for language in sorted(gallery.languages.by_tag.values(), key=lambda one: one.number):
        words = gallery.words(sight, language)
        missing = sum(one.state == MISSING for one in words)
        mark = f'<small class="state missing">{missing} missing</small>' if missing else ""
        shown = paint(gallery.look(sight, language, partial(address, locale=language.tag)))
        name = f'<a href="{address(sight.flow, sight.name, language.tag)}"><bdi>{escape(language.native)}</bdi></a>'
        cells.append(f"<article><h2>{name} <small>{escape(language.english)}</small> {mark}</h2>{shown}</article>")
    up = f'<p><a href="{address(sight.flow)}">{escape(sight.flow)}</a></p>'
    return f'{up}<h1>{escape(sight.name)}</h1><div class="sheet">{"".join(cells)}</div>'


def _pair(gallery: Gallery, sight: Sight, language: Language) -> str:
    """A screen in a language, next to the English one, with a mark for what is missing or unchecked."""
    words = gallery.words(sight, language)
    missing = sum(one.state == MISSING for one in words)
    drafts = sum(one.state == "draft" for one in words)
    marks = [f"{missing} missing: shown in English"] if missing else []
    marks += [f"{drafts} unchecked"] if drafts else []
    state = MISSING if missing else "draft" if drafts else "done"
    here = gallery.look(sight, language, partial(address, locale=language.tag))
    name = f"{sight.name}, client's view" if sight.is_client else sight.name
    link = f'<a href="{address(sight.flow, sight.name, language.tag)}">{escape(name)}</a>'
    shown = [paint(here)]
    if language.tag != ENGLISH:
        shown.append(paint(gallery.look(sight, gallery.english, address)))
    head = f'<h2 id="{escape(sight.name)}">{link} <small class="state {state}">{", ".join(marks)}</small></h2>'
    return f'<article class="{state}">{head}<div class="pair">{"".join(shown)}</div></article>'
