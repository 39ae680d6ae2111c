"""The stand-in knows the Bot API as Telegram describes it and refuses what Telegram would refuse."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator import rules
from bot.simulator.decode import Undecodable, read_body, type_fields
from bot.simulator.entities import Unparsable, parse_html, trim, with_found
from bot.simulator.schema import Upload, load, units

SCHEMA = load()
SEND: dict[str, Any] = {"chat_id": 1, "text": "hello"}


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    """An inline keyboard of these rows."""
    return {"inline_keyboard": list(rows)}


def tap(data: str, label: str = "One") -> dict[str, Any]:
    """A button that carries data."""
    return {"text": label, "callback_data": data}


def says(method: str, params: dict[str, Any]) -> list[str]:
    """Telegram's wordings for everything wrong with a call."""
    return [mistake.says for mistake in rules.check(SCHEMA, method, params)]


def test_table_is_complete():
    """The table carries version 10.1 whole and says where it comes from and under which licence."""
    import json
    from importlib import resources

    table = json.loads(resources.files("bot.simulator").joinpath("botapi.json").read_text("utf-8"))
    assert (table["version"], len(table["methods"]), len(table["types"])) == ("Bot API 10.1", 180, 359)
    assert "telegram-bot-api-spec" in table["source"]
    assert table["licence"] == "MIT"


def test_every_type_in_the_table_is_known():
    """Every field of every method and type can be checked: no type is named that the table lacks."""
    kinds = [*SCHEMA.methods.values(), *SCHEMA.types.values()]
    named = {kind for one in kinds for field in one["fields"].values() for kind in field["types"]}
    for kind in named:
        SCHEMA.check(kind, object())


def test_method_names_have_no_case():
    """Telegram takes method names in any case."""
    assert SCHEMA.find("SENDMESSAGE") == "sendMessage"
    assert SCHEMA.find("sendMessages") is None


@pytest.mark.parametrize(
    ("method", "params", "wording"),
    [
        ("sendMessage", {"text": "hello"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": 1}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": " \n "}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"chat_id": 1, "text": "😀" * 2049}, "message is too long"),
        ("sendMessage", {**SEND, "parse_mode": "Markup"}, "unsupported parse_mode"),
        ("sendMessage", {**SEND, "parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
        (
            "sendMessage",
            {**SEND, "text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ("sendMessage", {**SEND, "reply_markup": keyboard([tap("x" * 65)])}, "BUTTON_DATA_INVALID"),
        ("sendMessage", {**SEND, "reply_markup": keyboard([tap("é" * 33)])}, "BUTTON_DATA_INVALID"),
        (
            "sendMessage",
            {**SEND, "reply_markup": keyboard([tap("")])},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ("sendMessage", {**SEND, "reply_markup": keyboard([tap("x")] * 9)}, "reply markup is too long"),
        ("sendMessage", {**SEND, "reply_markup": keyboard(*[[tap("x")]] * 101)}, "reply markup is too long"),
        (
            "sendMessage",
            {**SEND, "reply_markup": keyboard([{"text": "One"}])},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            "sendMessage",
            {**SEND, "reply_markup": keyboard([{"text": "Call", "url": "tel:+15550100"}])},
            "inline keyboard button URL 'tel:+15550100' is invalid: Wrong HTTP URL",
        ),
        (
            "sendMessage",
            {**SEND, "entities": [{"type": "bold", "offset": 0, "length": 100}]},
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
        ),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "MESSAGE_TOO_LONG"),
        ("setMyDescription", {"description": "x" * 513}, "description is too long"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "short description is too long"),
        ("setMyCommands", {"commands": [{"command": "Start", "description": "Go"}]}, "BOT_COMMAND_INVALID"),
        (
            "setMyCommands",
            {"commands": [{"command": "start", "description": ""}]},
            "BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "start", "description": "Go"}], "language_code": "fil"},
            "invalid language code specified",
        ),
        ("deleteMessages", {"chat_id": 1, "message_ids": []}, "message identifiers are not specified"),
        ("deleteMessages", {"chat_id": 1, "message_ids": [1] * 101}, "too many message identifiers specified"),
        ("editMessageText", {"text": "x", "chat_id": 1}, "message identifier is not specified"),
        ("sendChatAction", {"chat_id": 1, "action": "dance"}, "wrong parameter action in request"),
        (
            "setWebhook",
            {"url": "https://example.org", "secret_token": "a b"},
            "secret token contains unallowed characters",
        ),
    ],
)
def test_wrong_calls_are_refused_in_telegrams_words(method, params, wording):
    """A wrong call is refused with the sentence Telegram uses for it."""
    assert wording in says(method, params)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", {**SEND, "colour": "red"}),
        ("sendMessage", {**SEND, "reply_markup": keyboard([{**tap("x"), "colour": "red"}])}),
        ("sendMessage", {**SEND, "reply_markup": keyboard([])}),
        ("sendMessage", {**SEND, "text": 5}),
        ("sendMessage", {**SEND, "protect_content": "yes"}),
        ("sendMessage", {**SEND, "reply_markup": keyboard([{**tap("x"), "url": "https://example.org"}])}),
        ("getUpdates", {"allowed_updates": ["message", "callback_querry"]}),
        ("setMyCommands", {"commands": [], "scope": {"type": "everywhere"}}),
        ("deleteMessage", {"chat_id": 1, "message_id": True}),
    ],
)
def test_slips_that_telegram_lets_pass_are_found_too(method, params):
    """Unknown fields, empty rows and misspelt kinds are mistakes here, where Telegram would hide them."""
    assert rules.check(SCHEMA, method, params)


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", SEND),
        ("sendMessage", {**SEND, "text": "x" * 4096}),
        ("sendMessage", {**SEND, "text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "HTML"}),
        ("sendMessage", {**SEND, "reply_markup": keyboard([tap("x" * 64)])}),
        ("sendMessage", {**SEND, "reply_markup": keyboard([{"text": "Open", "url": "https://example.org/a?b=c"}])}),
        ("sendMessage", {**SEND, "reply_markup": {"remove_keyboard": True}}),
        ("setMyCommands", {"commands": [], "scope": {"type": "all_private_chats"}, "language_code": "ar"}),
        ("editMessageReplyMarkup", {"chat_id": 1, "message_id": 2}),
        ("deleteMessages", {"chat_id": 1, "message_ids": list(range(100))}),
        ("sendVoice", {"chat_id": 1, "voice": Upload("a.ogg")}),
        ("getUpdates", {"allowed_updates": ["message", "callback_query", "my_chat_member"]}),
    ],
)
def test_right_calls_pass(method, params):
    """A call in order has nothing against it."""
    assert rules.check(SCHEMA, method, params) == []


def test_all_mistakes_are_told_together():
    """A call with several mistakes is told all of them, each with its place."""
    params = {"text": 5, "reply_markup": keyboard([{"callback_data": "x"}, tap("x" * 65)]), "colour": 1}
    places = {mistake.where for mistake in rules.check(SCHEMA, "sendMessage", params)}
    assert {"sendMessage.chat_id", "sendMessage.text", "sendMessage.colour"} <= places
    assert "sendMessage.reply_markup.inline_keyboard[0][1].callback_data" in places


def test_forms_are_typed_by_the_table():
    """Form fields are texts; they become what the table says, nested values from JSON."""
    body = b'chat_id=-5&text=7&protect_content=true&reply_markup={"inline_keyboard":[]}'
    texts, values = read_body(b"", "application/x-www-form-urlencoded", body)
    params, found = type_fields(SCHEMA, "sendMessage", texts)
    assert (params, values, found) == (
        {"chat_id": -5, "text": "7", "protect_content": True, "reply_markup": {"inline_keyboard": []}},
        {},
        [],
    )


def test_untypable_form_fields_are_told():
    """A field that cannot be what the table asks for is a mistake, not a crash."""
    texts = {"chat_id": "1", "message_id": "two", "reply_markup": "{"}
    _, found = type_fields(SCHEMA, "editMessageReplyMarkup", texts)
    assert {mistake.where for mistake in found} == {
        "editMessageReplyMarkup.message_id",
        "editMessageReplyMarkup.reply_markup",
    }


def test_uploads_are_known_by_name_only():
    """A file sent along is kept as a name, whether put in the field itself or attached beside it."""
    boundary = b"--b\r\nContent-Disposition: form-data; "
    body = (
        boundary + b'name="chat_id"\r\n\r\n1\r\n' + boundary + b'name="voice"\r\n\r\nattach://f\r\n'
        + boundary + b'name="f"; filename="a.ogg"\r\nContent-Type: audio/ogg\r\n\r\nOggS\r\n--b--\r\n'
    )  # fmt: skip
    texts, _ = read_body(b"", "multipart/form-data; boundary=b", body)
    params, found = type_fields(SCHEMA, "sendVoice", texts)
    assert (params["chat_id"], type(params["voice"]), found) == (1, Upload, [])
    assert rules.check(SCHEMA, "sendVoice", params) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", b"[1]"), ("application/json", b"{"), ("text/plain", b"x"),
     ("application/x-www-form-urlencoded", b"\xff=\xfe")],
)  # fmt: skip
def test_unreadable_bodies_are_refused(kind, body):
    """A body that is neither a form nor a JSON object cannot be read."""
    with pytest.raises(Undecodable):
        read_body(b"", kind, body)


