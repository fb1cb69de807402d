"""What the hub keeps of each run and each open page: what was sent, what waits, what is asked."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from ganlab.live import protocol
from ganlab.live.questions import Question, Stop

CREDIT = 2  # frames that may be on their way to a page
NOTICES = 16  # newest notices kept for a viewer that does not read
ANSWERS = 256  # answers kept for one
WHOLE = ("config", "marks")  # notices that replace the one before
_numbers = itertools.count(1)


@dataclass(eq=False)
class Viewer:
    """One open page: what it shows, what it has been sent, and what it can still take.

    scene: whether it wants the picture. number: by which the worker's answers find the viewer
    that asked. asked: op -> id of the question that is not answered in full. overrun: set when
    more answers wait than one page may leave unread.
    """

    figures: tuple[str, ...]
    layers: tuple[str, ...] = ()
    scene: bool = True
    number: int = field(default_factory=lambda: next(_numbers))
    credit: int = CREDIT
    seen: int = 0
    static: bytes = b""
    notices: list[dict[str, Any]] = field(default_factory=list)
    answers: deque[bytes] = field(default_factory=deque)
    asked: dict[str, int] = field(default_factory=dict)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    overrun: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def has_mail(self) -> bool:
        """Whether notices or answers wait."""
        return bool(self.notices or self.answers)

    def take_mail(self) -> tuple[list[dict[str, Any]], list[bytes]]:
        """(notices, answers) that wait, oldest first."""
        notices, self.notices = self.notices, []
        answers = list(self.answers)
        self.answers.clear()
        return notices, answers

    def notify(self, notice: dict[str, Any]) -> None:
        """Keep a notice for the page; of some kinds, and of refusals of one op, the newest."""
        kept = [old for old in self.notices if not _replaces(notice, old)]
        self.notices = [*kept, notice][-NOTICES:]
        if "op" in notice:
            self._settled(notice["op"], notice.get("id", -1))
        self.wake.set()

    def ask(self, question: Question) -> None:
        """A question is on its way to the worker; what it stops is not waited for any more."""
        if isinstance(question, Stop):
            self.asked.pop(question.what, None)
        self.asked[question.op] = question.id

    def answer(self, header: dict[str, Any], body: bytes) -> None:
        """Keep an answer for the page; all arrive, in order, unless it stops reading."""
        if header["done"]:
            self._settled(header["op"], header["id"])
        if len(self.answers) < ANSWERS:
            self.answers.append(body)
            self.wake.set()
        else:
            self.overrun.set()

    def give_up(self, why: str) -> None:
        """Nobody will answer what is still open."""
        for op, number in list(self.asked.items()):
            self.notify(protocol.refusal(ValueError(why), {"op": op, "id": number}))

    def _settled(self, op: str, number: int) -> None:
        if self.asked.get(op) == number:
            del self.asked[op]


def _replaces(notice: dict[str, Any], old: dict[str, Any]) -> bool:
    if old["type"] != notice["type"]:
        return False
    return notice["type"] in WHOLE or ("op" in notice and notice["op"] == old.get("op"))


@dataclass(eq=False)
class Run:
    """What the hub knows of a run; ``number`` counts its frames.

    source: of a generator that does not train, see ``exhibits``. whole: whether the frame has
    the picture in it.
    """

    config: dict[str, Any]
    source: str = ""
    viewers: set[Viewer] = field(default_factory=set)
    static: bytes = b""
    marks: list[dict[str, Any]] = field(default_factory=list)
    frame: bytes = b""
    whole: bool = True
    number: int = 0
    asked: bool = False
    watched_at: float = field(default_factory=time.monotonic)

    def wake(self) -> None:
        for viewer in self.viewers:
            viewer.wake.set()

    def opening(self, note: str) -> protocol.Command:
        """What a new worker must be told to have this run again, standing still."""
        if self.source:
            return protocol.Open(source=self.source)
        return protocol.Create(config=self.config, playing=False, note=note)

    def static_due(self, viewer: Viewer) -> bool:
        """Whether the viewer lacks what stays the same."""
        return bool(self.static) and viewer.static is not self.static

    def frame_due(self, viewer: Viewer) -> bool:
        """Whether there is a frame that the viewer wants, has not seen, and can take."""
        fits = self.whole or not viewer.scene
        return bool(self.frame) and fits and viewer.credit > 0 and viewer.seen < self.number
