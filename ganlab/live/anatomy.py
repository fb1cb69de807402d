"""The layers of G and D as they are, for a diagram."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from ganlab.training import Trainer

WEIGHTED = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)
NORMS = {
    nn.BatchNorm1d: "batch norm",
    nn.BatchNorm2d: "batch norm",
    nn.LayerNorm: "layer norm",
    nn.GroupNorm: "layer norm",
}
LABELS = {"Linear": "dense", "Conv2d": "conv", "ConvTranspose2d": "transposed conv"}
ACTIVATIONS = {
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "silu": "SiLU",
    "softplus": "softplus",
    "tanh": "tanh",
    "linear": "linear",
}


@dataclass
class _Layer:
    label: str
    shape: str
    parameters: int
    norm: list[str] = field(default_factory=list)


def anatomy(trainer: Trainer) -> dict[str, Any]:
    """{"generator": layers, "discriminator": layers, "parameters": {side: int}}.

    A layer is {"label": "dense 64", "activation": "leaky ReLU", "shape": "64", "parameters":
    int}, a norm among its activation.
    """
    config = trainer.config
    generator, discriminator = trainer.networks()
    real = torch.from_numpy(trainer.real_samples(config.discriminator.packing))
    device = next(discriminator.parameters()).device
    passes = {
        "generator": (generator, torch.zeros(1, config.latent.size)),
        "discriminator": (discriminator, real.float()),
    }
    hidden = {"generator": config.generator, "discriminator": config.discriminator}
    last = {"generator": ACTIVATIONS[config.generator.output], "discriminator": "logit"}
    found = {}
    for side, (network, x) in passes.items():
        layers = _trace(network, x.to(device))
        names = [ACTIVATIONS[hidden[side].activation]] * (len(layers) - 1) + [last[side]]
        found[side] = [_entry(*pair) for pair in zip(layers, names, strict=True)]
    counts = {side: sum(w.numel() for w in passes[side][0].parameters()) for side in passes}
    return found | {"parameters": counts}


def _trace(network: nn.Module, x: Tensor) -> list[_Layer]:
    """The layers in the order in which x passes them; the network is left as it was."""
    layers: list[_Layer] = []

    def see(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        own = sum(weight.numel() for weight in module.parameters())
        if isinstance(module, WEIGHTED):
            shape = "×".join(str(n) for n in output.shape[1:])
            layers.append(_Layer(_label(module, output), shape, own))
        else:
            layers[-1].norm.append(NORMS[type(module)])
            layers[-1].parameters += own

    seen = [m for m in network.modules() if isinstance(m, (*WEIGHTED, *NORMS))]
    hooks = [module.register_forward_hook(see) for module in seen]
    training = network.training
    try:
        with torch.no_grad():
            network.eval()(x)
    finally:
        network.train(training)
        for hook in hooks:
            hook.remove()
    return layers


def _label(module: nn.Module, output: Tensor) -> str:
    # Spectral norm gives a layer a class of its own, named after the old one.
    kind = next(
        name for name in LABELS if name in type(module).__name__.removeprefix("Parametrized")
    )
    label = f"{LABELS[kind]} {output.shape[1]}"
    return f"{label}, spectral norm" if hasattr(module, "parametrizations") else label


def _entry(layer: _Layer, activation: str) -> dict[str, Any]:
    return {
        "label": layer.label,
        "activation": ", ".join([*layer.norm, activation]),
        "shape": layer.shape,
        "parameters": layer.parameters,
    }
