"""The frame around every page: margins, heading, sentences about what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st

from ganlab.ui import STATIC
from ganlab.ui.session import PageRun


@contextmanager
def page() -> Iterator[None]:
    """The page's margins; a ValueError in the block becomes its sentence on the page."""
    st.html(STATIC / "page.css")
    try:
        yield
    except ValueError as error:
        problem(str(error))


def heading(run: PageRun) -> None:
    """What the page shows and teaches, and what was wrong with its address."""
    preset = run.preset
    st.html(
        f'<header class="gl-head"><h1>{escape(preset.title)}</h1>'
        f"<p>{escape(preset.lesson)}</p></header>"
    )
    for text in run.problems:
        problem(text)


def problem(text: str) -> None:
    """A sentence about what went wrong; never Markdown, as it may quote the address."""
    st.html(f'<p class="gl-problem" role="alert">{escape(text)}</p>')
