"""A plane through latent space: the picture that every z on a grid makes, at its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ganlab.figures import marks
from ganlab.figures.spec import Arrays, assemble
from ganlab.figures.theme import palette

EXPLANATION = (
    "Every picture stands at the z that makes it. Most z fall inside the dotted ring; good are"
    " pictures that change smoothly and show every class there."
)


@dataclass(frozen=True)
class MosaicData:
    """pixels: [H, W, 3] uint8, the top row first; window: [u0, u1, v0, v1], its outer edges.

    ring: radius about the origin that holds 95 % of all z, NaN where there is none.
    """

    pixels: np.ndarray
    window: tuple[float, float, float, float]
    ring: float


def mosaic_data(
    images: np.ndarray,
    u: Sequence[float],
    v: Sequence[float],
    colour: np.ndarray | None = None,
    ring: float = float("nan"),
) -> MosaicData:
    """images [rows, columns, h, w] uint8 at z = (u[column], v[row]); v falls from row to row.

    u [columns], v [rows]: evenly spaced centres. colour [rows, columns, 3] uint8: white of each
    picture, white itself without. Raises ValueError where the sizes disagree.
    """
    rows, columns, height, width = images.shape
    if (len(v), len(u)) != (rows, columns):
        raise ValueError(
            f"{len(v)} x {len(u)} coordinates do not fit {rows} x {columns} pictures; "
            "give one v a row and one u a column."
        )
    if not images.size:
        return MosaicData(np.zeros((0, 0, 3), np.uint8), (-1.0, 1.0, -1.0, 1.0), ring)
    white = np.full((rows, columns, 3), 255) if colour is None else np.asarray(colour, int)
    tinted = images[..., None] * white[:, :, None, None, :] / 255
    whole = tinted.swapaxes(1, 2).reshape(rows * height, columns * width, 3)
    return MosaicData(whole.round().astype(np.uint8), (*_edges(u), *_edges(v[::-1])), ring)


def _edges(centres: Sequence[float]) -> tuple[float, float]:
    """Outer edges of cells around evenly spaced centres; a single cell is one unit wide."""
    step = (centres[-1] - centres[0]) / (len(centres) - 1) if len(centres) > 1 else 1.0
    return float(centres[0] - step / 2), float(centres[-1] + step / 2)


def mosaic_traces(data: MosaicData) -> list[Arrays]:
    angle = np.linspace(0, 2 * np.pi, 181 if np.isfinite(data.ring) else 0)
    return [
        {"z": data.pixels},
        {"x": data.ring * np.cos(angle), "y": data.ring * np.sin(angle)},
        marks.notice_arrays(not data.pixels.size),
    ]


def mosaic_figure(data: MosaicData, dark: bool = False) -> go.Figure:
    """The pictures over the coordinates of z; a unit of u is as long as one of v."""
    colours = palette(dark)
    u0, u1, v0, v1 = data.window
    height, width = (max(side, 1) for side in data.pixels.shape[:2])
    dx, dy = (u1 - u0) / width, (v1 - v0) / height
    place = {"x0": u0 + dx / 2, "dx": dx, "y0": v1 - dy / 2, "dy": -dy}
    ring = marks.curve("95 % of all z", colours.orange, dash="dot", hoverinfo="skip")
    return assemble(
        [
            {"type": "image", "colormodel": "rgb", "hoverinfo": "skip", **place},
            ring,
            marks.notice("no pictures yet", colours.muted),
        ],
        mosaic_traces(data),
        title="",
        dark=dark,
        xaxis={"range": [u0, u1], "title": {"text": "u"}, "showgrid": False, "constrain": "domain"},
        yaxis={
            "range": [v0, v1],
            "title": {"text": "v"},
            "showgrid": False,
            "scaleanchor": "x",
            "constrain": "domain",
        },
        margin={"t": 10},
    )
