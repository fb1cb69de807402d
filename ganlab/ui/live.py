"""The live component: mounted once per page, fed by the live socket, never by reruns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st

from ganlab.figures import FIGURES, FigureSpec, theme
from ganlab.live.routes import PREFIX, plotly_path, scripts_path
from ganlab.snapshot import History, Snapshot, Status
from ganlab.ui import STATIC

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

_component = st.components.v2.component(
    "ganlab_live", js=SCRIPT, css=(STATIC / "live.css").read_text(), isolate_styles=False
)


@dataclass(frozen=True)
class Word:
    """A piece of the picture's legend; ``kind`` is the layer whose colour it wears."""

    text: str
    kind: str = ""


def live_view(
    run_id: str, figures: Sequence[str], legend: Sequence[Word], description: str
) -> None:
    """The playback bar, the main picture and the small charts of a run."""
    _component(
        key="live",
        data={
            "run": run_id,
            "socket": f"{PREFIX}/live/{run_id}",
            "plotly": plotly_path(),
            "panels": [_PANELS[name] for name in figures],
            "scene": {
                "palettes": {"light": scene_palette(False), "dark": scene_palette(True)},
                "legend": [asdict(word) for word in legend],
                "description": description,
            },
        },
    )


def _panel(name: str) -> dict[str, Any]:
    """A small chart without data, for light and dark pages, as Plotly's own JSON."""
    spec = FIGURES[name]
    light, dark = (_template(spec, dark) for dark in (False, True))
    return {
        "figure": name,
        "title": spec.title,
        "help": spec.explanation,
        "over_steps": spec.figure(spec.data(_NOTHING)).layout.xaxis.title.text == "step",
        "light": light,
        "dark": dark,
    }


def _template(spec: FigureSpec, dark: bool) -> dict[str, Any]:
    figure = spec.figure(spec.data(_NOTHING), dark=dark)
    figure.update_layout(COMPACT)
    figure.update_xaxes(title=None, ticklabelstandoff=4)
    figure.update_yaxes(ticklabelstandoff=4)
    return json.loads(figure.to_json())


def scene_palette(dark: bool) -> dict[str, Any]:
    """Colours of the main picture; ``belief`` runs from D = 0 over 1/2 to 1."""
    colours = theme.palette(dark)
    return {
        "real": colours.real,
        "fake": colours.fake,
        "believes-real": colours.discriminator,
        "believes-fake": colours.orange,
        "boundary": theme.fade(colours.muted, 0.8),
        "axis": colours.grid,
        "belief": list(colours.d_map),
        "opacity": 0.75,
    }


# Made when the server starts, not when the first visitor waits for them.
_PANELS = {name: _panel(name) for name in FIGURES}
