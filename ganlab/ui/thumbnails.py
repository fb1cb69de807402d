"""Draws the dashboard's small pictures: `python -m ganlab.ui.thumbnails`.

They are committed, so that a page needs neither torch nor data to show them. Every picture is an
SVG on a transparent ground, in one green that keeps 3 : 1 against light and dark pages.
"""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ganlab.config import CHOICES, IMAGE_DATA
from ganlab.data import Distribution, ImageSet, load_images, make_distribution
from ganlab.ui import STATIC

FOLDER = STATIC / "thumbnails"
SIDE = 100  # of the square in which everything is drawn
MARGIN = 7
GREEN = "#12A06C"
DOTS = 260
CELL = 4  # side of a place that dots share
LEVELS = 16  # shades of an image: four bits a pixel
SEED = 3


def svg(body: str) -> str:
    """A picture around its shapes, drawn in the square from 0 to ``SIDE``."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">{body}</svg>\n'


def dots(points: np.ndarray, colour: str = GREEN) -> str:
    """Points [n, 2] as dots, large where they lie in few places; 99 % of them fill the square."""
    low, high = np.quantile(points, [0.005, 0.995], axis=0)
    scale = (SIDE - 2 * MARGIN) / (high - low).max()
    places = SIDE / 2 + (points - (low + high) / 2) * scale * [1, -1]
    cells = len(np.unique(places // CELL, axis=0))
    width = round(3.4 * max(1, 200 / cells) ** 0.25, 1)
    inside = places[(np.abs(places - SIDE / 2) < (SIDE - width) / 2).all(axis=1)]
    path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in inside)
    return _stroke(path, colour, width, ' stroke-opacity=".9"')


def curve(density: np.ndarray, colour: str = GREEN) -> str:
    """A density [n] at even places, filled down to its axis."""
    x = np.linspace(0, SIDE, len(density))
    y = SIDE - MARGIN - (SIDE - 3 * MARGIN) * density / density.max()
    path = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))
    ground = f"L{SIDE} {SIDE - MARGIN}L0 {SIDE - MARGIN}Z"
    return f'<path d="{path}{ground}" fill="{colour}" opacity=".25"/>{_stroke(path, colour, 3.5)}'


def mosaic(images: np.ndarray, colour: str = GREEN) -> str:
    """Images [k * k, height, width] uint8 as k rows of k, ink in one colour on nothing."""
    k = math.isqrt(len(images))
    pixels = np.pad(images, ((0, 0), (1, 1), (1, 1)))  # [k * k, h, w]
    sheet = np.concatenate([np.concatenate(list(row), 1) for row in np.split(pixels, k)])
    data = base64.b64encode(_png(sheet, colour)).decode()
    return (
        f'<image width="{SIDE}" height="{SIDE}" style="image-rendering:pixelated" '
        f'href="data:image/png;base64,{data}"/>'
    )


def _png(ink: np.ndarray, colour: str) -> bytes:
    """ink [h, w] uint8 as the opacity of one colour."""
    levels = np.rint(ink * ((LEVELS - 1) / 255)).astype(np.uint8)
    image = Image.fromarray(levels, "P")
    image.putpalette(bytes.fromhex(colour[1:]) * LEVELS)
    opacity = bytes(round(255 * level / (LEVELS - 1)) for level in range(LEVELS))
    stream = io.BytesIO()
    image.save(stream, "PNG", transparency=opacity, bits=4, optimize=True)
    return stream.getvalue()


def _stroke(path: str, colour: str, width: float, more: str = "") -> str:
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-linecap="round" stroke-linejoin="round"{more}/>'
    )


# -- data --------------------------------------------------------------------------------------


def data_thumbnail(name: str) -> str:
    """The picture of a data set. Raises ValueError where its files cannot be had."""
    return svg(DRAWN[name]() if name in DRAWN else _body(name))


def _body(name: str) -> str:
    if name in IMAGE_DATA:
        return mosaic(one_of_each(load_images(name)))
    distribution = make_distribution(name)
    return {1: _line, 2: _plane}[distribution.shape[0]](distribution)


def _line(distribution: Distribution) -> str:
    low, high = distribution.bounds[0]
    x = np.linspace(low, high, 161)[:, None]
    return curve(np.exp(distribution.log_prob(x)))


def _plane(distribution: Distribution) -> str:
    return dots(distribution.sample(DOTS, torch.Generator().manual_seed(SEED)).numpy())


def one_of_each(images: ImageSet, count: int = 9) -> np.ndarray:
    """The first image of each of the first classes: [count, height, width]."""
    first = [int(np.argmax(images.labels == label)) for label in range(count)]
    return images.images[first, 0]


def squiggle() -> str:
    """A line of dots as a hand draws it, and the pencil that drew it."""
    t = np.linspace(0, 1, 30)
    x, y = 10 + 62 * t, 62 - 18 * np.sin(2.4 * math.pi * t) * (1 - 0.35 * t)
    trace = "".join(f"M{a:.1f} {b:.1f}h0" for a, b in zip(x, y, strict=True))
    pencil = "M74 46l3 -13l14 -14l9 9l-14 14zM86 24l9 9"
    return _stroke(trace, GREEN, 4.5) + _stroke(pencil, GREEN, 3.5)


def clothes() -> str:
    """A T-shirt, trousers, a bag and a boot: a stand-in where Fashion-MNIST is not at hand."""
    shirt = "M17 8l-12 8l5 9l6 -3v22h18v-22l6 3l5 -9l-12 -8c-3 5 -13 5 -16 0z"
    trousers = "M63 7h24l4 38h-11l-5 -26l-5 26h-11z"
    bag = "M8 66h34v27h-34zM16 66c0 -13 18 -13 18 0"
    boot = "M60 56h14v19c10 3 18 5 19 18h-33z"
    path = shirt + trousers + bag + boot
    return f'<path d="{path}" fill="{GREEN}" opacity=".25"/>{_stroke(path, GREEN, 3.5)}'


DRAWN: dict[str, Callable[[], str]] = {"points": squiggle, "fashion_mnist": clothes}


def draw_data(folder: Path = FOLDER) -> None:
    """All data's pictures into a folder; one whose files are missing stays as it was."""
    folder.mkdir(exist_ok=True)
    for name in CHOICES["data"]:
        try:
            (folder / f"data-{name}.svg").write_text(data_thumbnail(name), encoding="utf-8")
        except ValueError as error:
            print(f"data-{name}.svg is left as it is: {error}")


if __name__ == "__main__":
    draw_data()
