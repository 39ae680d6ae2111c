"""Take the pictures of the README anew: the real bot behind `waymark try`, in Chromium, at the size of a small phone.

Run: python deploy/pictures/take.py
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
SIZE = {"width": 360, "height": 740}
PAUSE_MS = 1_500  # the bot drops taps that come faster than a hand
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
DOOR = ["English", "Go on", "Yes, it is safe"]
WORK = ["Check my own life", "Start", "18 or older", "No", "A job or other work", "Yes", "No pay at all"]
SETUP = ["Yes", "Yes", "No", "I said it", "I said it", "Yes", "18 or older", "Short, 5 questions"]
# Picture -> what the person taps after Start, each button by its words.
TALKS = {
    "help": [*DOOR, *WORK, "I must pay a debt first", "Show help now"],
    "guided": [*DOOR, "I am an outreach worker", *SETUP, "Client's language", "العربية"],
}


def take(page: Any, address: str, name: str, taps: list[str]) -> None:
    """One talk from its beginning, and a picture of where it ends."""
    page.goto(address)
    page.locator("#start").click()
    for label in taps:
        before = page.locator("#messages").inner_text()
        page.locator("#messages").get_by_role("button", name=label, exact=True).click()
        page.wait_for_function("before => document.querySelector('#messages').innerText !== before", arg=before)
        page.wait_for_timeout(PAUSE_MS)
    page.locator("#messages li").last.evaluate("message => message.scrollIntoView()")
    page.screenshot(path=HERE / f"{name}.png")


def main() -> None:
    """All pictures, from one bot."""
    waymark = [sys.executable, "-m", "bot", "try", "--port", "0", "--no-browser"]
    with subprocess.Popen(waymark, stdout=subprocess.PIPE, text=True, cwd=HERE.parent.parent) as house:  # noqa: S603
        assert house.stdout is not None
        found = re.search(r"http://[\w.:]+", house.stdout.readline())
        try:
            assert found, "waymark try printed no address"
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
                for name, taps in TALKS.items():
                    with chromium.new_context(viewport=SIZE, device_scale_factor=1.25, locale="en") as context:  # type: ignore[arg-type]
                        take(context.new_page(), found[0], name, taps)
                chromium.close()
        finally:
            house.terminate()


if __name__ == "__main__":
    main()
