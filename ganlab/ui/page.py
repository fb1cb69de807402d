"""The frame around every page: margins, heading, sentences about what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st

from ganlab.config import kind_of
from ganlab.presets import PRESETS
from ganlab.ui import STATIC
from ganlab.ui.session import PageRun, open_preset


@contextmanager
def page() -> Iterator[None]:
    """The page's margins; a ValueError in the block becomes its sentence on the page."""
    st.html(STATIC / "page.css")
    try:
        yield
    except ValueError as error:
        problem(str(error))


def heading(run: PageRun) -> None:
    """What the page shows and teaches, the other lessons, and what was wrong with its address."""
    preset = run.preset
    lesson = "" if "lesson" in run.hidden else f"<p>{escape(preset.lesson)}</p>"
    words, choice = st.columns([5, 1], gap="medium")
    words.html(f'<header class="gl-head"><h1>{escape(preset.title)}</h1>{lesson}</header>')
    if "lesson" not in run.hidden:
        with choice:
            _lesson_choice(run)
    for text in run.problems:
        problem(text)


def _lesson_choice(run: PageRun) -> None:
    names = [name for name, preset in PRESETS.items() if kind_of(preset.config.data) == run.kind]
    chosen = st.selectbox(
        "Lesson",
        names,
        index=names.index(run.preset.name),
        format_func=lambda name: PRESETS[name].title,
        key=f"lesson-{run.kind}-{run.preset.name}",  # a link to another lesson starts afresh
        label_visibility="collapsed",
    )
    if chosen != run.preset.name:
        open_preset(chosen)


def problem(text: str) -> None:
    """A sentence about what went wrong; never Markdown, as it may quote the address."""
    st.html(f'<p class="gl-problem" role="alert">{escape(text)}</p>')
