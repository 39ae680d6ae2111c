"""The pages for translators in a real browser: one screen in every language, and an edit that shows by itself."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "shots"
GREETING = "Chat with the bot: "
WIDE = {"width": 1200, "height": 900}
NARROW = {"width": 360, "height": 740}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product in a folder of its own, so that its words can be changed."""
    folder = tmp_path_factory.mktemp("tree")
    for name in ("bot", "flows", "locales"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def preview(tree: Path) -> Iterator[str]:
    """The address of the preview pages of `waymark try` in that folder."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("WAYMARK_")}
    env |= {"PYTHONPATH": str(tree), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "bot", "try", "--port", "0", "--no-browser"]
    with subprocess.Popen(
        command, cwd=tree, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as it:
        try:
            assert it.stdout is not None
            line = it.stdout.readline()
            assert line.startswith(GREETING)
            yield line.removeprefix(GREETING).strip() + "/preview"
        finally:
            it.send_signal(signal.SIGTERM)
            it.wait(20)


def opened(browser: Any, address: str, size: dict[str, int]) -> Any:
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(address)
    return page


def shot(page: Any, name: str) -> None:
    folder = SHOTS / "20-preview"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)


@pytest.mark.parametrize("screen", ["core/co_safe", "core/help"])
def test_one_screen_in_every_language_on_one_page(browser: Any, preview: str, screen: str) -> None:
    """41 languages, each under its own name, nothing wider than the page; kept as a picture."""
    page = opened(browser, f"{preview}/{screen}?locale=all", WIDE)

    assert page.locator("article").count() == 41
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDE["width"]
    assert page.locator("article .bubble").evaluate_all("all => all.every(one => one.textContent.trim())")
    shot(page, "all-" + screen.replace("/", "-"))
    page.context.close()


def test_a_grid_fits_a_phone(browser: Any, preview: str) -> None:
    """The Arabic grid of the door at 360 pixels: every screen with the English below it, nothing off the edge."""
    page = opened(browser, f"{preview}/core?locale=ar", NARROW)

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert page.locator(".bubble[dir=rtl]").count() == page.locator("article").count()
    shot(page, "grid-ar")
    page.context.close()


def test_an_edit_shows_by_itself(browser: Any, preview: str, tree: Path) -> None:
    """A translator saves a file in an editor; the open page shows the new words without a key being pressed."""
    page = opened(browser, f"{preview}/core/co_safe?locale=uk", WIDE)
    path = tree / "locales" / "uk" / "LC_MESSAGES" / "core.po"
    words = path.read_text(encoding="utf-8")
    found = re.search(r'msgctxt "core.co_safe.text"\nmsgid .*\nmsgstr "(.*)"', words)
    assert found is not None
    assert found[1] in page.locator(".bubble").first.text_content()

    path.write_text(words.replace(found[1], "Цей телефон зараз безпечний для вас?"), encoding="utf-8")

    page.wait_for_function("() => document.body.textContent.includes('Цей телефон зараз безпечний для вас?')")
    page.context.close()
