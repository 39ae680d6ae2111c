"""A session: everything a button carries. The server keeps none of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntFlag

LIFE_MINUTES = 24 * 60
MAX_ANSWERS = 63
ANSWER_BYTES = 15
ANSWER_LIMIT = 1 << (8 * ANSWER_BYTES)  # all answers of a path together are one number below this


class Flag(IntFlag):
    """What holds beyond the answers; one byte in the button.

    WORKER: an outreach worker's conversation. MINOR, CONSENTED, PAUSED (the two-skips card was shown): carried from
    flow to flow. QUIET: cannot talk. FEAR: fears police or visa staff. CLIENT: the phone was handed over.
    HELP: contacts lie over the current step.
    """

    NONE = 0
    WORKER = 1
    MINOR = 2
    CONSENTED = 4
    PAUSED = 8
    QUIET = 16
    FEAR = 32
    CLIENT = 64
    HELP = 128


TURNING = Flag.MINOR | Flag.PAUSED  # the same answers lead elsewhere with them than without
Path = tuple[str, int, tuple[int, ...]]


class Turn(IntFlag):
    """How a button reads the session it holds.

    HERE: show it. BACK: show what came before it. STAY: show it, from a screen laid over it.
    BACK and STAY mark the Back button, by which a tap on a static button finds the session it was tapped on.
    """

    HERE = 0
    BACK = 1
    STAY = 2


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation so far.

    locale, second: permanent language numbers, 0 = none, at most 63. country, region: permanent numbers, 10 and 6 bits.
    started: minutes since 2025-01-01 UTC. number: random, 32 bits. answers: the option chosen on each screen, from 1.
    """

    flow: str
    locale: int = 1
    second: int = 0
    country: int = 0
    region: int = 0
    flags: Flag = Flag.NONE
    turn: Turn = Turn.HERE
    started: int = 0
    number: int = 0
    answers: tuple[int, ...] = ()

    @property
    def path(self) -> Path:
        """All that decides where the answers lead: flow, flags that turn the way, answers. No link to a chat."""
        return self.flow, int.__and__(self.flags, TURNING), self.answers

    def answer(self, option: int) -> Session:
        """The session one tap further."""
        return self._but(self.without(Flag.HELP), Turn.HERE, (*self.answers, option))

    def marked(self, turn: Turn) -> Session:
        return self._but(self.flags, turn, self.answers)

    def at(self, *, on: Flag = Flag.NONE, off: Flag = Flag.NONE) -> Session:
        """The same place with flags set or cleared."""
        return self._but((self.flags | on) & ~off, Turn.HERE, self.answers)

    def has(self, flag: Flag) -> bool:
        return int.__and__(self.flags, flag) != 0  # as plain numbers: the flags' own arithmetic takes ten times as long

    def without(self, flag: Flag) -> Flag:
        """The flags, this one cleared."""
        return self.flags & ~flag if self.has(flag) else self.flags

    def in_flow(self, flow: str, answers: tuple[int, ...] = ()) -> Session:
        """The start of another flow, carrying place, languages and flags."""
        return replace(self, flow=flow, answers=answers, turn=Turn.HERE, flags=self.without(Flag.HELP))

    def _but(self, flags: Flag, turn: Turn, answers: tuple[int, ...]) -> Session:
        """As `replace`, which takes longer: every button of a screen is a session."""
        return Session(
            self.flow, self.locale, self.second, self.country, self.region, flags, turn,
            self.started, self.number, answers,
        )  # fmt: skip
