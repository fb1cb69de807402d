"""Passes through a network that can be asked for derivatives afterwards.

The game differentiates its losses with the chain rule: first the loss in D's logits, then the
logits in D's weights or in the samples, then the samples in G's weights. A pass answers for one
network. Plain MLPs have a hand-written one, everything else goes by autograd.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn

from ganlab.fast_mlp import Tape
from ganlab.networks import Discriminator


class Pass(Protocol):
    """output: what the network said; slope: d output / d input of a D, [packs, *], or None.

    A D's output and slope are leaves that require gradients, for autograd to start at.
    """

    output: Tensor
    slope: Tensor | None

    def to_input(self, d_output: Tensor) -> Tensor:
        """d loss / d output -> d loss / d input, in the input's shape."""

    def to_weights(self, d_output: Tensor, d_slope: Tensor | None = None) -> list[Tensor]:
        """The loss's gradients, in the order of the network's parameters."""


def generator_pass(generator: nn.Module, latents: Tensor) -> Pass:
    """latents [batch, latent] -> output [batch, *shape]."""
    if generator.plain and not _autocasting(latents):
        tape = generator.mlp.tape(latents)
        samples = generator.output(tape.output)  # [batch, numbers]
        return TapePass(
            tape,
            latents,
            output=samples.view(-1, *generator.shape),
            within=lambda d_samples: generator.through_output(d_samples.flatten(1), samples),
        )
    with torch.enable_grad():
        return AutogradPass(generator, latents, generator(latents).float())


def discriminator_pass(critic: Discriminator, x: Tensor, with_slope: bool = False) -> Pass:
    """samples [batch, *shape] -> output, the logits [packs], and the slope if asked for."""
    if critic.body.plain and not _autocasting(x):
        tape = critic.body.tape(critic.pack(x))
        logits, slope = tape.output.squeeze(1), tape.input_gradient() if with_slope else None
        judged = TapePass(tape, x, logits, lambda d_logits: d_logits.unsqueeze(1), slope)
        return _with_leaves(judged)
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        logits, slope = critic.logits_and_gradient(x) if with_slope else (critic(x), None)
    return _with_leaves(AutogradPass(critic, x, logits, slope))


def _with_leaves(judged: Pass) -> Pass:
    judged.output.requires_grad_()
    if judged.slope is not None:
        judged.slope.requires_grad_()
    return judged


def weight_gradients(loss: Tensor, passes: list[Pass]) -> list[Tensor]:
    """d loss / d weights, through the outputs and slopes of one network's passes."""
    leaves = [x for each in passes for x in (each.output, each.slope) if x is not None]
    links = iter(torch.autograd.grad(loss, leaves, materialize_grads=True))
    parts = [
        each.to_weights(next(links), None if each.slope is None else next(links)) for each in passes
    ]
    return [functools.reduce(torch.add, terms) for terms in zip(*parts, strict=True)]


def _autocasting(x: Tensor) -> bool:
    return torch.is_autocast_enabled(x.device.type)


class TapePass:
    """A plain MLP's; ``within`` takes d loss / d output to d loss / d the MLP's output."""

    def __init__(
        self,
        tape: Tape,
        x: Tensor,
        output: Tensor,
        within: Callable[[Tensor], Tensor],
        slope: Tensor | None = None,
    ) -> None:
        self.output, self.slope = output, slope
        self._tape, self._x, self._within = tape, x, within

    def to_input(self, d_output: Tensor) -> Tensor:
        return self._tape.to_input(self._within(d_output)).view_as(self._x)

    def to_weights(self, d_output: Tensor, d_slope: Tensor | None = None) -> list[Tensor]:
        return self._tape.to_weights(self._within(d_output), d_slope)


class AutogradPass:
    """Any network's; ``output`` and ``slope`` arrive with their graphs."""

    def __init__(
        self, network: nn.Module, x: Tensor, output: Tensor, slope: Tensor | None = None
    ) -> None:
        self.output = output.detach()
        self.slope = None if slope is None else slope.detach()
        self._weights, self._x = list(network.parameters()), x
        self._graphs = [output] if slope is None else [output, slope]

    def to_input(self, d_output: Tensor) -> Tensor:
        return torch.autograd.grad(self._graphs[0], self._x, d_output)[0]

    def to_weights(self, d_output: Tensor, d_slope: Tensor | None = None) -> list[Tensor]:
        given = [d_output] if d_slope is None else [d_output, d_slope]
        found = torch.autograd.grad(self._graphs[: len(given)], self._weights, given)
        # Fused optimisers read a gradient as if it lay in memory like its weight.
        return [_laid_out_like(weight, x) for weight, x in zip(self._weights, found, strict=True)]


def _laid_out_like(weight: Tensor, gradient: Tensor) -> Tensor:
    if gradient.stride() == weight.stride():
        return gradient
    return torch.empty_like(weight).copy_(gradient)
