"""The exponential moving average of a generator's weights, which samples better than they do."""

from __future__ import annotations

import copy

import torch
from torch import nn


class MovingAverage:
    """A copy of a network that follows it slowly (Karras et al. 2018; Yazici et al. 2019)."""

    def __init__(self, source: nn.Module) -> None:
        self.network = copy.deepcopy(source).requires_grad_(False).eval()
        self._weights = list(self.network.parameters())
        self._sources = list(source.parameters())
        pairs = zip(self.network.named_buffers(), source.buffers(), strict=True)
        self._buffers = [(name, average, buffer) for (name, average), buffer in pairs]

    @torch.no_grad()
    def update(self, decay: float, iteration: int) -> None:
        """Move a share 1 - decay of the way towards the source."""
        # Early on a long average would still show the initial weights.
        share = 1 - min(decay, (1 + iteration) / (10 + iteration))
        torch._foreach_lerp_(self._weights, self._sources, share)
        for name, average, buffer in self._buffers:
            # Batch statistics belong to the averaged weights; a spectral norm's unit vectors
            # would not stay unit vectors.
            average.lerp_(buffer, share) if "running" in name else average.copy_(buffer)
