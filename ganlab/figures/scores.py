"""How D scores real and fake samples right now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from ganlab.figures import marks
from ganlab.figures.spec import Arrays, FigureSpec, Style, assemble
from ganlab.figures.theme import fade, palette, word
from ganlab.figures.timeseries import LABELS
from ganlab.snapshot import Snapshot

EXPLANATION = (
    "Where D puts real and fake samples, from 0 (fake) to 1 (real). Good is both heaped on 1/2: D"
    " cannot tell them apart. A Wasserstein critic has no 1/2; its raw scores are shown."
)
FORMULA = r"D(x) = \sigma(l(x)) = \frac{1}{1 + e^{-l(x)}}"
BINS = 30


@dataclass(frozen=True)
class ScoresData:
    """Histograms over 30 bins: centres [30], shares of the real and fake samples [30].

    On [0, 1] for D; over the range of the raw scores for a critic. Shares of 0 without samples.
    """

    centres: np.ndarray
    real: np.ndarray
    fake: np.ndarray
    critic: bool


def scores_data(snapshot: Snapshot) -> ScoresData:
    critic = snapshot.loss in marks.CRITICS
    real, fake = (
        logits[np.isfinite(logits)] for logits in (snapshot.real_logits, snapshot.fake_logits)
    )
    if not len(real) and not len(fake):
        return ScoresData((np.arange(BINS) + 0.5) / BINS, np.zeros(BINS), np.zeros(BINS), critic)
    if not critic:
        real, fake = marks.sigmoid(real), marks.sigmoid(fake)
    both = np.concatenate((real, fake))
    low, high = (both.min() - 1e-6, both.max() + 1e-6) if critic else (0.0, 1.0)
    centres = low + (np.arange(BINS) + 0.5) * (high - low) / BINS
    return ScoresData(centres, _shares(real, low, high), _shares(fake, low, high), critic)


def _shares(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """[30], adding up to 1 (to 0 without values); ``high`` falls into the last bin."""
    bins = np.minimum(((values - low) / (high - low) * BINS).astype(int), BINS - 1)
    return np.bincount(bins, minlength=BINS) / max(len(values), 1)


def scores_traces(data: ScoresData) -> list[Arrays]:
    empty = not data.real.any() and not data.fake.any()
    half = np.full(0 if data.critic or empty else 2, 0.5)
    return [
        {"x": data.centres, "y": data.real},
        {"x": data.centres, "y": data.fake},
        # A fifth higher than the bars: its label stands clear of them.
        {"x": half, "y": np.array([0.0, 1.2 * max(data.real.max(), data.fake.max())])[: len(half)]},
        marks.notice_arrays(empty),
        {"x": np.full(int(data.critic), 1.0), "y": np.full(int(data.critic), 0.5)},
    ]


def scores_figure(data: ScoresData, dark: bool = False) -> go.Figure:
    colours = palette(dark)
    styles = [
        _bars("D(x)", colours.real),
        _bars("D(G(z))", colours.fake),
        _half(colours.ink),
        marks.notice(marks.NOTHING, colours.muted),
        marks.notice(f"{2 * marks.NO_BREAK}critic's<br>{2 * marks.NO_BREAK}scores", colours.muted)
        | {"textposition": "middle right"},
    ]
    return assemble(
        styles,
        scores_traces(data),
        title=f"D on {word('real', colours.real)} and {word('fake', colours.fake)} samples",
        dark=dark,
        barmode="overlay",
        xaxis={"title": {"text": "judged fake  ←   score   →  judged real"}, "showgrid": False},
        yaxis={"rangemode": "tozero", "tickformat": ".0%", "nticks": 4},
        margin={"r": LABELS},
    )


def _bars(name: str, colour: str) -> Style:
    return {
        "type": "bar",
        "name": name,
        "marker": {"color": fade(colour, 0.55), "line": {"color": colour, "width": 1}},
        "hovertemplate": "%{y:.1%}",
    }


def _half(colour: str) -> Style:
    style = marks.level("D = 1/2", colour, position="bottom right")
    return {**style, "xaxis": "x", "yaxis": "y"}


SPEC = FigureSpec("Scores of D", scores_data, scores_traces, scores_figure, EXPLANATION, FORMULA)
