"""Mode statistics against SciPy and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import chi2, truncnorm
from synthetic import ring

from ganlab.diagnostics import high_quality_ceiling, mode_statistics


@pytest.mark.parametrize(("dim", "share"), [(1, 0.9973002), (2, 0.9888910)])
def test_true_samples_reach_the_ceiling_and_spread_one(dim, share):
    rng = np.random.default_rng(dim)
    centres = 10.0 * np.arange(4)[:, None] * np.ones(dim)
    samples = centres[rng.integers(4, size=200_000)] + 0.5 * rng.normal(size=(200_000, dim))
    statistics = mode_statistics(samples, centres, 0.5)
    assert high_quality_ceiling(dim) == pytest.approx(share, abs=1e-6)
    assert high_quality_ceiling(dim) == pytest.approx(chi2.cdf(9, dim))
    assert statistics.high_quality == pytest.approx(share, abs=0.001)
    assert statistics.spread == pytest.approx(1, abs=0.01)
    assert statistics.reverse_kl == pytest.approx(0, abs=1e-4)


def test_counts_agree_with_pairwise_distances():
    rng = np.random.default_rng(3)
    centres, samples = rng.normal(size=(25, 2)), rng.normal(size=(2500, 2))
    distances = cdist(samples, centres)
    nearest, good = distances.argmin(1), distances.min(1) <= 3 * 0.05
    statistics = mode_statistics(samples.astype(np.float32), centres, 0.05)
    expected = [(good & (nearest == mode)).sum() for mode in range(25)]
    assert statistics.counts.tolist() == expected
    assert statistics.nearest.tolist() == [(nearest == mode).sum() for mode in range(25)]
    assert statistics.high_quality == good.mean()
    assert mode_statistics(samples, centres, 0.05, minimum=12).covered == sum(
        count >= 12 for count in expected
    )
    assert 0 < sum(count >= 12 for count in expected) < 25


@pytest.mark.parametrize("kept", range(1, 9))
def test_dropped_modes_have_the_reverse_kl_of_theory(kept):
    samples = np.repeat(ring()[:kept], 5, axis=0)
    statistics = mode_statistics(samples, ring(), 0.01)
    assert statistics.covered == kept
    assert statistics.reverse_kl == pytest.approx(np.log(8 / kept))


def test_weights_are_the_reference_of_the_reverse_kl():
    samples = np.array([[0.0], [0.0], [0.0], [5.0]])
    centres = np.array([[0.0], [5.0]])
    assert mode_statistics(samples, centres, 1, np.array([3.0, 1.0])).reverse_kl == pytest.approx(0)
    against_even = 0.75 * np.log(1.5) + 0.25 * np.log(0.5)
    assert mode_statistics(samples, centres, 1).reverse_kl == pytest.approx(against_even)
    assert mode_statistics(samples, centres, 1, np.array([1.0, 0.0])).reverse_kl == np.inf


def test_spread_measures_within_modes_not_between():
    rng = np.random.default_rng(0)
    centres = ring()
    mode = rng.integers(8, size=50_000)
    samples = centres[mode] * 1.01 + 0.005 * rng.normal(size=(50_000, 2))  # shifted by 0.01
    # Four times narrower than std .02, read against the variance of a radius cut at 3 std.
    cut = 1 - 4.5 * np.exp(-4.5) / (1 - np.exp(-4.5))
    assert mode_statistics(samples, centres, 0.02).spread == pytest.approx(
        0.25 / np.sqrt(cut), rel=0.01
    )
    narrow = mode_statistics(rng.normal(size=(50_000, 1)) / 2, np.zeros((1, 1)), 1.0)
    assert narrow.spread == pytest.approx(0.5 / truncnorm.std(-3, 3), rel=0.01)


def test_samples_that_are_nowhere_count_as_low_quality():
    samples = np.array([[np.nan, 0], [np.inf, 0], [1e9, 0], [1.0, 0]])
    statistics = mode_statistics(samples, ring(), 0.1)
    assert statistics.high_quality == 0.25
    assert statistics.nearest.sum() == 2
    lost = mode_statistics(samples[:3], ring(), 0.1)
    assert lost.covered == 0
    assert np.isnan(lost.reverse_kl) and np.isnan(lost.spread)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((3, 2)), np.zeros((4, 1)), 1.0), r"\(3, 2\) and \(4, 1\)"),
        ((np.zeros((0, 2)), np.zeros((4, 2)), 1.0), "non-empty"),
        ((np.zeros((3, 2)), np.zeros((4, 2)), 0.0), "std is 0.0"),
        ((np.zeros((3, 2)), np.zeros((4, 2)), 1.0, np.ones(3)), r"one number per mode, \(4,\)"),
        ((np.zeros((3, 2)), np.zeros((4, 2)), 1.0, None, 0), "minimum 0"),
    ],
)
def test_bad_input_is_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        mode_statistics(*arguments)
