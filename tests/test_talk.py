"""What a person taps and what they see next: help from anywhere, languages and places kept, one kind refusal."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest
import tongues
from hypothesis import given
from hypothesis import strategies as st
from stage import ARABIC, ENGLISH, PLACE, SPANISH, START, Clock, Phone, at_door, at_question, day_of, open_talk, seen

from bot.counts.tally import Tally
from bot.engine.engine import Engine
from bot.engine.session import Flag, Session
from bot.flow.model import Library
from bot.house import Content
from bot.seal.keyring import Keyring
from bot.talk import Talk, minutes_since_epoch
from bot.texts.catalogue import Catalogues
from bot.texts.page import units
from bot.texts.speak import Reply

MOST_UNITS, MOST_BYTES, MOST_BUTTONS, MOST_IN_A_ROW, MOST_LABEL = 4096, 64, 100, 8, 64
AGE = "How old are you?"
NAVIGATION = ["Back", "Get help now", "Language", "Leave now"]
UNREAD = "I cannot read this button any more. You can start again, get help now, or leave."


def ask(talk: Talk, session: Session) -> Reply:
    """The reply to the button of a session begun now."""
    started = replace(session, started=minutes_since_epoch(talk.now()))
    return talk.turn(talk.seal.seal(started, PLACE), PLACE)


def shape(reply: Reply) -> list[list[str]]:
    return [[button.label for button in row] for row in reply.rows]


def fits(reply: Reply) -> bool:
    """Whether Telegram takes it: text, spans, rows, labels and what buttons carry."""
    buttons = [button for row in reply.rows for button in row]
    end = units(reply.text)
    return (
        0 < end <= MOST_UNITS
        and all(e.offset >= 0 and e.length > 0 and e.offset + e.length <= end for e in reply.entities)
        and len(reply.entities) <= 100
        and 0 < len(buttons) <= MOST_BUTTONS
        and all(0 < len(row) <= MOST_IN_A_ROW for row in reply.rows)
        and all(0 < len(b.label) <= MOST_LABEL and 0 < len(b.data.encode()) <= MOST_BYTES for b in buttons)
    )


# -- ways in ------------------------------------------------------------------------------------------------------


def test_a_talk_begins_with_the_choice_of_a_language(talk: Talk) -> None:
    """The first screen asks for nothing else, and the language Telegram hinted at stands first."""
    phone = Phone(talk, hint="es-MX")

    phone.send("start")

    assert phone.reply.text.startswith("Elige tu idioma.")
    assert phone.labels[0] == "Español"
    assert set(phone.labels) >= {"English", "العربية"}


def test_the_first_useful_screen_is_two_taps_away(talk: Talk) -> None:
    """After the language comes the door, and after it the question whether the phone is safe."""
    phone = at_door(talk)
    assert phone.labels == ["Go on", *NAVIGATION]

    phone.tap("Go on")

    assert phone.reply.text == "Is this phone safe for you to use right now?"


@pytest.mark.parametrize("command", ["start", "", "settings", "START", "start now", "exit now", "Hilfe"])
def test_unknown_commands_show_the_languages(talk: Talk, command: str) -> None:
    """What is no command of ours begins a talk, as /start does, and nothing of it is repeated."""
    phone = at_question(talk)

    assert phone.send(command).text == "Choose your language."


@pytest.mark.parametrize("hint", [None, "", "xx", "mam", "../es", "ti"])
def test_a_hint_at_a_language_that_is_not_offered_is_english(talk: Talk, hint: str | None) -> None:
    """Without usable words in the hinted language the list of languages is in English."""
    assert Phone(talk, hint=hint).send("start").text == "Choose your language."


def test_exit_leaves_at_once(talk: Talk) -> None:
    """The command shows nothing and asks nothing."""
    assert at_question(talk).send("exit") == Reply(leave=True)


@pytest.mark.parametrize("data", ["x", "x:1", "x:zik0zj"])
def test_leave_leaves_at_once(talk: Talk, data: str) -> None:
    """The Leave button shows nothing and asks nothing, with or without the place where the talk began."""
    assert at_question(talk).press(data) == Reply(leave=True)


def test_an_answer_can_leave(talk: Talk) -> None:
    """Who says that the phone is not safe is let go."""
    phone = at_door(talk)
    phone.tap("Go on")

    assert phone.data("Not safe") == "x"
    assert phone.tap("Not safe") == Reply(leave=True)


# -- every screen -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", [ENGLISH, SPANISH, ARABIC], ids=["English", "Spanish", "Arabic"])
def test_every_screen_fits_and_has_its_four_buttons(talk: Talk, screens: list[Session], locale: int) -> None:
    """Each screen of each flow is within Telegram's limits and ends in Back, help, language and leave."""
    country, region = talk.speaker.directory.numbers("US", "US-KY")
    words = {"ui.back": "", "ui.help": "h", "ui.language": "l", "ui.leave": "x"}
    for session in screens:
        reply = ask(talk, replace(session, locale=locale, country=country, region=region))
        if reply.leave:
            continue
        assert fits(reply), f"{session.flow} {session.answers}"
        voice = talk.speaker.offers.voice(talk.languages.by_tag[reply.language])
        last = [button for row in reply.rows[-2:] for button in row]
        assert [button.label for button in last] == [voice.say(key) for key in words]
        assert [button.data for button in last][1:] == ["h", "l", "x"]
        assert len(last[0].data) == 64


