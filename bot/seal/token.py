"""Seal a session into a button of exactly 64 characters, and open it again; the only place that knows `cryptography`.

AES-256-SIV (RFC 5297) needs no nonce, which a 64-byte button has no room for, and withstands repeated use.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import NewType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from bot.engine.session import LIFE_MINUTES, Session
from bot.seal.keyring import Keyring
from bot.seal.pack import BYTES, Count, pack, unpack

Token = NewType("Token", str)
VERSION = 1
CHARACTERS = 64
TAG_BYTES = 16
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
        self.keyring, self.count, self.minute = keyring, count, minute
        self.digest_of, self.flow_of = digest_of, flow_of

    def seal(self, session: Session, place: Place) -> Token:
        """Lock a session into a button.

        Returns base64url without padding, exactly 64 characters. Raises DoesNotFit.
        Source: RFC 5297 (AES-SIV); 64-byte limit: core.telegram.org/bots/api#inlinekeyboardbutton
        """
        key_id, key = self.keyring.current()
        header = bytes([VERSION << 4 | key_id])
        payload = pack(session, self.digest_of(session.flow), self.count)
        sealed = AESSIV(key).encrypt(payload, _bound(header, place))
        return Token(base64.urlsafe_b64encode(header + sealed).decode("ascii"))

    def open(self, token: str, place: Place) -> Session | None:
        """The session in a button; None for an expired, foreign, altered or impossible one, without saying which."""
        if len(token) != CHARACTERS or not token.isascii() or "+" in token or "/" in token:
            return None
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        header, sealed = raw[:1], raw[1:]
        key = self.keyring.find(header[0] & 15)
        if header[0] >> 4 != VERSION or key is None or len(sealed) != TAG_BYTES + BYTES:
            return None
        try:
            payload = AESSIV(key).decrypt(sealed, _bound(header, place))
        except InvalidTag:
            return None
        session = unpack(payload, self.flow_of, self.count)
        if session is None or not -SKEW_MINUTES <= self.minute() - session.started <= LIFE_MINUTES:
            return None
        return session


def _bound(header: bytes, place: Place) -> list[bytes]:
    return [header, b"cb", *(struct.pack(">q", id) for id in (place.bot, place.chat, place.user))]
