"""A snapshot as one frame: the scene, the figures a page shows, the sentence beneath them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ganlab.diagnostics import narrate
from ganlab.figures import FIGURES
from ganlab.figures.scene2d import scene2d_data
from ganlab.live.frames import pack
from ganlab.snapshot import Snapshot


def compose(snapshot: Snapshot | None, meta: Mapping[str, Any], figures: Sequence[str]) -> bytes:
    """The frame of a snapshot: ``scene/...`` arrays and ``<figure>/<trace>/<attribute>`` ones.

    Without a snapshot (a run that failed) the frame carries ``meta`` alone.
    """
    if snapshot is None:
        return pack(meta, {})
    arrays = scene(snapshot)
    for name in figures:
        spec = FIGURES[name]
        for index, trace in enumerate(spec.traces(spec.data(snapshot))):
            arrays |= {f"{name}/{index}/{key}": values for key, values in trace.items()}
    return pack({**meta, **_facts(snapshot)}, arrays)


def scene(snapshot: Snapshot) -> dict[str, np.ndarray]:
    """The main picture of two-dimensional data, in data units; D as bytes, 0 fake to 255 real."""
    if snapshot.real.ndim != 2 or snapshot.real.shape[1] != 2:
        return {}
    record = scene2d_data(snapshot)
    arrays = {"scene/bounds": record.bounds, "scene/real": record.real, "scene/fake": record.fake}
    if record.d.size:
        segments = record.boundary.reshape(-1, 3, 2)[:, :2]  # without the NaN that ends each
        arrays["scene/boundary"] = segments.reshape(-1, 4)
        arrays["scene/belief"] = np.round(np.nan_to_num(record.d, nan=0.5) * 255).astype(np.uint8)
        arrays["scene/extent"] = np.stack([_edges(record.x), _edges(record.y)])
    return arrays


def _edges(centres: np.ndarray) -> np.ndarray:
    """First and last edge of equally spaced cells."""
    half = (centres[1] - centres[0]) / 2
    return np.array([centres[0] - half, centres[-1] + half])


def _facts(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "step": snapshot.step,
        "steps": snapshot.steps,
        "epoch": snapshot.epoch,
        "seconds": snapshot.seconds,
        "message": snapshot.message,
        "narration": narrate(snapshot),
    }