def test_every_place_fits_one_message(talk: Talk) -> None:
    """The longest lists of contacts, of every country and region and for everyone, are within Telegram's limits."""
    for country in talk.speaker.directory.countries.values():
        for region in (0, *(region.number for region in country.regions)):
            for flags in (Flag.HELP, Flag.HELP | Flag.MINOR | Flag.FEAR, Flag.HELP | Flag.WORKER | Flag.QUIET):
                at = Session("self_adult", ARABIC, 0, country.number, region, flags)
                assert fits(ask(talk, at)), f"{country.code} {region} {flags}"


def test_no_screen_counts_more_than_ten_ways_on(talk: Talk, screens: list[Session]) -> None:
    """Besides the four buttons of every screen there are at most ten, and two for a worker."""
    for session in screens:
        screen = seen(talk.engine, session)
        assert len(screen.choices) <= 10


def test_help_is_one_tap_from_every_screen(talk: Talk, screens: list[Session]) -> None:
    """From any screen the help button shows contacts, and Back from there shows that screen again."""
    for session in screens[::5]:
        before = ask(talk, session)
        if before.leave:
            continue
        phone = Phone(talk, reply=before)
        shown = phone.tap("Get help now")
        assert shown.rows != before.rows
        assert "Choose a country" in phone.labels or shown.contacts
        if seen(talk.engine, session).kind != "contacts":
            assert phone.tap("Back") == before


# -- static buttons -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", ["h", "l", "m", "p:0", "p:1", "x", "x:1a"])
def test_static_buttons_need_no_key(content: Content, data: str) -> None:
    """On a screen whose keys are gone, help, languages, menu, places and leave work as on a fresh one."""
    old = at_question(open_talk(content))
    talk = open_talk(content, keys=Keyring(None, lambda: 1, lambda length: b"\7" * length))

    reply = talk.turn(data, PLACE, old.beside, "en")

    assert reply == open_talk(content, keys=Keyring(None, lambda: 1, lambda length: b"\7" * length)).turn(data, PLACE)
    assert reply.leave or fits(reply)


