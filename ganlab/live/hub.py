"""The hub: runs, their viewers, and the newest frame of each. Asyncio, no Streamlit.

A viewer may have ``CREDIT`` frames on their way; each acknowledgement returns one. The worker
is asked for a frame only while some viewer of the run has credit left, so a slow page skips
frames, a hidden one costs nothing, and everybody always gets the newest. What stays the same
for a whole run, its static message and its marks, is kept here and given to each viewer first.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from ganlab.live import protocol
from ganlab.live.audience import CREDIT, Run, Viewer
from ganlab.live.exhibits import NOT_IN_TRAINING, exhibit_id
from ganlab.live.process import WorkerProcess
from ganlab.live.questions import Question

log = logging.getLogger("ganlab.hub")

MAX_RUNS = 40
MAX_VIEWERS = 120
WORKER = (sys.executable, "-m", "ganlab.live.worker")
RESTARTED = (
    "The training process stopped and was started again; this run is back at step 0. "
    "Press Play to train it again."
)
LOST = "The training process stopped before it had answered; ask again."
GONE = "The training process cannot be started; the server's log says why."


class Full(ValueError):
    """The server has no room for another run or viewer."""


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
        run_id = self._add(Run(dict(config)))
        self._send(run_id, protocol.Create(config=dict(config), playing=playing))
        return run_id

    async def exhibit(self, source: str) -> str:
        """The id of a generator to look at: a bundled one's name, or "saved:NAME" of a run.

        All who look at it share it. Raises Full, and ValueError when there is no worker; one
        that cannot be loaded is refused to its viewers.
        """
        run_id = exhibit_id(source)
        if run_id not in self.runs:
            self._add(Run({}, source=source), run_id)
        self._send(run_id, protocol.Open(source=source))
        return run_id

    def _add(self, run: Run, run_id: str = "") -> str:
        if self._process.pid is None:
            raise ValueError(GONE)
        if len(self.runs) >= self.max_runs:
            self._make_room()
        run_id = run_id or secrets.token_urlsafe(16)
        self.runs[run_id] = run
        return run_id

    def command(
        self, run_id: str, command: protocol.ViewerCommand, viewer: Viewer | None = None
    ) -> None:
        """Obey a viewer, or pass its command on; a run that is gone is silently past caring.

        Answers go to the viewer, or to all of the run where none is given. Raises ValueError
        where there is no room for a branch, or for an exhibit that is to train.
        """
        run = self.runs.get(run_id)
        if run is None:
            return
        if isinstance(command, protocol.Look):
            if viewer is not None:
                viewer.layers = command.layers
                self._watch(run_id, run)
        elif isinstance(command, Question):
            if viewer is not None:
                viewer.ask(command)
                self._send(run_id, command, viewer)
        elif run.source:
            raise ValueError(NOT_IN_TRAINING)
        elif isinstance(command, protocol.Branch):
            target = self._add(Run(run.config))
            self._send(run_id, protocol.Fork(target=target), viewer)
        else:
            self._send(run_id, command, viewer)

    def _make_room(self) -> None:
        """Forget what nobody watches: an exhibit, as it can be loaded again, or the oldest run."""
        unwatched = [
            (not run.source, run.watched_at, key)
            for key, run in self.runs.items()
            if not run.viewers
        ]
        if not unwatched:
            raise Full(
                f"This server already trains {self.max_runs} runs, its limit, and all are being "
                "watched; close a page with a run and open this one again."
            )
        *_, run_id = min(unwatched)
        del self.runs[run_id]
        self._send(run_id, protocol.Release())

    # -- viewers -------------------------------------------------------------------------------

    @asynccontextmanager
    async def watching(
        self,
        run_id: str,
        figures: Sequence[str],
        layers: Sequence[str] = (),
        *,
        scene: bool = True,
    ) -> AsyncIterator[Viewer]:
        """A viewer for as long as the block runs. Raises KeyError, Full."""
        run = self.runs[run_id]
        if sum(len(other.viewers) for other in self.runs.values()) >= MAX_VIEWERS:
            raise Full(f"This server already shows {MAX_VIEWERS} pages, its limit; try later.")
        viewer = Viewer(tuple(figures), tuple(layers), scene)
        run.viewers.add(viewer)
        self._watch(run_id, run)
        viewer.notify({"type": "config", "config": run.config})
        viewer.notify({"type": "marks", "marks": run.marks})
        try:
            yield viewer
        finally:
            run.viewers.discard(viewer)
            if viewer.asked:
                self._send(run_id, protocol.Leave(), viewer)
            self._watch(run_id, run)

    def _watch(self, run_id: str, run: Run) -> None:
        run.watched_at = time.monotonic()
        if run_id in self.runs:
            viewers = sorted(run.viewers, key=lambda viewer: viewer.number)
            figures = sorted({name for viewer in viewers for name in viewer.figures})
            # In the order of the viewers' wishes, as of some layers the first is drawn.
            layers = dict.fromkeys(name for viewer in viewers for name in viewer.layers)
            watch = protocol.Watch(
                viewers=len(viewers),
                figures=tuple(figures),
                layers=tuple(layers),
                scene=any(viewer.scene for viewer in viewers),
            )
            self._send(run_id, watch)

    async def next_messages(self, run_id: str, viewer: Viewer) -> tuple[list[dict], list[bytes]]:
        """Wait for news: notices, and what is to be sent of static message and newest frame.

        Answers to the viewer's questions are all sent, in order.
        """
        run = self.runs[run_id]
        while not (viewer.has_mail or run.static_due(viewer) or run.frame_due(viewer)):
            if viewer.credit and not run.asked:
                run.asked = True
                self._send(run_id, protocol.Want())
            viewer.wake.clear()
            await viewer.wake.wait()
        notices, messages = viewer.take_mail()
        if run.static_due(viewer):
            viewer.static = run.static
            messages.append(run.static)
        if run.frame_due(viewer):
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
        run.whole = header.get("scene", True)
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

    def _on_answer(self, run: Run, header: dict[str, Any], body: bytes) -> None:
        for viewer in run.viewers:
            if viewer.number == header["viewer"]:
                viewer.answer(header, body)

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
            for viewer in run.viewers:
                viewer.give_up(LOST if alive else GONE)
            if not alive:
                self._on_notice(run, protocol.refusal(ValueError(GONE)), b"")
                continue
            self._send(run_id, run.opening(RESTARTED))
            self._watch(run_id, run)
            run.wake()


ON_MESSAGE = {
    "frame": Hub._on_frame,
    "answer": Hub._on_answer,
    "static": Hub._on_static,
    "config": Hub._on_notice,
    "marks": Hub._on_notice,
    "refused": Hub._on_notice,
    "python": Hub._on_notice,
    "branched": Hub._on_branched,
    "released": Hub._on_released,
}
