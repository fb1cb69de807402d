"""What keeps a discriminator smooth: gradient penalties and weight clipping.

A penalty reads the input gradient of D, [batch, *], and returns one value per sample,
[batch]; it reduces over ``flatten(1)``, so points and images take the same path.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganlab.config import PenaltyConfig


def squared_norm(gradient: Tensor) -> Tensor:
    """|gradient|² per sample: [batch, *] -> [batch]."""
    return gradient.flatten(1).square().sum(1)


def zero_centred(gradient: Tensor, weight: float) -> Tensor:
    """(weight / 2) |grad D|²: R1 on real samples, R2 on fake ones (Mescheder et al. 2018)."""
    return (weight / 2) * squared_norm(gradient)


def one_centred(gradient: Tensor, weight: float, sides: str = "two") -> Tensor:
    """weight (|grad D| - 1)², WGAN-GP (Gulrajani et al. 2017, eq. 3).

    One-sided, only slopes above 1 are punished (Petzka et al. 2018).
    """
    # The square root has no slope at 0; the constant keeps the second derivative finite.
    excess = (squared_norm(gradient) + 1e-12).sqrt() - 1
    return weight * SIDES[sides](excess).square()


SIDES = {"two": lambda excess: excess, "one": torch.relu}


def interpolate(real: Tensor, fake: Tensor, generator: torch.Generator) -> Tensor:
    """A uniform point on each segment from real to fake: [batch, *]."""
    shape = (len(real),) + (1,) * (real.dim() - 1)
    share = torch.rand(shape, generator=generator).to(real.device)
    return torch.lerp(real, fake, share)


def annealed(weight: float, config: PenaltyConfig, progress: float) -> float:
    """The weight now: falls linearly to ``final`` of itself at progress 1."""
    return weight * (1 + (config.final - 1) * min(progress, 1.0))


def noise_std(config: PenaltyConfig, progress: float) -> float:
    """Instance noise now (Sonderby et al. 2017): falls linearly to 0 at ``noise_until``."""
    return config.instance_noise * max(0.0, 1 - progress / config.noise_until)


@torch.no_grad()
def clip_weights(network: nn.Module, limit: float) -> None:
    """Clamp every weight to [-limit, limit] (Arjovsky et al. 2017, algorithm 1)."""
    for parameter in network.parameters():
        parameter.clamp_(-limit, limit)
