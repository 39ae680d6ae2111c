"""The stand-in keeps chats as Telegram does: what is sent, changed, deleted, answered, and what people do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.simulator.botapi import BotApi
from bot.simulator.people import THINGS, Person

HOUR = 3600
KEYS = {"inline_keyboard": [[{"text": "One", "callback_data": "1"}], [{"text": "Open", "url": "https://example.org"}]]}


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(clock: Clock) -> BotApi:
    return BotApi(clock=clock)


@pytest.fixture
def person(api: BotApi) -> Person:
    return api.user(language_code="ar")


@pytest.fixture
def call(api: BotApi) -> Callable[..., Any]:
    """Make one call and return the result, or the error's description."""

    def make(method: str, **params: Any) -> Any:
        body = asyncio.run(api.answer(method, {}, params)).body
        return body["result"] if body["ok"] else body["description"]

    return make


def test_sent_messages_come_back_as_telegram_shapes_them(api, person, call):
    """A sent message is answered whole: sender, chat, date, found entities, keyboard, protection."""
    sent = call(
        "sendMessage", chat_id=person.chat_id, text="see https://example.org", reply_markup=KEYS, protect_content=True
    )
    assert api.schema.check("Message", sent) == []
    assert sent["from"]["is_bot"] is True
    assert sent["entities"] == [{"type": "url", "offset": 4, "length": 19}]
    assert (sent["reply_markup"], sent["has_protected_content"], sent["date"]) == (KEYS, True, 1_800_000_000)
    assert person.screen.labels == ["One", "Open"]


def test_message_numbers_grow_across_chats(api, person, call):
    """Message numbers are the bot's own and never repeat in any chat, as with a real account."""
    other = api.user()
    numbers = [call("sendMessage", chat_id=chat, text="x")["message_id"] for chat in (1_000_001, 1_000_002, 1_000_001)]
    assert numbers == sorted(set(numbers))
    assert [len(one.messages()) for one in (person, other)] == [2, 1]


def test_edits_change_the_message_in_place(person, call):
    """An edit keeps number and date, and takes the keyboard away when it sends none along."""
    number = call("sendMessage", chat_id=person.chat_id, text="old", reply_markup=KEYS)["message_id"]
    call("editMessageText", chat_id=person.chat_id, message_id=number, text="new")
    assert [(one.message_id, one.text, one.labels) for one in person.messages()] == [(number, "new", [])]


@pytest.mark.parametrize(("text", "keys"), [("same", KEYS), (" <b></b>same ", KEYS)])
def test_an_edit_that_changes_nothing_is_refused(person, call, text, keys):
    """An edit to what is already there is refused in Telegram's long sentence, and is no wrong call."""
    number = call("sendMessage", chat_id=person.chat_id, text="same", reply_markup=keys)["message_id"]
    said = call(
        "editMessageText", chat_id=person.chat_id, message_id=number, text=text, reply_markup=keys, parse_mode="HTML"
    )
    assert said.startswith("Bad Request: message is not modified: specified new message content and reply markup")


def test_only_the_bots_own_messages_can_be_edited(person, call):
    """The bot cannot change what a person wrote, nor what is not there."""
    number = person.send("mine")
    edit = {"chat_id": person.chat_id, "text": "x"}
    assert call("editMessageText", message_id=number, **edit) == "Bad Request: message can't be edited"
    assert call("editMessageText", message_id=9, **edit) == "Bad Request: message to edit not found"


def test_deletes_end_after_48_hours(person, call, clock):
    """In a private chat the bot deletes its own and the person's messages for 48 hours, then no more."""
    mine, sent = person.send("mine"), call("sendMessage", chat_id=person.chat_id, text="x")["message_id"]
    clock.now += 48 * HOUR - 1
    assert call("deleteMessage", chat_id=person.chat_id, message_id=mine) is True
    clock.now += 1
    assert (
        call("deleteMessage", chat_id=person.chat_id, message_id=sent)
        == "Bad Request: message can't be deleted for everyone"
    )
    assert [one.message_id for one in person.messages()] == [sent]


