"""The latent space: the law of z, paths through it, directions in it, and the way back to it.

A latent z is [dim continuous coordinates, signs of +-1 coordinates]; see ``LatentConfig``. Torch
tensors in and out, of the same dtype. ``generator`` is any module that maps latents [n, latent]
to samples [n, *shape]; looking at it never changes it.
"""

from __future__ import annotations

from ganlab.latent.directions import (
    Directions,
    arithmetic,
    class_directions,
    class_means,
    principal_directions,
    weight_directions,
)
from ganlab.latent.inversion import Inversion, invert
from ganlab.latent.laws import (
    NOISES,
    QUANTILES,
    Shell,
    latent_axis,
    latent_plane,
    norms,
    sample_latents,
    seeded_latents,
    shell,
    truncated,
)
from ganlab.latent.paths import EASINGS, PATHS, Walk, great_circle, lerp, slerp, walk
from ganlab.latent.stretch import Stretch, jacobian, stretching

__all__ = [
    "EASINGS",
    "NOISES",
    "PATHS",
    "QUANTILES",
    "Directions",
    "Inversion",
    "Shell",
    "Stretch",
    "Walk",
    "arithmetic",
    "class_directions",
    "class_means",
    "great_circle",
    "invert",
    "jacobian",
    "latent_axis",
    "latent_plane",
    "lerp",
    "norms",
    "principal_directions",
    "sample_latents",
    "seeded_latents",
    "shell",
    "slerp",
    "stretching",
    "truncated",
    "walk",
    "weight_directions",
]
