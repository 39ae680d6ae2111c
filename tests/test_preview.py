"""What a translator and a reader see: every screen, what is missing or unchecked, and every save at once."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.config import Config
from bot.house import read_content
from bot.preview.gallery import MISSING, Gallery
from bot.preview.pages import Pages, address
from bot.preview.paint import text
from bot.preview.readthrough import chapters, document, told
from bot.preview.watch import Watch
from bot.simulator.app import build_app, running
from bot.simulator.botapi import BotApi
from bot.texts.page import Entity

TODAY = date(2026, 11, 22)
ROOT = Config().root
SMALL = ("core", "learn", "guided_close")  # flows that are explored at once


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    """The screens as they ship, in the United States."""
    content = read_content(Config())
    return Gallery(content, TODAY, *content.directory.numbers("US", None))


@pytest.fixture
def pages(gallery: Gallery) -> Pages:
    return Pages(lambda: gallery, lambda: "v1")


@pytest.fixture
def copy(tmp_path: Path) -> Config:
    """The content in a folder of its own, to be written in: English, Spanish and Arabic."""
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    shutil.copytree(ROOT / "locales", tmp_path / "locales", ignore=shutil.ignore_patterns(*_others()))
    return Config(root=tmp_path, country="US")


def _others() -> list[str]:
    return [
        path.parent.name for path in (ROOT / "locales").glob("*/LC_MESSAGES") if path.parent.name not in ("es", "ar")
    ]


@pytest.mark.parametrize("flow", SMALL)
def test_every_step_and_every_end_of_a_flow_is_there(gallery: Gallery, flow: str) -> None:
    """A grid begins with the steps in the order of their file; the stop card, outcomes and lists follow."""
    names = [sight.name for sight in gallery.sights(flow) if not sight.is_client]
    steps = list(gallery.content.library.flows[flow].steps)

    assert names[: len(steps)] == steps
    assert len(names) == len(set(names)) > len(steps)


@pytest.mark.parametrize("locale", ["en", "es", "ar"])
@pytest.mark.parametrize("flow", SMALL)
def test_every_screen_opens_by_its_address(pages: Pages, gallery: Gallery, flow: str, locale: str) -> None:
    """The address of each screen of a grid answers with that screen, and each link on it leads to a page."""
    for sight in gallery.sights(flow):
        status, kind, body = pages.answer(f"/{flow}/{sight.name}", {"locale": locale})
        assert (status, kind) == (200, "text/html")
        assert f"<h1>{sight.name}</h1>" in body
    _, _, grid = pages.answer(f"/{flow}", {"locale": locale})
    for path in set(re.findall(rf'class="key" href="/preview/({flow}/[^"?]+)\?', grid)):
        assert pages.answer(f"/{path}", {"locale": locale})[0] == 200


def test_a_screen_stands_next_to_its_english(pages: Pages) -> None:
    """The words of the language and those of the English are both on the page, with class, state and length."""
    _, _, body = pages.answer("/core/co_safe", {"locale": "es"})

    for words in ('lang="es"', 'lang="en"', "Is this phone safe", "co_safe.text", "draft", " of 24"):
        assert words in body


@pytest.mark.parametrize(
    ("path", "query", "says"),
    [
        ("/nowhere", {}, "is no flow"),
        ("/core/co_hell", {}, 'Did you mean "co_hello"?'),
        ("/core/co_hello/x", {}, "is no screen"),
        ("/core", {"locale": "../es"}, "is no language"),
        ("/-/secret", {}, "no such file"),
        ("/-/../page.css", {}, "no such file"),
    ],
)
def test_a_wrong_address_says_what_is_wrong(pages: Pages, path: str, query: dict[str, str], says: str) -> None:
    """With the value and what was perhaps meant, as plain text."""
    status, kind, body = pages.answer(path, query)

    assert (status, kind) == (404, "text/plain")
    assert says in body


def test_what_is_missing_and_what_is_unchecked_is_marked(gallery: Gallery, pages: Pages) -> None:
    """A language without a flow shows it in English and says how many messages are missing; a draft says so."""
    tigrinya = gallery.languages.by_tag["ti"]
    [sight] = [sight for sight in gallery.sights("learn") if sight.name == "le_1"]

    assert {one.state for one in gallery.words(sight, tigrinya)} == {MISSING}
    assert "missing: shown in English" in pages.answer("/learn", {"locale": "ti"})[2]
    assert "unchecked" in pages.answer("/learn", {"locale": "es"})[2]
    assert "0 of " in pages.answer("", {"locale": "ti"})[2]


def test_hostile_words_stay_words() -> None:
    """Markup in a text or label is shown, not obeyed; styled spans are kept, also behind signs of two units."""
    assert text("<b>&", ()) == "&lt;b&gt;&amp;"
    assert text("\U0001f600 ab", (Entity("bold", 3, 1),)) == "\U0001f600 <b>a</b>b"


def test_a_saved_file_shows_at_once(copy: Config) -> None:
    """After a translator has saved a file the version changes and the next look has the new words."""
    watch = Watch(copy, TODAY)
    pages = Pages(watch.gallery, watch.version, watch.troubles)
    before = watch.version()
    assert watch.version() == before
    path = copy.root / "locales" / "es" / "LC_MESSAGES" / "core.po"
    words = path.read_text(encoding="utf-8")
    old = re.search(r'msgctxt "core.co_safe.text"\nmsgid .*\nmsgstr "(.*)"', words)
    assert old is not None

    path.write_text(words.replace(old[1], "¿Este teléfono es de fiar?"), encoding="utf-8")

    assert watch.version() != before
    assert "¿Este teléfono es de fiar?" in pages.answer("/core/co_safe", {"locale": "es"})[2]


def test_a_mistake_is_said_and_the_page_still_comes(copy: Config) -> None:
    """A translation that would mislead is named on top, and a table that cannot be read leaves what was there."""
    watch = Watch(copy, TODAY)
    pages = Pages(watch.gallery, watch.version, watch.troubles)
    path = copy.root / "locales" / "es" / "LC_MESSAGES" / "core.po"
    words = path.read_text(encoding="utf-8")
    path.write_text(words.replace('msgstr "', 'msgstr "+1 555 010 9999 ', 5), encoding="utf-8")
    status, _, body = pages.answer("/core", {"locale": "es"})
    assert (status, 'class="trouble"' in body) == (200, True)

    (copy.root / "locales" / "languages.toml").write_text("broken", encoding="utf-8")
    status, _, body = pages.answer("/core", {"locale": "es"})

    assert (status, 'class="trouble"' in body) == (200, True)


def test_the_pages_are_served_beside_the_chat(pages: Pages) -> None:
    """The stand-in hands on what stands below /preview, with the headers that keep a page from loading more."""
    with running(build_app(BotApi(), preview=pages.answer)) as home:
        paths = (address("core", "co_hello", "es"), "/preview/-/page.css", "/preview/-/reload.js", "/preview/nowhere")
        answer, style, script, gone = (httpx.get(home + path) for path in paths)

    assert answer.status_code == style.status_code == script.status_code == 200
    assert gone.status_code == 404
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert script.headers["content-type"].startswith("text/javascript")


def test_a_document_leads_from_screen_to_screen(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    """Screens are numbered through, every number on a button is a screen of the document, and nothing is loaded."""
    flows = [gallery.content.library.flows[id] for id in SMALL]
    monkeypatch.setattr(gallery, "flows", lambda: flows)
    spanish = gallery.languages.by_tag["es"]

    body = document(gallery, spanish, [part for _, part in chapters(gallery, spanish)])

    numbers = [int(number) for number in re.findall(r'<article id="(\d+)"', body)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {int(number) for number in re.findall(r'href="#(\d+)"', body)} <= set(numbers)
    assert not re.search(r"<script|<link|src=|url\(", body)
    assert told(gallery, gallery.languages.by_tag["ti"])[0] == []


def test_the_verb_writes_a_file_and_refuses_what_it_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder to write in, or for English itself, one sentence says so."""
    monkeypatch.chdir(tmp_path)

    english = CliRunner().invoke(main, ["locale", "readthrough", "en"])
    strange = CliRunner().invoke(main, ["locale", "readthrough", "xx"])

    assert (english.exit_code, strange.exit_code) == (2, 2)
    assert "is no language to read" in english.output
    assert list(tmp_path.iterdir()) == []
