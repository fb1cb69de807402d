"""Questions that are answered in one piece, from the generator as it stands now."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import asdict
from typing import Any

import numpy as np
import torch

from ganlab import latent
from ganlab.data import ImageSet, load_images, make_distribution
from ganlab.data.images import absent_file, unit_range
from ganlab.live import questions
from ganlab.live.exploring.subject import (
    Answer,
    Arrays,
    Pieces,
    Subject,
    aside,
    check_images,
    drawn,
    joined,
    latents_of,
    portions,
)
from ganlab.live.exploring.weights import has_weights
from ganlab.memorisation import why_no_memory
from ganlab.seeding import stream
from ganlab.trained import TrainedGenerator

POINTS = 1000  # real ones that are shown
ABSENT = (
    "The test images are not on the server ({} is missing); run `ganlab train mnist_quick "
    "--data.name {}` there once, which fetches them."
)


def about(subject: Subject, question: questions.About) -> Pieces:
    """meta: what there is to know; ``makes`` is "image", 1 or 2. Points: real [<= 1000, d]."""
    generator = subject.generator
    config = generator.config
    meta = {
        "name": generator.name,
        "title": generator.title,
        "makes": "image" if generator.images else generator.shape[0],
        "shape": list(generator.shape),
        "latent": config.latent.model_dump(),
        "data": config.data.name,
        "training": subject.training,
        "state": subject.state,
        "discriminator": generator.discriminator is not None,
        "classes": 10 if generator.classifier is not None else 0,
        "weights": has_weights(generator),
        "parameters": generator.parameters,
        "shell": asdict(latent.shell(config.latent)),
        "memory": no_memory(generator),
        "card": generator.card,
    }
    arrays, more = ({}, {}) if generator.images else _real_points(generator)
    yield Answer(arrays, meta | more)


def _real_points(generator: TrainedGenerator) -> tuple[Arrays, dict[str, Any]]:
    chosen = generator.config.data
    data = make_distribution(chosen.name, std=chosen.std, path=chosen.path, drawn=chosen.drawn)
    real = data.sample(POINTS, stream(0, "explorer"))
    if data.size is not None:
        real = real.unique(dim=0)
    return {"real": real.numpy()}, {"bounds": data.bounds.tolist()}


def no_memory(generator: TrainedGenerator) -> str:
    """Why samples cannot be compared with the training set; "" where they can."""
    try:
        check_images(generator, "are compared with their training set")
        return why_no_memory(generator.config.data.name, generator.config.data.classes)
    except ValueError as error:
        return str(error)


def seeds(subject: Subject, question: questions.Seeds) -> Pieces:
    """z [n, latent]."""
    yield Answer({"z": subject.generator.seeded(question.seeds).numpy()})


def decode(subject: Subject, question: questions.Decode) -> Pieces:
    """x, and score [n] and classes [n, 10] where they are known."""
    latents = latents_of(subject.generator, question.z)
    first, *others = portions(subject.generator, latents)
    generator = subject.frozen().generator if others else subject.generator
    parts = [drawn(generator, first)]
    for part in others:
        yield None
        parts.append(drawn(generator, part))
    yield Answer(joined(parts))


def examples(subject: Subject, question: questions.Examples) -> Pieces:
    """x uint8 [n, h, w], labels [n], index [n] into the test images."""
    tested = yield from test_images(subject.generator)
    kept = subject.generator.config.data.classes or range(256)
    index = np.flatnonzero(np.isin(tested.labels, list(kept)))
    index = np.random.default_rng(question.seed).permutation(index)[: question.n]
    arrays = {"x": tested.images[index, 0], "labels": tested.labels[index], "index": index}
    yield Answer(arrays)


def test_images(
    generator: TrainedGenerator,
) -> Generator[Answer | None, None, ImageSet]:
    """The test images of the generator's data. Raises ValueError where they are not at hand."""
    check_images(generator, "have test images to show")
    config = generator.config.data
    missing = absent_file(config.name, ("test",))
    if missing:
        raise ValueError(ABSENT.format(missing, config.name))
    return (yield from aside(lambda: load_images(config.name, "test")))


def as_target(images: np.ndarray) -> torch.Tensor:
    """uint8 [..., h, w] -> [..., 1, h, w] in [-1, 1]."""
    return unit_range(images).unsqueeze(-3)
