"""Nearest training images against brute force, and percentiles against their definition."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from scipy.spatial.distance import cdist
from test_classifier import mnist_files  # noqa: F401

from ganlab import memorisation
from ganlab.classifier import load_classifier
from ganlab.data import ImageSet, load_images
from ganlab.memorisation import SPACES, Bank, Memory, memory_of, why_no_memory


def scaled(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32) / 127.5 - 1


def features(images: np.ndarray) -> np.ndarray:
    return load_classifier("digits").features_and_probabilities(images)[0].astype(np.float64)


def part(split: str, rows: slice) -> ImageSet:
    whole = load_images("digits", split)
    return ImageSet("digits", whole.images[rows], whole.labels[rows])


@pytest.fixture(scope="module")
def small() -> Memory:
    """150 training images, measured on 40 test images."""
    train, test = part("train", slice(150)), part("test", slice(40))
    return Memory(train, load_classifier("digits"), test=test)


@pytest.mark.parametrize("k", [1, 7])
def test_search_is_brute_force(k: int) -> None:
    rng = np.random.default_rng(0)
    for bank, queries in (
        (rng.integers(0, 256, (3300, 50)).astype(np.uint8), rng.integers(0, 256, (9, 50))),
        (rng.normal(size=(2500, 64)).astype(np.float32), rng.normal(size=(9, 64))),
    ):
        index, distance = Bank(torch.from_numpy(bank)).search(torch.tensor(queries).float(), k)
        apart = cdist(queries.astype(np.float32).astype(float), bank.astype(float))
        np.testing.assert_array_equal(index, np.argsort(apart, axis=1, kind="stable")[:, :k])
        np.testing.assert_allclose(distance, np.sort(apart, axis=1)[:, :k], rtol=1e-12)


def test_equally_near_ones_come_in_their_order() -> None:
    bank = torch.zeros(1200, 6, dtype=torch.uint8)
    bank[[3, 700, 1100]] = 9
    index, distance = Bank(bank).search(torch.full((1, 6), 10.0), 4)
    assert index.tolist() == [[3, 700, 1100, 0]]
    np.testing.assert_allclose(distance, [[6**0.5] * 3 + [10 * 6**0.5]], rtol=1e-12)


def test_large_numbers_do_not_round_the_order_away() -> None:
    """Squared distances of 1 and 2 beside squares of 5e7, which float32 cannot tell apart."""
    bank = np.full((1500, 784), 255, np.uint8)
    bank[:, 0] = np.arange(1500) % 100
    bank[1234, 0], bank[1233, 0] = 254, 253
    index, distance = Bank(torch.from_numpy(bank)).search(torch.full((1, 784), 255.0), 2)
    assert index.tolist() == [[1234, 1233]] and distance.tolist() == [[1.0, 2.0]]


def test_neighbours_are_those_of_both_spaces(small: Memory) -> None:
    train, queries = part("train", slice(150)).images, scaled(part("test", slice(40, 60)).images)
    found = small.nearest(queries, k=5)
    spaces = {
        "pixel": cdist(queries.reshape(20, -1), scaled(train).reshape(150, -1)),
        "feature": cdist(features(queries), features(scaled(train))),
    }
    for space, apart in spaces.items():
        nearest = getattr(found, space)
        np.testing.assert_array_equal(nearest.index, np.argsort(apart, axis=1)[:, :5])
        np.testing.assert_allclose(nearest.distance, np.sort(apart, axis=1)[:, :5], rtol=2e-5)
    np.testing.assert_array_equal(small.images(found.pixel.index), train[found.pixel.index, 0])
    labels = part("train", slice(150)).labels
    np.testing.assert_array_equal(small.labels(found.pixel.index), labels[found.pixel.index])


def test_percentile_is_the_share_of_test_images_that_are_nearer(small: Memory) -> None:
    train, test = (scaled(part(s, slice(n)).images) for s, n in (("train", 150), ("test", 40)))
    queries = np.random.default_rng(1).uniform(-1, 1, (30, 1, 8, 8)).astype(np.float32)
    queries[:20] = 0.3 * queries[:20] + 0.7 * test[:20]
    found = small.nearest(queries)
    usual = cdist(features(test), features(train)).min(axis=1)
    ours = cdist(features(queries), features(train)).min(axis=1)
    expected = 100 * (usual[None] < ours[:, None]).mean(axis=1)
    np.testing.assert_allclose(found.feature.percentile, expected, atol=1e-9)
    assert 0 < expected.min() < expected.max() <= 100


@pytest.mark.parametrize("space", SPACES)
def test_a_copy_reads_0(space: str) -> None:
    found = getattr(
        memory_of("digits").nearest(scaled(load_images("digits").images[[3, 1400]])), space
    )
    assert found.index.tolist() == [[3], [1400]]
    np.testing.assert_allclose(found.distance, 0, atol={"pixel": 0, "feature": 1e-4}[space])
    assert found.percentile.tolist() == [0, 0]


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("classes", [(), (3, 8)])
def test_held_out_images_read_50_on_average(space: str, classes: tuple[int, ...]) -> None:
    test = load_images("digits", "test").subset(classes)
    memory = memory_of("digits", classes)
    found = getattr(memory.nearest(scaled(test.images)), space)
    # their own ranks, 0 to n - 1: one less at a tie, one more where a last digit differs
    assert found.percentile.mean() == pytest.approx(50, abs=100 / test.size)
    assert found.percentile.min() <= 100.01 / test.size < 95 < found.percentile.max()
    assert set(memory.labels(found.index).ravel()) <= set(classes or range(10))


def test_one_image_is_a_batch_of_one(small: Memory) -> None:
    image = scaled(part("test", slice(1)).images)
    one, batch = small.nearest(torch.from_numpy(image[0]), 3), small.nearest(image, 3)
    for space in SPACES:
        for ours, theirs in zip(
            vars(getattr(one, space)).values(), vars(getattr(batch, space)).values(), strict=True
        ):
            np.testing.assert_array_equal(ours, theirs)


def test_preparation_is_shared_and_tells_its_share() -> None:
    memory = Memory(
        part("train", slice(200)), load_classifier("digits"), {s: np.ones(1) for s in SPACES}
    )
    one, other = memory.prepare(), memory.prepare()
    shares = [next(one), next(other), *one]
    assert shares == sorted(shares) and shares[0] == pytest.approx(1 / memory.pieces)
    assert shares[-1] == 1 and list(other) == [1] and list(memory.prepare()) == [1]
    assert len(shares) == memory.pieces + 1 == -(-200 // memorisation.PIECE) + 2


def test_a_choice_of_classes_is_shared_however_it_is_written() -> None:
    assert memory_of("digits") is memory_of("digits", ()) is memory_of("digits", classes=[])
    assert memory_of("digits", (8, 3)) is memory_of("digits", [3, 8, 8])
    assert memory_of("digits", (8, 3)) is not memory_of("digits", (8,))


def test_memories_do_not_pile_up() -> None:
    first = memory_of("digits", (0,))
    for label in range(1, 6):
        memory_of("digits", (label,))
    assert memory_of("digits", (0,)) is not first


def test_the_command_gives_the_bundled_file(tmp_path, capsys) -> None:
    memorisation.main(["--dataset", "digits", "--output", str(tmp_path)])
    made = load_file(tmp_path / "memory_digits.safetensors")
    bundled = load_file(memorisation.BUNDLED / "memory_digits.safetensors")
    train, test = (scaled(load_images("digits", split).images) for split in ("train", "test"))
    expected = np.sort(cdist(test.reshape(360, -1), train.reshape(1437, -1)).min(axis=1))
    for found in (made, bundled):
        np.testing.assert_allclose(found["pixel"], expected, rtol=2e-6)
    np.testing.assert_allclose(made["feature"], bundled["feature"], rtol=1e-4)
    assert f"pixel: median {np.median(expected):.3f} of 360 test images" in capsys.readouterr().out


def test_mnist(mnist_files) -> None:  # noqa: F811
    train, test = load_images("mnist"), load_images("mnist", "test")
    memory = memory_of("mnist")
    assert {space: len(x) for space, x in memory.usual.items()} == dict.fromkeys(SPACES, 10_000)
    images = np.concatenate([scaled(train.images[[59_999]]), scaled(test.images[:100])])
    found = memory.nearest(images, 2)
    apart = cdist(images[:5].reshape(5, -1), scaled(train.images).reshape(60_000, -1))
    np.testing.assert_array_equal(found.pixel.index[:5], np.argsort(apart, axis=1)[:, :2])
    for nearest in (found.pixel, found.feature):
        assert nearest.index[0, 0] == 59_999 and nearest.percentile[0] == 0
        # the mean of 100 ranks: a standard error of 3
        assert nearest.percentile[1:].mean() == pytest.approx(50, abs=10)


@pytest.mark.parametrize(
    ("images", "k"),
    [(np.zeros((1, 1, 28, 28)), 1), (np.zeros((2, 8, 8)), 1), (np.zeros((1, 8, 8)), 0),
     (np.zeros((1, 8, 8)), 151)],
)  # fmt: skip
def test_what_does_not_fit_is_refused(small: Memory, images: np.ndarray, k: int) -> None:
    with pytest.raises(ValueError, match=r"give \[n, 1, 8, 8\] and k from 1 to 150"):
        small.nearest(images, k)


def test_what_is_missing_is_said(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GANLAB_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert why_no_memory("digits") == why_no_memory("digits", (3,)) == ""
    assert "only images are compared" in why_no_memory("ring8")
    assert "train-images-idx3-ubyte.gz is not on this machine" in why_no_memory("mnist")
    with pytest.raises(ValueError, match=r"ganlab train mnist_quick --data\.name fashion_mnist"):
        memory_of("fashion_mnist")
    monkeypatch.setattr(memorisation, "BUNDLED", tmp_path)
    assert "python -m ganlab.memorisation --dataset digits" in why_no_memory("digits")
    assert why_no_memory("digits", (3,)) == ""  # those of some classes are measured anew
