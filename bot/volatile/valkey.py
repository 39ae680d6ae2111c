"""What replicas share, on a Valkey or Redis server that keeps nothing on a disk; every key there has an end.

A chat's keys carry one hash tag, so that a cluster holds them together. A digest stands for the chat, under a key made
anew each day; the chat's id itself is there only while a screen waits to go blank.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal

from bot.counts.once import digest
from bot.volatile.local import WORKER_IDLE_SECONDS, Record
from bot.volatile.post import Away, Command, Line, Post
from bot.volatile.scripts import AGREE, BLANKED, BORROW, CLAIM, GIVE_BACK

DAY = 86_400
LEASE_SECONDS = 5.0
KEPT_SECONDS = 10 * 60  # of a chat without a screen: its limits, and the updates that are done
CLAIM_SECONDS = 60  # then a screen that another replica was to blank is anybody's again
GIVEN_UP_SECONDS = 3600
SCREENS = "waymark:{screens}"
CLAIMS = "waymark:{screens}:claims"
SCREENS_LIVE = int(WORKER_IDLE_SECONDS) + GIVEN_UP_SECONDS
MOST_CLAIMED = 50
DIGEST_BYTES = 32
LONGEST_ANSWER_SECONDS = 3.0  # far above what the post allows; reached never


@dataclass(frozen=True, slots=True)
class Borrowed:
    """is: `yours` (with what is known of the chat), `busy` (another replica has it) or `done` (the update is)."""

    what: Literal["yours", "busy", "done"]
    record: Record | None = None
    lease: str = ""


def script(text: str, keys: list[str], *values: str | bytes | int | float) -> Command:
    """The command that runs a script; its text goes along, so that a server started anew knows it."""
    return ("EVAL", text, len(keys), *keys, *values)


class Valkey:
    """connect: opens a line. wall: seconds since 1970 UTC. on_trouble: told when the server is lost.

    on_greet: given each new connection before all else, in a thread. Futures raise Away where there is no server.
    """

    def __init__(
        self,
        connect: Callable[[], Line],
        wall: Callable[[], float],
        on_trouble: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        self.wall = wall
        self.on_greet: list[Callable[[Line], None]] = []
        self.trouble: Exception | None = None
        self._digests: dict[int, bytes] = {}
        self._on_trouble = on_trouble
        self.post = Post(connect, self._greet, self._note)

    def __repr__(self) -> str:
        return "<Valkey>"

    def start(self) -> None:
        """Connect. Raises what is wrong where the server cannot be had, or may not be used."""
        self.post.start()
        if not self.post.is_up:
            self.post.close()
            raise self.trouble or Away()

    def close(self) -> None:
        self.post.close()

    @property
    def today(self) -> int:
        """The number of this UTC day."""
        return int(self.wall() // DAY)

    def _note(self, error: Exception) -> None:
        self.trouble = error
        self._on_trouble(error)

    # -- secrets -----------------------------------------------------------------------------------------------

    def agreeing(self, name: str, candidate: bytes, day: int) -> Command:
        """Asks for the secret of a name: ours, or that of the replica that was first. It ends with the day after."""
        return script(AGREE, [f"waymark:{{{name}}}"], candidate, max(1, int((day + 2) * DAY - self.wall())))

    def _greet(self, line: Line) -> None:
        """A new connection, perhaps to a server that forgot everything: agree on secrets again before anything else."""
        self._digests = {day: key for day, key in self._digests.items() if day >= self.today - 1}
        for day in (self.today - 1, self.today, self.today + 1):
            ours = self._digests.get(day) or secrets.token_bytes(DIGEST_BYTES)
            [key] = line.ask([self.agreeing(f"digest-{day}", ours, day)])
            if not isinstance(key, bytes):
                raise Away
            self._digests[day] = key
        for work in self.on_greet:
            work(line)

    def tidy(self) -> Future[None]:
        """Make tomorrow's key of digests, and let go of those whose day is over; called now and then."""
        today = self.today
        self._digests = {day: key for day, key in self._digests.items() if day >= today - 1}
        days = [day for day in (today, today + 1) if day not in self._digests]
        fresh = [secrets.token_bytes(DIGEST_BYTES) for _ in days]

        def keep(answers: list[Any]) -> None:
            self._digests |= dict(zip(days, answers, strict=True))

        commands = [self.agreeing(f"digest-{day}", key, day) for day, key in zip(days, fresh, strict=True)]
        return self.post.send(commands or [("PING",)], keep if days else lambda answers: None)

    def digest(self, number: int, day: int) -> str:
        """What stands for a number on that day. Raises Away where no key was agreed on."""
        key = self._digests.get(day)
        if key is None:
            raise Away
        return digest(key, number).hex()

    # -- a chat's turn -----------------------------------------------------------------------------------------

    def borrow(self, chat: int, update: str, steal: bool = False) -> Future[Borrowed]:
        """Take a chat's turn for a moment. steal: also from another replica; who leaves does not wait."""
        lease = secrets.token_hex(8)
        try:
            commands = [
                script(BORROW, self._keys(chat, self.today), update, lease, int(LEASE_SECONDS * 1000), int(steal))
            ]
            if self.wall() % DAY < WORKER_IDLE_SECONDS:  # what is known may still stand under yesterday's digest
                commands.append(("HGET", self._keys(chat, self.today - 1)[0], "state"))
        except Away as away:
            return _failed(away)

        def read(answers: list[Any]) -> Borrowed:
            what = answers[0][0].decode()
            if what != "yours":
                return Borrowed(what)
            state = answers[0][1] or (answers[1] if len(answers) > 1 else None)
            return Borrowed("yours", json.loads(state) if state else None, lease)

        return self.post.send(commands, read)

    def give_back(self, chat: int, update: str, lease: str, before: Record | None, after: Record) -> Future[bool]:
        """End a turn. update: done now, "" where it is not. before, after: what was known of the chat, and is now.

        False where the turn had been taken by another replica: then what it knows holds.
        """
        screen, blank_at = int(after[3]), after[4]
        lives = max(KEPT_SECONDS, int(blank_at - self.wall()) + KEPT_SECONDS if screen else 0)
        try:
            keys = self._keys(chat, self.today)
        except Away as away:
            return _failed(away)
        commands = [script(GIVE_BACK, keys, update, lease, json.dumps(after), lives)]
        if before is not None and before[3] and int(before[3]) != screen:
            commands.append(("ZREM", SCREENS, f"{chat}:{int(before[3])}"))
        if screen:
            commands += [("ZADD", SCREENS, blank_at, f"{chat}:{screen}"), ("EXPIRE", SCREENS, SCREENS_LIVE)]
        return self.post.send(commands, lambda answers: bool(answers[0]))

    def _keys(self, chat: int, day: int) -> list[str]:
        name = self.digest(chat, day)
        return [f"waymark:{{{name}}}:chat", f"waymark:{{{name}}}:turn"]

    # -- screens to blank --------------------------------------------------------------------------------------

    def claim_idle(self) -> Future[list[tuple[int, int]]]:
        """(chat, message) of screens that nobody touched for too long, for this replica to blank."""
        now = self.wall()
        values = (now, now + CLAIM_SECONDS, now - GIVEN_UP_SECONDS, MOST_CLAIMED)
        return self.post.send([script(CLAIM, [SCREENS, CLAIMS], *values)], lambda answers: list(map(_pair, answers[0])))

    def blanked(self, chat: int, message: int) -> Future[None]:
        """A screen went blank: forget it, unless it was used again meanwhile."""
        command = script(BLANKED, [SCREENS, CLAIMS], f"{chat}:{message}", self.wall())
        return self.post.send([command], lambda answers: None)


def _pair(member: bytes) -> tuple[int, int]:
    chat, _, message = member.decode().partition(":")
    return int(chat), int(message)


def _failed(error: Exception) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future
