"""The value of the game, against its equilibrium and what the best D would reach."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

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
    "What D maximises and G minimises; 0 for a perfect D. Good is -log 4, where the distributions"
    " agree. The gap to the dashed line, the most any D could reach, is what D has yet to learn."
)
FORMULA = (
    r"\begin{array}{l} V(D, G) = \mathbb{E}\,\log\,D(x) + \mathbb{E}\,\log(1 - D(G(z))) \\ "
    r"\max_D V(D, G) = 2\,\text{JS}(p_\text{data}, p_g) - \log\,4 \end{array}"
)
EQUILIBRIUM = -log(4)


@dataclass(frozen=True)
class ValueData:
    """V(D, G), and 2 JS - log 4 from the measured JS; both empty for a critic."""

    value: Series
    best: Series
    critic: bool


def value_data(snapshot: Snapshot) -> ValueData:
    critic = snapshot.loss in marks.CRITICS
    if critic:
        return ValueData(UNDEFINED, UNDEFINED, critic)
    js = series(snapshot.history, "js")
    best = Series(js.steps, 2 * js.values + EQUILIBRIUM)
    return ValueData(series(snapshot.history, "value"), best, critic)


def value_traces(data: ValueData) -> list[Arrays]:
    lines = [series_arrays(data.best), series_arrays(data.value)]
    return [
        *lines,
        newest_arrays(lines),
        marks.level_arrays(EQUILIBRIUM),
        marks.level_arrays(0.0),
        marks.notice_arrays(not data.critic and not len(data.value)),
        marks.notice_arrays(data.critic),
    ]


def value_figure(data: ValueData, dark: bool = False) -> go.Figure:
    colours = palette(dark)
    styles = [
        marks.curve("best D", colours.orange, dash="dash"),
        marks.curve("V(D, G)", colours.discriminator),
        newest([colours.orange, colours.discriminator]),
        marks.level("−log 4", colours.muted),
        marks.level("perfect D", colours.muted),
        marks.notice(marks.NOTHING, colours.muted),
        marks.notice(marks.NO_PROBABILITY, colours.muted),
    ]
    title = f"{word('V(D, G)', colours.discriminator)} and {word('the best D', colours.orange)}"
    return time_figure(styles, value_traces(data), title=title, dark=dark, yaxis={})


SPEC = TimeSpec(
    "Value of the game",
    value_data,
    value_traces,
    value_figure,
    EXPLANATION,
    FORMULA,
    curves=(0, 1),
    newest=2,
)
