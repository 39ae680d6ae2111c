"""The wire under a request, so that the stand-in can cut it as a broken network would."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

Ends = tuple[tuple[str, int], tuple[str, int]]
_LINES: dict[Ends, asyncio.Transport] = {}


class Line(H11Protocol):
    """HTTP as uvicorn speaks it, with every open connection kept at hand."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember a new connection."""
        super().connection_made(transport)
        self._ends = _ends(transport.get_extra_info("peername"), transport.get_extra_info("sockname"))
        _LINES[self._ends] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget one that is gone."""
        _LINES.pop(self._ends, None)
        super().connection_lost(exc)


def _ends(client: Any, server: Any) -> Ends:
    return (str(client[0]), int(client[1])), (str(server[0]), int(server[1]))


def cut(scope: Scope) -> None:
    """Cut the connection a request came over, without an answer."""
    transport = _LINES.get(_ends(scope["client"], scope["server"]))
    if transport is not None:
        transport.abort()
