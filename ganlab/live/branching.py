"""New runs that start where another one is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ganlab.config import RunConfig
from ganlab.live.past import Past
from ganlab.live.timeline import Moment
from ganlab.training import Trainer

if TYPE_CHECKING:
    from ganlab.live.run import LiveRun


@dataclass(frozen=True)
class Start:
    """Where a branch begins: ``make`` builds its trainer, which may take a while."""

    step: int
    config: RunConfig
    past: Past
    make: Callable[[], Trainer]


def branch_step(run: LiveRun) -> int:
    """Where a branch would start: now, or the nearest kept state at or before the cursor."""
    if run.trainer is None:
        return 0
    return run.trainer.iteration if run.cursor is None else _kept(run).step


def start_of_branch(run: LiveRun) -> Start:
    """What a branch needs; the run stays as it is. Raises ValueError for one that failed."""
    if run.trainer is None or run.failure:
        raise ValueError("This run has stopped on an error; reset it before you branch off.")
    if run.cursor is None:
        run.finish_iteration()
        config, log, checkpoint = run.trainer.config, run.past.log, run.trainer.checkpoint()
    else:
        moment = _kept(run)
        config, log, checkpoint = moment.config, moment.log, moment.checkpoint
    step = branch_step(run)
    make = partial(run.trainer.branch, checkpoint, config)
    return Start(step, config, run.past.branch(step, log), make)


def _kept(run: LiveRun) -> Moment:
    return run.past.timeline.restart(run.cursor)
