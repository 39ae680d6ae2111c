"""Count once: the same button, the same conversation, the same person on the same day.

All of it lives in memory and goes within a day; nothing of it may be written, logged or compared across processes.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from bot.counts.tally import Counter, Event, Tally

MOST_HELD = 200_000
SHORTEST = timedelta(seconds=20)
LIFE = timedelta(hours=24)


class Once(Protocol):
    """Counts each event of a conversation once. It answers nothing: a talk cannot depend on a count, nor learn one."""

    def count(self, tally: Tally, number: int, chat: int, started_at: datetime, now: datetime) -> None:
        """number: of the conversation. started_at: as the session holds it, cut to the minute."""

    def forget(self, now: datetime) -> None:
        """Drop what is a day old; called now and then, so that it goes without traffic too."""

    def hand_over(self) -> dict[str, Any]:
        """What the same process under a new program goes on with."""

    def take_over(self, state: Mapping[str, Any]) -> None:
        """Go on where `hand_over` ended."""


class OnceHere:
    """Counts of one process: what was seen, and the counter that is told the first time."""

    def __init__(self, seen: Seen, counter: Counter) -> None:
        self.seen, self.counter = seen, counter

    def count(self, tally: Tally, number: int, chat: int, started_at: datetime, now: datetime) -> None:
        if self.seen.first(tally.event, number, chat, started_at, now):
            self.counter.add(tally)

    def forget(self, now: datetime) -> None:
        self.seen.forget(now)

    def hand_over(self) -> dict[str, Any]:
        return self.seen.hand_over()

    def take_over(self, state: Mapping[str, Any]) -> None:
        self.seen.take_over(state)


@dataclass(slots=True, repr=False)
class _Hour:
    """Conversations begun in one hour under one key: digest -> (day it was let in, what was counted)."""

    key: bytes
    held: dict[bytes, tuple[date, frozenset[Event]]] = field(default_factory=dict)


class Seen:
    """Decides whether an event of a conversation may be counted, and remembers that it was.

    began: when this process started; older conversations never count, so that a tap repeated after a restart cannot
    count twice. make_key: fresh random bytes for the keyed digests.
    """

    def __init__(
        self,
        began: datetime,
        make_key: Callable[[int], bytes] = secrets.token_bytes,
        most_held: int = MOST_HELD,
    ) -> None:
        self._began, self._make_key, self._most_held = began, make_key, most_held
        self._hours: dict[datetime, _Hour] = {}
        self._fresh: OrderedDict[bytes, datetime] = OrderedDict()  # begun under SHORTEST ago: not read yet
        self._today = began.astimezone(UTC).date()
        self._people: set[bytes] = set()
        self._people_key = make_key(32)
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "<Seen>"

    def first(self, event: Event, number: int, chat: int, started_at: datetime, now: datetime) -> bool:
        """Whether to count this event; True at most once for each event of a conversation.

        number: the conversation number of the session, 4 bytes. started_at: as the session holds it, cut to the
        minute, so what is begun in the first part of a minute after the start of the process does not count.
        """
        with self._lock:
            self._forget(now)
            if not self._began <= started_at <= now < started_at + LIFE:
                return False
            begun = started_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
            if begun not in self._hours:
                self._hours[begun] = _Hour(self._make_key(32))
            hour = self._hours[begun]
            talk = digest(hour.key, number)
            day, counted = hour.held.get(talk, (None, frozenset[Event]()))
            if event in counted or (event == "ended" and (talk in self._fresh or now - started_at < SHORTEST)):
                return False
            if day != self._today and not self._admit(chat):
                return False
            hour.held[talk] = (self._today, counted | {event})
            if event == "started":
                self._fresh[talk] = now
            return True

    def forget(self, now: datetime) -> None:
        """Drop what is a day old; called now and then, so that it goes without traffic too."""
        with self._lock:
            self._forget(now)

    def hand_over(self) -> dict[str, Any]:
        """Marks and their keys, for the same process under a new program; never for a disk or another machine."""
        with self._lock:
            return {
                "began": self._began.isoformat(),
                "hours": {
                    begun.isoformat(): [
                        hour.key.hex(),
                        {talk.hex(): [day.isoformat(), sorted(told)] for talk, (day, told) in hour.held.items()},
                    ]
                    for begun, hour in self._hours.items()
                },
                "fresh": {talk.hex(): since.isoformat() for talk, since in self._fresh.items()},
                "today": self._today.isoformat(),
                "people": [self._people_key.hex(), [person.hex() for person in self._people]],
            }

    def take_over(self, state: Mapping[str, Any]) -> None:
        """Go on where `hand_over` ended."""
        at, of = datetime.fromisoformat, bytes.fromhex
        with self._lock:
            self._began = at(state["began"])
            self._hours = {}
            for begun, (key, held) in state["hours"].items():
                marks = {of(talk): (date.fromisoformat(day), frozenset(told)) for talk, (day, told) in held.items()}
                self._hours[at(begun)] = _Hour(of(key), marks)
            self._fresh = OrderedDict((of(talk), at(since)) for talk, since in state["fresh"].items())
            self._today = date.fromisoformat(state["today"])
            self._people_key, self._people = of(state["people"][0]), {of(one) for one in state["people"][1]}

    def _admit(self, chat: int) -> bool:
        """Let one conversation of a person's day in; when memory is full nothing more is counted."""
        person = digest(self._people_key, chat)
        held = sum(len(hour.held) for hour in self._hours.values())
        if person in self._people or max(held, len(self._people)) >= self._most_held:
            return False
        self._people.add(person)
        return True

    def _forget(self, now: datetime) -> None:
        for begun in [b for b in self._hours if now >= b + LIFE + timedelta(hours=1)]:
            del self._hours[begun]
        while self._fresh:  # in the order of time: a rush of new talks must not make each tap look through all of them
            since = next(iter(self._fresh.values()))
            if timedelta(0) <= now - since < SHORTEST:
                break
            self._fresh.popitem(last=False)
        today = now.astimezone(UTC).date()
        if today != self._today:
            self._today, self._people, self._people_key = today, set(), self._make_key(32)


def digest(key: bytes, number: int) -> bytes:
    """What stands for a number where it must not be known: 8 bytes that mean nothing without the key."""
    return hashlib.blake2b(str(number).encode(), digest_size=8, key=key).digest()
