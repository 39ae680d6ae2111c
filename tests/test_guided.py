"""A guided talk: the gate before every form, the phone in a client's hand, what is left for the worker at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace

import pytest
from stage import PLACE, SPANISH, Phone, at_door, cards, choose, name, quiet, seen

from bot.engine.engine import Engine
from bot.engine.machine import Position
from bot.engine.screen import RETURN, Screen, Text
from bot.engine.session import Flag, Session
from bot.flow.model import Flow, Library
from bot.talk import Talk
from bot.texts.source import messages

AGREED = Flag.WORKER | Flag.CONSENTED
CONSENT = ("Yes", "Yes", "No", "I said it", "I said it", "Yes")
WORKER_WORDS = ("Say:", "Worker:", "Say ", "For you:", "Touched on", "Enough to offer", "Not clear", "Not asked")


@pytest.fixture(scope="module")
def guided(library: Library) -> list[Flow]:
    """The flows that a worker opens."""
    return [flow for flow in library.flows.values() if flow.family == "guided"]


@pytest.fixture
def worker(talk: Talk) -> Phone:
    """An outreach worker who has gone through the setup with an adult, at the choice of forms."""
    phone = at_door(talk)
    phone.tap("Go on", "Yes, it is safe", "I am an outreach worker", *CONSENT, "18 or older")
    return phone


def forms(library: Library) -> list[Flow]:
    """Guided flows that ask a person about their life: those that end in a band."""
    return [
        flow for flow in library.flows.values() if flow.family == "guided" and flow.scoring in ("amp", "any1", "count")
    ]


# -- the gate --------------------------------------------------------------------------------------------------------


def test_every_form_needs_the_gate(library: Library) -> None:
    """Each of the six forms names what the setup grants; the setup is the only one to grant it."""
    assert len(forms(library)) == 6
    assert {flow.needs for flow in forms(library)} == {"consented"}
    assert [flow.id for flow in library.flows.values() if flow.grants] == ["guided_setup"]


def test_no_session_opens_a_form_without_consent(engine: Engine, library: Library, screens: list[Session]) -> None:
    """A session at any place of a form, in which nobody agreed, shows the first question of the setup instead."""
    places = [session for session in screens if session.flow in {flow.id for flow in forms(library)}]

    assert len(places) > 100
    for session in places:
        for flags in (Flag.NONE, Flag.WORKER, Flag.WORKER | Flag.CLIENT, Flag.MINOR | Flag.PAUSED):
            shown = seen(engine, replace(session, flags=flags))
            assert (shown.session.flow, shown.session.answers) == ("guided_setup", ())
            assert not shown.session.has(Flag.CLIENT)


def test_no_sealed_button_opens_a_form_without_consent(talk: Talk, library: Library) -> None:
    """The same through a button sealed with the right key, for the right chat."""
    for flow in forms(library):
        phone = Phone(talk)
        said = phone.press(talk.seal.seal(replace(talk.fresh("en"), flow=flow.id), PLACE)).text

        assert "Are you alone with the person" in said


def test_consent_ends_with_the_talk(talk: Talk, worker: Phone) -> None:
    """Back at the menu, or after Back from the first question, a form asks for the setup again."""
    worker.tap("Short, 5 questions", "Back")
    session = talk.seal.open(worker.data("Back"), PLACE)

    assert session is not None
    assert session.flow == "core"
    assert not session.flags & (Flag.CONSENTED | Flag.WORKER)


def test_only_a_yes_opens_a_form(engine: Engine) -> None:
    """Of all paths through the setup, those into a form say: alone, a language, consent asked and given."""
    chart = engine.charts["guided_setup"]
    waiting = [chart.start()]
    opened: list[Position] = []
    for position in waiting:
        further = [chart.advance(position, number) for number in range(1, chart.count(position) + 1)]
        for one in further:
            assert one is not None
            (opened if one.state.startswith("@") else waiting).append(one)

    assert len(opened) > 6
    for end in opened:
        said = {id: chart.flow.steps[id].options[index].id for id, index in end.trail}
        assert (said["gs_1"], said["gs_2"], said["gs_6"]) == ("yes", "yes", "yes")
        assert {"gs_4", "gs_5"} <= set(said)
        assert end.state.startswith("@guided_")


@pytest.mark.parametrize(
    ("answers", "card"),
    [
        (("No",), "Do not ask now."),
        (("Yes", "Friend or kin helps"), "Do not use a friend, boss, partner, child or kin as interpreter."),
        (("Yes", "No"), "Do not use a friend, boss, partner, child or kin as interpreter."),
        ((*CONSENT[:-1], "No"), "That is fine. Thank them."),
        ((*CONSENT[:-1], "Not able to agree"), "That is fine. Thank them."),
    ],
)
def test_a_stop_of_the_setup_ends_in_contacts(talk: Talk, answers: tuple[str, ...], card: str) -> None:
    """Not alone, no fit interpreter, no consent: a card that says what to do, contacts, and no way to a form."""
    phone = at_door(talk)
    phone.tap("Go on", "Yes, it is safe", "I am an outreach worker", *answers)
    assert phone.reply.text.endswith(card) or card in phone.reply.text
    assert phone.labels[0] == "Contacts"

    phone.tap("Contacts")

    assert phone.reply.contacts
    assert not any(label in phone.labels for label in ("Short, 5 questions", "Go on", "Yes"))


def test_someone_who_may_be_a_minor_gets_the_forms_for_minors(engine: Engine) -> None:
    """Under 18, and not sure, lead to the choice for minors, and carry the mark into the form."""
    for age in ("under_18", "not_sure"):
        at = quiet(engine, Session("guided_setup"), until="gs_8y", gs_7=age)
        for form in ("youth", "harm_in_the_family", "on_the_move"):
            opened = choose(engine, at, form)
            assert opened.has(Flag.MINOR)
            assert opened.flow in ("guided_youth", "guided_familial", "guided_transit")


# -- the phone in the client's hand ----------------------------------------------------------------------------------


def handed_over(engine: Engine, guided: list[Flow], screens: list[Session]) -> Iterator[Screen]:
    """Every screen of every guided flow as the client sees it, also with contacts laid over it."""
    flows = {flow.id for flow in guided}
    for session in (one for one in screens if one.flow in flows):
        for more in (Flag.NONE, Flag.HELP, Flag.MINOR, Flag.QUIET):
            screen = engine.show(replace(session, flags=AGREED | Flag.CLIENT | more))
            if screen is not None:  # a path may be impossible for a minor
                yield screen


def leaks(screen: Screen) -> list[str]:
    """What of a screen a client may not see: guidance, results, summaries, cards and words for the worker."""
    keys = [text.key for text in (*screen.texts, *screen.guidance)]
    found = [text.key for text in screen.guidance]
    found += [
        key for key in keys if key.startswith(("card.o_", "card.s_more", "construct.", "ui.touched", "ui.summary"))
    ]
    found += [
        key for key in keys if key in ("ui.enough_to_offer", "ui.instrument", "ui.for_you", "ui.say_this", "ui.signs")
    ]
    found += [screen.kind] if screen.kind in ("outcome", "urgent", "signs", "list", "more") else []
    found += [f"band {screen.band}"] if screen.band is not None else []
    return found + ([] if screen.guided == "client" else [f"guided {screen.guided!r}"])


def test_a_client_sees_questions_contacts_or_a_wish_to_return(
    engine: Engine, guided: list[Flow], screens: list[Session]
) -> None:
    """In every state of every guided flow: a question to the person, contacts, or the card that asks for the phone."""
    shown = list(handed_over(engine, guided, screens))

    assert len(shown) > 500
    for screen in shown:
        assert leaks(screen) == [], screen.session
        assert screen.kind in ("step", "contacts", "card")
        if screen.kind == "card":
            assert screen.texts == (Text("ui.please_return"),)
            assert screen.choices == ()


def test_a_leak_is_found(engine: Engine) -> None:
    """The worker's own screens would all be leaks: the test above can fail."""
    end = quiet(engine, Session("guided_short", flags=AGREED), g1_1="yes")
    strong = quiet(engine, Session("guided_short", flags=AGREED), until="g1_6", g1_2="yes_force")

    assert {"card.o_some_guided.text", "outcome", "band some", "ui.touched"} <= set(leaks(seen(engine, end)))
    assert "ui.enough_to_offer" in leaks(seen(engine, strong))


