"""Updates that Telegram brings: each is told to be taken only after it was handled, a broken one too, but dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.config import Config, Secret
from bot.errors import WaymarkError
from bot.log import Journal
from bot.messenger.calls import Calls, Params, encode
from bot.messenger.door import Door, Reply, Rules, Visit
from bot.messenger.health import Health
from bot.messenger.incoming import KINDS, Update, read_update
from bot.messenger.lanes import Lanes, first_of
from bot.messenger.tidy import Sleep
from bot.volatile.local import Volatile

MOST_AT_ONCE = 100  # connections Telegram may open, as many as it ever does
PAUSE_SECONDS = 3.0
ALIVE_SECONDS = 15.0


class InReply:
    """Calls of which those that only answer a tap go out in the reply to it: one call less for each tap."""

    def __init__(self, calls: Calls) -> None:
        self.do, self.ask = calls.do, calls.ask
        self._bodies: dict[str, bytes] = {}

    def begin(self, method: str, params: Params) -> Awaitable[object]:
        """Keep a call until its tap is answered."""
        self._bodies[params["callback_query_id"]] = encode({"method": method, **params})
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def take(self, update: Update) -> bytes:
        """What the reply to an update says."""
        tap = update.callback_query
        return self._bodies.pop(tap.id, b"") if tap is not None else b""


class Webhook:
    """Takes what is brought until stopped. alive: told now and then that all goes on."""

    def __init__(
        self,
        bot: Bot,
        config: Config,
        secret: Secret,
        in_reply: InReply,
        handle: Callable[[Update], Awaitable[None]],
        is_leave: Callable[[Update], bool],
        under_way: Callable[[int], asyncio.Task[None] | None],
        volatile: Volatile,
        journal: Journal,
        sleep: Sleep,
        alive: Callable[[], None],
        health: Health,
    ) -> None:
        self.bot, self.config, self.secret, self.journal = bot, config, secret, journal
        self.volatile, self.health, self._in_reply = volatile, health, in_reply
        self._sleep, self._alive = sleep, alive
        self._lanes = Lanes(handle, is_leave, self._close, volatile, journal, sleep, under_way)
        self._open: dict[int, list[Reply]] = {}
        rules = Rules(config.webhook_path.encode(), secret.reveal().encode(), config.webhook_sources)
        self.door = Door(rules, self._take, self._health)
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Listen, tell Telegram where, and go on until `stop`. Raises WaymarkError where that cannot be."""
        server = await self._listen()
        try:
            while not self._stopping.is_set() and not await self._is_told():
                await self._sleep(PAUSE_SECONDS)
            while not self._stopping.is_set():
                self._alive()
                self.health.hear()
                await first_of(self._sleep(ALIVE_SECONDS), self._stopping.wait())
        finally:
            server.close()

    async def stop(self, seconds: float) -> None:
        """Take no more and finish what was begun; the rest is not told to be taken, and comes again."""
        self._stopping.set()
        self.door.shut()
        await self._lanes.stop(seconds)
        await asyncio.sleep(0)  # what was answered last goes out
        for visit in list(self.door.visits):
            visit.close()

    async def _listen(self) -> asyncio.Server:
        loop, (host, port) = asyncio.get_running_loop(), self.config.listen
        try:
            if port is None:
                return await loop.create_unix_server(lambda: Visit(self.door), host)
            return await loop.create_server(lambda: Visit(self.door), host, port)
        except OSError:
            raise WaymarkError(
                "WAYMARK_LISTEN", "cannot be listened on.", "Choose a free port or socket that this account may open."
            ) from None

    async def _is_told(self) -> bool:
        try:
            await self.bot.set_webhook(
                self.config.webhook,
                secret_token=self.secret.reveal(),
                allowed_updates=KINDS,
                max_connections=MOST_AT_ONCE,
            )
        except InvalidToken:
            raise
        except TelegramError as error:
            self.journal.note("api_unreachable", error, "warning")
            return False
        return True

    # -- updates -----------------------------------------------------------------------------------------------

    def _take(self, body: bytes, reply: Reply) -> None:
        self.health.hear()
        try:
            update = read_update(body)
        except Exception as error:  # it would come again and again, and hold up its chat
            self.journal.note("update_refused", error, "warning")
            reply(b"")
            return
        if update.update_id in self._open:  # Telegram lost patience and brings it once more
            self._open[update.update_id].append(reply)
        elif not self.volatile.is_new(update.update_id):
            reply(b"")
        else:
            self._open[update.update_id] = [reply]
            self._lanes.take(update)

    def _close(self, update: Update) -> None:
        body = self._in_reply.take(update)
        for reply in reversed(self._open.pop(update.update_id, [])):
            reply(body)
            body = b""

    @property
    def waiting(self) -> int:
        """Updates taken and not done with."""
        return len(self._open)

    def _health(self) -> bytes:
        return encode(self.health.report())
