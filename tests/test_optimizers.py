"""Update rules against NumPy, decay schedules, and live retuning."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from ganlab.config import OptimizerConfig
from ganlab.optimizers import DECAYS, OPTIMIZERS, decayed, make_optimizer, retune

RNG = np.random.default_rng(0)
START = RNG.normal(size=(3, 2))
GRADIENTS = RNG.normal(size=(6, 3, 2))
Rule = Callable[[OptimizerConfig, float], np.ndarray]


def numpy_sgd(c: OptimizerConfig, momentum: float = 0.0) -> np.ndarray:
    w, buffer = START.copy(), np.zeros_like(START)
    for gradient in GRADIENTS:
        buffer = momentum * buffer + gradient + c.weight_decay * w
        w = w - c.lr * buffer
    return w


def numpy_rmsprop(c: OptimizerConfig) -> np.ndarray:
    w, square, buffer = START.copy(), np.zeros_like(START), np.zeros_like(START)
    for gradient in GRADIENTS:
        gradient = gradient + c.weight_decay * w
        square = c.beta2 * square + (1 - c.beta2) * gradient**2
        buffer = c.beta1 * buffer + gradient / (np.sqrt(square) + 1e-8)
        w = w - c.lr * buffer
    return w


def numpy_adam(c: OptimizerConfig, decoupled: bool = False) -> np.ndarray:
    """Kingma and Ba 2015, algorithm 1; decoupled: Loshchilov and Hutter 2019, algorithm 2."""
    w, m, v = START.copy(), np.zeros_like(START), np.zeros_like(START)
    for t, gradient in enumerate(GRADIENTS, 1):
        if decoupled:
            w = w - c.lr * c.weight_decay * w
        else:
            gradient = gradient + c.weight_decay * w
        m = c.beta1 * m + (1 - c.beta1) * gradient
        v = c.beta2 * v + (1 - c.beta2) * gradient**2
        m_hat, v_hat = m / (1 - c.beta1**t), v / (1 - c.beta2**t)
        w = w - c.lr * m_hat / (np.sqrt(v_hat) + 1e-8)
    return w


RULES: dict[str, Callable[[OptimizerConfig], np.ndarray]] = {
    "sgd": numpy_sgd,
    "momentum": lambda c: numpy_sgd(c, c.beta1),
    "rmsprop": numpy_rmsprop,
    "adam": numpy_adam,
    "adamw": lambda c: numpy_adam(c, decoupled=True),
}


def steps(config: OptimizerConfig, gradients: np.ndarray, weight: nn.Parameter | None = None):
    weight = nn.Parameter(torch.tensor(START)) if weight is None else weight
    optimizer = make_optimizer([weight], config)
    for gradient in gradients:
        weight.grad = torch.tensor(gradient)
        retune(optimizer, config, config.lr)
        optimizer.step()
    return weight.detach().numpy()


def test_every_rule_has_an_independent_twin() -> None:
    assert RULES.keys() == OPTIMIZERS.keys()


@pytest.mark.parametrize("weight_decay", [0.0, 0.3])
@pytest.mark.parametrize(("beta1", "beta2"), [(0.0, 0.99), (0.9, 0.5), (0.5, 0.0)])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_rules(name: str, beta1: float, beta2: float, weight_decay: float) -> None:
    config = OptimizerConfig(
        name=name, lr=0.05, beta1=beta1, beta2=beta2, weight_decay=weight_decay
    )
    np.testing.assert_allclose(steps(config, GRADIENTS), RULES[name](config), rtol=1e-9, atol=1e-12)


def test_plain_sgd_ignores_momentum() -> None:
    config = OptimizerConfig(name="sgd", lr=0.05, beta1=0.9)
    np.testing.assert_allclose(steps(config, GRADIENTS), START - 0.05 * GRADIENTS.sum(0))


@pytest.mark.parametrize(
    ("decay", "shape"),
    [
        ("constant", lambda p: 1.0),
        ("linear", lambda p: 1 - p),
        ("cosine", lambda p: (1 + math.cos(math.pi * p)) / 2),
    ],
)
def test_decays(decay: str, shape: Callable[[float], float]) -> None:
    """From the full rate to ``final`` of it; Loshchilov and Hutter 2017, eq. 5, for cosine."""
    for progress in (0, 0.25, 0.5, 1.0):
        wanted = 0.3 * (0.1 + 0.9 * shape(progress))
        assert decayed(0.3, decay, 0.1, progress) == pytest.approx(wanted)
    assert decayed(0.3, decay, 0.1, 2.0) == decayed(0.3, decay, 0.1, 1.0)


def test_decays_end_where_they_say() -> None:
    for decay in set(DECAYS) - {"constant"}:
        assert decayed(0.3, decay, 0.0, 1.0) == pytest.approx(0, abs=1e-15)
    assert decayed(0.3, "constant", 0.02, 1.0) == pytest.approx(0.3)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_retune_is_felt_at_the_next_step_and_keeps_the_memory(name: str) -> None:
    """Two phases with different numbers equal NumPy's, which changes its numbers midway."""
    slow = OptimizerConfig(name=name, lr=0.05, beta1=0.5, beta2=0.9)
    fast = OptimizerConfig(name=name, lr=0.2, beta1=0.5, beta2=0.9)
    weight = nn.Parameter(torch.tensor(START))
    optimizer = make_optimizer([weight], slow)
    seen = [START]
    for index, gradient in enumerate(GRADIENTS):
        config = slow if index < 3 else fast
        weight.grad = torch.tensor(gradient)
        retune(optimizer, config, config.lr)
        optimizer.step()
        seen.append(weight.detach().numpy().copy())
    moves = np.diff(np.stack(seen), axis=0)
    still = [START]
    for count in range(1, 7):
        still.append(RULES_AFTER(name, slow, count))
    slow_moves = np.diff(np.stack(still), axis=0)
    np.testing.assert_allclose(moves[:3], slow_moves[:3], rtol=1e-9)
    # Without weight decay a rule's direction does not depend on where the weights are.
    np.testing.assert_allclose(moves[3:], 4 * slow_moves[3:], rtol=1e-9)


def RULES_AFTER(name: str, config: OptimizerConfig, count: int) -> np.ndarray:
    return steps(config, GRADIENTS[:count])


def test_momentum_can_be_switched_on_live() -> None:
    weight = nn.Parameter(torch.tensor(START))
    still = OptimizerConfig(name="momentum", lr=0.1, beta1=0.0)
    moving = OptimizerConfig(name="momentum", lr=0.1, beta1=0.9)
    optimizer = make_optimizer([weight], still)
    w, buffer = START.copy(), None
    for index, gradient in enumerate(GRADIENTS):
        config = still if index < 2 else moving
        weight.grad = torch.tensor(gradient)
        retune(optimizer, config, config.lr)
        optimizer.step()
        if config.beta1:
            buffer = gradient if buffer is None else 0.9 * buffer + gradient
        w = w - 0.1 * (buffer if config.beta1 else gradient)
    np.testing.assert_allclose(weight.detach().numpy(), w, rtol=1e-9)


def test_weight_decay_and_lr_zero() -> None:
    config = OptimizerConfig(name="adam", lr=0.0, weight_decay=0.5)
    np.testing.assert_array_equal(steps(config, GRADIENTS), START)
