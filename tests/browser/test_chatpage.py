"""The chat page alone, in a real browser, with a bot of a few lines behind it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.simulator.app import build_app, running
from bot.simulator.botapi import LOCAL_TOKEN, BotApi

pytestmark = pytest.mark.browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ENGLISH = "Help near you\n\u200e+1 888 373 7888\u200e\nhttps://example.org/help"
ARABIC = "المساعدة القريبة منك\n\u200e+1 888 373 7888\u200e"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, or a skip with its reason; on a build machine its absence is a failure."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("no Chromium on this machine. Install it, the page cannot be tested without.")
    if found is None:
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


class Stage:
    """A page, the person in it, and the calls of a bot played by the test."""

    def __init__(self, api: BotApi, client: httpx.Client, page: Any) -> None:
        self.api, self._client, self.page = api, client, page
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)

    def open(self, fragment: str = "") -> None:
        self.page.goto(f"{self._client.base_url}{fragment}")
        self.page.wait_for_selector("#start:visible")

    @property
    def person(self) -> Any:
        """The newest person."""
        return list(self.api.people.values())[-1]

    def call(self, method: str, **params: Any) -> Any:
        """Call as the bot would, in the chat of the newest person where the method wants a chat."""
        if "chat_id" in self.api.schema.fields(method):
            params["chat_id"] = self.person.chat_id
        body = self._client.post(f"/bot{LOCAL_TOKEN}/{method}", json=params).json()
        assert body["ok"], body
        return body["result"]

    def ask(self, text: str, *labels: str, message_id: int = 0) -> int:
        """Show a text with one button per label, in a new message or instead of an old one."""
        rows = [[{"text": label, "callback_data": f"data {label}"[:64]}] for label in labels]
        params = {"text": text, "reply_markup": {"inline_keyboard": rows}}
        if message_id:
            return int(self.call("editMessageText", message_id=message_id, **params)["message_id"])
        return int(self.call("sendMessage", **params)["message_id"])


@pytest.fixture(params=[(360, 740), (1280, 800)], ids=["phone", "desk"])
def stage(browser: Any, request: Any) -> Iterator[Stage]:
    """The page on a phone and on a desk."""
    api = BotApi()
    width, height = request.param
    with running(build_app(api)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        context.set_default_timeout(60_000)
        staged = Stage(api, client, context.new_page())
        yield staged
        context.close()
        assert staged.troubles == []
        assert list(api.wrong_calls) == []


def test_a_talk_by_keyboard_alone(stage):
    """Start, answer and write without a mouse; the focus moves on to the first new button."""
    stage.open()
    page = stage.page
    page.focus("#start")
    page.keyboard.press("Enter")
    stage.api.wait(lambda: len(stage.person.messages()) == 1)
    number = stage.ask("First?", "Yes", "No")
    page.wait_for_selector(".key")
    page.focus(".key >> nth=0")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    stage.api.wait(lambda: stage.api.inbox.waiting[-1].kind == "callback_query")
    assert stage.api.inbox.waiting[-1].body["callback_query"]["data"] == "data No"
    stage.ask("Second?", "Maybe", "Never", message_id=number)
    page.wait_for_selector(".key:focus >> text=Maybe")
    page.focus("#text")
    page.keyboard.type("a word")
    page.keyboard.press("Enter")
    page.wait_for_selector(".mine >> text=a word")
    assert page.input_value("#text") == ""


def test_the_focus_stays_on_a_button_that_stays(stage):
    """An edit that keeps the button under the finger keeps the focus on it."""
    stage.open()
    number = stage.ask("First?", "Yes", "No")
    stage.page.wait_for_selector(".key")
    stage.page.focus(".key >> nth=1")
    stage.ask("Second?", "Yes", "No", message_id=number)
    stage.page.wait_for_selector("text=Second?")
    assert stage.page.evaluate("document.activeElement.textContent") == "No"


def test_edits_and_deletes_show_at_once(stage):
    """An edited bubble changes in place, a deleted one goes, and an empty chat shows the description again."""
    stage.open()
    number = stage.ask("First?", "Yes")
    stage.page.wait_for_selector(".theirs .words >> text=First?")
    stage.ask("Second?", "Yes", message_id=number)
    stage.page.wait_for_selector(".theirs .words >> text=Second?")
    assert stage.page.locator(".message").count() == 1
    stage.page.focus(".key")
    stage.call("deleteMessage", message_id=number)
    stage.page.wait_for_selector("#empty:visible")
    assert stage.page.evaluate("document.activeElement.id") == "start"


def test_numbers_can_be_dialled_and_stay_whole(stage):
    """A phone number is one link on one line, written from left to right; a web address is a link."""
    stage.open()
    stage.ask(ENGLISH + "\nText 233733, 2026-11-22", "Back")
    phone = stage.page.wait_for_selector("bdi.phone")
    assert phone.inner_text() == "+1 888 373 7888"
    assert stage.page.locator("bdi.phone").count() == 1
    assert phone.query_selector("a").get_attribute("href") == "tel:+18883737888"
    assert len(phone.evaluate("element => [...element.getClientRects()]")) == 1
    assert stage.page.locator(".words a[href='https://example.org/help']").count() == 1


@pytest.mark.parametrize(("text", "direction"), [(ENGLISH, "ltr"), (ARABIC, "rtl")], ids=["english", "arabic"])
def test_bubble_and_buttons_run_in_the_texts_direction(stage, text, direction):
    """Arabic bubbles and their buttons run from right to left, English ones from left to right."""
    stage.open()
    stage.ask(text, "Back")
    stage.page.wait_for_selector(".words")
    for part in (".words", ".keyboard"):
        assert stage.page.locator(part).evaluate("element => getComputedStyle(element).direction") == direction


def test_nothing_sticks_out(stage):
    """Long words, long labels and long messages leave the page as wide as the window."""
    stage.open()
    stage.ask("x" * 3000, "A label that is much too long for one line of any phone there is, by far", "B")
    stage.page.wait_for_selector(".key")
    assert stage.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert stage.page.locator(".key").first.evaluate("e => e.getBoundingClientRect().right <= innerWidth")


def test_text_is_never_markup(stage):
    """Markup in a message, a label or a name is shown as it was written."""
    stage.open()
    stage.ask("<img src=x onerror=alert(1)>", "<b>x</b>")
    stage.page.wait_for_selector(".key")
    assert stage.page.locator(".words").inner_text() == "<img src=x onerror=alert(1)>"
    assert stage.page.locator(".message img, .message b").count() == 0


def test_the_language_field_goes_with_every_act(stage):
    """What stands in the language field is the person's app language, and survives a reload."""
    stage.open("#language=uk")
    assert stage.page.input_value("#language") == "uk"
    stage.page.click("#start")
    stage.api.wait(lambda: len(stage.person.messages()) == 1)
    assert stage.api.inbox.waiting[-1].body["message"]["from"]["language_code"] == "uk"
    stage.page.reload()
    stage.page.wait_for_selector(".mine >> text=/start")
    assert stage.page.input_value("#language") == "uk"


