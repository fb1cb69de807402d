"""Which modes the samples went to, over time: a piano roll."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ganlab.figures import marks
from ganlab.figures.spec import Arrays, FigureSpec
from ganlab.figures.theme import CLEAR, fade, palette, word
from ganlab.figures.timeseries import time_figure
from ganlab.snapshot import Snapshot

EXPLANATION = (
    "One row per mode, one column per measurement; the darker, the more samples the mode gets. "
    "Good is an even colour in every row. Gaps are missing modes; notes that start and stop are "
    "a generator that hops between them."
)
FORMULA = r"k \cdot P(\text{nearest mode of } G(z) = c)"
COLUMNS = 200


@dataclass(frozen=True)
class ModeMapData:
    """steps [n], modes [k], load [k, n]: a mode's share over a fair share (1 is good)."""

    steps: np.ndarray
    modes: np.ndarray
    load: np.ndarray


def mode_map_data(snapshot: Snapshot) -> ModeMapData:
    counts, steps = snapshot.history.mode_counts, snapshot.history["step"]
    if counts is None or not counts.shape[1]:
        return ModeMapData(np.empty(0), np.empty(0), np.empty((0, 0)))
    measured = np.flatnonzero(np.isfinite(counts[:, 0]))
    chosen = np.linspace(0, len(measured) - 1, min(len(measured), COLUMNS)).round().astype(int)
    rows = measured[chosen]
    totals = np.maximum(counts[rows].sum(1, keepdims=True), 1)
    k = counts.shape[1]
    return ModeMapData(steps[rows], np.arange(1, k + 1), (k * counts[rows] / totals).T)


def mode_map_traces(data: ModeMapData) -> list[Arrays]:
    return [
        {"x": data.steps, "y": data.modes, "z": data.load},
        marks.notice_arrays(not len(data.steps)),
    ]


def mode_map_figure(data: ModeMapData, dark: bool = False) -> go.Figure:
    colours = palette(dark)
    roll = {
        "type": "heatmap",
        "zmin": 0,
        "zmax": 2,
        "colorscale": [[0, CLEAR], [0.5, fade(colours.fake, 0.6)], [1, colours.fake]],
        "showscale": False,
        "ygap": 1,
        "hovertemplate": "mode %{y}: %{z:.2f} of a fair share<extra></extra>",
    }
    return time_figure(
        [roll, marks.notice("no modes measured", colours.muted)],
        mode_map_traces(data),
        title=f"{word('Samples', colours.fake)} per mode",
        dark=dark,
        yaxis={"showgrid": False, "nticks": 6, "title": {"text": "mode"}},
        hovermode="closest",
    )


SPEC = FigureSpec(
    "Samples per mode",
    mode_map_data,
    mode_map_traces,
    mode_map_figure,
    EXPLANATION,
    FORMULA,
    needs="modes",
)
