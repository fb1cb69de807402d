"""A trained generator: what can be explored, wherever it comes from."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ganlab.classifier import RECIPES, Classifier, load_classifier
from ganlab.clock import computing
from ganlab.config import LatentConfig, RunConfig, kind_of
from ganlab.latent import seeded_latents
from ganlab.latent.reading import evaluating
from ganlab.losses import LOSSES
from ganlab.networks import Discriminator
from ganlab.state import TrainState

CHUNK = 500  # images made at once


class Decoder(nn.Module):
    """G with its output in data scale: latents [n, latent] -> [n, *shape], differentiable.

    Always in evaluation mode while it runs, even where the network behind it is being trained.
    """

    def __init__(self, network: nn.Module, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self.network, self.mean, self.std = network, mean, std

    @property
    def first_layer(self) -> nn.Linear:
        """The linear layer that reads z."""
        return self.network.first_layer

    def features(self, latents: Tensor) -> Tensor:
        """[n, latent] -> the first hidden layer after norm and activation, [n, f]."""
        with evaluating(self.network):
            return self.network.features(latents)

    def forward(self, latents: Tensor) -> Tensor:
        with evaluating(self.network):
            return self.network(latents).float() * self.std + self.mean


@dataclass(frozen=True, eq=False)
class TrainedGenerator:
    """A generator and what belongs to it.

    network: latents [n, latent] -> standardised samples; discriminator: its D, where known.
    mean, std: [dim], data = mean + std * what the networks see; 0 and 1 for images.
    undecided: the logit at which D says neither real nor fake. step: iterations it was trained.
    card: measures and origin of a bundled one.
    """

    name: str
    title: str
    config: RunConfig
    network: nn.Module
    discriminator: Discriminator | None
    mean: Tensor
    std: Tensor
    undecided: float
    step: int
    card: Mapping[str, Any] | None = None

    @property
    def latent(self) -> LatentConfig:
        """The law of z."""
        return self.config.latent

    @property
    def images(self) -> bool:
        """Whether it makes images, not points."""
        return kind_of(self.config.data) == "image"

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one sample: (1, height, width), (1,) or (2,)."""
        return sample_shape(self.config, len(self.mean))

    @property
    def parameters(self) -> int:
        """Number of weights of the generator."""
        return sum(weight.numel() for weight in self.network.parameters())

    @cached_property
    def classifier(self) -> Classifier | None:
        """The classifier of its data, or None where there is none."""
        with contextlib.suppress(ValueError):
            return load_classifier(self.config.data.name)
        return None

    @cached_property
    def decoder(self) -> Decoder:
        """The network with its output in data scale, differentiable in the latents."""
        return Decoder(self.network, self.mean, self.std)

    @torch.no_grad()
    def samples(self, latents: Tensor | np.ndarray) -> np.ndarray:
        """[n, latent] -> samples in data scale [n, *shape], float32.

        Raises ValueError for latents of another width.
        """
        z = self._tensor(latents)
        if z.dim() != 2 or z.shape[1] != self.latent.size:
            raise ValueError(
                f"latents of shape {tuple(z.shape)} do not fit: give [n, {self.latent.size}]."
            )
        return torch.cat([self.decoder(part).cpu() for part in z.split(CHUNK)]).numpy()

    @torch.no_grad()
    def belief(self, samples: Tensor | np.ndarray) -> np.ndarray | None:
        """D of samples [n, *shape] in data scale, [n] from 0 (fake) to 1; None without a D."""
        if self.discriminator is None:
            return None
        logits = self._logits(self._tensor(samples))
        return torch.sigmoid(logits - self.undecided).cpu().numpy()

    def seeded(self, seeds: Sequence[int]) -> Tensor:
        """One z per seed, the same wherever it stands in the list: [n, latent]."""
        return seeded_latents(self.latent, seeds)

    def frozen(self) -> TrainedGenerator:
        """A copy that training cannot move."""
        network, judge = copy.deepcopy((self.network, self.discriminator))
        for copied in (network, judge):
            if copied is not None:
                copied.eval().requires_grad_(False)
        mean, std = self.mean.clone(), self.std.clone()
        return replace(self, network=network, discriminator=judge, mean=mean, std=std)

    def middle(self, real: Tensor, fake: Tensor) -> float:
        """Where D is undecided, by its loss, seen on samples in data scale [n, *shape] each."""
        with torch.no_grad():
            logits = (self._logits(self._tensor(x)) for x in (real, fake))
            return float(LOSSES[self.config.loss.name].undecided(*logits))

    def _tensor(self, x: Tensor | np.ndarray) -> Tensor:
        """float32 on the networks' device; a copy of an array, which may be read-only."""
        x = x if isinstance(x, Tensor) else torch.tensor(x)
        return x.to(self.mean.device, torch.float32)

    def _logits(self, x: Tensor) -> Tensor:
        seen = (x - self.mean) / self.std
        with evaluating(self.discriminator):
            return torch.cat([self.discriminator.score(part) for part in seen.split(CHUNK)])


def sample_shape(config: RunConfig, dim: int) -> tuple[int, ...]:
    """Of one sample of a run's data; dim: 1 or 2, for points."""
    if kind_of(config.data) != "image":
        return (dim,)
    size = RECIPES[config.data.name].size
    return (1, size, size)


def shown_generator(state: TrainState, real: Tensor, latents: Tensor) -> TrainedGenerator:
    """The generator of a run, not copied: its weights go on moving.

    real [n, *shape] in data scale and latents [n, latent] say where its D is undecided.
    """
    found = TrainedGenerator(
        name="this run",
        title="This run",
        config=state.config,
        network=state.shown_generator,
        discriminator=state.discriminator,
        mean=state.mean,
        std=state.std,
        undecided=0.0,
        step=state.iteration,
    )
    with computing(state.config.compute):
        fake = torch.from_numpy(found.samples(latents))
        return replace(found, undecided=found.middle(real, fake))
