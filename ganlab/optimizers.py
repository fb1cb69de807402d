"""Update rules and learning-rate decay, each a registry entry."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from torch import optim
from torch.nn import Parameter

from ganlab.config import OptimizerConfig

Builder = Callable[[list[Parameter], OptimizerConfig], optim.Optimizer]


def _adam(kind: type[optim.Adam]) -> Builder:
    # One fused kernel instead of a dozen small ones per weight.
    return lambda weights, config: kind(
        weights, lr=config.lr, fused=weights[0].device.type != "mps"
    )


OPTIMIZERS: dict[str, Builder] = {
    "sgd": lambda weights, config: optim.SGD(weights, lr=config.lr),
    "momentum": lambda weights, config: optim.SGD(weights, lr=config.lr),
    "rmsprop": lambda weights, config: optim.RMSprop(weights, lr=config.lr),
    "adam": _adam(optim.Adam),
    "adamw": _adam(optim.AdamW),
}

# How a configuration's live settings are spelled in each rule's parameter group.
LIVE: dict[str, Callable[[OptimizerConfig], dict[str, object]]] = {
    "sgd": lambda config: {},
    "momentum": lambda config: {"momentum": config.beta1},
    # Never exactly 0: RMSprop makes its momentum buffer at the first step or not at all.
    "rmsprop": lambda config: {"momentum": max(config.beta1, 1e-12), "alpha": config.beta2},
    "adam": lambda config: {"betas": (config.beta1, config.beta2)},
    "adamw": lambda config: {"betas": (config.beta1, config.beta2)},
}

DECAYS: dict[str, Callable[[float], float]] = {
    "constant": lambda progress: 1.0,
    "linear": lambda progress: 1 - progress,
    "cosine": lambda progress: 0.5 * (1 + math.cos(math.pi * progress)),
}


def make_optimizer(weights: Iterable[Parameter], config: OptimizerConfig) -> optim.Optimizer:
    """The named rule over these weights; ``retune`` sets its numbers before each step."""
    return OPTIMIZERS[config.name](list(weights), config)


def decayed(lr: float, decay: str, final: float, progress: float) -> float:
    """The learning rate at ``progress`` in [0, 1]: from lr down to final * lr."""
    return lr * (final + (1 - final) * DECAYS[decay](min(progress, 1.0)))


def retune(optimizer: optim.Optimizer, config: OptimizerConfig, lr: float) -> None:
    """Give the optimiser its current numbers; this is how live changes reach it."""
    for group in optimizer.param_groups:
        group.update(LIVE[config.name](config), lr=lr, weight_decay=config.weight_decay)