def test_a_question_for_the_worker_is_never_a_clients(
    engine: Engine, guided: list[Flow], screens: list[Session]
) -> None:
    """Steps for the worker alone, and every card, ask for the phone instead; the client has no answer to tap there."""
    steps = {flow.id: flow.steps for flow in guided}
    seen_by_client = set()
    for screen in handed_over(engine, guided, screens):
        if screen.kind == "step":
            position = engine.locate(screen.session)
            assert position is not None
            step = steps[screen.session.flow][position.state]
            seen_by_client.add((screen.session.flow, step.id))
            assert step.is_question
            assert not step.for_worker

    wanted = {
        (flow.id, one.id) for flow in guided for one in flow.steps.values() if one.is_question and not one.for_worker
    }
    assert seen_by_client == wanted


def test_no_word_for_the_worker_reaches_the_client(
    engine: Engine, guided: list[Flow], screens: list[Session], talk: Talk
) -> None:
    """What is sent in a client's hand holds none of the worker's words: no frame, no "Not asked", no result."""
    for screen in handed_over(engine, guided, screens):
        reply = talk.speaker.speak(screen, lambda _: "." * 64)
        labels = [button.label for row in reply.rows for button in row]
        words = [word for word in WORKER_WORDS if word in reply.text or word in labels]
        about_school = screen.session.flow == "guided_familial"  # its questions begin with "Say:" in the file itself
        assert [word for word in words if not (about_school and word in ("Say:", "Say "))] == [], screen.session
        assert "Hand over the phone" not in labels
        assert "Client's language" not in labels
        assert "Give the phone back" in labels


