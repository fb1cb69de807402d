"""The remaining analytic families: three laws on the line, the checkerboard, the pinwheel."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from scipy.special import logsumexp


@dataclass(frozen=True, eq=False)
class SymmetricLaw:
    """A law on the line, symmetric about 0.

    Attributes:
        name: its name in the registry.
        draw: (n, generator) -> [n, 1] float32.
        log_density: values [n] -> nats [n].
        scale: its standard deviation.
        reach: half the width of the plotting box.
    """

    name: str
    draw: Callable[[int, torch.Generator], torch.Tensor]
    log_density: Callable[[np.ndarray], np.ndarray]
    scale: float
    reach: float

    shape: ClassVar = (1,)
    size: ClassVar = None
    modes: ClassVar = None

    @property
    def mean(self) -> np.ndarray:
        """[1]."""
        return np.zeros(1)

    @property
    def std(self) -> np.ndarray:
        """[1]."""
        return np.array([self.scale])

    @property
    def bounds(self) -> np.ndarray:
        """[1, 2]."""
        return np.array([[-self.reach, self.reach]])

    def sample(self, n: int, generator: torch.Generator) -> torch.Tensor:
        """Draw [n, 1]."""
        return self.draw(n, generator)

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        """Exact log-density of ``x`` [n, 1], in nats: [n]."""
        return self.log_density(x[:, 0])


def _draw_uniform(n: int, generator: torch.Generator) -> torch.Tensor:
    return 2 * torch.rand(n, 1, generator=generator) - 1


def _draw_laplace(n: int, generator: torch.Generator) -> torch.Tensor:
    # A difference of exponentials; the inverse CDF would hit log(0) once in 2^24 draws.
    first, second = torch.empty(2, n, 1).exponential_(generator=generator)
    return first - second


def _draw_student3(n: int, generator: torch.Generator) -> torch.Tensor:
    normal = torch.randn(n, 4, generator=generator)
    return normal[:, :1] / (normal[:, 1:].norm(dim=1, keepdim=True) / math.sqrt(3))


def uniform1d() -> SymmetricLaw:
    """Uniform on [-1, 1]: hard edges."""
    return SymmetricLaw(
        "uniform1d",
        _draw_uniform,
        lambda x: np.where(np.abs(x) <= 1, -math.log(2), -np.inf),
        scale=1 / math.sqrt(3),
        reach=1.5,
    )


def laplace1d() -> SymmetricLaw:
    """Laplace with density exp(-|x|) / 2: a sharp peak."""
    return SymmetricLaw(
        "laplace1d",
        _draw_laplace,
        lambda x: -np.abs(x) - math.log(2),
        scale=math.sqrt(2),
        reach=6.0,
    )


def heavy_tail1d() -> SymmetricLaw:
    """Student's t with 3 degrees of freedom: density 6 sqrt(3) / (pi (3 + x^2)^2), variance 3."""
    return SymmetricLaw(
        "heavy_tail1d",
        _draw_student3,
        lambda x: math.log(6 * math.sqrt(3) / math.pi) - 2 * np.log(3 + x**2),
        scale=math.sqrt(3),
        reach=10.0,
    )


class Checkerboard:
    """Uniform on the eight dark unit cells of a 4 x 4 board on [-2, 2]^2.

    The cell with lower left corner (i, j) is dark when i + j is even. Both coordinates are
    uniform on [-2, 2], so their means are 0 and their variances 4/3.
    """

    name = "checkerboard"
    shape = (2,)
    size = None
    modes = None
    mean = np.zeros(2)
    std = np.full(2, math.sqrt(4 / 3))
    bounds = np.array([[-2.5, 2.5], [-2.5, 2.5]])

    def sample(self, n: int, generator: torch.Generator) -> torch.Tensor:
        """Draw [n, 2]: a dark cell, then a point of it."""
        cell = torch.randint(8, (n,), generator=generator)
        row = cell // 2
        column = 2 * (cell % 2) + row % 2
        corner = torch.stack([column, row], dim=1) - 2  # [n, 2]
        # The factor keeps corner + u from rounding up, in float32, into the light neighbour.
        return corner + torch.rand(n, 2, generator=generator) * (1 - 2**-22)

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        """Exact log-density of ``x`` [n, 2], in nats: -log 8 on dark cells, else -inf. [n]."""
        corner = np.floor(x)
        dark = ((corner >= -2) & (corner < 2)).all(axis=1) & (corner.sum(axis=1) % 2 == 0)
        return np.where(dark, -math.log(8), -np.inf)


class Pinwheel:
    """Five Gaussian arms, each point turned by an angle that grows with its radius.

    After Johnson et al. 2016 (structured variational autoencoders), except that the angle is
    RATE * exp(|x|): turning by a function of the radius alone preserves area, so the density is
    that of the untwisted mixture at the untwisted point, exactly.
    """

    RADIAL, TANGENTIAL, ARMS, RATE = 0.3, 0.1, 5, 0.25

    name = "pinwheel"
    shape = (2,)
    size = None
    modes = None
    mean = np.zeros(2)
    # Five-fold symmetry makes the covariance round: E|x|^2 / 2 along each axis.
    std = np.full(2, math.sqrt((1 + RADIAL**2 + TANGENTIAL**2) / 2))
    bounds = np.array([[-2.0, 2.0], [-2.0, 2.0]])

    def sample(self, n: int, generator: torch.Generator) -> torch.Tensor:
        """Draw [n, 2]."""
        arm = torch.randint(self.ARMS, (n,), generator=generator)
        noise = torch.randn(n, 2, generator=generator)
        outward, sideways = 1 + self.RADIAL * noise[:, 0], self.TANGENTIAL * noise[:, 1]
        radius = torch.hypot(outward, sideways)
        turn = arm * (2 * math.pi / self.ARMS) + self.RATE * radius.exp()
        angle = torch.atan2(sideways, outward) + turn
        return torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        """Exact log-density of ``x`` [n, 2], in nats: [n]."""
        radius = np.hypot(x[:, 0], x[:, 1])[:, None]  # [n, 1]
        arm = np.arange(self.ARMS) * (2 * np.pi / self.ARMS)  # [arms]
        angle = np.arctan2(x[:, 1], x[:, 0])[:, None] - arm - self.RATE * np.exp(radius)
        outward = (radius * np.cos(angle) - 1) / self.RADIAL  # [n, arms]
        sideways = radius * np.sin(angle) / self.TANGENTIAL
        log_scale = math.log(self.ARMS * 2 * math.pi * self.RADIAL * self.TANGENTIAL)
        return logsumexp(-(outward**2 + sideways**2) / 2, axis=1) - log_scale
