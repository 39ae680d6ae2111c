"""Session <-> 31 bytes. Layout: flow digest 4, locale 1, second locale and turn 1, place 2, flags 1, start minute 3,
conversation number 4, answers 15.

Answers are one number in mixed radix: at a screen with n options each digit is 1..n in base n + 1, first answer
lowest, and 0 ends; so no byte is spent on what cannot be answered.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import replace

from bot.engine.session import ANSWER_BYTES, ANSWER_LIMIT, MAX_ANSWERS, Flag, Session, Turn

BYTES = 31
MAX_LOCALE, MAX_COUNTRY, MAX_REGION = 63, 1023, 63
LAYOUT = struct.Struct(">4sBBHB3sI15s")

Count = Callable[[Session], int]  # options of the screen a session leads to; 0 at an end, -1 where impossible


class DoesNotFit(ValueError):
    """A session that no button can hold; `waymark check` finds such a flow before it ships."""


def weigh(session: Session, count: Count) -> int:
    """The answers as one number. Raises DoesNotFit past 15 bytes or where an answer does not exist."""
    number, weight = 0, 1
    for place, answer in enumerate(session.answers):
        options = count(replace(session, answers=session.answers[:place]))
        if not 1 <= answer <= options:
            raise DoesNotFit(f"answer {place + 1} is {answer}, of {options} options")
        number += answer * weight
        weight *= options + 1
    if number >= ANSWER_LIMIT:
        raise DoesNotFit(f"{len(session.answers)} answers are too many for {ANSWER_BYTES} bytes")
    return number


def pack(session: Session, digest: bytes, count: Count) -> bytes:
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
        weigh(session, count).to_bytes(ANSWER_BYTES, "big"),
    )


def unpack(payload: bytes, flow_of: Callable[[bytes], str | None], count: Count) -> Session | None:
    """The session, or None where its flow has changed or its answers do not exist."""
    digest, locale, second, place, flags, started, number, answers = LAYOUT.unpack(payload)
    flow = flow_of(digest)
    if flow is None or second >> 6 == 3:
        return None
    session = Session(
        flow, locale, second & MAX_LOCALE, place >> 6, place & MAX_REGION, Flag(flags), Turn(second >> 6),
        int.from_bytes(started, "big"), number,
    )  # fmt: skip
    return _answer(session, int.from_bytes(answers, "big"), count)


def _answer(session: Session, number: int, count: Count) -> Session | None:
    answers: list[int] = []
    while number and len(answers) < MAX_ANSWERS:
        options = count(replace(session, answers=tuple(answers)))
        if options < 1:
            return None
        number, answer = divmod(number, options + 1)
        if answer == 0:
            return None
        answers.append(answer)
    found = replace(session, answers=tuple(answers))
    return None if number or count(found) < 0 else found
