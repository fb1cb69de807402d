"""Generators and discriminators: MLPs for anything, DCGANs for small images.

Generators map latents [batch, latent_dim] to samples [batch, *shape] in standardised units.
Discriminators map samples to logits [batch], higher meaning real; with packing m they read
m samples at once and return [batch / m].
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from ganlab.config import DiscriminatorConfig, GeneratorConfig, NetworkConfig
from ganlab.fast_mlp import Tape

Shape = tuple[int, ...]


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": functional.relu,
    "leaky_relu": lambda x: functional.leaky_relu(x, SLOPES["leaky_relu"]),
    "elu": functional.elu,
    "silu": functional.silu,
    "softplus": functional.softplus,
    "tanh": torch.tanh,
}

# Piecewise linear activations: their slope below zero. DCGAN's leaky ReLU has 0.2.
SLOPES = {"relu": 0.0, "leaky_relu": 0.2}

NORMS_1D: dict[str, Callable[[int], nn.Module]] = {
    "none": lambda width: nn.Identity(),
    "batch": nn.BatchNorm1d,
    "layer": nn.LayerNorm,
}

NORMS_2D: dict[str, Callable[[int], nn.Module]] = {
    "none": lambda channels: nn.Identity(),
    "batch": nn.BatchNorm2d,
    "layer": lambda channels: nn.GroupNorm(1, channels),
}

OUTPUTS: dict[str, Callable[[Tensor], Tensor]] = {"linear": lambda x: x, "tanh": torch.tanh}

# Their derivatives: (d loss / d y, y = output(x)) -> d loss / d x.
THROUGH_OUTPUTS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "linear": lambda gradient, y: gradient,
    "tanh": lambda gradient, y: gradient * (1 - y * y),
}


class Dropout(nn.Module):
    """Dropout that draws from a generator of its own, so that runs stay reproducible."""

    def __init__(self, p: float, generator: torch.Generator) -> None:
        super().__init__()
        self.p, self.generator = p, generator

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        keep = torch.empty(x.shape).bernoulli_(1 - self.p, generator=self.generator)
        return x * keep.to(x) / (1 - self.p)


class MLP(nn.Module):
    """Linear layers with norm, activation and dropout between them: [batch, in] -> [batch, out].

    A ``plain`` one, with nothing but (leaky) ReLU between its layers, can be
    trained by ``fast_mlp``.
    """

    def __init__(
        self, sizes: tuple[int, ...], config: NetworkConfig, dropout: Dropout | None = None
    ) -> None:
        super().__init__()
        wrap = spectral_norm if config.spectral_norm else _unchanged
        self.layers = nn.ModuleList(wrap(nn.Linear(m, n)) for m, n in itertools.pairwise(sizes))
        self.norms = nn.ModuleList(NORMS_1D[config.norm](n) for n in sizes[1:-1])
        self.activation = ACTIVATIONS[config.activation]
        self.dropout = dropout or nn.Identity()
        self.slope = SLOPES.get(config.activation, math.nan)
        regular = config.norm == "none" and not config.spectral_norm
        dry = dropout is None or dropout.p == 0
        self.plain = regular and dry and config.activation in SLOPES

    def forward(self, x: Tensor) -> Tensor:
        *hidden, last = self.layers
        for layer, norm in zip(hidden, self.norms, strict=True):
            x = self.dropout(self.activation(norm(layer(x))))
        return last(x)

    def features(self, x: Tensor) -> Tensor:
        """What the first hidden layer says, [batch, width]; without one, the output."""
        x = self.layers[0](x)
        return self.activation(self.norms[0](x)) if len(self.norms) else x

    def tape(self, x: Tensor) -> Tape:
        """The hand-written pass over x [batch, in] of a ``plain`` network."""
        weights = [layer.weight for layer in self.layers]
        return Tape(x, weights, [layer.bias for layer in self.layers], self.slope)


def _unchanged(module: nn.Module) -> nn.Module:
    return module


class MLPGenerator(nn.Module):
    """latents [batch, latent_dim] -> samples [batch, *shape]."""

    def __init__(self, latent_dim: int, shape: Shape, config: GeneratorConfig) -> None:
        super().__init__()
        self.shape, self.output = shape, OUTPUTS[config.output]
        self.through_output = THROUGH_OUTPUTS[config.output]
        self.mlp = MLP((latent_dim, *config.widths, math.prod(shape)), config)
        self.plain = self.mlp.plain

    def forward(self, latents: Tensor) -> Tensor:
        return self.output(self.mlp(latents)).unflatten(1, self.shape)

    @property
    def first_layer(self) -> nn.Linear:
        """The layer that reads z: weight [width, latent_dim]."""
        return self.mlp.layers[0]

    def features(self, latents: Tensor) -> Tensor:
        """The first hidden layer after norm and activation, [batch, width]."""
        return self.mlp.features(latents)


class ConvGenerator(nn.Module):
    """DCGAN generator (Radford et al. 2016): latents -> [batch, channels, side, side].

    Two doublings from side / 4: 28 = 7 * 4 for MNIST, 8 = 2 * 4 for Digits.
    """

    plain = False

    def __init__(self, latent_dim: int, shape: Shape, config: GeneratorConfig) -> None:
        super().__init__()
        self.start = shape[1] // 4
        self.wide = 4 * config.channels
        wrap = spectral_norm if config.spectral_norm else _unchanged
        self.project = wrap(nn.Linear(latent_dim, self.wide * self.start**2))
        double = UPSAMPLINGS[config.upsampling]
        self.first = wrap_last(double(self.wide, 2 * config.channels), wrap)
        self.second = wrap_last(double(2 * config.channels, config.channels), wrap)
        self.last = wrap(nn.Conv2d(config.channels, shape[0], 3, padding=1))
        widths = (self.wide, 2 * config.channels, config.channels)
        self.norms = nn.ModuleList(NORMS_2D[config.norm](width) for width in widths)
        self.activation = ACTIVATIONS[config.activation]
        self.output = OUTPUTS[config.output]

    def forward(self, latents: Tensor) -> Tensor:
        x = self._projected(latents)
        x = self.activation(self.norms[1](self.first(x)))
        x = self.activation(self.norms[2](self.second(x)))
        return self.output(self.last(x))  # [batch, channels, side, side]

    def _projected(self, latents: Tensor) -> Tensor:
        x = self.project(latents).unflatten(1, (self.wide, self.start, self.start))
        return self.activation(self.norms[0](x))

    @property
    def first_layer(self) -> nn.Linear:
        """The layer that reads z: weight [4 channels * start * start, latent_dim]."""
        return self.project

    def features(self, latents: Tensor) -> Tensor:
        """The first hidden layer after norm and activation, [batch, its channels * pixels]."""
        return self._projected(latents).flatten(1)


def wrap_last(block: nn.Sequential, wrap: Callable[[nn.Module], nn.Module]) -> nn.Sequential:
    """Apply a weight parametrisation to a block's convolution, its last module."""
    block[-1] = wrap(block[-1])
    return block