def test_a_client_answers_in_words_of_their_own(engine: Engine, library: Library) -> None:
    """A client reads "Not sure" and "Skip this" where a worker reads "Not clear" and "Not asked": the same answers."""
    at = quiet(engine, Session("guided_short", flags=AGREED), until="g1_4")
    theirs = seen(engine, at.at(on=Flag.CLIENT))
    mine = seen(engine, at)

    assert [choice.key for choice in theirs.choices[-2:]] == ["ui.client_unsure", "ui.client_skip"]
    assert [one.go for one in theirs.choices] == [
        replace(one.go, flags=one.go.flags | Flag.CLIENT) for one in mine.choices if isinstance(one.go, Session)
    ]


def test_the_client_reads_in_their_own_language(worker: Phone, talk: Talk) -> None:
    """Handed over with a second language, the question stands in it; English follows where nobody has checked it."""
    worker.tap("Short, 5 questions")
    at = talk.seal.open(worker.data("Back"), PLACE)
    assert at is not None
    session = replace(at, second=SPANISH).marked(at.turn.HERE)
    flow = talk.engine.library.flows["guided_short"]
    assert talk.speaker.offers.has_flow(flow, talk.languages.get(SPANISH))

    reply = worker.press(talk.seal.seal(session.at(on=Flag.CLIENT), PLACE))

    assert reply.language == "es"
    assert flow.steps["g1_1"].text not in reply.text.split("\n")[0]


def test_answers_given_by_the_client_stand_when_the_phone_returns(worker: Phone) -> None:
    """What the client answered is what the worker finds, and the worker goes on from there."""
    worker.tap("Short, 5 questions", "Hand over the phone", "Yes", "Yes, lies")
    assert "Have you been too afraid to quit" in worker.reply.text

    worker.tap("Give the phone back", "I am the worker")

    assert "Have you been too afraid to quit" in worker.reply.text
    assert "Hand over the phone" in worker.labels


