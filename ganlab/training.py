"""Train a GAN: iterate over ``train(config)``, or hold a ``Trainer`` and step it yourself.

    for snapshot in train(config):
        print(snapshot.step, snapshot.history.last("js"))

Same configuration and seed, same history, bit for bit, however often one looks.
"""

from __future__ import annotations

import contextlib
import json
import math
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ganlab.config import SETTINGS, ConfigError, RunConfig
from ganlab.game import d_step, g_step, iterate
from ganlab.losses import LOSSES
from ganlab.measure import Measurement, generate, make_measurer, measure_latents
from ganlab.probe import Probe, fresh_samples
from ganlab.recorder import Recorder, Window, gradient_norm
from ganlab.seeding import stream
from ganlab.snapshot import HISTORY_COLUMNS, History, Snapshot, Status, Verdict
from ganlab.state import build_state

HEALTHY_EVERY = 100  # iterations between copies of a healthy state
EXPLODED = 1e6  # a mean loss beyond this is an explosion


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
        self.seconds, self._why = 0.0, ""
        self._state = build_state(config)
        self._measurer = make_measurer(self._state)
        self._latents = measure_latents(self._state)
        self._probe = Probe(self._state)
        self._window = Window()
        self._recorder = Recorder(modes=self._measurer.modes)
        self._measured = Measurement({})
        self._healthy = self._state.state_dict()
        self._candidate: dict[str, Tensor] = {}

    @property
    def iteration(self) -> int:
        """Iterations done."""
        return self._state.iteration

    # -- stepping ------------------------------------------------------------------------------

    def advance(self, n: int = 1) -> None:
        """Up to n iterations; fewer when the run ends on the way."""
        with self._training():
            for _ in range(n):
                if self.status is not Status.RUNNING:
                    return
                self._iterate()

    def d_step(self) -> None:
        """One update of D alone; G and the iteration count stay."""
        with self._training():
            self._state.retune()
            d_step(self._state)

    def g_step(self) -> None:
        """One update of G alone; D and the iteration count stay."""
        with self._training():
            self._state.retune()
            g_step(self._state)

    def _iterate(self) -> None:
        self._window.add(*iterate(self._state))
        probe, ended = self.config.probe, self.iteration >= self.config.training.steps
        measured = ended or self.iteration % probe.measure_every == 0
        if measured or self.iteration % probe.record_every == 0:
            self._record(measured)
        if self.status is not Status.RUNNING:
            return
        if self.iteration % HEALTHY_EVERY == 0 and not self._candidate:
            self._candidate = self._state.state_dict()
        if ended:
            self.status, self.message = Status.FINISHED, f"Finished after {self.iteration:,} steps."

    def _record(self, measured: bool) -> None:
        state = self._state
        row = self._window.row(LOSSES[self.config.loss.name]) | {
            "step": self.iteration,
            "d_grad_norm": gradient_norm(state.discriminator),
            "g_grad_norm": gradient_norm(state.generator),
        }
        bad = next((name for name, value in row.items() if not _sane(name, value)), None)
        if bad:
            return self._diverge(f"{HISTORY_COLUMNS[bad].label} became {row[bad]:.3g}")
        counts = None
        if measured:
            fake = generate(state, self._latents)
            if not np.isfinite(fake).all():
                return self._diverge("the generator's samples are no longer finite")
            self._measured = self._measurer.measure(fake)
            row |= self._measured.values()
            counts = self._measured.mode_counts
        if self._candidate:
            # Steps after the copy went well, so the copy did not hold the seed of an explosion.
            self._healthy, self._candidate = self._candidate, {}
        row["seconds"] = self.seconds + time.perf_counter() - self._started
        self._recorder.append(row, counts)
        return None

    def _diverge(self, why: str) -> None:
        """End the run, and put the last healthy state back."""
        at, self._why = self.iteration, why
        self._state.load_state_dict(self._healthy)
        self._candidate = {}
        self.status = Status.DIVERGED
        self.message = (
            f"Diverged at step {at:,}: {why}. You see the last healthy state, step "
            f"{self.iteration:,}; lower a learning rate or add a penalty, then retry."
        )

    @contextlib.contextmanager
    def _computing(self) -> Iterator[None]:
        """The processor's settings of this run, for the length of a call."""
        threads = torch.get_num_threads()
        torch.set_num_threads(self.config.compute.threads)
        torch.set_flush_denormal(self.config.compute.flush_denormal)
        try:
            yield
        finally:
            torch.set_flush_denormal(False)
            torch.set_num_threads(threads)

    @contextlib.contextmanager
    def _training(self) -> Iterator[None]:
        """Computing, on the clock."""
        with self._computing():
            self._started = time.perf_counter()
            try:
                yield
            finally:
                self.seconds += time.perf_counter() - self._started

    # -- changing ------------------------------------------------------------------------------

    def update(self, values: Mapping[str, Any]) -> None:
        """Change live settings, by dotted path, between two steps.

        Raises ConfigError for a wrong value, or a setting that needs a fresh run; nothing
        changes then.
        """
        for path, value in values.items():
            if path in SETTINGS and not SETTINGS[path].live:
                raise ConfigError(path, value, "it takes effect only when the run is restarted")
        self.config = self._state.config = self.config.with_values(values)
        if self.status is Status.FINISHED and self.iteration < self.config.training.steps:
            self.status, self.message = Status.RUNNING, ""

    def retry(self) -> None:
        """Go on from the last healthy state of a diverged run, without the rows after it."""
        if self.status is Status.DIVERGED:
            self._recorder.keep_until(self.iteration)
            self._window = Window()
            self.status, self.message = Status.RUNNING, ""

    # -- looking -------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The run as it stands. Looking changes nothing, but it may find that a run diverged."""
        with self._computing():
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
        return self._recorder.history()

    def _look(self) -> Snapshot:
        return self._probe.look(self._state, self.history, self._measured.estimates)

    def samples(self, n: int, seed: int = 0) -> np.ndarray:
        """n fresh fakes in data scale, [n, *shape], from the EMA generator where there is one."""
        with self._computing():
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

    # -- saving --------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Tensor]:
        """Everything needed to go on bit for bit, as flat CPU tensors."""
        tensors = self._state.state_dict()
        tensors |= {f"healthy/{name}": tensor for name, tensor in self._healthy.items()}
        tensors |= {f"candidate/{name}": tensor for name, tensor in self._candidate.items()}
        tensors |= {f"window/{name}": x.cpu() for name, x in self._window.joined().items()}
        tensors |= {
            f"history/{name}": torch.from_numpy(values.astype(np.float64))
            for name, values in self._recorder.arrays().items()
        }
        return tensors | {
            "seconds": torch.tensor(self.seconds, dtype=torch.float64),
            "status": torch.tensor(list(Status).index(self.status)),
            "fingerprint": torch.tensor(_fingerprint(self.config)),
        }

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """The inverse of ``state_dict``. Raises ValueError, and changes nothing, if it is of
        another configuration or incomplete. Settings that may change live may differ.
        """
        if int(tensors.get("fingerprint", -1)) != _fingerprint(self.config):
            raise ValueError("The checkpoint is of a run with another configuration.")
        before = self.state_dict()
        try:
            self._load(tensors)
        except (KeyError, ValueError, RuntimeError) as error:
            self._load(before)
            raise ValueError(f"The checkpoint is incomplete: {error} does not fit.") from None

    def _load(self, tensors: Mapping[str, Tensor]) -> None:
        self._state.load_state_dict(tensors)
        self._healthy = _inside(tensors, "healthy/")
        self._candidate = _inside(tensors, "candidate/")
        self._window.load(_inside(tensors, "window/"))
        self._recorder.load({k: v.numpy() for k, v in _inside(tensors, "history/").items()})
        self.seconds = float(tensors["seconds"])
        self.status = list(Status)[int(tensors["status"])]
        self.message = (
            "" if self.status is Status.RUNNING else f"{self.status} before it was saved."
        )
        self._measured = self._recalled()

    def _recalled(self) -> Measurement:
        """The last measurement, from the history; only the floors are taken anew."""
        estimates = self._measurer.measure(generate(self._state, self._latents)).estimates
        known = np.any([~np.isnan(self.history[name]) for name in estimates], axis=0)
        if not known.any():
            return Measurement({})
        row = np.flatnonzero(known)[-1]
        values = {name: float(self.history[name][row]) for name in estimates}
        return Measurement({name: replace(e, value=values[name]) for name, e in estimates.items()})


def _inside(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}


def _fingerprint(config: RunConfig) -> int:
    """A number that only configurations of the same networks and data share."""
    fixed = {
        path: value
        for path, value in config.flat().items()
        if not SETTINGS[path].live and not path.startswith(("compute.", "probe."))
    }
    return zlib.crc32(json.dumps(fixed, default=str).encode())


def _sane(name: str, value: float) -> bool:
    return math.isfinite(value) and (name == "step" or abs(value) < EXPLODED)
