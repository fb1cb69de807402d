"""Kernel estimates of densities on the probe's grid, in one and two dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

FARTHEST = 8.0  # widths, where a Gaussian is 1e-14 of its peak: smaller numbers only cost time
Axes = Sequence[np.ndarray]  # equally spaced cell centres, (x,) or (x, y)


def bandwidths(samples: np.ndarray, axes: Axes, mode_std: float = float("nan")) -> np.ndarray:
    """[dim], data units: half the normal reference rule (Silverman 1986, section 4.3.2).

    Half, because the rule is made for one bump and would melt narrow modes together; for the
    same reason never above 3/4 of ``mode_std`` where that is known. Never below a cell of the
    grid, which could not show it. samples: [n, dim]; what is not finite is left out.
    """
    steps = np.array([axis[1] - axis[0] for axis in axes])
    samples = samples[np.isfinite(samples).all(1)]
    n, dim = samples.shape
    if not n:
        return steps
    quartiles = np.percentile(samples, [25, 75], axis=0)
    middle = (quartiles[1] - quartiles[0]) / 1.34
    spread = np.minimum(samples.std(0), np.where(middle > 0, middle, np.inf))
    widths = 0.5 * (4 / ((dim + 2) * n)) ** (1 / (dim + 4)) * spread
    return np.maximum(np.fmin(widths, 0.75 * mode_std), steps)


def estimate(samples: np.ndarray, axes: Axes, widths: np.ndarray) -> np.ndarray:
    """Gaussian kernel estimate of the density of samples [n, dim]: [nx] or [ny, nx].

    Samples are counted per cell of the grid first; those outside it are in no cell, but still
    count in the normalisation. All 0 without finite samples.
    """
    return smooth(histogram(samples, axes), axes, widths)


def histogram(samples: np.ndarray, axes: Axes) -> np.ndarray:
    """Density [nx] or [ny, nx] of samples [n, dim], constant in each cell of the grid."""
    samples = samples[np.isfinite(samples).all(1)]
    index, size, area = np.zeros(len(samples), int), 1, 1.0
    inside = np.ones(len(samples), bool)
    for axis, values in zip(axes, samples.T, strict=True):
        step = axis[1] - axis[0]
        cell = np.floor((values - axis[0]) / step + 0.5)
        inside &= (cell >= 0) & (cell < len(axis))
        index += size * np.clip(cell, 0, len(axis) - 1).astype(int)
        size, area = size * len(axis), area * step
    counts = np.bincount(index[inside], minlength=size)
    return counts.reshape([len(axis) for axis in axes[::-1]]) / (max(len(samples), 1) * area)


def smooth(density: np.ndarray, axes: Axes, widths: np.ndarray) -> np.ndarray:
    """A density [nx] or [ny, nx] blurred by a Gaussian of these widths [dim], data units."""
    for place, (axis, width) in enumerate(zip(axes[::-1], widths[::-1], strict=True)):
        kernel = _kernel(len(axis), float(width / (axis[1] - axis[0])))
        density = np.moveaxis(np.tensordot(kernel, density, (1, place)), 0, place)
    return density


@lru_cache(maxsize=16)
def _kernel(n: int, width: float) -> np.ndarray:
    """[n, n]: what a Gaussian of ``width`` >= 1 cells moves from one cell to another."""
    offsets = np.subtract.outer(np.arange(n), np.arange(n)) / width
    values = np.exp(-0.5 * offsets**2) / (np.sqrt(2 * np.pi) * width)
    return np.where(abs(offsets) < FARTHEST, values, 0.0)
