"""The Bot API itself: every call is checked, carried out, answered and noted."""

from __future__ import annotations

import hmac
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.simulator import messages, rules, schema, webhook
from bot.simulator.bell import Bell
from bot.simulator.decode import type_fields
from bot.simulator.faults import Fault, FaultPlan
from bot.simulator.inbox import Inbox
from bot.simulator.people import Group, Person
from bot.simulator.profile import SPOKEN, Profile
from bot.simulator.refusal import Answer, Mistake, Refusal
from bot.simulator.store import Store
from bot.simulator.taps import Taps

# Shaped like a real one, good for nothing but this stand-in.
LOCAL_TOKEN = "7000000001:" + "local-stand-in".ljust(35, "_")
_KEPT_CALLS, _KEPT_WRONG = 5_000, 500
_LOOK_AGAIN_S = 0.05


@dataclass(frozen=True, slots=True)
class Call:
    """One call the bot made, with what it was answered."""

    method: str
    params: dict[str, Any]
    status: int
    description: str


@dataclass(frozen=True, slots=True)
class WrongCall:
    """One call that a bot in order would not have made, with everything that is wrong about it."""

    method: str
    description: str
    mistakes: tuple[Mistake, ...]


class BotApi:
    """The stand-in for Telegram: give its address to a bot, and be the people the bot talks to.

    token: the only one let in; None lets in any token of a real one's shape.
    powers: fields of getMe to be different, such as `can_join_groups`.
    clock: seconds since 1970; everything that grows old does so by it.
    """

    def __init__(
        self,
        token: str | None = LOCAL_TOKEN,
        *,
        clock: Callable[[], float] = time.time,
        powers: Mapping[str, Any] | None = None,
    ) -> None:
        self.token = token
        self.bell = Bell()
        self.schema = schema.load()
        self.profile = Profile(int((token or LOCAL_TOKEN).partition(":")[0]), powers, self.bell.ring)
        self.store = Store(clock, self.profile.as_sender, self.bell.ring)
        self.inbox = Inbox(clock, self.bell)
        self.taps = Taps(clock, lambda chat_id: self.store.touch(self.store.chats[chat_id]))
        self.faults = FaultPlan()
        self.calls: deque[Call] = deque(maxlen=_KEPT_CALLS)
        self.wrong_calls: deque[WrongCall] = deque(maxlen=_KEPT_WRONG)
        self.people: dict[int, Person] = {}
        self._lock = threading.RLock()
        self._last_chat = 1_000_000
        self._carriers = self._find_carriers()

    # People and updates

    def user(self, chat_id: int | None = None, language_code: str = "", **names: str) -> Person:
        """A person with a chat of their own; `names` are first_name, last_name, username."""
        with self._lock:
            if chat_id is None:
                self._last_chat += 1
                chat_id = self._last_chat
            chat = self.store.open_chat(chat_id, "private", {"first_name": "Guest", **names})
            return self.people.setdefault(chat_id, Person(self, chat, language_code))

    def group(self, title: str = "A group", kind: str = "supergroup") -> Group:
        """A group of which the bot is a member; `kind` may also be group or channel."""
        with self._lock:
            self._last_chat += 1
            return Group(self, self.store.open_chat(-self._last_chat, kind, {"title": title}))

    def push(self, update: Mapping[str, Any], queue: str = "pushed") -> int:
        """Queue an update exactly as given, however malformed; returns the queue's number for it."""
        kind = next((name for name in update if name != "update_id"), "")
        return self.inbox.put_raw(update, kind, queue)

    def member(self, status: str) -> dict[str, Any]:
        """The bot as a member of a chat, with this status."""
        member = {"status": status, "user": self.profile.as_sender()}
        return {**member, "until_date": 0} if status == "kicked" else member

    def plan(self, method: str, faults: Iterable[Fault | None], chat_id: int | None = None) -> None:
        """Order trouble for the next calls of a method; None in the list lets one call through."""
        self.faults.add(method, faults, chat_id)

    # Waiting

    @property
    def is_drained(self) -> bool:
        """Whether the bot has confirmed every update."""
        return not self.inbox.waiting

    async def until(self, is_so: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until something is so; TimeoutError if it does not come about."""
        if not await self.bell.until(is_so, seconds, _LOOK_AGAIN_S):
            raise TimeoutError(f"stand-in: not so after {seconds} seconds. Look at `calls` and `wrong_calls`.")

    def wait(self, is_so: Callable[[], bool], seconds: float = 10) -> None:
        """The same for tests without an event loop."""
        if not self.bell.wait(is_so, seconds, _LOOK_AGAIN_S):
            raise TimeoutError(f"stand-in: not so after {seconds} seconds. Look at `calls` and `wrong_calls`.")

    def open(self) -> None:
        """Let callers wait for something again."""
        self.inbox.is_closed = False

    def close(self) -> None:
        """Let everybody who waits for something go home."""
        self.inbox.is_closed = True
        self.bell.ring()

    # Calls

    def admits(self, token: str) -> bool:
        """Whether a token opens the door."""
        if self.token is None:
            number, _, secret = token.partition(":")
            return number.isdigit() and bool(secret)
        return hmac.compare_digest(token.encode(), self.token.encode())

    async def answer(self, method: str, texts: Mapping[str, str], values: Mapping[str, Any]) -> Answer:
        """Carry out one call; `texts` still have to be typed, as in a form, `values` carry their type."""
        name = self.schema.find(method)
        params: dict[str, Any] = {}
        try:
            if name is None:
                missing = Mistake(method, "there is no such method in the Bot API.", "method not found")
                raise Refusal(404, "method not found", mistakes=(missing,))
            params, found = type_fields(self.schema, name, texts)
            params.update(values)
            self._check(name, params, found)
            answer = Answer.granted(await self._carry_out(name, params))
        except Refusal as refusal:
            answer = Answer.refused(refusal)
            if refusal.mistakes:
                self.note_wrong(name or method, str(refusal), refusal.mistakes)
        self.calls.append(Call(name or method, params, answer.status, answer.body.get("description", "")))
        self.bell.ring()
        return answer

    def note_fault(self, method: str, texts: Mapping[str, str], values: Mapping[str, Any], fault: Fault) -> None:
        """Note a call that met a fault instead of being carried out; status 0 where no answer was given."""
        name = self.schema.find(method) or method
        params = {**(type_fields(self.schema, name, texts)[0] if name in self.schema.methods else texts), **values}
        status = fault.status if fault.how in ("refuse", "html") else 0
        self.calls.append(Call(name, params, status, f"fault: {fault.how}"))
        self.bell.ring()

    def note_wrong(self, method: str, description: str, mistakes: tuple[Mistake, ...]) -> None:
        """Put a call on the list of wrong ones."""
        self.wrong_calls.append(WrongCall(method, description, mistakes))
        self.bell.ring()

    def _check(self, method: str, params: Mapping[str, Any], found: list[Mistake]) -> None:
        found = found or rules.check(self.schema, method, params)
        if not found:
            return
        says = next((mistake.says for mistake in found if mistake.says), f"{found[0]}")
        raise Refusal(400, says, mistakes=tuple(found))

    async def _carry_out(self, method: str, params: dict[str, Any]) -> object:
        if method == "getUpdates":
            return await self.inbox.poll(params)
        carry = self._carriers.get(method)
        if carry is None:
            says = f"this stand-in does not carry out {method}"
            raise Refusal(400, says, mistakes=(Mistake(method, "is not carried out by the stand-in."),))
        with self._lock:
            return carry(params)

    def _find_carriers(self) -> Mapping[str, Callable[[dict[str, Any]], object]]:
        store, profile = self.store, self.profile
        carriers: dict[str, Callable[[dict[str, Any]], object]] = {
            "getMe": lambda params: profile.get_me(),
            "answerCallbackQuery": self.taps.answer,
            "setMyCommands": profile.set_commands,
            "getMyCommands": profile.get_commands,
            "deleteMyCommands": profile.delete_commands,
            "setWebhook": lambda params: webhook.set_webhook(self.inbox, params),
            "deleteWebhook": lambda params: webhook.delete_webhook(self.inbox, params),
            "getWebhookInfo": lambda params: webhook.describe(self.inbox),
            "logOut": lambda params: True,
            "close": lambda params: True,
        }
        for name, carry in messages.CARRIERS.items():
            carriers[name] = partial(carry, store)
        for field in SPOKEN:
            ending = "".join(word.capitalize() for word in field.split("_"))
            carriers[f"setMy{ending}"] = partial(profile.set_text, field)
            carriers[f"getMy{ending}"] = partial(profile.get_text, field)
        return carriers
