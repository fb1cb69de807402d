"""The main picture of image data: generated images, beside real ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ganlab.figures.spec import Arrays, FigureSpec, assemble
from ganlab.figures.theme import palette
from ganlab.snapshot import Snapshot

EXPLANATION = (
    "Generated images, always of the same 64 latents, so that each place can be followed through "
    "training; the column at the left is real. Good is no telling them apart, and as much "
    "variety as in the data."
)
FORMULA = r"G(z_1), \dots, G(z_{64}), \quad z_i \sim p_z"
SIDE, GAP = 8, 2  # images per row, pixels between them
FRAME = 96  # grey level between images


@dataclass(frozen=True)
class ImagesData:
    """mosaic: [rows, columns, 3], uint8; real images in the first column, then 8 x 8 fakes."""

    mosaic: np.ndarray


def images_data(snapshot: Snapshot) -> ImagesData:
    low, high = float(np.min(snapshot.bounds)), float(np.max(snapshot.bounds))
    real, fake = (_bytes(x, low, high) for x in (snapshot.real[:SIDE], snapshot.fake[: SIDE**2]))
    gap = np.full((mosaic(real, 1).shape[0], 3 * GAP, 3), FRAME, np.uint8)
    return ImagesData(np.concatenate((mosaic(real, 1), gap, mosaic(fake, SIDE)), 1))


def _bytes(images: np.ndarray, low: float, high: float) -> np.ndarray:
    """[n, channels, h, w] in data scale -> [n, h, w, 3] from 0 to 255; not finite becomes black."""
    scaled = np.nan_to_num((images - low) * (255 / (high - low)), posinf=255.0, neginf=0.0)
    colour = np.clip(scaled.round(), 0, 255).astype(np.uint8).transpose(0, 2, 3, 1)
    return np.broadcast_to(colour, (*colour.shape[:3], 3)) if colour.shape[3] == 1 else colour


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
