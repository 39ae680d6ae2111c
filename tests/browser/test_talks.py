"""A person alone on their phone, from Start to the numbers, in a real browser against the real bot."""

from __future__ import annotations

import pytest
from handset import Phone, plain

from bot.contacts.dial import dial
from bot.contacts.model import Directory

pytestmark = pytest.mark.browser

FLOW = "self_adult"
HOTLINE = "1-888-373-7888"
BEFORE = {
    "sa_0": "start",
    "sa_age": "18_or_older",
    "sa_now": "no",
    "sa_kind": "a_job_or_other_work",
    "sa_w1": "yes",
    "sa_w2": "yes",
}
AFTER = {"sa_2": "i_could_just_leave", "sa_3": "no", "sa_4": "other_i_can_t_get_it"}
REST = {"sa_5": "no", "sa_6": "yes_i_am_free", "sa_7": "no", "sa_8": "no_it_was_before"}
COUNTED = {"sa_kind": "a_job_or_other_work", "sa_w1": "yes", "sa_4": "other_i_can_t_get_it"}


def signs(phone: Phone, answers: dict[str, str]) -> list[str]:
    """The list of signs as the catalogues word it, in the language of the talk."""
    line = phone.say("ui.sign")
    return [
        "• " + line.replace("{question}", phone.say(f"{FLOW}.{step}.text"))
        .replace("{answer}", phone.option(f"{FLOW}.{step}", option))
        for step, option in answers.items()
    ]  # fmt: skip


def read_signs(phone: Phone) -> list[str]:
    phone.see("ui.signs")
    return [line for line in phone.lines() if line.startswith("•")]


@pytest.mark.parametrize(("tag", "number"), [("en", 1), ("es", 2), ("ar", 3)], ids=["english", "spanish", "arabic"])
def test_strong_signs_lead_to_the_hotline(phone, directory: Directory, tag, number):
    """Work other than promised and papers out of reach end in the strong card and the hotline, over a kill -9."""
    phone.album = f"0{number}-own-life-{tag}"
    phone.shot("empty-chat")
    phone.start(tag)
    phone.shot("door")
    phone.enter("check_my_own_life")
    phone.walk(FLOW, BEFORE)
    phone.see(f"{FLOW}.sa_2.text")
    asked, offered = phone.text(), phone.labels()
    phone.shot("question")
    phone.restart_bot()
    assert (phone.text(), phone.labels()) == (asked, offered)
    phone.walk(FLOW, AFTER)
    phone.see("card.s_more.text")
    if tag == "en":
        phone.tap("button.go_on")
        phone.walk(FLOW, REST)
    else:
        phone.tap("button.show_help")
    phone.see("card.o_strong_self.text")
    assert HOTLINE in plain(phone.text())
    phone.shot("strong", whole=True)
    phone.tap("button.signs")
    assert read_signs(phone) == signs(phone, COUNTED)
    phone.shot("signs")
    phone.tap("ui.back")
    phone.see("card.o_strong_self.text")
    phone.tap("button.talk")
    phone.see("contact.title")
    row = next(row for row in directory.countries["US"].contacts if row.id == "us-nhth")
    assert dial(row.phone, "US", "US") == HOTLINE
    source = "humantraffickinghotline.org"
    checked = phone.say("contact.checked").replace("{date}", row.checked_on.isoformat()).replace("{source}", source)
    lines = phone.lines()
    at = lines.index(row.name)
    assert at < lines.index(HOTLINE) < lines.index(checked)
    phone.shot("contacts", whole=True)


def test_another_language_keeps_place_and_answers(phone):
    """English, then Arabic, then Spanish at the same question; what was answered before still counts."""
    phone.album, phone.is_hurried = "04-language", True
    phone.start("en")
    phone.enter("check_my_own_life")
    phone.walk(FLOW, {**BEFORE, "sa_w2": "no_pay_at_all"})
    for tag in ("en", "ar", "es"):
        if tag != phone.tag:
            phone.tap("ui.language")
            phone.await_text(phone.say("ui.languages"))
            phone.shot(f"choose-{tag}")
            phone.choose_language(tag)
        phone.see(f"{FLOW}.sa_2.text")
        assert phone.option(f"{FLOW}.sa_2", "someone_could_get_hurt") in phone.labels()
        phone.shot(f"question-{tag}")
    phone.answer(f"{FLOW}.sa_2", "someone_could_get_hurt")
    phone.see("card.s_more.text")
    phone.tap("button.show_help")
    phone.see("card.o_strong_self.text")
    phone.tap("button.signs")
    given = {"sa_kind": "a_job_or_other_work", "sa_w1": "yes", "sa_w2": "no_pay_at_all"}
    assert read_signs(phone) == signs(phone, {**given, "sa_2": "someone_could_get_hurt"})


