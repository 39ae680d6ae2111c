"""Put together what replicas share: the server, and the day keys on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.config import Config
from bot.house import UNIX_EPOCH
from bot.log import Journal
from bot.seal.keyring import KEY_IDS, Keyring
from bot.volatile.opening import Opening
from bot.volatile.shelf import SharedShelf
from bot.volatile.valkey import Valkey


def open_server(config: Config, wall: Callable[[], float], journal: Journal) -> Valkey:
    """The shared server, connected. Raises WaymarkError where it cannot be had or may not be used."""
    opening = Opening(config.valkey, config.valkey_password().reveal(), config.valkey_unchecked)
    server = Valkey(opening, wall, lambda error: journal.note("valkey_unreachable", error, "warning"))
    server.start()
    return server


def shared_keyring(server: Valkey, now: Callable[[], datetime]) -> Keyring:
    """The day keys of all replicas, fetched at once: the server may be away when the first person taps."""

    def day() -> int:
        return (now().date() - UNIX_EPOCH).days

    shelf = SharedShelf(server)
    keys = Keyring(shelf, day)
    shelf.changed = keys.take
    keys.current()
    keys.find((day() - 1) % KEY_IDS)
    return keys
