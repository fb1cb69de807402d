"""Densities, moments and modes of the analytic distributions, against independent numbers."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from ganlab.data import DISTRIBUTIONS, Modes, make_distribution
from ganlab.data.curves import NoisyCurve, gan_lab_line

FINITE = ("points", "digits", "mnist", "fashion_mnist")
ANALYTIC = [name for name in DISTRIBUTIONS if name not in FINITE]
LINE = [name for name in ANALYTIC if name.endswith("1d")]
PLANE = [name for name in ANALYTIC if name not in LINE]
CURVES = ["gan_lab_line", "gan_lab_ring", "swiss_roll", "two_moons", "spirals", "circles"]
# Midpoint step: at three quarters of the finest Gaussian width the rule errs below 1e-14.
STEP = {
    "ring8": 0.015, "grid25": 0.0375, "gan_lab_line": 0.0075, "gan_lab_gaussians": 0.0375,
    "gan_lab_ring": 0.018, "gan_lab_blobs": 0.018, "swiss_roll": 0.022, "two_moons": 0.037,
    "spirals": 0.015, "checkerboard": 0.05, "pinwheel": 0.02, "circles": 0.037,
}  # fmt: skip


def draw(name: str, n: int, seed: int = 0) -> np.ndarray:
    return make_distribution(name).sample(n, torch.Generator().manual_seed(seed)).double().numpy()


def midpoints(box: np.ndarray, cells: int) -> np.ndarray:
    """Centres of a regular grid of cells^2 over a box: [cells, cells, 2]."""
    axes = [low + (high - low) * (np.arange(cells) + 0.5) / cells for low, high in box]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)


SCIPY_1D = {
    "gaussian1d": lambda x: stats.norm.pdf(x),
    "mixture1d": lambda x: np.mean([stats.norm.pdf(x, m, 0.4) for m in (-3, 0, 3)], axis=0),
    "unbalanced1d": lambda x: 0.9 * stats.norm.pdf(x, -2, 0.5) + 0.1 * stats.norm.pdf(x, 2, 0.5),
    "uniform1d": lambda x: stats.uniform.pdf(x, -1, 2),
    "laplace1d": lambda x: stats.laplace.pdf(x),
    "heavy_tail1d": lambda x: stats.t.pdf(x, df=3),
    "spikes1d": lambda x: (stats.norm.pdf(x, -1, 0.02) + stats.norm.pdf(x, 1, 0.02)) / 2,
}


@pytest.mark.parametrize("name", LINE)
def test_line_densities_equal_scipy(name: str) -> None:
    d = make_distribution(name)
    x = np.linspace(*d.bounds[0], 1001)
    np.testing.assert_allclose(
        np.exp(d.log_prob(x[:, None])), SCIPY_1D[name](x), rtol=1e-12, atol=1e-300
    )


@pytest.mark.parametrize("name", LINE)
def test_line_densities_integrate_to_one(name: str) -> None:
    d = make_distribution(name)
    cuts = [-np.inf, *np.linspace(*d.bounds[0], 41), np.inf]
    total = sum(
        integrate.quad(lambda x: np.exp(d.log_prob(np.array([[x]])))[0], a, b)[0]
        for a, b in pairwise(cuts)
    )
    assert total == pytest.approx(1, abs=1e-7)


@pytest.mark.parametrize("name", PLANE)
def test_plane_densities_integrate_to_one(name: str) -> None:
    d = make_distribution(name)
    middle, half = d.bounds.mean(axis=1, keepdims=True), np.ptp(d.bounds, axis=1).max() / 2
    reach = {"gan_lab_gaussians": 0.4, "pinwheel": 0.8, "checkerboard": 0.0}.get(name, 0.15)
    box = middle + (half + reach) * np.array([-1, 1])
    cells = math.ceil(2 * (half + reach) / STEP[name] - 1e-9)
    area = (2 * (half + reach) / cells) ** 2
    total = np.exp(d.log_prob(midpoints(box, cells).reshape(-1, 2))).sum() * area
    assert total == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", PLANE)
def test_plane_samples_follow_the_density(name: str) -> None:
    """Chi-square test of 20,000 samples over 20 x 20 cells of the plotting box."""
    d, coarse, n = make_distribution(name), 20, 20_000
    side = np.ptp(d.bounds, axis=1)
    fine = math.ceil(side.max() / coarse / STEP[name])
    log_p = d.log_prob(midpoints(d.bounds, coarse * fine).reshape(-1, 2))
    mass = np.exp(log_p).reshape(coarse, fine, coarse, fine).sum(axis=(1, 3))
    mass *= side.prod() / (coarse * fine) ** 2
    x = draw(name, n)
    counts, _, _ = np.histogram2d(*x.T, bins=coarse, range=d.bounds)
    assert mass.sum() >= 0.99  # the promise of `bounds`
    common = mass * n >= 5
    observed = np.append(counts[common], n - counts[common].sum())
    expected = np.append(mass[common], 1 - mass[common].sum()) * n
    if expected[-1] < 5:
        observed, expected = observed[:-1], expected[:-1]
    chi2 = ((observed - expected) ** 2 / expected).sum()
    assert 1e-3 < stats.chi2.sf(chi2, len(expected) - 1) < 1 - 1e-3


@pytest.mark.parametrize("name", LINE)
def test_line_samples_follow_the_density(name: str) -> None:
    d, x = make_distribution(name), draw(name, 20_000)[:, 0]
    grid = np.linspace(*d.bounds[0], 20_001)
    p = SCIPY_1D[name](grid)
    below = {"heavy_tail1d": stats.t.cdf(-10, df=3)}.get(name, 0.0)
    cdf = below + integrate.cumulative_trapezoid(p, grid, initial=0)
    distance = np.abs(np.searchsorted(np.sort(x), grid) / len(x) - cdf).max()
    assert 1e-4 < stats.kstwo.sf(distance, len(x)) <= 1
    assert np.mean(np.abs(x - d.bounds.mean()) <= np.ptp(d.bounds) / 2) >= 0.99


@pytest.mark.parametrize("name", ANALYTIC)
def test_stated_moments_are_those_of_the_samples(name: str) -> None:
    d, n = make_distribution(name), 200_000
    x = draw(name, n, seed=1)
    assert np.isfinite(x).all()
    np.testing.assert_allclose(x.mean(axis=0), d.mean, atol=5 * d.std.max() / math.sqrt(n))
    if name == "heavy_tail1d":  # the sample variance has infinite variance here
        assert d.std[0] == pytest.approx(stats.t(3).std(), rel=1e-12)
    else:
        np.testing.assert_allclose(x.std(axis=0), d.std, rtol=0.01)


def test_moments_in_closed_form() -> None:
    assert make_distribution("grid25").std == pytest.approx([math.sqrt(8 + 0.05**2)] * 2)
    assert make_distribution("ring8").std == pytest.approx([math.sqrt(0.5 + 0.02**2)] * 2)
    assert make_distribution("unbalanced1d").mean == pytest.approx([-1.6])
    assert make_distribution("circles").std == pytest.approx([math.sqrt(1.25 / 4 + 0.05**2)] * 2)
    assert make_distribution("pinwheel").std == pytest.approx([math.sqrt(0.55)] * 2)
    assert make_distribution("checkerboard").std == pytest.approx([math.sqrt(4 / 3)] * 2)
    line = make_distribution("gan_lab_line")
    assert line.mean == pytest.approx([0.425, 0.75])
    assert line.std == pytest.approx([math.sqrt(s**2 / 12 + 1e-4) for s in (0.75, 0.3)])
    moons = make_distribution("two_moons")
    assert moons.mean == pytest.approx([0.5, 0.25])
    variance_y = (0.5 - 4 / math.pi**2) + (2 / math.pi - 0.25) ** 2 + 0.05**2
    assert moons.std[1] == pytest.approx(math.sqrt(variance_y))


@pytest.mark.parametrize("name", ["ring8", "grid25", "gan_lab_gaussians", "gan_lab_blobs"])
def test_mixture_densities_equal_scipy(name: str) -> None:
    d = make_distribution(name)
    x = draw(name, 50)
    p = sum(
        w * stats.multivariate_normal.pdf(x, c, np.diag(s**2))
        for w, c, s in zip(d.weights, d.centres, d.stds, strict=True)
    )
    np.testing.assert_allclose(np.exp(d.log_prob(x)), p, rtol=1e-9)


@pytest.mark.parametrize("name", CURVES)
def test_curve_densities_equal_a_dense_integral(name: str) -> None:
    """Simpson's rule on 80,001 points of each arc, at samples and at the corners of the box."""
    d = make_distribution(name)
    (x0, x1), (y0, y1) = d.bounds
    x = np.concatenate([draw(name, 8), [[x0, y0], [x1, y1], [x0, y1]], d.mean[None]])
    u = torch.linspace(0, 1, 80_001, dtype=torch.float64).clamp(1e-15, 1 - 1e-15)
    arcs = [d.curve(piece + u).numpy() for piece in range(d.pieces)]
    for point, log_p in zip(x, d.log_prob(x), strict=True):
        exponents = [-((point - arc) ** 2).sum(axis=1) / (2 * d.noise**2) for arc in arcs]
        top = max(e.max() for e in exponents)
        integral = sum(integrate.simpson(np.exp(e - top), dx=1 / 80_000) for e in exponents)
        expected = top + math.log(integral / d.pieces / (2 * math.pi * d.noise**2))
        assert log_p == pytest.approx(expected, abs=1e-9 * max(1, abs(expected)))


