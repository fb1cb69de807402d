"""How many modes the generator covers, and how many of its samples lie in one."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from ganlab.diagnostics import high_quality_ceiling
from ganlab.figures import marks
from ganlab.figures.spec import Arrays, FigureSpec
from ganlab.figures.theme import CLEAR, palette, word
from ganlab.figures.timeseries import (
    Series,
    newest,
    newest_arrays,
    series,
    series_arrays,
    time_figure,
)
from ganlab.snapshot import Snapshot

EXPLANATION = (
    "Modes with at least one good sample, and the share of good samples: within three standard "
    "deviations of a mode (for digits: recognised with more than 90 % certainty). Good is every "
    "mode covered and a share at its ceiling, what true samples reach; more is under-dispersion."
)
AXIS = 1.2  # both axes end here, in units of their goals, which so lie at the same height
FORMULA = r"\|G(z) - c_k\| \le 3 s, \quad P(\chi^2_{dim} \le 9)"


@dataclass(frozen=True)
class ModesData:
    """Modes covered and the high-quality share over time; their goals, NaN where unknown."""

    covered: Series
    quality: Series
    total: float
    ceiling: float


def modes_data(snapshot: Snapshot) -> ModesData:
    history, centres = snapshot.history, snapshot.mode_centres
    quality = series(history, "high_quality")
    counts = history.mode_counts
    total = float("nan") if counts is None else float(counts.shape[1])
    return ModesData(
        covered=series(history, "modes"),
        quality=quality if len(quality) else series(history, "confident"),
        total=total if centres is None else float(len(centres)),
        ceiling=float("nan") if centres is None else high_quality_ceiling(centres.shape[1]),
    )


def modes_traces(data: ModesData) -> list[Arrays]:
    quality, covered = series_arrays(data.quality), series_arrays(data.covered)
    return [
        quality,
        covered,
        newest_arrays([quality]),
        newest_arrays([covered]),
        marks.level_arrays(data.total),
        marks.level_arrays(data.ceiling),
        marks.level_arrays(0.95 * AXIS * data.total),
        marks.notice_arrays(not len(data.covered) and not len(data.quality)),
    ]


def modes_figure(data: ModesData, dark: bool = False) -> go.Figure:
    colours = palette(dark)
    styles = [
        marks.curve("good samples", colours.orange, yaxis="y2", hovertemplate="%{y:.1%}"),
        marks.curve("modes covered", colours.fake, line={"shape": "hv", "color": colours.fake}),
        newest([colours.orange], yaxis="y2"),
        newest([colours.fake]),
        marks.level("all %{y:.0f} modes", colours.fake, position="top left"),
        marks.level("", colours.orange, yaxis="y2")
        | {"texttemplate": ["true: %{y:.1%}", ""], "textposition": "top right"},
        # Invisible; plotly leaves 5 % of the axis free above the highest line.
        marks.curve("headroom", CLEAR, xaxis="x9", hoverinfo="skip"),
        marks.notice(marks.NOTHING, colours.muted),
    ]
    title = f"{word('Modes', colours.fake)} and {word('good samples', colours.orange)}"
    return time_figure(
        styles,
        modes_traces(data),
        title=title,
        dark=dark,
        yaxis={"rangemode": "tozero", "nticks": 5},
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "range": [0, AXIS],
            "tickformat": ".0%",
            "tickvals": [0, 0.5, 1],
            "showgrid": False,
        },
    )


SPEC = FigureSpec(
    "Modes", modes_data, modes_traces, modes_figure, EXPLANATION, FORMULA, needs="modes"
)
