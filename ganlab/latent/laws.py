"""The law of z: draws, seeds, the shell where its mass lies, grids of equal mass.

A latent is [dim continuous coordinates, signs of +-1 coordinates]; see ``LatentConfig``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from scipy.special import gammaincinv, ndtri
from torch import Tensor

from ganlab.config import LatentConfig

Sampler = Callable[[int, int, torch.Generator], Tensor]

NOISES: dict[str, Sampler] = {
    "normal": lambda n, dim, rng: torch.randn(n, dim, generator=rng),
    "uniform": lambda n, dim, rng: torch.rand(n, dim, generator=rng).mul_(2).sub_(1),
}

QUANTILES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "normal": ndtri,
    "uniform": lambda share: 2 * share - 1,
}

SHELL_SHARES = (0.025, 0.5, 0.975)
LARGEST_SEED = 2**32 - 1  # torch keeps 32 bits of a seed


def sample_latents(config: LatentConfig, n: int, generator: torch.Generator) -> Tensor:
    """n draws of z on the CPU: [n, dim + signs]."""
    parts = []
    if config.dim:
        parts.append(NOISES[config.kind](n, config.dim, generator))
    if config.signs:
        bits = torch.randint(0, 2, (n, config.signs), generator=generator)
        parts.append(bits.mul_(2).sub_(1).float())
    return parts[0] if len(parts) == 1 else torch.cat(parts, 1)


def seeded_latents(config: LatentConfig, seeds: Sequence[int]) -> Tensor:
    """One z per seed, [n, latent]: the same seed gives the same z, whatever its neighbours.

    Raises ValueError for seeds outside 0 to 2^32 - 1.
    """
    if any(not 0 <= seed <= LARGEST_SEED for seed in seeds):
        raise ValueError(f"seeds {list(seeds)}: give whole numbers from 0 to {LARGEST_SEED}.")
    draws = [sample_latents(config, 1, torch.Generator().manual_seed(seed)) for seed in seeds]
    return torch.cat([torch.empty(0, config.size), *draws])


def truncated(config: LatentConfig, latents: Tensor, psi: float) -> Tensor:
    """The truncation trick: continuous coordinates shrunk by psi towards the prior's mean, 0.

    latents: [..., latent]; psi 1 changes nothing, 0 leaves the mean and the signs. Karras et al.
    2019, appendix B, there in the space of mapped latents, which these generators do not have.
    """
    continuous, signs = latents.split([config.dim, config.signs], dim=-1)
    return torch.cat([psi * continuous, signs], -1)


def norms(config: LatentConfig, latents: Tensor) -> Tensor:
    """|z| over the continuous coordinates: [..., latent] -> [...]."""
    return latents[..., : config.dim].norm(dim=-1)


@dataclass(frozen=True)
class Shell:
    """Where the prior's mass lies: 95 % of all z have a norm between ``low`` and ``high``."""

    low: float
    middle: float
    high: float


def shell(config: LatentConfig) -> Shell:
    """The 2.5, 50 and 97.5 % quantiles of |z| over the continuous coordinates.

    In high dimensions the shell is thin: |z| of a normal z is about sqrt(dim) +- 1.4, while
    halfway along a straight line between two draws it is about sqrt(dim / 2), where the
    generator was never trained.
    """
    return Shell(*RADII[config.kind](config.dim)) if config.dim else Shell(0.0, 0.0, 0.0)


def _normal_radii(dim: int) -> tuple[float, ...]:
    """Quantiles of the chi law: |z|^2 / 2 follows a gamma law of shape dim / 2."""
    return tuple(np.sqrt(2 * gammaincinv(dim / 2, SHELL_SHARES)).tolist())


@lru_cache(maxsize=16)
def _uniform_radii(dim: int) -> tuple[float, ...]:
    """Quantiles of |z| in the cube: |z|^2 sums independent squares, so its law is a convolution.

    The law of one square goes on a grid of 2^17 steps over [0, dim]; the dim-th power of its
    Fourier transform is that of the sum.
    """
    step = dim / 2**17
    edges = np.arange(0, 1 + step, step)
    inside = np.minimum(edges, 1)
    # P(u^2 <= s) = sqrt(s). Each cell's mass is shared between its ends so that means are exact.
    masses, means = np.diff(inside**0.5), np.diff(inside**1.5) / 3
    upper = (means - edges[:-1] * masses) / step
    law = np.zeros(2**18)
    law[: len(masses)] += masses - upper
    law[1 : len(masses) + 1] += upper
    total = np.fft.irfft(np.fft.rfft(law) ** dim, len(law))
    cumulative = np.cumsum(np.maximum(total, 0))
    borders = (np.arange(len(law)) + 0.5) * step  # halfway between nodes
    return tuple(np.sqrt(np.interp(SHELL_SHARES, cumulative, borders)).tolist())


RADII: dict[str, Callable[[int], tuple[float, ...]]] = {
    "normal": _normal_radii,
    "uniform": _uniform_radii,
}


def latent_axis(kind: str, n: int, tail: float = 0.005) -> np.ndarray:
    """n coordinates holding equal shares of the law's mass, all but ``tail`` on each side."""
    return QUANTILES[kind](np.linspace(tail, 1 - tail, n))


def latent_plane(config: LatentConfig, n: int, origin: Tensor) -> np.ndarray | None:
    """A grid over the first one or two continuous coordinates; the others stay at ``origin``.

    Returns [n, latent] for one continuous coordinate, [n, n, latent] for more, None for none.
    origin: [latent], one draw of z.
    """
    if not config.dim:
        return None
    axis = latent_axis(config.kind, n)
    axes = np.meshgrid(*[axis] * min(config.dim, 2))
    plane = np.tile(origin.numpy(), (*axes[0].shape, 1))
    # Away from the continuous origin a plane would show an arbitrary slice.
    plane[..., : config.dim] = 0
    for coordinate, values in enumerate(axes):
        plane[..., coordinate] = values
    return plane.astype(np.float32)