UPSAMPLINGS: dict[str, Callable[[int, int], nn.Sequential]] = {
    "transposed": lambda m, n: nn.Sequential(nn.ConvTranspose2d(m, n, 4, stride=2, padding=1)),
    "resize": lambda m, n: nn.Sequential(
        nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(m, n, 3, padding=1)
    ),
}


class ConvNet(nn.Module):
    """DCGAN discriminator body: images [batch, channels, side, side] -> [batch, 1]."""

    plain = False

    def __init__(self, shape: Shape, config: DiscriminatorConfig, dropout: Dropout) -> None:
        super().__init__()
        wrap = spectral_norm if config.spectral_norm else _unchanged
        channels, width = shape[0] * config.packing, config.channels
        self.first = wrap(nn.Conv2d(channels, width, 4, stride=2, padding=1))
        self.second = wrap(nn.Conv2d(width, 2 * width, 4, stride=2, padding=1))
        self.last = wrap(nn.Linear(2 * width * (shape[1] // 4) ** 2, 1))
        # No norm on D's first layer, as in DCGAN.
        self.norm = NORMS_2D[config.norm](2 * width)
        self.activation = ACTIVATIONS[config.activation]
        self.dropout = dropout

    def forward(self, x: Tensor) -> Tensor:
        x = self.dropout(self.activation(self.first(x)))
        x = self.dropout(self.activation(self.norm(self.second(x))))
        return self.last(x.flatten(1))


class Discriminator(nn.Module):
    """samples [batch, *shape] -> logits [batch / packing]; the body does the work."""

    def __init__(self, body: nn.Module, packing: int, flat: bool) -> None:
        super().__init__()
        self.body, self.packing, self.flat = body, packing, flat

    def pack(self, x: Tensor) -> Tensor:
        """[batch, *shape] -> what the body reads: flat points, or images with more channels."""
        if self.packing > 1:
            x = x.unflatten(0, (-1, self.packing)).flatten(1, 2)
        return x.flatten(1) if self.flat else x

    def forward(self, x: Tensor) -> Tensor:
        return self.body(self.pack(x)).squeeze(1).float()

    def score(self, x: Tensor) -> Tensor:
        """One logit per sample, [batch]: a packed D is shown copies of the same sample."""
        return self(x.repeat_interleave(self.packing, 0)) if self.packing > 1 else self(x)

    def score_and_gradient(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(score [batch], d score / d x [batch, *shape]), detached."""
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            scores = self.score(x)
            (gradient,) = torch.autograd.grad(scores.sum(), x)
        return scores.detach(), gradient

    def logits_and_gradient(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(logits [packs], d logits / d input [packs, *]), differentiable in the weights."""
        packed = self.pack(x).detach().requires_grad_()
        logits = self.body(packed).squeeze(1).float()
        (gradient,) = torch.autograd.grad(logits.sum(), packed, create_graph=True)
        return logits, gradient


def _mlp_body(shape: Shape, config: DiscriminatorConfig, dropout: Dropout) -> nn.Module:
    inputs = math.prod(shape) * config.packing
    return MLP((inputs, *config.widths, 1), config, dropout)


GENERATORS: dict[str, Callable[[int, Shape, GeneratorConfig], nn.Module]] = {
    "mlp": MLPGenerator,
    "dcgan": ConvGenerator,
}

DISCRIMINATORS: dict[str, Callable[[Shape, DiscriminatorConfig, Dropout], nn.Module]] = {
    "mlp": _mlp_body,
    "dcgan": ConvNet,
}


def make_generator(latent_dim: int, shape: Shape, config: GeneratorConfig) -> nn.Module:
    """A fresh generator; initialised from torch's global random state."""
    return GENERATORS[config.architecture](latent_dim, shape, config)


def make_discriminator(
    shape: Shape, config: DiscriminatorConfig, generator: torch.Generator
) -> Discriminator:
    """A fresh discriminator; ``generator`` is the random source of its dropout."""
    dropout = Dropout(config.dropout, generator)
    body = DISCRIMINATORS[config.architecture](shape, config, dropout)
    return Discriminator(body, config.packing, flat=config.architecture == "mlp")
