"""Tell the service manager how the program is: started, going on, stopping. Nobody listens outside systemd.

The words and the socket are those of sd_notify(3).
"""

from __future__ import annotations

import contextlib
import os
import socket

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"


class Notify:
    """address: the manager's datagram socket, "@name" where it has no path; "" = nobody listens."""

    def __init__(self, address: str | None = None) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "") if address is None else address

    def ready(self) -> None:
        """The start is over: people are answered from now on."""
        self._say(READY)

    def alive(self) -> None:
        """Work goes on; a manager that does not hear this for too long starts the program anew."""
        self._say(ALIVE)

    def stopping(self) -> None:
        """What follows is a planned stop."""
        self._say(STOPPING)

    def _say(self, word: str) -> None:
        """Never waits and never fails: the manager draws its own conclusions from silence."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto(word.encode(), address)
