"""The two losses over time, with the values they have at equilibrium."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose, log

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
    "What D and G minimise. Low is not good: each loss depends on the other player. Good is "
    "when both stay near their dotted equilibrium values, where D cannot tell real from fake."
)
FORMULA = (
    r"\begin{array}{l} \text{Goodfellow's losses:} \\ "
    r"L_D = -\mathbb{E}\,\log\,D(x) - \mathbb{E}\,\log(1 - D(G(z))) "
    r"\to 2\,\ln\,2 \\ L_G = -\mathbb{E}\,\log\,D(G(z)) \to \ln\,2 \end{array}"
)
NAMED = (2 * log(2), log(2), -log(2))  # labelled so on the chart, in this order


@dataclass(frozen=True)
class LossesData:
    """Both losses and their equilibrium values (NaN where unknown)."""

    d: Series
    g: Series
    d_goal: float
    g_goal: float


def losses_data(snapshot: Snapshot) -> LossesData:
    history, goal = snapshot.history, snapshot.equilibrium
    return LossesData(
        d=series(history, "d_loss"),
        g=series(history, "g_loss"),
        d_goal=goal.get("d_loss", float("nan")),
        g_goal=goal.get("g_loss", float("nan")),
    )


def losses_traces(data: LossesData) -> list[Arrays]:
    goals = (data.d_goal, data.g_goal)
    named = [value if _among(value, goals) else float("nan") for value in NAMED]
    other = [goal if not _among(goal, NAMED) else float("nan") for goal in goals]
    lines = [series_arrays(data.d), series_arrays(data.g)]
    return [
        *lines,
        newest_arrays(lines),
        *(marks.level_arrays(value) for value in (*named, *other)),
        marks.notice_arrays(not len(data.d) and not len(data.g)),
    ]


def _among(value: float, others: tuple[float, ...]) -> bool:
    return any(isclose(value, other, abs_tol=1e-3) for other in others)


def losses_figure(data: LossesData, dark: bool = False) -> go.Figure:
    colours = palette(dark)
    d, g = colours.discriminator, colours.fake
    styles = [
        marks.curve("D loss", d),
        marks.curve("G loss", g),
        newest([d, g]),
        marks.level("2 ln 2", colours.muted, position="top right"),
        marks.level("ln 2", colours.muted, position="bottom right"),
        marks.level("−ln 2", colours.muted),
        marks.level("D: %{y:.3~g}", d, position="top right"),
        marks.level("G: %{y:.3~g}", g, position="bottom right"),
        marks.notice(marks.NOTHING, colours.muted),
    ]
    title = f"Loss of {word('D', d)} and {word('G', g)}"
    return time_figure(styles, losses_traces(data), title=title, dark=dark, yaxis={})


SPEC = TimeSpec(
    "Losses",
    losses_data,
    losses_traces,
    losses_figure,
    EXPLANATION,
    FORMULA,
    curves=(0, 1),
    newest=2,
)
