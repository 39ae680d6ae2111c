"""One thread that carries commands to the shared server and answers back, many in one go; nobody else waits for it.

While the server is away every request fails at once, so that people are answered as by a process alone.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

LOOK_SECONDS = 2.0  # without a request: whether the server is still there
PAUSE_SECONDS = 1.0  # between two tries to reach the server
MOST_AT_ONCE = 256
MOST_WAITING = 10_000

T = TypeVar("T")
Command = tuple[str | bytes | int | float, ...]


class Away(Exception):
    """The shared server cannot be had now, or refused."""


class Line(Protocol):
    """An open connection. Both raise OSError or the library's error, after which the connection is given up."""

    def ask(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to commands, in order; an Exception in place of one that was refused."""

    def close(self) -> None: ...


@dataclass(slots=True)
class _Letter:
    commands: Sequence[Command]
    read: Callable[[list[Any]], Any]
    answer: Future[Any] = field(default_factory=Future)


class Post:
    """connect: opens a connection, or raises. greet: told of each new connection, in the thread, before any request.

    on_trouble: told, with the error, when a connection is lost or cannot be opened.
    """

    def __init__(
        self,
        connect: Callable[[], Line],
        greet: Callable[[Line], None],
        on_trouble: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        self._connect, self._greet, self._on_trouble = connect, greet, on_trouble
        self._letters: deque[_Letter] = deque()
        self._changed = threading.Condition()
        self._is_up = self._is_closed = False
        self._tried = threading.Event()
        self._thread = threading.Thread(target=self._run, name="post", daemon=True)

    @property
    def is_up(self) -> bool:
        """Whether the server could be had a moment ago."""
        return self._is_up

    def start(self) -> None:
        """Begin, and wait until the first try to reach the server is over."""
        self._thread.start()
        self._tried.wait()

    def send(self, commands: Sequence[Command], read: Callable[[list[Any]], T]) -> Future[T]:
        """Ask the server; read makes the result of the answers. The future raises Away where it cannot be had."""
        letter = _Letter(commands, read)
        with self._changed:
            if self._is_up and len(self._letters) < MOST_WAITING:
                self._letters.append(letter)
                self._changed.notify()
                return letter.answer
        letter.answer.set_exception(Away())
        return letter.answer

    def close(self) -> None:
        """Carry what was already asked, then end."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    # -- the thread --------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._is_closed:
            try:
                line = self._connect()
            except Exception as error:
                self._went_away(error)
                continue
            try:
                self._greet(line)
                with self._changed:
                    self._is_up = True
                self._tried.set()
                self._serve(line)
            except Exception as error:
                self._went_away(error)
            finally:
                line.close()
        self._fail(Away())

    def _serve(self, line: Line) -> None:
        """Carry letters until told to end. Raises what the connection raises."""
        while True:
            with self._changed:
                is_asked = self._changed.wait_for(lambda: self._letters or self._is_closed, LOOK_SECONDS)
                if is_asked and not self._letters:
                    return
                taken = [self._letters.popleft() for _ in range(min(len(self._letters), MOST_AT_ONCE))]
            letters = [letter for letter in taken if letter.answer.set_running_or_notify_cancel()]
            try:
                answers = line.ask([command for letter in letters for command in letter.commands] or [("PING",)])
            except Exception:
                for letter in letters:
                    letter.answer.set_exception(Away())
                raise
            for letter in letters:
                own, answers = answers[: len(letter.commands)], answers[len(letter.commands) :]
                _deliver(letter, own)

    def _went_away(self, error: Exception) -> None:
        self._fail(error)
        self._on_trouble(error)
        self._tried.set()
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed, PAUSE_SECONDS)

    def _fail(self, error: Exception) -> None:
        """Answer all who wait: it cannot be had."""
        with self._changed:
            self._is_up = False
            letters, self._letters = self._letters, deque()
        for letter in letters:
            if letter.answer.set_running_or_notify_cancel():
                letter.answer.set_exception(Away())


def _deliver(letter: _Letter, answers: list[Any]) -> None:
    """Give a letter its answer; one that was refused, or cannot be read, counts as not to be had."""
    try:
        if any(isinstance(answer, Exception) for answer in answers):
            raise Away
        result = letter.read(answers)
    except Exception:
        letter.answer.set_exception(Away())
    else:
        letter.answer.set_result(result)
