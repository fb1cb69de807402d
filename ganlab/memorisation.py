"""Does a generator copy? Its samples beside the nearest training images, and how near that is.

Distances are Euclidean, between pixels in [-1, 1] and between the classifier's features. Real
test images, which nobody can have copied, say what is usual: a percentile near 0 is suspicious.
How near each of them is to the training images is stored with the library, made by

    python -m ganlab.memorisation --dataset mnist
"""

from __future__ import annotations

import argparse
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save
from torch import Tensor
from tqdm import tqdm

from ganlab.classifier import RECIPES, Classifier, load_classifier, user_folder
from ganlab.data import ImageSet, load_images
from ganlab.data.images import absent_file, unit_range

BUNDLED = Path(__file__).parent / "assets"
SPACES = ("pixel", "feature")
Usual = dict[str, np.ndarray]  # space -> sorted distances of test images
ROWS = 1000  # training images compared at once: 3 MB stay in the processor's cache
PIECE = 64  # images of a piece of work, about 5 ms
TESTED = 4  # the same, where each is compared with all training images


@dataclass(frozen=True)
class Nearest:
    """index [n, k], distance [n, k], nearest first; percentile [n], from 0 to 100."""

    index: np.ndarray
    distance: np.ndarray
    percentile: np.ndarray


@dataclass(frozen=True)
class Neighbours:
    """The nearest training images by pixels and by features."""

    pixel: Nearest
    feature: Nearest


class Bank:
    """Vectors [m, dim], bytes or float32, whose exact nearest ones can be asked for."""

    def __init__(self, vectors: Tensor) -> None:
        self._vectors = vectors
        parts = (part.float() for part in vectors.split(ROWS))
        self._norms = torch.cat([part.square().sum(1) for part in parts])
        self._largest = float(self._norms.max())

    def search(self, queries: Tensor, k: int) -> tuple[np.ndarray, np.ndarray]:
        """float32 [n, dim] -> (index [n, k], Euclidean distance [n, k]), nearest first.

        The rough squared distances choose, with room for their rounding; the exact ones decide.
        """
        rough = self._rough(queries)
        room = 1e-5 * (self._largest + queries.square().sum(1))
        limit = rough.kthvalue(k, dim=1).values + room
        found = [
            self._exact(query, torch.nonzero(row <= most).flatten(), k)
            for query, row, most in zip(queries, rough, limit, strict=True)
        ]
        index, distance = zip(*found, strict=True)
        return np.stack(index), np.stack(distance)

    def _rough(self, queries: Tensor) -> Tensor:
        """Squared distances less the query's own square, [n, m]."""
        rough = self._norms.repeat(len(queries), 1)
        for start in range(0, len(self._vectors), ROWS):
            part = self._vectors[start : start + ROWS].float()
            rough[:, start : start + ROWS] -= 2 * (queries @ part.T)
        return rough

    def _exact(self, query: Tensor, index: Tensor, k: int) -> tuple[np.ndarray, np.ndarray]:
        gaps = self._vectors[index].double() - query.double()
        distance, order = gaps.square().sum(1).sqrt().sort(stable=True)
        return index[order[:k]].numpy(), distance[:k].numpy()


