"""Session <-> 31 bytes. Layout: flow digest 4, locale 1, second locale and turn 1, place 2, flags 1, start minute 3,
conversation number 4, answers 15.

Answers are one number in mixed radix: at a screen with n options each digit is 1..n in base n + 1, first answer
lowest, and 0 ends; so no byte is spent on what cannot be answered.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

from bot.engine.session import ANSWER_BYTES, ANSWER_LIMIT, MAX_ANSWERS, TURNING, Flag, Path, Session, Turn

BYTES = 31
MAX_LOCALE, MAX_COUNTRY, MAX_REGION = 63, 1023, 63
LAYOUT = struct.Struct(">4sBBHB3sI15s")

MOST_KNOWN = 50_000

ONES_OWN = slice(9, 16)  # start minute and number: what tells one conversation from another

Count = Callable[[Session], int]  # options of the screen a session leads to; 0 at an end, -1 where impossible


class Digit(NamedTuple):
    """A screen on the way. number: the answers before it. weight: of the answer to it. options: it takes so many."""

    number: int
    weight: int
    options: int


class DoesNotFit(ValueError):
    """A session that no button can hold; `waymark check` finds such a flow before it ships."""


class Radix:
    """Answers as one number, and back. What a screen takes is asked once and remembered, by path alone.

    count: options of the screen a session leads to.
    """

    def __init__(self, count: Count) -> None:
        self._count = count
        self._known: dict[Path, Digit] = {}

    def weigh(self, session: Session) -> int:
        """The answers as one number. Raises DoesNotFit past 15 bytes or where an answer does not exist."""
        if not session.answers:
            return 0
        number, _ = self._next(session.flow, int.__and__(session.flags, TURNING), session.answers)
        if number >= ANSWER_LIMIT:
            raise DoesNotFit(f"{len(session.answers)} answers are too many for {ANSWER_BYTES} bytes")
        return number

    def read(self, flow: str, flags: int, number: int) -> tuple[int, ...] | None:
        """The answers that a number stands for in a flow; None where no such answers exist."""
        turning = int.__and__(flags, TURNING)
        answers: tuple[int, ...] = ()
        digit = self._digit(flow, turning, answers)
        while number and len(answers) < MAX_ANSWERS:
            if digit.options < 1:
                return None
            number, answer = divmod(number, digit.options + 1)
            if answer == 0:
                return None
            answers = (*answers, answer)
            digit = self._digit(flow, turning, answers)
        return None if number or digit.options < 0 else answers

    def _next(self, flow: str, turning: int, answers: tuple[int, ...]) -> tuple[int, int]:
        """The number these answers make, and the weight of the next one."""
        if not answers:
            return 0, 1
        number, weight, options = self._digit(flow, turning, answers[:-1])
        if not 1 <= answers[-1] <= options:
            raise DoesNotFit(f"answer {len(answers)} is {answers[-1]}, of {options} options")
        return number + answers[-1] * weight, weight * (options + 1)

    def _digit(self, flow: str, turning: int, answers: tuple[int, ...]) -> Digit:
        """The screen after these answers."""
        path = (flow, turning, answers)
        known = self._known.get(path)
        if known is None:
            number, weight = self._next(flow, turning, answers)
            options = self._count(Session(flow, flags=Flag(turning), answers=answers))
            known = self._known[path] = Digit(number, weight, options)
            if len(self._known) > MOST_KNOWN:
                del self._known[next(iter(self._known))]
        return known


def pack(session: Session, digest: bytes, radix: Radix) -> bytes:
    """31 bytes. Raises DoesNotFit."""
    if session.locale > MAX_LOCALE or session.second > MAX_LOCALE:
        raise DoesNotFit(f"locale number past {MAX_LOCALE}")
    if session.country > MAX_COUNTRY or session.region > MAX_REGION:
        raise DoesNotFit(f"place {session.country}.{session.region} past {MAX_COUNTRY}.{MAX_REGION}")
    return LAYOUT.pack(
        digest,
        session.locale,
        session.second | session.turn << 6,
        session.country << 6 | session.region,
        int(session.flags),
        session.started.to_bytes(3, "big"),
        session.number,
        radix.weigh(session).to_bytes(ANSWER_BYTES, "big"),
    )


def common(payload: bytes) -> bytes:
    """All of a packed session that others may share: nothing in it tells whose it is."""
    return payload[: ONES_OWN.start] + payload[ONES_OWN.stop :]


def owned(shared: bytes, owner: bytes) -> bytes:
    """A packed session made part of the conversation that another belongs to. shared: as `common` leaves it."""
    return shared[: ONES_OWN.start] + owner[ONES_OWN] + shared[ONES_OWN.start :]


def started(payload: bytes) -> int:
    """The start minute of a packed session."""
    return int.from_bytes(payload[ONES_OWN.start : ONES_OWN.start + 3], "big")


def numbered(payload: bytes) -> int:
    """The conversation number of a packed session."""
    return int.from_bytes(payload[ONES_OWN.start + 3 : ONES_OWN.stop], "big")


def unpack(payload: bytes, flow_of: Callable[[bytes], str | None], radix: Radix) -> Session | None:
    """The session, or None where its flow has changed or its answers do not exist."""
    digest, locale, second, place, flags, start, number, answers = LAYOUT.unpack(payload)
    flow = flow_of(digest)
    if flow is None or second >> 6 == 3:
        return None
    given = radix.read(flow, flags, int.from_bytes(answers, "big"))
    if given is None:
        return None
    return Session(
        flow, locale, second & MAX_LOCALE, place >> 6, place & MAX_REGION, Flag(flags), Turn(second >> 6),
        int.from_bytes(start, "big"), number, given,
    )  # fmt: skip
