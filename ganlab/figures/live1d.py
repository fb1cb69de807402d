"""The live picture of one-dimensional data: two densities, D, and the rays z -> G(z)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ganlab.figures import marks
from ganlab.figures.laws import WAYS, data_density, laws
from ganlab.figures.scene1d import TICKS, density_top
from ganlab.snapshot import Snapshot, Stage

Arrays = dict[str, np.ndarray]
LAYERS = (*WAYS, "best", "rays")
NORMAL = 3.0  # an unbounded z is shown at least this far from 0
RAYS, SAMPLED = 41, 60  # rays along a one-dimensional latent; from samples of a larger one


def static(snapshot: Snapshot) -> Arrays:
    """What a run never changes: window, grid, p_data, real samples and the range of z."""
    arrays = {
        "scene/bounds": np.ravel(snapshot.bounds),
        "scene/real": snapshot.real[:TICKS, 0],
        "scene/z_range": _z_range(snapshot),
    }
    if snapshot.field is not None:
        p_data = data_density(snapshot)
        arrays["scene/x"], arrays["scene/p_data"] = snapshot.field.axes[0], p_data
        arrays["scene/top"] = np.array([density_top(p_data)])
    return arrays


def frame(snapshot: Snapshot, layers: Sequence[str]) -> tuple[Arrays, Mapping[str, str]]:
    """The fakes, D and the layers asked for; meta says which p_g they show, if any."""
    arrays = {"scene/fake": snapshot.fake[:TICKS, 0]}
    if "rays" in layers:
        arrays["scene/rays"] = rays(snapshot)
    if snapshot.field is None:
        return arrays, {"p_g": "none"}
    logits = marks.calibrated(snapshot.field.logits, snapshot)
    arrays["scene/d"] = np.nan_to_num(marks.sigmoid(logits), nan=0.5)
    wanted = [name for name in layers if name in WAYS]
    if not wanted and "best" not in layers:
        return arrays, {"p_g": "none"}
    found = laws(snapshot, wanted or ["exact"])
    if wanted:
        arrays["scene/p_g"] = found.p_g
    if "best" in layers:
        arrays["scene/best"] = found.best()
    return arrays, {"p_g": found.how}


def stage(moment: Stage, snapshot: Snapshot) -> Arrays:
    """The samples of a sub-step: [b]."""
    parts = {"real": moment.real, "fake": moment.fake, "moved": moment.moved}
    return {f"stage/{name}": points[:, 0] for name, points in parts.items() if points is not None}


def rays(snapshot: Snapshot) -> np.ndarray:
    """[m, 2], pairs (z, G(z)).

    For a one-dimensional latent 41 quantiles, so that equal masses lie between neighbours;
    else 60 probe latents by their first coordinate.
    """
    manifold = snapshot.manifold
    if manifold is not None and manifold.latents.ndim == 1 and snapshot.latents.shape[1] == 1:
        last = len(manifold.latents) - 1
        chosen = np.linspace(0, last, min(RAYS, last + 1)).round().astype(int)
        return np.stack((manifold.latents[chosen], manifold.images[chosen, 0]), 1)
    return np.stack((snapshot.latents[:SAMPLED, 0], snapshot.fake[:SAMPLED, 0]), 1)


def _z_range(snapshot: Snapshot) -> np.ndarray:
    """(-m, m) around the first coordinate of z: 1 for bounded laws, else at least 3."""
    farthest = float(np.abs(snapshot.latents[:, 0]).max(initial=0))
    end = 1.0 if farthest <= 1 else max(NORMAL, farthest)
    return np.array([-end, end])
