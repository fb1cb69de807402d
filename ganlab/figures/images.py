"""The main picture of image data: generated images, beside real ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ganlab.figures.spec import Arrays, FigureSpec, assemble
from ganlab.figures.theme import palette
from ganlab.snapshot import Snapshot

EXPLANATION = (
    "Fakes of the same 64 latents all along; the column at the left is real. Good is no telling "
    "them apart, and as much variety as in the data."
)
FORMULA = r"G(z_1), \dots, G(z_{64}), \quad z_i \sim p_z"
SIDE, GAP = 8, 2  # images per row, pixels between them
FRAME = 96  # grey level between images


@dataclass(frozen=True)
class ImagesData:
    """mosaic: [rows, columns, 3], uint8; real images in the first column, then 8 x 8 fakes."""

    mosaic: np.ndarray


def images_data(snapshot: Snapshot) -> ImagesData:
    sides = snapshot.real[:SIDE], snapshot.fake[: SIDE**2]
    real, fake = (_colour(as_pixels(side, snapshot.bounds)) for side in sides)
    gap = np.full((mosaic(real, 1).shape[0], 3 * GAP, 3), FRAME, np.uint8)
    return ImagesData(np.concatenate((mosaic(real, 1), gap, mosaic(fake, SIDE)), 1))


def as_pixels(images: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """[n, channels, h, w] in data scale -> [n, h, w, channels] from 0 to 255; NaN is black."""
    low, high = float(np.min(bounds)), float(np.max(bounds))
    scaled = np.nan_to_num((images - low) * (255 / (high - low)), posinf=255.0, neginf=0.0)
    return np.clip(scaled.round(), 0, 255).astype(np.uint8).transpose(0, 2, 3, 1)


def _colour(pixels: np.ndarray) -> np.ndarray:
    """[n, h, w, 1 or 3] -> [n, h, w, 3]."""
    return np.broadcast_to(pixels, (*pixels.shape[:3], 3))


def mosaic(images: np.ndarray, columns: int) -> np.ndarray:
    """images [n <= 8 columns, h, w, 3] row by row on a grid of 8 rows; missing ones stay grey."""
    n, height, width, _ = images.shape
    cells = np.full((SIDE * columns, height + GAP, width + GAP, 3), FRAME, np.uint8)
    cells[:n, :height, :width] = images
    grid = cells.reshape(SIDE, columns, height + GAP, width + GAP, 3).swapaxes(1, 2)
    return grid.reshape(SIDE * (height + GAP), columns * (width + GAP), 3)[:-GAP, :-GAP]


def images_traces(data: ImagesData) -> list[Arrays]:
    return [{"z": data.mosaic}]


def images_figure(data: ImagesData, dark: bool = False) -> go.Figure:
    """The picture; its axes are fixed by the size of the images."""
    colours = palette(dark)
    height, width, _ = data.mosaic.shape
    column = (width - 2 * GAP) / (SIDE + 1)
    label = {"xref": "x", "yref": "y", "y": -0.5, "yanchor": "bottom", "showarrow": False}
    return assemble(
        [{"type": "image", "colormodel": "rgb", "hoverinfo": "skip"}],
        images_traces(data),
        title="",
        dark=dark,
        xaxis={"range": [-0.5, width - 0.5], "visible": False, "constrain": "domain"},
        yaxis={
            "range": [height - 0.5, -0.5],
            "visible": False,
            "scaleanchor": "x",
            "constrain": "domain",
        },
        annotations=[
            {**label, "x": column / 2, "text": "<b>real</b>", "font": {"color": colours.real}},
            {**label, "x": width / 2, "text": "<b>fake</b>", "font": {"color": colours.fake}},
        ],
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
    )


SPEC = FigureSpec("Images", images_data, images_traces, images_figure, EXPLANATION, FORMULA)
