"""Kernel estimates, and the best D between the two laws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import trapezoid
from scipy.special import expit
from scipy.stats import norm
from synthetic import make_line, make_snapshot, ring

from ganlab.figures import kernel
from ganlab.figures.laws import BINS, best_discriminator, data_density, laws
from ganlab.snapshot import Field

AXIS = np.linspace(-3, 3, 121)


def plane(p_data=None, p_g=None, n: int = 48, half: float = 1.5) -> Field:
    """A field on n x n cells of a square, whose D does not matter here."""
    axis = (np.arange(n) + 0.5) * 2 * half / n - half
    return Field((axis, axis), np.zeros((n, n)), np.zeros((n, n, 2)), p_data, p_g)


def gaussian(field: Field, mean: float, std: float) -> np.ndarray:
    """N((mean, 0), std^2 I) on a field's grid."""
    x, y = np.meshgrid(*field.axes)
    return norm.pdf(x, mean, std) * norm.pdf(y, 0, std)


def test_bandwidths_are_half_the_normal_reference_rule():
    rng = np.random.default_rng(0)
    line, flat = rng.normal(0, 2, (500, 1)), rng.normal(0, [1, 3], (800, 2))
    half_line = 0.5 * (4 / (3 * 500)) ** 0.2 * 2
    np.testing.assert_allclose(kernel.bandwidths(line, [AXIS]), half_line, rtol=0.1)
    half_flat = 0.5 * 800 ** (-1 / 6) * np.array([1, 3])
    np.testing.assert_allclose(kernel.bandwidths(flat, [AXIS, AXIS]), half_flat, rtol=0.1)
    narrow = kernel.bandwidths(flat, [AXIS, AXIS], mode_std=0.1)
    np.testing.assert_allclose(narrow, 0.075)
    np.testing.assert_allclose(kernel.bandwidths(flat, [AXIS, AXIS], mode_std=0.02), 0.05)
    np.testing.assert_allclose(kernel.bandwidths(np.full((3, 1), np.nan), [AXIS]), 0.05)


def test_estimate_is_the_mean_of_kernels():
    rng = np.random.default_rng(1)
    samples = rng.normal(0, [0.5, 0.8], (400, 2))
    widths = np.array([0.2, 0.3])
    values = kernel.estimate(samples, [AXIS, AXIS[10:-10]], widths)
    assert values.shape == (101, 121)
    x, y = np.meshgrid(AXIS, AXIS[10:-10])
    square = ((np.stack((x, y), -1)[..., None, :] - samples) / widths) ** 2
    direct = np.exp(-0.5 * square.sum(-1)).mean(-1) / (2 * np.pi * widths.prod())
    np.testing.assert_allclose(values, direct, atol=0.03 * direct.max())
    assert values.sum() == pytest.approx(direct.sum(), rel=1e-3)


@pytest.mark.parametrize("samples", [200, 5000])
def test_estimate_of_a_gaussian(samples):
    x = np.linspace(-6, 6, 601)
    drawn = np.random.default_rng(0).normal(size=(samples, 1))
    values = kernel.estimate(drawn, [x], kernel.bandwidths(drawn, [x]))
    assert trapezoid(values, x) == pytest.approx(1, abs=1e-3)
    assert trapezoid(abs(values - norm.pdf(x)), x) < 3 * samples**-0.4


def test_estimate_keeps_narrow_modes_apart():
    rng = np.random.default_rng(0)
    drawn = np.concatenate((rng.normal(-1, 0.1, 500), rng.normal(1, 0.1, 500)))[:, None]
    x = np.linspace(-2, 2, 401)
    values = kernel.estimate(drawn, [x], kernel.bandwidths(drawn, [x], mode_std=0.1))
    assert values[200] < 0.05 and 1.3 < values.max() < 2


def test_samples_outside_and_not_finite():
    x = np.linspace(-1, 1, 21)
    samples = np.array([0.0, 0.0, 5.0, np.nan])[:, None]
    counted = kernel.histogram(samples, [x])
    assert counted[10] == pytest.approx(2 / 3 / 0.1) and np.count_nonzero(counted) == 1
    assert kernel.estimate(np.full((4, 1), np.nan), [x], np.array([0.1])).sum() == 0


def test_smoothing_adds_variances():
    blurred = kernel.smooth(norm.pdf(AXIS, 0, 0.3), [AXIS], np.array([0.4]))
    np.testing.assert_allclose(blurred, norm.pdf(AXIS, 0, 0.5), atol=1e-6)


def test_best_discriminator_of_two_gaussians():
    best = best_discriminator(norm.pdf(AXIS), norm.pdf(AXIS, 1))
    np.testing.assert_allclose(best, expit(0.5 - AXIS), atol=1e-12)
    nowhere = best_discriminator(np.array([0.0, 1.0, 1e-4, 1e-2]), np.zeros(4))
    np.testing.assert_array_equal(nowhere, [np.nan, 1, np.nan, 1])
    assert np.isnan(best_discriminator(np.zeros(2), np.zeros(2))).all()


