"""The live component: mounted once per page, fed by the live socket, never by reruns."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Literal

import numpy as np
import streamlit as st

from ganlab.config import Kind
from ganlab.figures import FIGURES, FigureSpec
from ganlab.figures.live import DEFAULT_LAYERS
from ganlab.figures.mathml import mathml
from ganlab.live.routes import PREFIX, plotly_path, scripts_path
from ganlab.snapshot import History, Snapshot, Status
from ganlab.ui import STATIC
from ganlab.ui.controls import data_choices, specs
from ganlab.ui.explorer import DRAWING
from ganlab.ui.labs import LABS
from ganlab.ui.session import PageRun, follow
from ganlab.ui.styles import STYLES, scene_palette

SCRIPT = f"""
export default async (component) => {{
  const url = new URL("{scripts_path(STATIC)}/live.js", window.location.origin);
  return (await import(url.href)).default(component);
}};
"""  # one import, kept short: it is sent again with every rerun
COMPACT = {
    "title": {"font": {"size": 14}, "pad": {"l": 2, "t": 2}},
    "margin": {"l": 44, "r": 60, "t": 26, "b": 24},  # the same for all: their axes line up
}
_NONE = np.empty(0)
_NOTHING = Snapshot(
    step=0, steps=1, epoch=0.0, seconds=0.0, status=Status.RUNNING, message="", loss="",
    real=np.empty((0, 2)), fake=np.empty((0, 2)), latents=np.empty((0, 2)), real_logits=_NONE,
    fake_logits=_NONE, bounds=np.zeros((2, 2)), history=History(), equilibrium={}, measures={},
)  # fmt: skip

_component = st.components.v2.component("ganlab_live", js=SCRIPT, css=STYLES, isolate_styles=False)


def live_view(run: PageRun, view: Literal["lab", "hero"] = "lab") -> None:
    """A run as it trains: as a whole laboratory, or its picture alone ("hero")."""
    key = f"live-{view}"
    shown = LABS[run.kind].figures if view == "lab" else ()
    _component(
        key=key,
        data={
            "run": run.id,
            "view": view,
            "kind": run.kind,
            "preset": run.preset.name,
            "base": run.preset.config.flat(),
            "hidden": list(run.hidden),
            "socket": f"{PREFIX}/live/{run.id}",
            "upload": f"{PREFIX}/upload/{run.id}",
            "plotly": plotly_path(),
            "panels": [_PANELS[name] for name in shown],
            "explorer": DRAWING if view == "lab" else None,
            **_fixed(run.kind),
        },
        on_run_change=lambda: follow(st.session_state[key].run),  # to a branch
    )


@cache
def _fixed(kind: Kind) -> dict[str, Any]:
    """What all pages of a kind are given alike."""
    return {
        "scene": {
            "palettes": {"light": scene_palette(False), "dark": scene_palette(True)},
            "description": LABS[kind].description,
            "layers": list(DEFAULT_LAYERS[kind]),
        },
        "settings": specs(kind),
        "data": data_choices(kind),
    }


def _panel(name: str) -> dict[str, Any]:
    """A small chart without data, for light and dark pages, as Plotly's own JSON."""
    spec = FIGURES[name]
    light, dark = (_template(spec, dark) for dark in (False, True))
    return {
        "figure": name,
        "title": spec.title,
        "help": spec.explanation,
        "formula": mathml(spec.formula),
        "needs": spec.needs,
        "over_steps": spec.over_steps,
        "curves": list(spec.curves),
        "newest": spec.newest,
        "light": light,
        "dark": dark,
    }


def _template(spec: FigureSpec, dark: bool) -> dict[str, Any]:
    figure = spec.figure(spec.data(_NOTHING), dark=dark)
    figure.update_layout(COMPACT)
    figure.update_xaxes(title=None, ticklabelstandoff=4)
    figure.update_yaxes(ticklabelstandoff=4)
    return json.loads(figure.to_json())


# Made when the server starts, not when the first visitor waits for them.
_PANELS = {name: _panel(name) for name in FIGURES}
