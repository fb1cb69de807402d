"""Measured distances between p_data and p_g over time, with what the estimators cannot see."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, log10, sqrt

import numpy as np
import plotly.graph_objects as go

from ganlab.figures import marks
from ganlab.figures.spec import Arrays, Style
from ganlab.figures.theme import fade, palette, word
from ganlab.figures.timeseries import (
    UNDEFINED,
    Series,
    TimeSpec,
    newest,
    newest_arrays,
    series,
    time_figure,
)
from ganlab.snapshot import Snapshot

EXPLANATION = (
    "How far the fakes' distribution is from the data's. Good is JS inside the shaded band, like "
    "two real samples. D's bound (dotted) is the JS that D can see; KL is infinite if a mode is "
    "missing."
)
FORMULA = (
    r"\begin{array}{l} \dfrac{1}{2} V(D, G) + \ln\,2 "
    r"\;\le\; \text{JS}(p_\text{data}, p_g) \;\le\; \ln\,2 \\ "
    r"\text{KL}(p_\text{data} \,\|\, p_g) = "
    r"\mathbb{E}_{p_\text{data}}\,\log\,\dfrac{p_\text{data}(x)}{p_g(x)} \end{array}"
)
# The axis is fixed: what is smaller lies on its lower edge, what is larger or infinite in the
# band at its top; hovering shows the true number.
BOTTOM, TOP, LIMIT = 1e-3, 30.0, 100.0
MEASURES = ("kl", "js", "wasserstein")


@dataclass(frozen=True)
class DivergencesData:
    """Measures, their noise floors, and the bound V/2 + ln 2 on JS (none for critics, packs)."""

    series: dict[str, Series]
    bound: Series
    floors: dict[str, float]


def divergences_data(snapshot: Snapshot) -> DivergencesData:
    unbounded = snapshot.loss in marks.CRITICS or snapshot.packing > 1
    value = UNDEFINED if unbounded else series(snapshot.history, "value")
    return DivergencesData(
        series={name: series(snapshot.history, name) for name in MEASURES},
        bound=Series(value.steps, value.values / 2 + log(2)),
        floors={
            name: snapshot.measures[name].floor for name in MEASURES if name in snapshot.measures
        },
    )


def on_axis(values: np.ndarray) -> np.ndarray:
    """Values moved onto the fixed axis; infinite ones into the middle of the top band."""
    finite = np.clip(np.where(np.isfinite(values), values, BOTTOM), BOTTOM, TOP)
    return np.where(np.isposinf(values), sqrt(TOP * LIMIT), finite)


def _arrays(line: Series) -> Arrays:
    return {"x": line.steps, "y": on_axis(line.values), "customdata": line.values}


def _bound_arrays(line: Series) -> Arrays:
    """A bound too small for the axis says nothing about JS and is left out."""
    return {"x": line.steps, "y": np.where(line.values >= BOTTOM, line.values, np.nan)}


def divergences_traces(data: DivergencesData) -> list[Arrays]:
    lines = [_arrays(data.series[name]) for name in MEASURES]
    floors = [data.floors.get(name, float("nan")) for name in MEASURES]
    return [
        *(marks.level_arrays(max(floor, BOTTOM)) for floor in floors),
        _bound_arrays(data.bound),
        *lines,
        newest_arrays(lines),
        marks.level_arrays(log(2)),
        marks.notice_arrays(not any(len(line) for line in data.series.values())),
    ]


def divergences_figure(data: DivergencesData, dark: bool = False) -> go.Figure:
    colours = palette(dark)
    tints = {"kl": colours.orange, "js": colours.discriminator, "wasserstein": colours.fake}
    names = {"kl": "KL", "js": "JS", "wasserstein": "Wasserstein"}
    true = "%{customdata:.4~g}"
    styles = [
        *(_floor(name, tint) for name, tint in tints.items()),
        marks.curve("D's bound", tints["js"], dash="dot", width=1.5),
        *(marks.curve(names[name], tint, hovertemplate=true) for name, tint in tints.items()),
        newest(list(tints.values())),
        marks.level("ln 2", tints["js"]),
        marks.notice(marks.NOTHING, colours.muted),
    ]
    title = " · ".join(word(names[name], tint) for name, tint in tints.items())
    ticks = [0.001, 0.01, 0.1, 1.0, 10.0, sqrt(TOP * LIMIT)]
    return time_figure(
        styles,
        divergences_traces(data),
        title=title,
        dark=dark,
        yaxis={
            "type": "log",
            "range": [log10(BOTTOM), log10(LIMIT)],
            "tickvals": ticks,
            "ticktext": ["0.001", "0.01", "0.1", "1", "10", "∞"],
        },
        shapes=[_infinite_band(fade(colours.muted, 0.15))],
    )


def _floor(name: str, colour: str) -> Style:
    """JS has its noise floor as a band from the bottom, the others as a thin line."""
    style = marks.level("", colour, line={"color": colour, "dash": "dot", "width": 1})
    if name == "js":
        style |= {"fill": "tozeroy", "fillcolor": fade(colour, 0.15)}
        style |= {"texttemplate": ["", marks.beside("JS floor")], "textposition": "top right"}
    return style


def _infinite_band(colour: str) -> Style:
    return {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": TOP,
        "y1": LIMIT,
        "fillcolor": colour,
        "line": {"width": 0},
        "layer": "below",
    }


SPEC = TimeSpec(
    "Distances",
    divergences_data,
    divergences_traces,
    divergences_figure,
    EXPLANATION,
    FORMULA,
    needs="js",
    curves=(4, 5, 6, 3),
    newest=7,
)
