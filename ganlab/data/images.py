"""Image sets: scikit-learn's bundled digits, MNIST and Fashion-MNIST.

Pixels are stored as bytes, once per process, and become float32 in [-1, 1] batch by batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch

from ganlab.data.download import SOURCES, Source, find_file, find_local
from ganlab.data.idx import IdxError, read_idx

SPLITS = {"train": "train", "test": "t10k"}  # split -> prefix of its files
DIGITS_TRAIN = 1_437  # four fifths of the 1,797 bundled digits, in their order (by writer)


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Grey images with a class label each; sampling draws with replacement.

    Attributes:
        name: its name in the registry.
        images: [n, 1, height, width] uint8.
        labels: [n] uint8, 0 to 9.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray

    modes: ClassVar = None
    log_prob: ClassVar = None
    mean: ClassVar[np.ndarray] = np.zeros(1)
    std: ClassVar[np.ndarray] = np.ones(1)
    bounds: ClassVar[np.ndarray] = np.array([[-1.0, 1.0]])

    @property
    def shape(self) -> tuple[int, ...]:
        """(1, height, width)."""
        return self.images.shape[1:]

    @property
    def size(self) -> int:
        """Number of images."""
        return len(self.images)

    def sample(self, n: int, generator: torch.Generator) -> torch.Tensor:
        """Draw [n, 1, height, width] in [-1, 1]."""
        index = torch.randint(self.size, (n,), generator=generator)
        # index_select takes a third of the time of [index].
        batch = torch.from_numpy(self.images).index_select(0, index)
        return unit_range(batch)

    def subset(self, classes: Sequence[int]) -> ImageSet:
        """Only the images of these classes; of all when ``classes`` is empty.

        Raises:
            ValueError: a class does not occur in the set.
        """
        if not len(classes):
            return self
        present = np.unique(self.labels).tolist()
        for label in classes:
            if label not in present:
                raise ValueError(
                    f"{self.name!r} has no class {label!r}: choose among "
                    f"{', '.join(map(str, present))}"
                )
        keep = np.isin(self.labels, list(classes))
        return ImageSet(self.name, self.images[keep], self.labels[keep])


def unit_range(images: np.ndarray | torch.Tensor) -> torch.Tensor:
    """Pixels as bytes, uint8 of any shape -> float32 in [-1, 1], a tensor of its own."""
    return torch.as_tensor(images).float().div_(127.5).sub_(1)


def absent_file(name: str, splits: Sequence[str]) -> str | None:
    """The first file of these splits of a data set that would have to be downloaded."""
    source, prefixes = SOURCES.get(name), tuple(SPLITS[split] for split in splits)
    needed = [file for file in source.md5 if file.startswith(prefixes)] if source else []
    return next((file for file in needed if find_local(file, source) is None), None)


def digits_images(split: str) -> ImageSet:
    """The 8x8 digits bundled with scikit-learn (Alpaydin and Kaynak 1998), pixels 0 to 16."""
    from sklearn.datasets import load_digits

    bundled = load_digits()
    part = slice(None, DIGITS_TRAIN) if split == "train" else slice(DIGITS_TRAIN, None)
    images = np.rint(bundled.images[part] * (255 / 16)).astype(np.uint8)
    return ImageSet("digits", images[:, None], bundled.target[part].astype(np.uint8))


def idx_images(source: Source, split: str, cache_dir: Path | None = None) -> ImageSet:
    """A set stored as IDX files, found or downloaded as ``find_file`` says.

    Raises:
        ValueError: the files cannot be had or are damaged; one sentence naming the file.
    """
    prefix = SPLITS[split]
    images_path = find_file(f"{prefix}-images-idx3-ubyte.gz", source, cache_dir)
    labels_path = find_file(f"{prefix}-labels-idx1-ubyte.gz", source, cache_dir)
    images, labels = read_idx(images_path, ndim=3), read_idx(labels_path, ndim=1)
    if images.shape[1:] != (28, 28):
        raise IdxError(f"{images_path} holds images of {images.shape[1:]}: MNIST's are (28, 28)")
    if len(images) != len(labels):
        raise IdxError(
            f"{images_path} holds {len(images)} images and {labels_path} {len(labels)} labels: "
            "they do not belong together, download both again"
        )
    if labels.max() > 9:
        raise IdxError(f"{labels_path} holds the label {labels.max()}: labels go from 0 to 9")
    return ImageSet(source.name, images[:, None], labels)


IMAGE_SETS: dict[str, Callable[[str], ImageSet]] = {
    "digits": digits_images,
    "mnist": lambda split: idx_images(SOURCES["mnist"], split),
    "fashion_mnist": lambda split: idx_images(SOURCES["fashion_mnist"], split),
}


@cache
def load_images(name: str, split: str = "train") -> ImageSet:
    """An image set by name, loaded once per process and shared: do not write to its arrays.

    Raises:
        ValueError: unknown name or split, or the files cannot be had.
    """
    for what, value, allowed in (("image set", name, IMAGE_SETS), ("split", split, SPLITS)):
        if value not in allowed:
            raise ValueError(f"there is no {what} {value!r}: choose among {', '.join(allowed)}")
    return IMAGE_SETS[name](split)
