"""One live run: a trainer, whether it is playing, and what is to be seen of it."""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Iterator
from typing import Any

from ganlab.config import RunConfig
from ganlab.live.branching import branch_step
from ganlab.live.building import Built
from ganlab.live.exploring.moving import MovingGenerator
from ganlab.live.exploring.subject import Subject
from ganlab.live.past import Past
from ganlab.live.picture import Wishes, compose, standing
from ganlab.live.playing import Cost, Optimum, Pace, Rate
from ganlab.snapshot import Snapshot, Stage, Status
from ganlab.training import Trainer


class LiveRun:
    """Stands still, with nothing to show, until it is given what was ``built`` for it.

    trainer: the run of now; cursor: the step of the past that is shown instead, or None.
    goal: the step at which it will stand still; stage: the sub-step shown in slow motion.
    changed: since the last frame; wanted: someone waits for a frame; cost: of its turns.
    """

    def __init__(
        self,
        config: RunConfig,
        *,
        playing: bool = True,
        note: str = "",
        pace: float = math.inf,
        past: Past | None = None,
    ) -> None:
        """pace: iterations per second at most while playing; ``past`` for a branch."""
        self.config, self.note, self.playing = config, note, playing
        self.pace = Pace(pace, time.monotonic())
        self.past = past or Past.of(config)
        self.trainer: Trainer | None = None
        self._generator: MovingGenerator | None = None
        self.failure, self.traceback = "", ""
        self.goal: int | None = None
        self.cursor: int | None = None
        self.optimum: Optimum | None = None
        self.stage: Stage | None = None
        self.changed, self.wanted = True, False
        self.rate, self.cost = Rate(), Cost()
        self._stages: Iterator[Stage] | None = None
        self._shot: Snapshot | None = None

    def restart(self, built: Built, *, playing: bool = False) -> None:
        """At the start of another trainer; what went before is forgotten."""
        self.playing, self.note = playing, ""
        self.past = Past.of(built.trainer.config)
        self.begin(built)

    def begin(self, built: Built) -> None:
        """Stand at the start of a trainer."""
        self.trainer, self.config = built.trainer, built.trainer.config
        self._generator = MovingGenerator(built.trainer)
        self.failure = self.traceback = ""
        self.goal = self.cursor = self.optimum = None
        self.touch()
        self._shot = built.snapshot
        self.cost.clear()
        self.rate.clear()
        self.past.keep(self.trainer, built.snapshot)
        self.past.story.read(self.trainer.events())

    # -- what a user sees ----------------------------------------------------------------------

    @property
    def state(self) -> str:
        """ "failed", "optimum", "finished", "diverged", "playing" or "paused"."""
        if self.failure:
            return "failed"
        if self.optimum is not None:
            return "optimum"
        if self.trainer is not None and self.trainer.status is not Status.RUNNING:
            return str(self.trainer.status)
        return "playing" if self.playing else "paused"

    @property
    def training(self) -> bool:
        """Whether a turn would train: playing, stepping towards a goal, or D alone."""
        if self.failure or self.trainer is None:
            return False
        if self.optimum is not None:
            return True
        under_way = self.playing or self.goal is not None
        return under_way and self.trainer.status is Status.RUNNING

    @property
    def slow(self) -> bool:
        """Whether it plays sub-step by sub-step."""
        return self.playing and self.pace.slow and self.optimum is None

    def ready(self, now: float) -> bool:
        """Whether its pace lets it train now; what was asked for one by one never waits."""
        if not self.playing or self.optimum is not None:
            return True
        if self.slow and self.stage is not None and self.changed and self.wanted:
            return False  # every sub-step is shown before the next
        return self.pace.ready(now)

    def look(self) -> Snapshot:
        """The run as it stands now. Looking may find that it has diverged."""
        if self._shot is None:
            before = self.trainer.status
            self._shot = self.trainer.snapshot()
            if self.trainer.status is not before:
                self.past.note("snapshot")
                self.settle()
            self.past.story.read(self.trainer.events())
        return self._shot

    def frame(self, now: float, wishes: Wishes) -> bytes:
        """The run, or the moment of its past that is looked at, as one frame."""
        snapshot, known, more = None, {}, {}
        if not wishes.scene:
            known, more = standing(self.trainer), {"stage": self.stage}
        elif self.trainer is not None and not self.failure:
            snapshot, history = self.look(), self.trainer.history
            if self.cursor is not None:
                snapshot = self.past.shown(history, self.cursor)
            more = {"history": history, "moments": self.past.timeline.steps, "stage": self.stage}
        # After the look, which may find that the run has diverged.
        frame = compose(snapshot, self._meta(now) | known, wishes, **more)
        self.wanted = self.changed = False
        return frame

    def subject(self) -> Subject:
        """What questions are about. Raises ValueError where there is nothing to explore."""
        if self.failure:
            raise ValueError("This run has stopped on an error; reset it to explore its generator.")
        if self._generator is None:
            raise ValueError("This run is still being built; ask again in a moment.")
        return Subject(self._generator.now(training=self.training), self.state, training=True)

    def _meta(self, now: float) -> dict[str, Any]:
        trainer, pace = self.trainer, self.pace.per_second
        rate = pace if self.slow else self.rate.per_second(now)
        return {
            "state": self.state,
            "seed": self.config.seed,
            "rate": rate if self.training else 0.0,
            "pace": None if pace == math.inf else pace,
            "until": self.goal if self.playing else None,
            "extra": dict(trainer.extra) if trainer else {"d": 0, "g": 0},
            "cursor": self.cursor,
            "newest": trainer.iteration if trainer else 0,
            "branch_step": branch_step(self),
            "note": self.note or (trainer.note if trainer else ""),
            "failure": self.failure,
            "traceback": self.traceback,
        }

    # -- training ------------------------------------------------------------------------------

    def fail(self, error: Exception) -> None:
        """Stop for good: a ValueError speaks for itself, anything else keeps its traceback."""
        if isinstance(error, ValueError):
            self.failure, self.traceback = str(error), ""
        else:
            self.failure = f"This run stopped on an error ({type(error).__name__}: {error})."
            self.traceback = "".join(traceback.format_exception(error))
        self.goal = self.optimum = None
        self.playing = False
        self.touch()

    def train(self, seconds: float) -> None:
        """What is due, for about ``seconds``: whole iterations, a sub-step, or updates of D."""
        if self.optimum is not None:
            self._train_d(self.optimum, seconds)
        elif self.slow:
            self.pace.take(1)
            self._next_stage()
        else:
            self._advance(seconds)
        self.settle()

    def _advance(self, seconds: float) -> None:
        trainer, first = self.trainer, self.trainer.iteration
        n = min(self.cost.fits("step", seconds), self.past.timeline.due(first) - first)
        if self.goal is not None:
            n = min(n, self.goal - first)
        if self.playing:
            n = self.pace.take(n)
        begin = time.monotonic()
        self.rate.add(begin, first)
        trainer.advance(n)
        end = time.monotonic()
        self._booked(trainer.iteration - first, n)
        self.cost.took("step", end - begin, max(trainer.iteration - first, 1))
        self.rate.add(end, trainer.iteration)

    def _booked(self, done: int, asked: int) -> None:
        """Iterations were done; one that ended in divergence counts, though it is taken back."""
        trainer = self.trainer
        self.touch()
        diverged = trainer.status is Status.DIVERGED
        self.past.note("advance", asked if diverged else done)
        newest = self.past.timeline.moments[-1].step
        due = trainer.iteration >= self.past.timeline.due(newest) and trainer.between_rows
        if not diverged and (due or trainer.status is Status.FINISHED):
            shot = self.look()
            if trainer.status is not Status.DIVERGED:
                self.past.keep(trainer, shot)

    def _next_stage(self) -> None:
        """The next sub-step of this iteration, or the first of the next."""
        if self._stages is not None and self._take_stage():
            return
        if self.slow and self.training and self.goal != self.trainer.iteration:
            self._stages = self.trainer.stages()
            self._take_stage()

    def _take_stage(self) -> bool:
        """Whether there was one more; if not, the iteration is done."""
        self.touch(keep_stage=True)
        stage = next(self._stages, None)
        if stage is None:
            self._stages = self.stage = None
            self._booked(1, 1)
            self.settle()
            return False
        self.stage = stage
        return True

    def finish_iteration(self) -> None:
        """End slow motion at the next whole iteration."""
        while self._stages is not None:
            self._take_stage()

    def _train_d(self, optimum: Optimum, seconds: float) -> None:
        n = min(self.cost.fits("d_step", seconds), optimum.room)
        begin = time.monotonic()
        optimum.add(self.d_step(n), n)
        self.cost.took("d_step", time.monotonic() - begin, n)
        if optimum.done:
            self.note = self.end_optimum()

    def d_step(self, n: int) -> float:
        """n updates of D alone; their mean loss."""
        self.past.note("d_step", n)
        self.touch()
        return self.trainer.d_step(n)

    def end_optimum(self) -> str:
        """D is as good as it gets, or has been stopped; what came of it."""
        if self.optimum is None:
            return ""
        sentence, self.optimum = self.optimum.sentence(), None
        self.past.story.act(self.trainer.iteration, "D trained alone", sentence)
        return sentence

    def settle(self) -> None:
        """A run that has ended or is where it was to go plays no more."""
        trainer = self.trainer
        reached = self.goal is not None and trainer.iteration >= self.goal
        if reached or trainer.status is not Status.RUNNING:
            self.playing, self.goal = False, None

    def touch(self, *, keep_stage: bool = False) -> None:
        """What was seen is out of date."""
        self._shot, self.changed = None, True
        if not keep_stage:
            self.stage = self._stages = None

    def stand(self) -> str:
        """Neither play nor go on towards a goal; what D alone had come to."""
        self.playing, self.goal, self.changed = False, None, True
        self.rate.clear()
        return self.end_optimum()

    def to_now(self) -> None:
        """Look at the present, at a whole iteration."""
        self.cursor, self.changed = None, True
        self.finish_iteration()
