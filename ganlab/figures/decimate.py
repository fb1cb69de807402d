"""Fewer points, same picture."""

from __future__ import annotations

import numpy as np

LIMIT = 500  # points a line of a small chart is drawn with


def keep(values: np.ndarray, limit: int = LIMIT) -> np.ndarray:
    """Indices, ascending, of at most ``limit`` >= 4 values that keep a line's shape.

    The first and last value, and the smallest and largest of equal buckets in between, so that
    no spike is lost. All indices where there are at most ``limit`` values; none may be NaN.
    """
    n = len(values)
    if n <= limit:
        return np.arange(n)
    size = -(-n // ((limit - 2) // 2))
    padded = np.append(values, np.full(-n % size, values[-1])).reshape(-1, size)
    starts = np.arange(len(padded)) * size
    chosen = np.concatenate(([0, n - 1], starts + padded.argmin(1), starts + padded.argmax(1)))
    chosen = np.sort(np.minimum(chosen, n - 1))
    return chosen[np.diff(chosen, prepend=-1) > 0]  # each once
