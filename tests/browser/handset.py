"""A person's hand on the chat page: taps by the key of the words, reads the screen, takes pictures."""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.contacts.model import Directory
from bot.texts.collate import fold
from bot.texts.offer import Offers
from bot.texts.picker import TO
from bot.texts.voice import Voice

WIDTH = 360
TAPS_AT_ONCE, TAPS_PER_SECOND = 10.0, 0.5  # what the bot grants a chat
SPARE_TAPS = 0.2
MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")
SCREEN = "() => [...document.querySelectorAll('.theirs .words')].at(-1)?.textContent ?? ''"
SAYS = r"""(words) => {
  const messages = document.querySelectorAll('.message');
  const said = messages.length === 1 ? messages[0].querySelector('.words')?.textContent ?? '' : '';
  return said.replace(/[\u200e\u200f\u2066-\u2069]/g, '').includes(words);
}"""
CHAT = "() => document.getElementById('messages').textContent"
LABELS = """() => [...([...document.querySelectorAll('.theirs')].at(-1)?.querySelectorAll('.key') ?? [])]
  .map((key) => key.textContent)"""
# What cannot be read on a phone of this width: a page that slides sideways, labels cut short, parts off the edge.
MISFITS = """() => {
  const width = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > width) found.push(`page ${document.documentElement.scrollWidth}`);
  const log = document.getElementById('log');
  if (log.scrollWidth > log.clientWidth) found.push(`log ${log.scrollWidth}`);
  for (const label of document.querySelectorAll('.key .label'))
    if (label.scrollWidth > label.clientWidth) found.push(`label ${label.textContent}`);
  for (const part of document.querySelectorAll('.bubble, .key, .words *')) {
    const box = part.getBoundingClientRect();
    if (box.left < 0 || box.right > width) found.push(`${part.className} ${part.textContent}`);
  }
  return found;
}"""


def letters_of(text: str) -> str:
    """The script a text begins in; the Indian ones and those of East Asia share a group."""
    script = unicodedata.name(text[0]).split()[0]
    return {"BENGALI": "DEVANAGARI", "GURMUKHI": "DEVANAGARI", "HANGUL": "CJK"}.get(script, script)


def is_between(name: str, label: str) -> bool:
    """Whether a label such as `Bahasa – Mam` names the part of an alphabet that a name stands in."""
    first, _, last = label.partition(TO)
    return fold(first) <= fold(name) and fold(name.split()[0]) <= fold(last)


