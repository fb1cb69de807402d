"""``Divergences``: what a run measures, and its noise floor."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from ganlab.divergences import Divergences

ANGLES = 2 * np.pi * np.arange(8) / 8
RING = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])
BOX = np.array([[-1.5, 1.5], [-1.5, 1.5]])
KEYS = ["kl", "reverse_kl", "js", "wasserstein", "energy", "mmd"]


def line(n: int, mean: float = 0.0, std: float = 1.0, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, std, (n, 1))


def ring(n: int, modes: int = 8, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return RING[rng.integers(modes, size=n)] + 0.02 * rng.normal(size=(n, 2))


@pytest.fixture(scope="module")
def on_ring() -> Divergences:
    return Divergences(ring(2500, seed=100), ring(2500, seed=101), BOX, RING, seed=3)


@pytest.fixture(scope="module")
def on_line() -> Divergences:
    return Divergences(line(5000, seed=100), line(5000, seed=101), [[-5, 6]])


def values(divergences: Divergences, fake: np.ndarray) -> dict[str, float]:
    return {name: estimate.value for name, estimate in divergences.measure(fake).items()}


@pytest.mark.parametrize(("sampler", "box", "modes"), [(line, [[-4, 4]], None), (ring, BOX, RING)])
def test_a_perfect_generator_reads_the_floor(sampler, box, modes):
    n, readings, floors = 400, [], []
    for seed in range(0, 120, 4):
        reference = [sampler(n, seed=seed + i) for i in range(2)]
        divergences = Divergences(*reference, box, modes, seed)
        readings += [values(divergences, sampler(n, seed=seed + i)) for i in (2, 3)]
        floors.append(divergences.floors(n))
    for name in KEYS:
        found = np.array([reading[name] for reading in readings])
        error = found.std() / np.sqrt(len(found))
        assert found.mean() == pytest.approx(
            np.mean([floor[name].mean for floor in floors]), abs=3 * error
        )
        assert error < 0.3 * found.mean()  # so that the line above says something
        assert np.mean(found > np.mean([floor[name].high for floor in floors])) < 0.15


def test_the_reported_floor_is_the_mean_one(on_ring):
    found, floors = on_ring.measure(ring(1000)), on_ring.floors(1000)
    for name in KEYS:
        assert found[name].floor == floors[name].mean < floors[name].high
        assert floors[name].mean > 0
    assert found["js"].floor > on_ring.floors(2500)["js"].mean  # fewer samples, higher floor


def test_known_answers_on_the_line(on_line):
    found = values(on_line, line(5000, 1.0, seed=1))
    truth = {"kl": 0.5, "reverse_kl": 0.5, "js": 0.11142, "wasserstein": 1.0, "energy": 0.5418}
    for name, tolerance in (
        ("kl", 0.08),
        ("reverse_kl", 0.08),
        ("js", 0.015),
        ("wasserstein", 0.06),
        ("energy", 0.07),
    ):
        assert found[name] == pytest.approx(truth[name], abs=tolerance)
    assert list(found) == KEYS


def test_six_of_eight_modes(on_ring):
    found = values(on_ring, ring(2500, modes=6, seed=1))
    assert found["kl"] == np.inf
    assert found["reverse_kl"] == pytest.approx(0.28768, abs=0.04)
    assert found["js"] == pytest.approx(0.0956, abs=0.015)


def test_the_estimators_are_named(on_ring, on_line):
    mode, histogram = on_ring.measure(ring(100)), on_line.measure(line(100))
    assert "mode partition" in mode["js"].estimator
    assert "100 histogram" in histogram["js"].estimator
    assert "sliced" in mode["wasserstein"].estimator
    assert "sliced" not in histogram["wasserstein"].estimator
    assert "500 samples" in mode["mmd"].estimator
    unknown = Divergences(ring(300), ring(300, seed=1), BOX)
    assert "30 x 30 histogram" in unknown.measure(ring(300, seed=2))["js"].estimator


def test_equal_seeds_equal_numbers(on_ring):
    again = Divergences(ring(2500, seed=100), ring(2500, seed=101), BOX, RING, seed=3)
    fake = ring(1000, modes=5, seed=7)
    assert again.measure(fake) == on_ring.measure(fake)


def test_identical_samples_read_zero(on_ring):
    assert set(values(on_ring, ring(2500, seed=100)).values()) == {0.0}


@pytest.mark.parametrize("where", [[0.0, 0.0], [1.0, 0.0], [1e30, -1e30]])
def test_collapse_to_a_point(on_ring, where):
    found = values(on_ring, np.tile(where, (500, 1)))
    assert found["kl"] == found["reverse_kl"] == np.inf
    assert found["js"] == pytest.approx(np.log(2), abs=1e-12)
    assert np.isfinite([found[name] for name in KEYS[2:]]).all()


def test_a_constant_law_and_a_generator_that_hits_it():
    point = np.zeros((50, 1))
    divergences = Divergences(point, point, [[-1, 1]])
    assert set(values(divergences, np.zeros((20, 1))).values()) == {0.0}
    away = values(divergences, np.full((20, 1), 0.5))
    assert away["js"] == pytest.approx(np.log(2))
    assert away["wasserstein"] == pytest.approx(0.5)
    assert away["energy"] == pytest.approx(1)
    assert away["mmd"] == 2.0


def test_disjoint_supports(on_ring):
    found = values(on_ring, 0.1 * np.random.default_rng(0).normal(size=(2500, 2)))
    assert found["kl"] == found["reverse_kl"] == np.inf
    assert found["js"] == pytest.approx(np.log(2), abs=1e-9)


@pytest.mark.parametrize(
    ("fake", "words"),
    [
        (np.full((5, 2), np.nan), "5 of 5 samples"),
        (np.array([[0.0, np.inf], [0, 0]]), "1 of 2 samples"),
        (np.zeros((1, 2)), "at least 2"),
        (np.zeros((5, 3)), "same dimension"),
        (np.zeros((2501, 2)), "larger real_b"),
    ],
)
def test_bad_samples_are_refused_in_a_sentence(on_ring, fake, words):
    with pytest.raises(ValueError, match=words):
        on_ring.measure(fake)


def test_three_dimensions_are_refused():
    with pytest.raises(ValueError, match="dimension 1 or 2"):
        Divergences(np.zeros((5, 3)), np.zeros((5, 3)), np.tile([-1, 1], (3, 1)))


def test_needs_no_torch():
    code = "import sys, ganlab.divergences, ganlab.density, ganlab.image_metrics as m; "
    code += "sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
