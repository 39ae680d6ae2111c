"""What the service manager hears, on a real datagram socket: started, going on, stopping, and nothing else."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from botloop import Stage, perform
from botprocess import PATIENCE_SECONDS, bot_process

from bot.notify import Notify


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """Where a service manager listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(PATIENCE_SECONDS)
        yield line


def heard(manager: socket.socket) -> str:
    return manager.recv(100).decode()


def test_each_state_is_one_word(manager: socket.socket) -> None:
    """Started, alive and stopping are told in the words of sd_notify, one datagram each."""
    notify = Notify(manager.getsockname())
    notify.ready()
    notify.alive()
    notify.stopping()

    assert [heard(manager) for _ in range(3)] == ["READY=1", "WATCHDOG=1", "STOPPING=1"]


def test_a_socket_without_a_path_is_found() -> None:
    """An address that begins with @ names a socket of the kernel, not a file."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(f"\0waymark-{os.getpid()}")
        manager.settimeout(PATIENCE_SECONDS)
        Notify(f"@waymark-{os.getpid()}").ready()

        assert heard(manager) == "READY=1"


@pytest.mark.parametrize("address", ["", "nowhere/at/all", "@nobody-listens-here"])
def test_nobody_listening_stops_nothing(address: str) -> None:
    """Without a manager, or with one that has gone, the program goes on."""
    Notify(address).alive()


def test_a_full_socket_keeps_nobody_waiting(manager: socket.socket) -> None:
    """A manager that reads nothing does not hold up the bot."""
    for _ in range(10_000):
        Notify(manager.getsockname()).alive()


def test_the_loop_tells_at_every_round_and_not_while_it_hangs() -> None:
    """Each round of polling is a sign of life, answered or not; where the loop hangs there is none."""
    rounds: list[int] = []

    async def act(stage: Stage) -> None:
        stage.poller._alive = lambda: rounds.append(1)
        stage.wire.instead.extend([OSError("down"), (200, b'{"ok":true,"result":[]}')])
        await stage.until(lambda: len(stage.wire.polls) == 3, passing=1)
        assert len(rounds) == 3
        stage.its.advance(600)  # the third is not answered: that time passes is no progress
        await asyncio.sleep(0.01)
        assert len(rounds) == 3

    perform(act)


def test_a_service_tells_that_it_started_goes_on_and_stops(manager: socket.socket, tmp_path: Path) -> None:
    """`waymark run` is ready once it asks for updates, shows that it goes on, and says when it is told to stop."""
    with bot_process(tmp_path) as process:
        process.start(NOTIFY_SOCKET=manager.getsockname())
        words = [heard(manager), heard(manager)]
        assert process.stop() == 0
        words.append(heard(manager))

    assert words == ["READY=1", "WATCHDOG=1", "STOPPING=1"]