# -- the way back takes two taps -------------------------------------------------------------------------------------


def test_the_phone_comes_back_in_two_taps(worker: Phone) -> None:
    """One tap asks who holds the phone; only the second shows the worker's screen, and "I am the client" does not."""
    worker.tap("Short, 5 questions", "Hand over the phone", "Give the phone back")
    assert worker.reply.text == "Who holds the phone now?"

    worker.tap("I am the client")
    assert "Say:" not in worker.reply.text
    assert "Give the phone back" in worker.labels

    worker.tap("Give the phone back", "I am the worker")
    assert "Say:" in worker.reply.text


def test_no_single_tap_of_a_client_shows_the_workers_view(
    engine: Engine, guided: list[Flow], screens: list[Session]
) -> None:
    """Whatever a client taps, forward or Back, stays in the client's view or leaves the talk; one button asks first."""
    for screen in handed_over(engine, guided, screens):
        for go in [choice.go for choice in screen.choices if isinstance(choice.go, Session)]:
            after = seen(engine, go)
            assert after.session.has(Flag.CLIENT), screen.session
        back = seen(engine, screen.back or screen.session.marked(screen.session.turn.BACK))
        assert back.session.has(Flag.CLIENT) or back.session.flow == "core"
        if back.session.flow == "core":  # the talk is over: consent and what was told are gone with it
            assert not back.session.flags & (Flag.CONSENTED | Flag.WORKER)
            assert back.kind in ("step", "languages")


def test_every_screen_of_a_client_can_be_given_back(
    engine: Engine, guided: list[Flow], screens: list[Session], talk: Talk
) -> None:
    """Questions, contacts and the card that asks for it all have the button, and it is keyless: it never grows old."""
    for screen in handed_over(engine, guided, screens):
        reply = talk.speaker.speak(screen, lambda _: "." * 64)
        assert RETURN in [button.data for row in reply.rows for button in row], screen.session


# -- for the worker alone --------------------------------------------------------------------------------------------


def test_enough_to_offer_help_is_a_quiet_line_to_the_worker(worker: Phone) -> None:
    """Once signs are strong the worker reads that they suffice; the client, who then gets the phone, does not."""
    line = "Enough to offer help."
    worker.tap("Short, 5 questions", "No")
    assert line not in worker.reply.text

    worker.tap("Yes, force")
    assert line in worker.reply.text

    assert line not in worker.tap("Hand over the phone").text


def test_nobody_but_a_worker_is_told_of_enough(engine: Engine, library: Library, screens: list[Session]) -> None:
    """The line belongs to guided forms; self flows have their own early stop."""
    told = {
        session.flow
        for session in screens
        if any(text.key == "ui.enough_to_offer" for text in seen(engine, session).guidance)
    }

    assert told == {flow.id for flow in forms(library)}


# -- the summary -----------------------------------------------------------------------------------------------------

SUMMARY = ("card.", "ui.touched", "construct.", "ui.summary_once")


def summaries(engine: Engine, library: Library, screens: list[Session]) -> Iterator[Screen]:
    """The result of every form in every band."""
    for session in screens:
        if session.flow in {flow.id for flow in forms(library)}:
            screen = seen(engine, session)
            if screen.kind == "outcome":
                yield screen


def test_a_summary_has_band_topics_and_contacts(worker: Phone) -> None:
    """The worker reads what the signs add up to, which topics they touched, that it is gone after, and whom to call."""
    worker.tap("Short, 5 questions", "Yes", "No", "No", "No", "Yes", "No", "Safe today")

    said = worker.reply.text
    assert said.startswith("Strong signs") or said.startswith("Some signs")
    assert "Touched on:" in said
    assert "• Unsafe or abusive work and living conditions" in said
    assert "• ID, passport or phone held" in said
    assert "Read this once. It is gone when you leave. Write no names anywhere." in said
    assert len(worker.reply.contacts) >= 2