def test_static_buttons_need_no_key_folder(content: Content, clock: Clock, tmp_path: Path) -> None:
    """With the folder of keys gone from under a running bot, help still answers and the talk goes on."""
    folder = tmp_path / "keys"
    folder.mkdir()
    talk = open_talk(content, clock, keys=Keyring(folder, day_of(clock)))
    for key in folder.iterdir():
        key.unlink()
    folder.rmdir()

    assert fits(talk.turn("h", PLACE))
    assert at_question(talk).reply.text == AGE


@pytest.mark.parametrize("data", ["", "q", "help", "m:1", "{}", "\0", "é" * 30, "A" * 63, "x" * 65, "l:999", "p:99999"])
def test_unknown_short_data_leads_to_the_menu(talk: Talk, data: str) -> None:
    """A button of another program or another time opens the choice of flows, or the door where no talk is open."""
    assert talk.turn(data, PLACE).text.startswith("Hi. I share facts")

    phone = at_question(talk)

    assert phone.press(data).text == "What would help you most?"


@given(
    data=st.text(max_size=70), beside=st.lists(st.text(max_size=70), max_size=3), hint=st.none() | st.text(max_size=40)
)
def test_any_data_gets_a_screen(content: Content, data: str, beside: list[str], hint: str | None) -> None:
    """Whatever a button carries and whatever stands beside it, there is an answer that Telegram takes."""
    reply = _shared(content).turn(data, PLACE, beside, hint)

    assert reply.leave or fits(reply)


@given(number=st.integers(0, 9999))
def test_any_page_of_places_gets_a_screen(content: Content, number: int) -> None:
    """Pages and countries that do not exist show something sensible, and every button of them works."""
    phone = Phone(_shared(content))
    phone.press(f"p:{number}")
    assert fits(phone.reply)
    for button in phone.buttons[:3]:
        reply = Phone(phone.talk, reply=phone.reply).press(button.data)
        assert reply.leave or fits(reply)


_TALKS: list[Talk] = []


def _shared(content: Content) -> Talk:
    """One talk for many examples: it keeps nothing between them."""
    if not _TALKS:
        _TALKS.append(open_talk(content))
    return _TALKS[0]


# -- help, languages and places keep the question -----------------------------------------------------------------


def test_help_keeps_the_question_and_its_answers(talk: Talk) -> None:
    """Contacts lie over the question; Back shows it as it was, down to the last button."""
    phone = at_question(talk)
    before = phone.reply

    phone.tap("Get help now")
    assert phone.reply.contacts
    assert phone.tap("Back") == before


def test_help_by_command_keeps_the_question(talk: Talk) -> None:
    """The command does what the button does."""
    phone = at_question(talk)
    before = phone.reply

    phone.send("help")
    assert phone.reply.contacts
    assert phone.tap("Back") == before


def test_a_language_chosen_in_the_middle_keeps_question_and_answers(talk: Talk) -> None:
    """The same question comes in the other language, and the answers given before still stand."""
    phone = at_question(talk)

    phone.tap("Language", "Español")

    spanish = talk.speaker.offers.voice(talk.languages.by_tag["es"])
    assert phone.reply.text.startswith(spanish.say("self_adult.sa_age.text"))
    assert phone.reply.language == "es"
    session = talk.seal.open(phone.buttons[0].data, PLACE)
    assert session is not None
    assert (session.flow, session.answers, session.locale) == ("self_adult", (1, 1), SPANISH)


def test_back_from_the_languages_keeps_the_language(talk: Talk) -> None:
    """Who opens the list and goes back sees the question unchanged."""
    phone = at_question(talk)
    before = phone.reply

    assert phone.tap("Language", "Back") == before


def test_a_language_chosen_over_help_stays_on_help(talk: Talk) -> None:
    """Contacts that were on screen come in the other language, with the question still behind them."""
    phone = at_question(talk)
    phone.tap("Get help now")
    shown = phone.reply.contacts

    phone.tap("Language", "Español")

    assert set(phone.reply.contacts) & set(shown)
    assert phone.tap("Atrás").text.startswith(
        talk.speaker.offers.voice(talk.languages.by_tag["es"]).say("self_adult.sa_age.text")
    )


