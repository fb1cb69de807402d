"""The small pictures of the lessons on the front page, each from a real run.

    python -m ganlab.ui.pictures [preset ...]

trains the presets (minutes) and writes a light and a dark WebP for each.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from ganlab.config import Kind, kind_of
from ganlab.figures.images import images_data
from ganlab.figures.scene1d import scene1d_data
from ganlab.figures.scene2d import scene2d_data
from ganlab.figures.theme import Palette, palette
from ganlab.presets import PRESETS
from ganlab.snapshot import Snapshot
from ganlab.ui import STATIC

FOLDER = STATIC / "lessons"
SIZE = (320, 240)
FINE = 3  # drawn so many times larger, then scaled down
POINT = 1.5  # radius in pixels of the picture
# Points are shown while they are learnt, when D still has something to say.
EARLY = 0.1  # of the run
WHEN = {"mode_hopping": 400, "divergence": 10}  # steps at which a failure shows best, if not last


def draw_plane(snapshot: Snapshot, colours: Palette) -> Image.Image:
    """Real and fake samples on what D believes, as in the 2-D laboratory."""
    record = scene2d_data(snapshot)
    (left, right), (bottom, top) = record.bounds
    scale = SIZE[1] * FINE / (top - bottom)
    middle = (left + right) / 2
    width, height = (side * FINE for side in SIZE)

    def place(points: np.ndarray) -> np.ndarray:
        points = points[np.isfinite(points).all(1)]
        return np.stack(
            [width / 2 + (points[:, 0] - middle) * scale, (top - points[:, 1]) * scale], 1
        )

    picture = Image.new("RGB", (width, height), colours.d_map[1])
    heat = Image.fromarray(_heat(record.d[::-1], colours)).resize((height, height), Image.BILINEAR)
    picture.paste(heat, ((width - height) // 2, 0))
    for edge in (0, height - 1):  # beyond the grid D goes on as at its edge
        strip = heat.crop((edge, 0, edge + 1, height)).resize(((width - height) // 2, height))
        picture.paste(strip, (0 if edge == 0 else (width + height) // 2, 0))
    pen = ImageDraw.Draw(picture)
    for points, colour in ((record.real, colours.real), (record.fake, colours.fake)):
        _dots(pen, place(points), colour)
    return picture


def _heat(d: np.ndarray, colours: Palette) -> np.ndarray:
    """D in [0, 1] as colours, [h, w, 3] bytes."""
    stops = np.array([_rgb(stop) for stop in colours.d_map], float)
    channels = [np.interp(np.nan_to_num(d, nan=0.5), [0, 0.5, 1], stops[:, c]) for c in range(3)]
    return np.stack(channels, -1).round().astype(np.uint8)


def _dots(pen: ImageDraw.ImageDraw, places: np.ndarray, colour: str) -> None:
    radius = POINT * FINE
    for x, y in places:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def draw_line(snapshot: Snapshot, colours: Palette) -> Image.Image:
    """The two densities and D, as in the 1-D laboratory."""
    record = scene1d_data(snapshot)
    width, height = (side * FINE for side in SIZE)
    picture = Image.new("RGB", (width, height), colours.page)
    low, high = record.bounds
    across = (record.x - low) / (high - low) * width

    def curve(values: np.ndarray, top: float) -> list[tuple[float, float]]:
        heights = height * (0.94 - 0.86 * np.clip(np.nan_to_num(values) / top, 0, 1))
        return list(zip(across.tolist(), heights.tolist(), strict=True))

    ground = [(across[-1], 0.94 * height), (across[0], 0.94 * height)]
    for values, colour in ((record.p_data, colours.real), (record.p_g, colours.fake)):
        veil = Image.new("RGBA", picture.size)
        ImageDraw.Draw(veil).polygon([*curve(values, record.top), *ground], (*_rgb(colour), 50))
        picture.paste(veil, (0, 0), veil)
        ImageDraw.Draw(picture).line(curve(values, record.top), colour, 2 * FINE, joint="curve")
    ImageDraw.Draw(picture).line(curve(record.d, 1.0), colours.discriminator, 3 * FINE)
    return picture


def draw_images(snapshot: Snapshot, colours: Palette) -> Image.Image:
    """Generated images: six of the grid's eight rows fill the picture."""
    mosaic = images_data(snapshot).mosaic
    side = mosaic.shape[0]
    fakes = Image.fromarray(mosaic[:, mosaic.shape[1] - side :])
    whole = fakes.resize((SIZE[0] * FINE, SIZE[0] * FINE), Image.NEAREST)
    return whole.crop((0, 0, SIZE[0] * FINE, SIZE[1] * FINE))


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


DRAW: dict[Kind, Callable[[Snapshot, Palette], Image.Image]] = {
    1: draw_line,
    2: draw_plane,
    "image": draw_images,
}


def save(name: str) -> None:
    """Train a preset and write its two pictures."""
    from ganlab.training import Trainer

    config = PRESETS[name].config
    trainer = Trainer(config)
    learning = PRESETS[name].symptom is None and kind_of(config.data) != "image"
    last = int(EARLY * config.training.steps) if learning else config.training.steps
    trainer.advance(WHEN.get(name, last))
    snapshot = trainer.snapshot()
    FOLDER.mkdir(exist_ok=True)
    for dark in (False, True):
        picture = DRAW[kind_of(config.data)](snapshot, palette(dark))
        small = picture.resize(SIZE, Image.LANCZOS)
        small.save(FOLDER / f"{name}-{'dark' if dark else 'light'}.webp", quality=82, method=6)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or PRESETS:
        save(wanted)
        print(wanted, flush=True)
