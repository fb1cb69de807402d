"""What the rest of the library may ask of a data distribution.

A distribution draws real samples and, where mathematics allows, knows its own density. Points
are vectors of 1 or 2 numbers; images are ``[1, height, width]`` with pixels in [-1, 1]. Samples
come in the data's own scale; ``mean`` and ``std`` let the trainer standardise them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch


@dataclass(frozen=True, eq=False)
class Modes:
    """The modes of a mixture of equally wide round Gaussians.

    Attributes:
        centres: [k, dim] mode centres, data scale.
        std: standard deviation of every mode, along every axis.
        weights: [k] share of the probability in each mode; sums to 1.
    """

    centres: np.ndarray
    std: float
    weights: np.ndarray


@runtime_checkable
class Distribution(Protocol):
    """A source of real samples.

    Attributes:
        name: its key in ``DISTRIBUTIONS``.
        shape: shape of one sample: (1,), (2,) or (1, height, width).
        bounds: [dim, 2] box to plot; holds at least 99 % of the probability. Images: [[-1, 1]].
        mean: [dim] mean of the distribution; images: [0].
        std: [dim] standard deviation along each axis; images: [1].
        modes: the modes, or None when the distribution is not a mixture of equal round Gaussians.
        size: number of stored items of finite data (points, images); None when analytic.
        log_prob: exact log-density in nats, ``[n, dim] float64 -> [n]``, with -inf outside the
            support. It is None when no exact density is known: write
            ``if distribution.log_prob is not None``.
    """

    name: str
    shape: tuple[int, ...]
    bounds: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    modes: Modes | None
    size: int | None
    log_prob: Callable[[np.ndarray], np.ndarray] | None

    def sample(self, n: int, generator: torch.Generator) -> torch.Tensor:
        """Draw ``n`` independent samples, [n, *shape] float32 on the CPU, from ``generator``."""
        ...


def square_box(points: np.ndarray, pad: float) -> np.ndarray:
    """The smallest box of equal sides around ``points`` [n, dim], widened by ``pad``: [dim, 2]."""
    low, high = points.min(axis=0), points.max(axis=0)
    half = (high - low).max() / 2 + pad
    return (low + high)[:, None] / 2 + half * np.array([-1.0, 1.0])  # [dim, 2]
