"""What a figure is, and how styles and arrays become one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from ganlab.figures import theme
from ganlab.snapshot import Snapshot

Arrays = dict[str, np.ndarray]  # plotly attribute of a trace -> its numbers
Style = dict[str, Any]  # everything else about a trace


@dataclass(frozen=True)
class FigureSpec:
    """A figure as the page, the worker and notebooks use it.

    data: snapshot -> typed record of pure numbers.
    traces: record -> one dict of arrays per trace; always the same number of traces.
    figure: (record, dark=False) -> plotly figure whose traces hold just those arrays.
    explanation, formula: plain text and LaTeX for the page.
    needs: the history column without which there is nothing to show, such as "frechet".
    over_steps: whether x is the training step.
    curves: indices of the traces that are lines of data over steps, and may be smoothed.
    newest: index of the trace with a dot at the end of each, in the order of ``curves`` (of the
        first of them where it has fewer dots); None where there is none.
    """

    title: str
    data: Callable[[Snapshot], Any]
    traces: Callable[[Any], list[Arrays]]
    figure: Callable[..., go.Figure]
    explanation: str
    formula: str
    needs: str = "step"
    over_steps: bool = False
    curves: tuple[int, ...] = ()
    newest: int | None = None

    def applies(self, snapshot: Snapshot) -> bool:
        """Whether this run has something for the figure."""
        return not np.isnan(snapshot.history[self.needs]).all()


def assemble(
    styles: Sequence[Style], traces: Sequence[Arrays], *, title: str, dark: bool, **layout: Any
) -> go.Figure:
    """A figure from the styles of its traces and their arrays, in the same order.

    Axes x9 and y9 overlay the chart and run from 0 to 1, for reference lines and notices.
    """
    overlay = {"range": [0, 1], "visible": False, "fixedrange": True}
    return go.Figure(
        data=[{**style, **arrays} for style, arrays in zip(styles, traces, strict=True)],
        layout={
            "template": theme.template(dark),
            "title": {"text": title},
            "uirevision": theme.UIREVISION,
            "xaxis9": {**overlay, "overlaying": "x", "anchor": "y"},
            "yaxis9": {**overlay, "overlaying": "y", "anchor": "x"},
            **layout,
        },
    )
