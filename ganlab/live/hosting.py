"""What the worker keeps beside each run, and what arrives in its inbox."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from ganlab.live import protocol
from ganlab.live.picture import Wishes
from ganlab.live.run import LiveRun
from ganlab.live.story import Story


class Request(NamedTuple):
    """A command for a run; answers go to the viewer of that number, 0 for all of them."""

    run: str
    command: protocol.Command
    viewer: int = 0


@dataclass(eq=False)
class Hosted:
    """A run and its audience. While it is being built, requests wait."""

    id: str
    run: LiveRun
    viewers: int = 0
    wishes: Wishes = field(default_factory=Wishes)
    unwatched_since: float = field(default_factory=time.monotonic)
    framed_at: float = 0.0
    trained_at: float = 0.0
    told: tuple[Story, int] | None = None  # the marks that the viewers know
    building: bool = False
    waiting: list[Request] = field(default_factory=list)


class Ready(NamedTuple):
    """The builder has finished, for these runs: what to do with what it made, or could not."""

    built: Future[Any]
    runs: tuple[Hosted, ...]
    adopt: Callable[[Any], None]
    refuse: Callable[[Exception], None]


Inbox: TypeAlias = "queue.SimpleQueue[Request | Ready | None]"
