"""The laboratory of two-dimensional data: the picture, and what to read beside it."""

from __future__ import annotations

from ganlab.ui.live import Word, live_view
from ganlab.ui.session import PageRun

FIGURES = ("losses", "scores", "divergences", "modes", "accuracy", "value")
LEGEND = (
    Word("Real", "real"),
    Word(" and "),
    Word("fake", "fake"),
    Word(" samples on where D says "),
    Word("real", "believes-real"),
    Word(" or "),
    Word("fake", "believes-fake"),
    Word("; line: D = 1/2"),
)
DESCRIPTION = (
    "Real and generated samples in the plane, on the discriminator's opinion of every point. "
    "The sentence above the picture says what it shows."
)


def plane(run: PageRun) -> None:
    """The live view of a run whose data have two dimensions."""
    live_view(run.id, FIGURES, LEGEND, DESCRIPTION)
