"""What several replicas know together, seen as if it were one: each step is taken by the next replica in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import cycle
from typing import Any, TypeVar

from valkeyserver import Server

from bot.counts.schema import Schema
from bot.counts.tally import Event, Tally
from bot.volatile.local import Local
from bot.volatile.opening import Opening
from bot.volatile.tallies import Drain, OnceTogether
from bot.volatile.valkey import Valkey

NOON = 20_000 * 86_400 + 12 * 3600.0  # some UTC day; tests of seconds begin here, far from any midnight
SCHEMA = Schema.build([("work_check", ("none", "some", "strong", "urgent")), ("youth", ())], ["en", "sw"], ["KE"])
T = TypeVar("T")


class Wall:
    """The time that replicas tell each other by, in seconds since 1970."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    @property
    def day(self) -> int:
        return int(self.now // 86_400)

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.now, UTC)


def connect(server: Server, wall: Wall, replicas: int = 1) -> list[Valkey]:
    """Connections of so many replicas."""
    found = [Valkey(Opening(server.address), wall) for _ in range(replicas)]
    for one in found:
        one.start()
    return found


class Replicas:
    """Two replicas' memory of minutes, with the methods of `Local`; each step borrows the chat and gives it back."""

    def __init__(self, server: Server) -> None:
        self.wall = Wall()
        self.members = connect(server, self.wall, 2)
        self.rooms = [Local(), Local()]
        self._next: Iterator[int] = cycle((0, 1))

    def close(self) -> None:
        for one in self.members:
            one.close()

    def step(self, chat: int, now: float, work: Callable[[Local], T]) -> T:
        """One replica's turn."""
        self.wall.now = NOON + now
        number = next(self._next)
        server, room = self.members[number], self.rooms[number]
        borrowed = server.borrow(chat, "").result()
        assert borrowed.what == "yours"
        if borrowed.record is not None:
            room.carry_in(chat, borrowed.record, self.wall.now)
        result = work(room)
        after = room.carry_out(chat, self.wall.now)
        assert server.give_back(chat, "", borrowed.lease, borrowed.record, after).result()
        assert room.chats() == []
        return result

    def allows(self, chat: int, now: float, *rest: Any, **named: Any) -> bool:
        return self.step(chat, now, lambda room: room.allows(chat, self.wall.now, *rest, **named))

    def keep_screen(self, chat: int, message: int, now: float, worker: bool = False) -> None:
        self.step(chat, now, lambda room: room.keep_screen(chat, message, self.wall.now, worker))

    def screen(self, chat: int) -> int:
        return self.step(chat, self.wall.now - NOON, lambda room: room.screen(chat))

    def idle(self, now: float) -> list[tuple[int, int]]:
        self.wall.now = NOON + now
        return self.members[next(self._next)].claim_idle().result()

    def blanked(self, chat: int, message: int, now: float) -> None:
        self.step(chat, now, lambda room: room.blanked(chat, message, self.wall.now))
        self.members[next(self._next)].blanked(chat, message).result()

    def forget(self, chat: int) -> None:
        self.step(chat, self.wall.now - NOON, lambda room: room.forget(chat))

    def leave(self, chat: int, now: float) -> None:
        self.step(chat, now, lambda room: room.leave(chat, self.wall.now))

    def has_left(self, chat: int, now: float) -> bool:
        return self.step(chat, now, lambda room: room.has_left(chat, self.wall.now))

    def keep_card(self, chat: int, now: float) -> None:
        self.step(chat, now, lambda room: room.keep_card(chat, self.wall.now))

    def has_card(self, chat: int, now: float) -> bool:
        return self.step(chat, now, lambda room: room.has_card(chat, self.wall.now))


class SeenTogether:
    """`Seen.first` of two replicas, told by what waits for the ledger before and after."""

    def __init__(self, server: Server, began: datetime, most_held: int = 1_000) -> None:
        self.wall = Wall(began.timestamp())
        self.members = connect(server, self.wall, 2)
        self._next = cycle([OnceTogether(one, SCHEMA.cells, most_held) for one in self.members])
        self.drain = Drain(self.members[0], SCHEMA.cells)
        self.drain.lay_out()
        self.settled()

    def settled(self) -> None:
        """Wait until everything asked so far was answered."""
        for one in self.members:
            one.post.send([("PING",)], lambda answers: answers).result()

    def first(self, event: Event, number: int, chat: int, started_at: datetime, now: datetime) -> bool:
        before = sum(self.drain.batch().cells.values())
        self.wall.now = now.timestamp()
        tally = Tally("work_check", "self", event, "some" if event == "ended" else None, "xx")
        next(self._next).count(tally, number, chat, started_at, now)
        self.settled()
        return sum(self.drain.batch().cells.values()) > before

    def close(self) -> None:
        for one in self.members:
            one.close()