def test_both_densities_exact_give_the_exact_best_d():
    field = plane()
    p_data, p_g = gaussian(field, -0.2, 0.25), gaussian(field, 0.2, 0.25)
    found = laws(make_snapshot(field=plane(p_data, p_g), mode_std=0.25))
    assert found.how == "exact" and found.p_g is not None
    x = np.meshgrid(*field.axes)[0]
    best, known = found.best(), ~np.isnan(found.best())
    np.testing.assert_allclose(best[known], expit(-2 * 0.2 * 2 * x[known] / (2 * 0.25**2)))
    # Two discs of radius sqrt(2 ln 1000) std, 0.4 apart, on a square of area 9.
    assert known.mean() == pytest.approx(0.385, abs=0.01)


@pytest.mark.parametrize("known", [False, True], ids=["data estimated", "data known"])
@pytest.mark.parametrize("std", [0.02, 0.2])
def test_equal_laws_have_a_best_d_of_one_half(known, std):
    """Fakes that are other real samples: half, up to the noise of 2,000 samples."""
    rng = np.random.default_rng(0)
    real, fake = (
        ring()[rng.integers(8, size=2000)] + std * rng.normal(size=(2000, 2)) for _ in range(2)
    )
    x, y = np.meshgrid(*plane().axes)
    p_data = sum(norm.pdf(x, a, std) * norm.pdf(y, b, std) for a, b in ring()) / 8
    field = plane(p_data if known else None)
    found = laws(make_snapshot(real=real, fake=fake, field=field, mode_std=std))
    heavy = found.fair_data > 0.1 * found.fair_data.max()
    assert abs(found.best()[heavy] - 0.5).mean() < 0.06
    assert abs(found.best()[heavy].mean() - 0.5) < 0.01
    same = laws(make_snapshot(real=real, fake=real, field=plane(), mode_std=std))
    np.testing.assert_array_equal(same.best()[heavy], 0.5)


def test_an_exact_p_g_is_compared_with_samples_smoothed_alike():
    """User data have no density; a generator on their own law still has D* = 1/2."""
    rng = np.random.default_rng(0)
    field = plane(p_g=gaussian(plane(), 0, 0.3))
    real = 0.3 * rng.normal(size=(4000, 2))
    found = laws(make_snapshot(real=real, field=field, mode_centres=None))
    assert found.how == "exact"
    np.testing.assert_array_equal(found.p_g, field.p_g)
    heavy = found.fair_data > 0.1 * found.fair_data.max()
    assert abs(found.best()[heavy] - 0.5).mean() < 0.03


def test_a_density_that_the_grid_misses_is_estimated():
    """A mode of a third of a cell between grid points has p_data = 0 at all of them."""
    centre, field = np.zeros(2), plane()
    real = 0.01 * np.random.default_rng(0).normal(size=(500, 2))
    missed = gaussian(field, centre[0], 0.01)
    assert missed.max() < 1
    found = laws(make_snapshot(real=real, fake=real, field=plane(missed), mode_std=0.01))
    assert found.fair_data.max() > 10
    assert found.best()[24, 24] == pytest.approx(0.5)


def test_ways_to_p_g_on_the_line():
    snapshot = make_line()
    assert [laws(snapshot, [way]).how for way in ("exact", "kde", "histogram")] == [
        "exact",
        "kde",
        "histogram",
    ]
    without = replace(snapshot, field=replace(snapshot.field, p_g=None))
    assert laws(without, ["exact"]).how == "kde"
    assert laws(without, ["exact", "histogram"]).how == "histogram"
    assert laws(snapshot, []).how == "kde"
    x = snapshot.field.axes[0]
    middle = abs(x - 0.5) < 1.5
    for way, error in {"exact": 1e-9, "kde": 0.09, "histogram": 0.2}.items():
        best = laws(snapshot, [way]).best()
        assert abs(best[middle] - expit(0.5 - x[middle])).max() < error


def test_histogram_has_whole_bins_and_the_samples_shares():
    snapshot = make_line()
    p_g, x = laws(snapshot, ["histogram"]).p_g, snapshot.field.axes[0]
    cells = len(x) // BINS
    steps = p_g[: len(x) // cells * cells].reshape(-1, cells)
    assert (steps == steps[:, :1]).all()
    edges = x[::cells] - 0.01
    counts = np.histogram(snapshot.fake[:, 0], edges)[0]
    np.testing.assert_allclose(steps[: len(counts), 0], counts / (2000 * cells * 0.02))


def test_data_density_is_exact_where_known():
    snapshot = make_line()
    np.testing.assert_array_equal(data_density(snapshot), snapshot.field.p_data)
    unknown = replace(snapshot, field=replace(snapshot.field, p_data=None))
    np.testing.assert_allclose(data_density(unknown), snapshot.field.p_data, atol=0.06)