def test_many_are_deleted_at_once(person, call, clock):
    """deleteMessages passes over unknown numbers, and deletes nothing if one of them is too old."""
    old = person.send("old")
    clock.now += 40 * HOUR
    new = person.send("new")
    assert call("deleteMessages", chat_id=person.chat_id, message_ids=[5, new, 6]) is True
    newer = person.send("newer")
    clock.now += 8 * HOUR
    refused = call("deleteMessages", chat_id=person.chat_id, message_ids=[old, newer])
    assert refused == "Bad Request: message can't be deleted for everyone"
    assert [one.text for one in person.messages()] == ["old", "newer"]


def test_what_is_gone_cannot_be_deleted(person, call):
    """Deleting what is not there is refused."""
    said = call("deleteMessage", chat_id=person.chat_id, message_id=5)
    assert said == "Bad Request: message to delete not found"


def test_replies_carry_the_message_and_its_keyboard_once(person, call):
    """The message replied to comes along with its keyboard, without the message it replied to itself."""
    first = call("sendMessage", chat_id=person.chat_id, text="first", reply_markup=KEYS)["message_id"]
    second = call("sendMessage", chat_id=person.chat_id, text="second", reply_parameters={"message_id": first})
    third = call(
        "sendMessage", chat_id=person.chat_id, text="third", reply_parameters={"message_id": second["message_id"]}
    )
    assert second["reply_to_message"]["reply_markup"] == KEYS
    assert "reply_to_message" not in third["reply_to_message"]
    said = call("sendMessage", chat_id=person.chat_id, text="x", reply_parameters={"message_id": 5})
    assert said == "Bad Request: message to be replied not found"


def test_taps_are_answered_once_and_in_time(person, call, clock):
    """A tap can be answered once within minutes; later, again or for an unknown number it is too old."""
    call("sendMessage", chat_id=person.chat_id, text="x", reply_markup=KEYS)
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    first, second = person.tap("One"), person.tap("1")
    assert call("answerCallbackQuery", callback_query_id=first.query_id, text="Hello") is True
    assert person.notices == ["Hello"]
    clock.now += 301
    for number in (first.query_id, second.query_id, "7"):
        assert call("answerCallbackQuery", callback_query_id=number) == too_old


def test_a_tap_comes_with_its_message(api, person, call):
    """A tap tells who, where, with what, and the message as it stands with its keyboard."""
    number = call("sendMessage", chat_id=person.chat_id, text="x", reply_markup=KEYS)["message_id"]
    person.tap("One")
    person.press("forged", 5)
    real, forged = (update.body["callback_query"] for update in api.inbox.waiting)
    assert (real["data"], real["message"]["message_id"], real["message"]["reply_markup"]) == ("1", number, KEYS)
    assert real["from"]["language_code"] == "ar"
    assert (forged["data"], forged["message"]["date"]) == ("forged", 0)


def test_a_missing_button_is_told_with_those_there_are(person, call):
    """Tapping a button that is not there names the ones that are."""
    call("sendMessage", chat_id=person.chat_id, text="x", reply_markup=KEYS)
    with pytest.raises(LookupError, match="'One', 'Open'"):
        person.tap("Two")


@pytest.mark.parametrize("kind", [*THINGS, "text", "edit", "block", "unblock", "tap", "group", "added"])
def test_every_act_becomes_an_update_that_fits_the_table(api, person, call, kind):
    """Whatever a person does arrives as the Bot API describes it, field by field."""
    call("sendMessage", chat_id=person.chat_id, text="x", reply_markup=KEYS)
    number = person.send("/start one")
    group = api.group()
    acts: dict[str, Callable[[], Any]] = {
        "text": lambda: person.send("see https://example.org"),
        "edit": lambda: person.edit(number, "changed"),
        "block": person.block,
        "unblock": lambda: (person.block(), person.unblock()),
        "tap": lambda: person.tap("One"),
        "group": lambda: group.send(person, "/start"),
        "added": lambda: group.add_bot(person),
    }
    acts.get(kind, lambda: person.send_thing(kind))()
    before, update = api.inbox.waiting[0], api.inbox.waiting[-1]
    assert update.update_id > before.update_id
    assert api.schema.check("Update", update.body) == []


def test_the_language_may_be_missing(api):
    """A person whose app tells no language has no such field."""
    api.user().send("x")
    assert "language_code" not in api.inbox.waiting[0].body["message"]["from"]


