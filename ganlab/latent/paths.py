"""Paths through the latent space: straight lines, arcs, great circles, and walks along them.

A straight line between two draws of a high-dimensional normal z cuts through the middle, where
no draw ever lies; an arc stays on the shell that the generator knows (White 2016, "Sampling
generative networks").

    a, b: [..., dim] and t broadcastable to [...]  ->  [..., dim]
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ganlab.config import LatentConfig

Path = Callable[[Tensor, Tensor, Tensor | float], Tensor]

SMALLEST_ARC = 1e-6  # radians that a great circle takes between parallel ends of unequal norm


def lerp(a: Tensor, b: Tensor, t: Tensor | float) -> Tensor:
    """The straight line: (1 - t) a + t b."""
    return torch.lerp(a, b, _column(t, a))


def slerp(a: Tensor, b: Tensor, t: Tensor | float) -> Tensor:
    """The arc: the direction turns at constant speed, the norm goes linearly from |a| to |b|.

    Shoemake 1985. Parallel ends, or a zero vector, which has no direction of its own, leave a
    straight line. Opposite ends leave the way open: the half circle through one fixed
    perpendicular is taken (on a line, dim 1, its shadow).
    """
    t = _column(t, a)
    u, w, angle = _plane(a, b)
    return torch.lerp(_norm(a), _norm(b), t) * _turned(u, w, t * angle)


def great_circle(a: Tensor, b: Tensor, t: Tensor | float) -> Tensor:
    """Once round through a and b: the direction has turned by 2 pi t, away from a towards b.

    The norm goes linearly in the angle from |a| to |b| at b, and back on the rest of the way.
    Parallel or opposite ends do not fix a circle: the one through a fixed perpendicular is taken.
    """
    turned = 2 * math.pi * _column(t, a)
    u, w, angle = _plane(a, b)
    angle = angle.clamp(min=SMALLEST_ARC)
    out, back = turned / angle, (2 * math.pi - turned) / (2 * math.pi - angle)
    return torch.lerp(_norm(a), _norm(b), torch.minimum(out, back)) * _turned(u, w, turned)


PATHS: dict[str, Path] = {"lerp": lerp, "slerp": slerp, "great_circle": great_circle}


def _column(t: Tensor | float, like: Tensor) -> Tensor:
    """[...] -> [..., 1], beside the coordinates."""
    return torch.as_tensor(t, dtype=like.dtype, device=like.device).unsqueeze(-1)


def _norm(x: Tensor) -> Tensor:
    return x.norm(dim=-1, keepdim=True)


def _unit(x: Tensor) -> Tensor:
    """x / |x|; zero stays zero."""
    return x / _norm(x).clamp(min=torch.finfo(x.dtype).tiny)


def _turned(u: Tensor, w: Tensor, angle: Tensor) -> Tensor:
    return angle.cos() * u + angle.sin() * w


def _plane(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Unit vectors u along a and w at right angles to it, with b between them; their angle.

    u, w: [..., dim]; angle: [..., 1] in [0, pi], with b along cos(angle) u + sin(angle) w.
    """
    a, b = torch.broadcast_tensors(a, b)
    u = _unit(torch.where(_norm(a) > 0, a, b))
    v = _unit(torch.where(_norm(b) > 0, b, a))
    # Kahan's formula: exact to the last digits near 0 and pi, where arccos loses half of them.
    angle = 2 * torch.atan2(_norm(u - v), _norm(u + v))
    w = v - (u * v).sum(-1, keepdim=True) * u
    fixed = _norm(w) > 32 * torch.finfo(a.dtype).eps
    return u, _perpendicular(torch.where(fixed, w, _farthest_axis(u)), u), angle


def _farthest_axis(u: Tensor) -> Tensor:
    """The coordinate axis that u leans on least: [..., dim]."""
    smallest = u.abs().sort(dim=-1, stable=True).indices[..., :1]  # none where dim is 0
    return torch.zeros_like(u).scatter_(-1, smallest, 1.0)


