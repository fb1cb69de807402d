"""The speedometer of a walk through latent space: one small chart under the other, over frames.

How long z is, against the shell the prior lives on; how much the picture changes from frame to
frame, so that jumps show; what D says; what a classifier sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ganlab.figures import marks, theme
from ganlab.figures.spec import Arrays, Style, assemble
from ganlab.figures.theme import fade, palette

EXPLANATION = (
    "The walk, frame by frame. Good is a z within the band, where 95 % of all z are; a change as"
    " even as the dotted line, without jumps; D near 1/2; and one class at a time."
)
_NONE = np.empty(0)
JUMP = 3.0  # times the mean change
GAP = 0.34  # between rows, in shares of a row
# axis of each row and what is written above it
ROWS = {
    "y": "|z|",
    "y2": "change from frame to frame",
    "y3": "D(G(z)): does D believe it?",
    "y4": "class, as a classifier sees it",
}
RIGHT = 66  # px, for the names of reference lines


@dataclass(frozen=True)
class WalkData:
    """A walk of f frames; what was not measured is empty.

    norm, change, score: [f]; classes: [f, 10], probabilities; shell: the 2.5, 50 and 97.5 %
    quantiles of |z|; keys [k]: frames of the endpoints. other_norm, other_change: [f] of a second
    walk to compare with.
    """

    norm: np.ndarray
    change: np.ndarray
    score: np.ndarray
    classes: np.ndarray
    shell: tuple[float, float, float]
    keys: np.ndarray
    other_norm: np.ndarray
    other_change: np.ndarray

    @property
    def frames(self) -> int:
        return len(self.norm)

    @property
    def rows(self) -> tuple[str, ...]:
        """The axes that have something to show; all of them for a walk that is still empty."""
        absent = {"y3": not len(self.score), "y4": not len(self.classes)}
        return tuple(axis for axis in ROWS if not self.frames or not absent.get(axis))


def walk_data(
    norm: np.ndarray,
    change: np.ndarray,
    score: np.ndarray | None,
    classes: np.ndarray | None,
    shell: Sequence[float],
    keys: Sequence[int],
    other_norm: np.ndarray | None = None,
    other_change: np.ndarray | None = None,
) -> WalkData:
    """The record of a walk; None for what was not measured. Infinite values become NaN.

    Raises ValueError where a series is not as long as ``norm``.
    """
    given = (norm, change, score, classes, other_norm, other_change)
    series = [_NONE if values is None else np.asarray(values, float) for values in given]
    for values in series:
        if len(values) not in (0, len(series[0])):
            raise ValueError(
                f"A series of {len(values)} frames does not fit a walk of {len(series[0])}; "
                "give every series one value a frame."
            )
    finite = [np.where(np.isfinite(values), values, np.nan) for values in series]
    low, middle, high = (float(value) for value in shell)
    return WalkData(*finite[:4], (low, middle, high), np.asarray(keys, float), *finite[4:])


EMPTY = walk_data(_NONE, _NONE, None, None, (np.nan,) * 3, ())


def steps(change: np.ndarray) -> np.ndarray:
    """[f] changes; NaN for the first, where the walk is not closed and nothing was before it."""
    first = (np.arange(len(change)) == 0) & (change == 0)
    return np.where(first, np.nan, change)


def even_change(change: np.ndarray) -> float:
    """The change of a walk at an even pace: the mean over its steps, NaN without any."""
    steps = change[1:][np.isfinite(change[1:])]
    return float(steps.mean()) if len(steps) else float("nan")


def jumps(change: np.ndarray) -> np.ndarray:
    """[f] booleans: frames that differ from the one before by over three times the mean."""
    return np.nan_to_num(change) > JUMP * np.nan_to_num(even_change(change), nan=np.inf)


def class_runs(classes: np.ndarray) -> list[tuple[float, int]]:
    """(middle frame, class) of each stretch of at least a tenth of the walk with one top class."""
    if not classes.size:
        return []
    top = np.nan_to_num(classes).argmax(1)
    starts = np.flatnonzero(np.r_[True, top[1:] != top[:-1]])
    ends = np.r_[starts[1:], len(top)]
    long = ends - starts >= max(2, len(top) / 10)
    return [((a + b - 1) / 2, int(top[a])) for a, b in zip(starts[long], ends[long], strict=True)]


def walk_traces(data: WalkData) -> list[Arrays]:
    """Arrays in the order of the figure's traces; as many for every walk."""
    x = np.arange(data.frames, dtype=float)
    low, middle, high = data.shell
    known = data.frames > 0 and bool(np.isfinite(data.shell).all())
    ends = np.array([0.0, max(data.frames - 1.0, 0.0)])
    band = np.array([low, low, high, high]) if known else _NONE
    jump = jumps(data.change)
    runs = np.array(class_runs(data.classes)).reshape(-1, 2)
    keys = data.keys[: len(data.keys) if data.frames else 0]
    return [
        {"x": np.r_[ends, ends[::-1]] if known else _NONE, "y": band},
        marks.level_arrays(middle if known else np.nan),
        _line(x, data.other_norm),
        _line(x, data.norm),
        _line(x, steps(data.other_change)),
        _line(x, steps(data.change)),
        {"x": x[jump], "y": data.change[jump]},
        marks.level_arrays(even_change(data.change)),
        _line(x, data.score),
        marks.level_arrays(0.5 if len(data.score) else np.nan),
        *[_line(x, shares) for shares in (data.classes.T if data.classes.size else [_NONE] * 10)],
        {"x": runs[:, 0], "y": np.full(len(runs), 0.5), "customdata": runs[:, 1]},
        {"x": np.repeat(keys, 3), "y": np.tile([0.0, 1.0, np.nan], len(keys))},
        marks.notice_arrays(not data.frames),
    ]


