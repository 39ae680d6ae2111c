"""The methods that write, change and remove messages, carried out on the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.simulator.refusal import NOT_MODIFIED, bad_request
from bot.simulator.rules import read_text
from bot.simulator.store import Chat, Message, Store

Params = Mapping[str, Any]


def send_message(store: Store, params: Params) -> dict[str, Any]:
    """Carry out sendMessage."""
    chat = store.find_chat(params["chat_id"])
    return _send(store, chat, _text_content(params), params)


def _text_content(params: Params) -> dict[str, Any]:
    text, entities = read_text(params)
    content: dict[str, Any] = {"text": text}
    if entities:
        content["entities"] = entities
    if "link_preview_options" in params:
        content["link_preview_options"] = params["link_preview_options"]
    return content


def send_voice(store: Store, params: Params) -> dict[str, Any]:
    """Carry out sendVoice; the sound itself is not kept."""
    voice = {**_file(store, "voice"), "duration": params.get("duration", 0)}
    return _send_media(store, {"voice": voice}, params)


def send_photo(store: Store, params: Params) -> dict[str, Any]:
    """Carry out sendPhoto; the picture itself is not kept."""
    size = {**_file(store, "photo"), "width": 640, "height": 480}
    return _send_media(store, {"photo": [size]}, params)


def _send_media(store: Store, content: dict[str, Any], params: Params) -> dict[str, Any]:
    chat = store.find_chat(params["chat_id"])
    text, entities = read_text(params, "caption")
    if text:
        content["caption"] = text
    if entities:
        content["caption_entities"] = entities
    return _send(store, chat, content, params)


def _file(store: Store, kind: str) -> dict[str, str]:
    number = sum(len(chat.messages) for chat in store.chats.values())
    return {"file_id": f"local-{kind}-{number}", "file_unique_id": f"{kind}{number}"}


def _send(store: Store, chat: Chat, content: dict[str, Any], params: Params) -> dict[str, Any]:
    message = store.add(
        chat,
        content,
        markup=_inline_markup(params),
        is_protected=params.get("protect_content", False),
        is_silent=params.get("disable_notification", False),
        reply_to=_find_reply(chat, params.get("reply_parameters")),
    )
    return message.shape()


def _inline_markup(params: Params) -> dict[str, Any] | None:
    """The inline keyboard of a call; an empty one and the other kinds of markup show under no message."""
    markup = params.get("reply_markup") or {}
    rows = [row for row in markup.get("inline_keyboard", []) if row]
    return {"inline_keyboard": rows} if rows else None


def _find_reply(chat: Chat, reply: Params | None) -> Message | None:
    if reply is None:
        return None
    found = chat.messages.get(reply["message_id"])
    if found is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return found


def edit_text(store: Store, params: Params) -> dict[str, Any]:
    """Carry out editMessageText; a keyboard that is not sent along goes."""
    message = _find_own(store, params)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _edit(store, message, _text_content(params), params)


def edit_markup(store: Store, params: Params) -> dict[str, Any]:
    """Carry out editMessageReplyMarkup."""
    message = _find_own(store, params)
    return _edit(store, message, message.content, params)


def _find_own(store: Store, params: Params) -> Message:
    message = store.find_chat(params["chat_id"]).messages.get(params["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    if not message.is_from_bot:
        raise bad_request("message can't be edited")
    return message


def _edit(store: Store, message: Message, content: dict[str, Any], params: Params) -> dict[str, Any]:
    markup = _inline_markup(params)
    if markup == message.markup and all(content.get(key) == message.content.get(key) for key in ("text", "entities")):
        raise bad_request(NOT_MODIFIED)
    store.edit(message, content, markup)
    return message.shape()


def delete_message(store: Store, params: Params) -> bool:
    """Carry out deleteMessage."""
    message = store.find_chat(params["chat_id"]).messages.get(params["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    if not store.is_deletable(message):
        raise bad_request("message can't be deleted for everyone")
    store.delete(message)
    return True


def delete_messages(store: Store, params: Params) -> bool:
    """Carry out deleteMessages: unknown numbers are passed over; one that may not go any more stops them all."""
    chat = store.find_chat(params["chat_id"])
    found = [chat.messages[number] for number in dict.fromkeys(params["message_ids"]) if number in chat.messages]
    if not all(store.is_deletable(message) for message in found):
        raise bad_request("message can't be deleted for everyone")
    for message in found:
        store.delete(message)
    return True


def send_action(store: Store, params: Params) -> bool:
    """Carry out sendChatAction; it shows until the next message."""
    chat = store.find_chat(params["chat_id"])
    chat.activity = params["action"]
    store.touch(chat)
    return True


def leave(store: Store, params: Params) -> bool:
    """Carry out leaveChat."""
    chat = store.find_chat(params["chat_id"])
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.is_open = False
    store.touch(chat)
    return True


CARRIERS: Mapping[str, Callable[[Store, Params], object]] = {
    "sendMessage": send_message,
    "sendVoice": send_voice,
    "sendPhoto": send_photo,
    "editMessageText": edit_text,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "sendChatAction": send_action,
    "leaveChat": leave,
}
