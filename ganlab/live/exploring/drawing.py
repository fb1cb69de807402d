"""Walks and atlases: many pictures, made a few at a time."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganlab import latent
from ganlab.live import questions
from ganlab.live.exploring.subject import (
    Answer,
    Arrays,
    Pieces,
    Subject,
    at_once,
    derivatives_loaded,
    drawn,
    for_page,
    joined,
    judged,
    latents_of,
    portions,
)
from ganlab.trained import TrainedGenerator

BLOCK = 64  # cells of an atlas that are sent together, at least


class Strip(NamedTuple):
    """The frames of a walk: z [f, latent], samples in data scale, judgements, key frames [k]."""

    latents: Tensor
    samples: np.ndarray
    judged: Arrays
    keys: np.ndarray


def walk(subject: Subject, question: questions.Walk) -> Pieces:
    """Progress, then z, x, score, classes, norm [f], change [f], keys [k]."""
    subject = subject.frozen()
    generator = subject.generator
    strip = yield from strip_of(generator, question)
    closed = question.closed or question.path == "great_circle"
    arrays = {
        "z": strip.latents.numpy(),
        "x": for_page(generator, strip.samples),
        **strip.judged,
        "norm": latent.norms(generator.latent, strip.latents).numpy(),
        "change": changes(strip.samples, closed),
        "keys": strip.keys,
    }
    yield Answer(arrays)


def path_of(generator: TrainedGenerator, plan: questions.WalkPlan) -> latent.Walk:
    """Where a walk leads. Raises ValueError for points or frames that make none."""
    points = latents_of(generator, plan.points)
    options = {"path": plan.path, "closed": plan.closed, "easing": plan.easing}
    return latent.walk(generator.latent, points, plan.frames, **options)


def strip_of(
    generator: TrainedGenerator, plan: questions.WalkPlan
) -> Generator[Answer | None, None, Strip]:
    """The frames of a walk, with progress on the way."""
    path = path_of(generator, plan)
    parts = portions(generator, path.latents)
    samples, judgements = [], []
    for number, part in enumerate(parts):
        if number:
            yield Answer(share=number / len(parts))
        samples.append(generator.samples(part))
        judgements.append(judged(generator, samples[-1]))
    return Strip(path.latents, np.concatenate(samples), joined(judgements), path.keys.numpy())


def changes(samples: np.ndarray, closed: bool) -> np.ndarray:
    """The root mean square change of each frame from the one before, in data units: [f].

    The first comes after the last where the walk is closed, otherwise its change is 0.
    """
    flat = samples.reshape(len(samples), -1).astype(np.float64)
    steps = np.sqrt(((flat - np.roll(flat, 1, axis=0)) ** 2).mean(1))
    return steps if closed else np.where(np.arange(len(steps)), steps, 0.0)


def atlas(subject: Subject, question: questions.Atlas) -> Pieces:
    """One answer for each block of rows: see ``questions.Atlas`` for the cells."""
    generator = subject.frozen().generator
    latents, axes = cells(generator, question), None
    rows = len(latents) // question.n
    if question.stretch:
        axes = latents_of(generator, question.axes)
        yield from derivatives_loaded()
    block = max(1, BLOCK // question.n)
    for first in range(0, rows, block):
        last = min(first + block, rows)
        chosen = latents[first * question.n : last * question.n]
        arrays = yield from _surveyed(generator, chosen, axes)
        yield Answer(arrays, {"rows": [first, last], "n": question.n}, last / rows)


def cells(generator: TrainedGenerator, plan: questions.AtlasPlan) -> Tensor:
    """z at the centres of the cells, row by row from the top: [rows n, latent]."""
    origin, axes = latents_of(generator, [plan.origin]), latents_of(generator, plan.axes)
    middles = (torch.arange(plan.n, dtype=torch.float64) + 0.5) / plan.n
    left, right, low, high = plan.window
    across = (left + (right - left) * middles).float()
    row = origin + across[:, None] * axes[0]  # [n, latent]
    if len(axes) == 1:
        return row
    up = (high - (high - low) * middles).float()
    return (row + up[:, None, None] * axes[1]).flatten(0, 1)


def _surveyed(
    generator: TrainedGenerator, latents: Tensor, axes: Tensor | None
) -> Generator[None, None, Arrays]:
    """x, score, class and sure of a block of cells; with axes also stretch and volume."""
    parts: list[Arrays] = []
    passes = 1 if axes is None else 1 + len(axes)
    for part in latents.split(max(1, at_once(generator) // passes)):
        arrays = drawn(generator, part)
        if "classes" in arrays:
            likely = arrays.pop("classes")
            arrays |= {"class": likely.argmax(1).astype(np.uint8), "sure": likely.max(1)}
        if axes is not None:
            arrays |= _stretched(generator, part, axes)
        parts.append(arrays)
        yield None
    return joined(parts)


def _stretched(generator: TrainedGenerator, latents: Tensor, axes: Tensor) -> Arrays:
    found = latent.stretching(generator.decoder, latents, axes)
    with np.errstate(divide="ignore"):
        return {"stretch": np.log(found.top.numpy()), "volume": found.log_volume.numpy()}
