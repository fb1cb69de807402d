"""Looking for something: directions that mean something, the z of an image, its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
import torch
from torch import Tensor

from ganlab import latent
from ganlab.latent import Directions
from ganlab.live import questions
from ganlab.live.exploring.facts import as_target, no_memory, test_images
from ganlab.live.exploring.subject import (
    Answer,
    Arrays,
    Pieces,
    Subject,
    aside,
    check_images,
    for_page,
    latents_of,
    portions,
)
from ganlab.memorisation import Memory, memory_of
from ganlab.seeding import stream
from ganlab.trained import TrainedGenerator

DRAWS = 1000  # of z, behind principal directions and class means
CLASSES = 10
EVERY = 5  # steps of a search for each answer
NEWS = 20  # pieces of preparing for each answer

Found = tuple[Directions, list[str], Arrays]


def directions(subject: Subject, question: questions.Directions) -> Pieces:
    """vectors [k, latent], share [k], meta labels; classes: also means [10, latent], counts."""
    generator = subject.frozen().generator
    found, labels, more = yield from METHODS[question.method](generator, question)
    arrays = {"vectors": found.vectors.numpy(), "share": found.share.numpy(), **more}
    yield Answer(arrays, {"labels": labels, "method": question.method})


def _draws(generator: TrainedGenerator, question: questions.Directions) -> Tensor:
    return latent.sample_latents(generator.latent, DRAWS, stream(question.seed, "directions"))


def _of_features(
    generator: TrainedGenerator, question: questions.Directions
) -> Generator[Answer | None, None, Found]:
    draws, k = _draws(generator, question), _most(generator, question.k)
    found = yield from aside(lambda: latent.principal_directions(generator.network, draws, k))
    return found, _numbered("principal", found), {}


def _of_weights(
    generator: TrainedGenerator, question: questions.Directions
) -> Generator[Answer | None, None, Found]:
    k = _most(generator, question.k)
    found = yield from aside(lambda: latent.weight_directions(generator.network, k))
    return found, _numbered("weight", found), {}


def _of_classes(
    generator: TrainedGenerator, question: questions.Directions
) -> Generator[Answer | None, None, Found]:
    """Towards each class; those that G never makes have a row of zeros, and NaN for a mean."""
    if generator.classifier is None:
        raise ValueError(
            "There is no classifier for these data, so no direction of a class; choose another "
            "kind of direction."
        )
    draws = _draws(generator, question)
    parts, classes = portions(generator, draws), []
    for number, part in enumerate(parts):
        likely = generator.classifier.features_and_probabilities(generator.samples(part))[1]
        classes.append(torch.from_numpy(likely.argmax(1)))
        yield Answer(share=number / len(parts)) if number % NEWS == 0 else None
    means, counts = latent.class_means(draws, torch.cat(classes), CLASSES)
    found = latent.class_directions(means, counts)
    labels = [str(label) for label in range(CLASSES)]
    return found, labels, {"means": means.numpy(), "counts": counts.numpy()}


def _most(generator: TrainedGenerator, k: int) -> int:
    return min(k, *generator.network.first_layer.weight.shape)


def _numbered(word: str, found: Directions) -> list[str]:
    return [f"{word} {number}" for number in range(1, len(found.vectors) + 1)]


METHODS: dict[str, Callable[..., Generator[Answer | None, None, Found]]] = {
    "features": _of_features,
    "weights": _of_weights,
    "classes": _of_classes,
}


def invert(subject: Subject, question: questions.Invert) -> Pieces:
    """Every few steps: z [latent], x [h, w], target [h, w], losses [starts]; meta step, loss."""
    generator = subject.frozen().generator
    check_images(generator, "can be looked for")
    target = yield from _target(generator, question)
    search = latent.invert(
        generator.decoder,
        generator.latent,
        as_target(target),
        starts=question.starts,
        steps=question.steps,
        seed=question.seed,
        every=1,
    )
    shown = -1
    for found in search:
        if not found.done and (found.step % EVERY or found.step == shown):
            yield None
            continue
        shown = found.step
        arrays = {
            "z": found.z.numpy(),
            "x": for_page(generator, found.sample[None].numpy())[0],
            "target": target,
            "losses": found.losses.numpy(),
        }
        meta = {"step": found.step, "steps": found.steps, "loss": found.loss}
        yield Answer(arrays, meta, 1.0 if found.done else 0.99 * found.step / found.steps)


def _target(
    generator: TrainedGenerator, question: questions.Invert
) -> Generator[Answer | None, None, np.ndarray]:
    """uint8 [h, w]: the drawing, or the test image."""
    height, width = generator.shape[1:]
    if question.pixels is not None:
        if len(question.pixels) != height * width:
            raise ValueError(
                f"This image has {len(question.pixels)} pixels and the generator's have "
                f"{height} x {width}; send {height * width}, row by row."
            )
        return np.array(question.pixels, np.uint8).reshape(height, width)
    tested = yield from test_images(generator)
    if question.test >= tested.size:
        raise ValueError(
            f"There is no test image {question.test:,}; choose one below {tested.size:,}."
        )
    return tested.images[question.test, 0]


def neighbours(subject: Subject, question: questions.Neighbours) -> Pieces:
    """x [h, w]; pixel and feature [k, h, w], their distances [k]; meta percentile, labels."""
    generator = subject.generator
    sample = generator.samples(latents_of(generator, [question.z]))
    if why := no_memory(generator):
        raise ValueError(why)
    chosen = generator.config.data
    memory = yield from aside(lambda: memory_of(chosen.name, chosen.classes))
    for number, share in enumerate(memory.prepare()):
        yield Answer(share=0.99 * share) if number % NEWS == 0 else None
    found = yield from aside(lambda: memory.nearest(sample, question.k), 0.99)
    arrays, percentile, labels = {"x": for_page(generator, sample)[0]}, {}, {}
    for space in ("pixel", "feature"):
        nearest = getattr(found, space)
        arrays |= _shown(space, memory, nearest.index[0], nearest.distance[0])
        percentile[space] = float(nearest.percentile[0])
        labels[space] = memory.labels(nearest.index[0]).tolist()
    yield Answer(arrays, {"percentile": percentile, "labels": labels})


def _shown(space: str, memory: Memory, index: np.ndarray, distance: np.ndarray) -> Arrays:
    return {space: memory.images(index), f"{space}_distance": distance, f"{space}_index": index}
