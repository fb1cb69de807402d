"""The hub: runs, their viewers, and the newest frame of each. Asyncio, no Streamlit.

A viewer may have ``CREDIT`` frames on their way; each acknowledgement returns one. The worker
is asked for a frame only while some viewer of the run has credit left, so a slow page skips
frames, a hidden one costs nothing, and everybody always gets the newest. What stays the same
for a whole run, its static message and its marks, is kept here and given to each viewer first.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import secrets
import sys
import time
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
WHOLE = ("config", "marks")  # notices that replace the one before
WORKER = (sys.executable, "-m", "ganlab.live.worker")
RESTARTED = (
    "The training process stopped and was started again; this run is back at step 0. "
    "Press Play to train it again."
)
GONE = "The training process cannot be started; the server's log says why."
_numbers = itertools.count(1)


class Full(ValueError):
    """The server has no room for another run or viewer."""


@dataclass(eq=False)
class Viewer:
    """One open page: what it shows, what it has been sent, and what it can still take.

    number: by which the worker's answers find the viewer that asked.
    """

    figures: tuple[str, ...]
    layers: tuple[str, ...] = ()
    number: int = field(default_factory=lambda: next(_numbers))
    credit: int = CREDIT
    seen: int = 0
    static: bytes = b""
    notices: list[dict[str, Any]] = field(default_factory=list)
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def notify(self, notice: dict[str, Any]) -> None:
        kind = notice["type"]
        kept = [old for old in self.notices if kind not in WHOLE or old["type"] != kind]
        self.notices = [*kept, notice][-NOTICES:]
        self.wake.set()


@dataclass(eq=False)
class Run:
    """What the hub knows of a run; ``number`` counts its frames."""

    config: dict[str, Any]
    viewers: set[Viewer] = field(default_factory=set)
    static: bytes = b""
    marks: list[dict[str, Any]] = field(default_factory=list)
    frame: bytes = b""
    number: int = 0
    asked: bool = False
    watched_at: float = field(default_factory=time.monotonic)

    def wake(self) -> None:
        for viewer in self.viewers:
            viewer.wake.set()


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
        run_id = self._add(config)
        self._send(run_id, protocol.Create(config=dict(config), playing=playing))
        return run_id

    def _add(self, config: Mapping[str, Any]) -> str:
        if self._process.pid is None:
            raise ValueError(GONE)
        if len(self.runs) >= self.max_runs:
            self._forget_longest_unwatched()
        run_id = secrets.token_urlsafe(16)
        self.runs[run_id] = Run(dict(config))
        return run_id

    def command(
        self, run_id: str, command: protocol.ViewerCommand, viewer: Viewer | None = None
    ) -> None:
        """Obey a viewer, or pass its command on; a run that is gone is silently past caring.

        Answers go to the viewer, or to all of the run where none is given. Raises ValueError
        where there is no room for a branch.
        """
        if run_id not in self.runs:
            return
        if isinstance(command, protocol.Look):
            if viewer is not None:
                viewer.layers = command.layers
                self._watch(run_id, self.runs[run_id])
        elif isinstance(command, protocol.Branch):
            target = self._add(self.runs[run_id].config)
            self._send(run_id, protocol.Fork(target=target), viewer)
        else:
            self._send(run_id, command, viewer)

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
    async def watching(
        self, run_id: str, figures: Sequence[str], layers: Sequence[str] = ()
    ) -> AsyncIterator[Viewer]:
        """A viewer for as long as the block runs. Raises KeyError, Full."""
        run = self.runs[run_id]
        if sum(len(other.viewers) for other in self.runs.values()) >= MAX_VIEWERS:
            raise Full(f"This server already shows {MAX_VIEWERS} pages, its limit; try later.")
        viewer = Viewer(tuple(figures), tuple(layers))
        run.viewers.add(viewer)
        self._watch(run_id, run)
        viewer.notify({"type": "config", "config": run.config})
        viewer.notify({"type": "marks", "marks": run.marks})
        try:
            yield viewer
        finally:
            run.viewers.discard(viewer)
            self._watch(run_id, run)

    def _watch(self, run_id: str, run: Run) -> None:
        run.watched_at = time.monotonic()
        if run_id in self.runs:
            viewers = sorted(run.viewers, key=lambda viewer: viewer.number)
            figures = sorted({name for viewer in viewers for name in viewer.figures})
            # In the order of the viewers' wishes, as of some layers the first is drawn.
            layers = dict.fromkeys(name for viewer in viewers for name in viewer.layers)
            watch = protocol.Watch(
                viewers=len(viewers), figures=tuple(figures), layers=tuple(layers)
            )
            self._send(run_id, watch)

    async def next_messages(self, run_id: str, viewer: Viewer) -> tuple[list[dict], list[bytes]]:
        """Wait for news: notices, and what is to be sent of static message and newest frame."""
        run = self.runs[run_id]
        while not (viewer.notices or _static_due(run, viewer) or _frame_due(run, viewer)):
            if viewer.credit and not run.asked:
                run.asked = True
                self._send(run_id, protocol.Want())
            viewer.wake.clear()
            await viewer.wake.wait()
        notices, viewer.notices = viewer.notices, []
        messages = []
        if _static_due(run, viewer):
            viewer.static = run.static
            messages.append(run.static)
        if _frame_due(run, viewer):
            viewer.credit -= 1
            viewer.seen = run.number
            messages.append(run.frame)
        return notices, messages

    def acknowledge(self, viewer: Viewer) -> None:
        """The page has painted a frame."""
        viewer.credit = min(viewer.credit + 1, CREDIT)
        viewer.wake.set()

    # -- the worker ----------------------------------------------------------------------------

    def _send(self, run_id: str, command: protocol.Command, viewer: Viewer | None = None) -> None:
        number = viewer.number if viewer else 0
        self._process.send({"run": run_id, "viewer": number, "command": command.model_dump()})

    def _receive(self, header: dict[str, Any], body: bytes) -> None:
        run = self.runs.get(header.get("run", ""))
        handler = ON_MESSAGE.get(header["type"])
        if run is not None and handler is not None:
            handler(self, run, header, body)

    def _on_frame(self, run: Run, header: dict[str, Any], body: bytes) -> None:
        run.frame, run.asked = body, False
        run.number += 1
        run.wake()

    def _on_static(self, run: Run, header: dict[str, Any], body: bytes) -> None:
        run.static, run.frame = body, b""  # the last frame was of what went before
        run.wake()

    def _on_notice(self, run: Run, header: dict[str, Any], body: bytes) -> None:
        """To the viewer who asked, or to all; a run that has changed remembers how."""
        run.config = header.get("config", run.config)
        run.marks = header.get("marks", run.marks)
        asked = header.get("viewer", 0)
        for viewer in run.viewers:
            if asked in (0, viewer.number):
                viewer.notify({k: v for k, v in header.items() if k not in ("run", "viewer")})

    def _on_branched(self, run: Run, header: dict[str, Any], body: bytes) -> None:
        """Tell the viewer who asked for the branch where it is."""
        target = header["target"]
        if target in self.runs:
            self.runs[target].config = header["config"]
        notice = {"type": "branched", "run": target, "step": header["step"]}
        for viewer in run.viewers:
            if viewer.number == header["viewer"]:
                viewer.notify(notice)

    def _on_released(self, run: Run, header: dict[str, Any], body: bytes) -> None:
        del self.runs[header["run"]]

    async def _worker_lost(self, alive: bool) -> None:
        """The worker died; ``alive`` says whether another has taken its place."""
        self.restarts += 1
        for run_id, run in self.runs.items():
            run.asked = False
            if not alive:
                self._on_notice(run, protocol.refusal(ValueError(GONE)), b"")
                continue
            create = protocol.Create(config=run.config, playing=False, note=RESTARTED)
            self._send(run_id, create)
            self._watch(run_id, run)
            run.wake()


def _static_due(run: Run, viewer: Viewer) -> bool:
    return bool(run.static) and viewer.static is not run.static


def _frame_due(run: Run, viewer: Viewer) -> bool:
    return bool(run.frame) and viewer.credit > 0 and viewer.seen < run.number


ON_MESSAGE = {
    "frame": Hub._on_frame,
    "static": Hub._on_static,
    "config": Hub._on_notice,
    "marks": Hub._on_notice,
    "refused": Hub._on_notice,
    "python": Hub._on_notice,
    "branched": Hub._on_branched,
    "released": Hub._on_released,
}
