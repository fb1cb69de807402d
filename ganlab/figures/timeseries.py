"""What every chart over training steps shares: its record, arrays and time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import plotly.graph_objects as go

from ganlab.figures.decimate import LIMIT, keep
from ganlab.figures.spec import Arrays, FigureSpec, Style, assemble
from ganlab.snapshot import History

LABELS = 60  # px at the right, for the names of reference lines
TimeSpec = partial(FigureSpec, over_steps=True)  # of what ``time_figure`` makes


@dataclass(frozen=True)
class Series:
    """A measured column of the history, at most 500 points of it.

    steps, values: [n], ascending steps; values may be infinite, never NaN.
    """

    steps: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.steps)


UNDEFINED = Series(np.empty(0), np.empty(0))


def series(history: History, name: str, limit: int = LIMIT) -> Series:
    """The measured rows of a column, decimated."""
    steps, values = history.measured(name)
    kept = keep(values, limit)
    return Series(steps[kept], values[kept])


def series_arrays(line: Series) -> Arrays:
    """Arrays of a ``curve``; an infinite value is a gap."""
    return {"x": line.steps, "y": np.where(np.isfinite(line.values), line.values, np.nan)}


def newest(colours: Sequence[str], **more: Any) -> Style:
    """A dot on the newest point of each line: where the run is, and all there is at first."""
    return {
        "type": "scatter",
        "mode": "markers",
        "marker": {"color": list(colours), "size": 6},
        "cliponaxis": False,
        "hoverinfo": "skip",
        **more,
    }


def newest_arrays(lines: Sequence[Arrays]) -> Arrays:
    """The last point of each line's arrays, in order; NaN, which is not drawn, for none."""
    ends = [(line["x"][-1], line["y"][-1]) if len(line["x"]) else (np.nan,) * 2 for line in lines]
    x, y = np.array(ends, float).T
    return {"x": x, "y": y}


def time_figure(
    styles: Sequence[Style],
    traces: Sequence[Arrays],
    *,
    title: str,
    dark: bool,
    yaxis: dict[str, Any],
    **layout: Any,
) -> go.Figure:
    """A chart over training steps; every one has the same time axis."""
    xaxis = {"title": {"text": "step"}, "rangemode": "tozero", "showgrid": False}
    layout.setdefault("margin", {"r": LABELS})
    return assemble(styles, traces, title=title, dark=dark, xaxis=xaxis, yaxis=yaxis, **layout)
