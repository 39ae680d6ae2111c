"""An outreach worker and a client who reads another language: both on one screen, and the phone handed over."""

from __future__ import annotations

import pytest
from handset import Phone

pytestmark = pytest.mark.browser

CONSENT = {
    "gs_1": "yes",
    "gs_2": "yes",
    "gs_3": "no",
    "gs_4": "i_said_it",
    "gs_5": "i_said_it",
    "gs_6": "yes",
    "gs_7": "18_or_older",
}
SHORT = {"g1_1": "yes", "g1_2": "yes_lies", "g1_3": "yes", "g1_4": "no", "g1_5": "yes", "g1_6": "no"}
LABOUR = {
    "gl_1": "building_or_factory",
    "gl_2": "very_different",
    "gl_3": "held_back_or_none",
    "gl_4": "owe_grows_or_no_end",
    "gl_5": "boss_can_t_get_it",
    "gl_6": "hurt_or_threats",
    "gl_7": "yes",
    "gl_8": "no",
    "gl_9": "safe_today",
}
NAVIGATION = ("ui.back", "ui.help", "ui.language", "ui.leave")
WORKERS_ALONE = (
    "ui.enough_to_offer", "ui.say_this", "ui.for_you", "ui.touched", "ui.summary_once", "ui.client_language",
    "ui.hand_over", "card.o_strong_guided.text", "card.o_some_guided.text", "card.o_none_guided.text",
)  # fmt: skip


def begin(phone: Phone, form: str) -> None:
    """Consent first, then the form."""
    phone.is_hurried = True
    phone.start("en")
    phone.enter("i_am_an_outreach_worker")
    phone.walk("guided_setup", {**CONSENT, "gs_8": form})


def choose_clients_language(phone: Phone, tag: str) -> None:
    phone.tap("ui.client_language")
    phone.see("ui.client_languages")
    phone.shot("clients-language")
    phone.press(phone.native(tag))


def options(phone: Phone, step: str, tag: str) -> list[str]:
    """The labels of a question's answers in a language, in the order of the flow file."""
    flow, _, name = step.partition(".")
    found = phone.shelf.offers.library.flows[flow].steps[name].options
    return [phone.option(step, option.id, tag) for option in found]


def clients_options(phone: Phone, step: str, tag: str) -> list[str]:
    """The same in a client's words: "Not clear" and "Not asked" are a worker's."""
    flow, _, name = step.partition(".")
    found = phone.shelf.offers.library.flows[flow].steps[name].options
    return [
        phone.say(f"ui.client_{option.soft}", tag) if option.soft else phone.option(step, option.id, tag)
        for option in found
    ]


def assert_both_languages(phone: Phone, step: str, tag: str) -> None:
    """The worker reads question and answers in both languages, each once, and what to do with them."""
    phone.see(f"{step}.text", "en")
    lines = phone.lines()
    theirs = [phone.say(f"{step}.text", tag), *(f"• {label}" for label in options(phone, step, tag))]
    assert lines[-len(theirs) :] == theirs
    assert phone.say("ui.say_this", "en") in lines
    assert phone.labels()[: len(theirs) - 1] == options(phone, step, "en")
    assert phone.say("ui.hand_over", "en") in phone.labels()


FIRST = ("guided_short.g1_1", "guided_labour.gl_1")


def assert_clients_view(phone: Phone, step: str, tag: str) -> None:
    """The client reads the question, its English line while nobody has checked it, the answers, and nothing else."""
    phone.see(f"{step}.text", tag)
    told = ["ui.draft", f"{step}.text"] if step in FIRST else [f"{step}.text"]  # drafts are named once, at the start
    assert phone.lines() == [phone.say(key, language) for key in told for language in (tag, "en")]
    answers = clients_options(phone, step, tag)
    assert phone.labels() == [*answers, *(phone.say(key, tag) for key in ("ui.give_back", *NAVIGATION))]
    assert_no_workers_words(phone)


def assert_no_workers_words(phone: Phone) -> None:
    """No word that is for the worker, in the worker's language or the client's; no result."""
    text = "\n".join((phone.text(), *phone.labels()))
    for tag in ("en", "ar"):
        for key in WORKERS_ALONE:
            assert phone.say(key, tag) not in text


def hand_over(phone: Phone, tag: str) -> None:
    phone.press(phone.say("ui.hand_over", "en"))
    phone.tag = tag


def give_back(phone: Phone, mistaken: bool = False) -> None:
    """Two taps: give it back, then say who holds it. mistaken: it is still the client."""
    phone.tap("ui.give_back")
    phone.see("ui.who_holds", "en")
    assert_no_workers_words(phone)
    phone.shot("who-holds")
    # Each reads their own button: a client who gave it back by mistake finds the way in the client's language.
    phone.press(phone.say("ui.client_still", phone.tag) if mistaken else phone.say("ui.worker_again", "en"))
    phone.tag = phone.tag if mistaken else "en"


def assert_help_for_the_client(phone: Phone) -> None:
    """Get help now in the client's view: numbers in the client's language, none that is for workers alone."""
    phone.tap("ui.help")
    phone.see("contact.title")
    assert "1-888-373-7888" in phone.lines()
    assert phone.say("contact.low") not in phone.lines()
    assert phone.say("ui.give_back") in phone.labels()
    assert_no_workers_words(phone)
    phone.shot("client-numbers", whole=True)
    phone.tap("ui.back")