def test_a_summary_holds_nothing_that_names_anybody(engine: Engine, library: Library, screens: list[Session]) -> None:
    """In every form and band: fixed cards and topics, with no answer, no question, no figure, nothing of a session."""
    found = list(summaries(engine, library, screens))

    assert {(screen.session.flow, screen.band) for screen in found} >= {
        (flow.id, band) for flow in forms(library) for band in ("none", "some", "strong")
    }
    for screen in found:
        keys = [text.key for text in screen.texts]
        assert all(key.startswith(SUMMARY) for key in keys), keys
        assert not [text for text in screen.texts if text.values]
        assert keys[-1] == "ui.summary_once"
        assert screen.band is not None
        assert screen.want is not None
        assert screen.guided == "worker"


def test_a_topic_says_nothing_of_an_answer(library: Library) -> None:
    """Topics are headings of constructs: none of them is a question or an answer of any form."""
    said = {message.key: message.english for message in messages(library).values()}
    answers = {option.say for flow in forms(library) for step in flow.steps.values() for option in step.options}
    topics = [said[f"construct.{code}"] for code in library.constructs]

    assert not set(topics) & answers
    assert not [topic for topic in topics if topic.endswith("?") or re.search(r"\d", topic)]


def test_a_session_has_no_room_for_a_person() -> None:
    """What a button carries of a guided talk: numbers and flags, and not one field of text but the flow's id."""
    held = {field.name: field.type for field in fields(Session)}

    assert [name for name, kind in held.items() if "str" in str(kind)] == ["flow"]


def test_topics_are_those_that_answers_touched(engine: Engine, library: Library) -> None:
    """An answer without a sign touches nothing; one that counts elsewhere touches the topic it counts under."""
    plain = seen(engine, quiet(engine, Session("guided_labour", flags=AGREED), gl_1="hotel_shop_other"))
    lost = seen(engine, quiet(engine, Session("guided_labour", flags=AGREED), gl_6="lose_pay_owed"))

    assert [text.key for text in plain.texts if text.key.startswith("construct.")] == []
    assert [text.key for text in lost.texts if text.key.startswith("construct.")] == ["construct.C05"]


def test_a_form_ends_in_the_talk_after_it(worker: Phone) -> None:
    """Close the talk opens the last steps: what the person wants next, no trace, care for the worker."""
    worker.tap("Short, 5 questions", "No", "No", "No", "No", "No", "No", "Safe today", "Close the talk")
    assert "What would help you most right now?" in worker.reply.text

    worker.tap("Next", "Later", "Next", "Done")

    assert worker.reply.text == "Thank you. Take care of yourself."


def test_danger_stops_every_form(engine: Engine, library: Library) -> None:
    """An urgent answer of any form or of the setup shows safety first with contacts, and the form only if asked for."""
    for flow in (*forms(library), library.flows["guided_setup"]):
        for step in flow.steps.values():
            for option in (one for one in step.options if one.is_urgent):
                at = quiet(engine, Session(flow.id, flags=AGREED), until=step.id)
                screen = seen(engine, choose(engine, at, option.id))
                assert cards(screen) == ["o_urgent_guided"]
                assert screen.want is not None
                assert screen.want.urgent
                assert [name(choice) for choice in screen.choices] == ["numbers", "back_to_form"]


def test_a_screen_of_a_worker_may_stay_for_longer(worker: Phone) -> None:
    """A worker's screens are marked as such from the setup to the end; a person's own never are."""
    assert worker.reply.worker
    assert worker.tap("Short, 5 questions").worker
    assert not at_door(worker.talk).reply.worker


def test_only_a_worker_is_shown_contacts_for_workers(
    engine: Engine, guided: list[Flow], screens: list[Session]
) -> None:
    """Contacts asked for in a guided talk are a worker's, until the client holds the phone."""
    for screen in handed_over(engine, guided, screens):
        if screen.want is not None:
            assert not screen.want.worker
            theirs = seen(engine, screen.session.at(off=Flag.CLIENT))
            assert theirs.want is not None
            assert theirs.want.worker
