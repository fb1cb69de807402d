"""The front page: one run training, and the way into laboratories and lessons."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import streamlit as st

from ganlab.live.routes import scripts_path
from ganlab.presets import PRESETS, Preset
from ganlab.presets.failures import FAILURES
from ganlab.ui import STATIC
from ganlab.ui.labs import LABS, Lab, lab_of
from ganlab.ui.live import live_view
from ganlab.ui.session import PRESET, RUN, home_run

DOORS = {"lab_1d": "mixture1d", "lab_2d": "swiss_roll", "lab_images": "mnist_quick"}  # pictures
EXPLORER_PATH = "latent"
WORDS = (
    "A generator makes samples from noise; a discriminator learns to tell them from real ones; "
    "each learns from the other's mistakes.",
    "Watch the two fight while they train: the samples, what the discriminator believes, the "
    "losses, the distance that is left, and in one sentence what just happened.",
    "Change a loss in the middle, take a penalty away, cause mode collapse on purpose, go back "
    "in time: you cannot break it.",
)


def welcome() -> None:
    """What this is, in three lines, beside a run that is already training."""
    run = home_run()
    words, picture = st.columns([3, 2], gap="large", vertical_alignment="center")
    lines = "".join(f"<p>{escape(line)}</p>" for line in WORDS)
    doors = "".join(_door(lab) for lab in LABS.values()) + _explorer_door()
    words.html(
        f'<header class="gl-home"><h1>See how GANs learn</h1>{lines}'
        f'<nav class="gl-doors" aria-label="Laboratories">{doors}</nav></header>'
    )
    with picture, st.container(key="hero"):  # its height is kept free in page.css
        live_view(run, "hero")
        address = urlencode({PRESET: run.preset.name, RUN: run.id})
        st.html(
            f'<p class="gl-hint"><a href="{LABS[2].path}?{address}" target="_self">'
            "Open this run in the 2-D lab</a></p>"
        )


def gallery() -> None:
    """Every lesson by its picture: what works, then what goes wrong."""
    healthy = [preset for preset in PRESETS.values() if preset not in FAILURES]
    _shelf("Learning", "Runs that work, and what makes them work.", healthy)
    _shelf("Failing, on purpose", "Each shows its symptom; its cure is one setting away.", FAILURES)


def _shelf(title: str, what: str, presets: tuple[Preset, ...] | list[Preset]) -> None:
    cards = "".join(_card(preset) for preset in presets)
    st.html(
        f'<section class="gl-shelf"><h2>{escape(title)}</h2><p>{escape(what)}</p>'
        f'<ul class="gl-lessons">{cards}</ul></section>'
    )


def _door(lab: Lab) -> str:
    return (
        f'<a class="gl-door" href="{lab.path}" target="_self">{_picture(DOORS[lab.path])}'
        f"<b>{escape(lab.title)}</b><span>{escape(lab.what)}</span></a>"
    )


def _explorer_door() -> str:
    image = f"{scripts_path(STATIC)}/thumbnails/latent.png"
    return (
        f'<a class="gl-door" href="{EXPLORER_PATH}" target="_self"><img src="{image}" alt="" '
        'width="320" height="240" loading="lazy"><b>Latent explorer</b>'
        "<span>Play a trained generator: turn its noise z and watch the picture follow.</span></a>"
    )


def _picture(preset: str) -> str:
    """The small picture of a preset, for the page's light or dark theme."""
    shade = "dark" if st.context.theme.type == "dark" else "light"
    address = f"{scripts_path(STATIC)}/lessons/{preset}-{shade}.webp"
    return f'<img src="{address}" alt="" width="320" height="240" loading="lazy">'


def _card(preset: Preset) -> str:
    """A picture, a title and the beginning of the lesson, all one link."""
    lab = lab_of(preset.config)
    first = preset.lesson.split(". ")[0].split(": ")[0].rstrip(".") + "."
    return (
        f'<li><a class="gl-lesson" href="{lab.path}?{urlencode({PRESET: preset.name})}" '
        f'target="_self">{_picture(preset.name)}'
        f"<b>{escape(preset.title)}</b><span>{escape(first)}</span></a></li>"
    )
