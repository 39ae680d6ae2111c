"""A real Valkey or Redis server for tests: on a socket of its own, without a disk, killed and started again at will."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE_SECONDS = 10
BINARY = shutil.which("valkey-server") or shutil.which("redis-server")
WITHOUT_DISK = ("--save", "", "--appendonly", "no")


class Server:
    """path: of its socket, short enough for one. options: as on the command line."""

    def __init__(self, path: Path, *options: str) -> None:
        self.path, self._options = path, options
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"unix://{self.path}"

    def start(self) -> None:
        assert BINARY is not None
        command = [BINARY, "--unixsocket", str(self.path), "--dir", str(self.path.parent), *self._options]
        self._child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _ in range(PATIENCE_SECONDS * 100):
            if self.path.exists() and self.ask("PING").startswith((b"+PONG", b"-NOAUTH")):
                return
            time.sleep(0.01)
        raise AssertionError("the server did not start")

    def ask(self, *words: str) -> bytes:
        """The first bytes of the answer to a command; none where nobody answers."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(PATIENCE_SECONDS)
                line.connect(str(self.path))
                line.sendall((" ".join(words) + "\r\n").encode())
                return line.recv(100_000)
        except OSError:
            return b""

    def halt(self) -> None:
        """Let it hang: it takes connections and answers nothing."""
        assert self._child is not None
        os.kill(self._child.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._child is not None
        os.kill(self._child.pid, signal.SIGCONT)

    def kill(self) -> None:
        """As a power cut would: everything on it is gone."""
        if self._child is not None:
            self._child.kill()
            self._child.wait(PATIENCE_SECONDS)
            self._child = None
        self.path.unlink(missing_ok=True)


@contextmanager
def valkey_server(folder: Path, *options: str) -> Iterator[Server]:
    """A running server; skips the test where none is installed, except in continuous integration."""
    if BINARY is None and not os.environ.get("CI"):
        pytest.skip("no valkey-server or redis-server here (Debian package redis-server)")
    server = Server(folder / "v.sock", *(options or (*WITHOUT_DISK, "--port", "0")))
    try:
        server.start()
        yield server
    finally:
        server.kill()
