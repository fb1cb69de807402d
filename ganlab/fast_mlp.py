"""Hand-written passes of a (leaky) ReLU MLP, twice as fast as autograd's on small batches.

Such a network is piecewise linear, so the derivative of its input gradient needs no second
derivatives: a gradient penalty costs one more sweep through the layers instead of a double
backward pass. The kernels also pick the matrix products' orientation: for 2-D data, CPU
libraries take 70 microseconds for gᵀx and 12 for xᵀg.

Nothing here is differentiable by autograd; call it under ``torch.no_grad()``.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import leaky_relu, linear

NARROW = 16  # inputs below this width take the transposed products

_leaky_relu_backward = torch.ops.aten.leaky_relu_backward.default


class Tape:
    """One pass through the layers, remembered for the derivatives one may ask for.

    x: [batch, in]; weights[i]: [out_i, in_i]; biases[i]: [out_i]; slope: of the leaky ReLU,
    0 for the ReLU. ``output`` is [batch, out]. A tape is of no use once its weights have moved.
    """

    def __init__(
        self, x: Tensor, weights: list[Tensor], biases: list[Tensor], slope: float
    ) -> None:
        self._weights, self._slope = weights, slope
        self._inputs = [x]  # of each layer
        for weight, bias in zip(weights[:-1], biases[:-1], strict=True):
            x = leaky_relu(linear(x, weight, bias), slope, inplace=True)
            self._inputs.append(x)
        self.output = linear(x, weights[-1], biases[-1])

    def input_gradient(self) -> Tensor:
        """d output / d x, [batch, in], of a network with one output."""
        # The chain runs from the output's weights down to the input.
        self._sent: list[Tensor] = []
        chain = self._weights[-1].expand(len(self.output), -1)
        for index in reversed(range(1, len(self._weights))):
            self._sent.insert(0, self._through_activation(chain, index))
            chain = _pull(self._sent[0], self._weights[index - 1])
        return chain

    def to_input(self, d_output: Tensor) -> Tensor:
        """d loss / d output, [batch, out] -> d loss / d x, [batch, in]."""
        for index in reversed(range(1, len(self._weights))):
            d_output = self._through_activation(_pull(d_output, self._weights[index]), index)
        return _pull(d_output, self._weights[0])

    def to_weights(self, d_output: Tensor, d_gradient: Tensor | None = None) -> list[Tensor]:
        """Gradients of weights[0], biases[0], weights[1], ..., each contiguous.

        d_output: d loss / d output, [batch, out]; d_gradient: d loss / d ``input_gradient()``,
        [batch, in], if the loss depends on it.
        """
        weights: list[Tensor] = []
        biases: list[Tensor] = []
        for index in reversed(range(len(self._weights))):
            weights.insert(0, _outer(d_output, self._inputs[index]))
            biases.insert(0, d_output.sum(0))
            if index:
                d_output = self._through_activation(_pull(d_output, self._weights[index]), index)
        if d_gradient is not None:
            self._add_chain(weights, d_gradient)
        return [x for pair in zip(weights, biases, strict=True) for x in pair]

    def _add_chain(self, gradients: list[Tensor], d_chain: Tensor) -> None:
        """The chain is linear in each weight: its derivative sweeps forward through the layers."""
        for index, sent in enumerate(self._sent):
            gradients[index] += _outer(sent, d_chain)
            d_chain = self._through_activation(linear(d_chain, self._weights[index]), index + 1)
        gradients[-1] += d_chain.sum(0)

    def _through_activation(self, gradient: Tensor, index: int) -> Tensor:
        """Times the activation's derivative, whose sign the input of layer ``index`` still has."""
        return _leaky_relu_backward(gradient, self._inputs[index], self._slope, True)


def _outer(gradient: Tensor, x: Tensor) -> Tensor:
    """gradientᵀ x, [out, in], summed over the batch; contiguous, as fused optimisers assume."""
    return (x.t() @ gradient).t().contiguous() if x.shape[1] < NARROW else gradient.t() @ x


def _pull(gradient: Tensor, weight: Tensor) -> Tensor:
    """gradient @ weight, [batch, in]."""
    if weight.shape[1] < NARROW:
        return linear(gradient, weight.t().contiguous())
    return gradient @ weight