def _line(x: np.ndarray, y: np.ndarray) -> Arrays:
    return {"x": x[: len(y)], "y": y}


def walk_figure(data: WalkData, dark: bool = False) -> go.Figure:
    """The rows that have something to show, under one another; one line per class from 0 to 9."""
    colours = palette(dark)
    figure = assemble(
        _styles(dark),
        walk_traces(data),
        title="",
        dark=dark,
        xaxis={
            "title": {"text": "frame"},
            "range": [0, max(data.frames - 1, 1)],
            "anchor": data.rows[-1],
            "showgrid": False,
        },
        yaxis5={"range": [0, 1], "visible": False, "fixedrange": True},
        annotations=[_heading(axis, _words(axis, data), colours.ink) for axis in data.rows],
        margin={"l": 44, "r": RIGHT, "t": 24, "b": 38},
    )
    domains = row_domains(len(data.rows))
    ranges = {"y3": [0, 1], "y4": [0, 1]}
    for axis in ROWS:
        shown = axis in data.rows
        domain = domains[data.rows.index(axis)] if shown else [0, 1]
        bounds = {"range": ranges[axis]} if axis in ranges else {"rangemode": "tozero"}
        layout = {"domain": domain, "visible": shown, "nticks": 4, "anchor": "x", **bounds}
        figure.update_layout({axis.replace("y", "yaxis"): layout})
    return figure


def row_domains(rows: int) -> list[list[float]]:
    """[bottom, top] of equally high rows from the top down, as shares of the figure."""
    step = 1 / (rows - GAP)
    return [[1 - (i + 1 - GAP) * step, 1 - i * step] for i in range(rows)]


def _words(axis: str, data: WalkData) -> str:
    compared = {"y": data.other_norm, "y2": data.other_change}.get(axis, _NONE)
    return ROWS[axis] + (", the other walk dashed" if len(compared) else "")


def _heading(axis: str, text: str, colour: str) -> dict[str, object]:
    return {
        "text": text,
        "xref": "paper",
        "yref": f"{axis} domain",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": theme.LABEL, "color": colour},
    }


def _styles(dark: bool) -> list[Style]:
    """Every trace has a name, by which the page gives it its arrays."""
    colours = palette(dark)
    on = [{"xaxis": "x", "yaxis": f"y{row}"} for row in (2, 3, 4, 5)]
    skip = {"hoverinfo": "skip", "hovertemplate": None}
    other = {"dash": "5px,4px", "width": 1.75}
    return [
        {"type": "scatter", "mode": "lines", "fill": "toself", "line": {"width": 0}}
        | {"name": "shell", "fillcolor": fade(colours.ink, 0.1), **skip},
        marks.level("95 % of z", colours.muted, name="middle"),
        marks.curve("other norm", colours.muted, **other),
        marks.curve("norm", colours.fake),
        marks.curve("other change", colours.muted, **other) | on[0],
        marks.curve("change", colours.fake) | on[0],
        {"type": "scatter", "mode": "markers", "name": "jumps", **on[0], **skip}
        | {"marker": {"color": colours.orange, "size": 7, "symbol": "diamond"}},
        marks.level("even pace", colours.muted, name="even") | {"yaxis": "y2"},
        marks.curve("score", colours.discriminator) | on[1],
        marks.level("D = 1/2", colours.muted, name="half") | {"yaxis": "y3"},
        *[_area(c, colour) | on[2] for c, colour in enumerate(theme.classes(dark))],
        {"type": "scatter", "mode": "text", "name": "digits", "texttemplate": "%{customdata}"}
        | {"textfont": {"color": colours.page, "size": 15, "weight": 700}, **on[2], **skip},
        {"type": "scatter", "mode": "lines", "name": "keys", **on[3], **skip}
        | {"line": {"color": fade(colours.ink, 0.35), "width": 1, "dash": "dot"}},
        marks.notice("choose endpoints to see a walk", colours.muted) | {"name": "notice"},
    ]


def _area(index: int, colour: str) -> Style:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"class {index}",
        "stackgroup": "classes",
        "line": {"color": colour, "width": 0},
        "fillcolor": colour,
        "hovertemplate": f"{index}: %{{y:.0%}}<extra></extra>",
    }
