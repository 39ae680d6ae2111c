"""What Telegram forbids beyond the table: texts after their markup, keyboards, links, command names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.entities import Entity, Unparsable, check_entities, parse_html, trim, with_found
from bot.simulator.refusal import Mistake
from bot.simulator.schema import NO_ACTION, Schema, check_length, load

MAX_BUTTONS, MAX_PER_ROW = 100, 8
UPDATE_KINDS = tuple(name for name in load().types["Update"]["fields"] if name != "update_id")
DEFAULT_KINDS = tuple(
    kind for kind in UPDATE_KINDS if kind not in ("chat_member", "message_reaction", "message_reaction_count")
)
_ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip
_BUTTON_ACTIONS = (
    "callback_data", "url", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")


def check(schema: Schema, method: str, params: Mapping[str, Any]) -> list[Mistake]:
    """Everything wrong with a call: first what the table forbids, then, if that is clean, what it cannot say."""
    found = schema.check_call(method, params)
    if found:
        return found
    for name in ("text", "caption"):
        if name in params and "parse_mode" in schema.fields(method):
            found += _check_text(schema, method, name, params)
    if isinstance(params.get("reply_markup"), dict):
        found += _check_markup(f"{method}.reply_markup", params["reply_markup"])
    if method in _RULES:
        found += _RULES[method](method, params)
    language = params.get("language_code", "")
    if "language_code" in schema.fields(method) and not _LANGUAGE.fullmatch(language):
        what = f"{language!r} is not a two-letter language code."
        found.append(Mistake(f"{method}.language_code", what, "invalid language code specified"))
    return found


def read_text(params: Mapping[str, Any], name: str = "text") -> tuple[str, list[Entity]]:
    """The text of a call as the person will see it, with all entities; markup must have been checked before."""
    entities_name = "entities" if name == "text" else "caption_entities"
    text, entities = params.get(name, ""), list(params.get(entities_name, []))
    if params.get("parse_mode"):
        text, entities = parse_html(text)
    text, entities = trim(text, entities)
    return text, with_found(text, entities)


def _check_text(schema: Schema, method: str, name: str, params: Mapping[str, Any]) -> list[Mistake]:
    where, mode = f"{method}.{name}", params.get("parse_mode", "")
    entities_name = "entities" if name == "text" else "caption_entities"
    if mode.lower() in ("markdown", "markdownv2"):
        return [Mistake(f"{method}.parse_mode", f"the stand-in reads HTML only, not {mode}.", "unsupported parse_mode")]
    if mode and mode.lower() != "html":
        return [Mistake(f"{method}.parse_mode", f"there is no parse mode {mode!r}.", "unsupported parse_mode")]
    if mode and params.get(entities_name):
        return [Mistake(f"{method}.{entities_name}", "cannot stand beside parse_mode, Telegram would drop one.")]
    found = check_entities(f"{method}.{entities_name}", params[name], params.get(entities_name, []))
    if found:
        return found
    try:
        text, _ = read_text(params, name)
    except Unparsable as error:
        return [Mistake(where, f"has broken markup: {error}.", f"can't parse entities: {error}")]
    if name == "text" and not text:
        return [Mistake(where, "is empty.", "message text is empty")]
    limit = schema.fields(method)[name].get("length")
    says = "message is too long" if name == "text" else "message caption is too long"
    return [Mistake(where, one.what, says) for one in check_length(where, text, limit)] if limit else []


def _check_markup(where: str, markup: Mapping[str, Any]) -> list[Mistake]:
    rows = markup.get("inline_keyboard")
    if rows is None:
        return []
    found = []
    if sum(len(row) for row in rows) > MAX_BUTTONS:
        found.append(Mistake(where, f"has more than {MAX_BUTTONS} buttons.", "reply markup is too long"))
    for row_at, row in enumerate(rows):
        here = f"{where}.inline_keyboard[{row_at}]"
        if len(row) > MAX_PER_ROW:
            found.append(Mistake(here, f"has more than {MAX_PER_ROW} buttons.", "reply markup is too long"))
        if not row:
            found.append(Mistake(here, "is an empty row, which Telegram drops without a word."))
        for at, button in enumerate(row):
            found += _check_button(f"{here}[{at}]", button)
    return found


def _check_button(where: str, button: Mapping[str, Any]) -> list[Mistake]:
    found = []
    if not button["text"].strip():
        found.append(Mistake(f"{where}.text", "is empty.", "inline keyboard button text must be non-empty"))
    actions = [name for name in _BUTTON_ACTIONS if name in button]
    if len(actions) != 1:
        says = NO_ACTION if not actions else "can't parse inline keyboard button: exactly one action is allowed"
        what = f"must do exactly one thing, not {len(actions)}."
        found.append(Mistake(where, what, says))
    if "url" in button and (trouble := _trouble_with_link(button["url"])):
        says = f"inline keyboard button URL '{button['url']}' is invalid: {trouble}"
        found.append(Mistake(f"{where}.url", f"{button['url']!r} cannot be opened: {trouble}.", says))
    return found


def _trouble_with_link(link: str) -> str:
    """Why Telegram would not open a link, in its words; empty where it would."""
    scheme = link.partition(":")[0].lower() if ":" in link else ""
    if scheme in ("tg", "ton", "tonsite"):
        return ""
    if scheme and scheme not in ("http", "https"):
        return "Unsupported URL protocol" if "://" in link else "Wrong HTTP URL"
    host = urlsplit(link if scheme else f"http://{link}").hostname or ""
    if not host:
        return "URL host is empty"
    return "" if "." in host and " " not in link else "Wrong HTTP URL"


def _check_commands(method: str, params: Mapping[str, Any]) -> list[Mistake]:
    commands = params["commands"]
    found = []
    if len(commands) > 100:
        found.append(Mistake(f"{method}.commands", "has more than 100 entries.", "BOT_COMMANDS_TOO_MUCH"))
    for at, command in enumerate(commands):
        if not _COMMAND.fullmatch(command["command"]):
            what = f"{command['command']!r} may only have small letters, digits and underscores."
            found.append(Mistake(f"{method}.commands[{at}].command", what, "BOT_COMMAND_INVALID"))
    return found


def _check_action(method: str, params: Mapping[str, Any]) -> list[Mistake]:
    if params["action"] in _ACTIONS:
        return []
    return [
        Mistake(f"{method}.action", f"there is no action {params['action']!r}.", "wrong parameter action in request")
    ]


def _check_edit(method: str, params: Mapping[str, Any]) -> list[Mistake]:
    found = []
    if method == "editMessageText" and "text" not in params:
        found.append(Mistake(f"{method}.text", "is required.", "message text is empty"))
    if "inline_message_id" in params:
        found.append(Mistake(f"{method}.inline_message_id", "the bot has no inline mode.", "MESSAGE_ID_INVALID"))
        return found
    if "chat_id" not in params:
        found.append(Mistake(f"{method}.chat_id", "is required.", "chat_id is empty"))
    if "message_id" not in params:
        found.append(Mistake(f"{method}.message_id", "is required.", "message identifier is not specified"))
    return found


def _check_many(method: str, params: Mapping[str, Any]) -> list[Mistake]:
    count = len(params["message_ids"])
    if 1 <= count <= 100:
        return []
    says = "message identifiers are not specified" if not count else "too many message identifiers specified"
    return [Mistake(f"{method}.message_ids", f"has {count} entries; 1 to 100 are allowed.", says)]


def _check_kinds(method: str, params: Mapping[str, Any]) -> list[Mistake]:
    """Telegram passes over unknown kinds of updates in silence; a misspelt one would lose updates."""
    return [
        Mistake(f"{method}.allowed_updates", f"there is no kind of update {kind!r}.")
        for kind in params.get("allowed_updates", [])
        if kind not in UPDATE_KINDS
    ]


def _check_webhook(method: str, params: Mapping[str, Any]) -> list[Mistake]:
    found = _check_kinds(method, params)
    if not re.fullmatch(r"[A-Za-z0-9_-]*", params.get("secret_token", "")):
        says = "secret token contains unallowed characters"
        found.append(Mistake(f"{method}.secret_token", "may only have A-Z, a-z, 0-9, _ and -.", says))
    if not 1 <= params.get("max_connections", 40) <= 100:
        found.append(Mistake(f"{method}.max_connections", "must be 1 to 100.", "max_connections is out of range"))
    return found


_RULES = {
    "setMyCommands": _check_commands,
    "sendChatAction": _check_action,
    "editMessageText": _check_edit,
    "editMessageReplyMarkup": _check_edit,
    "deleteMessages": _check_many,
    "getUpdates": _check_kinds,
    "setWebhook": _check_webhook,
}
