"""What a live run does when it is told to: one small function per command.

Each returns a sentence for the viewers, or "". It raises ValueError with one sentence, the run
left as it was, where it cannot be done.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from ganlab.config import SETTINGS
from ganlab.live import protocol
from ganlab.live.playing import Optimum, Pace
from ganlab.live.run import LiveRun
from ganlab.snapshot import Status
from ganlab.training import Trainer

BROKEN = "This run has stopped on an error; reset it to train again."


def act(run: LiveRun, command: protocol.RunCommand) -> None:
    """Obey a viewer. Raises ValueError with one sentence, the run left as it was."""
    run.note = ACTIONS[type(command)](run, command)
    run.changed = True


def _whole(run: LiveRun) -> Trainer:
    """The trainer of a run that has not failed."""
    if run.failure or run.trainer is None:
        raise ValueError(BROKEN)
    return run.trainer


def _sound(run: LiveRun) -> Trainer:
    """The trainer, if its networks can still be trained."""
    trainer = _whole(run)
    if trainer.status is Status.DIVERGED:
        raise ValueError(
            f"This run diverged, and stands at step {trainer.iteration:,}; lower a learning rate "
            "or add a penalty, then retry or reset it."
        )
    return trainer


def _running(run: LiveRun) -> Trainer:
    """The trainer, if it can train on."""
    trainer = _sound(run)
    if trainer.status is Status.FINISHED:
        raise ValueError(
            f"This run has finished its {trainer.iteration:,} steps; reset it to train again, or "
            "raise its number of steps."
        )
    return trainer


def _play(run: LiveRun, command: protocol.Play) -> str:
    trainer = _running(run)
    if command.until is not None and command.until <= trainer.iteration:
        raise ValueError(
            f"This run is past step {command.until:,} already; give a step after "
            f"{trainer.iteration:,} to run until."
        )
    if run.cursor is not None:
        run.to_now()
    sentence = run.end_optimum()
    run.playing, run.goal = True, command.until
    return sentence


def _pause(run: LiveRun, command: protocol.Pause) -> str:
    return run.stand()


def _speed(run: LiveRun, command: protocol.Speed) -> str:
    pace = math.inf if command.pace is None else command.pace
    if pace >= 1:
        run.finish_iteration()
    run.pace = Pace(pace, time.monotonic())
    return run.note


def _step(run: LiveRun, command: protocol.Step) -> str:
    trainer = _running(run)
    sentence = run.stand()
    goal = trainer.iteration + command.n
    run.to_now()  # an iteration that was half-way counts
    run.goal = goal
    run.settle()
    return sentence


def _d_step(run: LiveRun, command: protocol.DStep) -> str:
    _sound(run)
    sentence = run.stand()
    run.to_now()
    run.d_step(1)
    return sentence


def _g_step(run: LiveRun, command: protocol.GStep) -> str:
    trainer = _sound(run)
    sentence = run.stand()
    run.to_now()
    run.touch()
    run.past.note("g_step", 1)
    trainer.g_step()
    return sentence


def _optimum(run: LiveRun, command: protocol.Optimum) -> str:
    _sound(run)
    sentence = run.stand()
    run.to_now()
    penalty = run.config.penalty
    run.optimum = Optimum(held_back=bool(penalty.r1 or penalty.r2 or penalty.gradient_penalty))
    return sentence


def _retry(run: LiveRun, command: protocol.Retry) -> str:
    trainer = _whole(run)
    if trainer.status is not Status.DIVERGED:
        raise ValueError("This run has not diverged, so there is nothing to retry; play it.")
    trainer.retry()
    run.cursor = None
    run.past.note("retry")
    run.past.forget_after(trainer.iteration)
    run.past.story.act(
        trainer.iteration, "Retried", f"You let the run go on from step {trainer.iteration:,}."
    )
    run.touch()
    run.playing = True
    return ""


def _seek(run: LiveRun, command: protocol.Seek) -> str:
    trainer = _whole(run)
    sentence = run.stand()
    run.to_now()
    moment = None if command.step is None else run.past.timeline.at(command.step)
    if moment is not None and not moment.step <= trainer.iteration <= command.step:
        run.cursor = moment.step
    return sentence


def _set(run: LiveRun, command: protocol.Set) -> str:
    trainer = _whole(run)
    before = trainer.config
    before.with_values(command.values)  # refused before an iteration half-way is finished
    if all(SETTINGS[path].live for path in command.values):
        run.finish_iteration()
    trainer.update(command.values)
    run.config = trainer.config
    changed = run.config.changes(before)
    if changed:
        run.past.note("update", changed)
        run.past.story.change(trainer.iteration, before.flat(), changed)
    return ""


ACTIONS: dict[type, Callable[[LiveRun, Any], str]] = {
    protocol.Play: _play,
    protocol.Pause: _pause,
    protocol.Speed: _speed,
    protocol.Step: _step,
    protocol.DStep: _d_step,
    protocol.GStep: _g_step,
    protocol.Optimum: _optimum,
    protocol.Retry: _retry,
    protocol.Seek: _seek,
    protocol.Set: _set,
}
