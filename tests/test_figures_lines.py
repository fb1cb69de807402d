"""Lines on a grid: marching squares and the contours of a density."""

from __future__ import annotations

import numpy as np
import pytest

from ganlab.figures.boundary import mass_levels, segments, zero_line


def test_zero_line_of_a_disc_is_its_circle():
    axis = np.linspace(-1.5, 1.5, 64)
    x, y = np.meshgrid(axis, axis)
    xs, ys = zero_line(axis, axis, 1 - np.hypot(x, y))
    radius = np.hypot(xs, ys)
    drawn = radius[~np.isnan(radius)]
    assert np.isnan(radius[2::3]).all() and len(drawn) == 2 * len(radius) // 3 > 100
    np.testing.assert_allclose(drawn, 1, atol=0.002)
    ends = np.stack((xs, ys), -1).reshape(-1, 3, 2)
    length = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum()
    assert length == pytest.approx(2 * np.pi, rel=0.003)


@pytest.mark.parametrize("case", range(1, 15))
def test_zero_line_separates_the_corners_of_a_cell(case):
    corners = np.where([case >> bit & 1 for bit in range(4)], 3.0, -1.0)  # 00, 01, 11, 10
    xs, ys = zero_line(np.array([0.0, 1]), np.array([0.0, 1]), corners[[0, 1, 3, 2]].reshape(2, 2))
    flips = sum(corners[i] * corners[i - 1] < 0 for i in range(4))
    assert len(xs) == 3 * flips // 2
    points = np.stack((xs, ys), -1)[~np.isnan(xs)]
    on_edge = np.isin(points, [0.0, 1.0])
    assert (on_edge.sum(1) == 1).all()
    # A quarter of the way from the -1 to the 3, on an edge whose ends differ.
    assert np.isin(points[~on_edge], [0.25, 0.75]).all()


def test_zero_line_without_a_sign_change_is_empty():
    assert zero_line(np.arange(3.0), np.arange(3.0), np.ones((3, 3)))[0].shape == (0,)


def test_segments_are_the_pieces_of_the_zero_line():
    rng = np.random.default_rng(0)
    x, y = np.linspace(0, 1, 7), np.linspace(0, 2, 9)
    values = rng.normal(size=(9, 7))
    xs, ys = zero_line(x, y, values)
    drawn = np.stack((xs, ys), -1).reshape(-1, 3, 2)[:, :2].reshape(-1, 4)
    np.testing.assert_array_equal(segments(x, y, values), drawn)
    assert len(drawn) > 20


def test_cells_with_an_unknown_corner_are_left_out():
    axis = np.arange(4.0)
    values = np.tile(axis - 1.5, (4, 1))  # a line at x = 1.5, one piece per row of cells
    assert len(segments(axis, axis, values)) == 3
    values[0, 1] = np.nan
    assert len(segments(axis, axis, values)) == 2


@pytest.mark.parametrize(("share", "radius"), [(0.25, 0.7585), (0.5, 1.1774), (0.9, 2.1460)])
def test_levels_of_a_round_gaussian_are_its_highest_density_regions(share, radius):
    """P(r < R) = 1 - exp(-R^2 / 2)."""
    axis = np.linspace(-5, 5, 201)
    x, y = np.meshgrid(axis, axis)
    density = np.exp(-(x**2 + y**2) / 2) / (2 * np.pi)
    (level,) = mass_levels(density, [share])
    assert level == pytest.approx(np.exp(-(radius**2) / 2) / (2 * np.pi), rel=0.02)
    ends = segments(axis, axis, density - level).reshape(-1, 2)
    np.testing.assert_allclose(np.linalg.norm(ends, axis=1), radius, atol=0.02)


def test_no_mass_has_no_levels():
    assert mass_levels(np.zeros((3, 3)), (0.5,)) == []
    assert mass_levels(np.full((2, 2), np.nan), (0.5,)) == []
