"""The latent mesh with its folds, and what pushes the fakes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, log_expit
from synthetic import make_line, make_snapshot

from ganlab.figures.marks import calibrated
from ganlab.figures.mesh import cell_areas, mesh
from ganlab.figures.pushes import LONGEST, PUSHES, STEEP, forces, pushes
from ganlab.snapshot import Manifold

NODES = np.stack(np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 5)), -1)  # [5, 9, 2]
BOUNDS = np.array([[-1.5, 1.5], [-1.5, 1.5]])
# -d L_G / d l of each loss, by central differences of its formula.
LOSSES = {
    "D": lambda l: -expit(l),  # noqa: E741
    "saturating": lambda l: log_expit(-l),  # noqa: E741
    "non_saturating": lambda l: -log_expit(l),  # noqa: E741
    "wasserstein": lambda l: -l,  # noqa: E741
    "least_squares": lambda l: (l - 1) ** 2,  # noqa: E741
}


@pytest.mark.parametrize(
    "matrix", [[[2.0, 0.5], [0.0, 1.5]], [[0.6, -0.8], [0.8, 0.6]], [[1.0, 0.0], [0.0, -1.0]]]
)
def test_a_linear_map_has_even_weights_and_no_folds(matrix):
    images = NODES @ np.array(matrix).T + 3
    found = mesh(Manifold(NODES, images))
    np.testing.assert_allclose(cell_areas(images), np.linalg.det(matrix) * 0.25 * 0.5)
    assert found.weight.shape == (4, 8) and found.weight.dtype == np.uint8
    assert (found.weight == 255).all() and found.folds.shape == (0, 4)
    np.testing.assert_array_equal(found.images, images)
    np.testing.assert_array_equal(found.latents, NODES)


def test_a_fold_is_where_the_plane_turns_over():
    """(x, y) -> (|x|, y) folds along x = 0."""
    folds = mesh(Manifold(NODES, np.abs(NODES) * [1, 0] + NODES * [0, 1])).folds
    assert folds.shape == (4, 4)  # one edge per row of cells
    np.testing.assert_array_equal(folds[:, [0, 2]], 0)
    np.testing.assert_allclose(
        np.sort(folds[:, [1, 3]], 0), [[a, a + 0.5] for a in NODES[:4, 0, 1]]
    )


def test_a_fold_along_the_other_direction():
    folds = mesh(Manifold(NODES, np.abs(NODES) * [0, 1] + NODES * [1, 0])).folds
    assert folds.shape == (8, 4)
    np.testing.assert_array_equal(folds[:, [1, 3]], 0)
    assert abs(folds[:, 2] - folds[:, 0]).sum() == pytest.approx(2)


def test_weight_is_one_over_the_area():
    """z -> z^3 squeezes the middle: cells of widths 1, 1/8 and so on."""
    images = NODES.copy()
    images[..., 0] **= 3
    found = mesh(Manifold(NODES, images))
    widths = np.diff(np.linspace(-1, 1, 9) ** 3)
    np.testing.assert_array_equal(found.weight[0], np.round(255 * widths.min() / widths))
    assert found.weight.max() == 255 and found.weight.min() == round(255 / 37)


def test_a_collapsed_generator_has_no_folds_but_full_weight():
    jitter = 1e-7 * np.random.default_rng(0).normal(size=NODES.shape)
    found = mesh(Manifold(NODES, np.ones_like(NODES) + jitter))
    assert found.folds.shape == (0, 4)
    exact = mesh(Manifold(NODES, np.ones_like(NODES)))
    assert (exact.weight == 255).all()


def test_cells_that_are_not_finite_are_empty():
    images = NODES.copy()
    images[0, 0] = np.nan
    found = mesh(Manifold(NODES, images))
    assert found.weight[0, 0] == 0 and (found.weight.ravel()[1:] == 255).all()
    assert mesh(Manifold(NODES, np.full_like(NODES, np.nan))).weight.max() == 0


def test_a_latent_line_is_a_mesh_of_one_row():
    z = np.linspace(-2, 2, 7)
    found = mesh(Manifold(z, np.stack((np.cos(z), np.sin(z)), -1)))
    assert found.images.shape == found.latents.shape == (1, 7, 2)
    np.testing.assert_array_equal(found.latents[0, :, 0], z)
    assert found.weight.shape == (0, 6) and found.folds.shape == (0, 4)


def pushed(n: int = 50, **changes):
    """n fakes inside the picture with random slopes."""
    rng = np.random.default_rng(2)
    values = {
        "fake": rng.uniform(-1, 1, (60, 2)),
        "fake_logits": rng.normal(0, 2, 60),
        "slopes": rng.normal(0, 4, (n, 2)),
    }
    return make_snapshot(**{**values, **changes})


@pytest.mark.parametrize("name", PUSHES)
def test_forces_are_minus_the_gradient_of_the_generators_loss(name):
    snapshot = pushed()
    logits, h = snapshot.fake_logits[:50], 1e-5
    slope = (LOSSES[name](logits + h) - LOSSES[name](logits - h)) / (2 * h)  # d loss / d l
    force = forces(snapshot)[list(PUSHES).index(name)]
    np.testing.assert_allclose(force, -slope[:, None] * snapshot.slopes, atol=1e-8)


def test_saturating_over_non_saturating_is_the_odds():
    snapshot = pushed()
    _, saturating, other, *_ = forces(snapshot)
    odds = np.exp(snapshot.fake_logits[:50])[:, None]
    np.testing.assert_allclose(saturating, odds * other, rtol=1e-12)


def test_least_squares_knows_where_its_logit_was_moved_to():
    """Shown logits of that loss are its scores less 1/2."""
    shown = pushed(loss="least_squares")
    factor = 2 * (1 - (shown.fake_logits[:50] + 0.5))
    np.testing.assert_allclose(forces(shown)[4], factor[:, None] * shown.slopes)


def test_a_critics_belief_is_the_one_that_is_shown():
    snapshot = pushed(loss="wasserstein", real_logits=np.full(60, 30.0))
    belief = expit(calibrated(snapshot.fake_logits[:50], snapshot))
    np.testing.assert_allclose(forces(snapshot)[1], belief[:, None] * snapshot.slopes)
    np.testing.assert_array_equal(forces(snapshot)[3], snapshot.slopes)


def test_pushes_keep_the_direction_and_saturate_in_length():
    snapshot = pushed()
    force, moves = forces(snapshot), pushes(snapshot, BOUNDS)
    assert moves.shape == (5, 50, 2)
    size, length = np.linalg.norm(force, axis=2), np.linalg.norm(moves, axis=2)
    np.testing.assert_allclose(length, LONGEST * 3 * (3 * size) / (3 * size + STEEP))
    cosine = (force * moves).sum(2) / (size * length)
    np.testing.assert_allclose(cosine, 1)
    assert length.max() < LONGEST * 3


def test_nothing_is_pushed_that_is_unknown_outside_or_at_rest():
    fake = np.array([[0.0, 0.0], [2.0, 0.0], [np.nan, 0.0], [0.5, 0.5], [0.2, 0.2]])
    slopes = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 1.0], [np.inf, 0.0], [1.0, 0.0]])
    moves = pushes(pushed(fake=fake, slopes=slopes, fake_logits=np.zeros(5)), BOUNDS)
    assert not moves[:, :4].any()
    assert (moves[:, 4, 0] > 0).all() and not moves[:, 4, 1].any()


def test_without_slopes_there_are_no_pushes():
    assert pushes(make_snapshot(), BOUNDS).shape == (5, 0, 2)
    assert forces(make_line()).shape == (5, 0, 1)
