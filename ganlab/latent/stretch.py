"""How strongly the generator stretches the latent space, from its exact derivative."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganlab.latent.reading import evaluating


@dataclass(frozen=True)
class Stretch:
    """The generator's local stretching at n latents.

    top: [n], the largest singular value of the Jacobian: how far the sample moves, at most, per
    unit step in z. log_volume: [n], the sum of the logarithms of its min(out, k) singular values,
    log|det J| where J is square: how much the generator swells (above 0) or squeezes (below)
    small volumes. -inf where it is flat.
    """

    top: Tensor
    log_volume: Tensor


@torch.no_grad()
def jacobian(generator: nn.Module, latents: Tensor, axes: Tensor | None = None) -> Tensor:
    """dG/dz along each axis: [n, out, k], with out the numbers of one sample.

    latents: [n, latent]; axes: [k, latent], directions in z (default: the coordinates). In
    forward mode, one pass per axis for the whole batch: exact, and cheap where k is far below out.
    """
    if axes is None:
        axes = torch.eye(latents.shape[1], dtype=latents.dtype, device=latents.device)

    def along(axis: Tensor) -> Tensor:
        tangents = axis.expand_as(latents)
        return torch.func.jvp(generator, (latents,), (tangents,))[1].flatten(1)

    with evaluating(generator):
        return torch.func.vmap(along, out_dims=-1)(axes)


@torch.no_grad()
def stretching(generator: nn.Module, latents: Tensor, axes: Tensor | None = None) -> Stretch:
    """The generator's stretching at latents [n, latent], along axes [k, latent] (see ``jacobian``).

    Raises ValueError where a derivative is not finite.
    """
    slopes = jacobian(generator, latents, axes).double()
    if not slopes.isfinite().all():
        raise ValueError("G's derivative is not finite here: look at an earlier step of the run.")
    wide = slopes if slopes.shape[1] <= slopes.shape[2] else slopes.mT  # [n, min, max]
    # The smaller Gram matrix: much faster than an SVD, and doubles make up for the squaring.
    squares = torch.linalg.eigvalsh(wide @ wide.mT).clamp(min=0)  # [n, min], ascending
    top, log_volume = squares[:, -1].sqrt(), squares.log().sum(1) / 2
    return Stretch(top.to(latents.dtype), log_volume.to(latents.dtype))