def test_segment_closed_form_equals_quadrature() -> None:
    line = gan_lab_line()
    x = midpoints(line.bounds, 40).reshape(-1, 2)
    np.testing.assert_allclose(line.log_prob(x), NoisyCurve.log_prob(line, x), rtol=1e-9)


@pytest.mark.parametrize("name", ANALYTIC)
def test_samples_lie_in_the_support(name: str) -> None:
    assert np.isfinite(make_distribution(name).log_prob(draw(name, 20_000, seed=2))).all()


def test_checkerboard_stays_in_dark_cells_at_the_largest_uniform(monkeypatch) -> None:
    largest = 1 - 2.0**-24
    monkeypatch.setattr(torch, "rand", lambda *size, generator: torch.full(size, largest))
    assert np.isfinite(make_distribution("checkerboard").log_prob(draw("checkerboard", 64))).all()


MODES = {"gaussian1d": 1, "mixture1d": 3, "unbalanced1d": 2, "spikes1d": 2}
MODES |= {"ring8": 8, "grid25": 25, "gan_lab_blobs": 3}


@pytest.mark.parametrize("name", ANALYTIC)
def test_modes_describe_the_samples(name: str) -> None:
    modes = make_distribution(name).modes
    assert (modes is not None) == (name in MODES)
    if modes is None:
        return
    assert isinstance(modes, Modes)
    assert len(modes.centres) == MODES[name] == len(np.unique(modes.centres.round(6), axis=0))
    n, dim = 20_000, modes.centres.shape[1]
    x = draw(name, n)
    distance = np.linalg.norm(x[:, None] - modes.centres, axis=2)  # [n, k]
    nearest = distance.min(axis=1)
    shares = np.bincount(distance.argmin(axis=1), minlength=MODES[name]) / n
    np.testing.assert_allclose(shares, modes.weights, atol=4 * math.sqrt(0.25 / n))
    assert modes.weights.sum() == pytest.approx(1)
    # REFERENCE: true samples are within three standard deviations 98.89 % (2-D), 99.73 % (1-D).
    high_quality = {1: 0.9973, 2: 1 - math.exp(-4.5)}[dim]
    assert np.mean(nearest <= 3 * modes.std) == pytest.approx(high_quality, abs=0.003)
    assert math.sqrt(np.mean(nearest**2) / dim) == pytest.approx(modes.std, rel=0.02)


