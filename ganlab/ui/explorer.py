"""The latent explorer: its component, and what it is told of the generators there are."""

from __future__ import annotations

import json
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from ganlab.figures import theme
from ganlab.figures.walk import EMPTY, walk_figure
from ganlab.live.exhibits import SAVED, saved_runs
from ganlab.live.routes import PREFIX, plotly_path, scripts_path
from ganlab.ui import STATIC
from ganlab.ui.page import problem
from ganlab.ui.session import (
    GENERATOR,
    PRESET,
    RUN,
    Explored,
    VisitorRun,
    explore,
    own_runs,
)
from ganlab.ui.styles import STYLES, scene_palette

SCRIPT = f"""
export default async (component) => {{
  const url = new URL("{scripts_path(STATIC)}/explorer.js", window.location.origin);
  return (await import(url.href)).default(component);
}};
"""
KEY = "explorer"
WORDS = (
    "A generator turns every z, a few random numbers, into an image or a point. Here z is yours: "
    "drag on the pad, move a slider, take a new seed."
)


CHOICES = {  # of session.GENERATORS: title, and a few words
    "mnist_dcgan": ("MNIST", "convolutional, the sharpest digits"),
    "mnist_plane": ("MNIST plane", "two numbers decide everything"),
    "digits": ("Digits 8\u00d78", "small enough to run in the page"),
}
_component = st.components.v2.component(
    "ganlab_explorer", js=SCRIPT, css=STYLES, isolate_styles=False
)


def introduction(shown: Explored) -> None:
    """What one does here, and what was wrong with the address."""
    st.html(f'<header class="gl-head"><h1>Latent explorer</h1><p>{escape(WORDS)}</p></header>')
    for text in shown.problems:
        problem(text)


def explorer(shown: Explored) -> None:
    """The instrument, on the generator that the address names."""
    _component(
        key=KEY,
        data={
            "run": shown.id,
            "socket": f"{PREFIX}/live/{shown.id}",
            "lab": _lab(shown.run),
            "choices": choices(shown),
            **DRAWING,
        },
        on_source_change=lambda: explore(st.session_state[KEY].source),
    )


def palette(dark: bool) -> dict[str, Any]:
    """The scene's colours, and those of the ten classes."""
    return {**scene_palette(dark), "classes": list(theme.classes(dark))}


def choices(shown: Explored) -> list[dict[str, Any]]:
    """Groups of generators: bundled ones, this visitor's runs, saved ones; empty ones left out."""
    groups = {
        "Ready trained": [
            _card({GENERATOR: name}, shown, title, what, _thumbnail(name))
            for name, (title, what) in CHOICES.items()
        ],
        "Your runs, as they train": [
            _card({RUN: run.id}, shown, run.preset.title, f"in the {run.lab.title}")
            for run in own_runs()
        ],
        "Saved runs": [
            _card({GENERATOR: SAVED + name}, shown, name, "saved on the server")
            for name in saved_runs()
        ],
    }
    return [{"title": title, "items": items} for title, items in groups.items() if items]


def _card(
    query: dict[str, str], shown: Explored, title: str, what: str, image: str | None = None
) -> dict[str, Any]:
    current = query == shown.query
    return {
        "query": urlencode(query), "title": title, "what": what, "image": image,
        "current": current,
    }  # fmt: skip


def _thumbnail(name: str) -> str | None:
    """The address of a bundled generator's small picture."""
    file = f"thumbnails/generator-{name}.png"
    return f"{scripts_path(STATIC)}/{file}" if (STATIC / file).is_file() else None


def _lab(run: VisitorRun | None) -> dict[str, str] | None:
    """Where a run that is explored is at home."""
    if run is None:
        return None
    address = f"{run.lab.path}?{urlencode({PRESET: run.preset.name, RUN: run.id})}"
    return {"title": run.lab.title, "address": address}


def _drawing() -> dict[str, Any]:
    shades = {"light": False, "dark": True}
    walk = {shade: json.loads(walk_figure(EMPTY, dark).to_json()) for shade, dark in shades.items()}
    return {
        "plotly": plotly_path(),
        "palettes": {shade: palette(dark) for shade, dark in shades.items()},
        "panels": {"walk": walk},
    }


# What an explorer draws with, on its own page and in a laboratory. Made when the server starts:
# the first visitors may come together, and plotly must not be loaded by two of them at once.
DRAWING = _drawing()
