"""Seal a session into a button of exactly 64 characters, and open it again; the only place that knows `cryptography`.

AES-256-SIV (RFC 5297) needs no nonce, which a 64-byte button has no room for, and withstands repeated use.
"""

from __future__ import annotations

import binascii
import struct
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from bot.engine.session import LIFE_MINUTES, Session
from bot.seal.keyring import Keyring
from bot.seal.pack import BYTES, Count, Radix, pack, started, unpack

Token = NewType("Token", str)
VERSION = 1
CHARACTERS = 64
TAG_BYTES = 16
IDENTITY = struct.Struct(">q").pack
SKEW_MINUTES = 5  # a clock set back, or a second machine a moment behind, makes no button unreadable


@dataclass(frozen=True, slots=True)
class Place:
    """Where a button may be used: authenticated, never inside it. chat and user are Telegram's ids."""

    bot: int
    chat: int
    user: int


class Seal:
    """Sealing and opening under the day's keys.

    count: options of the screen a session leads to. digest_of, flow_of: flow id <-> structure digest.
    minute: minutes since 2025-01-01 UTC, now.
    """

    def __init__(
        self,
        keyring: Keyring,
        count: Count,
        digest_of: Callable[[str], bytes],
        flow_of: Callable[[bytes], str | None],
        minute: Callable[[], int],
    ) -> None:
        self.keyring, self.radix, self.minute = keyring, Radix(count), minute
        self.digest_of, self.flow_of = digest_of, flow_of
        self._ciphers: dict[int, tuple[bytes, AESSIV]] = {}  # key id -> a key the ring holds, made ready

    def seal(self, session: Session, place: Place) -> Token:
        """Lock a session into a button.

        Returns base64url without padding, exactly 64 characters. Raises DoesNotFit.
        Source: RFC 5297 (AES-SIV); 64-byte limit: core.telegram.org/bots/api#inlinekeyboardbutton
        """
        return self.locker(place)(self.pack(session))

    def pack(self, session: Session) -> bytes:
        """A session as the bytes that are locked. Raises DoesNotFit."""
        return pack(session, self.digest_of(session.flow), self.radix)

    def locker(self, place: Place) -> Callable[[bytes], Token]:
        """What locks packed sessions into the buttons of one screen: all they share is done once."""
        key_id, key = self.keyring.current()
        header = bytes([VERSION << 4 | key_id])
        encrypt, bound = self._cipher(key_id, key).encrypt, _bound(header, place)
        return lambda payload: Token(urlsafe_b64encode(header + encrypt(payload, bound)).decode("ascii"))

    def _cipher(self, key_id: int, key: bytes) -> AESSIV:
        known = self._ciphers.get(key_id)
        if known is None or known[0] != key:
            self.tidy()  # a new key: the day has changed
            known = self._ciphers[key_id] = key, AESSIV(key)
        return known[1]

    def tidy(self) -> None:
        """Let go of keys whose day is over; called now and then, so that they go without traffic too."""
        self.keyring.tidy()
        self._ciphers = {id: held for id, held in self._ciphers.items() if self.keyring.find(id) == held[0]}

    def open(self, token: str, place: Place) -> Session | None:
        """The session in a button; None for an expired, foreign, altered or impossible one, without saying which."""
        payload = self.unlock(token, place)
        return self.unpack(payload) if payload is not None else None

    def unpack(self, payload: bytes) -> Session | None:
        """The session that bytes stand for; None where its flow has changed or its answers do not exist."""
        return unpack(payload, self.flow_of, self.radix)

    def unlock(self, token: str, place: Place) -> bytes | None:
        """The packed session in a button, which may still be an impossible one; None as `open`."""
        if len(token) != CHARACTERS or not token.isascii() or "+" in token or "/" in token:
            return None
        try:
            raw = b64decode(token, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        header, sealed = raw[:1], raw[1:]
        key_id = header[0] & 15
        key = self.keyring.find(key_id)
        if header[0] >> 4 != VERSION or key is None or len(sealed) != TAG_BYTES + BYTES:
            return None
        try:
            payload = self._cipher(key_id, key).decrypt(sealed, _bound(header, place))
        except InvalidTag:
            return None
        return payload if -SKEW_MINUTES <= self.minute() - started(payload) <= LIFE_MINUTES else None


def _bound(header: bytes, place: Place) -> list[bytes]:
    return [header, b"cb", IDENTITY(place.bot), IDENTITY(place.chat), IDENTITY(place.user)]
