"""The live picture of images: fakes of fixed latents with D's verdict, beside real ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ganlab.figures import marks
from ganlab.figures.images import as_pixels
from ganlab.snapshot import Snapshot, Stage

Arrays = dict[str, np.ndarray]
LAYERS: tuple[str, ...] = ()
REAL, FAKE = 16, 64  # images shown


def static(snapshot: Snapshot) -> Arrays:
    """scene/real [r <= 16, h, w], bytes."""
    return {"scene/real": grey(snapshot.real[:REAL], snapshot)}


def frame(snapshot: Snapshot, layers: Sequence[str]) -> tuple[Arrays, Mapping[str, str]]:
    """scene/fake [64, h, w] and the beliefs about both sides, all bytes; there are no layers."""
    arrays = {
        "scene/fake": grey(snapshot.fake[:FAKE], snapshot),
        "scene/fake_belief": _beliefs(snapshot.fake_logits[:FAKE], snapshot),
        "scene/real_belief": _beliefs(snapshot.real_logits[:REAL], snapshot),
    }
    return arrays, {"p_g": "none"}


def stage(moment: Stage, snapshot: Snapshot) -> Arrays:
    """The images of a sub-step: [b, h, w], bytes."""
    parts = {"real": moment.real, "fake": moment.fake, "moved": moment.moved}
    return {
        f"stage/{name}": grey(pictures, snapshot)
        for name, pictures in parts.items()
        if pictures is not None
    }


def grey(pictures: np.ndarray, snapshot: Snapshot) -> np.ndarray:
    """[n, channels, h, w] in data scale -> [n, h, w] bytes; channels are averaged."""
    return as_pixels(pictures.mean(1, keepdims=True), snapshot.bounds)[..., 0]


def _beliefs(logits: np.ndarray, snapshot: Snapshot) -> np.ndarray:
    return marks.as_bytes(marks.sigmoid(marks.calibrated(logits, snapshot)))
