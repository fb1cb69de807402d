"""How many modes the generator covers, and how many of its samples lie in one."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from ganlab.diagnostics import high_quality_ceiling
from ganlab.figures import marks
from ganlab.figures.spec import Arrays
from ganlab.figures.theme import CLEAR, palette, word
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
    "Modes with a good sample, and the share of good samples: within 3 standard deviations of a "
    "mode (images: recognised with 90 % certainty). Good is every mode, and what true samples "
    "reach."
)
AXIS = 1.2  # both axes end here, in units of their goals, which so lie at the same height
FORMULA = r"\|G(z) - c_k\| \le 3 s, \quad P(\chi^2_\text{dim} \le 9)"


@dataclass(frozen=True)
class ModesData:
    """Modes covered and the high-quality share over time; their goals, NaN where unknown.

    images: whether the modes are classes of images.
    """

    covered: Series
    quality: Series
    total: float
    ceiling: float
    images: bool


def modes_data(snapshot: Snapshot) -> ModesData:
    history, centres = snapshot.history, snapshot.mode_centres
    quality = series(history, "high_quality")
    return ModesData(
        covered=series(history, "modes"),
        quality=quality if len(quality) else series(history, "confident"),
        total=mode_total(snapshot),
        ceiling=float("nan") if centres is None else high_quality_ceiling(centres.shape[1]),
        images=snapshot.real.ndim == 4,
    )


def mode_total(snapshot: Snapshot) -> float:
    """How many modes, or classes of images, there are to cover; NaN where unknown.

    Of images as many as real ones cover: a run may be on some classes only.
    """
    if snapshot.mode_centres is not None:
        return float(len(snapshot.mode_centres))
    if "modes" in snapshot.measures:
        return snapshot.measures["modes"].floor
    counts = snapshot.history.mode_counts
    return float("nan") if counts is None else float(counts.shape[1])


def modes_traces(data: ModesData) -> list[Arrays]:
    quality, covered = series_arrays(data.quality), series_arrays(data.covered)
    return [
        quality,
        covered,
        newest_arrays([quality]),
        newest_arrays([covered]),
        marks.level_arrays(float("nan") if data.images else data.total),
        marks.level_arrays(data.total if data.images else float("nan")),
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
        marks.level("all %{y:.0f} classes", colours.fake, position="top left"),
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


SPEC = TimeSpec(
    "Modes",
    modes_data,
    modes_traces,
    modes_figure,
    EXPLANATION,
    FORMULA,
    needs="modes",
    curves=(0,),
    newest=2,
)
