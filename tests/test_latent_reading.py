"""Looking at a generator: the same answer twice, and nothing changed by the look."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from ganlab.config import GeneratorConfig, LatentConfig
from ganlab.latent import (
    invert,
    jacobian,
    principal_directions,
    sample_latents,
    seeded_latents,
    shell,
    stretching,
    walk,
    weight_directions,
)
from ganlab.latent.reading import evaluating
from ganlab.networks import make_generator

CONFIG = LatentConfig(dim=5, signs=2)
LATENTS = sample_latents(CONFIG, 60, torch.Generator().manual_seed(4))
GENERATORS = {
    "mlp": GeneratorConfig(widths=(12, 12), norm="batch", spectral_norm=True),
    "dcgan": GeneratorConfig(
        architecture="dcgan", channels=2, norm="batch", spectral_norm=True, output="tanh"
    ),
}
LOOKS: dict[str, Callable[[nn.Module], Tensor]] = {
    "principal": lambda network: principal_directions(network, LATENTS, 3).vectors,
    "weights": lambda network: weight_directions(network, 3).vectors,
    "jacobian": lambda network: jacobian(network, LATENTS[:4]),
    "stretching": lambda network: stretching(network, LATENTS[:4]).log_volume,
    "inversion": lambda network: (
        list(invert(network, CONFIG, torch.zeros(1, 8, 8), starts=2, steps=5, seed=3))[-1].z
    ),
    "seeds": lambda network: seeded_latents(CONFIG, [1, 2]),
    "walk": lambda network: walk(CONFIG, LATENTS[:3], 10).latents,
    "shell": lambda network: torch.tensor(shell(CONFIG).middle),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", GENERATORS)
def test_a_look_repeats_and_leaves_no_trace(name: str, look: str) -> None:
    torch.manual_seed(0)
    network = make_generator(CONFIG.size, (1, 8, 8), GENERATORS[name])
    list(network.children())[-1].eval()  # mixed modes must come back as they were
    before = copy.deepcopy(network.state_dict())
    modes = [module.training for module in network.modules()]
    randomness = torch.get_rng_state()
    first = LOOKS[look](network)
    assert torch.equal(torch.get_rng_state(), randomness)
    torch.manual_seed(123)  # other global randomness, same answer
    assert torch.equal(first, LOOKS[look](network))
    assert [module.training for module in network.modules()] == modes
    for key, value in network.state_dict().items():
        assert torch.equal(value, before[key]), key
    assert all(weight.grad is None for weight in network.parameters())


def test_another_seed_starts_elsewhere() -> None:
    torch.manual_seed(0)
    network = make_generator(CONFIG.size, (1, 8, 8), GENERATORS["mlp"])
    one, other = (
        list(invert(network, CONFIG, torch.zeros(1, 8, 8), starts=2, steps=1, seed=seed))[-1].z
        for seed in (0, 1)
    )
    assert not torch.equal(one, other)


def test_modes_come_back_after_an_error() -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    with pytest.raises(RuntimeError), evaluating(network):
        assert not network[1].training
        raise RuntimeError
    assert network.training and network[1].training
