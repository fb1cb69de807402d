"""The hub: runs, their viewers, and the newest frame of each. Asyncio, no Streamlit.

A viewer may have ``CREDIT`` frames on their way; each acknowledgement returns one. The worker
is asked for a frame only while some viewer of the run has credit left, so a slow page skips
frames, a hidden one costs nothing, and everybody always gets the newest.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from ganlab.live import protocol
from ganlab.live.process import WorkerProcess

log = logging.getLogger("ganlab.hub")

MAX_RUNS = 40
MAX_VIEWERS = 120
CREDIT = 2
NOTICES = 8  # newest notices kept for a viewer that does not read
WORKER = (sys.executable, "-m", "ganlab.live.worker")
RESTARTED = (
    "The training process stopped and was started again; this run is back at step 0. "
    "Press Play to train it again."
)
GONE = "The training process cannot be started; the server's log says why."


class Full(ValueError):
    """The server has no room for another run or viewer."""


@dataclass(eq=False)
class Viewer:
    """One open page: what it has been sent, and what it can still take."""

    figures: tuple[str, ...]
    credit: int = CREDIT
    seen: int = 0
    notices: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=NOTICES))
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def notify(self, notice: dict[str, Any]) -> None:
        self.notices.append(notice)
        self.wake.set()


@dataclass(eq=False)
class Run:
    """What the hub knows of a run; ``number`` counts its frames."""

    config: dict[str, Any]
    viewers: set[Viewer] = field(default_factory=set)
    frame: bytes = b""
    number: int = 0
    asked: bool = False
    watched_at: float = field(default_factory=time.monotonic)


class Hub:
    """All methods belong to the loop that called ``start``."""

    def __init__(self, worker: Sequence[str] = WORKER, max_runs: int = MAX_RUNS) -> None:
        self.runs: dict[str, Run] = {}
        self.max_runs = max_runs
        self.loop: asyncio.AbstractEventLoop | None = None
        self.restarts = 0
        self._process = WorkerProcess(worker, self._receive, self._worker_lost)

    async def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        await self._process.start()

    async def stop(self) -> None:
        await self._process.stop()
        self.loop = None

    @property
    def worker_pid(self) -> int | None:
        return self._process.pid

    # -- runs ----------------------------------------------------------------------------------

    async def create(self, config: Mapping[str, Any], *, playing: bool = True) -> str:
        """A new run in the worker; returns its unguessable id.

        Raises Full, and ValueError when there is no worker.
        """
        if self._process.pid is None:
            raise ValueError(GONE)
        if len(self.runs) >= self.max_runs:
            self._forget_longest_unwatched()
        run_id = secrets.token_urlsafe(16)
        self.runs[run_id] = Run(dict(config))
        self._send(run_id, protocol.Create(config=dict(config), playing=playing))
        return run_id

    def command(self, run_id: str, command: protocol.ViewerCommand) -> None:
        """Pass a viewer's command on; a run that is gone is silently past caring."""
        if run_id in self.runs:
            self._send(run_id, command)

    def _forget_longest_unwatched(self) -> None:
        unwatched = [(run.watched_at, key) for key, run in self.runs.items() if not run.viewers]
        if not unwatched:
            raise Full(
                f"This server already trains {self.max_runs} runs, its limit, and all are being "
                "watched; close a page with a run and open this one again."
            )
        _, run_id = min(unwatched)
        del self.runs[run_id]
        self._send(run_id, protocol.Release())

    # -- viewers -------------------------------------------------------------------------------

    @asynccontextmanager
    async def watching(self, run_id: str, figures: Sequence[str]) -> AsyncIterator[Viewer]:
        """A viewer for as long as the block runs. Raises KeyError, Full."""
        run = self.runs[run_id]
        if sum(len(other.viewers) for other in self.runs.values()) >= MAX_VIEWERS:
            raise Full(f"This server already shows {MAX_VIEWERS} pages, its limit; try later.")
        viewer = Viewer(tuple(figures))
        run.viewers.add(viewer)
        self._watch(run_id, run)
        viewer.notify({"type": "config", "config": run.config})
        try:
            yield viewer
        finally:
            run.viewers.discard(viewer)
            self._watch(run_id, run)

    def _watch(self, run_id: str, run: Run) -> None:
        run.watched_at = time.monotonic()
        if run_id in self.runs:
            figures = sorted({name for viewer in run.viewers for name in viewer.figures})
            self._send(run_id, protocol.Watch(viewers=len(run.viewers), figures=tuple(figures)))

    async def next_messages(self, run_id: str, viewer: Viewer) -> tuple[list[dict], bytes]:
        """Wait for news: notices, and the newest frame if there is one to send (else b"")."""
        run = self.runs[run_id]
        while not viewer.notices and not (viewer.credit and viewer.seen < run.number):
            if viewer.credit and not run.asked:
                run.asked = True
                self._send(run_id, protocol.Want())
            viewer.wake.clear()
            await viewer.wake.wait()
        notices = list(viewer.notices)
        viewer.notices.clear()
        if not viewer.credit or viewer.seen == run.number:
            return notices, b""
        viewer.credit -= 1
        viewer.seen = run.number
        return notices, run.frame

    def acknowledge(self, viewer: Viewer) -> None:
        """The page has painted a frame."""
        viewer.credit = min(viewer.credit + 1, CREDIT)
        viewer.wake.set()

    # -- the worker ----------------------------------------------------------------------------

    def _send(self, run_id: str, command: protocol.Command) -> None:
        self._process.send({"run": run_id, "command": command.model_dump()})

    def _receive(self, header: dict[str, Any], body: bytes) -> None:
        run = self.runs.get(header.get("run", ""))
        handler = ON_MESSAGE.get(header["type"])
        if run is not None and handler is not None:
            handler(self, run, header, body)

    def _on_frame(self, run: Run, header: dict[str, Any], body: bytes) -> None:
        run.frame, run.asked = body, False
        run.number += 1
        for viewer in run.viewers:
            viewer.wake.set()

    def _on_notice(self, run: Run, header: dict[str, Any], body: bytes) -> None:
        run.config = header.get("config", run.config)
        for viewer in run.viewers:
            viewer.notify({key: value for key, value in header.items() if key != "run"})

    def _on_released(self, run: Run, header: dict[str, Any], body: bytes) -> None:
        del self.runs[header["run"]]

    async def _worker_lost(self, alive: bool) -> None:
        """The worker died; ``alive`` says whether another has taken its place."""
        self.restarts += 1
        for run_id, run in self.runs.items():
            run.asked = False
            if not alive:
                self._on_notice(run, {"type": "refused", "text": GONE}, b"")
                continue
            create = protocol.Create(config=run.config, playing=False, note=RESTARTED)
            self._send(run_id, create)
            self._watch(run_id, run)
            for viewer in run.viewers:
                viewer.wake.set()


ON_MESSAGE = {
    "frame": Hub._on_frame,
    "config": Hub._on_notice,
    "refused": Hub._on_notice,
    "released": Hub._on_released,
}
