"""Norms of the two networks' gradients over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ganlab.diagnostics import VANISHING
from ganlab.figures import marks
from ganlab.figures.spec import Arrays
from ganlab.figures.theme import palette, word
from ganlab.figures.timeseries import (
    Series,
    TimeSpec,
    newest,
    newest_arrays,
    series,
    time_figure,
)
from ganlab.snapshot import Snapshot

EXPLANATION = (
    "How strongly each player is pushed. Good is a gradient of G (pink) that falls only because "
    "the distributions agree. Below the dotted line, a twentieth of its peak, G hardly learns."
)
FORMULA = r"\|\nabla_{\theta_D} L_D\|_2, \quad \|\nabla_{\theta_G} L_G\|_2"
SMALLEST = 1e-12  # a gradient of 0 is drawn here, on the logarithmic axis


@dataclass(frozen=True)
class GradientsData:
    """Gradient norms, and the norm below which G's counts as vanished (NaN before any)."""

    d: Series
    g: Series
    vanished: float


def gradients_data(snapshot: Snapshot) -> GradientsData:
    g = series(snapshot.history, "g_grad_norm")
    finite = g.values[np.isfinite(g.values)]
    vanished = VANISHING * float(finite.max()) if len(finite) and finite.max() > 0 else np.nan
    return GradientsData(series(snapshot.history, "d_grad_norm"), g, vanished)


def _arrays(line: Series) -> Arrays:
    shown = np.where(np.isfinite(line.values), np.maximum(line.values, SMALLEST), np.nan)
    return {"x": line.steps, "y": shown}


def gradients_traces(data: GradientsData) -> list[Arrays]:
    lines = [_arrays(data.d), _arrays(data.g)]
    return [
        *lines,
        newest_arrays(lines),
        marks.level_arrays(data.vanished),
        marks.notice_arrays(not len(data.d) and not len(data.g)),
    ]


def gradients_figure(data: GradientsData, dark: bool = False) -> go.Figure:
    colours = palette(dark)
    styles = [
        marks.curve("|grad D|", colours.discriminator),
        marks.curve("|grad G|", colours.gradient),
        newest([colours.discriminator, colours.gradient]),
        marks.level("peak / 20", colours.gradient),
        marks.notice(marks.NOTHING, colours.muted),
    ]
    title = f"Gradient of {word('D', colours.discriminator)} and {word('G', colours.gradient)}"
    yaxis = {"type": "log", "tickformat": "~g", "nticks": 4}
    return time_figure(styles, gradients_traces(data), title=title, dark=dark, yaxis=yaxis)


SPEC = TimeSpec(
    "Gradients",
    gradients_data,
    gradients_traces,
    gradients_figure,
    EXPLANATION,
    FORMULA,
    curves=(0, 1),
    newest=2,
)
