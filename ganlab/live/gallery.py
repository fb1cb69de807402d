"""The worker's exhibits: generators that do not train, each loaded once for all its viewers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from ganlab.live import protocol
from ganlab.live.exhibits import place_of
from ganlab.live.exploring import Subject
from ganlab.live.frames import pack
from ganlab.live.hosting import Request
from ganlab.live.jobs import Jobs, Send, newest
from ganlab.live.questions import Question
from ganlab.pretrained import load_generator
from ganlab.trained import TrainedGenerator

log = logging.getLogger("ganlab.worker")

# (work, adopt, refuse): done in the builder's thread, then taken over by the worker.
Submit = Callable[
    [
        Callable[[], TrainedGenerator],
        Callable[[TrainedGenerator], None],
        Callable[[Exception], None],
    ],
    None,
]


@dataclass(eq=False)
class Exhibit:
    """A generator, or why it could not be had; without either it is being loaded."""

    id: str
    source: str
    generator: TrainedGenerator | None = None
    failure: str = ""
    loading: bool = False
    viewers: int = 0
    wanted: bool = False
    changed: bool = False
    waiting: list[Request] = field(default_factory=list)
    unwatched_since: float = field(default_factory=time.monotonic)

    def subject(self) -> Subject:
        """What is explored. Raises ValueError for one that could not be loaded."""
        if self.generator is None:
            raise ValueError(self.failure)
        return Subject(self.generator, "exhibit", False, place_of(self.source))

    def frame(self) -> bytes:
        """What there is to see of it at any time: how it is."""
        step = self.generator.step if self.generator is not None else 0
        state = "failed" if self.failure else "exhibit"
        meta = {"kind": "frame", "state": state, "step": step, "failure": self.failure}
        return pack(meta, {})


class Gallery:
    """All exhibits by id; ``submit`` has them loaded, ``jobs`` answers questions about them."""

    def __init__(self, submit: Submit, send: Send, jobs: Jobs) -> None:
        self._submit, self._send, self._jobs = submit, send, jobs
        self.exhibits: dict[str, Exhibit] = {}

    def answer(self, request: Request) -> None:
        """Do what is asked of an exhibit; anything else is of a run that is gone."""
        command, one = request.command, self.exhibits.get(request.run)
        if isinstance(command, protocol.Open):
            self._open(request.run, command.source)
        elif one is None:
            return
        elif isinstance(command, Question):
            self._ask(one, request)
        elif type(command) in CONTROL:
            CONTROL[type(command)](self, one, command)

    def leave(self, run: str, viewer: int) -> None:
        """Nobody waits for what this viewer asked while the exhibit was loading."""
        if one := self.exhibits.get(run):
            one.waiting = [request for request in one.waiting if request.viewer != viewer]

    def _open(self, run: str, source: str) -> None:
        """Load it, unless it is there or on its way; one that failed is tried again."""
        one = self.exhibits.setdefault(run, Exhibit(run, source))
        one.unwatched_since = time.monotonic()
        if one.generator is None and not one.loading:
            one.loading, one.failure = True, ""
            adopt, refuse = partial(self._adopt, one), partial(self._fail, one)
            self._submit(lambda: load_generator(place_of(source)), adopt, refuse)

    def _adopt(self, one: Exhibit, generator: TrainedGenerator) -> None:
        one.generator = generator
        config = generator.config.to_dict()
        self._send({"type": "config", "run": one.id, "config": config}, b"")
        self._settle(one)

    def _fail(self, one: Exhibit, error: Exception) -> None:
        if not isinstance(error, ValueError):
            log.error("a generator could not be loaded", exc_info=error)
            error = ValueError(f"This could not be loaded ({type(error).__name__}: {error}).")
        one.failure = str(error)
        self._send({**protocol.refusal(error), "run": one.id, "viewer": 0}, b"")
        self._settle(one)

    def _settle(self, one: Exhibit) -> None:
        """Loading has ended: answer what was asked meanwhile."""
        one.loading, one.changed = False, True
        waiting, one.waiting = one.waiting, []
        for request in waiting:
            self._jobs.ask(request, one.subject)
        self._show(one)

    def _ask(self, one: Exhibit, request: Request) -> None:
        if one.loading:
            one.waiting = newest([*one.waiting, request])
        else:
            self._jobs.ask(request, one.subject)

    def _watch(self, one: Exhibit, command: protocol.Watch) -> None:
        one.viewers, one.unwatched_since = command.viewers, time.monotonic()

    def _want(self, one: Exhibit, command: protocol.Want) -> None:
        one.wanted = True
        self._show(one)

    def _show(self, one: Exhibit) -> None:
        if one.wanted and one.changed:
            one.wanted = one.changed = False
            self._send({"type": "frame", "run": one.id}, one.frame())

    def _release(self, one: Exhibit, command: protocol.Release) -> None:
        del self.exhibits[one.id]


CONTROL: dict[type, Callable[[Gallery, Exhibit, object], None]] = {
    protocol.Watch: Gallery._watch,
    protocol.Want: Gallery._want,
    protocol.Release: Gallery._release,
}
