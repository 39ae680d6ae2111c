"""The noise every cell is born with: the discrete Laplace distribution of scale 2, drawn exactly.

P(k) = (1 - p) / (1 + p) * p ** |k| with p = exp(-1 / 2). Whole numbers and fair bits only: a floating-point sampler
leaves marks in the low digits that give the true number away.
Method: Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy", algorithms 1 and 2.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from typing import Protocol

from bot.errors import WaymarkError

SCALE = 2  # epsilon 0.5 for each table; read from here alone, no setting reaches it


class Noise(Protocol):
    """Draws the secret part of a cell."""

    def draw(self) -> int: ...


class Laplace:
    """The exact sampler over a source of fair bits.

    bits: how many -> a number of that many random bits. Only tests pass one; the ledger of a release refuses it.
    """

    def __init__(self, bits: Callable[[int], int] = secrets.randbits) -> None:
        self._bits = bits

    @property
    def is_genuine(self) -> bool:
        """Whether the bits come from the operating system."""
        return type(self) is Laplace and self._bits is secrets.randbits

    def draw(self) -> int:
        """One number: a geometric size and a sign. Zero is taken with one sign only, else it would come up twice."""
        while True:
            size = 0
            while self.goes_on():
                size += 1
            negative = self._bits(1) == 1
            if not (negative and size == 0):
                return -size if negative else size

    def goes_on(self) -> bool:
        """True with probability exp(-1 / SCALE) exactly: the series of exp, played as a row of fair wagers."""
        k = 1
        while self.below(SCALE * k) == 0:  # probability (1 / SCALE) / k
            k += 1
        return k % 2 == 1

    def below(self, n: int) -> int:
        """A number from 0 to n - 1, each equally likely; draws that do not fit are thrown away, never folded."""
        width = (n - 1).bit_length()
        while True:
            number = self._bits(width)
            if number < n:
                return number


def permit(noise: Noise) -> None:
    """Refuse any noise but the genuine one, except inside a test run.

    A test run is a process in which pytest itself is loaded: the locked release installs no pytest, and neither a
    variable, a file nor a flag can load it. So the check fails closed; whoever can change that can change the code.
    """
    genuine = type(noise) is Laplace and noise.is_genuine
    if not genuine and "_pytest.main" not in sys.modules:
        raise WaymarkError(
            "counts", "another source of noise was given than the operating system.", "Leave the noise argument out."
        )
