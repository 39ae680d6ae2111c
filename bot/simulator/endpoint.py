"""The door bots knock at: /bot<token>/<method>, and the guard before it and the page."""

from __future__ import annotations

import asyncio
import json
import re
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.simulator.botapi import BotApi
from bot.simulator.decode import Undecodable, read_body
from bot.simulator.faults import Fault
from bot.simulator.line import cut
from bot.simulator.refusal import Answer, Mistake, Refusal

MAX_BODY = 50 * 1024 * 1024
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PATH = re.compile(r"/bot(?P<token>[^/]+)/(?P<method>[^/]+)/?")
_TOKEN = re.compile(r"\d{1,19}:[A-Za-z0-9_-]{3,}")


class Guard:
    """Lets in only what is addressed to this machine, so that no web page elsewhere can reach the stand-in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a foreign Host, Origin or page, pass on the rest."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            host, origin = headers.get("host", ""), headers.get("origin", "")
            site = headers.get("sec-fetch-site", "none")  # browsers say where a request comes from, images included
            is_ours = origin in ("", f"http://{host}") and site in ("none", "same-origin")
            if urlsplit(f"//{host}").hostname not in _LOOPBACK or not is_ours:
                await PlainTextResponse("This stand-in answers this machine only.", 421)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class BotEndpoint:
    """Reads calls off the wire and sends the answers back."""

    def __init__(self, api: BotApi) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        path = _PATH.fullmatch(scope["path"])
        if path is None or not _TOKEN.fullmatch(path["token"]):
            await _json(Answer.refused(Refusal(404, "")))(scope, receive, send)
        elif not self._api.admits(path["token"]):
            await _json(Answer.refused(Refusal(401, "")))(scope, receive, send)
        else:
            response = await self._call(request, path["method"])
            if response is not None:
                await response(scope, receive, send)

    async def _call(self, request: Request, method: str) -> Response | None:
        """Carry out a call, or let it meet its fault; None when nobody is to be answered any more."""
        try:
            body = await request.body()
            if len(body) > MAX_BODY:
                return _json(Answer.refused(Refusal(413, "Request Entity Too Large")))
            query = request.scope["query_string"]
            texts, values = read_body(query, request.headers.get("content-type", ""), body)
        except Undecodable as error:
            says = f"Bad Request: {error}"
            self._api.note_wrong(method, says, (Mistake(method, f"cannot be read: {error}."),))
            return _json(Answer.refused(Refusal(400, str(error))))
        fault = self._api.faults.take(method, {**texts, **values}.get("chat_id", ""))
        try:
            if fault is None:
                return _json(await self._api.answer(method, texts, values))
            return await self._meet(fault, request, method, texts, values)
        except Exception as error:
            # The stand-in's own faults must be seen, on the page and in tests, without printing what people wrote.
            spot = traceback.extract_tb(error.__traceback__)[-1]
            what = f"broke the stand-in itself: {type(error).__name__} at {Path(spot.filename).name}:{spot.lineno}."
            self._api.note_wrong(method, "Internal Server Error", (Mistake(method, what),))
            return _json(Answer.refused(Refusal(500, "")))

    async def _meet(
        self, fault: Fault, request: Request, method: str, texts: Mapping[str, str], values: Mapping[str, Any]
    ) -> Response | None:
        if fault.is_carried_out:
            await self._api.answer(method, texts, values)
        else:
            self._api.note_fault(method, texts, values, fault)
        if fault.how == "html":
            return HTMLResponse(f"<html><h1>{fault.status} Bad Gateway</h1></html>", fault.status)
        if fault.how == "silence":
            await self._hold(request)
            return None
        if fault.how == "reset":
            cut(request.scope)
            return None
        return JSONResponse(fault.shape(), fault.status)

    async def _hold(self, request: Request) -> None:
        """Keep a caller waiting until they give up or the stand-in closes."""
        waiting = asyncio.ensure_future(self._api.bell.until(lambda: self._api.inbox.is_closed, 3600))
        leaving = asyncio.ensure_future(_gone(request))
        _, left = await asyncio.wait((waiting, leaving), return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        cut(request.scope)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _json(answer: Answer) -> Response:
    """As Telegram writes it: everything past ASCII is escaped, half a sign of two included."""
    return Response(json.dumps(answer.body), answer.status, media_type="application/json")
