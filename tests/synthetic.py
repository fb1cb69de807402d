"""Snapshots and histories made by hand, for the tests of figures and diagnostics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ganlab.snapshot import HISTORY_COLUMNS, Estimate, Field, History, Manifold, Snapshot, Status

EQUILIBRIUM = {"d_loss": 2 * np.log(2), "g_loss": np.log(2), "value": -np.log(4)}


def make_history(rows: int, mode_counts: np.ndarray | None = None, **columns) -> History:
    """Rows every ten steps; numbers are spread over all rows, columns not named are NaN.

    Only the losses are always there: unremarkable ones (D at 72 % of its equilibrium value).
    """
    table = {name: np.full(rows, np.nan) for name in HISTORY_COLUMNS}
    table["step"] = 10.0 * np.arange(1, rows + 1)
    for name, values in {"d_loss": 1.0, "g_loss": 0.7, **columns}.items():
        table[name] = np.broadcast_to(np.asarray(values, float), rows)
    return History(table, mode_counts)


def prefix(history: History, rows: int) -> History:
    """The same run, earlier."""
    counts = history.mode_counts
    return History(
        {name: values[:rows] for name, values in history.columns.items()},
        None if counts is None else counts[:rows],
    )


def ring(modes: int = 8) -> np.ndarray:
    angle = 2 * np.pi * np.arange(modes) / modes
    return np.stack((np.cos(angle), np.sin(angle)), 1)


def full_history(rows: int = 300, seed: int = 0) -> History:
    """Every column in use; KL infinite at first, the distances measured at every other row."""
    rng = np.random.default_rng(seed)
    fall = np.exp(-np.arange(rows) / 60)
    measured = np.where(np.arange(rows) % 2, 1.0, np.nan)
    return make_history(
        rows,
        rng.multinomial(2500, np.full(8, 1 / 8), rows).astype(float),
        d_loss=2 * np.log(2) - 0.5 * fall,
        g_loss=np.log(2) + fall,
        value=-np.log(4) + 0.5 * fall,
        d_real=0.5 + 0.3 * fall,
        d_fake=0.5 - 0.3 * fall,
        accuracy_real=0.5 + 0.4 * fall,
        accuracy_fake=0.5 + 0.3 * fall,
        d_grad_norm=0.1 + fall,
        g_grad_norm=0.05 + fall,
        kl=measured * np.where(fall > 0.5, np.inf, fall),
        js=measured * 0.6 * fall,
        wasserstein=measured * fall,
        modes=measured * 8,
        high_quality=measured * (1 - fall),
        frechet=measured * (1 + 300 * fall),
    )


def make_snapshot(**changes) -> Snapshot:
    """A two-dimensional ring in the middle of training."""
    rng = np.random.default_rng(0)
    centres, axis = ring(), np.linspace(-1.5, 1.5, 64)
    x, y = np.meshgrid(axis, axis)
    latents = np.stack(np.meshgrid(np.linspace(-1, 1, 5), np.linspace(-1, 1, 5)), -1)
    snapshot = Snapshot(
        step=3000,
        steps=6000,
        epoch=float("nan"),
        seconds=5.0,
        status=Status.RUNNING,
        message="",
        loss="non_saturating",
        real=centres[rng.integers(8, size=500)] + 0.02 * rng.normal(size=(500, 2)),
        fake=centres[rng.integers(8, size=500)] + 0.1 * rng.normal(size=(500, 2)),
        latents=rng.normal(size=(500, 2)),
        real_logits=rng.normal(1, 1, 500),
        fake_logits=rng.normal(-1, 1, 500),
        bounds=np.array([[-1.5, 1.5], [-1.5, 1.5]]),
        history=full_history(),
        equilibrium=EQUILIBRIUM,
        measures={name: Estimate(0.02, 0.01, "histogram") for name in ("kl", "js", "wasserstein")},
        field=Field((axis, axis), 1 - x**2 - y**2, np.stack((-2 * x, -2 * y), -1)),
        manifold=Manifold(latents, latents**3),
        mode_centres=centres,
        mode_std=0.02,
    )
    return replace(snapshot, **changes)


def make_line(**changes) -> Snapshot:
    """One-dimensional: data N(0, 1), generator N(1, 1), the best D for them."""
    rng = np.random.default_rng(0)
    x = np.linspace(-4, 4, 401)
    p, q = (np.exp(-((x - mean) ** 2) / 2) / np.sqrt(2 * np.pi) for mean in (0, 1))
    line = {
        "real": rng.normal(size=(2000, 1)),
        "fake": rng.normal(1, 1, (2000, 1)),
        "bounds": np.array([[-4.0, 4.0]]),
        "field": Field((x,), 0.5 - x, np.full((401, 1), -1.0), p, q),
        "manifold": None,
        "mode_centres": None,
    }
    return make_snapshot(**{**line, **changes})


def make_images(**changes) -> Snapshot:
    """Grey 4 x 5 images in [-1, 1]; fake number i is filled with -1 + i / 32."""
    grey = np.arange(64) / 32 - 1
    pictures = {
        "real": np.ones((8, 1, 4, 5)),
        "fake": np.broadcast_to(grey[:, None, None, None], (64, 1, 4, 5)),
        "bounds": np.array([[-1.0, 1.0]]),
        "field": None,
        "manifold": None,
        "mode_centres": None,
    }
    return make_snapshot(**{**pictures, **changes})