def test_all_languages_are_reached(content: Content, tmp_path: Path) -> None:
    """All 41 languages are at most two taps from the first screen, each group's page leads back, nothing is blank."""
    source = content.catalogues.source
    safety = {key: message for key, message in source.items() if message.domain == "safety"}
    for language in content.languages.by_tag.values():
        if language.tag != "en":
            tongues.translate(tmp_path, language, safety)
    catalogues = Catalogues(tmp_path, source, list(content.languages.by_tag))
    phone = Phone(open_talk(replace(content, catalogues=catalogues)))
    phone.send("start")
    names = {language.native for language in content.languages.by_tag.values()}
    front = phone.beside
    met = {label for label in phone.labels if label in names}
    for data in [data for data in front if data.startswith("l:")]:
        phone.press(data)
        met |= {label for label in phone.labels if label in names}
        phone.tap("More languages")
        assert phone.labels[0] == "English"

    assert met == names
    assert len(front) <= 24


def test_a_place_is_picked_from_a_list(content: Content) -> None:
    """Without a place the help screen asks for one; after it is picked, contacts of it are shown."""
    talk = open_talk(content, country="")
    phone = at_question(talk)
    phone.tap("Get help now")
    assert phone.labels[0] == "Choose a country"
    assert not phone.reply.contacts

    phone.tap("Choose a country")
    assert phone.reply.text == "Which country are you in now? I only use this to pick contacts."
    phone.tap("United States")

    assert phone.reply.contacts
    assert phone.tap("Back").text == AGE


def test_a_region_is_picked_from_a_list(talk: Talk) -> None:
    """Where a country has regions, one can be chosen, and the whole country again."""
    phone = at_question(talk)
    phone.tap("Get help now")
    whole = phone.reply.contacts
    phone.tap("Choose a region")
    while "Kentucky" not in phone.labels:
        phone.tap(next(label for label in phone.labels if "–" in label and _between(label, "Kentucky")))
    phone.tap("Kentucky")
    session = talk.seal.open(phone.data("Back"), PLACE)

    assert session is not None
    assert talk.speaker.directory.place(session.country, session.region) == ("US", "US-KY")
    assert phone.reply.contacts

    phone.tap("Choose a region", "Whole country")
    assert phone.reply.contacts == whole


def _between(label: str, name: str) -> bool:
    first, _, last = label.partition(" – ")
    return first[0] <= name[0] <= last[0]


def test_a_place_picked_over_an_outcome_stays_there(content: Content, engine: Engine) -> None:
    """Who chooses a country on a result sees that result, with contacts of the country in it."""
    talk = open_talk(content, country="")
    phone = Phone(talk, reply=ask(talk, Session("job_offer", answers=(1, 3, 2, 1, 1, 2, 2, 1, 2, 2, 2, 2))))
    assert "Choose a country" in phone.labels
    text = phone.reply.text

    phone.tap("Choose a country", "United States")

    assert phone.reply.text.startswith(text)
    assert phone.reply.contacts


def test_what_the_person_cannot_do_is_kept(talk: Talk) -> None:
    """The two buttons under contacts toggle, change the choice, and stay said on later screens."""
    phone = at_question(talk)
    phone.tap("Get help now", "I cannot talk now", "I fear officials")
    assert {"I can talk", "Officials are fine"} <= set(phone.labels)
    quiet = phone.reply.contacts

    phone.tap("Back", "18 or older", "Get help now")
    assert phone.reply.contacts == quiet
    phone.tap("I can talk", "Officials are fine")
    assert phone.reply.contacts != quiet


def test_typed_text_is_answered_over_the_question(talk: Talk) -> None:
    """The one card for typed text stands above the question, whose buttons work on."""
    phone = at_question(talk)
    before = phone.reply

    notice = talk.notice(PLACE, phone.beside)

    assert notice.text.startswith("I cannot read or keep messages.")
    assert notice.text.endswith(before.text)
    assert notice.rows == before.rows


