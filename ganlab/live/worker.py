"""The one process that trains every live run: ``python -m ganlab.live.worker``.

It owns torch, speaks ``envelopes`` over stdin and stdout with the hub that started it, gives
every run the same share of time in short slices, and ends when stdin closes: it cannot outlive
the server. Frames are made only for runs that somebody watches and only when asked for.
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
from typing import Any, BinaryIO

import torch

from ganlab.config import RunConfig
from ganlab.figures import FIGURES
from ganlab.figures.live import LAYERS
from ganlab.live import envelopes, protocol
from ganlab.live.building import build
from ganlab.live.desk import Desk
from ganlab.live.exploring import subject
from ganlab.live.hosting import Hosted, Inbox, Request
from ganlab.live.jobs import Send, newest
from ganlab.live.picture import Wishes
from ganlab.live.run import LiveRun
from ganlab.training import Trainer

log = logging.getLogger("ganlab.worker")

ROUND = 0.1  # seconds in which every run should get its turn; as long again for questions
SLICE = (0.004, 0.015)  # shortest and longest turn, seconds
ALERT = 1.0  # seconds after a question in which turns are short: the next one comes soon
LONG = 0.012  # seconds: a run whose turns take longer lets questions go first,
QUIET = 0.04  # and goes on when none has come for so long,
PATIENCE = 0.2  # or after so long in any case
FRAME_INTERVALS = (0.04, 0.4)  # seconds between frames of one run: at least, and at most
FRAME_SHARE = 1 / 3  # of the worker's time, what frames may take before they come less often
GRACE = 30.0  # seconds an unwatched run goes on training
RELEASE = 900.0  # seconds after which an unwatched run is forgotten
BEAT = 1.0
NICENESS = 5


class Worker:
    """``inbox`` yields requests, or None to end; ``send`` takes envelopes to the hub."""

    def __init__(
        self, inbox: Inbox, send: Send, make_trainer: Callable[[RunConfig], Trainer] = Trainer
    ) -> None:
        self.inbox, self.desk = inbox, Desk(inbox, send, make_trainer)
        self.open = True
        self._beat_at = 0.0
        self._frame_seconds = 0.0  # what a frame costs, averaged

    def serve(self) -> None:
        """Train, answer and draw until the inbox says None."""
        while self.open:
            self._obey(wait=self._idle_time())
            now = time.monotonic()
            runs = list(self.desk.hosted.values())
            active = [one for one in runs if self._trains_now(one, now)]
            longest = SLICE[self.desk.jobs.asked_at < now - ALERT]
            share = min(longest, max(SLICE[0], ROUND / max(len(active), 1)))
            for one in runs:
                if one in active:
                    self._train(one, share)
                self._draw(one)
                self._obey(wait=0.0)
            self._work()
            self._tidy()
        self.desk.close()

    def _obey(self, wait: float) -> None:
        """All requests that have arrived; waits up to ``wait`` seconds for the first.

        Those that come meanwhile are for the next time, so that nobody can hold up the rest.
        """
        arrived = []
        with contextlib.suppress(queue.Empty):
            arrived.append(self.inbox.get(timeout=wait) if wait else self.inbox.get_nowait())
            arrived += [self.inbox.get_nowait() for _ in range(self.inbox.qsize())]
        for request in newest(arrived):
            if request is None:
                self.open = False
                return
            self.desk.answer(request)

    # -- turns ---------------------------------------------------------------------------------

    def _trains(self, one: Hosted, now: float) -> bool:
        return one.run.training and (one.viewers > 0 or now - one.unwatched_since < GRACE)

    def _trains_now(self, one: Hosted, now: float) -> bool:
        """Whether its turn has come; not between two questions that follow fast upon each other.

        Whoever moves a slider would wait for every long turn otherwise.
        """
        if not (self._trains(one, now) and one.run.ready(now)):
            return False
        asked = now - self.desk.jobs.asked_at < QUIET
        return not asked or one.run.cost.longest < LONG or now - one.trained_at > PATIENCE

    def _train(self, one: Hosted, seconds: float) -> None:
        try:
            one.run.train(seconds)
        except Exception as error:
            self.desk.fail(one, error)
        one.trained_at = time.monotonic()

    def _work(self) -> None:
        """Some pieces of the questions that take longer; those left out come first next time."""
        begin = time.monotonic()
        for _ in self.desk.jobs.turns():
            self._obey(wait=0.0)
            if time.monotonic() - begin > ROUND:
                return

    def _draw(self, one: Hosted) -> None:
        """Send a frame if one is wanted, there is news, and it is not too soon."""
        run, begin = one.run, time.monotonic()
        shown = run.trainer is not None or run.failure
        if not (shown and run.wanted and run.changed):
            return
        if begin - one.framed_at < self._frame_interval():
            return
        try:
            frame = run.frame(begin, one.wishes)
        except Exception as error:
            self.desk.fail(one, error)
            return
        header = {"type": "frame", "run": one.id, "scene": one.wishes.scene}
        self.desk.send(header, frame)
        self.desk.tell(one, run.config)
        one.framed_at = begin
        self._frame_seconds += 0.1 * (time.monotonic() - begin - self._frame_seconds)

    def _frame_interval(self) -> float:
        """Longer when many are watched, so that training keeps most of the time."""
        watched = sum(one.viewers > 0 for one in self.desk.hosted.values())
        shortest, longest = FRAME_INTERVALS
        return min(longest, max(shortest, watched * self._frame_seconds / FRAME_SHARE))

    def _idle_time(self) -> float:
        """How long the worker may sleep for want of work."""
        if self.desk.jobs:
            return 0.0
        now = time.monotonic()
        waiting = [one for one in self.desk.hosted.values() if self._trains(one, now)]
        if any(self._trains_now(one, now) for one in waiting):
            return 0.0
        due = waiting or any(
            one.run.wanted and one.run.changed for one in self.desk.hosted.values()
        )
        return SLICE[0] if due else BEAT

    def _tidy(self) -> None:
        """Once a second: the heartbeat, and the end of runs nobody came back to."""
        now = time.monotonic()
        if now - self._beat_at < BEAT:
            return
        self._beat_at = now
        for room in (self.desk.hosted, self.desk.gallery.exhibits):
            for one in list(room.values()):
                if one.viewers == 0 and now - one.unwatched_since > RELEASE:
                    del room[one.id]
                    self.desk.send({"type": "released", "run": one.id}, b"")
        self.desk.send({"type": "beat", "runs": len(self.desk.hosted)}, b"")


def _listen(stream: BinaryIO, inbox: Inbox) -> None:
    """Put what arrives on ``stream`` into the inbox; leave when the hub is gone."""
    while (message := envelopes.read_message(stream)) is not None:
        header, _ = message
        try:
            command = protocol.hub_command(header["command"])
            inbox.put(Request(header["run"], command, header.get("viewer", 0)))
        except ValueError as error:
            log.error("refused a message of the hub: %s", error)
    inbox.put(None)
    time.sleep(2.0)  # the worker ends by itself unless a single step takes that long
    os._exit(0)


def warm_up() -> None:
    """One throwaway run: torch loads half of itself only when first asked to train."""
    config = RunConfig()
    run = LiveRun(config)
    run.begin(build(config, partial(Trainer, config)))
    run.train(0.0)
    run.frame(time.monotonic(), Wishes(tuple(FIGURES), LAYERS[2]))
    subject.warm_up()


def main() -> None:
    """Serve the hub at the other end of stdin and stdout."""
    logging.basicConfig(format="%(asctime)s %(name)s %(levelname)s %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to answer
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print must not break the pipe
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    torch.set_num_threads(1)
    inbox: Inbox = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, inbox), daemon=True).start()

    def send(header: Mapping[str, Any], body: bytes) -> None:
        envelopes.write_message(out, header, body)

    warm_up()
    with contextlib.suppress(BrokenPipeError):  # the hub is gone: nobody is left to train for
        Worker(inbox, send).serve()


if __name__ == "__main__":
    main()
