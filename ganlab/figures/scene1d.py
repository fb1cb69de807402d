"""The main picture of one-dimensional data: two densities and what D makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ganlab.figures import marks
from ganlab.figures.laws import data_density, laws
from ganlab.figures.spec import Arrays, FigureSpec, Style, assemble
from ganlab.figures.theme import CLEAR, LEGEND, fade, palette
from ganlab.snapshot import Snapshot

EXPLANATION = (
    "The data's density (green), the generator's (purple) and D's belief that a point is real "
    "(blue). Dashed is the best D for the two. Good is purple on green, and D flat at 1/2."
)
FORMULA = r"D^*(x) = \frac{p_\text{data}(x)}{p_\text{data}(x) + p_g(x)}"
TICKS = 200  # samples of each kind drawn as ticks
FLOOR = 0.08  # share of the picture's height below zero, for the ticks


@dataclass(frozen=True)
class Scene1DData:
    """Everything on the grid x [nx], in data units; fields that do not apply are empty.

    bounds: (low, high), fixed. top: upper end of the density axis, set by the data alone.
    p_data, p_g: [nx] densities, exact where known, else estimated from samples.
    d, d_best: [nx], D and D* (NaN where neither law has mass). real, fake: [n <= 200].
    """

    bounds: tuple[float, float]
    top: float
    x: np.ndarray
    p_data: np.ndarray
    p_g: np.ndarray
    d: np.ndarray
    d_best: np.ndarray
    real: np.ndarray
    fake: np.ndarray


def scene1d_data(snapshot: Snapshot) -> Scene1DData:
    field = snapshot.field
    if field is None:
        raise ValueError("This snapshot has no field; a 1-D scene needs D on a grid.")
    found, p_data = laws(snapshot), data_density(snapshot)
    low, high = np.ravel(snapshot.bounds).tolist()
    return Scene1DData(
        bounds=(low, high),
        top=density_top(p_data),
        x=field.axes[0],
        p_data=p_data,
        p_g=found.p_g,
        d=marks.sigmoid(marks.calibrated(field.logits, snapshot)),
        d_best=found.best(),
        real=snapshot.real[:TICKS, 0],
        fake=snapshot.fake[:TICKS, 0],
    )


def density_top(p_data: np.ndarray) -> float:
    """The upper end of the density axis: set by the data alone, so that it stands still."""
    return 1.6 * float(p_data.max(initial=0)) or 1.0


def scene1d_traces(data: Scene1DData) -> list[Arrays]:
    ticks = ((data.real, -0.35), (data.fake, -0.75))
    return [
        {"x": data.x, "y": data.p_data},
        {"x": data.x, "y": data.p_g},
        *({"x": x, "y": np.full(len(x), height * FLOOR)} for x, height in ticks),
        {"x": data.x, "y": data.d_best},
        {"x": data.x, "y": data.d},
        marks.level_arrays(0.5),
        marks.notice_arrays(not len(data.real) and not len(data.fake)),
    ]


def scene1d_figure(data: Scene1DData, dark: bool = False) -> go.Figure:
    """The picture; its axes are fixed to ``data.bounds`` and ``data.top``, the same all run."""
    colours = palette(dark)
    blue = colours.discriminator
    belief = {"yaxis": "y2", "hovertemplate": "%{y:.2f}"}
    styles = [
        _density("data", colours.real),
        _density("generator", colours.fake),
        _ticks("real", colours.real),
        _ticks("fake", colours.fake),
        marks.curve("best D", blue, dash="dash", width=1.5, **belief),
        marks.curve("D", blue, width=3, **belief),
        marks.level("", blue, yaxis="y2", showlegend=False),
        marks.notice("no samples yet", colours.muted) | {"showlegend": False},
    ]
    return assemble(
        styles,
        scene1d_traces(data),
        title="",
        dark=dark,
        xaxis={"range": list(data.bounds), "title": {"text": "x"}, "showgrid": False},
        yaxis={
            "range": [-FLOOR * data.top, 1.02 * data.top],
            "title": {"text": "density"},
            "rangemode": "nonnegative",
        },
        yaxis2={
            "range": [-FLOOR, 1.02],
            "overlaying": "y",
            "side": "right",
            "tickvals": [0, 0.5, 1],
            "ticktext": ["D = 0", "D = 1/2", "D = 1"],
            "tickfont": {"color": blue},
            "showgrid": False,
        },
        margin={"r": 60, "t": 34},
        showlegend=True,
        legend={"orientation": "h", "x": 0.5, "xanchor": "center", "y": 1.0, "yanchor": "bottom"}
        | {"bgcolor": CLEAR, "font": {"size": LEGEND}},
    )


def _density(name: str, colour: str) -> Style:
    style = marks.curve(name, colour, hovertemplate="%{y:.3g}")
    return style | {"fill": "tozeroy", "fillcolor": fade(colour, 0.2)}


def _ticks(name: str, colour: str) -> Style:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{name} samples",
        "yaxis": "y2",
        "marker": {
            "symbol": "line-ns",
            "size": 8,
            "line": {"width": 1, "color": fade(colour, 0.6)},
        },
        "hoverinfo": "skip",
        "showlegend": False,
    }


SPEC = FigureSpec(
    "Densities and D", scene1d_data, scene1d_traces, scene1d_figure, EXPLANATION, FORMULA
)
