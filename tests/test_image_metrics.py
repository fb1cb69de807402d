"""Image scores against closed forms and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist

from ganlab import image_metrics as im
from ganlab.image_metrics import ImageScores, Reference

ONE_HOT = np.eye(10)[np.arange(1000) % 10]
UNIFORM = np.full((1000, 10), 0.1)


def cloud(n: int, dim: int = 2, mean: float = 0.0, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 1, (n, dim))


def covariance(seed: int, dim: int = 5) -> np.ndarray:
    root = cloud(dim, dim, seed=seed)
    return root @ root.T


def test_frechet_distance_closed_forms():
    mean, eye = np.zeros(3), np.eye(3)
    assert im.frechet_distance(mean, eye, mean + 2, eye) == pytest.approx(12)
    assert im.frechet_distance(mean, eye, mean, 9 * eye) == pytest.approx(3 * (1 - 3) ** 2)
    a, b = np.diag([1.0, 4, 0]), np.diag([9.0, 1, 0])  # singular is allowed
    assert im.frechet_distance(mean, a, mean, b) == pytest.approx((1 - 3) ** 2 + (2 - 1) ** 2)


def test_frechet_distance_is_the_matrix_root_formula():
    c1, c2, mean = covariance(0), covariance(1), np.arange(5.0)
    expected = (mean**2).sum() + np.trace(c1 + c2 - 2 * sqrtm(c1 @ c2).real)
    assert im.frechet_distance(np.zeros(5), c1, mean, c2) == pytest.approx(expected, rel=1e-9)
    assert im.frechet_distance(mean, c1, mean, c1) == pytest.approx(0, abs=1e-9)


def test_frechet_from_features():
    a, b = cloud(20_000, 4), cloud(20_000, 4, mean=0.5, seed=1)
    assert im.frechet_from_features(a, a) == pytest.approx(0, abs=1e-9)
    assert im.frechet_from_features(a, b) == pytest.approx(1.0, abs=0.06)  # 4 x 0.5^2
    mean, cov = im.feature_statistics(a)
    np.testing.assert_allclose(mean, a.mean(axis=0))
    np.testing.assert_allclose(cov, (a - mean).T @ (a - mean) / 19_999, atol=1e-12)


def test_class_histogram_and_kl():
    half = ONE_HOT[ONE_HOT[:, :5].any(axis=1)]
    np.testing.assert_allclose(im.class_histogram(half), [0.2] * 5 + [0] * 5)
    assert im.class_kl(ONE_HOT) == pytest.approx(0, abs=1e-12)
    assert im.class_kl(half) == pytest.approx(np.log(2))
    assert im.class_kl(half, np.array([0.2] * 5 + [0.0] * 5)) == pytest.approx(0, abs=1e-12)
    assert im.class_kl(ONE_HOT, np.array([0.2] * 5 + [0.0] * 5)) == np.inf


def test_inception_score():
    assert im.inception_score(ONE_HOT) == pytest.approx(10)
    assert im.inception_score(UNIFORM) == pytest.approx(1)
    assert im.inception_score(np.tile(np.eye(10)[3], (9, 1))) == pytest.approx(1)


def test_confident_share():
    mixed = np.array([[0.95, 0.05], [0.9, 0.1], [0.2, 0.8], [0.01, 0.99]])
    assert im.confident_share(mixed) == 0.5
    assert im.confident_share(mixed, threshold=0.7) == 1.0


@pytest.mark.parametrize("dim", [2, 64])
def test_neighbour_scores_are_the_definitions(dim):
    real, fake, k = cloud(80, dim), cloud(70, dim, mean=0.4, seed=1), 3
    radius_real = np.sort(cdist(real, real))[:, k]
    radius_fake = np.sort(cdist(fake, fake))[:, k]
    between = cdist(real, fake)
    inside = between <= radius_real[:, None]
    precision, recall = im.precision_recall(real, fake, k)
    density, coverage = im.density_coverage(real, fake, k)
    assert precision == pytest.approx(inside.any(axis=0).mean())
    assert recall == pytest.approx((between <= radius_fake).any(axis=1).mean())
    assert density == pytest.approx(inside.sum() / (k * 70))
    assert coverage == pytest.approx(inside.any(axis=1).mean())
    assert 0 < coverage < 1


def test_equal_laws_have_coverage_969_and_density_1():
    scores = [im.density_coverage(cloud(2000, seed=s), cloud(2000, seed=50 + s)) for s in range(6)]
    density, coverage = np.mean(scores, axis=0)
    n = 2000
    top, bottom = np.arange(n - 5, n, dtype=float), np.arange(2 * n - 5, 2 * n, dtype=float)
    expected = 1 - np.prod(top / bottom)
    assert expected == pytest.approx(0.969, abs=5e-4)
    assert coverage == pytest.approx(expected, abs=0.004)
    assert density == pytest.approx(1, abs=0.02)


def test_mode_collapse_and_noise():
    real = cloud(500)
    assert im.precision_recall(real, np.tile(real[:1], (100, 1))) == (1.0, 1 / 500)
    assert im.precision_recall(real, real + 100) == (0.0, 0.0)
    assert im.density_coverage(real, real + 100) == (0.0, 0.0)


def test_nearest_training():
    train = cloud(300, 8)
    queries = np.concatenate([train[[17, 250]], cloud(150, 8, seed=1)])
    index, distance = im.nearest_training(queries, train)
    assert index[:2].tolist() == [17, 250]
    assert distance[:2].tolist() == [0.0, 0.0]
    everything = cdist(queries, train)
    np.testing.assert_array_equal(index, everything.argmin(axis=1))
    np.testing.assert_allclose(distance, everything.min(axis=1))


@pytest.fixture
def reference() -> Reference:
    features = cloud(400, 3, seed=5)
    return Reference(
        mean=np.zeros(3),
        covariance=np.eye(3),
        histogram=np.full(10, 0.1),
        features=features.astype(np.float16),
        classes=(np.arange(400) % 10).astype(np.uint8),
        confidence=np.where(np.arange(400) % 4, 0.99, 0.5).astype(np.float16),
    )


def test_image_scores(reference):
    features = cloud(1000, 3, mean=1.0, seed=6)
    doubtful = np.where(np.arange(1000)[:, None] % 10 < 2, UNIFORM, ONE_HOT)
    estimates, counts = ImageScores(reference).measure(features, doubtful)
    assert counts.tolist() == [200, 0, *[100] * 8]
    assert estimates["frechet"].value == pytest.approx(3, abs=0.5)
    assert estimates["confident"].value == 0.8
    assert estimates["modes"].value == 8
    assert estimates["class_kl"].value == pytest.approx(im.class_kl(doubtful))


def test_image_scores_floor_is_the_held_out_reading(reference):
    scores = ImageScores(reference)
    floor = {name: e.floor for name, e in scores.measure(cloud(100, 3), ONE_HOT[:100])[0].items()}
    held_out = reference.features[:100].astype(float)
    expected = im.frechet_distance(np.zeros(3), np.eye(3), *im.feature_statistics(held_out))
    assert floor["frechet"] == pytest.approx(expected)
    assert floor["confident"] == 0.75
    assert floor["modes"] == 10
    assert floor["class_kl"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: im.frechet_distance(np.zeros(2), np.eye(3), np.zeros(3), np.eye(3)), "do not fit"),
        (lambda: im.frechet_from_features(np.zeros((1, 2)), np.zeros((9, 2))), "at least 2"),
        (lambda: im.inception_score(np.ones((3, 10))), "sum to 1"),
        (lambda: im.class_histogram(np.full((2, 2), np.nan)), "sum to 1"),
        (lambda: im.precision_recall(np.zeros((5, 2)), np.zeros((9, 2))), "at least 6"),
        (lambda: im.density_coverage(np.zeros((9, 2)), np.zeros((9, 3))), "same classifier"),
        (lambda: im.nearest_training(np.full((1, 2), np.inf), np.zeros((9, 2))), "finite"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()
