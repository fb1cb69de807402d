"""The live picture of two-dimensional data, layer by layer, in data units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np

from ganlab.figures import marks
from ganlab.figures.boundary import mass_levels, segments
from ganlab.figures.laws import Laws, laws
from ganlab.figures.mesh import mesh
from ganlab.figures.pushes import pushes
from ganlab.figures.scene2d import POINTS, square
from ganlab.snapshot import Snapshot, Stage

Arrays = dict[str, np.ndarray]
SHARES = (0.25, 0.5, 0.9)  # of p_g's mass, inside its contours
LATENT = 16  # coordinates of z that are sent


class Plane:
    """What the layers of one picture share, each computed when first asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot, self.field = snapshot, snapshot.field

    @cached_property
    def logits(self) -> np.ndarray:
        return marks.calibrated(self.field.logits, self.snapshot)

    @cached_property
    def d(self) -> np.ndarray:
        return marks.sigmoid(self.logits)

    @cached_property
    def laws(self) -> Laws:
        return laws(self.snapshot)

    @cached_property
    def best(self) -> np.ndarray:
        return self.laws.best()


def static(snapshot: Snapshot) -> Arrays:
    """What a run never changes: the window, the grid, real samples, latents, modes."""
    arrays = {
        "scene/bounds": square(snapshot.bounds),
        "scene/real": snapshot.real[:POINTS],
        "scene/latents": snapshot.latents[:POINTS, :LATENT],
    }
    if snapshot.field is not None:
        arrays["scene/extent"] = np.stack([_ends(axis) for axis in snapshot.field.axes])
    if snapshot.mode_centres is not None:
        arrays["scene/modes"] = snapshot.mode_centres
    return arrays


def frame(snapshot: Snapshot, layers: Sequence[str]) -> tuple[Arrays, Mapping[str, str]]:
    """The fakes and the layers asked for; meta says whether p_g is exact or estimated."""
    arrays = {"scene/fake": snapshot.fake[:POINTS]}
    plane = Plane(snapshot)
    for name in layers:
        if name in LAYERS:
            arrays |= LAYERS[name](plane)
    exact = plane.field is not None and plane.field.p_g is not None
    return arrays, {"p_g": "exact" if exact else "estimated"}


def stage(moment: Stage, snapshot: Snapshot) -> Arrays:
    """The samples of a sub-step: [b, 2]."""
    parts = {"real": moment.real, "fake": moment.fake, "moved": moment.moved}
    return {f"stage/{name}": points for name, points in parts.items() if points is not None}


def signed_bytes(values: np.ndarray) -> np.ndarray:
    """-1 -> 0, 0 -> 128, 1 -> 255."""
    return np.clip(np.round(128 + 127.5 * values), 0, 255).astype(np.uint8)


def _belief(plane: Plane) -> Arrays:
    return {"scene/belief": marks.as_bytes(plane.d)}


def _boundary(plane: Plane) -> Arrays:
    return {"scene/boundary": segments(*plane.field.axes, plane.logits)}


def _best(plane: Plane) -> Arrays:
    return {"scene/best": marks.as_bytes(plane.best)}


def _gap(plane: Plane) -> Arrays:
    gap = plane.d - plane.best
    return {"scene/gap": signed_bytes(np.where(np.isfinite(gap), gap, 0.0))}


def _density(plane: Plane) -> Arrays:
    p_g = plane.laws.p_g
    lines = [segments(*plane.field.axes, p_g - level) for level in mass_levels(p_g, SHARES)]
    return {"scene/density": np.concatenate([np.empty((0, 4)), *lines])}


def _manifold(plane: Plane) -> Arrays:
    if plane.snapshot.manifold is None:
        return {}
    found = mesh(plane.snapshot.manifold)
    return {
        "scene/mesh": found.images,
        "scene/mesh_latents": found.latents,
        "scene/mesh_weight": found.weight,
        "scene/folds": found.folds,
    }


def _gradient(plane: Plane) -> Arrays:
    return {"scene/pushes": pushes(plane.snapshot, square(plane.snapshot.bounds))}


def _on_grid(layer: Callable[[Plane], Arrays]) -> Callable[[Plane], Arrays]:
    """A layer that is empty for a snapshot without a field."""
    return lambda plane: {} if plane.field is None else layer(plane)


LAYERS: dict[str, Callable[[Plane], Arrays]] = {
    "discriminator": _on_grid(_belief),
    "boundary": _on_grid(_boundary),
    "best": _on_grid(_best),
    "gap": _on_grid(_gap),
    "density": _on_grid(_density),
    "manifold": _manifold,
    "gradient": _gradient,
}


def _ends(centres: np.ndarray) -> np.ndarray:
    """First and last edge of equally spaced cells."""
    half = (centres[1] - centres[0]) / 2
    return np.array([centres[0] - half, centres[-1] + half])
