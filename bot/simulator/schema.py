"""The Bot API as a table: which methods exist, which fields they take, of what type and length."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from bot.simulator.refusal import Mistake

ARRAY = "Array of "
NO_ACTION = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
# In these unions the `type` field is the kind's own name; elsewhere Telegram names its kinds in other ways.
_NAMED_BY_TYPE = ("BotCommandScope", "MenuButton", "InputMedia")
# How Telegram words a required field that is missing, where it has words of its own.
_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "action": "wrong parameter action in request",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "voice": "there is no voice in the request",
    "photo": "there is no photo in the request",
}
# How Telegram words a value of a wrong length, where it has words of its own.
_LENGTH = {
    "callback_data": "BUTTON_DATA_INVALID",
    "command": "BOT_COMMAND_INVALID",
    "description": "description is too long",
    "short_description": "short description is too long",
    "secret_token": "secret token contains unallowed characters or has a wrong length",
    "answerCallbackQuery.text": "MESSAGE_TOO_LONG",
    "setMyCommands.commands.description": "BOT_COMMAND_DESCRIPTION_INVALID",
}


class Upload(str):
    """A file that came with a call; only its name is kept, never its bytes."""

    __slots__ = ()


def units(text: str) -> int:
    """The length of a text as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Schema:
    """The table of methods and types, with the questions one can ask of it."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.version: str = table["version"]
        self.methods: Mapping[str, Any] = table["methods"]
        self.types: Mapping[str, Any] = table["types"]
        self._names = {name.lower(): name for name in self.methods}

    def find(self, method: str) -> str | None:
        """The proper name of a method, whatever its case; None where there is no such method."""
        return self._names.get(method.lower())

    def fields(self, method: str) -> Mapping[str, Any]:
        """The fields a method takes."""
        fields: Mapping[str, Any] = self.methods[method]["fields"]
        return fields

    def check_call(self, method: str, params: Mapping[str, Any]) -> list[Mistake]:
        """Everything about a call that the table forbids.

        Texts that entities are cut from are measured elsewhere, after the cutting.
        """
        return self._check_fields(method, params, self.fields(method), is_method=True)

    def check(self, kind: str, value: object, where: str = "") -> list[Mistake]:
        """Everything about a value that its type forbids, for instance of `Update` or `Array of Integer`."""
        return self._check_value(where or kind, value, kind)

    def _check_fields(
        self, where: str, value: Mapping[str, Any], fields: Mapping[str, Any], *, is_method: bool = False
    ) -> list[Mistake]:
        found = []
        for name in value:
            if name not in fields:
                found.append(Mistake(f"{where}.{name}", "there is no such field in the Bot API."))
        for name, field in fields.items():
            here = f"{where}.{name}"
            if name not in value:
                if field["required"]:
                    says = _MISSING.get(name) if is_method else f'can\'t find field "{name}"'
                    found.append(Mistake(here, "is required.", says or f"{name} is empty"))
                continue
            mistakes = self._check_types(here, value[name], field["types"])
            found += mistakes
            is_measured_later = is_method and name in ("text", "caption") and "parse_mode" in fields
            if not mistakes and "length" in field and not is_measured_later:
                found += check_length(here, value[name], field["length"])
        return found

    def _check_types(self, where: str, value: object, kinds: list[str]) -> list[Mistake]:
        """A value may be of any of several types: complain as the closest one would."""
        attempts = [self._check_value(where, value, kind) for kind in kinds]
        return min(attempts, key=len) if [] not in attempts else []

    def _check_value(self, where: str, value: object, kind: str) -> list[Mistake]:
        if kind.startswith(ARRAY):
            if not isinstance(value, list):
                return [_wrong_type(where, value, "a list")]
            inner = kind.removeprefix(ARRAY)
            return [m for at, item in enumerate(value) for m in self._check_value(f"{where}[{at}]", item, inner)]
        if kind in _PLAIN:
            return [] if _PLAIN[kind](value) else [_wrong_type(where, value, f"of type {kind}")]
        if kind == "InputFile":
            return [] if isinstance(value, Upload) else [_wrong_type(where, value, "an uploaded file")]
        if not isinstance(value, dict):
            return [_wrong_type(where, value, f"an object of type {kind}")]
        return self._check_object(where, value, kind)

    def _check_object(self, where: str, value: dict[str, Any], kind: str) -> list[Mistake]:
        subtypes = self.types[kind].get("subtypes")
        if not subtypes:
            return self._check_fields(where, value, self.types[kind]["fields"])
        if kind in _NAMED_BY_TYPE:
            named = {_snake(subtype.removeprefix(kind)): subtype for subtype in subtypes}
            if value.get("type") not in named:
                what = f"{value.get('type')!r} is not one of {', '.join(named)}."
                return [Mistake(f"{where}.type", what, f"can't parse {kind}: unsupported type specified")]
            subtypes = [named[value["type"]]]
        return self._check_types(where, value, subtypes)


_PLAIN = {
    "String": lambda value: isinstance(value, str) and not isinstance(value, Upload),
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Boolean": lambda value: isinstance(value, bool),
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}


def check_length(where: str, value: object, limit: Mapping[str, Any]) -> list[Mistake]:
    """What is wrong with the length of a text, if anything; lengths are UTF-16 units or bytes, as the limit says."""
    assert isinstance(value, str)
    in_bytes = limit["unit"] == "bytes"
    size = len(value.encode("utf-8", "surrogatepass")) if in_bytes else units(value)
    if limit["min"] <= size <= limit["max"]:
        return []
    path = re.sub(r"\[\d+\]", "", where)
    name = path.rpartition(".")[2]
    unit = "bytes" if in_bytes else "UTF-16 units"
    what = f"is {size} {unit} long; {limit['min']} to {limit['max']} are allowed."
    if name == "callback_data" and not size:
        return [Mistake(where, what, NO_ACTION)]
    return [Mistake(where, what, _LENGTH.get(path) or _LENGTH.get(name) or f"{name} has a wrong length")]


def _wrong_type(where: str, value: object, wanted: str) -> Mistake:
    name = where.rpartition(".")[2]
    return Mistake(where, f"must be {wanted}, not {type(value).__name__}.", f'field "{name}" must be {wanted}')


def _snake(name: str) -> str:
    return re.sub(r"(?<=.)([A-Z])", r"_\1", name).lower()


@cache
def load() -> Schema:
    """The Bot API table that ships with the stand-in."""
    text = resources.files("bot.simulator").joinpath("botapi.json").read_text("utf-8")
    return Schema(json.loads(text))