def test_typed_text_without_a_talk_is_answered_too(talk: Talk) -> None:
    """Who types before tapping sees the card, and a way on."""
    phone = Phone(talk, reply=talk.notice(PLACE, [], "en"))

    assert phone.reply.text.startswith("I cannot read or keep messages.")
    assert phone.tap("Back").text.startswith("Hi. I share facts")


@pytest.mark.parametrize(("command", "says"), [("privacy", "I keep no record of you"), ("about", "abcd1234")])
def test_pages_keep_the_question(talk: Talk, command: str, says: str) -> None:
    """What is kept and what this is can be read in the middle of a talk."""
    phone = at_question(talk)
    before = phone.reply

    phone.send(command)
    assert says in phone.reply.text
    assert phone.tap("Back") == before


# -- buttons that cannot be read -----------------------------------------------------------------------------------


def test_unreadable_buttons_get_one_kind_screen(content: Content, clock: Clock) -> None:
    """Expired, foreign, altered, made up, of a changed flow, of a lost key: the same words and the same ways on."""
    talk = open_talk(content, clock)
    token = at_question(talk).buttons[0].data
    elsewhere = replace(PLACE, chat=PLACE.chat + 1, user=PLACE.user + 1)
    altered = base64.urlsafe_b64encode(bytes(b ^ 1 for b in base64.urlsafe_b64decode(token))).decode()
    lost = open_talk(content, clock, keys=Keyring(None, day_of(clock), lambda length: b"\7" * length))
    changed = open_talk(content, clock)
    changed.seal.flow_of = lambda digest: None
    late = Clock(START)
    late.forward(hours=25)

    replies = [
        open_talk(content, late).turn(token, PLACE, (), "en"), talk.turn(token, elsewhere, (), "en"),
        talk.turn(altered, PLACE, (), "en"), talk.turn("A" * 64, PLACE, (), "en"), lost.turn(token, PLACE, (), "en"),
        changed.turn(token, PLACE, (), "en"),
    ]  # fmt: skip

    for reply in replies:
        assert reply.text == UNREAD
        assert shape(reply) == [["Start again", "Get help now"], ["Language", "Leave now"]]
        assert [button.data for row in reply.rows for button in row] == ["m", "h", "l", "x"]


def test_the_kind_screen_speaks_the_hinted_language(talk: Talk) -> None:
    """What cannot be read holds no language; Telegram's hint stands in."""
    assert talk.turn("A" * 64, PLACE, (), "es").language == "es"


def test_one_can_start_again_from_the_kind_screen(talk: Talk) -> None:
    """Its buttons need no key and lead on."""
    phone = Phone(talk, reply=talk.turn("A" * 64, PLACE, (), "en"))

    assert phone.tap("Start again").text.startswith("Hi. I share facts")


# -- the same tap again -------------------------------------------------------------------------------------------


