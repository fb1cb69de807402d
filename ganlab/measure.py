"""Divergences and scores of a generator, each with its noise floor.

Measured on latents drawn once per run, against real samples drawn once per data set, so that
what moves between two measurements is the generator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ganlab.classifier import Classifier, load_classifier, load_reference, make_reference
from ganlab.config import DataConfig
from ganlab.data import Modes, make_distribution
from ganlab.diagnostics import ModeStatistics, mode_statistics
from ganlab.divergences import Divergences
from ganlab.image_metrics import ImageScores, Reference
from ganlab.latent import sample_latents
from ganlab.seeding import stream
from ganlab.snapshot import Estimate
from ganlab.state import TrainState

HOW = "within 3 standard deviations of a mode centre"
CHUNK = 500  # images generated at once
FLOOR_BATCHES = 4  # fresh real batches behind each noise floor


@dataclass(frozen=True)
class Measurement:
    """estimates by history column; mode_counts [modes] where the data has modes."""

    estimates: Mapping[str, Estimate]
    mode_counts: np.ndarray | None = None

    def values(self) -> dict[str, float]:
        return {name: estimate.value for name, estimate in self.estimates.items()}


class Measurer(Protocol):
    """modes: how many it counts samples of; note: why it measures nothing, "" if it does."""

    modes: int
    note: str

    def measure(self, fake: np.ndarray) -> Measurement:
        """fake: [n, *shape] in data scale, finite."""


def make_measurer(state: TrainState) -> Measurer:
    """The measurer of a run's data."""
    if len(state.data.shape) == 1:
        return PointMeasurer(state)
    try:
        classifier = load_classifier(state.data.name)
    except ValueError as missing:
        return NoMeasurer(str(missing))
    return ImageMeasurer(state, classifier)


def measure_latents(state: TrainState) -> Tensor:
    """The latents every measurement of a run uses."""
    rng = stream(state.config.seed, "measure")
    return sample_latents(state.config.latent, state.config.probe.measure_samples, rng)


def generate(state: TrainState, latents: Tensor) -> np.ndarray:
    """Samples of the shown generator for these latents, in data scale: [n, *shape]."""
    with state.looking() as (generator, _):
        parts = [
            state.data_scale(generator(z.to(state.device)).float()).cpu()
            for z in latents.split(CHUNK if len(state.data.shape) > 1 else len(latents))
        ]
    return torch.cat(parts).numpy()


def mode_count(state: TrainState) -> int | None:
    """How many modes, or classes of images, there are to cover."""
    if len(state.data.shape) > 1:
        return len(state.config.data.classes) or 10
    return len(state.data.modes.centres) if state.data.modes else None


class PointMeasurer:
    """KL both ways, JS, Wasserstein, energy and MMD; mode statistics where there are modes."""

    note = ""

    def __init__(self, state: TrainState) -> None:
        data, n = state.data, state.config.probe.measure_samples
        prepare = _prepared if data.size is None else _prepared.__wrapped__  # files may change
        self._divergences, self._floor = prepare(state.config.data, n)
        self._modes = data.modes
        self.modes = len(data.modes.centres) if data.modes else 0

    def measure(self, fake: np.ndarray) -> Measurement:
        fake = fake.astype(np.float64)
        estimates = self._divergences.measure(fake)
        if self._modes is None:
            return Measurement(estimates)
        found = _statistics(fake, self._modes)
        hints = {name: Estimate(v, self._floor[name], HOW) for name, v in _scores(found).items()}
        return Measurement(estimates | hints, found.nearest)


@lru_cache(maxsize=16)
def _prepared(data: DataConfig, n: int) -> tuple[Divergences, dict[str, float]]:
    """The real side of every run on these data: estimators, and what true samples score.

    Half a second of work, so runs share it; its samples come from a stream of their own.
    """
    source = make_distribution(data.name, std=data.std, path=data.path, drawn=data.drawn)
    rng = stream(0, "reference")
    real, pool = (source.sample(m, rng).double().numpy() for m in (n, FLOOR_BATCHES * n))
    centres = source.modes.centres if source.modes else None
    floor = _scores(_statistics(real, source.modes)) if source.modes else {}
    return Divergences(real, pool, bounds=source.bounds, modes=centres), floor


def _statistics(samples: np.ndarray, modes: Modes) -> ModeStatistics:
    return mode_statistics(samples, modes.centres, modes.std, modes.weights)


def _scores(found: ModeStatistics) -> dict[str, float]:
    return {
        "modes": float(found.covered),
        "high_quality": found.high_quality,
        "mode_kl": found.reverse_kl,
        "spread": found.spread,
    }


@lru_cache(maxsize=8)
def _image_reference(name: str, classes: tuple[int, ...]) -> Reference:
    """The bundled one, or that of the chosen classes alone."""
    if not classes:
        return load_reference(name)
    train, test = (make_distribution(name, classes=classes, split=s) for s in ("train", "test"))
    found = make_reference(load_classifier(name), train, test)
    # Half an image in each class left out: one stray fake there is no infinite divergence.
    counts = found.histogram * len(train.images) + 0.5
    return replace(found, histogram=counts / counts.sum())


class ImageMeasurer:
    """Scores in the features of a classifier of these images."""

    modes, note = 10, ""

    def __init__(self, state: TrainState, classifier: Classifier) -> None:
        self._classifier = classifier
        self._scores = ImageScores(_image_reference(state.data.name, state.config.data.classes))

    def measure(self, fake: np.ndarray) -> Measurement:
        features, probabilities = self._classifier.features_and_probabilities(fake)
        return Measurement(*self._scores.measure(features, probabilities))


class NoMeasurer:
    """For images without a classifier: nothing is measured, and the note says why."""

    modes = 0

    def __init__(self, why: str) -> None:
        self.note = f"These images are not scored: {why}"

    def measure(self, fake: np.ndarray) -> Measurement:
        return Measurement({})
