"""How the bot reaches Telegram, and the loop it runs on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from telegram.request import BaseRequest, HTTPXRequest

from bot.messenger.client import LeanRequest


def line_to(address: str, connections: int) -> BaseRequest:
    """Connections to the Bot API server. Where a proxy leads to it the library's own client is taken."""
    if is_direct(address):
        return LeanRequest(address, connections)
    return HTTPXRequest(connection_pool_size=connections, pool_timeout=20.0, read_timeout=10.0)


def is_direct(address: str) -> bool:
    """Whether no proxy is set in the environment for a server; one on this machine is never asked through one."""
    parts, proxies = urlsplit(address), getproxies()
    is_set = bool(proxies.get(parts.scheme) or proxies.get("all"))
    return parts.scheme == "http" or not is_set or bool(proxy_bypass(parts.hostname or ""))


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The faster event loop, where this system has it."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
