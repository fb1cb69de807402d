"""Figures: snapshot -> record of numbers -> plotly figure. Needs no torch.

One file per figure: a typed record, ``x_data(snapshot)``, ``x_traces(record)`` (arrays only,
what a live frame carries) and ``x_figure(record, dark)`` (built once per page as a template).
"""

from ganlab.figures import (
    accuracy,
    classes,
    divergences,
    frechet,
    gradients,
    images,
    losses,
    mode_map,
    modes,
    scene1d,
    scene2d,
    scores,
    value,
)
from ganlab.figures.html import save_html
from ganlab.figures.live import scene_kind
from ganlab.figures.spec import FigureSpec
from ganlab.snapshot import Snapshot

FIGURES: dict[str, FigureSpec] = {
    "losses": losses.SPEC,
    "scores": scores.SPEC,
    "value": value.SPEC,
    "divergences": divergences.SPEC,
    "accuracy": accuracy.SPEC,
    "gradients": gradients.SPEC,
    "modes": modes.SPEC,
    "mode_map": mode_map.SPEC,
    "frechet": frechet.SPEC,
    "classes": classes.SPEC,
}

# By the shape of one sample: its dimension, or "image".
SCENES: dict[int | str, FigureSpec] = {
    1: scene1d.SPEC,
    2: scene2d.SPEC,
    "image": images.SPEC,
}


def scene_for(snapshot: Snapshot) -> FigureSpec:
    """The main picture for a snapshot's data. Raises ValueError where there is none."""
    return SCENES[scene_kind(snapshot)]


__all__ = ["FIGURES", "SCENES", "FigureSpec", "save_html", "scene_for"]
