"""How much each promise is tried: small in `make test`, full in `make promises`. All sizes stand here."""

from __future__ import annotations

import os
from collections.abc import Callable

Report = Callable[[int, int], None]  # what a long test tells of how far it is

FULL = os.environ.get("PROMISES") == "full"


def size(small: int, full: int) -> int:
    return full if FULL else small


PEOPLE = size(150, 10_000)  # P1: conversations full of markers
ORDERS, TALKS = size(3, 20), size(40, 500)  # P2: orders of so many conversations
KILLS = size(2, 200)  # P6: at random moments, besides one at each named point
CRASHES = size(300, 20_000)  # P7: states of the disk after a power cut
MALFORMED = size(300, 1_000)  # P8: updates
BUTTONS = size(40, 1_000)  # P10: outstanding when the process dies
FORGERIES = size(20_000, 1_000_000)  # P11: tokens
STEPS = size(150, 3_000)  # P15: things people do, with the chat looked at after each
WAITING = size(30, 300)  # P19: people who tap at the moment of a stop
STOP_SECONDS = size(30, 8)  # P19: a stop takes so long at most; smaller tests share their machine with others
SOAK = size(600, 200_000)  # conversations of three days
FLOOD = size(1_000, 10_000)  # P27: updates of one account
