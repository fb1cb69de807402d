"""How often D is right, on real and on fake samples."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from ganlab.figures import marks
from ganlab.figures.spec import Arrays
from ganlab.figures.theme import palette, word
from ganlab.figures.timeseries import (
    UNDEFINED,
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
    "The share of real samples D takes for real and of fakes it takes for fake. Good is 1/2 for "
    "both: D guesses. With a relativistic loss the two may drift apart around 1/2 without "
    "meaning."
)
FORMULA = r"P\left(D(x) > \frac{1}{2}\right), \quad P\left(D(G(z)) < \frac{1}{2}\right)"


@dataclass(frozen=True)
class AccuracyData:
    """Shares between 0 and 1 over time; both empty for a critic."""

    real: Series
    fake: Series
    critic: bool


def accuracy_data(snapshot: Snapshot) -> AccuracyData:
    critic = snapshot.loss in marks.CRITICS
    if critic:
        return AccuracyData(UNDEFINED, UNDEFINED, critic)
    history = snapshot.history
    return AccuracyData(series(history, "accuracy_real"), series(history, "accuracy_fake"), critic)


def accuracy_traces(data: AccuracyData) -> list[Arrays]:
    lines = [series_arrays(data.real), series_arrays(data.fake)]
    return [
        *lines,
        newest_arrays(lines),
        marks.level_arrays(float("nan") if data.critic else 0.5),
        marks.notice_arrays(not data.critic and not len(data.real)),
        marks.notice_arrays(data.critic),
    ]


def accuracy_figure(data: AccuracyData, dark: bool = False) -> go.Figure:
    colours = palette(dark)
    styles = [
        marks.curve("right on real", colours.real, hovertemplate="%{y:.0%}"),
        marks.curve("right on fake", colours.fake, hovertemplate="%{y:.0%}"),
        newest([colours.real, colours.fake]),
        marks.level("guess", colours.muted),
        marks.notice(marks.NOTHING, colours.muted),
        marks.notice(marks.NO_PROBABILITY, colours.muted),
    ]
    title = f"D is right on {word('real', colours.real)} and {word('fake', colours.fake)}"
    yaxis = {"range": [-0.02, 1.02], "tickformat": ".0%", "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    return time_figure(styles, accuracy_traces(data), title=title, dark=dark, yaxis=yaxis)


SPEC = TimeSpec(
    "Accuracy of D",
    accuracy_data,
    accuracy_traces,
    accuracy_figure,
    EXPLANATION,
    FORMULA,
    curves=(0, 1),
    newest=2,
)
