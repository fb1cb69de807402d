"""The change of variables against closed forms, folds included."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ganlab.density import latent_cells, pushforward_1d, pushforward_2d

EDGES = np.linspace(-4, 4, 65)


def cell_means(cdf, edges):
    return np.diff(cdf(edges)) / np.diff(edges)


def gaussian_cells(covariance: np.ndarray) -> np.ndarray:
    """Mean density of N(0, covariance) in each cell of EDGES x EDGES, by 4 x 4 points a cell."""
    step = EDGES[1] - EDGES[0]
    fine = EDGES[:-1, None] + step * (np.arange(4) + 0.5) / 4
    points = np.stack(np.meshgrid(fine.ravel(), fine.ravel(), indexing="ij"), axis=-1)
    density = stats.multivariate_normal(np.zeros(2), covariance).pdf(points)
    return density.reshape(64, 4, 64, 4).mean(axis=(1, 3))


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_latent_cells(kind, dim):
    nodes, masses = latent_cells(kind, dim, 11)
    assert nodes.shape == (11,) * dim + (dim,)
    assert masses.shape == (10,) * dim
    assert masses.sum() == pytest.approx(1, abs=1e-12)
    law = {"normal": stats.norm, "uniform": stats.uniform(-1, 2)}[kind]
    inner = nodes.reshape(-1, dim)[1:3, -1]  # two neighbours along the last axis
    expected = np.diff(law.cdf(inner))[0] * (masses.sum(axis=-1).ravel()[0] if dim == 2 else 1)
    assert masses.reshape(-1)[1] == pytest.approx(expected, rel=1e-9)
    assert np.ptp(nodes) == pytest.approx({"normal": 9, "uniform": 2}[kind])


@pytest.mark.parametrize(("scale", "shift"), [(2.0, 1.0), (-0.5, 0.3)])
def test_affine_map_of_a_line(scale, shift):
    nodes, masses = latent_cells("normal", 1, 2001)
    edges = np.linspace(-6, 10, 201)
    found = pushforward_1d(scale * nodes[:, 0] + shift, masses, edges)
    truth = cell_means(stats.norm(shift, abs(scale)).cdf, edges)
    np.testing.assert_allclose(found, truth, atol=5e-4 * truth.max())


def test_square_folds_into_chi_square():
    nodes, masses = latent_cells("normal", 1, 4001)
    edges = np.r_[0, np.geomspace(0.01, 16, 60)]  # unequal bins
    found = pushforward_1d(nodes[:, 0] ** 2, masses, edges)
    np.testing.assert_allclose(found, cell_means(stats.chi2(1).cdf, edges), rtol=2e-3)


def test_uniform_latent_through_a_sine():
    nodes, masses = latent_cells("uniform", 1, 4001)
    edges = np.linspace(-0.99, 0.99, 50)
    found = pushforward_1d(np.sin(3 * np.pi / 2 * nodes[:, 0]), masses, edges)  # three branches
    np.testing.assert_allclose(found, cell_means(stats.arcsine(-1, 2).cdf, edges), rtol=2e-3)


def test_one_line_cell_by_hand():
    found = pushforward_1d(np.array([2.5, 0.5]), np.array([1.0]), np.array([0.0, 1, 2, 4]))
    assert found.tolist() == [0.25, 0.5, 0.125]
    inside = pushforward_1d(np.array([0.2, 0.2]), np.array([1.0]), np.array([0.0, 0.5]))
    assert inside.tolist() == [2.0]  # a collapsed generator: all mass in one bin
    window = pushforward_1d(np.array([-1.0, 1, 3]), np.array([0.5, 0.5]), np.array([0.0, 2]))
    assert window.tolist() == [0.25]  # half the mass falls outside


@pytest.mark.parametrize(("nodes", "tolerance"), [(64, 0.015), (128, 0.01)])
@pytest.mark.parametrize(
    "matrix",
    [
        [[1, 0], [0, 1]],
        [[0.8, -0.6], [0.6, 0.8]],
        [[1, 0.5], [0, 0.7]],
        [[0.3, 0], [0, -1]],
    ],
)
def test_linear_map_of_a_plane(matrix, nodes, tolerance):
    latents, masses = latent_cells("normal", 2, nodes)
    matrix = np.array(matrix)
    found = pushforward_2d(latents @ matrix.T, masses, EDGES, EDGES)
    truth = gaussian_cells(matrix @ matrix.T)
    assert np.abs(found - truth).max() < tolerance * truth.max()
    assert np.abs(found - truth).sum() < tolerance * truth.sum()


def test_strong_stretching_leaves_no_holes():
    latents, masses = latent_cells("uniform", 2, 9)
    found = pushforward_2d(6 * latents, masses, EDGES, EDGES)  # a cell's image is 12 x 12 bins
    np.testing.assert_allclose(found, 1 / 144, rtol=1e-9)


def test_fold_of_a_plane():
    latents, masses = latent_cells("normal", 2, 256)
    folded = np.stack([np.abs(latents[..., 0]), latents[..., 1]], axis=-1)
    found = pushforward_2d(folded, masses, EDGES, EDGES)
    truth = gaussian_cells(np.eye(2)) * np.where(EDGES[:-1] >= 0, 2, 0)[:, None]
    away = np.abs(EDGES[:-1] + 1 / 16) > 0.2  # the middle cell of the mesh straddles the crease
    assert np.abs(found - truth)[away].max() < 0.01 * truth.max()


def test_mass_is_conserved_and_axes_are_in_order():
    rng = np.random.default_rng(0)
    latents, masses = latent_cells("normal", 2, 32)
    images = np.stack([np.sin(5 * latents[..., 1]), latents[..., 0] ** 2], axis=-1)
    images += 0.3 * rng.normal(size=images.shape)
    x_edges, y_edges = np.linspace(-3, 3, 31), np.linspace(-30, 60, 46)
    found = pushforward_2d(images, masses, x_edges, y_edges)
    assert found.shape == (30, 45)
    assert found.sum() * 0.2 * 2 == pytest.approx(1, abs=1e-9)
    mean_x = (found.sum(axis=1) * 0.4) @ (x_edges[:-1] + 0.1)
    corners = (images[:-1, :-1] + images[1:, :-1] + images[:-1, 1:] + images[1:, 1:]) / 4
    assert mean_x == pytest.approx((masses * corners[..., 0]).sum(), abs=0.03)


def test_collapsed_plane():
    latents, masses = latent_cells("normal", 2, 8)
    found = pushforward_2d(np.full_like(latents, 0.05), masses, EDGES, EDGES)
    assert found[32, 32] == pytest.approx(64)
    assert np.count_nonzero(found) == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: latent_cells("signs", 1, 9), "normal, uniform"),
        (lambda: latent_cells("normal", 3, 9), "dimension 1 or 2"),
        (lambda: pushforward_1d(np.zeros(3), np.ones(3), EDGES), r"\[m \+ 1\]"),
        (lambda: pushforward_1d(np.array([0, np.nan]), np.ones(1), EDGES), "1 of 2"),
        (lambda: pushforward_1d(np.zeros(2), np.ones(1), EDGES[::-1]), "increasing"),
        (
            lambda: pushforward_2d(np.zeros((2, 2, 2)), np.ones((1, 1)), EDGES, [0, 1, 3]),
            "linspace",
        ),
        (lambda: pushforward_2d(np.zeros((3, 3)), np.ones((2, 2)), EDGES, EDGES), r"\[h, w, 2\]"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_wild_map_loses_no_mass_and_stays_near_a_histogram():
    """Where pieces may get no lighter: a steep tanh network, against a million samples."""
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 12)) * 3, rng.normal(size=(12, 2)) * 0.8

    def generator(z):
        return np.tanh(z @ first) @ second

    nodes, masses = latent_cells("normal", 2, 64)
    edges = np.linspace(-13, 13, 65)  # the network's whole range
    found = pushforward_2d(generator(nodes), masses, edges, edges)
    area = (edges[1] - edges[0]) ** 2
    samples = generator(rng.normal(size=(1_000_000, 2)))
    wanted = np.histogram2d(*samples.T, bins=(edges, edges))[0] / len(samples)
    assert found.sum() * area == pytest.approx(1, abs=1e-9)
    assert 0.0 < np.abs(found * area - wanted).sum() < 0.3
