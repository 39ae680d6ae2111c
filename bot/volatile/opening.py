"""Open a line to the shared server, and see first that it writes nothing down; the only place that knows `redis`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError, ResponseError
from redis.retry import Retry

from bot.errors import WaymarkError
from bot.volatile.post import Command

ANSWER_SECONDS = 0.5  # so long somebody waits who taps in the moment the server hangs
OPEN_SECONDS = 2.0
SETTING = "WAYMARK_VALKEY"
WITHOUT_DISK = "Start it with: --save '' --appendonly no"


class Persists(WaymarkError):
    """The server writes to a disk what must not be there, or does not say."""


class Wire:
    """An open connection of the library, without the rest of it."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._connection = pool.get_connection()

    def ask(self, commands: Sequence[Command]) -> list[Any]:
        """Send all commands in one go and read their answers; a refusal stands in place of its answer."""
        packed = self._connection.pack_commands(commands)  # type: ignore[no-untyped-call]
        self._connection.send_packed_command(packed, check_health=False)  # type: ignore[no-untyped-call]
        answers: list[Any] = []
        for _ in commands:
            try:
                answers.append(self._connection.read_response())
            except ResponseError as error:
                answers.append(error)
        return answers

    def close(self) -> None:
        self._pool.disconnect()


@dataclass(frozen=True, slots=True)
class Opening:
    """address: `redis://`, `rediss://` or `unix://`. password: "" for none. is_unchecked: CONFIG may be forbidden."""

    address: str
    password: str = ""
    is_unchecked: bool = False

    def __repr__(self) -> str:
        return "<Opening>"

    def __call__(self) -> Wire:
        """A connection to a server that keeps nothing on a disk. Raises WaymarkError with what is wrong, in words."""
        pool = ConnectionPool.from_url(
            self.address, password=self.password or None, protocol=2, retry=Retry(NoBackoff(), 0),
            socket_timeout=ANSWER_SECONDS, socket_connect_timeout=OPEN_SECONDS, driver_info=None,
        )  # fmt: skip
        try:
            wire = Wire(pool)
            self._see_that_it_forgets(wire)
        except AuthenticationError:
            pool.disconnect()
            raise WaymarkError(
                SETTING, "names a server that refuses the password.", "See WAYMARK_VALKEY_PASSWORD_FILE."
            ) from None
        except (RedisError, OSError):
            pool.disconnect()
            raise WaymarkError(
                SETTING, "names a server that does not answer.", "Start it, or correct the address."
            ) from None
        except WaymarkError:
            pool.disconnect()
            raise
        return wire

    def _see_that_it_forgets(self, wire: Wire) -> None:
        names = ("save", "appendonly", "maxmemory", "maxmemory-policy")
        found = [_value(answer) for answer in wire.ask([("CONFIG", "GET", name) for name in names])]
        save, log, most, policy = found
        if save or (log or "no") != "no":
            raise Persists(SETTING, "names a server that writes to a disk.", f"{WITHOUT_DISK}.")
        if None in found and not self.is_unchecked:
            raise Persists(
                SETTING, "names a server that does not say whether it writes to a disk.",
                "Allow CONFIG GET. Where a host forbids it and promises that nothing is written: "
                "WAYMARK_VALKEY_UNCHECKED=yes",
            )  # fmt: skip
        if (most or "0") != "0" and (policy or "noeviction") != "noeviction":
            raise Persists(
                SETTING, f'names a server that drops keys when it is full ("{policy}"); then talks would count twice.',
                "Start it with: --maxmemory-policy noeviction",
            )  # fmt: skip


def _value(answer: object) -> str | None:
    """The value in an answer to CONFIG GET; None where there is none."""
    if isinstance(answer, list) and len(answer) == 2 and isinstance(answer[1], bytes):
        return answer[1].decode()
    return None
