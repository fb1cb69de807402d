"""Hand-written passes of a (leaky) ReLU MLP, twice as fast as autograd's on small batches.

Such a network is piecewise linear, so the derivative of its input gradient needs no second
derivatives: a gradient penalty costs one more sweep through the layers instead of a double
backward pass. The kernels also pick the matrix products' orientation: for 2-D data, CPU
libraries take 70 microseconds for gᵀx and 12 for xᵀg.

Both functions are differentiable once, in the weights, the biases and (``mlp``) the input.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import leaky_relu, linear

NARROW = 16  # inputs below this width take the transposed products

_masked = torch.ops.aten.leaky_relu_backward  # (gradient, pre-activation, slope, False)


def mlp(x: Tensor, weights: list[Tensor], biases: list[Tensor], slope: float) -> Tensor:
    """[batch, in] -> [batch, out]; weights[i] is [out_i, in_i], ``slope`` of the leaky ReLU."""
    return _Forward.apply(slope, x, *weights, *biases)


def mlp_with_gradient(
    x: Tensor, weights: list[Tensor], biases: list[Tensor], slope: float
) -> tuple[Tensor, Tensor]:
    """(output [batch, 1], d output / d x [batch, in]) of a network with one output."""
    return _ForwardWithGradient.apply(slope, x, *weights, *biases)


class _Forward(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, slope: float, x: Tensor, *parameters: Tensor) -> Tensor:
        weights, biases = _halves(parameters)
        inputs, before, output = _sweep(x, weights, biases, slope)
        ctx.save_for_backward(*weights, *inputs, *before)
        ctx.slope, ctx.depth = slope, len(weights)
        return output

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        _refuse_second_derivative()
        weights, inputs, before = _saved(ctx)
        train = ctx.needs_input_grad[2]
        dx, dws, dbs = _sweep_back(
            gradient, weights, inputs, before, ctx.slope, ctx.needs_input_grad[1], train
        )
        return None, dx, *dws, *dbs


class _ForwardWithGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, slope: float, x: Tensor, *parameters: Tensor) -> tuple[Tensor, Tensor]:
        weights, biases = _halves(parameters)
        inputs, before, output = _sweep(x, weights, biases, slope)
        # The chain runs from the output's weights down to the input.
        sent, gradient = [], weights[-1].expand(len(x), -1)
        for weight, pre in zip(reversed(weights[:-1]), reversed(before), strict=True):
            sent.append(_masked(gradient, pre, slope, False))  # [batch, width]
            gradient = _pull(sent[-1], weight)
        ctx.save_for_backward(*weights, *inputs, *before, *reversed(sent))
        ctx.slope, ctx.depth = slope, len(weights)
        return output, gradient

    @staticmethod
    def backward(ctx: Any, d_output: Tensor, d_chain: Tensor) -> tuple[Tensor | None, ...]:
        _refuse_second_derivative()
        saved = ctx.saved_tensors
        sent = saved[3 * ctx.depth - 1 :]
        weights, inputs, before = _saved(ctx)
        _, dws, dbs = _sweep_back(d_output, weights, inputs, before, ctx.slope, False, True)
        # The chain is linear in each weight: its derivative sweeps forward through the layers.
        for index, (weight, pre) in enumerate(zip(weights[:-1], before, strict=True)):
            dws[index] = dws[index] + _outer(sent[index], d_chain)
            d_chain = _masked(linear(d_chain, weight), pre, ctx.slope, False)
        dws[-1] = dws[-1] + d_chain.sum(0)
        return None, None, *dws, *dbs


def _refuse_second_derivative() -> None:
    """Only ``create_graph`` enables gradients here; it would find constants, silently."""
    if torch.is_grad_enabled():
        raise RuntimeError("The fast MLP has no second derivative: use mlp_with_gradient.")


def _halves(parameters: tuple[Tensor, ...]) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    half = len(parameters) // 2
    return parameters[:half], parameters[half:]


def _saved(ctx: Any) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...], tuple[Tensor, ...]]:
    depth, saved = ctx.depth, ctx.saved_tensors
    return saved[:depth], saved[depth : 2 * depth], saved[2 * depth : 3 * depth - 1]


def _sweep(
    x: Tensor, weights: tuple[Tensor, ...], biases: tuple[Tensor, ...], slope: float
) -> tuple[list[Tensor], list[Tensor], Tensor]:
    """(input of each layer, pre-activation of each hidden layer, output)."""
    inputs, before = [], []
    for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
        inputs.append(x)
        before.append(linear(x, weight, bias))
        x = leaky_relu(before[-1], slope)
    inputs.append(x)
    return inputs, before, linear(x, weights[-1], biases[-1])


def _sweep_back(
    gradient: Tensor,
    weights: tuple[Tensor, ...],
    inputs: tuple[Tensor, ...],
    before: tuple[Tensor, ...],
    slope: float,
    to_input: bool,
    to_weights: bool,
) -> tuple[Tensor | None, list[Tensor | None], list[Tensor | None]]:
    """Ordinary backpropagation: gradients of the input, the weights and the biases."""
    dws: list[Tensor | None] = [None] * len(weights)
    dbs: list[Tensor | None] = [None] * len(weights)
    for index in reversed(range(len(weights))):
        if to_weights:
            dws[index], dbs[index] = _outer(gradient, inputs[index]), gradient.sum(0)
        if index == 0:
            break
        gradient = _masked(_pull(gradient, weights[index]), before[index - 1], slope, False)
    return _pull(gradient, weights[0]) if to_input else None, dws, dbs


def _outer(gradient: Tensor, x: Tensor) -> Tensor:
    """gradientᵀ x, [out, in], summed over the batch; contiguous, as fused optimisers assume."""
    return (x.t() @ gradient).t().contiguous() if x.shape[1] < NARROW else gradient.t() @ x


def _pull(gradient: Tensor, weight: Tensor) -> Tensor:
    """gradient @ weight, [batch, in]."""
    if weight.shape[1] < NARROW:
        return linear(gradient, weight.t().contiguous())
    return gradient @ weight
