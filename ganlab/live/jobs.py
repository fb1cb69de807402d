"""The viewers' questions as they are worked off, piece by piece, beside the training."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ganlab.live import protocol
from ganlab.live.exploring import Answer, Pieces, Subject, explore
from ganlab.live.frames import pack
from ganlab.live.hosting import Request
from ganlab.live.questions import Question, Stop

log = logging.getLogger("ganlab.worker")

Key = tuple[str, int, str]  # run, viewer, op
Send = Callable[[Mapping[str, Any], bytes], None]
T = TypeVar("T")


def key_of(request: Request) -> Key:
    """Of each run and viewer the newest question of an op is answered, and no other."""
    return request.run, request.viewer, request.command.op


def newest(inbox: Sequence[T]) -> list[T]:
    """What has arrived, without questions that a later one takes the place of.

    Otherwise a viewer who asks faster than can be answered would keep all others waiting.
    """
    asked = {
        place: key_of(request)
        for place, request in enumerate(inbox)
        if isinstance(request, Request)
        and isinstance(request.command, Question)
        and not isinstance(request.command, Stop)
    }
    last = {key: place for place, key in asked.items()}
    return [one for place, one in enumerate(inbox) if last.get(asked.get(place), place) == place]


@dataclass(eq=False)
class Job:
    """A question on its way; ``pieces`` yield None where there is nothing to send yet."""

    request: Request
    pieces: Iterator[tuple[Answer | None, int]]


class Jobs:
    """Of each viewer one job for each op at most: a new question takes the old one's place.

    asked_at: when the last question came, by the monotonic clock.
    """

    def __init__(self, send: Send) -> None:
        self._send, self.asked_at = send, -math.inf
        self._jobs: dict[Key, Job] = {}

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def ask(self, request: Request, subject: Callable[[], Subject]) -> None:
        """Work off the first piece at once; ``subject`` may raise ValueError, with a sentence."""
        self.asked_at = time.monotonic()
        question, key = request.command, key_of(request)
        self._end(key)
        if isinstance(question, Stop):
            self._end((request.run, request.viewer, question.what))
            self._answer(request, Answer(), 0)
            return
        self._jobs[key] = Job(request, _pieces(subject, question))
        self._work(key)

    def turns(self) -> Iterator[None]:
        """One piece of each job, the one that waited longest first.

        The caller may do something in between, or leave the rest for the next round.
        """
        for key in list(self._jobs):
            if key in self._jobs:
                self._jobs[key] = self._jobs.pop(key)  # to the end of the queue
                self._work(key)
            yield

    def leave(self, run: str, viewer: int) -> None:
        """Nobody waits for this viewer's answers."""
        for key in [key for key in self._jobs if key[:2] == (run, viewer)]:
            self._end(key)

    def _end(self, key: Key) -> None:
        job = self._jobs.pop(key, None)
        if job is not None:
            job.pieces.close()

    def _work(self, key: Key) -> None:
        """The next piece of a job, if it is still there; an error ends it, and nothing else."""
        job = self._jobs.get(key)
        if job is None:
            return
        try:
            answer, step = next(job.pieces)
        except StopIteration:
            self._end(key)
        except Exception as error:
            self._end(key)
            self._refuse(job.request, error)
        else:
            if answer is not None:
                self._answer(job.request, answer, step)
                if answer.share >= 1:
                    self._end(key)

    def _answer(self, request: Request, answer: Answer, step: int) -> None:
        question, done = request.command, answer.share >= 1
        known = {"id": question.id, "done": done}
        meta = {"kind": question.op, "step": step, "share": answer.share} | known
        header = {"type": "answer", "run": request.run, "viewer": request.viewer}
        body = pack(meta | dict(answer.meta), answer.arrays)
        self._send(header | known | {"op": question.op}, body)

    def _refuse(self, request: Request, error: Exception) -> None:
        if not isinstance(error, ValueError):
            log.error("a question could not be answered", exc_info=error)
            error = ValueError(f"This could not be computed ({type(error).__name__}: {error}).")
        asked = {"op": request.command.op, "id": request.command.id}
        notice = protocol.refusal(error, asked)
        self._send(notice | {"run": request.run, "viewer": request.viewer}, b"")


def _pieces(
    subject: Callable[[], Subject], question: Question
) -> Iterator[tuple[Answer | None, int]]:
    found = subject()
    step = found.generator.step
    pieces: Pieces = explore(found, question)
    for answer in pieces:
        yield answer, step
