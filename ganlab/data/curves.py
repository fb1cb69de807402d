"""Curves in the plane, blurred by Gaussian noise: one class behind six data sets.

A sample is c(u) + noise with u uniform, so the density is an integral over the curve,
p(x) = int N(x; c(u), noise^2 I) du. Gauss-Legendre quadrature turns it into a mixture of
Gaussians whose error falls exponentially with the number of nodes: with two nodes to a noise
standard deviation it is exact to about ten digits, relative, over the plotting box.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import torch
from scipy.special import log_ndtr, roots_legendre

from ganlab.data.distribution import square_box
from ganlab.data.mixtures import mixture_log_prob


class NoisyCurve:
    """c(u) + noise * N(0, I_2) with u uniform on [0, pieces).

    Args:
        name: its name in the registry.
        curve: maps u [n] to points [n, 2]; smooth between consecutive whole numbers.
        noise: standard deviation of the Gaussian noise.
        pieces: number of separate arcs.
        bounds: [2, 2] plotting box; by default four standard deviations around the curve.
    """

    shape = (2,)
    size = None
    modes = None

    def __init__(
        self,
        name: str,
        curve: Callable[[torch.Tensor], torch.Tensor],
        noise: float,
        pieces: int = 1,
        bounds: Sequence[Sequence[float]] | None = None,
    ) -> None:
        self.name, self.curve, self.noise, self.pieces = name, curve, noise, pieces
        points, weights = self.nodes
        self.mean = weights @ points
        self.std = np.sqrt(weights @ (points - self.mean) ** 2 + noise**2)
        self.bounds = square_box(points, 4 * noise) if bounds is None else np.array(bounds, float)

    @cached_property
    def nodes(self) -> tuple[np.ndarray, np.ndarray]:
        """Quadrature over the curve: points [k, 2] and weights [k] that sum to 1."""
        dense = torch.linspace(0, 1, 1001, dtype=torch.float64)[:-1]
        u = torch.cat([piece + dense for piece in range(self.pieces)])
        steps = self.curve(u).reshape(self.pieces, -1, 2).diff(dim=1)
        speed = 1000 * steps.norm(dim=-1).max().item()  # length of curve per unit of u
        # The widest gap of a k-point rule on [0, 1] is pi / (2 k); keep it below noise / 2.
        count = math.ceil(math.pi * speed / self.noise)
        node, weight = roots_legendre(count)
        u = np.concatenate([piece + (node + 1) / 2 for piece in range(self.pieces)])
        return self.curve(torch.from_numpy(u)).numpy(), np.tile(
            weight / 2, self.pieces
        ) / self.pieces

    def sample(self, n: int, generator: torch.Generator) -> torch.Tensor:
        """Draw [n, 2]."""
        u = self.pieces * torch.rand(n, generator=generator)
        noise = torch.randn(n, 2, generator=generator)
        return self.curve(u).add_(noise, alpha=self.noise)

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        """Log-density of ``x`` [n, 2], in nats: [n]; by quadrature, see the module's notes."""
        points, weights = self.nodes
        return mixture_log_prob(x, points, np.full_like(points, self.noise), weights)


class NoisySegment(NoisyCurve):
    """A straight segment plus noise, whose density has a closed form.

    With a and b the coordinates along and across a segment of length L,
    p(x) = [Phi(a / s) - Phi((a - L) / s)] / L * N(b; 0, s^2).
    """

    def log_prob(self, x: np.ndarray) -> np.ndarray:
        """Exact log-density of ``x`` [n, 2], in nats: [n]."""
        start, end = self.curve(torch.tensor([0.0, 1.0], dtype=torch.float64)).numpy()
        length = np.linalg.norm(end - start)
        along_axis = (end - start) / length
        across_axis = np.array([-along_axis[1], along_axis[0]])
        upper = (x - start) @ along_axis / self.noise  # [n]
        lower = upper - length / self.noise
        # Phi(b) - Phi(a) = Phi(-a) - Phi(-b): use the side on which both are small.
        upper, lower = np.where(lower > 0, [-lower, -upper], [upper, lower])
        log_upper, log_lower = log_ndtr(upper), log_ndtr(lower)
        log_along = log_upper + np.log1p(-np.exp(log_lower - log_upper)) - np.log(length)
        across = (x - start) @ across_axis / self.noise  # [n]
        return log_along - across**2 / 2 - np.log(self.noise * math.sqrt(2 * math.pi))


def _plane(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return torch.stack([x, y], dim=-1)  # [n, 2]


def _line(u: torch.Tensor) -> torch.Tensor:
    return _plane(0.8 - 0.75 * u, 0.6 + 0.3 * u)


def _ellipse(u: torch.Tensor) -> torch.Tensor:
    angle = 2 * math.pi * u
    return _plane(0.5 + 0.3 * angle.cos(), 0.45 + 0.25 * angle.sin())


def _roll(u: torch.Tensor) -> torch.Tensor:
    angle = 1.5 * math.pi * (1 + 2 * u)
    radius = angle / (4.5 * math.pi)
    return _plane(radius * angle.cos(), radius * angle.sin())


def _moons(u: torch.Tensor) -> torch.Tensor:
    moon = u.floor()
    sign, angle = 1 - 2 * moon, math.pi * (u - moon)
    return _plane(moon + sign * angle.cos(), 0.5 * moon + sign * angle.sin())


def _arms(u: torch.Tensor) -> torch.Tensor:
    arm = u.floor()
    angle = math.pi * (0.5 + 3 * (u - arm))
    radius = (1 - 2 * arm) * angle / (3.5 * math.pi)
    return _plane(radius * angle.cos(), radius * angle.sin())


def _circles(u: torch.Tensor) -> torch.Tensor:
    ring = u.floor()
    radius, angle = 1 - 0.5 * ring, 2 * math.pi * (u - ring)
    return _plane(radius * angle.cos(), radius * angle.sin())


UNIT_SQUARE = ((0.0, 1.0), (0.0, 1.0))


def gan_lab_line() -> NoisySegment:
    """The web GAN Lab's line: (0.8 - 0.75 u, 0.6 + 0.3 u), noise 0.01."""
    return NoisySegment("gan_lab_line", _line, noise=0.01, bounds=UNIT_SQUARE)


def gan_lab_ring() -> NoisyCurve:
    """The web GAN Lab's ring, an ellipse with uniform angle, noise 0.025."""
    return NoisyCurve("gan_lab_ring", _ellipse, noise=0.025, bounds=UNIT_SQUARE)


def swiss_roll() -> NoisyCurve:
    """One and a half turns of an Archimedean spiral, as scikit-learn's roll seen end on."""
    return NoisyCurve("swiss_roll", _roll, noise=0.03)


def two_moons() -> NoisyCurve:
    """Two interleaved half circles of radius 1, as in scikit-learn, noise 0.05."""
    return NoisyCurve("two_moons", _moons, noise=0.05, pieces=2)


def spirals() -> NoisyCurve:
    """Two interleaved spiral arms, each of one and a half turns, noise 0.02."""
    return NoisyCurve("spirals", _arms, noise=0.02, pieces=2)


def circles() -> NoisyCurve:
    """Two concentric circles of radius 1 and 0.5, equally likely, noise 0.05."""
    return NoisyCurve("circles", _circles, noise=0.05, pieces=2)