def test_html_becomes_entities():
    """Tags are cut out and told as entities with UTF-16 places."""
    text, entities = parse_html('😀 <b>one <i>two</i></b> &lt;3 &eacute; <a href="https://example.org/?a&amp;b">x</a>')
    assert text == "😀 one two <3 &eacute; x"
    assert entities == [
        {"type": "bold", "offset": 3, "length": 7},
        {"type": "italic", "offset": 7, "length": 3},
        {"type": "text_link", "offset": 23, "length": 1, "url": "https://example.org/?a&b"},
    ]


@pytest.mark.parametrize(
    ("source", "wording"),
    [
        ("a <c>x</c>", 'Unsupported start tag "c" at byte offset 2'),
        ("é <b>x</i>", 'Unmatched end tag at byte offset 7, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
    ],
)
def test_broken_html_is_refused(source, wording):
    """Markup that does not add up is refused with the byte where it breaks."""
    with pytest.raises(Unparsable) as caught:
        parse_html(source)
    assert str(caught.value) == wording


def test_white_space_around_a_text_goes():
    """Telegram cuts the white space around a text, and entities keep their words."""
    assert trim("  hi ", [{"type": "bold", "offset": 0, "length": 4}]) == (
        "hi",
        [{"type": "bold", "offset": 0, "length": 2}],
    )


def test_links_and_commands_are_found():
    """Links, addresses and commands become entities by themselves."""
    found = with_found("/start see https://example.org/a. or me@example.org", [])
    assert [(one["type"], one["offset"], one["length"]) for one in found] == [
        ("bot_command", 0, 6),
        ("url", 11, 21),
        ("email", 37, 14),
    ]


@given(st.text())
def test_any_escaped_text_survives_html(text):
    """A text escaped for HTML comes out as it was, without entities."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert parse_html(escaped) == (text, [])


@given(st.text(alphabet="a😀éع", min_size=1))
def test_length_is_counted_in_utf16(text):
    """Characters beyond the basic plane count twice, all others once."""
    assert units(text) == sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)