class Memory:
    """Training images to be searched; ``memory_of`` shares those of the image sets.

    usual: for each of ``SPACES`` the sorted distances of real test images to the nearest
    training image; without them they are measured on ``test``, which takes its time.
    """

    def __init__(
        self,
        train: ImageSet,
        classifier: Classifier,
        usual: Usual | None = None,
        test: ImageSet | None = None,
    ) -> None:
        self._train, self._classifier = train, classifier
        self._banks = {"pixel": Bank(torch.from_numpy(train.images).flatten(1))}
        self._features: list[Tensor] = []
        self.usual = usual or {}
        self._work = deque(self._preparing(test))
        self.pieces = len(self._work)

    def prepare(self) -> Iterator[float]:
        """Do what a search needs, in pieces of about 10 ms; yields the share done, 1 at the end.

        Several callers may take turns: they share the work.
        """
        while self._work:
            self._work.popleft()()
            yield 1 - len(self._work) / self.pieces
        yield 1.0

    def nearest(self, images: Tensor | np.ndarray, k: int = 1) -> Neighbours:
        """The k training images nearest to each of [n, 1, h, w] (or one [1, h, w]) in [-1, 1].

        Pixels are compared as bytes, as they are stored and shown, so that a copy reads exactly
        0. Prepares first what is not prepared. Raises ValueError for another shape, or k.
        """
        shown = torch.as_tensor(images).detach().cpu().float()
        shown = shown if shown.dim() == 4 else shown[None]
        if shown.shape[1:] != self._train.shape or not 1 <= k <= self._train.size:
            raise ValueError(
                f"k = {k} neighbours of images {list(shown.shape)} are not to be had: give "
                f"[n, {', '.join(map(str, self._train.shape))}] and k from 1 to {self._train.size}."
            )
        for _ in self.prepare():
            pass
        return Neighbours(*(self._found(space, shown, k) for space in SPACES))

    def images(self, index: np.ndarray) -> np.ndarray:
        """The training images of these numbers [...], uint8 [..., h, w]."""
        return self._train.images[index, 0]

    def labels(self, index: np.ndarray) -> np.ndarray:
        """Their classes, uint8 [...]."""
        return self._train.labels[index]

    def _found(self, space: str, images: Tensor, k: int) -> Nearest:
        index, distance = self._search(space, images, k)
        usual = self.usual[space]
        nearer = np.searchsorted(usual, distance[:, 0].astype(np.float32))
        return Nearest(index, distance, 100 * nearer / len(usual))

    def _search(self, space: str, images: Tensor, k: int) -> tuple[np.ndarray, np.ndarray]:
        if space == "feature":
            return self._banks[space].search(self._featured(images), k)
        as_bytes = (images.flatten(1) + 1).mul(127.5).round_().clamp_(0, 255)
        index, distance = self._banks[space].search(as_bytes, k)
        return index, distance / 127.5

    def _featured(self, images: Tensor) -> Tensor:
        return torch.from_numpy(self._classifier.features_and_probabilities(images)[0])

    # -- preparing -----------------------------------------------------------------------------

    def _preparing(self, test: ImageSet | None) -> Iterator[Callable[[], None]]:
        """The pieces of work, in order."""
        for start in range(0, self._train.size, PIECE):
            yield partial(self._add_features, start)
        yield self._index_features
        if test is not None:
            yield from self._measuring(test)

    def _add_features(self, start: int) -> None:
        self._features.append(self._featured(_images(self._train, start, PIECE)))

    def _index_features(self) -> None:
        self._banks["feature"] = Bank(torch.cat(self._features))
        self._features.clear()

    def _measuring(self, test: ImageSet) -> Iterator[Callable[[], None]]:
        """How near images come to the training images that nobody can have copied."""
        found: dict[str, list[np.ndarray]] = {space: [] for space in SPACES}

        def measure(start: int) -> None:
            images = _images(test, start, TESTED)
            for space in SPACES:
                found[space].append(self._search(space, images, 1)[1][:, 0])

        def finish() -> None:
            for space, parts in found.items():
                self.usual[space] = np.sort(np.concatenate(parts).astype(np.float32))

        for start in range(0, test.size, TESTED):
            yield partial(measure, start)
        yield finish


def _images(data: ImageSet, start: int, n: int) -> Tensor:
    """n images from the one of this number on, in [-1, 1]."""
    return unit_range(data.images[start : start + n])


def memory_of(data: str, classes: Iterable[int] = ()) -> Memory:
    """The memory of an image set, or of some of its classes, shared by all who ask.

    The first call reads the images, about half a second for MNIST; nothing is downloaded. Raises
    ValueError where ``why_no_memory`` has a reason.
    """
    return _shared(data, tuple(sorted(set(classes))))


@lru_cache(maxsize=4)  # there are a thousand choices of classes, of up to 60 MB each
def _shared(data: str, classes: tuple[int, ...]) -> Memory:
    if why := why_no_memory(data, classes):
        raise ValueError(why)
    train, classifier = load_images(data).subset(classes), load_classifier(data)
    if not classes:
        return Memory(train, classifier, _load_usual(data))
    return Memory(train, classifier, test=load_images(data, "test").subset(classes))


def why_no_memory(data: str, classes: tuple[int, ...] = ()) -> str:
    """Why the memory of a data set is not to be had here, in one sentence; "" where it is."""
    if data not in RECIPES:
        return f"{data!r} has no memory: only images are compared, {', '.join(RECIPES)}."
    if file := absent_file(data, ("train", "test") if classes else ("train",)):
        return (
            f"{file} is not on this machine: run `ganlab train mnist_quick --data.name {data}` "
            "there once, which fetches it."
        )
    try:
        load_classifier(data)
    except ValueError as missing:
        return str(missing)
    if not classes and _usual_file(data) is None:
        return (
            f"the test images of {data!r} have not been measured yet: run "
            f"`python -m ganlab.memorisation --dataset {data}` once (a few minutes)."
        )
    return ""


# -- the stored distances ----------------------------------------------------------------------


def _usual_file(data: str) -> Path | None:
    paths = (folder / f"memory_{data}.safetensors" for folder in (BUNDLED, user_folder()))
    return next((path for path in paths if path.is_file()), None)


def _load_usual(data: str) -> Usual:
    return {space: x.numpy() for space, x in load_file(_usual_file(data)).items()}


def main(arguments: list[str] | None = None) -> None:
    """Measure how near the test images come to the training images; write the distances."""
    parser = argparse.ArgumentParser(prog="python -m ganlab.memorisation", description=__doc__)
    parser.add_argument("--dataset", choices=RECIPES, required=True)
    parser.add_argument("--output", type=Path, help="folder; by default the user's cache")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)  # sums in another order would change the last digits
    data, folder = options.dataset, options.output or user_folder()
    memory = Memory(load_images(data), load_classifier(data), test=load_images(data, "test"))
    for _ in tqdm(memory.prepare(), desc=data, total=memory.pieces + 1):
        pass
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {space: torch.from_numpy(x) for space, x in memory.usual.items()}
    (folder / f"memory_{data}.safetensors").write_bytes(save(tensors))
    for space, distances in memory.usual.items():
        print(f"{space}: median {np.median(distances):.3f} of {len(distances):,} test images")


if __name__ == "__main__":
    main()
