"""What is explored, what an answer is, and what all explorations share."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from ganlab import export, latent
from ganlab.trained import TrainedGenerator

T = TypeVar("T")
Arrays = dict[str, np.ndarray]

# Samples that are made at once: a piece of work should take no more than 10 ms.
AT_ONCE = {"mlp": 64, "dcgan": 6}
GLANCE = 0.002  # seconds to wait for work that is done aside
SIGN_OF_LIFE = 2.0  # seconds after which a page hears again that it is being worked on
ONLY_IMAGES = "This generator makes points, and only images {}; open one that makes images."


@dataclass(frozen=True)
class Subject:
    """A generator and where it stands.

    state: of its run, "exhibit" for one that does not train. training: whether it belongs to a
    live run, so that its weights may move. source: what ``load_generator`` takes, or None.
    """

    generator: TrainedGenerator
    state: str
    training: bool
    source: str | None = None

    def frozen(self) -> Subject:
        """This moment of it on the CPU, for work that takes longer than one piece."""
        if not self.training:
            return self
        copied = self.generator.frozen()
        for network in (copied.network, copied.discriminator):
            if network is not None:
                network.cpu()
        still = replace(copied, mean=copied.mean.cpu(), std=copied.std.cpu())
        return replace(self, generator=still)


@dataclass(frozen=True)
class Answer:
    """Arrays and meta for the page; a share of 1 is the last answer."""

    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    share: float = 1.0


Pieces = Iterator[Answer | None]

_aside = ThreadPoolExecutor(1, "aside", torch.set_num_threads, (1,))


def aside(compute: Callable[[], T], share: float = 0.0) -> Generator[Answer | None, None, T]:
    """The result of work that cannot be cut into pieces, done in a thread beside the training."""
    future, spoke = _aside.submit(compute), time.monotonic()
    try:
        while not future.done():
            wait([future], GLANCE)
            silent = time.monotonic() - spoke > SIGN_OF_LIFE
            spoke = time.monotonic() if silent else spoke
            yield Answer(share=share) if silent else None
        return future.result()
    finally:
        future.cancel()


@cache
def warm_up() -> Future[latent.Stretch]:
    """Torch loads what derivatives need when it is first asked for one: do that aside."""
    return _aside.submit(lambda: latent.stretching(nn.Linear(1, 1), torch.zeros(1, 1)))


def derivatives_loaded() -> Generator[None, None, None]:
    """Wait in pieces until the derivatives need nothing more."""
    while not warm_up().done():
        wait([warm_up()], GLANCE)
        yield None


def latents_of(generator: TrainedGenerator, values: Sequence[Sequence[float]]) -> Tensor:
    """z as the page sent it: [n, latent]. Raises ValueError where its length does not fit."""
    size = generator.latent.size
    wrong = next((len(z) for z in values if len(z) != size), None)
    if wrong is not None:
        raise ValueError(
            f"A z of length {wrong} does not fit this generator; send all {size} numbers of it."
        )
    return torch.tensor(values, dtype=torch.float32)


def at_once(generator: TrainedGenerator) -> int:
    """How many of its samples make a piece of work."""
    return AT_ONCE[generator.config.generator.architecture]


def portions(generator: TrainedGenerator, latents: Tensor) -> tuple[Tensor, ...]:
    """Latents [n, latent], cut into pieces of work."""
    return latents.split(at_once(generator))


def for_page(generator: TrainedGenerator, samples: np.ndarray) -> np.ndarray:
    """Samples in data scale -> uint8 [n, h, w], 0 = black, or float32 [n, d] for points."""
    return export.pixels(samples) if generator.images else samples


def judged(generator: TrainedGenerator, samples: np.ndarray) -> Arrays:
    """What D and the classifier say of samples: score [n] and classes [n, 10], where known."""
    arrays, belief = {}, generator.belief(samples)
    if belief is not None:
        arrays["score"] = belief
    if generator.classifier is not None:
        arrays["classes"] = generator.classifier.features_and_probabilities(samples)[1]
    return arrays


def drawn(generator: TrainedGenerator, latents: Tensor) -> Arrays:
    """x of latents [n, latent] as the page gets them, and what is said of them."""
    samples = generator.samples(latents)
    return {"x": for_page(generator, samples), **judged(generator, samples)}


def joined(parts: Sequence[Arrays]) -> Arrays:
    """Arrays of the same names, one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def check_images(generator: TrainedGenerator, what: str) -> None:
    """Raises ValueError for points; ``what`` completes "only images ..."."""
    if not generator.images:
        raise ValueError(ONLY_IMAGES.format(what))
