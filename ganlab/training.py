"""Train a GAN: iterate over ``train(config)``, or hold a ``Trainer`` and step it yourself.

    for snapshot in train(config):
        print(snapshot.step, snapshot.history.last("js"))

Same configuration and seed, same history, bit for bit, however often one looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ganlab.checkpoint import Healthy, Tensors, fallen_back, fingerprint, refusing
from ganlab.clock import Clock, computing
from ganlab.config import SETTINGS, ConfigError, RunConfig
from ganlab.game import DStep
from ganlab.logbook import Logbook
from ganlab.probe import Probe, fresh_samples
from ganlab.seeding import stream
from ganlab.snapshot import Event, History, Snapshot, Stage, Status, Verdict
from ganlab.state import build_state
from ganlab.stepper import Stepper
from ganlab.trained import TrainedGenerator, shown_generator


def train(config: RunConfig, *, every: int | None = None) -> Iterator[Snapshot]:
    """Run a configuration to its end, yielding a snapshot each ``every`` iterations.

    every: iterations between snapshots; default ``config.probe.every``. The last snapshot has
    status FINISHED or DIVERGED. Raises ValueError if data or device are not to be had.
    """
    every = config.probe.every if every is None else every
    if every < 1:
        raise ValueError(f"every = {every} is not allowed: give a whole number of steps from 1.")
    trainer = Trainer(config)
    while trainer.status is Status.RUNNING:
        trainer.advance(every)
        yield trainer.snapshot()


class Trainer:
    """A run that is stepped, changed, looked at, saved and restored.

    config: the configuration in force, live changes included.
    status, message: where the run stands, and why in one sentence.
    """

    def __init__(self, config: RunConfig) -> None:
        self.config = config
        self.status, self.message = Status.RUNNING, ""
        self._why, self._clock = "", Clock()
        self._state = build_state(config)
        self._logbook = Logbook(self._state)
        self._probe = Probe(self._state)
        self._stepper = Stepper(self._state, self._book)
        self._healthy = Healthy(self._stepper.state_dict())

    @property
    def iteration(self) -> int:
        """Iterations done."""
        return self._state.iteration

    @property
    def seconds(self) -> float:
        """Time spent training."""
        return self._clock.seconds

    @property
    def extra(self) -> dict[str, int]:
        """Updates that one network made alone since the run began: {"d": int, "g": int}."""
        return dict(self._stepper.extra)

    @property
    def note(self) -> str:
        """What this run goes without and how to get it, in one sentence; mostly empty."""
        return self._logbook.note

    # -- stepping ------------------------------------------------------------------------------

    def advance(self, n: int = 1) -> None:
        """Up to n iterations; fewer when the run ends on the way."""
        self._complete()
        with self._training():
            for _ in range(n):
                if self.status is not Status.RUNNING:
                    return
                self._stepper.iterate()

    def stages(self) -> Iterator[Stage]:
        """One iteration, seen after each sub-step of ``STAGES``; none when the run has ended.

        Simultaneous play takes G's gradient before D moves: there "score again" comes before
        "update D". The iteration is booked when the iterator is exhausted, or before the
        trainer is asked for anything but a look; the iterator then ends early.
        """
        self._complete()
        if self.status is not Status.RUNNING:
            return
        steps, stage = self._stepper.begin(), None
        while self._stepper.half_way is steps:
            with self._training():
                moment = self._stepper.sub_step()
                if moment is not None:
                    stage = self._probe.stage(self._state, moment, stage)
            if moment is not None:
                yield stage

    def d_step(self, n: int = 1) -> float:
        """n updates of D alone, their mean loss. Raises ValueError unless n is at least 1."""
        self._complete()
        with self._training():
            return self._stepper.alone("d", n)

    def g_step(self, n: int = 1) -> float:
        """n updates of G alone, their mean loss. Raises ValueError unless n is at least 1."""
        self._complete()
        with self._training():
            return self._stepper.alone("g", n)

    def _complete(self) -> None:
        """Finish the iteration that someone watches by its sub-steps."""
        while self._stepper.half_way is not None:
            with self._training():
                self._stepper.sub_step()

    def _book(self, d_stats: DStep, g_loss: Tensor) -> None:
        """Take note of an iteration: rows, healthy copies, the end."""
        self._logbook.add(d_stats, g_loss)
        probe, ended = self.config.probe, self.iteration >= self.config.training.steps
        measured = ended or self.iteration % probe.measure_every == 0
        if measured or self.iteration % probe.record_every == 0:
            if wrong := self._logbook.row(measured=measured, seconds=self.seconds):
                return self._diverge(wrong)
            self._healthy.confirm()
        self._healthy.offer(self.iteration, self._stepper.state_dict)
        self._end_if_done()
        return None

    def _end_if_done(self) -> None:
        if self.iteration >= self.config.training.steps:
            self.status, self.message = Status.FINISHED, f"Finished after {self.iteration:,} steps."

    def _diverge(self, why: str) -> None:
        """End the run, and put the last healthy state back."""
        at, self._why = self.iteration, why
        self._logbook.diverged(at, why)
        self._stepper.load_state_dict(self._healthy.kept)
        self._healthy.doubt()
        self.status = Status.DIVERGED
        self.message = fallen_back(at, why, self.iteration)

    def _training(self) -> AbstractContextManager[None]:
        return self._clock.training(self.config.compute)

    # -- changing ------------------------------------------------------------------------------

    def update(self, values: Mapping[str, Any]) -> None:
        """Change live settings, by dotted path, between two steps.

        Raises ConfigError for a wrong value, or a setting that needs a fresh run; nothing
        changes then.
        """
        for path, value in values.items():
            if path in SETTINGS and not SETTINGS[path].live:
                raise ConfigError(path, value, "it takes effect only when the run is restarted")
        config = self.config.with_values(values)
        self._complete()
        self._logbook.events()  # of the rows under the old settings, judged by them
        self.config = self._state.config = config
        if self.status is Status.FINISHED and self.iteration < self.config.training.steps:
            self.status, self.message = Status.RUNNING, ""

    def retry(self) -> None:
        """Go on from the last healthy state of a diverged run, without the rows after it."""
        if self.status is Status.DIVERGED:
            self._logbook.start_from(self.history.until(self.iteration))
            self.status, self.message = Status.RUNNING, ""

    # -- looking -------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The run as it stands. Looking changes nothing, but it may find that a run diverged."""
        with computing(self.config.compute):
            shot = self._look()
            if not (np.isfinite(shot.fake).all() and np.isfinite(shot.fake_logits).all()):
                self._diverge("the networks' outputs are no longer finite")
                shot = self._look()
        found = shot.verdicts
        if self.status is Status.DIVERGED:
            found = (Verdict("diverged", "warning", self.message, self._why), *found)
        stands = {"status": self.status, "message": self.message, "seconds": self.seconds}
        return replace(shot, verdicts=found, **stands)

    @property
    def history(self) -> History:
        """The numbers recorded so far; a view, cheap to take."""
        return self._logbook.history

    def events(self) -> tuple[Event, ...]:
        """What happened so far that is worth pointing at, oldest first."""
        return self._logbook.events()

    def _look(self) -> Snapshot:
        return self._probe.look(self._state, self.history, self._logbook.estimates)

    def samples(self, n: int, seed: int = 0) -> np.ndarray:
        """n fresh fakes in data scale, [n, *shape], from the EMA generator where there is one."""
        with computing(self.config.compute):
            return fresh_samples(self._state, n, seed)

    def real_samples(self, n: int, seed: int = 0) -> np.ndarray:
        """n fresh real samples in data scale, [n, *shape]."""
        return self._state.data.sample(n, stream(seed, "fresh real")).numpy()

    @property
    def standardisation(self) -> tuple[np.ndarray, np.ndarray]:
        """(mean, std) of the data, [dim] each: the networks see (x - mean) / std."""
        return self._state.mean.cpu().numpy(), self._state.std.cpu().numpy()

    def networks(self) -> tuple[nn.Module, nn.Module]:
        """(generator, discriminator) to save or explore: the EMA generator where there is one."""
        return self._state.shown_generator, self._state.discriminator

    def generator(self) -> TrainedGenerator:
        """The generator shown now, to explore: not a copy, it goes on moving with the run."""
        return shown_generator(self._state, self._probe.real, self._probe.latents)

    # -- saving --------------------------------------------------------------------------------

    @property
    def between_rows(self) -> bool:
        """Whether the newest iteration ended a row of the history, so that branches are exact."""
        return self._stepper.half_way is None and self._logbook.between_rows

    def checkpoint(self) -> Tensors:
        """A light copy of this moment, flat CPU tensors: what ``branch`` needs to go on here.

        Networks, optimisers, random generators and counters, without history.
        """
        self._complete()
        return self._stepper.state_dict()

    def branch(self, checkpoint: Mapping[str, Tensor], config: RunConfig | None = None) -> Trainer:
        """A new run that stands at a checkpoint of this one, with its history up to there.

        config: its settings, by default this run's. This run stays as it is. With unchanged
        settings the branch repeats the original bit for bit, if the checkpoint was taken
        ``between_rows``; from any other moment its weights and samples do, but its first row
        averages only the steps since the checkpoint. Raises ValueError for a checkpoint that
        does not fit, or settings that may not change live.
        """
        ours, asked = self.config.flat(), (config or self.config).flat()
        branch = Trainer(self.config)
        with refusing():
            branch._stepper.load_state_dict(checkpoint)
        branch._healthy = Healthy(branch._stepper.state_dict())
        branch._logbook.start_from(self.history.until(branch.iteration))
        branch._clock.set(float(branch.history["seconds"][-1:].sum()))  # 0 without a row
        branch.update({path: value for path, value in asked.items() if value != ours[path]})
        branch._end_if_done()
        return branch

    def state_dict(self) -> Tensors:
        """Everything needed to go on bit for bit, as flat CPU tensors."""
        self._complete()
        return {
            **self._stepper.state_dict(),
            **self._healthy.state_dict(),
            **self._logbook.state_dict(),
            "seconds": torch.tensor(self.seconds, dtype=torch.float64),
            "status": torch.tensor(list(Status).index(self.status)),
            "fingerprint": torch.tensor(fingerprint(self.config)),
        }

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """The inverse of ``state_dict``. Raises ValueError, and changes nothing, if it is of
        another configuration or incomplete. Settings that may change live may differ.
        """
        if int(tensors.get("fingerprint", -1)) != fingerprint(self.config):
            raise ValueError("The checkpoint is of a run with another configuration.")
        before = self.state_dict()
        with refusing(lambda: self._load(before)):
            self._load(tensors)

    def _load(self, tensors: Mapping[str, Tensor]) -> None:
        self._stepper.load_state_dict(tensors)
        self._healthy.load_state_dict(tensors)
        self._logbook.load_state_dict(tensors)
        self._clock.set(float(tensors["seconds"]))
        self.status = list(Status)[int(tensors["status"])]
        ended = self.status is not Status.RUNNING
        self.message = f"{self.status} before it was saved." if ended else ""
