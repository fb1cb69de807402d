"""All divergences of a run: the real side prepared once, each measurement within milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ganlab.divergences.kernel import (
    mean_kernel_between,
    mean_kernel_within,
    median_bandwidth,
)
from ganlab.divergences.partitions import (
    GridPartition,
    ModePartition,
    Partition,
    js_counts,
    kl_counts,
)
from ganlab.divergences.samples import as_pair, is_point_mass
from ganlab.divergences.transport import Projections
from ganlab.snapshot import Estimate

BINS = {1: 100, 2: 30}  # per axis
MMD_SAMPLES = 500  # a side: the only measure quadratic in the number of samples
REPETITIONS = 16


class Floor(NamedTuple):
    """What p_data's own sampler scores: the mean and the largest of 16 repetitions."""

    mean: float
    high: float


def make_partition(real: np.ndarray, bounds: np.ndarray, centres: np.ndarray | None) -> Partition:
    """By modes where their centres [k, 2] are known in 2-D, else a histogram over the bounds."""
    dim = real.shape[1]
    if dim not in BINS:
        raise ValueError(f"samples of dimension {dim} cannot be measured: give dimension 1 or 2.")
    if dim == 2 and centres is not None:
        return ModePartition(real, centres)
    return GridPartition(bounds, BINS[dim])


@dataclass(frozen=True)
class _Side:
    """A sample, prepared for every estimator: counts [cells], sorted projections, a subsample."""

    points: np.ndarray
    counts: np.ndarray
    projections: Projections
    few: np.ndarray
    kernel_within: float


class Divergences:
    """Measures generated samples against p_data with estimators fixed once per run.

    kl = KL(p_data, p_g), reverse_kl = KL(p_g, p_data), js: from one partition, by modes in 2-D
    where they are known, else a histogram over the bounds. wasserstein: W1, sliced in 2-D.
    energy: the energy distance. mmd: unbiased MMD^2 of 500 samples a side. Partition, bandwidth
    and reference come from ``real_a`` alone, so that readings compare over a run.
    """

    def __init__(
        self,
        real_a: np.ndarray,
        real_b: np.ndarray,
        bounds: np.ndarray,
        modes: np.ndarray | None = None,
        seed: int = 0,
    ) -> None:
        """real_a: [n, dim] fresh samples of p_data, dim 1 or 2, the reference of every measure.

        real_b: [m, dim] more fresh samples for the noise floor; m at least the number of fakes
            that will be measured.
        bounds: [dim, 2] limits of the histogram.
        modes: [k, dim] known mode centres (used in 2-D), or None.
        Raises ValueError for samples of other shapes, too few, or not finite.
        """
        real, other = as_pair(real_a, real_b)
        self._pool, self._seed = np.concatenate([real, other]), seed
        self._partition = make_partition(real, bounds, modes)
        self._bandwidth = median_bandwidth(self._subsample(real))
        self._real = self._prepare(real)
        self._names = self._describe()
        self._floors: dict[int, dict[str, Floor]] = {}
        self.floors(min(len(real), len(other)))

    def measure(self, fake: np.ndarray) -> dict[str, Estimate]:
        """Every divergence of generated samples [n, dim] from p_data, with its mean noise floor.

        KL and JS in nats, KL perhaps ``inf``; readings below 0 are reported as 0. Samples that
        all coincide, where no real one does, share nothing with p_data: KL ``inf``, JS ln 2. The
        first call with a new n also measures the floor for that n. Raises ValueError for samples
        of another dimension, fewer than 2, more than ``real_b`` holds, or not finite.
        """
        fake = as_pair(fake, self._real.points)[0]
        floors, values = self.floors(len(fake)), self._compare(self._real, self._prepare(fake))
        return {
            name: Estimate(value, floors[name].mean, self._names[name])
            for name, value in values.items()
        }

    def floors(self, samples: int) -> dict[str, Floor]:
        """The noise floor of each measure for that many samples.

        The same estimators between two disjoint real samples of the sizes they meet in
        ``measure``, split at random from all real ones, 16 times.
        """
        if samples not in self._floors:
            self._floors[samples] = self._measure_floors(samples)
        return self._floors[samples]

    def _measure_floors(self, samples: int) -> dict[str, Floor]:
        n = len(self._real.points)
        if n + samples > len(self._pool):
            raise ValueError(
                f"{samples} generated samples, but only {len(self._pool) - n} real ones for the "
                "noise floor: measure fewer, or give a larger real_b."
            )
        rng = np.random.default_rng(self._seed)
        readings = []
        for _ in range(REPETITIONS):
            rows = rng.permutation(len(self._pool))[: n + samples]
            a, b = self._pool[rows[:n]], self._pool[rows[n:]]
            readings.append(self._compare(self._prepare(a), self._prepare(b)))
        columns = {name: [reading[name] for reading in readings] for name in readings[0]}
        return {name: Floor(float(np.mean(c)), max(c)) for name, c in columns.items()}

    def _prepare(self, points: np.ndarray) -> _Side:
        few = self._subsample(points)
        return _Side(
            points=points,
            counts=self._partition.counts(points),
            projections=Projections(points),
            few=few,
            kernel_within=mean_kernel_within(few, self._bandwidth),
        )

    def _compare(self, real: _Side, fake: _Side) -> dict[str, float]:
        between = mean_kernel_between(real.few, fake.few, self._bandwidth)
        values = {
            **self._information(real, fake),
            "wasserstein": real.projections.wasserstein(fake.projections),
            "energy": real.projections.energy(fake.projections),
            "mmd": real.kernel_within + fake.kernel_within - 2 * between,
        }
        return {name: max(value, 0.0) for name, value in values.items()}

    def _information(self, real: _Side, fake: _Side) -> dict[str, float]:
        if is_point_mass(fake.points) and not (real.points == fake.points[0]).all(axis=1).any():
            return {"kl": float("inf"), "reverse_kl": float("inf"), "js": float(np.log(2))}
        return {
            "kl": kl_counts(real.counts, fake.counts, self._partition.groups),
            "reverse_kl": kl_counts(fake.counts, real.counts),  # only p_data has known modes
            "js": min(js_counts(real.counts, fake.counts), float(np.log(2))),
        }

    def _subsample(self, points: np.ndarray) -> np.ndarray:
        """At most MMD_SAMPLES of the points, the same rows at every call."""
        if len(points) <= MMD_SAMPLES:
            return points
        rows = np.random.default_rng(self._seed).choice(len(points), MMD_SAMPLES, replace=False)
        return points[rows]

    def _describe(self) -> dict[str, str]:
        counts, rows = self._partition.name, len(self._real.projections.ordered)
        flat = rows == 1
        return {
            "kl": f"{counts}, Grassberger-corrected",
            "reverse_kl": f"{counts}, Grassberger-corrected",
            "js": f"{counts}, Miller-Madow-corrected",
            "wasserstein": "Wasserstein-1" if flat else f"sliced Wasserstein-1, {rows} directions",
            "energy": "energy distance" if flat else f"energy distance, {rows} directions",
            "mmd": f"unbiased MMD^2, Gaussian kernel of bandwidth {self._bandwidth:.3g}, "
            f"{len(self._real.few)} samples a side",
        }
