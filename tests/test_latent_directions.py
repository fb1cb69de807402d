"""Directions against an SVD and a PCA of their own in NumPy; class means and their arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganlab.config import GeneratorConfig
from ganlab.latent import (
    Directions,
    arithmetic,
    class_directions,
    class_means,
    principal_directions,
    weight_directions,
)
from ganlab.networks import make_generator

CONFIGS = {
    "mlp": GeneratorConfig(widths=(40, 20), norm="batch"),
    "dcgan": GeneratorConfig(architecture="dcgan", channels=4, norm="batch", output="tanh"),
    "spectral": GeneratorConfig(widths=(40, 20), spectral_norm=True, activation="tanh"),
}


def draws(n: int, dim: int, seed: int = 0) -> Tensor:
    rng = torch.Generator().manual_seed(seed)
    return torch.randn(n, dim, dtype=torch.float64, generator=rng)


def lively(name: str, latent: int = 6) -> nn.Module:
    """A generator with random weights and batch statistics of its own, in double precision."""
    torch.manual_seed(0)
    network = make_generator(latent, (1, 8, 8), CONFIGS[name]).double()
    with torch.no_grad():
        for weight in network.parameters():
            weight.normal_(std=0.5)
        network(3 * draws(200, latent))
    return network


def signed(rows: np.ndarray) -> np.ndarray:
    largest = np.take_along_axis(rows, np.abs(rows).argmax(1)[:, None], 1)
    return rows * np.sign(largest)


def unit_rows(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def features_by_hand(network: nn.Module, latents: Tensor) -> np.ndarray:
    """The first hidden layer of a network with batch norm and leaky ReLU, in NumPy."""
    weight, bias = (
        x.detach().numpy() for x in (network.first_layer.weight, network.first_layer.bias)
    )
    x = latents.numpy() @ weight.T + bias
    norm = network.norms[0] if hasattr(network, "norms") else network.mlp.norms[0]
    mean, variance, scale, shift = (
        np.repeat(value.detach().numpy(), x.shape[1] // len(value))
        for value in (norm.running_mean, norm.running_var, norm.weight, norm.bias)
    )
    x = (x - mean) / np.sqrt(variance + norm.eps) * scale + shift
    return np.where(x > 0, x, 0.2 * x)


@pytest.mark.parametrize("name", ["mlp", "dcgan"])
def test_features_are_the_first_hidden_layer(name: str) -> None:
    network, z = lively(name).eval(), draws(9, 6, seed=1)
    np.testing.assert_allclose(
        network.features(z).detach().numpy(), features_by_hand(network, z), atol=1e-12
    )


@pytest.mark.parametrize("shape", [(2,), (1, 8, 8)])
def test_features_without_a_hidden_layer_are_the_output(shape: tuple[int, ...]) -> None:
    network = make_generator(3, shape, GeneratorConfig(widths=()))
    z = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    assert network.first_layer is network.mlp.layers[0]
    assert torch.equal(network.features(z), network(z).flatten(1))


@pytest.mark.parametrize(("name", "n"), [("mlp", 300), ("dcgan", 300), ("dcgan", 40), ("mlp", 30)])
def test_principal_directions_follow_ganspace(name: str, n: int) -> None:
    network, z = lively(name), draws(n, 6, seed=2)
    found = principal_directions(network, z, 4)
    features = features_by_hand(network, z)
    centred = features - features.mean(0)
    _, values, axes = np.linalg.svd(centred, full_matrices=False)
    coordinates = centred @ axes[:4].T  # [n, 4]
    back, *_ = np.linalg.lstsq(coordinates, z.numpy() - z.numpy().mean(0), rcond=None)
    np.testing.assert_allclose(found.vectors, signed(unit_rows(back)), atol=1e-8)
    np.testing.assert_allclose(found.share, (values**2 / (values**2).sum())[:4], rtol=1e-9)
    assert found.name == "features"


def test_principal_directions_of_a_linear_layer_are_its_singular_vectors() -> None:
    """Whitened draws through A alone: the features' principal axes are A's singular vectors."""
    network = make_generator(5, (3, 3), GeneratorConfig(widths=())).double()
    z = draws(400, 5)
    z = z - z.mean(0)
    z = z @ torch.linalg.inv(torch.linalg.cholesky(z.T @ z / 400)).T  # covariance exactly 1
    by_features, by_weights = principal_directions(network, z, 5), weight_directions(network, 5)
    torch.testing.assert_close(by_features.vectors, by_weights.vectors, rtol=0, atol=1e-8)
    torch.testing.assert_close(by_features.share, by_weights.share)


def test_components_in_which_nothing_varies_are_left_out() -> None:
    network = make_generator(4, (7,), GeneratorConfig(widths=())).double()
    with torch.no_grad():
        network.first_layer.weight[:, 2:] = 0
    found = principal_directions(network, draws(100, 4), 4)
    assert found.vectors.shape == (2, 4) and found.share.sum().item() == pytest.approx(1)


@pytest.mark.parametrize("name", CONFIGS)
def test_weight_directions_are_the_eigenvectors_of_sefa(name: str) -> None:
    network = lively(name)
    found = weight_directions(network, 5)
    weight = network.eval().first_layer.weight.detach().numpy()
    values, vectors = np.linalg.eigh(weight.T @ weight)
    np.testing.assert_allclose(found.vectors, signed(vectors.T[::-1][:5]), atol=1e-9)
    np.testing.assert_allclose(found.share, (values[::-1] / values.sum())[:5], rtol=1e-9)
    assert found.name == "weights"


@pytest.mark.parametrize("k", [0, 7])
def test_more_directions_than_there_are_is_refused(k: int) -> None:
    network = lively("mlp")
    for ask in (
        lambda: weight_directions(network, k),
        lambda: principal_directions(network, draws(50, 6), k),
    ):
        with pytest.raises(ValueError, match=f"{k} directions: this generator .* have 1 to 6"):
            ask()


def test_a_diverged_generator_is_refused() -> None:
    network = lively("mlp")
    with torch.no_grad():
        network.first_layer.weight[0, 0] = torch.nan
    with pytest.raises(ValueError, match="first layer is not finite"):
        weight_directions(network, 2)
    with pytest.raises(ValueError, match="first layer is not finite"):
        principal_directions(network, draws(50, 6), 2)


LATENTS = torch.tensor([[1.0, 0], [3, 0], [0, 4], [0, 0]], dtype=torch.float64)
CLASSES = torch.tensor([0, 0, 2, 2])


def test_class_means_and_counts() -> None:
    means, counts = class_means(LATENTS, CLASSES, 4)
    np.testing.assert_array_equal(means, [[2, 0], [np.nan] * 2, [0, 2], [np.nan] * 2])
    assert counts.tolist() == [2, 0, 2, 0]


def test_class_means_are_numpys() -> None:
    z, labels = draws(500, 7), torch.arange(500) % 10
    means, _ = class_means(z, labels, 10)
    for label in range(10):
        np.testing.assert_allclose(means[label], z[labels == label].numpy().mean(0))


def test_class_directions_lead_from_the_mean_of_all() -> None:
    z, labels = draws(90, 5), torch.arange(90) % 4 % 3  # unequal counts: 45, 23, 22 of 4 classes
    means, counts = class_means(z, labels, 4)
    found = class_directions(means, counts)
    for label in range(3):
        towards = (z[labels == label].mean(0) - z.mean(0)).numpy()
        np.testing.assert_allclose(found.share[label], np.linalg.norm(towards))
        np.testing.assert_allclose(found.vectors[label], towards / np.linalg.norm(towards))
    assert found.share[3] == 0 and (found.vectors[3] == 0).all() and found.name == "classes"


def test_one_class_has_no_direction() -> None:
    found = class_directions(*class_means(LATENTS, torch.ones(4).long(), 2))
    assert isinstance(found, Directions) and (found.vectors == 0).all() and (found.share == 0).all()


def test_arithmetic_of_class_means() -> None:
    means, _ = class_means(LATENTS, CLASSES, 4)
    assert arithmetic(means, {0: 1, 2: -1}).tolist() == [2, -2]
    assert arithmetic(means, {0: 0.5, 2: 2}).tolist() == [1, 4]
    assert arithmetic(means, {}).tolist() == [0, 0]
    for absent in (1, 4, -1):
        with pytest.raises(ValueError, match=f"Class {absent} has no samples"):
            arithmetic(means, {0: 1, absent: 1})
