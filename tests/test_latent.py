"""Latent laws, grids of equal mass, and independent random streams."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from ganlab.config import LatentConfig
from ganlab.latent import NOISES, QUANTILES, latent_axis, latent_plane, sample_latents
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
