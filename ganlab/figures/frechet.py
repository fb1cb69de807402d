"""The Fréchet distance of generated images over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ganlab.figures import marks
from ganlab.figures.spec import Arrays
from ganlab.figures.theme import palette, word
from ganlab.figures.timeseries import (
    Series,
    TimeSpec,
    newest,
    newest_arrays,
    series,
    series_arrays,
    time_figure,
)
from ganlab.snapshot import Snapshot

EXPLANATION = (
    "How far fakes are from real images in the features of a classifier: the FID of papers, on "
    "this classifier's own scale. Good is the dotted line, what other real images read."
)
FORMULA = r"\|m_r - m_g\|^2 + \text{tr}\left(C_r + C_g - 2 (C_r C_g)^{1/2}\right)"


@dataclass(frozen=True)
class FrechetData:
    """The distance over time, and its floor between two real samples (NaN where unknown)."""

    distance: Series
    floor: float


def frechet_data(snapshot: Snapshot) -> FrechetData:
    measure = snapshot.measures.get("frechet")
    floor = float("nan") if measure is None else measure.floor
    return FrechetData(series(snapshot.history, "frechet"), floor)


def frechet_traces(data: FrechetData) -> list[Arrays]:
    line = series_arrays(data.distance)
    line["y"] = np.where(line["y"] > 0, line["y"], np.nan)  # the axis is logarithmic
    return [
        line,
        newest_arrays([line]),
        marks.level_arrays(data.floor if data.floor > 0 else float("nan")),
        marks.notice_arrays(not len(data.distance)),
    ]


def frechet_figure(data: FrechetData, dark: bool = False) -> go.Figure:
    colours = palette(dark)
    styles = [
        marks.curve("Fréchet distance", colours.fake),
        newest([colours.fake]),
        marks.level("real", colours.real),
        marks.notice("no images measured", colours.muted),
    ]
    title = f"{word('Fréchet', colours.fake)} distance"
    yaxis = {"type": "log", "tickformat": "~g", "nticks": 4}
    return time_figure(styles, frechet_traces(data), title=title, dark=dark, yaxis=yaxis)


SPEC = TimeSpec(
    "Fréchet distance",
    frechet_data,
    frechet_traces,
    frechet_figure,
    EXPLANATION,
    FORMULA,
    needs="frechet",
    curves=(0,),
    newest=1,
)
