"""What a tap leads to, worked out once for everybody who comes the same way: words, and where each button goes.

A plan hangs on the flow, the answers, the languages and the place alone. It holds nothing of a conversation, so that
one serves a crowd; only its buttons are sealed anew for each person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.counts.tally import Tally
from bot.engine.screen import Screen
from bot.engine.session import Session
from bot.seal.pack import common, owned
from bot.texts.sheet import Button, Sheet
from bot.texts.speak import Reply

MOST_PLANS = 10_000

Lock = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Plan:
    """sheet: the words. ways: each button's label and what it carries, or the packed session it leads to.

    tally: what to count where somebody sees it; None for nothing.
    """

    sheet: Sheet
    ways: tuple[tuple[tuple[str, str | bytes], ...], ...]
    tally: Tally | None

    def reply(self, payload: bytes, lock: Lock) -> Reply:
        """The reply to somebody who tapped the button with this packed session."""
        sheet = self.sheet
        rows = tuple([
            tuple([Button(label, way if isinstance(way, str) else lock(owned(way, payload))) for label, way in row])
            for row in self.ways
        ])  # fmt: skip
        return Reply(
            sheet.text, sheet.entities, rows, sheet.language, sheet.rtl, worker=sheet.worker, contacts=sheet.contacts
        )


def make_plan(sheet: Sheet, screen: Screen, pack: Callable[[Session], bytes], tally: Tally | None) -> Plan:
    """A plan from the screen of the first who came this way; of the person only what all share is kept."""
    rows = sheet.fill(screen, lambda session: common(pack(session)))
    return Plan(sheet, tuple(tuple(row) for row in rows), tally)


class Plans:
    """Plans by what all who follow one share; bounded, the oldest go first."""

    def __init__(self, most: int = MOST_PLANS) -> None:
        self._most = most
        self._plans: dict[bytes, Plan] = {}

    def find(self, payload: bytes) -> Plan | None:
        """The plan for the button with this packed session."""
        return self._plans.get(common(payload))

    def keep(self, payload: bytes, plan: Plan) -> None:
        """Remember a plan."""
        self._plans[common(payload)] = plan
        if len(self._plans) > self._most:
            del self._plans[next(iter(self._plans))]
