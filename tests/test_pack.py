"""A session as 31 bytes: where each field lies, and that answers take no more room than they need."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.session import MAX_ANSWERS, Flag, Session, Turn
from bot.seal.pack import BYTES, DoesNotFit, Radix, pack, unpack

DIGEST = b"\x01\x02\x03\x04"
FULL = Session(
    "work", locale=63, second=41, country=1023, region=63, flags=Flag.WORKER | Flag.HELP, turn=Turn.STAY,
    started=0x0A0B0C, number=0xDEADBEEF, answers=(1, 2, 3),
)  # fmt: skip


def screens_of(*options: int) -> Radix:
    """A flow whose screens take so many answers, one after the other, and then end."""

    def count(session: Session) -> int:
        given = session.answers
        if len(given) > len(options) or any(not 1 <= a <= n for a, n in zip(given, options, strict=False)):
            return -1
        return options[len(given)] if len(given) < len(options) else 0

    return Radix(count)


def flow_of(digest: bytes) -> str | None:
    return "work" if digest == DIGEST else None


def test_each_field_has_its_bytes() -> None:
    """Digest 4, locale 1, second locale and turn 1, place 2, flags 1, start 3, number 4, answers 15."""
    packed = pack(FULL, DIGEST, screens_of(3, 3, 3))

    assert len(packed) == BYTES == 31
    assert packed[:4] == DIGEST
    assert packed[4] == 63
    assert packed[5] == 41 | 2 << 6
    assert packed[6:8] == b"\xff\xff"
    assert packed[8] == 0b1000_0001
    assert packed[9:12] == b"\x0a\x0b\x0c"
    assert packed[12:16] == b"\xde\xad\xbe\xef"
    assert int.from_bytes(packed[16:], "big") == 1 + 2 * 4 + 3 * 16


def test_a_packed_session_unpacks() -> None:
    """Every field at its largest comes back as it was."""
    radix = screens_of(3, 3, 3)

    assert unpack(pack(FULL, DIGEST, radix), flow_of, radix) == FULL


@given(options=st.lists(st.integers(1, 14), max_size=30), data=st.data())
def test_answers_are_one_number_of_mixed_radix(options: list[int], data: st.DataObject) -> None:
    """A screen with n options takes one digit in base n + 1, and any answers come back as they were given."""
    length = data.draw(st.integers(0, len(options)))
    answers = tuple(data.draw(st.integers(1, n)) for n in options[:length])
    session, radix = Session("work", answers=answers), screens_of(*options)
    weight = 1
    for n in options[:length]:
        weight *= n + 1
    try:
        assert radix.weigh(session) < weight
    except DoesNotFit:
        assert weight > 1 << 120
        return
    assert unpack(pack(session, DIGEST, radix), flow_of, radix) == session


@pytest.mark.parametrize("answers", [(0,), (4,), (1, 4), (1, 2, 3, 1), (-1,)])
def test_an_answer_that_does_not_exist_is_not_packed(answers: tuple[int, ...]) -> None:
    """Answers below one, past the options, or after the end fit no button."""
    with pytest.raises(DoesNotFit):
        pack(replace(FULL, answers=answers), DIGEST, screens_of(3, 3, 3))


def test_a_path_too_long_for_fifteen_bytes_is_refused() -> None:
    """Forty screens of seven options fit exactly; with one more the session is refused, not cut."""
    radix = screens_of(*[7] * 41)
    longest = replace(FULL, answers=(7,) * 40)

    assert unpack(pack(longest, DIGEST, radix), flow_of, radix) == longest
    with pytest.raises(DoesNotFit):
        pack(replace(FULL, answers=(7,) * 41), DIGEST, radix)


@pytest.mark.parametrize(
    "session",
    [replace(FULL, locale=64), replace(FULL, second=64), replace(FULL, country=1024), replace(FULL, region=64)],
    ids=["locale", "second", "country", "region"],
)
def test_a_number_past_its_field_is_refused(session: Session) -> None:
    """A number too large for its bits never spills into the field beside it."""
    with pytest.raises(DoesNotFit):
        pack(session, DIGEST, screens_of(3, 3, 3))


def packed_with(answers: int, second: int = 0, digest: bytes = DIGEST) -> bytes:
    """The bytes of a session whose answers are this number, whether or not such answers exist."""
    return digest + bytes([1, second, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) + answers.to_bytes(15, "big")


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (1 * 4, "a gap: no first answer but a second"),
        (1 + 0 * 4 + 1 * 16, "a gap in the middle"),
        (1 + 1 * 4 + 1 * 16 + 1 * 64, "an answer after the end"),
        ((1 << 120) - 1, "all bits set"),
    ],
)
def test_impossible_answers_are_refused(number: int, why: str) -> None:
    """A number that no answers make is no session."""
    assert unpack(packed_with(number), flow_of, screens_of(3, 3, 3)) is None, why


def test_an_unknown_flow_and_an_unknown_turn_are_refused() -> None:
    """A flow that has changed since, and the one turn that is none, are no session."""
    radix = screens_of(3)

    assert unpack(packed_with(1), flow_of, radix) is not None
    assert unpack(packed_with(1, digest=b"gone"), flow_of, radix) is None
    assert unpack(packed_with(1, second=3 << 6), flow_of, radix) is None


def test_no_number_makes_the_reader_count_on_for_ever() -> None:
    """A flow that never ends is read to the most answers a session has, and no further."""
    asked: list[int] = []

    def endless(session: Session) -> int:
        asked.append(len(session.answers))
        return 1

    assert unpack(packed_with((1 << 120) - 1), flow_of, Radix(endless)) is None
    assert max(asked) <= MAX_ANSWERS


@given(payload=st.binary(min_size=BYTES, max_size=BYTES))
def test_any_bytes_are_a_session_or_none(payload: bytes) -> None:
    """Bytes that nobody packed are refused or stand for a possible session that packs to the same bytes."""
    radix = screens_of(3, 14, 2)
    session = unpack(payload, lambda digest: "work", radix)

    assert session is None or pack(session, payload[:4], radix) == payload
