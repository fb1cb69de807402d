"""The main picture of two-dimensional data: samples on what D believes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ganlab.figures import marks
from ganlab.figures.boundary import zero_line
from ganlab.figures.pushes import PUSHES, pushes
from ganlab.figures.spec import Arrays, FigureSpec, Style, assemble
from ganlab.figures.theme import CLEAR, LEGEND, d_colorscale, fade, palette
from ganlab.snapshot import Manifold, Snapshot

EXPLANATION = (
    "Real samples (green) and fakes (purple) on D's opinion: blue says real, orange fake. Pink "
    "lines lead up D's slope. Good is purple lying on green on a neutral background."
)
FORMULA = r"D(x) = \sigma(l(x)), \quad \text{fakes move along } \nabla_x\,l(x)"
LAYERS = ("discriminator", "boundary", "manifold", "real", "fake", "gradient", "modes")
POINTS = 800


@dataclass(frozen=True)
class Scene2DData:
    """All in data units; fields that do not apply are empty.

    bounds: [2, 2], the fixed square that is shown, (low, high) of x and y.
    x, y: [nx], [ny]; d: [ny, nx], D in [0, 1]. boundary, manifold, gradient: [m, 2], line
    segments separated by NaN rows. real, fake: [n <= 800, 2]. modes: [k, 2].
    """

    bounds: np.ndarray
    x: np.ndarray
    y: np.ndarray
    d: np.ndarray
    boundary: np.ndarray
    manifold: np.ndarray
    real: np.ndarray
    fake: np.ndarray
    gradient: np.ndarray
    modes: np.ndarray


def scene2d_data(snapshot: Snapshot) -> Scene2DData:
    bounds = square(snapshot.bounds)
    field, nothing = snapshot.field, np.empty((0, 2))
    x, y, d, boundary = np.empty(0), np.empty(0), np.empty((0, 0)), nothing
    if field is not None:
        (x, y), logits = field.axes, marks.calibrated(field.logits, snapshot)
        d = marks.sigmoid(logits)
        boundary = np.stack(zero_line(x, y, logits), -1)
    centres = snapshot.mode_centres
    return Scene2DData(
        bounds=bounds,
        x=x,
        y=y,
        d=d,
        boundary=boundary,
        manifold=nothing if snapshot.manifold is None else _net(snapshot.manifold),
        real=snapshot.real[:POINTS],
        fake=snapshot.fake[:POINTS],
        gradient=_arrows(snapshot, bounds),
        modes=nothing if centres is None else centres,
    )


def square(bounds: np.ndarray) -> np.ndarray:
    """The smallest square around a box [2, 2]."""
    middle, half = bounds.mean(1), np.ptp(bounds, axis=1).max() / 2
    return np.stack((middle - half, middle + half), 1)


def _arrows(snapshot: Snapshot, bounds: np.ndarray) -> np.ndarray:
    """Segments from fakes along the gradient of the logit, those that stay in place left out."""
    moves = pushes(snapshot, bounds)[list(PUSHES).index("wasserstein")]
    moved = moves.any(1)
    fake = snapshot.fake[: len(moves)][moved]
    return np.stack((fake, fake + moves[moved], np.full_like(fake, np.nan)), 1).reshape(-1, 2)


def _net(manifold: Manifold) -> np.ndarray:
    """The image of a line [m, 2] or of a grid's rows and columns [h, w, 2], as segments."""
    images = np.asarray(manifold.images, float)
    if images.ndim == 2:
        return images
    lines = [*images, *images.transpose(1, 0, 2)]
    return np.concatenate([np.concatenate((line, [[np.nan, np.nan]])) for line in lines])


def scene2d_traces(data: Scene2DData) -> list[Arrays]:
    layers = (data.boundary, data.manifold, data.real, data.fake, data.gradient, data.modes)
    return [
        {"x": data.x, "y": data.y, "z": data.d},
        *({"x": points[:, 0], "y": points[:, 1]} for points in layers),
        marks.notice_arrays(not len(data.real) and not len(data.fake)),
    ]


def scene2d_figure(data: Scene2DData, dark: bool = False) -> go.Figure:
    """The picture; its axes are fixed to ``data.bounds``, which a run never changes."""
    colours = palette(dark)
    background = {
        "type": "heatmap",
        "name": "D",
        "zmin": 0,
        "zmax": 1,
        "colorscale": d_colorscale(dark),
        "zsmooth": "fast",
        "showscale": False,
        "hovertemplate": "D = %{z:.2f}<extra></extra>",
    }
    thin = {"showlegend": True, "hoverinfo": "skip", "hovertemplate": None, "connectgaps": False}
    styles = [
        background,
        marks.curve("D = 1/2", colours.discriminator, width=2, **thin),
        marks.curve("manifold", fade(colours.fake, 0.5), width=1, **thin)
        | {"visible": "legendonly"},
        _dots("real", colours.real, 6, dark),
        _dots("fake", colours.fake, 5, dark),
        marks.curve("gradient", colours.gradient, width=1.5, **thin),
        _centres(colours.ink),
        marks.notice("no samples yet", colours.muted),
    ]
    (left, right), (bottom, top) = data.bounds.tolist()
    return assemble(
        styles,
        scene2d_traces(data),
        title="",
        dark=dark,
        xaxis={"range": [left, right], "constrain": "domain", "showgrid": False},
        yaxis={
            "range": [bottom, top],
            "scaleanchor": "x",
            "constrain": "domain",
            "showgrid": False,
        },
        hovermode="closest",
        margin={"l": 36, "r": 8, "t": 34, "b": 26},
        showlegend=True,
        legend={"orientation": "h", "x": 0.5, "xanchor": "center", "y": 1.0, "yanchor": "bottom"}
        | {"bgcolor": CLEAR, "font": {"size": LEGEND}},
    )


def _dots(name: str, colour: str, size: float, dark: bool) -> Style:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "marker": {
            "color": fade(colour, 0.75),
            "size": size,
            "line": {"width": 0.5, "color": palette(dark).page},
        },
        "hoverinfo": "skip",
    }


def _centres(colour: str) -> Style:
    marker = {"symbol": "cross-thin", "size": 9, "line": {"width": 1, "color": colour}}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "modes",
        "showlegend": False,
        "marker": marker,
        "hoverinfo": "skip",
    }


SPEC = FigureSpec(
    "Samples and D", scene2d_data, scene2d_traces, scene2d_figure, EXPLANATION, FORMULA
)