def _perpendicular(w: Tensor, u: Tensor) -> Tensor:
    """w without its part along u, of norm 1. Twice is enough (Kahan, in Parlett 1980)."""
    for _ in range(2):
        w = _unit(w - (u * w).sum(-1, keepdim=True) * u)
    return w


EASINGS: dict[str, Callable[[Tensor], Tensor]] = {
    "linear": lambda t: t,
    "smooth": lambda t: t * t * (3 - 2 * t),  # smoothstep: at rest at both ends
    # A fifth of the time still at each end, and a smooth way between.
    "pause": lambda t: EASINGS["smooth"](((t - 0.2) / 0.6).clamp(0, 1)),
}


@dataclass(frozen=True)
class Walk:
    """A path through several latents.

    latents: [frames, latent]; keys: [k], the frame at which each endpoint is reached exactly.
    """

    latents: Tensor
    keys: Tensor


def walk(
    config: LatentConfig,
    points: Tensor,
    frames: int,
    path: str = "slerp",
    closed: bool = False,
    easing: str = "linear",
) -> Walk:
    """A walk of so many frames through points [k, latent], with equal shares of time for each leg.

    Continuous coordinates follow the path (see ``PATHS``), signs go linearly; the easing (see
    ``EASINGS``) applies to each leg. A closed walk returns to its first point, and its last frame
    is one step short of it, so that it loops without a double frame. A great circle goes through
    exactly two points, at constant speed but for the easing, and is closed. Under a uniform prior
    an arc may leave the cube. Raises ValueError.
    """
    _check_walk(config, points, frames, path, easing)
    circle = path == "great_circle"
    closed = closed or circle
    stops = torch.cat([points, points[:1]]) if closed else points  # [legs + 1, latent]
    continuous, signs = stops.split([config.dim, config.signs], dim=-1)
    knots = torch.linspace(0, 1, len(stops), dtype=torch.float64)  # when each stop is due
    if circle:
        knots[1] = _share_of_circle(*continuous[:2])
    keys = _key_frames(knots, frames, closed)
    leg, share = _timing(keys, frames)
    share = EASINGS[easing](share)
    if circle:
        moved = great_circle(*continuous[:2], torch.lerp(knots[leg], knots[leg + 1], share))
    else:
        moved = PATHS[path](continuous[leg], continuous[leg + 1], share)
    switched = lerp(signs[leg], signs[leg + 1], share)
    return Walk(torch.cat([moved, switched], -1), keys[: len(points)])


def _share_of_circle(a: Tensor, b: Tensor) -> float:
    """The t at which the great circle from a reaches b."""
    return max(_plane(a, b)[2].item(), SMALLEST_ARC) / (2 * math.pi)


def _key_frames(knots: Tensor, frames: int, closed: bool) -> Tensor:
    """Knots in 0..1 -> the frames nearest to them; a closed walk ends a step after its last."""
    keys = (knots * (frames if closed else frames - 1)).round().long()
    keys[1:-1].clamp_(1, frames - 1)
    return keys


def _timing(keys: Tensor, frames: int) -> tuple[Tensor, Tensor]:
    """The leg that each frame is on, and the share of it gone: [frames] each."""
    frame = torch.arange(frames)
    leg = (torch.searchsorted(keys, frame, right=True) - 1).clamp(max=len(keys) - 2)
    return leg, (frame - keys[leg]).double() / (keys[leg + 1] - keys[leg])


def _check_walk(config: LatentConfig, points: Tensor, frames: int, path: str, easing: str) -> None:
    for name, choices in ((path, PATHS), (easing, EASINGS)):
        if name not in choices:
            raise ValueError(f"{name!r} is unknown: choose one of {', '.join(choices)}.")
    if points.dim() != 2 or points.shape[1] != config.size or len(points) < 2:
        raise ValueError(
            f"points of shape {list(points.shape)}: give at least two latents of {config.size} "
            "numbers each."
        )
    if path == "great_circle" and (len(points) != 2 or config.dim < 2):
        raise ValueError(
            f"{len(points)} points with {config.dim} continuous coordinates: a great circle needs "
            "exactly two points and at least two such coordinates."
        )
    if frames < len(points):
        raise ValueError(f"{frames} frames for {len(points)} points: give at least one for each.")
