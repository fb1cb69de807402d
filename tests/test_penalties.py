"""Penalties against closed forms of linear and quadratic discriminators."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import kstest

from ganlab.config import DiscriminatorConfig, PenaltyConfig
from ganlab.networks import make_discriminator
from ganlab.penalties import (
    annealed,
    clip_weights,
    interpolate,
    noise_std,
    one_centred,
    squared_norm,
    zero_centred,
)

W = torch.tensor([[0.6, -1.7]])


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def linear_d():
    config = DiscriminatorConfig(widths=())
    critic = make_discriminator((2,), config, torch.Generator())
    with torch.no_grad():
        critic.body.layers[0].weight.copy_(W)
    return critic


def test_linear_d_known_answers() -> None:
    """D(x) = w x + b: R1 = (g/2) |w|², gradient penalty 10 (|w| - 1)² (REFERENCE 2.6)."""
    critic, x = linear_d(), torch.randn(7, 2)
    logits, slope = critic.logits_and_gradient(x)
    norm = W.norm().item()
    torch.testing.assert_close(logits, (x @ W.T)[:, 0] + critic.body.layers[0].bias)
    np.testing.assert_allclose(zero_centred(slope, 0.3).detach(), 0.15 * norm**2, rtol=1e-6)
    np.testing.assert_allclose(one_centred(slope, 10).detach(), 10 * (norm - 1) ** 2, rtol=1e-5)


def test_linear_d_slopes_in_the_weights() -> None:
    critic, x = linear_d(), torch.randn(7, 2)
    _, slope = critic.logits_and_gradient(x)
    weight = critic.body.layers[0].weight
    (r1,) = torch.autograd.grad(zero_centred(slope, 0.3).mean(), weight, retain_graph=True)
    torch.testing.assert_close(r1, 0.3 * W)  # d/dw (g/2) w² = g w
    _, slope = critic.logits_and_gradient(x)
    (gp,) = torch.autograd.grad(one_centred(slope, 10).mean(), weight)
    torch.testing.assert_close(gp, 20 * (W.norm() - 1) * W / W.norm())


@pytest.mark.parametrize(("length", "two", "one"), [(0.5, 0.25, 0.0), (1.0, 0.0, 0.0), (3.0, 4, 4)])
def test_one_sided_only_punishes_steep_slopes(length: float, two: float, one: float) -> None:
    gradient = torch.tensor([[0.0, length]])
    assert one_centred(gradient, 1.0, "two").item() == pytest.approx(two, abs=1e-6)
    assert one_centred(gradient, 1.0, "one").item() == pytest.approx(one, abs=1e-6)


def test_flat_d_has_a_finite_penalty_slope() -> None:
    gradient = torch.zeros(3, 2, requires_grad=True)
    (slope,) = torch.autograd.grad(one_centred(gradient, 10).sum(), gradient)
    assert torch.isfinite(slope).all()


def test_images_and_points_take_the_same_path() -> None:
    gradient = torch.randn(5, 1, 4, 4)
    flat = gradient.reshape(5, 16)
    torch.testing.assert_close(squared_norm(gradient), (flat**2).sum(1))
    assert one_centred(gradient, 1.0).shape == (5,)


@pytest.mark.parametrize("shape", [(4000, 1), (4000, 2), (4000, 1, 2, 2)])
def test_interpolates_are_uniform_on_the_segment(shape: tuple[int, ...]) -> None:
    real, fake = torch.zeros(shape), torch.ones(shape)
    x = interpolate(real, fake, torch.Generator().manual_seed(0)).flatten(1)
    assert (x == x[:, :1]).all()  # one share per sample, not per coordinate
    assert kstest(x[:, 0].numpy(), "uniform").pvalue > 0.01
    again = interpolate(real, fake, torch.Generator().manual_seed(0)).flatten(1)
    assert torch.equal(x, again)


def test_annealing_is_linear_to_the_final_share() -> None:
    config = PenaltyConfig(final=0.1)
    found = [annealed(2.0, config, progress) for progress in (0, 0.5, 1, 1.5)]
    assert found == pytest.approx([2.0, 1.1, 0.2, 0.2])
    assert annealed(2.0, PenaltyConfig(), 0.7) == 2.0


def test_instance_noise_falls_linearly_to_zero() -> None:
    config = PenaltyConfig(instance_noise=0.4, noise_until=0.5)
    found = [noise_std(config, progress) for progress in (0, 0.25, 0.5, 0.8, 1.2)]
    assert found == pytest.approx([0.4, 0.2, 0.0, 0.0, 0.0])
    assert found[2:] == [0.0, 0.0, 0.0]


def test_clipping_clamps_every_weight() -> None:
    critic = linear_d()
    before = [weight.detach().clone() for weight in critic.parameters()]
    clip_weights(critic, 0.5)
    for weight, old in zip(critic.parameters(), before, strict=True):
        torch.testing.assert_close(weight.detach(), old.clamp(-0.5, 0.5))
    assert max(weight.abs().max().item() for weight in critic.parameters()) == 0.5