def answer_as_client(phone: Phone, flow: str, answers: dict[str, str], tag: str) -> None:
    for step, option in answers.items():
        assert_clients_view(phone, f"{flow}.{step}", tag)
        phone.press(phone.option(f"{flow}.{step}", option, tag))


def assert_asks_for_the_phone(phone: Phone, tag: str) -> None:
    """The client sees a thank-you and the way to give the phone back: no result, no answer."""
    phone.see("ui.please_return", tag)
    assert phone.lines()[0] == phone.say("ui.please_return", tag)
    assert set(phone.lines()) <= {phone.say("ui.please_return", tag), phone.say("ui.please_return", "en")}
    assert phone.labels()[0] == phone.say("ui.give_back", tag)
    assert len(phone.labels()) == 1 + len(NAVIGATION)
    assert_no_workers_words(phone)


def assert_summary(phone: Phone, constructs: list[str]) -> None:
    """The result and the topics touched, for the worker, once."""
    phone.see("card.o_strong_guided.text")
    lines = phone.lines()
    at = lines.index(phone.say("ui.touched"))
    assert lines[at + 1 : at + 1 + len(constructs)] == [f"• {phone.say(f'construct.{code}')}" for code in constructs]
    assert lines[at + 1 + len(constructs)] == phone.say("ui.summary_once")


def test_the_short_form_in_two_languages(phone):
    """Consent, both languages on one screen, the client answers alone; the result is the worker's, once."""
    phone.album = "13-guided-short"
    begin(phone, "short_5_questions")
    phone.see("guided_short.g1_1.text")
    choose_clients_language(phone, "ar")
    assert_both_languages(phone, "guided_short.g1_1", "ar")
    phone.shot("both", whole=True)
    hand_over(phone, "ar")
    answer_as_client(phone, "guided_short", {"g1_1": "yes"}, "ar")
    assert_clients_view(phone, "guided_short.g1_2", "ar")
    phone.shot("client")
    assert_help_for_the_client(phone)
    assert_clients_view(phone, "guided_short.g1_2", "ar")
    give_back(phone, mistaken=True)
    assert_clients_view(phone, "guided_short.g1_2", "ar")
    give_back(phone)
    assert_both_languages(phone, "guided_short.g1_2", "ar")
    hand_over(phone, "ar")
    answer_as_client(phone, "guided_short", {step: SHORT[step] for step in list(SHORT)[1:]}, "ar")
    assert_asks_for_the_phone(phone, "ar")
    phone.shot("please-return")
    give_back(phone)
    phone.see("guided_short.g1_7.text")
    phone.shot("for-the-worker", whole=True)
    phone.tap("guided_short.g1_7.opt.safe_today")
    assert_summary(phone, ["C14", "C04", "C06", "C08"])
    phone.shot("summary", whole=True)
    phone.tap("ui.leave")
    phone.page.wait_for_selector("#empty:visible")
    assert phone.page.locator(".message").count() == 0
    assert phone.say("ui.touched") not in phone.page.inner_text("body")


def test_the_work_form_in_two_languages(phone):
    """Enough to offer help is the worker's to know; the client answers to the end and sees no result."""
    phone.album = "14-guided-work"
    begin(phone, "work_only")
    phone.see("guided_labour.gl_1.text")
    choose_clients_language(phone, "ar")
    assert_both_languages(phone, "guided_labour.gl_1", "ar")
    hand_over(phone, "ar")
    first = {step: LABOUR[step] for step in list(LABOUR)[:5]}
    answer_as_client(phone, "guided_labour", first, "ar")
    assert_clients_view(phone, "guided_labour.gl_6", "ar")
    give_back(phone)
    assert_both_languages(phone, "guided_labour.gl_6", "ar")
    assert phone.say("ui.enough_to_offer") in phone.lines()
    phone.shot("enough", whole=True)
    hand_over(phone, "ar")
    answer_as_client(phone, "guided_labour", {step: LABOUR[step] for step in list(LABOUR)[5:]}, "ar")
    assert_asks_for_the_phone(phone, "ar")
    give_back(phone)
    assert_summary(phone, ["C04", "C05", "C09", "C08", "C06"])
    phone.shot("summary", whole=True)
    phone.tap("ui.leave")
    phone.page.wait_for_selector("#empty:visible")
    assert phone.say("ui.touched") not in phone.page.inner_text("body")


def test_without_consent_no_question_is_asked(phone):
    """A no at the question of consent ends the talk with respect and a help card."""
    phone.album, phone.is_hurried = "15-no-consent", True
    phone.start("en")
    phone.enter("i_am_an_outreach_worker")
    answers = {step: CONSENT[step] for step in list(CONSENT)[:5]}
    phone.walk("guided_setup", {**answers, "gs_6": "no"})
    phone.see("guided_setup.gs_respect.text")
    assert phone.labels()[0] == phone.option("guided_setup.gs_respect", "contacts")
    assert phone.say("ui.hand_over") not in phone.labels()
    phone.shot("respect")
    phone.press(phone.option("guided_setup.gs_respect", "contacts"))
    phone.see("contact.title")
