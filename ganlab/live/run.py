"""One live run: a trainer, whether it is playing, and how it answers commands."""

from __future__ import annotations

import math
import time
import traceback
from collections import deque
from collections.abc import Callable

from ganlab.config import RunConfig
from ganlab.live import protocol
from ganlab.live.picture import compose
from ganlab.snapshot import Status
from ganlab.training import Trainer

BURST = 0.1  # seconds of its pace that a run may catch up at once
RATE_WINDOW = 1.5  # seconds over which the steps per second are counted


class LiveRun:
    """``make_trainer`` builds the trainer of a configuration; ``build`` calls it."""

    def __init__(
        self,
        config: RunConfig,
        make_trainer: Callable[[RunConfig], Trainer] = Trainer,
        *,
        playing: bool = True,
        note: str = "",
        pace: float = math.inf,
    ) -> None:
        """pace: iterations per second at most while playing."""
        self.config, self.note, self.playing, self.pace = config, note, playing, pace
        self._allowed, self._allowed_at = 1.0, time.monotonic()
        self.trainer: Trainer | None = None
        self.failure, self.traceback = "", ""
        self.goal = 0  # a paused run still trains up to this iteration
        self.figures: tuple[str, ...] = ()
        self.viewers = 0
        self.unwatched_since = time.monotonic()
        self.wanted = False
        self.changed = True  # since the last frame
        self.framed_at = 0.0
        self._make_trainer = make_trainer
        self._step_seconds = 0.0
        self._pace: deque[tuple[float, int]] = deque()

    # -- what a user sees ----------------------------------------------------------------------

    @property
    def state(self) -> str:
        """ "failed", "finished", "diverged", "playing" or "paused"."""
        if self.failure:
            return "failed"
        if self.trainer is not None and self.trainer.status is not Status.RUNNING:
            return str(self.trainer.status)
        return "playing" if self.playing else "paused"

    @property
    def training(self) -> bool:
        """Whether a turn would train: playing, or stepping towards a goal."""
        if self.failure or (self.trainer and self.trainer.status is not Status.RUNNING):
            return False
        return self.playing or (self.trainer is not None and self.trainer.iteration < self.goal)

    def ready(self, now: float) -> bool:
        """Whether its pace lets it train now; steps asked for one by one never wait."""
        if not self.playing or self.pace == math.inf:
            return True
        self._allowed += self.pace * (now - self._allowed_at)
        self._allowed = min(self._allowed, 1 + BURST * self.pace)
        self._allowed_at = now
        return self._allowed >= 1

    def steps_per_second(self, now: float) -> float:
        """Over the last ``RATE_WINDOW`` seconds; 0 when it stands still."""
        while self._pace and now - self._pace[0][0] > RATE_WINDOW:
            self._pace.popleft()
        if len(self._pace) < 2:
            return 0.0
        (start, first), (end, last) = self._pace[0], self._pace[-1]
        return max(last - first, 0) / (end - start)

    def frame(self, now: float) -> bytes:
        """The run as it stands, as one frame. Looking may find that it has diverged."""
        snapshot = self.trainer.snapshot() if self.trainer and not self.failure else None
        self._settle()
        meta = {
            "state": self.state,
            "seed": self.config.seed,
            "rate": self.steps_per_second(now) if self.training else 0.0,
            "note": self.note,
            "failure": self.failure,
            "traceback": self.traceback,
        }
        frame = compose(snapshot, meta, self.figures)
        self.wanted = self.changed = False
        self.framed_at = now
        return frame

    # -- training ------------------------------------------------------------------------------

    def fail(self, error: Exception) -> None:
        """Stop for good: a ValueError speaks for itself, anything else keeps its traceback."""
        if isinstance(error, ValueError):
            self.failure, self.traceback = str(error), ""
        else:
            self.failure = f"This run stopped on an error ({type(error).__name__}: {error})."
            self.traceback = "".join(traceback.format_exception(error))
        self.playing, self.changed = False, True

    def build(self) -> None:
        """Make the trainer of the current configuration, at step 0. Raises ValueError."""
        protocol.check_drawable(self.config)
        self.trainer = self._make_trainer(self.config)
        self.failure = self.traceback = ""
        self.goal, self.changed, self._step_seconds = 0, True, 0.0
        self._pace.clear()

    def train(self, seconds: float) -> None:
        """Whole iterations for about ``seconds``; at least one."""
        trainer = self._running()
        n = max(1, int(seconds / self._step_seconds)) if self._step_seconds else 1
        if not self.playing:
            n = min(n, self.goal - trainer.iteration)
        elif self.pace < math.inf:
            n = min(n, max(1, int(self._allowed)))
            self._allowed -= n
        begin, first = time.monotonic(), trainer.iteration
        self._pace = self._pace or deque([(begin, first)])
        trainer.advance(n)
        end, done = time.monotonic(), max(trainer.iteration - first, 1)
        latest = (end - begin) / done
        self._step_seconds += 0.3 * (latest - self._step_seconds) if self._step_seconds else latest
        self._pace.append((end, trainer.iteration))
        self.changed = True
        self._settle()

    # -- commands ------------------------------------------------------------------------------

    def act(self, command: protocol.ViewerCommand) -> None:
        """Obey a viewer. Raises ValueError with one sentence, the run left as it was."""
        ACTIONS[type(command)](self, command)
        self.note, self.changed = "", True

    def _running(self) -> Trainer:
        """The trainer, if it can train on. Raises ValueError otherwise."""
        if self.failure or self.trainer is None:
            raise ValueError("This run has stopped on an error; reset it to train again.")
        if self.trainer.status is Status.FINISHED:
            raise ValueError(
                f"This run has finished its {self.trainer.iteration:,} steps; reset it to train "
                "again, or raise its number of steps."
            )
        if self.trainer.status is Status.DIVERGED:
            raise ValueError(
                f"This run diverged at step {self.trainer.iteration:,}; lower a learning rate or "
                "add a penalty, then reset it."
            )
        return self.trainer

    def _play(self, command: protocol.Play) -> None:
        self._running()
        self.playing = True

    def _pause(self, command: protocol.Pause) -> None:
        self._stand()

    def _step(self, command: protocol.Step) -> None:
        trainer = self._running()
        self._stand()
        self.goal = trainer.iteration + command.n

    def _d_step(self, command: protocol.DStep) -> None:
        trainer = self._running()
        self._stand()
        trainer.d_step()

    def _g_step(self, command: protocol.GStep) -> None:
        trainer = self._running()
        self._stand()
        trainer.g_step()

    def _set(self, command: protocol.Set) -> None:
        if self.trainer is None:
            raise ValueError("This run has stopped on an error; reset it to train again.")
        self.trainer.update(command.values)
        self.config = self.trainer.config

    def _reset(self, command: protocol.Reset) -> None:
        before = self.config
        try:
            self.config = self.config.with_values(command.values)
            self.build()
        except ValueError:
            self.config = before
            raise
        self.playing = False

    def _settle(self) -> None:
        """A run that has ended plays no more, even if it is given more steps."""
        if self.trainer is not None and self.trainer.status is not Status.RUNNING:
            self.playing = False

    def _stand(self) -> None:
        self.playing, self.goal = False, 0
        self._pace.clear()


ACTIONS: dict[type, Callable[[LiveRun, protocol.ViewerCommand], None]] = {
    protocol.Play: LiveRun._play,
    protocol.Pause: LiveRun._pause,
    protocol.Step: LiveRun._step,
    protocol.DStep: LiveRun._d_step,
    protocol.GStep: LiveRun._g_step,
    protocol.Set: LiveRun._set,
    protocol.Reset: LiveRun._reset,
}
