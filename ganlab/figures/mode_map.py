"""Which modes, or classes of images, the samples went to over time: a piano roll."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ganlab.figures import marks
from ganlab.figures.modes import mode_total
from ganlab.figures.spec import Arrays, Style
from ganlab.figures.theme import fade, palette, word
from ganlab.figures.timeseries import TimeSpec, time_figure
from ganlab.snapshot import Snapshot

EXPLANATION = (
    "A row per mode or class, darker where it gets more samples. Good is one even colour; gaps "
    "are missing modes, notes that start and stop a generator that hops."
)
FORMULA = r"k \cdot P(\text{nearest mode of } G(z) = c)"
COLUMNS = 200


@dataclass(frozen=True)
class ModeMapData:
    """steps [n], modes [k], load [k, n]: a mode's share over a fair share (1 is good).

    modes: numbered from 1; classes of images from 0.
    """

    steps: np.ndarray
    modes: np.ndarray
    load: np.ndarray
    images: bool


def mode_map_data(snapshot: Snapshot) -> ModeMapData:
    counts, steps = snapshot.history.mode_counts, snapshot.history["step"]
    images = snapshot.real.ndim == 4
    if counts is None or not counts.shape[1]:
        return ModeMapData(np.empty(0), np.empty(0), np.empty((0, 0)), images)
    measured = np.flatnonzero(np.isfinite(counts[:, 0]))
    chosen = np.linspace(0, len(measured) - 1, min(len(measured), COLUMNS)).round().astype(int)
    rows = measured[chosen]
    shares = counts[rows] / np.maximum(counts[rows].sum(1, keepdims=True), 1)
    modes = np.arange(counts.shape[1]) + (0 if images else 1)
    return ModeMapData(steps[rows], modes, (mode_total(snapshot) * shares).T, images)


def mode_map_traces(data: ModeMapData) -> list[Arrays]:
    since = np.zeros(min(len(data.steps), 1))  # a column reaches back to the one before, or to 0
    shown = {"x": np.append(since, data.steps), "y": data.modes, "z": data.load}
    nothing = {"x": np.empty(0), "y": np.empty(0), "z": np.empty((0, 0))}
    rolls = (nothing, shown) if data.images else (shown, nothing)
    return [*rolls, marks.notice_arrays(not len(data.steps))]


def mode_map_figure(data: ModeMapData, dark: bool = False) -> go.Figure:
    colours = palette(dark)
    return time_figure(
        [
            _roll("mode", colours.fake),
            _roll("class", colours.fake),
            marks.notice("no modes measured", colours.muted),
        ],
        mode_map_traces(data),
        title=f"{word('Samples', colours.fake)} by mode or class",
        dark=dark,
        yaxis={"showgrid": False, "nticks": 6},
        hovermode="closest",
    )


def _roll(what: str, colour: str) -> Style:
    return {
        "type": "heatmap",
        "zmin": 0,
        "zmax": 2,
        "colorscale": [[0, fade(colour, 0)], [0.5, fade(colour, 0.6)], [1, colour]],
        "showscale": False,
        "ygap": 1,
        "hovertemplate": f"{what} %{{y}}: %{{z:.2f}} of a fair share<extra></extra>",
    }


SPEC = TimeSpec(
    "Samples per mode",
    mode_map_data,
    mode_map_traces,
    mode_map_figure,
    EXPLANATION,
    FORMULA,
    needs="modes",
)
