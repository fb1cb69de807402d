"""The one door through which samples enter the estimators."""

from __future__ import annotations

import numpy as np

LARGEST = 1e100  # squares and sums beyond it overflow; float32 ends at 3e38


def as_points(samples: np.ndarray, at_least: int = 2) -> np.ndarray:
    """Samples as float64 [n, dim]; [n] becomes [n, 1].

    Raises ValueError for another number of axes, fewer than ``at_least`` samples, or values that
    are not finite or so large that their squares overflow.
    """
    points = np.asarray(samples, float)
    points = points[:, None] if points.ndim == 1 else points
    if points.ndim != 2 or len(points) < at_least or points.shape[1] == 0:
        raise ValueError(
            f"samples of shape {np.shape(samples)} cannot be measured: give [n, dim] with at "
            f"least {at_least} samples."
        )
    usable = (np.abs(points) < LARGEST).all(axis=1)  # False for NaN too
    if not usable.all():
        raise ValueError(
            f"{(~usable).sum()} of {len(points)} samples are NaN, infinite or beyond "
            f"{LARGEST:g}: check that all are finite before measuring."
        )
    return points


def is_point_mass(points: np.ndarray) -> bool:
    """Whether all rows of [n, dim] are the same point."""
    return bool((points == points[0]).all())


def as_pair(a: np.ndarray, b: np.ndarray, at_least: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Two samples of the same dimension, each through ``as_points``."""
    a, b = as_points(a, at_least), as_points(b, at_least)
    if a.shape[1] != b.shape[1]:
        raise ValueError(
            f"samples of dimension {a.shape[1]} and {b.shape[1]} cannot be compared: give both "
            "the same dimension."
        )
    return a, b
