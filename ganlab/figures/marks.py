"""The kinds of traces the charts are made of: a style here, its arrays beside it."""

from __future__ import annotations

import numpy as np

from ganlab.figures.spec import Arrays, Style
from ganlab.figures.theme import LABEL
from ganlab.snapshot import Snapshot

NO_BREAK = "\N{NO-BREAK SPACE}"
NOTHING = "no measurements yet"
NO_PROBABILITY = "not defined: a critic's<br>score is no probability"
# Losses whose D is a critic: its score is no logit, so D(x), V and accuracy have no meaning.
CRITICS = frozenset({"wasserstein"})


def curve(name: str, colour: str, *, dash: str = "solid", width: float = 2, **more) -> Style:
    """A line through points."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "line": {"color": colour, "dash": dash, "width": width},
        "hovertemplate": "%{y:.4~g}",
        **more,
    }


def level(label: str, colour: str, *, position: str = "middle right", **more) -> Style:
    """A dotted horizontal reference line across the chart, labelled beside its right end.

    ``label`` may hold %{y}, so that a value that comes with the data can be shown.
    """
    return {
        "type": "scatter",
        "mode": "lines+text",
        "name": label,
        "xaxis": "x9",
        "line": {"color": colour, "dash": "dot", "width": 1.5},
        "texttemplate": ["", beside(label)],
        "textposition": position,
        "textfont": {"color": colour, "size": LABEL},
        "cliponaxis": False,
        "hoverinfo": "skip",
        **more,
    }


def beside(label: str) -> str:
    """A label moved to the right, clear of a dot at the end of a line."""
    return f"{2 * NO_BREAK}{label}" if label else ""


def level_arrays(value: float) -> Arrays:
    """The arrays of a ``level``; nothing is drawn for NaN or infinity."""
    if not np.isfinite(value):
        return {"x": np.empty(0), "y": np.empty(0)}
    return {"x": np.array([0.0, 1.0]), "y": np.array([value, value], float)}


def notice(text: str, colour: str) -> Style:
    """Words across a chart that has nothing to show."""
    return {
        "type": "scatter",
        "mode": "text",
        "xaxis": "x9",
        "yaxis": "y9",
        "text": [text],
        "textfont": {"color": colour, "size": LABEL + 1},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def notice_arrays(shown: bool) -> Arrays:
    count = 1 if shown else 0
    return {"x": np.full(count, 0.5), "y": np.full(count, 0.36)}  # clear of a line at 1/2


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """D from its logits, without overflow."""
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(logits, float)))


def as_bytes(beliefs: np.ndarray) -> np.ndarray:
    """D as bytes, 0 fake to 255 real; what is unknown lies in the middle."""
    return np.round(np.nan_to_num(beliefs, nan=0.5) * 255).astype(np.uint8)


def calibrated(logits: np.ndarray, snapshot: Snapshot) -> np.ndarray:
    """Logits as D reads them; a critic's scores moved and scaled so that they can be shown.

    A critic's zero means nothing: half way between its mean scores of real and fake samples
    becomes 0, and those means become 2 and -2 (D = 0.88 and 0.12).
    """
    if snapshot.loss not in CRITICS:
        return logits
    real, fake = (np.mean(scores) for scores in (snapshot.real_logits, snapshot.fake_logits))
    gap = max(abs(float(real - fake)), 1e-12)
    return (logits - (real + fake) / 2) * (4 / gap)
