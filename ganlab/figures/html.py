"""Figures as files."""

from __future__ import annotations

from pathlib import Path

import plotly.graph_objects as go

from ganlab.figures.theme import CONFIG


def save_html(figure: go.Figure, path: str | Path) -> Path:
    """Write a figure that opens offline, and ``plotly.min.js`` beside it unless it is there.

    All figures of a folder share that one script, so each weighs kilobytes, not megabytes.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.write_html(path, include_plotlyjs="directory", config=CONFIG)
    return path
