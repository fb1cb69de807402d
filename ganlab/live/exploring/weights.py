"""The weights of a small MLP, folded until only matrix products and activations are left."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ganlab.latent.reading import evaluating
from ganlab.live import questions
from ganlab.live.exploring.subject import Answer, Pieces, Subject
from ganlab.networks import SLOPES, MLPGenerator
from ganlab.trained import TrainedGenerator

MOST = 600_000  # weights that a page may be sent: 2.4 MB
FOLDED = ("none", "batch")  # norms that are a linear map in evaluation mode
NOT_SENT = (
    "The page cannot run this generator by itself; only MLPs of up to {:,} weights are sent to it, "
    "without layer norm, and of points with a linear output."
)


def has_weights(generator: TrainedGenerator) -> bool:
    """Whether the page may have the weights and decode by itself."""
    network, config = generator.network, generator.config.generator
    if not isinstance(network, MLPGenerator) or config.norm not in FOLDED:
        return False
    in_data_scale = config.output == "linear" or generator.images  # images are not standardised
    return in_data_scale and generator.parameters <= MOST


def weights(subject: Subject, question: questions.Weights) -> Pieces:
    """meta layers: [{activation, slope}] of the hidden ones, output; w0 [out, in], b0 [out], ...

    Batch norm is folded into the layer before it, the data's mean and scale into the last where
    its output is linear.
    """
    generator = subject.generator
    if not has_weights(generator):
        raise ValueError(NOT_SENT.format(MOST))
    name, mlp = generator.config.generator.activation, generator.network.mlp
    hidden = {"activation": name, "slope": SLOPES.get(name, 0.0)}
    arrays: dict[str, np.ndarray] = {}
    for index, (weight, bias) in enumerate(folded(generator)):
        arrays |= {f"w{index}": weight.cpu().numpy(), f"b{index}": bias.cpu().numpy()}
    meta = {"layers": [hidden] * len(mlp.norms), "output": generator.config.generator.output}
    yield Answer(arrays, meta)


@torch.no_grad()
def folded(generator: TrainedGenerator) -> list[tuple[Tensor, Tensor]]:
    """(weight [out, in], bias [out]) of each layer, in double until they are sent."""
    mlp = generator.network.mlp
    with evaluating(mlp):  # spectral norm must not take another step when asked for a weight
        layers = [(layer.weight.double(), layer.bias.double()) for layer in mlp.layers]
    for index, norm in enumerate(mlp.norms):
        if isinstance(norm, nn.BatchNorm1d):
            layers[index] = _through(norm, *layers[index])
    if generator.config.generator.output == "linear":
        weight, bias = layers[-1]
        std = generator.std.double().expand(len(bias))
        layers[-1] = (std[:, None] * weight, std * bias + generator.mean.double())
    return layers


def _through(norm: nn.BatchNorm1d, weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """A layer and the batch norm after it, in evaluation mode, as one layer."""
    scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
    shift = norm.bias.double() - scale * norm.running_mean.double()
    return scale[:, None] * weight, scale * bias + shift
