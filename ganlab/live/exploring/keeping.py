"""Files to keep: animations, mosaics, arrays, seeds, and scripts that make them again."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from ganlab import export as formats
from ganlab.live import questions
from ganlab.live.exploring.drawing import cells, path_of
from ganlab.live.exploring.subject import (
    Answer,
    Pieces,
    Subject,
    aside,
    check_images,
    latents_of,
    portions,
)
from ganlab.trained import TrainedGenerator

MADE = 0.8  # share of the work when all samples are made
ROW = 10  # images of a mosaic that still make a single row


@dataclass(frozen=True)
class Content:
    """What a file is made of: latents [n, latent] and, where it shows them, their samples."""

    subject: Subject
    question: questions.Export
    latents: np.ndarray
    samples: np.ndarray

    @property
    def images(self) -> np.ndarray:
        """uint8 [n, h, w]."""
        return formats.pixels(self.samples)

    @property
    def filename(self) -> str:
        """Of letters, digits and underscores, such as mnist_dcgan_walk.gif."""
        asked = {
            "seeds": self.question.format == "seeds",
            "walk": self.question.walk,
            "plane": self.question.atlas,
        }
        what = next((word for word, is_it in asked.items() if is_it), "samples")
        name = re.sub(r"\W+", "_", self.subject.generator.name)
        return f"{name}_{what}.{FORMATS[self.question.format].suffix}"


@dataclass(frozen=True)
class Format:
    """How a file is made. picture: of images only; samples: whether it needs them."""

    suffix: str
    mime: str
    make: Callable[[Content], bytes]
    picture: bool = False
    samples: bool = True


def export(subject: Subject, question: questions.Export) -> Pieces:
    """Progress, then bytes, uint8 [n], with meta filename and mime."""
    form = FORMATS[question.format]
    if form.picture:
        check_images(subject.generator, "can be kept as a picture")
    subject = subject.frozen()
    generator = subject.generator
    latents = _latents(generator, question)
    samples = np.empty(0)
    if form.samples:
        samples = yield from _made(generator, latents)
    content = Content(subject, question, latents.numpy(), samples)
    made = yield from aside(lambda: form.make(content), MADE)
    meta = {"filename": content.filename, "mime": form.mime}
    yield Answer({"bytes": np.frombuffer(made, np.uint8)}, meta)


def _latents(generator: TrainedGenerator, question: questions.Export) -> Tensor:
    """z of all that is kept: [n, latent]."""
    if question.walk is not None:
        return path_of(generator, question.walk).latents
    if question.atlas is not None:
        return cells(generator, question.atlas)
    return generator.seeded(question.seeds)


def _made(
    generator: TrainedGenerator, latents: Tensor
) -> Generator[Answer | None, None, np.ndarray]:
    parts, samples = portions(generator, latents), []
    for number, part in enumerate(parts):
        samples.append(generator.samples(part))
        yield Answer(share=MADE * (number + 1) / len(parts)) if number % 10 == 0 else None
    return np.concatenate(samples)


# -- formats ---------------------------------------------------------------------------------------


def _gif(content: Content) -> bytes:
    return formats.gif(content.images, content.question.fps, content.question.scale)


def _webp(content: Content) -> bytes:
    return formats.webp(content.images, content.question.fps, content.question.scale)


def _png(content: Content) -> bytes:
    atlas = content.question.atlas
    tiles = as_rows(content.images, None if atlas is None else atlas.n)
    return formats.png(formats.mosaic(tiles, content.question.scale))


def as_rows(images: np.ndarray, columns: int | None = None) -> np.ndarray:
    """[n, h, w] -> [rows, columns, h, w]: by default a row of few, a square of many.

    Missing ones are black.
    """
    n = len(images)
    columns = columns or (n if n <= ROW else math.ceil(math.sqrt(n)))
    missing = np.zeros((-n % columns, *images.shape[1:]), images.dtype)
    return np.concatenate([images, missing]).reshape(-1, columns, *images.shape[1:])


def _npz(content: Content) -> bytes:
    if content.subject.generator.images:
        return formats.npz(latents=content.latents, images=content.images)
    return formats.npz(latents=content.latents, samples=content.samples)


def _seeds(content: Content) -> bytes:
    return formats.seed_list(content.question.seeds).encode()


def _python(content: Content) -> bytes:
    question, generator = content.question, content.subject.generator
    source, common = content.subject.source, {"images": generator.images, "scale": question.scale}
    if question.walk is not None:
        options = question.walk.model_dump(exclude={"points"})
        points = latents_of(generator, question.walk.points).numpy()
        more = {"seeds": _makers(generator, question.seeds, points), "fps": question.fps}
        return formats.walk_script(source, points, **options, **more, **common).encode()
    if question.atlas is not None:
        plan = question.atlas
        plane = np.array(plan.origin), np.array(plan.axes)
        return formats.atlas_script(source, *plane, plan.window, plan.n, **common).encode()
    script = formats.sample_script(source, content.latents, seeds=question.seeds, **common)
    return script.encode()


def _makers(
    generator: TrainedGenerator, seeds: Sequence[int] | None, points: np.ndarray
) -> Sequence[int] | None:
    """The seeds, if it was they that made the points: a point may have been moved since."""
    if seeds is None or len(seeds) != len(points):
        return None
    return seeds if np.allclose(generator.seeded(seeds).numpy(), points, atol=1e-4) else None


FORMATS: dict[str, Format] = {
    "gif": Format("gif", "image/gif", _gif, picture=True),
    "webp": Format("webp", "image/webp", _webp, picture=True),
    "png": Format("png", "image/png", _png, picture=True),
    "npz": Format("npz", "application/zip", _npz),
    "python": Format("py", "text/x-python", _python, samples=False),
    "seeds": Format("txt", "text/plain", _seeds, samples=False),
}
