"""How the generated images fall into the classes of the data, right now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ganlab.figures import marks
from ganlab.figures.modes import mode_total
from ganlab.figures.spec import Arrays, FigureSpec, assemble
from ganlab.figures.theme import fade, palette, word
from ganlab.figures.timeseries import LABELS
from ganlab.snapshot import Snapshot

EXPLANATION = (
    "What a classifier takes the fakes for, as shares of all. Good is every bar at the dotted "
    "fair share; a missing bar is a class that G never draws."
)
FORMULA = r"P(\text{class of } G(z) = c)"


@dataclass(frozen=True)
class ClassesData:
    """classes [k], shares [k] of the fakes that sum to 1, empty if unmeasured; fair: one class's.

    fair is NaN where unmeasured.
    """

    classes: np.ndarray
    shares: np.ndarray
    fair: float


def classes_data(snapshot: Snapshot) -> ClassesData:
    counts = snapshot.history.mode_counts
    counts = np.empty((0, 0)) if counts is None or snapshot.real.ndim != 4 else counts
    measured = counts[np.isfinite(counts).all(1)]
    if not measured.size:
        return ClassesData(np.empty(0), np.empty(0), float("nan"))
    newest = measured[-1]
    shares = newest / max(newest.sum(), 1)
    return ClassesData(np.arange(len(newest)), shares, 1 / mode_total(snapshot))


def classes_traces(data: ClassesData) -> list[Arrays]:
    return [
        {"x": data.classes, "y": data.shares},
        marks.level_arrays(data.fair),
        marks.notice_arrays(not len(data.classes)),
    ]


def classes_figure(data: ClassesData, dark: bool = False) -> go.Figure:
    colours = palette(dark)
    bars = {
        "type": "bar",
        "name": "fakes",
        "marker": {
            "color": fade(colours.fake, 0.55),
            "line": {"color": colours.fake, "width": 1},
        },
        "hovertemplate": "class %{x}: %{y:.1%}<extra></extra>",
    }
    return assemble(
        [
            bars,
            marks.level("fair", colours.muted),
            marks.notice("no classes measured", colours.muted),
        ],
        classes_traces(data),
        title=f"Classes of the {word('fakes', colours.fake)}",
        dark=dark,
        bargap=0.25,
        xaxis={"dtick": 1, "showgrid": False, "range": [-0.5, 9.5]},
        yaxis={"rangemode": "tozero", "tickformat": ".0%", "nticks": 4},
        margin={"r": LABELS},
    )


SPEC = FigureSpec(
    "Classes", classes_data, classes_traces, classes_figure, EXPLANATION, FORMULA, needs="frechet"
)
