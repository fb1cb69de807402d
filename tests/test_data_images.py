"""Image sets: the bundled digits, MNIST from real files, small files in every place looked at."""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from ganlab.data import IdxError, images, load_images, make_distribution
from ganlab.data.download import SOURCES, find_file
from ganlab.data.images import ImageSet, idx_images

REPOSITORY = Path(__file__).resolve().parents[1]
MNIST = SOURCES["mnist"]


def encode(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def small_files(folder: Path, labels: list[int], count: int = 6, side: int = 28) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (count, side, side), np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(encode(pixels)))
    (folder / "train-labels-idx1-ubyte").write_bytes(encode(np.array(labels, np.uint8)))


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANLAB_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def real_mnist() -> ImageSet:
    folder = Path(os.environ.get("GANLAB_DATA_DIR", REPOSITORY.parent / "shared" / "data"))
    if not (folder / "mnist" / "train-images-idx3-ubyte.gz").is_file():
        pytest.skip("no MNIST files: set GANLAB_DATA_DIR to a folder that holds mnist/")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANLAB_DATA_DIR", str(folder))
        return idx_images(MNIST, "test")


def test_digits_are_the_bundled_ones() -> None:
    bundled = load_digits()
    train, test = load_images("digits"), load_images("digits", "test")
    assert (train.shape, train.size, test.size) == ((1, 8, 8), 1437, 360)
    pixels = np.concatenate([train.images, test.images])[:, 0]
    assert pixels.dtype == np.uint8
    assert (pixels.min(), pixels.max()) == (0, 255)
    np.testing.assert_allclose(pixels / 255, bundled.images / 16, atol=0.5 / 255)
    np.testing.assert_array_equal(np.concatenate([train.labels, test.labels]), bundled.target)


def test_samples_are_stored_images_scaled_to_plus_minus_one() -> None:
    d = make_distribution("digits")
    x = d.sample(300, torch.Generator().manual_seed(0))
    assert (x.dtype, x.shape) == (torch.float32, (300, 1, 8, 8))
    assert (x.min().item(), x.max().item()) == (-1.0, 1.0)
    stored = {image.tobytes() for image in d.images}
    pixels = ((x + 1) * 127.5).round().to(torch.uint8).numpy()
    assert all(image.tobytes() in stored for image in pixels)
    assert len({image.tobytes() for image in pixels}) > 200


def test_classes_filter_images_and_labels_together() -> None:
    everything, some = load_images("digits"), make_distribution("digits", classes=(3, 8))
    assert set(some.labels.tolist()) == {3, 8}
    keep = (everything.labels == 3) | (everything.labels == 8)
    np.testing.assert_array_equal(some.images, everything.images[keep])
    with pytest.raises(ValueError, match=r"'digits' has no class 10: choose among 0, 1, .*9$"):
        make_distribution("digits", classes=(3, 10))


def test_loaded_once_per_process() -> None:
    assert load_images("digits", "test") is load_images("digits", "test")
    assert make_distribution("digits", split="test").images is load_images("digits", "test").images
    with pytest.raises(ValueError, match="no image set 'cifar'"):
        load_images("cifar")


def test_real_mnist(real_mnist: ImageSet) -> None:
    assert real_mnist.images.shape == (10_000, 1, 28, 28)
    # The published class counts of the test set, and its first labels.
    expected = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(real_mnist.labels).tolist() == expected
    assert real_mnist.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert real_mnist.images.mean() / 255 == pytest.approx(0.13251, abs=1e-5)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("mnist", "mnist"),
        ("mnist", "MNIST/raw"),
        ("fashion_mnist", "fashion_mnist"),
        ("fashion_mnist", "FashionMNIST/raw"),
    ],
)
def test_folders_inside_the_data_folder(data_dir: Path, name: str, folder: str) -> None:
    small_files(data_dir / folder, [0, 1, 2, 7, 8, 9])
    found = idx_images(SOURCES[name], "train")
    assert (found.name, found.shape, found.labels.tolist()) == (
        name,
        (1, 28, 28),
        [0, 1, 2, 7, 8, 9],
    )


def test_files_directly_in_the_data_folder_are_told_apart_by_checksum(data_dir: Path) -> None:
    """MNIST and Fashion-MNIST have the same file names."""
    file = "t10k-labels-idx1-ubyte.gz"
    content = gzip.compress(encode(np.arange(5, dtype=np.uint8)))
    (data_dir / file).write_bytes(content)
    with pytest.raises(
        ValueError, match=r"matches no published checksum.*move it to mnist/ or fashion_mnist/ "
    ):
        find_file(file, MNIST)
    mine = replace(MNIST, md5={file: hashlib.md5(content).hexdigest()})
    assert find_file(file, mine) == data_dir / file


def test_a_file_of_the_other_set_is_passed_over(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = "t10k-labels-idx1-ubyte.gz"
    (data_dir / file).write_bytes(b"fashion")
    other = replace(SOURCES["fashion_mnist"], md5={file: hashlib.md5(b"fashion").hexdigest()})
    monkeypatch.setitem(SOURCES, "fashion_mnist", other)
    cached = data_dir / "cache" / "mnist" / file
    cached.parent.mkdir(parents=True)
    cached.write_bytes(b"mnist")
    mine = replace(
        MNIST, mirrors=("http://127.0.0.1:9/",), md5={file: hashlib.md5(b"mnist").hexdigest()}
    )
    assert find_file(file, mine, data_dir / "cache") == cached
    assert find_file(file, other) == data_dir / file


def test_a_data_folder_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANLAB_DATA_DIR", "no/such/folder")
    with pytest.raises(ValueError, match="GANLAB_DATA_DIR is 'no/such/folder', which is no folder"):
        find_file("t10k-labels-idx1-ubyte.gz", MNIST)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"labels": [0] * 5}, "holds 6 images and .*ubyte 5 labels: they do not belong together"),
        ({"labels": [0] * 5 + [10]}, "labels-idx1-ubyte holds the label 10: labels go from 0 to 9"),
        ({"labels": [0] * 6, "side": 8}, r"holds images of \(8, 8\)"),
    ],
)
def test_pairs_that_do_not_fit(data_dir: Path, files: dict, sentence: str) -> None:
    small_files(data_dir / "mnist", **files)
    with pytest.raises(IdxError, match=sentence):
        idx_images(MNIST, "train")


def test_every_set_of_the_registry_has_both_splits() -> None:
    for source in SOURCES.values():
        wanted = {f"{p}-{kind}-ubyte.gz" for p in images.SPLITS.values() for kind in
                  ("images-idx3", "labels-idx1")}  # fmt: skip
        assert set(source.md5) == wanted
        assert len(source.mirrors) == 2
