"""What is remembered for minutes, in this process alone: limits, the one screen of a chat, updates seen.

Keyed by chat id, bounded, never written, gone with the process. Time is passed in as seconds that only grow.
With the process goes the knowledge which screens were to be blanked: a restart is not to be seen, so that they stay
as they are until they are touched again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any, Protocol

MOST_CHATS = 5_000
MOST_UPDATES = 10_000
MOST_LYING = 100  # messages of one chat that wait to be removed: as many as one call removes
BUCKET = 10.0  # taps a chat may make at once
REFILL_PER_SECOND = 0.5
REFUSED_COST = 0.1  # what is tried past the limit puts off the next answer: a flood of 300 a minute gets none
TYPED_COST = 3.0  # what is typed and no command costs as much as so many taps
HELP_EVERY_SECONDS = 5.0  # help is served this often even past the limit, as is leaving where nothing is shown
LEFT_SECONDS = 10.0  # so long after leaving nothing brings the talk back but a command
CARD_SECONDS = 30.0  # so long the fixed card is not shown again
IDLE_SECONDS = 15 * 60
WORKER_IDLE_SECONDS = 60 * 60


Record = list[float]  # what is known of a chat, in the order of `_Chat`'s fields


@dataclass(slots=True)
class _Chat:
    """tokens: taps left, as of `at`. screen: id of the bot's message, 0 = not known. blank_at: when it goes blank.

    left_until, card_until: until when the chat counts as just left, and the fixed card as just shown.
    """

    tokens: float
    at: float
    helped_at: float
    screen: int = 0
    blank_at: float = 0.0
    left_until: float = 0.0
    card_until: float = 0.0

    def refill(self, now: float) -> None:
        self.tokens = min(BUCKET, self.tokens + (now - self.at) * REFILL_PER_SECOND)
        self.at = now


class Volatile(Protocol):
    """What the bot remembers for minutes; of `Local` the methods say what each does."""

    def allows(
        self, chat: int, now: float, is_help: bool = False, is_leave: bool = False, cost: float = 1.0
    ) -> bool: ...

    def keep_screen(self, chat: int, message: int, now: float, worker: bool = False) -> None: ...

    def screen(self, chat: int) -> int: ...

    def idle(self, now: float) -> list[tuple[int, int]]: ...

    def owe(self, chat: int, message: int) -> None: ...

    def blanked(self, chat: int, message: int, now: float) -> None: ...

    def forget(self, chat: int) -> None: ...

    def leave(self, chat: int, now: float) -> None: ...

    def has_left(self, chat: int, now: float) -> bool: ...

    def keep_card(self, chat: int, now: float) -> None: ...

    def has_card(self, chat: int, now: float) -> bool: ...

    def lay(self, chat: int, message: int) -> None: ...

    def lying(self) -> list[tuple[int, list[int]]]: ...

    def is_new(self, update: int) -> bool: ...


class Local:
    """Everything volatile of one process; the oldest chat is dropped when there are too many.

    met: how many times a chat came that was not known. touched_at: when somebody last wrote or tapped.
    """

    def __init__(self, most_chats: int = MOST_CHATS) -> None:
        self._most = most_chats
        self._chats: OrderedDict[int, _Chat] = OrderedDict()
        self._owed: OrderedDict[tuple[int, int], None] = OrderedDict()
        self._lying: OrderedDict[int, list[int]] = OrderedDict()
        self._updates: OrderedDict[int, None] = OrderedDict()
        self.met, self.touched_at = 0, 0.0

    def _chat(self, chat: int, now: float) -> _Chat:
        known = self._chats.get(chat)
        if known is None:
            known = self._chats[chat] = _Chat(BUCKET, now, now - HELP_EVERY_SECONDS)
            self.met += 1
            if len(self._chats) > self._most:
                oldest, gone = self._chats.popitem(last=False)
                self.owe(oldest, gone.screen)
        else:
            self._chats.move_to_end(chat)
        return known

    def allows(self, chat: int, now: float, is_help: bool = False, is_leave: bool = False, cost: float = 1.0) -> bool:
        """Whether a chat may be served now: ten at once, one more in two seconds; help more readily, leaving most.

        A leave is refused only past the limit, within five seconds of the last one, and with nothing shown since. Who
        goes on past the limit waits longer, by a tenth of a tap each time.
        """
        known = self._chat(chat, now)
        known.refill(now)
        self.touched_at = now
        has_just_left = now < known.left_until - LEFT_SECONDS + HELP_EVERY_SECONDS
        if known.tokens >= cost or (is_leave and not has_just_left):
            known.tokens = max(0.0, known.tokens - cost)
            return True
        if is_help and now - known.helped_at >= HELP_EVERY_SECONDS:
            known.helped_at = now
            return True
        known.tokens = max(0.0, known.tokens - REFUSED_COST)
        return False

    # -- the one screen ----------------------------------------------------------------------------------------

    def keep_screen(self, chat: int, message: int, now: float, worker: bool = False) -> None:
        """Remember the one message of a chat until it is blanked."""
        known = self._chat(chat, now)
        known.screen, known.left_until = message, 0.0
        self._owed.pop((chat, message), None)
        known.blank_at = now + (WORKER_IDLE_SECONDS if worker else IDLE_SECONDS)

    def screen(self, chat: int) -> int:
        """The id of a chat's one message; 0 where it is not known."""
        known = self._chats.get(chat)
        return known.screen if known else 0

    def idle(self, now: float) -> list[tuple[int, int]]:
        """(chat, message) of screens that nobody touched for too long, until they are told to be `blanked`.

        A chat without a screen is forgotten as soon as its taps are refilled: from then on it is like any other.
        """
        for chat, known in list(self._chats.items()):
            known.refill(now)
            if not known.screen and known.tokens >= BUCKET and known.left_until <= now:
                del self._chats[chat]
        idle = [(id, known.screen) for id, known in self._chats.items() if known.screen and known.blank_at <= now]
        return [*self._owed, *idle]

    def owe(self, chat: int, message: int) -> None:
        """A screen that is to go blank at the next look, whatever becomes of its chat; 0 is none."""
        if message:
            self._owed[chat, message] = None
            if len(self._owed) > self._most:
                self._owed.popitem(last=False)

    def blanked(self, chat: int, message: int, now: float) -> None:
        """A screen went blank: forget it, unless it was used again meanwhile."""
        self._owed.pop((chat, message), None)
        known = self._chats.get(chat)
        if known is not None and known.screen == message and known.blank_at <= now:
            self.forget(chat)

    def forget(self, chat: int) -> None:
        """Forget a chat's screen. How busy it was stays until its taps are refilled, or leaving would refill them."""
        known = self._chats.get(chat)
        if known is not None:
            known.screen, known.blank_at, known.card_until = 0, 0.0, 0.0

    def leave(self, chat: int, now: float) -> None:
        """A chat was left: for a moment nothing but a command brings the talk back."""
        self.forget(chat)
        self._chat(chat, now).left_until = now + LEFT_SECONDS

    def has_left(self, chat: int, now: float) -> bool:
        """Whether a chat was left a moment ago, and no screen was shown since."""
        known = self._chats.get(chat)
        return known is not None and now < known.left_until

    def keep_card(self, chat: int, now: float) -> None:
        """The fixed card was shown on the screen of a chat."""
        known = self._chat(chat, now)
        if known.screen:
            known.card_until = now + CARD_SECONDS

    def has_card(self, chat: int, now: float) -> bool:
        """Whether the fixed card was shown in a chat a moment ago."""
        known = self._chats.get(chat)
        return known is not None and now < known.card_until

    # -- a chat that several replicas share ---------------------------------------------------------------------

    def chats(self) -> list[int]:
        """The chats that are known here."""
        return list(self._chats)

    def record(self, chat: int) -> Record | None:
        """What is known of a chat here."""
        known = self._chats.get(chat)
        return list(astuple(known)) if known is not None else None

    def carry_in(self, chat: int, record: Record, now: float) -> None:
        """Know of a chat what another replica knew."""
        tokens, at, helped_at, screen, *untils = record
        self._chat(chat, now)
        self._chats[chat] = _Chat(tokens, at, helped_at, int(screen), *untils)

    def carry_out(self, chat: int, now: float) -> Record:
        """What is known of a chat, for others to know; from now on it is not known here."""
        self._chat(chat, now)
        return list(astuple(self._chats.pop(chat)))

    # -- messages that wait to be removed ----------------------------------------------------------------------

    def lay(self, chat: int, message: int) -> None:
        """A message lies about in a chat: written past the limit, or not removed at the first try."""
        lying = self._lying.setdefault(chat, [])
        lying.append(message)
        del lying[:-MOST_LYING]
        if len(self._lying) > self._most:
            self._lying.popitem(last=False)

    def lying(self) -> list[tuple[int, list[int]]]:
        """(chat, messages) to be removed now; each is told once."""
        found = list(self._lying.items())
        self._lying.clear()
        return found

    # -- a new program in the same process ---------------------------------------------------------------------

    def hand_over(self) -> dict[str, Any]:
        """Screens to blank and messages to remove. The clock that counts seconds goes on."""
        screens = [[chat, known.screen, known.blank_at] for chat, known in self._chats.items() if known.screen]
        return {"screens": screens, "owed": list(self._owed), "lying": list(self._lying.items())}

    def take_over(self, state: Mapping[str, Any]) -> None:
        """Go on where `hand_over` ended."""
        for chat, screen, blank_at in state["screens"]:
            self._chats[chat] = _Chat(BUCKET, 0.0, 0.0, screen, blank_at)
        self._owed.update(((chat, message), None) for chat, message in state["owed"])
        self._lying.update((chat, list(messages)) for chat, messages in state["lying"])

    # -- updates -----------------------------------------------------------------------------------------------

    def is_new(self, update: int) -> bool:
        """Whether an update was not handled before; remembers it."""
        if update in self._updates:
            return False
        self._updates[update] = None
        if len(self._updates) > MOST_UPDATES:
            self._updates.popitem(last=False)
        return True
