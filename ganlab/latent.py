"""The latent space: laws of z, and grids over it.

A latent is [dim continuous coordinates, signs of +-1 coordinates]; see ``LatentConfig``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from scipy.special import ndtri
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


def sample_latents(config: LatentConfig, n: int, generator: torch.Generator) -> Tensor:
    """n draws of z on the CPU: [n, dim + signs]."""
    parts = []
    if config.dim:
        parts.append(NOISES[config.kind](n, config.dim, generator))
    if config.signs:
        bits = torch.randint(0, 2, (n, config.signs), generator=generator)
        parts.append(bits.mul_(2).sub_(1).float())
    return parts[0] if len(parts) == 1 else torch.cat(parts, 1)


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
