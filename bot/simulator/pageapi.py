"""What the chat page asks for: the state of one chat, and the acts of the person in it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.simulator.botapi import BotApi
from bot.simulator.people import THINGS, Person
from bot.simulator.store import Message

POLL_S = 25
MAX_ACT = 64 * 1024
_SHOWN_WRONG, _SHOWN_NOTICES = 100, 3

Restart = Callable[[], Awaitable[object]]
Pid = Callable[[], int | None]


class PageApi:
    """The page's side of the stand-in; it sees what a phone would see, and the list of wrong calls."""

    def __init__(self, api: BotApi, restart: Restart | None = None, pid: Pid | None = None) -> None:
        self._api, self._restart, self._pid = api, restart, pid
        self._restarts = 0
        self._is_restarting = False

    def routes(self) -> list[Route]:
        """The addresses the page's script uses."""
        return [
            Route("/page/chats", self.open_chat, methods=["POST"]),
            Route("/page/chats/{chat_id:int}", self.show_chat, methods=["GET"]),
            Route("/page/chats/{chat_id:int}/{act}", self.act, methods=["POST"]),
            Route("/page/restart", self.restart, methods=["POST"]),
        ]

    async def open_chat(self, request: Request) -> Response:
        """Let a new person in."""
        body = await _read(request)
        if body is None:
            return _refuse(400, "The request must be a small JSON object.")
        person = self._api.user(language_code=_language(body))
        return JSONResponse({"chat_id": person.chat_id})

    async def show_chat(self, request: Request) -> Response:
        """The chat as it stands, as soon as it differs from what the page has (`since`)."""
        person = self._api.people.get(request.path_params["chat_id"])
        if person is None:
            return _refuse(404, "There is no such chat.")
        since = request.query_params.get("since", "")
        await self._api.bell.until(lambda: self._api.inbox.is_closed or self._state(person)[0] != since, POLL_S)
        version, state = self._state(person)
        return JSONResponse({"version": version, **state})

    async def act(self, request: Request) -> Response:
        """Write, tap, send something else, stop the bot or let it speak again."""
        person = self._api.people.get(request.path_params["chat_id"])
        body = await _read(request)
        if person is None or body is None:
            return _refuse(404 if person is None else 400, "There is no such chat, or the request is no JSON object.")
        person.language_code = _language(body)
        if not _perform(person, request.path_params["act"], body):
            return _refuse(409, "That is not possible now.")
        return JSONResponse({})

    async def restart(self, request: Request) -> Response:
        """Kill the bot without warning and start it again."""
        if self._restart is None or await _read(request) is None:
            return _refuse(409, "There is no bot process to restart.")
        if self._is_restarting:
            return _refuse(409, "The bot is being restarted already.")
        self._is_restarting = True
        try:
            await self._restart()
            self._restarts += 1
        finally:
            self._is_restarting = False
            self._api.bell.ring()
        return JSONResponse({"pid": self._pid() if self._pid else None, "restarts": self._restarts})

    def _state(self, person: Person) -> tuple[str, dict[str, Any]]:
        api, chat, language = self._api, person.chat, person.language_code
        wrong = list(api.wrong_calls)
        state = {
            "chat_id": person.chat_id,
            "is_open": chat.is_open,
            "activity": chat.activity,
            "name": api.profile.text("name", language),
            "description": api.profile.text("description", language),
            "commands": api.profile.commands(person.chat_id, language),
            "messages": [_show(message) for message in list(chat.messages.values())],
            "notices": [
                {"id": tap.query_id, "text": tap.notice, "is_alert": tap.is_alert}
                for tap in api.taps.of(person.chat_id)[-_SHOWN_NOTICES:]
                if tap.notice
            ],
            "unanswered": [tap.query_id for tap in api.taps.of(person.chat_id)[-1:] if tap.notice is None],
            "wrong_count": len(wrong),
            "wrong": [
                {
                    "method": call.method,
                    "description": call.description,
                    "mistakes": [str(one) for one in call.mistakes],
                }
                for call in wrong[-_SHOWN_WRONG:]
            ],
            "can_restart": self._restart is not None,
            "is_restarting": self._is_restarting,
            "pid": self._pid() if self._pid else None,
            "restarts": self._restarts,
        }
        return f"{zlib.crc32(json.dumps(state).encode()):08x}", state


def _show(message: Message) -> dict[str, Any]:
    """A message as the page draws it; what a button carries stays here, the page only knows its place."""
    keyboard = (message.markup or {}).get("inline_keyboard", [])
    content = message.content
    return {
        "id": message.message_id,
        "is_from_bot": message.is_from_bot,
        "text": content.get("text", content.get("caption", "")),
        "entities": content.get("entities", content.get("caption_entities", [])),
        "thing": next((kind for kind in THINGS if kind in content), ""),
        "rows": [[{"label": one["text"], "url": one.get("url", "")} for one in row] for row in keyboard],
        "date": message.date,
        "is_edited": bool(message.edit_date) and not message.is_from_bot,
        "is_protected": message.is_protected,
        "reply_to": message.reply_to.content.get("text", "")[:80] if message.reply_to else "",
    }


def _perform(person: Person, act: str, body: dict[str, Any]) -> bool:
    """Carry out one act; False where it makes no sense (any more)."""
    if act == "language":
        person.chat.version += 1
        return True
    if act in ("block", "unblock"):
        person.block() if act == "block" else person.unblock()
        return True
    if not person.chat.is_open:
        return False
    if act == "send":
        text = body.get("text")
        if not isinstance(text, str) or not text.strip():
            return False
        person.send(text.strip())
        return True
    if act == "thing" and body.get("kind") in THINGS:
        person.send_thing(body["kind"])
        return True
    return act == "tap" and _tap(person, body)


def _tap(person: Person, body: dict[str, Any]) -> bool:
    """Tap the button at a place, if it still carries the label the person saw."""
    seen = next((one for one in person.messages() if one.message_id == body.get("message_id")), None)
    row, column = body.get("row"), body.get("column")
    if seen is None or not isinstance(row, int) or not isinstance(column, int):
        return False
    if not (0 <= row < len(seen.rows) and 0 <= column < len(seen.rows[row])):
        return False
    button = seen.rows[row][column]
    if not button.data or button.label != body.get("label"):
        return False
    person.press(button.data, seen.message_id)
    return True


async def _read(request: Request) -> dict[str, Any] | None:
    """The JSON object of a request. Asking for that content type keeps forms of foreign pages out."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return None
    raw = await request.body()
    try:
        value = json.loads(raw) if len(raw) <= MAX_ACT else None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _language(body: dict[str, Any]) -> str:
    value = body.get("language", "")
    return value.strip()[:35] if isinstance(value, str) else ""


def _refuse(status: int, says: str) -> Response:
    return JSONResponse({"error": says}, status)