def test_a_blocked_bot_is_refused(api, person, call):
    """After a block every call to the chat is refused with 403, until the person starts again."""
    call("sendMessage", chat_id=person.chat_id, text="x")
    person.block()
    blocked = "Forbidden: bot was blocked by the user"
    assert call("sendMessage", chat_id=person.chat_id, text="x") == blocked
    person.start()
    assert call("sendMessage", chat_id=person.chat_id, text="x")["text"] == "x"
    assert [update.kind for update in api.inbox.waiting] == ["my_chat_member", "my_chat_member", "message"]


def test_unknown_chats_are_not_found(call):
    """The bot cannot write to somebody it has never met."""
    for chat in (5, -5, "@somebody"):
        assert call("sendMessage", chat_id=chat, text="x") == "Bad Request: chat not found"


def test_groups_are_left(api, person, call):
    """A bot that leaves a group cannot speak there any more."""
    group = api.group()
    assert call("leaveChat", chat_id=group.chat_id) is True
    said = call("sendMessage", chat_id=group.chat_id, text="x")
    assert said == "Forbidden: bot is not a member of the supergroup chat"
    assert group.messages() == []


def test_getme_tells_every_power_off(call):
    """The stand-in's bot has no group, inline, guest, business or web-app powers unless a test gives them."""
    me = call("getMe")
    powers = [key for key in me if key.startswith(("can_", "supports_", "has_", "allows_"))]
    assert len(powers) == 10
    assert not any(me[key] for key in powers)
    powerful = asyncio.run(BotApi(powers={"can_join_groups": True}).answer("getMe", {}, {})).body["result"]
    assert powerful["can_join_groups"] is True


def test_names_and_descriptions_are_kept_per_language(api, call):
    """A text is shown in the person's language, else in the one for everybody, and can be taken back."""
    call("setMyDescription", description="all")
    call("setMyDescription", description="arabic", language_code="ar")
    assert call("getMyDescription", language_code="ar") == {"description": "arabic"}
    assert api.profile.text("description", "ar-eg") == "arabic"
    assert call("getMyDescription", language_code="fr") == {"description": "all"}
    call("setMyDescription", language_code="ar")
    assert call("getMyDescription", language_code="ar") == {"description": "all"}
    assert call("getMyName") == {"name": "Waymark"}


def test_commands_are_kept_per_scope_and_language(api, person, call):
    """getMyCommands answers exactly what was set; the person's menu falls back from narrow to wide."""
    one, two = [{"command": "one", "description": "1"}], [{"command": "two", "description": "2"}]
    private = {"type": "all_private_chats"}
    call("setMyCommands", commands=one)
    call("setMyCommands", commands=two, scope=private, language_code="ar")
    assert call("getMyCommands", language_code="ar") == []
    assert api.profile.commands(person.chat_id, "ar") == two
    assert api.profile.commands(person.chat_id, "en") == one
    call("deleteMyCommands", scope=private, language_code="ar")
    assert api.profile.commands(person.chat_id, "ar") == one


def test_voices_and_photos_become_messages(api, person):
    """A voice and a photo are kept as messages that fit the table, without their bytes."""
    for method, field in (("sendVoice", "voice"), ("sendPhoto", "photo")):
        texts = {"chat_id": str(person.chat_id), field: "known-file", "caption": "<i>c</i>", "parse_mode": "HTML"}
        result = asyncio.run(api.answer(method, texts, {})).body["result"]
        assert api.schema.check("Message", result) == []
        assert (result["caption"], field in result) == ("c", True)


def test_wrong_calls_are_listed_and_refusals_are_not(api, person, call):
    """The list holds the bot's own mistakes; what only met a changed world is no mistake."""
    call("deleteMessage", chat_id=person.chat_id, message_id=5)
    call("sendMessage", chat_id=5, text="x")
    assert list(api.wrong_calls) == []
    assert call("sendMessages", chat_id=5) == "Not Found: method not found"
    assert call("getChat", chat_id=5) == "Bad Request: this stand-in does not carry out getChat"
    call("sendMessage", chat_id=5, text="x", colour="red")
    assert [wrong.method for wrong in api.wrong_calls] == ["sendMessages", "getChat", "sendMessage"]
    assert "colour" in str(api.wrong_calls[-1].mistakes[0])


def test_a_refused_call_changes_nothing(api, person, call):
    """A call with a mistake in it is not carried out in part."""
    call("sendMessage", chat_id=person.chat_id, text="x", colour="red")
    assert person.messages() == []
    assert [(one.method, one.status) for one in api.calls] == [("sendMessage", 400)]
