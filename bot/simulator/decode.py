"""A call as it came over the wire, turned into typed values: query, form, multipart or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from bot.simulator.refusal import Mistake
from bot.simulator.schema import Schema, Upload

_INTEGER = re.compile(r"[+-]?\d{1,19}")
_TRUE, _FALSE = ("true", "1"), ("false", "0")


class Undecodable(Exception):
    """A body that cannot be read at all; the text is Telegram's wording."""


def read_body(query: bytes, kind: str, body: bytes) -> tuple[dict[str, str], dict[str, Any]]:
    """Read what a caller sent: texts still to be typed (query and forms), and values that carry their type (JSON)."""
    texts = _read_pairs(query)
    mime = kind.partition(";")[0].strip().lower()
    if not body:
        return texts, {}
    if mime == "application/json":
        return texts, _read_json(body)
    if mime == "multipart/form-data":
        return {**texts, **_read_parts(kind, body)}, {}
    if mime == "application/x-www-form-urlencoded":
        return {**texts, **_read_pairs(body)}, {}
    raise Undecodable(f"unsupported content type {mime or 'none'}")


def _read_pairs(raw: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(raw.decode("utf-8"), keep_blank_values=True, strict_parsing=bool(raw), errors="strict"))
    except ValueError as error:
        raise Undecodable("strings must be encoded in UTF-8") from error


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Undecodable("can't parse request body as JSON object") from error
    if not isinstance(value, dict):
        raise Undecodable("can't parse request body as JSON object")
    return value


def _read_parts(kind: str, body: bytes) -> dict[str, str]:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + body)
    parts: dict[str, str] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            raise Undecodable("can't parse request body as multipart form")
        file = part.get_filename()
        parts[name] = Upload(file) if file else content.decode("utf-8", "replace")
    return parts


def type_fields(schema: Schema, method: str, texts: Mapping[str, str]) -> tuple[dict[str, Any], list[Mistake]]:
    """Give the texts of a form the types their fields ask for; what cannot be typed stays text and is told."""
    params: dict[str, Any] = {}
    found: list[Mistake] = []
    attached = {f"attach://{name}" for name, value in texts.items() if isinstance(value, Upload)}
    for name, text in texts.items():
        field = schema.fields(method).get(name)
        if field is None and any(f"attach://{name}" in other for other in texts.values()):
            continue
        if field is None:
            params[name] = text
            continue
        try:
            params[name] = _type_text(text, field["types"], attached)
        except ValueError as error:
            found.append(Mistake(f"{method}.{name}", f"{error}.", f"can't parse {name}: {error}"))
    return params, found


def _type_text(text: str, kinds: list[str], attached: set[str]) -> object:
    if isinstance(text, Upload):
        return text
    if "InputFile" in kinds and text in attached:
        return Upload(text.removeprefix("attach://"))
    if "Integer" in kinds and _INTEGER.fullmatch(text):
        return int(text)
    if "String" in kinds:
        return text
    if "Integer" in kinds:
        raise ValueError("must be an integer")
    if "Boolean" in kinds:
        if text.lower() not in _TRUE + _FALSE:
            raise ValueError("must be true or false")
        return text.lower() in _TRUE
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("must be a JSON value") from error