class Book:
    """A counter that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[Tally] = []

    def add(self, tally: Tally) -> None:
        self.told.append(tally)


def test_a_repeated_tap_shows_the_same_and_counts_nothing(content: Content) -> None:
    """Telegram may deliver a tap twice: the screen is drawn again, and start and end are counted once."""
    clock, book = Clock(), Book()
    talk = open_talk(content, clock, book)
    clock.forward(minutes=2)
    phone = at_question(talk)
    clock.forward(minutes=1)
    for label in ["18 or older", "No", "A job or other work", "Yes", "Yes", "I could just leave", *["No", "I do"],
                  "No", "Yes, I am free", "No", "Yes, now"]:  # fmt: skip
        beside, data = phone.beside, phone.data(label)
        first = phone.press(data)
        assert talk.turn(data, PLACE, beside, "en") == first

    assert phone.reply.text.startswith("What you shared has some signs")
    assert [(tally.flow, tally.event, tally.band) for tally in book.told] == [
        ("self_adult", "started", None), ("self_adult", "ended", "some"),
    ]  # fmt: skip
    assert [(tally.locale, tally.region) for tally in book.told] == [(None, None), ("en", "US")]


def test_results_of_the_young_are_not_counted(content: Content) -> None:
    """Of talks for people under 18 only that they ended is told, not how."""
    clock, book = Clock(), Book()
    talk = open_talk(content, clock, book)
    clock.forward(minutes=2)
    phone = at_question(talk)
    clock.forward(minutes=1)
    phone.tap("Under 18", "Yes, I am safe", "Yes", "Show help now")

    assert phone.reply.text.startswith("Thank you for telling me.")
    assert [(tally.flow, tally.event, tally.band) for tally in book.told] == [
        ("self_adult", "started", None), ("self_youth", "ended", None),
    ]  # fmt: skip


# -- what nobody has checked ---------------------------------------------------------------------------------------


def test_a_screening_that_nobody_checked_is_withheld(content: Content, tmp_path: Path) -> None:
    """In a language past the first tier an unchecked screening gives contacts and other languages instead."""
    somali = content.languages.by_tag["so"]
    source = content.catalogues.source
    tongues.translate(tmp_path, somali, source)
    talk = open_talk(replace(content, catalogues=Catalogues(tmp_path, source, ["so"])))

    reply = ask(talk, Session("self_adult", somali.number, 0, *talk.speaker.directory.numbers("US")))

    assert tongues.swapped("I do not have these questions in your language yet.") in reply.text
    assert AGE not in reply.text
    assert reply.contacts
    assert shape(reply)[0] == ["English"]
    chosen = Phone(talk, reply=reply).tap("English")
    assert chosen.text.startswith("This takes about 4 minutes.")


def test_help_is_given_in_a_language_whose_screenings_are_withheld(content: Content, tmp_path: Path) -> None:
    """Door and contacts speak the language; only unchecked questions do not."""
    somali = content.languages.by_tag["so"]
    source = content.catalogues.source
    tongues.translate(tmp_path, somali, source)
    talk = open_talk(replace(content, catalogues=Catalogues(tmp_path, source, ["so"])))

    assert ask(talk, Session("core", somali.number)).language == "so"
    assert ask(talk, Session("self_adult", somali.number, flags=Flag.HELP)).language == "so"


# -- a guided talk -------------------------------------------------------------------------------------------------


def test_all_flows_speak_every_language_that_is_offered(talk: Talk, library: Library) -> None:
    """The first screen of every flow comes in each first-tier language that ships, whole."""
    for language in talk.speaker.offers.offered():
        for flow in library.flows:
            flags = Flag.CONSENTED | Flag.WORKER
            assert ask(talk, Session(flow, language.number, flags=flags)).language == language.tag


def test_a_client_who_holds_the_phone_sees_questions_alone(talk: Talk) -> None:
    """After the phone is handed over results and notes for the worker stay hidden until it is given back."""
    worker = Session("guided_short", flags=Flag.WORKER | Flag.CONSENTED, answers=(2, 3))
    phone = Phone(talk, reply=ask(talk, worker))
    quiet_line = "Enough to offer help."
    assert quiet_line in phone.reply.text

    phone.tap("Hand over the phone")
    assert quiet_line not in phone.reply.text
    while "Give the phone back" in phone.labels and len(phone.reply.rows) > 3:
        assert "Strong signs" not in phone.reply.text
        phone.press(phone.buttons[0].data)
    assert phone.reply.text.startswith("Thank you. Please give the phone back now.")

    phone.tap("Give the phone back")
    assert phone.reply.text == "Who holds the phone now?"
    assert "Enough to offer help." in phone.tap("I am the worker").text
    assert "Strong signs" in phone.tap("Safe today").text
