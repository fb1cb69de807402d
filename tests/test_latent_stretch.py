"""The Jacobian against finite differences, volumes against determinants and known maps."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganlab.config import GeneratorConfig
from ganlab.latent import jacobian, stretching
from ganlab.networks import make_generator

SMOOTH = "tanh"  # a kink would spoil a finite difference
CONFIGS = {
    "mlp with batch norm": (
        (2,),
        GeneratorConfig(widths=(16, 12), norm="batch", activation=SMOOTH),
    ),
    "mlp with layer norm": ((3,), GeneratorConfig(widths=(16,), norm="layer", activation="silu")),
    "spectral": ((1, 8, 8), GeneratorConfig(widths=(16,), spectral_norm=True, activation="elu")),
    "dcgan": (
        (1, 8, 8),
        GeneratorConfig(
            architecture="dcgan", channels=3, norm="batch", activation=SMOOTH, output="tanh"
        ),
    ),
    "dcgan, resized": (
        (1, 8, 8),
        GeneratorConfig(
            architecture="dcgan", channels=3, upsampling="resize", activation="softplus"
        ),
    ),
}


def draws(n: int, dim: int, seed: int = 0) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(n, dim, dtype=torch.float64, generator=rng)


def lively(name: str, latent: int = 4) -> nn.Module:
    """A generator with batch statistics of its own, left in training mode."""
    torch.manual_seed(0)
    shape, config = CONFIGS[name]
    network = make_generator(latent, shape, config).double()
    with torch.no_grad():
        network(2 * draws(100, latent, seed=9))
    return network


@torch.no_grad()
def differences(network: nn.Module, z: Tensor, axes: Tensor, h: float = 1e-5) -> Tensor:
    """Central differences along axes [k, latent]: [n, out, k]."""
    network.eval()
    moves = [(network(z + h * axis) - network(z - h * axis)) / (2 * h) for axis in axes]
    return torch.stack([move.flatten(1) for move in moves], -1)


@pytest.mark.parametrize("name", CONFIGS)
def test_jacobian_is_the_limit_of_differences(name: str) -> None:
    network, z = lively(name), draws(5, 4)
    found = jacobian(network, z)
    assert found.shape == (5, np.prod(CONFIGS[name][0]), 4)
    torch.testing.assert_close(
        found, differences(network, z, torch.eye(4).double()), rtol=1e-6, atol=1e-8
    )


def test_jacobian_along_axes_is_the_jacobian_times_them() -> None:
    network, z, axes = lively("dcgan"), draws(3, 4), draws(2, 4, seed=1)
    torch.testing.assert_close(jacobian(network, z, axes), jacobian(network, z) @ axes.T)
    torch.testing.assert_close(
        jacobian(network, z, axes), differences(network, z, axes), rtol=1e-6, atol=1e-8
    )


def test_stretching_of_a_square_map_is_log_det() -> None:
    network, z = lively("mlp with batch norm", latent=2), draws(7, 2)
    slopes = jacobian(network, z).numpy()
    found = stretching(network, z)
    np.testing.assert_allclose(found.log_volume, np.linalg.slogdet(slopes).logabsdet, rtol=1e-9)
    np.testing.assert_allclose(found.top, np.linalg.norm(slopes, 2, axis=(1, 2)), rtol=1e-9)


@pytest.mark.parametrize("name", ["dcgan", "mlp with layer norm"])
def test_stretching_sums_the_logs_of_the_singular_values(name: str) -> None:
    """64 pixels of 4 coordinates, and 3 numbers of 4: a tall and a wide Jacobian."""
    network, z = lively(name), draws(6, 4)
    values = np.linalg.svd(jacobian(network, z).numpy(), compute_uv=False)
    found = stretching(network, z)
    np.testing.assert_allclose(found.top, values[:, 0], rtol=1e-9)
    np.testing.assert_allclose(found.log_volume, np.log(values).sum(1), rtol=1e-7)


def linear(matrix: Tensor) -> nn.Linear:
    layer = nn.Linear(matrix.shape[1], matrix.shape[0], bias=False, dtype=matrix.dtype)
    layer.weight.data.copy_(matrix)
    return layer


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_stretching_of_a_known_linear_map(dtype: torch.dtype) -> None:
    """Stretches of 1000, 2 and 1e-3 in turned coordinates: the volume doubles."""
    turn, back = np.linalg.qr(draws(5, 3).numpy())[0], np.linalg.qr(draws(3, 3, 1).numpy())[0]
    matrix = torch.as_tensor(turn @ np.diag([1000, 2, 0.001]) @ back).to(dtype)
    found = stretching(linear(matrix), draws(2, 3).to(dtype))
    assert found.top.dtype == found.log_volume.dtype == dtype
    np.testing.assert_allclose(found.top, [1000, 1000], rtol=1e-5)
    tolerance = 1e-1 if dtype == torch.float32 else 1e-4  # of the map's own rounding
    np.testing.assert_allclose(found.log_volume, [np.log(2)] * 2, atol=tolerance)


def test_stretching_along_axes_is_that_of_their_plane() -> None:
    axes = torch.tensor([[1.0, 0, 0], [0, 0, 1]])
    found = stretching(linear(torch.diag(torch.tensor([3.0, 100, 5]))), torch.zeros(1, 3), axes)
    assert found.top.item() == pytest.approx(5)
    assert found.log_volume.item() == pytest.approx(np.log(15))


def test_a_flat_map_has_no_volume() -> None:
    flat = nn.Sequential(linear(torch.eye(2)), nn.ReLU())
    found = stretching(flat, torch.tensor([[1.0, 2], [1, -2], [-1, -2]]))
    assert found.top.tolist() == [1, 1, 0]
    assert found.log_volume.tolist() == [0, -np.inf, -np.inf]


def test_a_derivative_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="derivative is not finite"):
        stretching(linear(torch.tensor([[np.inf, 1.0]])), torch.ones(1, 2))
