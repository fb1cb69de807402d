"""Inversion finds a generated sample again, within the prior's bounds, and reports honestly."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from ganlab.config import GeneratorConfig, LatentConfig
from ganlab.latent import Inversion, invert, sample_latents, shell
from ganlab.networks import make_generator

IMAGE = (1, 8, 8)
GENERATORS = {
    "mlp": GeneratorConfig(widths=(32, 48), norm="batch", output="tanh"),
    "dcgan": GeneratorConfig(architecture="dcgan", channels=4, output="tanh"),
}


def lively(name: str, latent: int, shape: tuple[int, ...] = IMAGE) -> nn.Module:
    """A generator with random weights, strong enough for its images to differ."""
    torch.manual_seed(1)
    network = make_generator(latent, shape, GENERATORS[name])
    with torch.no_grad():
        for weight in network.parameters():
            if weight.dim() > 1:
                weight *= 2
        network(torch.randn(200, latent))
    return network


@torch.no_grad()
def sample_of(network: nn.Module, config: LatentConfig, seed: int) -> Tensor:
    """A sample in evaluation mode, with the network left in training mode."""
    z = sample_latents(config, 1, torch.Generator().manual_seed(seed))
    sample = network.eval()(z)[0]
    network.train()
    return sample


def last(answers: object) -> Inversion:
    return list(answers)[-1]


@pytest.mark.parametrize("config", [LatentConfig(dim=8, signs=0), LatentConfig(dim=5, signs=3)])
@pytest.mark.parametrize("name", GENERATORS)
def test_inversion_recovers_a_generated_images_pixels(name: str, config: LatentConfig) -> None:
    network = lively(name, config.size)
    target = sample_of(network, config, seed=7)
    found = last(invert(network, config, target, steps=200))
    rms = (found.sample - target).square().mean().sqrt().item()
    assert target.std() > 0.15 and rms < 0.02
    assert found.loss == pytest.approx(rms**2, rel=1e-4)
    with torch.no_grad():
        torch.testing.assert_close(network.eval()(found.z[None])[0], found.sample)
    assert (found.z[config.dim :].abs() <= 1).all()


def test_inversion_of_a_point_in_the_plane() -> None:
    config = LatentConfig(kind="uniform", dim=2, signs=0)
    network = lively("mlp", 2, (2,))
    target = sample_of(network, config, seed=3)
    found = last(invert(network, config, target, starts=4, steps=150))
    assert found.z.shape == (2,) and found.sample.shape == (2,) and found.losses.shape == (4,)
    torch.testing.assert_close(found.sample, target, rtol=0, atol=2e-3)
    assert (found.z.abs() <= 1).all()


class Plain(nn.Module):
    """G(z) = z: what cannot be reached is left to the prior."""

    def forward(self, latents: Tensor) -> Tensor:
        return latents


def test_a_uniform_latent_stays_in_its_cube() -> None:
    config = LatentConfig(kind="uniform", dim=2, signs=1)
    target = torch.tensor([3.0, 0.25, -4])
    found = last(invert(Plain(), config, target, steps=400))
    torch.testing.assert_close(found.z, torch.tensor([1.0, 0.25, -1]), rtol=0, atol=2e-3)


@pytest.mark.parametrize("prior", [0.05, 0.5, 5.0])
def test_the_prior_pulls_a_far_latent_back_towards_its_shell(prior: float) -> None:
    """min over r of (r - 5)^2 / 2 + prior (r - high)^2, along the target's direction."""
    config = LatentConfig(dim=2, signs=0)
    high = shell(config).high
    radius = (5 / 2 + prior * high) / (1 / 2 + prior)
    asked = {"target": torch.tensor([5.0, 0]), "starts": 2, "steps": 300, "prior": prior}
    found = last(invert(Plain(), config, **asked))
    torch.testing.assert_close(found.z, torch.tensor([radius, 0]), rtol=0, atol=5e-3)
    assert found.loss == pytest.approx((radius - 5) ** 2 / 2, rel=1e-2, abs=1e-4)


def test_the_prior_leaves_its_shell_alone() -> None:
    config, target = LatentConfig(dim=2, signs=0), torch.tensor([1.0, 0.5])
    found = last(invert(Plain(), config, target, prior=5.0))
    torch.testing.assert_close(found.z, target, rtol=0, atol=1e-3)


def test_reports_come_every_so_often_and_only_improve() -> None:
    config = LatentConfig(dim=6, signs=0)
    network = lively("mlp", 6)
    target = sample_of(network, config, seed=2)
    answers = list(invert(network, config, target, starts=3, steps=25, every=10))
    assert [answer.step for answer in answers] == [0, 4, 14, 24, 25]  # 16 looks, 25 steps
    assert [answer.done for answer in answers] == [False] * 4 + [True]
    losses = [answer.loss for answer in answers]
    assert losses == sorted(losses, reverse=True) and losses[-1] < losses[0] / 2
    assert answers[0].losses.isinf().all() and answers[-1].losses.isfinite().all()
    assert len(list(invert(network, config, target, starts=3, steps=25, every=1))) == 41
    every = last(invert(network, config, target, starts=3, steps=25, every=1))
    assert torch.equal(every.z, answers[-1].z) and every.loss == losses[-1]


def test_one_start_and_one_step_are_enough_to_answer() -> None:
    config = LatentConfig(dim=6, signs=0)
    network = lively("mlp", 6)
    target = sample_of(network, config, seed=2)
    found = last(invert(network, config, target, starts=1, steps=1))
    assert found.done and found.step == found.steps == 1 and found.losses.shape == (1,)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"starts": 0}, "0 starts, 300 steps, a report every 10: give at least 1 of each"),
        ({"target": torch.full(IMAGE, torch.nan)}, "numbers that are not finite"),
    ],
)
def test_inversion_refuses_at_once(change: dict, sentence: str) -> None:
    asked = {"target": torch.zeros(IMAGE), **change}
    with pytest.raises(ValueError, match=sentence):
        invert(lively("mlp", 4), LatentConfig(dim=4, signs=0), **asked)


def test_inversion_refuses_a_target_of_another_shape_and_a_broken_generator() -> None:
    network, config = lively("mlp", 4), LatentConfig(dim=4, signs=0)
    with pytest.raises(ValueError, match=r"shape \[28, 28\]: .* \[1, 8, 8\]"):
        last(invert(network, config, torch.zeros(28, 28)))
    with torch.no_grad():
        network.mlp.layers[0].bias.fill_(torch.nan)
    with pytest.raises(ValueError, match="samples are not finite"):
        last(invert(network, config, torch.zeros(IMAGE)))
