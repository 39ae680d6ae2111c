"""The real bot as a child process: started, killed without warning, started again."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping, Sequence


class Supervisor:
    """Keeps one child process; what it prints goes where the parent prints."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str] | None = None, *, grace_s: float = 8) -> None:
        """env: added to the parent's own environment."""
        self._command, self._env, self._grace_s = list(command), {**os.environ, **(env or {})}, grace_s
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """The process number of the child that runs now, None when there is none."""
        return self._child.pid if self._child and self._child.returncode is None else None

    async def start(self) -> int:
        """Start the child and return its process number."""
        async with self._turn:
            return await self._start()

    async def _start(self) -> int:
        self._child = await asyncio.create_subprocess_exec(
            *self._command, env=self._env, stdin=asyncio.subprocess.DEVNULL
        )
        self.starts += 1
        return self._child.pid

    async def restart(self) -> int:
        """Kill the child as a power cut would (SIGKILL), wait until it is gone, start a new one."""
        async with self._turn:
            if self._child:
                with contextlib.suppress(ProcessLookupError):
                    self._child.kill()
                await self._child.wait()
            return await self._start()

    async def stop(self) -> int | None:
        """Ask the child to finish (SIGTERM) and kill it when it takes too long; returns its exit code."""
        async with self._turn:
            if self._child is None:
                return None
            with contextlib.suppress(ProcessLookupError):
                self._child.terminate()
            try:
                return await asyncio.wait_for(self._child.wait(), self._grace_s)
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    self._child.kill()
                return await self._child.wait()

    async def ended(self) -> int:
        """Wait until the child ends by itself, not through a restart; returns its exit code."""
        while True:
            child = self._child
            if child is None:
                raise RuntimeError("supervisor: there is no child. Call start() first.")
            code = await child.wait()
            async with self._turn:
                if self._child is child:
                    return code
