"""The one process that trains every live run: ``python -m ganlab.live.worker``.

It owns torch, speaks ``protocol`` envelopes over stdin and stdout with the hub that started it,
gives every run the same share of time in short slices, and ends when stdin closes: it cannot
outlive the server. Frames are made only for runs that somebody watches and only when asked for.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, BinaryIO, TypeVar

import torch

from ganlab.config import RunConfig
from ganlab.figures import FIGURES
from ganlab.live import protocol
from ganlab.live.run import LiveRun
from ganlab.training import Trainer

log = logging.getLogger("ganlab.worker")

PACE = 100.0  # iterations per second of a run at most: faster would be over before it is seen
ROUND = 0.1  # seconds in which every run should get its turn
SLICE = (0.004, 0.015)  # shortest and longest turn, seconds
FRAME_INTERVALS = (0.05, 0.4)  # seconds between frames of one run: at least, and at most
FRAME_SHARE = 1 / 3  # of the worker's time, what frames may take before they come less often
GRACE = 30.0  # seconds an unwatched run goes on training
RELEASE = 900.0  # seconds after which an unwatched run is forgotten
BEAT = 1.0
NICENESS = 5

T = TypeVar("T")
Send = Callable[[Mapping[str, Any], bytes], None]


class Worker:
    """``inbox`` yields (run id, command), or None to end; ``send`` takes envelopes to the hub."""

    def __init__(
        self,
        inbox: queue.SimpleQueue[tuple[str, protocol.Command] | None],
        send: Send,
        make_trainer: Callable[[RunConfig], Trainer] = Trainer,
    ) -> None:
        self.inbox, self.send, self.make_trainer = inbox, send, make_trainer
        self.runs: dict[str, LiveRun] = {}
        self.open = True
        self._beat_at = 0.0
        self._frame_seconds = 0.0  # what a frame costs, averaged

    def serve(self) -> None:
        """Train, answer and draw until the inbox says None."""
        while self.open:
            self._obey(wait=self._idle_time())
            now = time.monotonic()
            active = [
                run for run in self.runs.values() if self._trains(run, now) and run.ready(now)
            ]
            share = min(SLICE[1], max(SLICE[0], ROUND / max(len(active), 1)))
            for run_id, run in list(self.runs.items()):
                if run in active:
                    self._attempt(run_id, run, partial(run.train, share))
                self._draw(run_id, run)
                self._obey(wait=0.0)
            self._tidy()

    # -- commands ------------------------------------------------------------------------------

    def _obey(self, wait: float) -> None:
        """All commands that have arrived; waits up to ``wait`` seconds for the first."""
        try:
            message = self.inbox.get(timeout=wait) if wait else self.inbox.get_nowait()
            while message is not None:
                self._answer(*message)
                message = self.inbox.get_nowait()
            self.open = False
        except queue.Empty:
            pass

    def _answer(self, run_id: str, command: protocol.Command) -> None:
        if isinstance(command, protocol.Create):
            self._create(run_id, command)
        elif (run := self.runs.get(run_id)) is not None:
            handler = CONTROL.get(type(command), Worker._act)
            handler(self, run_id, run, command)

    def _create(self, run_id: str, command: protocol.Create) -> None:
        try:
            config = RunConfig.from_dict(command.config)
        except ValueError as error:
            self._refuse(run_id, error)
            return
        run = LiveRun(
            config, self.make_trainer, playing=command.playing, note=command.note, pace=PACE
        )
        self.runs[run_id] = run
        self._attempt(run_id, run, run.build)

    def _act(self, run_id: str, run: LiveRun, command: protocol.ViewerCommand) -> None:
        before = run.config
        self._attempt(run_id, run, partial(self._ask, run_id, run, command))
        if run.config is not before:
            self.send({"type": "config", "run": run_id, "config": run.config.to_dict()}, b"")

    def _ask(self, run_id: str, run: LiveRun, command: protocol.ViewerCommand) -> None:
        try:
            run.act(command)
        except ValueError as error:
            self._refuse(run_id, error)

    def _watch(self, run_id: str, run: LiveRun, command: protocol.Watch) -> None:
        figures = tuple(name for name in command.figures if name in FIGURES)
        run.changed |= command.viewers > run.viewers or figures != run.figures
        run.viewers, run.figures = command.viewers, figures
        run.unwatched_since = time.monotonic()

    def _want(self, run_id: str, run: LiveRun, command: protocol.Want) -> None:
        run.wanted = True

    def _release(self, run_id: str, run: LiveRun, command: protocol.Release) -> None:
        del self.runs[run_id]

    def _refuse(self, run_id: str, error: ValueError) -> None:
        self.send({"type": "refused", "run": run_id, "text": str(error)}, b"")

    # -- turns ---------------------------------------------------------------------------------

    def _attempt(self, run_id: str, run: LiveRun, work: Callable[[], T]) -> T | None:
        """What ``work`` returns; None where it crashed, which fails this run alone."""
        try:
            return work()
        except Exception as error:
            run.fail(error)
            log.exception("run %s failed", run_id)
            return None

    def _trains(self, run: LiveRun, now: float) -> bool:
        return run.training and (run.viewers > 0 or now - run.unwatched_since < GRACE)

    def _draw(self, run_id: str, run: LiveRun) -> None:
        """Send a frame if one is wanted, there is news, and it is not too soon."""
        begin = time.monotonic()
        if not (run.wanted and run.changed and begin - run.framed_at >= self._frame_interval()):
            return
        frame = self._attempt(run_id, run, partial(run.frame, begin))
        if frame is not None:
            self.send({"type": "frame", "run": run_id}, frame)
        self._frame_seconds += 0.1 * (time.monotonic() - begin - self._frame_seconds)

    def _frame_interval(self) -> float:
        """Longer when many are watched, so that training keeps most of the time."""
        watched = sum(run.viewers > 0 for run in self.runs.values())
        shortest, longest = FRAME_INTERVALS
        return min(longest, max(shortest, watched * self._frame_seconds / FRAME_SHARE))

    def _idle_time(self) -> float:
        """How long the worker may sleep for want of work."""
        now = time.monotonic()
        waiting = [run for run in self.runs.values() if self._trains(run, now)]
        if any(run.ready(now) for run in waiting):
            return 0.0
        due = waiting or any(run.wanted and run.changed for run in self.runs.values())
        return SLICE[0] if due else BEAT

    def _tidy(self) -> None:
        """Once a second: the heartbeat, and the end of runs nobody came back to."""
        now = time.monotonic()
        if now - self._beat_at < BEAT:
            return
        self._beat_at = now
        for run_id, run in list(self.runs.items()):
            if run.viewers == 0 and now - run.unwatched_since > RELEASE:
                del self.runs[run_id]
                self.send({"type": "released", "run": run_id}, b"")
        self.send({"type": "beat", "runs": len(self.runs)}, b"")


CONTROL: dict[type, Callable[[Worker, str, LiveRun, Any], None]] = {
    protocol.Watch: Worker._watch,
    protocol.Want: Worker._want,
    protocol.Release: Worker._release,
}


def _listen(
    stream: BinaryIO, inbox: queue.SimpleQueue[tuple[str, protocol.Command] | None]
) -> None:
    """Put what arrives on ``stream`` into the inbox; leave when the hub is gone."""
    while (message := protocol.read_message(stream)) is not None:
        header, _ = message
        try:
            inbox.put((header["run"], protocol.hub_command(header["command"])))
        except ValueError as error:
            log.error("refused a message of the hub: %s", error)
    inbox.put(None)
    time.sleep(2.0)  # the worker ends by itself unless a single step takes that long
    os._exit(0)


def warm_up() -> None:
    """One throwaway run: torch loads half of itself only when first asked to train."""
    run = LiveRun(RunConfig())
    run.figures = tuple(FIGURES)
    run.build()
    run.train(0.0)
    run.frame(time.monotonic())


def main() -> None:
    """Serve the hub at the other end of stdin and stdout."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to answer
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print must not break the pipe
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    torch.set_num_threads(1)
    inbox: queue.SimpleQueue[tuple[str, protocol.Command] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, inbox), daemon=True).start()

    def send(header: Mapping[str, Any], body: bytes) -> None:
        protocol.write_message(out, header, body)

    warm_up()
    with contextlib.suppress(BrokenPipeError):  # the hub is gone: nobody is left to train for
        Worker(inbox, send).serve()


if __name__ == "__main__":
    main()