def test_a_new_person_starts_afresh(stage):
    """The new-person button opens an empty chat and leaves the old one as it was."""
    stage.open()
    before = stage.person
    stage.ask("First?", "Yes")
    stage.page.wait_for_selector(".key")
    stage.page.evaluate("document.getElementById('side').open = true")
    stage.page.click("#person")
    stage.page.wait_for_selector("#empty:visible")
    assert stage.person is not before
    assert len(before.messages()) == 1


def test_commands_and_notices(stage):
    """The menu lists the bot's commands and sends them; a notice of the bot shows over the chat."""
    stage.open()
    stage.call("setMyCommands", commands=[{"command": "help", "description": "Get help now"}])
    stage.ask("First?", "Yes")
    stage.page.wait_for_selector(".key")
    stage.page.click("#menu-button")
    stage.page.wait_for_selector("#menu button:focus >> text=Get help now")
    stage.page.keyboard.press("Escape")
    assert stage.page.is_hidden("#menu")
    stage.page.click("#menu-button")
    stage.page.keyboard.press("Enter")
    stage.page.wait_for_selector(".mine >> text=/help")
    stage.page.click(".key")
    stage.api.wait(lambda: stage.api.inbox.waiting[-1].kind == "callback_query")
    query = stage.api.inbox.waiting[-1].body["callback_query"]["id"]
    stage.call("answerCallbackQuery", callback_query_id=query, text="Hello there")
    stage.page.wait_for_selector("#notice >> text=Hello there")
    assert stage.page.locator(".asking").count() == 0


def test_wrong_calls_are_counted_on_the_page(browser):
    """A wrong call of the bot shows on the page, with what is wrong about it."""
    api = BotApi()
    with running(build_app(api)) as url, httpx.Client(base_url=url, trust_env=False) as client:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector("#wrong-count >> text=None so far")
        client.post(f"/bot{LOCAL_TOKEN}/sendMessage", json={"chat_id": 1, "text": "x", "colour": "red"})
        page.wait_for_selector("#wrong-count >> text=1 wrong call")
        page.click("#wrong summary")
        assert "sendMessage.colour" in page.inner_text("#wrong-list")
        context.close()