def plain(text: str) -> str:
    """A text without the marks that steer its direction."""
    return MARKS.sub("", text)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the files of the repository say."""

    offers: Offers
    directory: Directory

    def voice(self, tag: str) -> Voice:
        return self.offers.voice(self.offers.languages.by_tag[tag])


class Phone:
    """One chat on the page, 360 pixels wide. Every screen that is waited for must fit."""

    def __init__(self, page: Any, shelf: Shelf, shots: Path) -> None:
        self.page, self.shelf, self._shots = page, shelf, shots
        self.tag, self.album = "en", ""
        self.is_hurried = False  # out of taps, the bot is killed and started again instead of waited for
        self.troubles: list[str] = []
        self._taps, self._tapped_at, self._is_known = TAPS_AT_ONCE, time.monotonic(), False
        self._taken = 0
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.page.wait_for_selector("#start:visible")
        self.page.wait_for_function("() => document.getElementById('process-state').textContent.includes('running')")

    # -- words -----------------------------------------------------------------------------------------------------

    def say(self, key: str, tag: str = "") -> str:
        """The words of a key in the language of the talk, from the catalogues."""
        return self.shelf.voice(tag or self.tag).say(key)

    def option(self, step: str, option: str, tag: str = "") -> str:
        return self.say(f"{step}.opt.{option}", tag)

    # -- reading ---------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """What stands on the bot's one screen, with its marks."""
        return str(self.page.evaluate(SCREEN))

    def lines(self) -> list[str]:
        """The lines of the screen that hold words, without marks."""
        return [line for line in plain(self.text()).splitlines() if line.strip()]

    def labels(self) -> list[str]:
        return [str(label) for label in self.page.evaluate(LABELS)]

    def await_text(self, words: str) -> None:
        """Wait until the chat is one message that says these words; then the whole of it must fit."""
        self.page.wait_for_function(SAYS, arg=plain(words))
        misfits = self.page.evaluate(MISFITS)
        assert not misfits, misfits

    def see(self, key: str, tag: str = "") -> None:
        """Wait for the words of a key."""
        self.await_text(self.say(key, tag))

    def wrong_calls(self) -> list[str]:
        """What the page lists as wrong calls of the bot; its count must agree."""
        found = [str(call) for call in self.page.locator("#wrong-list > li").all_text_contents()]
        count = self.page.text_content("#wrong-count")
        return found or ([] if count == "None so far" else [count])

    # -- doing -----------------------------------------------------------------------------------------------------

    def start(self, tag: str) -> None:
        """Press Start and choose a language."""
        self._pace()
        self.page.click("#start")
        self.page.wait_for_selector(".key")
        self._served()
        self.await_text(self.say("ui.languages", "en"))
        self.choose_language(tag)
        self.see("core.co_hello.text")

    def choose_language(self, tag: str) -> None:
        """On the list of languages: press the name of one, or first the group of its letters."""
        native, shown = self.native(tag), self.labels()
        if native not in shown:
            known = {one.native for one in self.shelf.offers.offered()}
            groups = [label for label in shown[:-4] if label not in known]
            groups.sort(key=lambda label: (letters_of(label) != letters_of(native), not is_between(native, label)))
            self.press(groups[0])
        self.press(native)
        self.tag = tag

    def native(self, tag: str) -> str:
        return self.shelf.offers.languages.by_tag[tag].native

    def press(self, label: str) -> None:
        """Press the one button of the screen that says this, and wait until something else is shown."""
        self._pace()
        before = self.page.evaluate(CHAT)
        keys = self.page.locator(".theirs").last.locator(".key").filter(
            has_text=re.compile(rf"^\s*{re.escape(label)}\s*$")
        )  # fmt: skip
        keys.click()
        self.page.wait_for_function(f"(before) => ({CHAT})() !== before", arg=before)
        self._served()

    def tap(self, key: str) -> None:
        """Press the button of a key."""
        self.press(self.say(key))

    def answer(self, step: str, option: str) -> None:
        """Wait for a question and give an answer: `self_adult.sa_kind`, `a_marriage`."""
        self.see(f"{step}.text")
        self.press(self.option(step, option))

    def walk(self, flow: str, answers: dict[str, str]) -> None:
        for step, option in answers.items():
            self.answer(f"{flow}.{step}", option)

    def enter(self, role: str) -> None:
        """Through the door to the choice of a path, and on."""
        self.walk("core", {"co_hello": "go_on", "co_safe": "yes_it_is_safe", "co_role": role})

    def write(self, text: str) -> None:
        self._pace()
        self.page.fill("#text", text)
        self.page.press("#text", "Enter")

    def restart_bot(self) -> None:
        """Press the page's button that kills the bot without warning and starts it again.

        The new process knows nothing of taps made before, so the next ten are free.
        """
        self.page.click("#side > summary")
        before = self.page.text_content("#process-state")
        self.page.click("#restart")
        self.page.wait_for_function(
            """(before) => !document.getElementById('restart').disabled
              && /^Bot restarted.* is running/.test(document.getElementById('process-state').textContent)
              && document.getElementById('process-state').textContent !== before""",
            arg=before,
        )
        self.page.click("#side > summary")
        self.page.evaluate("scrollTo(0, 0)")
        self._taps, self._is_known = TAPS_AT_ONCE, False

    def _pace(self) -> None:
        """Tap no faster than the bot serves one chat."""
        now = time.monotonic()
        if self._is_known:
            self._taps = min(TAPS_AT_ONCE, self._taps + (now - self._tapped_at) * TAPS_PER_SECOND)
        short = 1 + SPARE_TAPS - self._taps
        if short > 0 and self.is_hurried:
            self.restart_bot()
        elif short > 0:
            self.page.wait_for_timeout(short / TAPS_PER_SECOND * 1000)
            self._taps += short
            now = time.monotonic()
        self._taps, self._tapped_at = self._taps - 1, now

    def _served(self) -> None:
        """The bot counts the taps of a chat from the first that this process of it has served."""
        if not self._is_known:
            self._tapped_at, self._is_known = time.monotonic(), True

    # -- pictures --------------------------------------------------------------------------------------------------

    def shot(self, name: str, whole: bool = False) -> None:
        """Keep a picture in shots/, numbered in the order of the talk. whole: as tall as the chat."""
        self._taken += 1
        self._shots.mkdir(exist_ok=True)
        if whole:
            beyond = self.page.evaluate("() => { const log = document.getElementById('log');"
                                        " return log.scrollHeight - log.clientHeight; }")  # fmt: skip
            self.page.set_viewport_size({"width": WIDTH, "height": 740 + beyond})
        self.page.screenshot(path=self._shots / f"{self.album}-{self._taken:02}-{name}.png")
        if whole:
            self.page.set_viewport_size({"width": WIDTH, "height": 740})
