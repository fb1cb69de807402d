"""The worker as the hub sees it: started, written to, read from, and replaced when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ganlab.live import envelopes

log = logging.getLogger("ganlab.hub")

STOP_SECONDS = 3.0
QUICK_DEATH = 5.0  # a worker that lived shorter than this counts as failing to start
MAX_QUICK_DEATHS = 3
ROOT = Path(__file__).parents[2]  # where the worker finds ganlab, installed or not
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class WorkerProcess:
    """``receive(header, body)`` gets each message; ``lost(alive)`` is awaited after a death."""

    def __init__(
        self,
        command: Sequence[str],
        receive: Callable[[dict[str, Any], bytes], None],
        lost: Callable[[bool], Awaitable[None]],
    ) -> None:
        self._command, self._receive, self._lost = tuple(command), receive, lost
        self._process: asyncio.subprocess.Process | None = None
        self._supervisor: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Of the running worker; None while there is none."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        await self._spawn()
        self._supervisor = asyncio.create_task(self._supervise())

    async def stop(self) -> None:
        """Close the worker's stdin, which ends it; kill it if it lingers."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    def send(self, header: Mapping[str, Any]) -> None:
        """One envelope to the worker; nothing while there is none."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(envelopes.encode_message(header))

    async def _spawn(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": python_path()},
        )

    async def _supervise(self) -> None:
        """Read until the worker dies, replace it, and so on; give up when it cannot live."""
        quick_deaths = 0
        while quick_deaths < MAX_QUICK_DEATHS:
            born = time.monotonic()
            await self._read()
            quick_deaths = quick_deaths + 1 if time.monotonic() - born < QUICK_DEATH else 0
            process, self._process = self._process, None
            code = await process.wait() if process else None
            log.error("the training process ended with code %s; starting another", code)
            if quick_deaths < MAX_QUICK_DEATHS:
                await self._spawn()
            await self._lost(self._process is not None)

    async def _read(self) -> None:
        stream = self._process.stdout if self._process else None
        while stream is not None:
            message = await envelopes.receive_message(stream)
            if message is None:
                return
            self._receive(*message)


def python_path() -> str:
    """PYTHONPATH for a process that needs ganlab."""
    return os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
