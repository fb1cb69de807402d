"""Mixtures of Gaussians: one class behind eight data sets.

ring8 and grid25 follow the mode-collapse protocol of VEEGAN (Srivastava et al. 2017) and PacGAN
(Lin et al. 2018, section 4.1); the ``gan_lab`` ones are those of the web GAN Lab (Kahng et al.
2019).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch

from ganlab.data.distribution import Modes, square_box

# Evaluate so many (point, component) pairs at once: 1 MB per temporary array, which stays in cache.
PAIRS_AT_ONCE = 1 << 17


class GaussianMixture:
    """sum_k w_k N(centre_k, diag(std_k^2)).

    Args:
        name: its name in the registry.
        centres: [k, dim].
        stds: one number for all, or [k, dim] one per component and axis.
        weights: [k], rescaled to sum to 1; equal when omitted.
        bounds: [dim, 2] plotting box; by default four standard deviations around the centres.

    Raises:
        ValueError: when a standard deviation is not a positive finite number.
    """

    size = None

    def __init__(
        self,
        name: str,
        centres: Sequence[Sequence[float]] | np.ndarray,
        stds: float | Sequence[Sequence[float]],
        weights: Sequence[float] | None = None,
        bounds: Sequence[Sequence[float]] | None = None,
    ) -> None:
        self.name = name
        self.centres = np.asarray(centres, dtype=np.float64)  # [k, dim]
        self.stds = np.broadcast_to(np.asarray(stds, dtype=np.float64), self.centres.shape)
        if not (np.isfinite(self.stds) & (self.stds > 0)).all():
            raise ValueError(
                f"std = {stds} cannot be the width of the modes of {name!r}: give a positive number"
            )
        count, dim = self.centres.shape
        share = np.ones(count) if weights is None else np.asarray(weights, dtype=np.float64)
        self.weights = share / share.sum()  # [k]
        self.shape = (dim,)
        self.mean = self.weights @ self.centres
        self.std = np.sqrt(self.weights @ (self.stds**2 + (self.centres - self.mean) ** 2))
        extent = float(np.ptp(self.centres, axis=0).max())
        pad = max(4 * self.stds.max(), 0.15 * extent)
        self.bounds = square_box(self.centres, pad) if bounds is None else np.array(bounds, float)
        equal = (self.stds == self.stds[0, 0]).all()
        self.modes = Modes(self.centres, float(self.stds[0, 0]), self.weights) if equal else None
        self._edges = torch.from_numpy(self.weights.cumsum()[:-1]).float()
        self._centres = torch.from_numpy(self.centres).float()
        self._stds = torch.from_numpy(self.stds.copy()).float()

    def sample(self, n: int, generator: torch.Generator) -> torch.Tensor:
        """Draw [n, dim]: a component by its weight, then a point of it."""
        index = torch.bucketize(torch.rand(n, generator=generator), self._edges, right=True)
        noise = torch.randn(n, *self.shape, generator=generator)
        return torch.addcmul(self._centres[index], self._stds[index], noise)  # [n, dim]

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        """Exact log-density of ``x`` [n, dim], in nats: [n]."""
        return mixture_log_prob(x, self.centres, self.stds, self.weights)


def mixture_log_prob(
    x: np.ndarray, centres: np.ndarray, stds: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Log-density of a mixture of axis-aligned Gaussians, in chunks of bounded memory.

    Args:
        x: [n, dim] points.
        centres, stds: [k, dim].
        weights: [k], summing to 1.

    Returns:
        [n] nats.
    """
    dim = centres.shape[1]
    log_scale = np.log(weights) - np.log(stds).sum(axis=1) - dim / 2 * math.log(2 * math.pi)  # [k]
    out = np.empty(len(x))
    rows = max(1, PAIRS_AT_ONCE // len(centres))
    for start in range(0, len(x), rows):
        chunk = x[start : start + rows, None, :]  # [rows, 1, dim]
        squared = sum(
            ((chunk[..., axis] - centres[:, axis]) / stds[:, axis]) ** 2 for axis in range(dim)
        )  # [rows, k]
        log_terms = log_scale - squared / 2
        top = log_terms.max(axis=1, keepdims=True)  # log-sum-exp; SciPy's is three times slower
        out[start : start + rows] = np.log(np.exp(log_terms - top).sum(axis=1)) + top[:, 0]
    return out


def gaussian1d() -> GaussianMixture:
    """The standard normal N(0, 1): every formula of the lectures applies as it stands."""
    return GaussianMixture("gaussian1d", [[0.0]], 1.0)


def mixture1d(std: float = 0.4) -> GaussianMixture:
    """Three equal modes at -3, 0 and 3."""
    return GaussianMixture("mixture1d", [[-3.0], [0.0], [3.0]], std)


def unbalanced1d(std: float = 0.5) -> GaussianMixture:
    """A common mode at -2 (90 %) and a rare one at 2 (10 %), which generators like to forget."""
    return GaussianMixture("unbalanced1d", [[-2.0], [2.0]], std, weights=(0.9, 0.1))


def spikes1d(std: float = 0.02) -> GaussianMixture:
    """Two narrow spikes at -1 and 1, nearly disjoint from any smooth generator."""
    return GaussianMixture("spikes1d", [[-1.0], [1.0]], std)


def ring8(std: float = 0.02) -> GaussianMixture:
    """Eight modes on the unit circle, 45 degrees apart."""
    angle = 2 * np.pi * np.arange(8) / 8  # linspace(0, 2 pi, 8) would count angle 0 twice
    return GaussianMixture("ring8", np.stack([np.cos(angle), np.sin(angle)], axis=1), std)


def grid25(std: float = 0.05) -> GaussianMixture:
    """Twenty-five modes on the grid {-4, -2, 0, 2, 4}^2."""
    side = np.arange(-4.0, 5.0, 2.0)
    return GaussianMixture("grid25", np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2), std)


def gan_lab_gaussians() -> GaussianMixture:
    """A round and a tall Gaussian; the box reaches past the unit square to hold the tall one."""
    return GaussianMixture(
        "gan_lab_gaussians",
        [[0.3, 0.7], [0.7, 0.4]],
        [[0.1, 0.1], [0.05, 0.2]],
        bounds=[[-0.2, 1.2], [-0.2, 1.2]],
    )


def gan_lab_blobs(std: float = 0.025) -> GaussianMixture:
    """Three small blobs in the unit square."""
    centres = [[0.35, 0.75], [0.75, 0.6], [0.45, 0.35]]
    return GaussianMixture("gan_lab_blobs", centres, std, bounds=[[0, 1], [0, 1]])
