"""Delivery to a webhook: in order within a chat, side by side across chats, again and again until taken."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from bot.simulator.bell import Bell
from bot.simulator.inbox import Inbox, Update, Webhook
from bot.simulator.refusal import Answer, bad_request
from bot.simulator.rules import DEFAULT_KINDS

REPLY_S, FIRST_DELAY_S, MAX_DELAY_S, MAX_RETRY_AFTER_S = 60, 1, 60, 3600
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
Sleep = Callable[[float], Awaitable[None]]


class World(Protocol):
    """The parts of the stand-in that delivery needs."""

    inbox: Inbox
    bell: Bell

    async def answer(self, method: str, texts: Mapping[str, str], values: Mapping[str, Any]) -> Answer:
        """Carry out one call."""


def set_webhook(inbox: Inbox, params: Mapping[str, Any]) -> bool:
    """Carry out setWebhook, on this machine alone: what is written to the stand-in never leaves it."""
    url = params["url"]
    if not url:
        return delete_webhook(inbox, params)
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or parts.hostname not in _LOOPBACK:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if "allowed_updates" in params:
        inbox.kinds = tuple(params["allowed_updates"]) or DEFAULT_KINDS
    inbox.webhook = Webhook(url, params.get("secret_token", ""), params.get("max_connections", 40))
    if params.get("drop_pending_updates"):
        inbox.clear()
    inbox.end_polls()
    return True


def delete_webhook(inbox: Inbox, params: Mapping[str, Any]) -> bool:
    """Carry out deleteWebhook."""
    inbox.webhook = Webhook()
    if params.get("drop_pending_updates"):
        inbox.clear()
    inbox.end_polls()
    return True


def describe(inbox: Inbox) -> dict[str, Any]:
    """Carry out getWebhookInfo."""
    hook = inbox.webhook
    info: dict[str, Any] = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(inbox.waiting),
        "allowed_updates": list(inbox.kinds),
    }
    if hook.url:
        info["max_connections"] = hook.max_connections
    if hook.last_error:
        info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error}
    return info


class Courier:
    """Brings updates to the webhook for as long as there is one."""

    def __init__(self, world: World, clock: Callable[[], float], sleep: Sleep = asyncio.sleep) -> None:
        self._world, self._clock, self._sleep = world, clock, sleep
        self._busy: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with httpx.AsyncClient(timeout=REPLY_S, trust_env=False) as client:
            try:
                while True:
                    heard = self._world.bell.rings
                    self._start_due(client)
                    await self._world.bell.until(lambda heard=heard: self._world.bell.rings != heard, 3600)  # type: ignore[misc]
            finally:
                for task in self._busy.values():
                    task.cancel()
                await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def _start_due(self, client: httpx.AsyncClient) -> None:
        inbox = self._world.inbox
        if not inbox.webhook.url:
            return
        for update in inbox.waiting:
            if len(self._busy) >= inbox.webhook.max_connections:
                return
            if update.queue not in self._busy:
                self._busy[update.queue] = asyncio.create_task(self._deliver(client, update))

    async def _deliver(self, client: httpx.AsyncClient, update: Update) -> None:
        """Bring one update until it is taken or too old; the rest of its queue waits behind it."""
        inbox, delay = self._world.inbox, float(FIRST_DELAY_S)
        try:
            while inbox.webhook.url and update in inbox.waiting:
                wanted = await self._try(client, inbox.webhook, update)
                if wanted is None:
                    inbox.done(update.update_id)
                    return
                await self._sleep(wanted or delay)
                delay = min(delay * 2, MAX_DELAY_S)
        finally:
            del self._busy[update.queue]
            self._world.bell.ring()

    async def _try(self, client: httpx.AsyncClient, hook: Webhook, update: Update) -> float | None:
        """One attempt: None when taken, else for how long the bot asked to be left alone (0: it did not say)."""
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        try:
            reply = await client.post(hook.url, content=json.dumps(update.body), headers=headers)
        except httpx.HTTPError as error:
            hook.last_error, hook.last_error_date = type(error).__name__, int(self._clock())
            return 0.0
        if reply.is_success:
            await self._obey(reply)
            return None
        says = f"Wrong response from the webhook: {reply.status_code} {reply.reason_phrase}"
        hook.last_error, hook.last_error_date = says, int(self._clock())
        asked = reply.headers.get("Retry-After", "")
        return float(min(int(asked), MAX_RETRY_AFTER_S)) if re.fullmatch(r"\d{1,9}", asked) else 0.0

    async def _obey(self, reply: httpx.Response) -> None:
        """The bot may answer a delivery with a call; nobody sees that call's result."""
        if not reply.headers.get("Content-Type", "").startswith("application/json"):
            return
        try:
            values = reply.json()
        except ValueError:
            return
        if isinstance(values, dict) and isinstance(method := values.pop("method", None), str):
            await self._world.answer(method, {}, values)