def test_ring_modes_are_eight_distinct_points_of_the_unit_circle() -> None:
    centres = make_distribution("ring8").modes.centres
    np.testing.assert_allclose(np.linalg.norm(centres, axis=1), 1, rtol=1e-12)
    gaps = np.linalg.norm(centres - np.roll(centres, 1, axis=0), axis=1)
    np.testing.assert_allclose(gaps, 2 * math.sin(math.pi / 8), rtol=1e-12)


@pytest.mark.parametrize(
    "name", ["mixture1d", "unbalanced1d", "spikes1d", "ring8", "grid25", "gan_lab_blobs"]
)
def test_std_sets_the_width_of_the_modes(name: str) -> None:
    wide = make_distribution(name, std=0.01)
    x = wide.sample(20_000, torch.Generator().manual_seed(0)).double().numpy()
    nearest = np.linalg.norm(x[:, None] - wide.modes.centres, axis=2).min(axis=1)
    assert wide.modes.std == 0.01
    assert math.sqrt(np.mean(nearest**2) / x.shape[1]) == pytest.approx(0.01, rel=0.02)


@pytest.mark.parametrize("std", [0.0, -1.0, math.nan, math.inf])
def test_std_must_be_positive(std: float) -> None:
    with pytest.raises(ValueError, match="give a positive number"):
        make_distribution("ring8", std=std)
