"""Draws the small pictures of the bundled generators: `python -m ganlab.ui.posters`.

They are committed, so that a page needs no torch to show them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from ganlab.export import mosaic, pixels, png
from ganlab.latent import latent_axis
from ganlab.pretrained import BUNDLED, load_generator
from ganlab.trained import TrainedGenerator
from ganlab.ui import STATIC

FOLDER = STATIC / "thumbnails"
CARD = (2, 3)  # rows and columns on a generator's card
DOOR = (9, 12)  # on the front page's picture, which is 4 : 3
DOOR_OF = "mnist_plane"  # whose two latents span the whole picture
TAIL = 0.02  # of the prior, left out on each side


def card(generator: TrainedGenerator) -> np.ndarray:
    """uint8 [height, width]: a sample of each of the first seeds."""
    rows, columns = CARD
    return _tiles(generator, generator.seeded(range(1, rows * columns + 1)), CARD)


def door(generator: TrainedGenerator) -> np.ndarray:
    """uint8 [height, width]: the plane of two latents in equal shares of the prior, v upwards."""
    rows, columns = DOOR
    kind = generator.latent.kind
    across, up = (latent_axis(kind, n, TAIL) for n in (columns, rows))
    u, v = np.meshgrid(across, up[::-1])
    return _tiles(generator, torch.tensor(np.stack([u, v], -1)).float().flatten(0, 1), DOOR)


def _tiles(
    generator: TrainedGenerator, latents: torch.Tensor, shape: tuple[int, int]
) -> np.ndarray:
    images = pixels(generator.samples(latents))
    return mosaic(images.reshape(*shape, *images.shape[1:]))


def draw(folder: Path = FOLDER) -> None:
    """Write all of them."""
    generators = {name: load_generator(name) for name in BUNDLED}
    for name, generator in generators.items():
        (folder / f"generator-{name}.png").write_bytes(png(card(generator)))
    (folder / "latent.png").write_bytes(png(door(generators[DOOR_OF])))


if __name__ == "__main__":
    draw()
