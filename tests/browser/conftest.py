"""The product as people start it, a real browser, and a phone with an empty chat."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from handset import Phone, Shelf

from bot.config import Config
from bot.contacts.model import Directory
from bot.house import read_content
from bot.texts.offer import Offers

ROOT = Path(__file__).parents[2]
SHOTS = ROOT / "shots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE_SIZE = {"width": 360, "height": 740}
GREETING = "Chat with the bot: "
STOP_S = 20


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """The words of every language and the contact rows, as the files of the repository have them."""
    content = read_content(Config())
    return Shelf(Offers(content.languages, content.catalogues, content.library), content.directory)


@pytest.fixture(scope="session")
def directory(shelf: Shelf) -> Directory:
    """The contact rows alone."""
    return shelf.directory


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`waymark try` as a child process, from its first line to a clean end; yields the page's address."""
    folder = tmp_path_factory.mktemp("home")
    env = {name: value for name, value in os.environ.items() if not name.startswith("WAYMARK_")}
    env |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "bot", "try", "--port", "0", "--no-browser"]
    with (
        (folder / "stderr").open("w") as complaints,
        subprocess.Popen(
            command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=complaints, stdin=subprocess.DEVNULL, text=True
        ) as child,
    ):
        try:
            assert child.stdout is not None
            line = child.stdout.readline()
            assert line.startswith(GREETING), f"{line!r} {(folder / 'stderr').read_text()}"
            yield line.removeprefix(GREETING).strip()
            assert child.poll() is None, "waymark try ended by itself"
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                code = child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                raise
    log = (folder / "stderr").read_text()
    assert code == 0, log
    assert '"lvl": "error"' not in log, log
    assert "Traceback" not in log, log


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, or a skip with its reason; on a build machine its absence is a failure.

    Kept for one module at a time: while it is open, this thread runs an event loop that other tests must not find.
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright import sync_api
    except ImportError:
        sync_api = None
    missing = "Chromium" if found is None else "playwright" if sync_api is None else ""
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"no {missing} on this machine. Install it: the talks cannot be tested without.")
    if missing:
        pytest.skip(f"no {missing} on this machine")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def phone(home: str, browser: Any, shelf: Shelf) -> Iterator[Phone]:
    """A person who has just opened the chat; afterwards the bot must have made no wrong call, the page no error."""
    context = browser.new_context(viewport=PHONE_SIZE, reduced_motion="reduce", locale="en-US")
    context.set_default_timeout(60_000)  # a slow machine is no fault
    held = Phone(context.new_page(), shelf, SHOTS)
    held.open(home)
    yield held
    wrong = held.wrong_calls()
    context.close()
    assert wrong == []
    assert held.troubles == []
