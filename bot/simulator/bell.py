"""A bell that rings whenever something changes, heard by coroutines in any loop and by plain threads."""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from collections.abc import Callable


class Bell:
    """Counts its rings, so that nobody misses one between looking and listening."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._listeners: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self.rings = 0

    def ring(self) -> None:
        """Wake everybody who listens."""
        with self._changed:
            self.rings += 1
            self._changed.notify_all()
            for loop, event in self._listeners:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(event.set)

    async def until(self, is_so: Callable[[], bool], seconds: float, every: float = math.inf) -> bool:
        """Wait until something is so, looking again at every ring; False when the time is up first.

        every: seconds after which to look again without a ring, for what changes elsewhere.
        """
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        deadline = loop.time() + seconds
        listener = (loop, event)
        with self._changed:
            self._listeners.add(listener)
        try:
            while not is_so():
                left = deadline - loop.time()
                if left <= 0:
                    return False
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(event.wait(), min(left, every))
                event.clear()
            return True
        finally:
            with self._changed:
                self._listeners.discard(listener)

    def wait(self, is_so: Callable[[], bool], seconds: float, every: float = math.inf) -> bool:
        """The same for a plain thread."""
        deadline = time.monotonic() + seconds
        while True:
            with self._changed:
                heard = self.rings
            if is_so():
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with self._changed:
                if self.rings == heard:
                    self._changed.wait(min(left, every))
