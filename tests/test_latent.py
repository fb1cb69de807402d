"""Latent laws, shells, seeds, grids of equal mass, and independent random streams."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from ganlab.config import LatentConfig
from ganlab.latent import (
    NOISES,
    QUANTILES,
    Shell,
    latent_axis,
    latent_plane,
    norms,
    sample_latents,
    seeded_latents,
    shell,
    truncated,
)
from ganlab.latent.inversion import LIMITS
from ganlab.latent.laws import RADII
from ganlab.seeding import stream

LAWS = {"normal": stats.norm(), "uniform": stats.uniform(-1, 2)}


@pytest.mark.parametrize("kind", NOISES)
def test_continuous_part_has_its_law(kind: str) -> None:
    z = sample_latents(LatentConfig(kind=kind, dim=3, signs=0), 4000, stream(0, "test"))
    assert z.shape == (4000, 3) and z.dtype == torch.float32
    for column in z.T.numpy():
        assert stats.kstest(column, LAWS[kind].cdf).pvalue > 1e-3
    correlation = np.corrcoef(z.T.numpy()) - np.eye(3)
    assert np.abs(correlation).max() < 4 / np.sqrt(4000)


def test_signs_are_fair_independent_bits() -> None:
    z = sample_latents(LatentConfig(dim=2, signs=5), 4000, stream(0, "test"))
    signs = z[:, 2:].numpy()
    assert z.shape == (4000, 7) and set(np.unique(signs)) == {-1.0, 1.0}
    assert np.abs(signs.mean(0)).max() < 4 / np.sqrt(4000)
    assert np.abs(np.corrcoef(z.T.numpy()) - np.eye(7)).max() < 4.5 / np.sqrt(4000)


def test_only_signs_and_same_draws() -> None:
    config = LatentConfig(dim=0, signs=4)
    first, second = (sample_latents(config, 50, stream(3, "x")) for _ in range(2))
    assert first.shape == (50, 4) and torch.equal(first, second)


@pytest.mark.parametrize("kind", QUANTILES)
def test_axis_holds_equal_mass(kind: str) -> None:
    axis = latent_axis(kind, 41, tail=0.01)
    np.testing.assert_allclose(np.diff(LAWS[kind].cdf(axis)), 0.98 / 40, rtol=1e-6)
    assert LAWS[kind].cdf(axis[0]) == pytest.approx(0.01)
    np.testing.assert_allclose(axis, -axis[::-1], atol=1e-12)


def test_plane_varies_two_coordinates_and_holds_the_others() -> None:
    config = LatentConfig(dim=3, signs=2)
    origin = torch.tensor([5.0, 5, 5, 1, -1])
    plane = latent_plane(config, 7, origin)
    axis = latent_axis("normal", 7).astype(np.float32)
    assert plane.shape == (7, 7, 5) and plane.dtype == np.float32
    np.testing.assert_array_equal(plane[3, :, 0], axis)  # columns: first coordinate
    np.testing.assert_array_equal(plane[:, 3, 1], axis)  # rows: second
    assert (plane[..., 2] == 0).all()
    assert (plane[..., 3] == 1).all() and (plane[..., 4] == -1).all()
    assert origin.tolist() == [5, 5, 5, 1, -1]


def test_plane_of_one_and_of_no_continuous_coordinate() -> None:
    line = latent_plane(LatentConfig(dim=1, signs=1), 9, torch.tensor([7.0, -1]))
    assert line.shape == (9, 2) and (line[:, 1] == -1).all()
    np.testing.assert_array_equal(line[:, 0], latent_axis("normal", 9).astype(np.float32))
    assert latent_plane(LatentConfig(dim=0, signs=3), 9, torch.ones(3)) is None


def test_streams_are_reproducible_and_independent() -> None:
    def draw(seed: int, purpose: str) -> np.ndarray:
        return torch.randn(2000, generator=stream(seed, purpose)).numpy()

    np.testing.assert_array_equal(draw(1, "probe"), draw(1, "probe"))
    draws = [draw(seed, purpose) for seed in (0, 1, 2**31 - 1) for purpose in ("probe", "training")]
    correlation = np.corrcoef(draws) - np.eye(len(draws))
    assert np.abs(correlation).max() < 4 / np.sqrt(2000)


@pytest.mark.parametrize("dim", [1, 2, 7, 64, 512])
def test_normal_shell_is_the_chi_law(dim: int) -> None:
    found = shell(LatentConfig(kind="normal", dim=dim, signs=3))
    expected = stats.chi(dim).ppf([0.025, 0.5, 0.975])
    np.testing.assert_allclose([found.low, found.middle, found.high], expected, rtol=1e-12)


def disc_in_square(radius: float) -> float:
    """The share of the square [-1, 1]^2 within a radius of at least 1: a disc less four caps."""
    half = np.arccos(1 / radius)
    return (np.pi * radius**2 - 4 * (half * radius**2 - np.tan(half))) / 4


def test_uniform_shell_in_one_and_two_dimensions() -> None:
    line = shell(LatentConfig(kind="uniform", dim=1, signs=0))
    np.testing.assert_allclose([line.low, line.middle, line.high], [0.025, 0.5, 0.975], atol=1e-5)
    square = shell(LatentConfig(kind="uniform", dim=2, signs=0))
    inner = np.sqrt(4 * np.array([0.025, 0.5]) / np.pi)  # inside the square a disc is whole
    np.testing.assert_allclose([square.low, square.middle], inner, atol=1e-5)
    assert disc_in_square(square.high) == pytest.approx(0.975, abs=1e-5)


@pytest.mark.parametrize("kind", NOISES)
@pytest.mark.parametrize("dim", [3, 32])
def test_shell_holds_95_percent_of_the_draws(kind: str, dim: int) -> None:
    config = LatentConfig(kind=kind, dim=dim, signs=2)
    radius = norms(config, sample_latents(config, 20_000, stream(0, "test")))
    found = shell(config)
    for quantile, share in ((found.low, 0.025), (found.middle, 0.5), (found.high, 0.975)):
        below = (radius < quantile).double().mean().item()
        assert abs(below - share) < 4 * np.sqrt(share * (1 - share) / 20_000)


def test_shell_and_norm_without_continuous_coordinates_are_zero() -> None:
    config = LatentConfig(dim=0, signs=4)
    assert shell(config) == Shell(0.0, 0.0, 0.0)
    assert norms(config, torch.ones(3, 4)).tolist() == [0, 0, 0]


def test_norm_is_over_the_continuous_coordinates() -> None:
    z = torch.tensor([[3.0, 4, 1, -1], [0, 0, 1, 1]])
    assert norms(LatentConfig(dim=2, signs=2), z).tolist() == [5, 0]


def test_truncation_shrinks_all_but_the_signs() -> None:
    config = LatentConfig(dim=2, signs=2)
    z = torch.tensor([[3.0, -4, 1, -1]], dtype=torch.float64)
    assert truncated(config, z, 0.5).tolist() == [[1.5, -2, 1, -1]]
    assert truncated(config, z, 0).tolist() == [[0, 0, 1, -1]]
    assert torch.equal(truncated(config, z, 1), z) and z.tolist() == [[3, -4, 1, -1]]


def test_a_seed_is_a_latent_whatever_its_neighbours() -> None:
    config = LatentConfig(dim=5, signs=3)
    z = seeded_latents(config, [7, 0, 7, 2**32 - 1])
    assert z.shape == (4, 8) and torch.equal(z[0], z[2]) and not torch.equal(z[0], z[1])
    assert torch.equal(z[1:2], seeded_latents(config, [0]))
    assert torch.equal(z[:1], sample_latents(config, 1, torch.Generator().manual_seed(7)))
    assert seeded_latents(config, []).shape == (0, 8)


@pytest.mark.parametrize("kind", NOISES)
def test_neighbouring_seeds_draw_independently_from_the_law(kind: str) -> None:
    z = seeded_latents(LatentConfig(kind=kind, dim=2, signs=1), range(2000)).numpy()
    for column in z.T[:2]:
        assert stats.kstest(column, LAWS[kind].cdf).pvalue > 1e-3
        assert abs(np.corrcoef(column[1:], column[:-1])[0, 1]) < 4 / np.sqrt(2000)
    assert abs(z[:, 2].mean()) < 4 / np.sqrt(2000)
    assert np.abs(np.corrcoef(z.T) - np.eye(3)).max() < 4 / np.sqrt(2000)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds_out_of_range_are_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="whole numbers from 0 to 4294967295"):
        seeded_latents(LatentConfig(dim=2), [3, seed])


def test_every_noise_has_its_quantiles_radii_and_limits() -> None:
    assert list(NOISES) == list(QUANTILES) == list(RADII) == list(LIMITS)