def test_every_language_keeps_place_and_answers(phone):
    """In mid-question through all languages that are offered: the same question, or that it waits in another one; back
    in English it stands there with all that was answered."""
    phone.album, phone.is_hurried = "21-every-language", True
    phone.start("en")
    phone.enter("check_my_own_life")
    phone.walk(FLOW, {**BEFORE, "sa_w2": "no_pay_at_all"})
    offers = phone.shelf.offers
    flow = offers.library.flows[FLOW]
    languages = [language for language in offers.offered() if language.tag != "en"]
    assert len(languages) > 25
    for language in languages:
        phone.tap("ui.language")
        phone.await_text(phone.say("ui.languages"))
        phone.choose_language(language.tag)
        phone.see(f"{FLOW}.sa_2.text" if offers.has_flow(flow, language) else "ui.withheld")
    phone.tap("ui.language")
    phone.choose_language("en")
    phone.answer(f"{FLOW}.sa_2", "someone_could_get_hurt")
    phone.see("card.s_more.text")
    phone.shot("back-in-english")


def test_leave_now_empties_the_chat(phone):
    """One tap, and nothing of the talk is left: not the screen, not the command that began it."""
    phone.album = "05-leave"
    phone.start("es")
    phone.tap("core.co_hello.opt.go_on")
    phone.see("core.co_safe.text")
    phone.tap("ui.leave")
    phone.page.wait_for_selector("#empty:visible")
    assert phone.page.locator(".message").count() == 0
    assert phone.say("core.co_safe.text") not in phone.page.inner_text("#log")
    phone.shot("left")
    phone.start("es")  # and nothing of it comes back


def test_what_is_typed_goes_and_the_question_stays(phone):
    """Typed text is taken away unread; one fixed card stands over the same question, whose buttons go on."""
    phone.album = "06-typed"
    phone.start("en")
    phone.tap("core.co_hello.opt.go_on")
    phone.see("core.co_safe.text")
    labels = phone.labels()
    phone.write("my boss is Karim, I live at 5 Mill Road")
    phone.see("card.s_free_text.text")
    assert phone.lines() == [phone.say("card.s_free_text.text"), phone.say("core.co_safe.text")]
    assert phone.labels() == labels
    phone.page.wait_for_selector(".mine", state="detached")
    assert "Karim" not in phone.page.inner_text("body")
    phone.shot("typed")
    phone.answer("core.co_safe", "yes_it_is_safe")
    phone.see("core.co_role.text")
    assert phone.say("card.s_free_text.text") not in phone.text()


def test_a_talk_without_a_mouse(phone):
    """Start, language, answers and leaving by Tab and Enter alone; the focus is always seen and never lost."""
    phone.album = "07-keyboard"
    keys, page = phone.page.keyboard, phone.page
    page.focus("#start")
    keys.press("Enter")
    phone.await_text(phone.say("ui.languages", "en"))
    _tab_to(phone, "English")
    keys.press("Enter")
    phone.see("core.co_hello.text")
    for step, option in (("co_hello", "go_on"), ("co_safe", "yes_it_is_safe"), ("co_role", "check_a_job_offer")):
        phone.see(f"core.{step}.text")
        _tab_to(phone, phone.option(f"core.{step}", option))
        if step == "co_role":
            phone.shot("focus")
        keys.press("Enter")
    phone.see("job_offer.jo_0.text")
    _tab_to(phone, phone.say("ui.leave"))
    keys.press("Enter")
    page.wait_for_selector("#empty:visible")
    assert page.evaluate("document.activeElement.id") == "start"


def _tab_to(phone: Phone, label: str) -> None:
    """Press Tab until the focus is on a button, and see that it shows."""
    for _ in range(20):
        focused = phone.page.evaluate("document.activeElement.textContent.trim()")
        if focused == label:
            assert phone.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
        phone.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {label}")
