"""Looking at a generator without changing it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn


@contextmanager
def evaluating(network: nn.Module) -> Iterator[None]:
    """Evaluation mode, and each module's own mode again afterwards.

    In training mode a look would move batch norm's running statistics and spectral norm's
    singular vectors, and tie the samples of a batch to each other.
    """
    training = [module for module in network.modules() if module.training]
    network.eval()
    try:
        yield
    finally:
        for module in training:
            module.training = True
