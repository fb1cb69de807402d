"""A run as messages for the page: what stays the same, and one frame of what does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ganlab.config import RunConfig
from ganlab.diagnostics import narrate
from ganlab.figures import FIGURES
from ganlab.figures.live import scene_arrays, scene_kind, scene_static, stage_arrays
from ganlab.live.frames import pack
from ganlab.snapshot import History, Snapshot, Stage

if TYPE_CHECKING:
    from ganlab.training import Trainer

CLOCK = 200  # points of the map from steps to seconds
# Stage -> whose turn it is.
SIDES = {
    "sample z": "both",
    "generate": "g",
    "score": "d",
    "update D": "d",
    "score again": "both",
    "update G": "g",
}


@dataclass(frozen=True)
class Wishes:
    """What the viewers of a run show: figures by name, layers of the picture.

    Without ``scene`` they have no picture at all.
    """

    figures: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    scene: bool = True


def compose_static(snapshot: Snapshot, config: RunConfig, anatomy: Mapping[str, Any]) -> bytes:
    """What a run never changes: sent once to every viewer, and again when it is rebuilt."""
    meta = {
        "kind": "static",
        "data": config.data.name,
        "scene": scene_kind(snapshot),
        "latent": config.latent.model_dump(),
        **anatomy,
        "p_g": _how_p_g_is_known(snapshot),
        "modes": mode_count(snapshot, config) or 0,
    }
    return pack(meta, scene_static(snapshot))


def _how_p_g_is_known(snapshot: Snapshot) -> str:
    if snapshot.field is None:
        return "none"
    return "estimated" if snapshot.field.p_g is None else "exact"


def mode_count(snapshot: Snapshot, config: RunConfig) -> int | None:
    """How many modes, or classes of images, there are to cover."""
    if snapshot.real.ndim == 4:
        return len(config.data.classes) or 10
    return None if snapshot.mode_centres is None else len(snapshot.mode_centres)


def compose(
    snapshot: Snapshot | None,
    meta: Mapping[str, Any],
    wishes: Wishes,
    *,
    stage: Stage | None = None,
    history: History | None = None,
    moments: np.ndarray | None = None,
) -> bytes:
    """One frame: the arrays of the picture, of the figures, and of the time axis.

    snapshot: what is shown, of now or the past. history: up to now. moments: steps of the past
    that can be shown. Without a snapshot (a run that failed) the frame carries ``meta`` alone.
    """
    meta = {"kind": "frame", **meta, "stage": stage_meta(stage)}
    if snapshot is None:
        return pack(meta, {})
    arrays, found = scene_arrays(snapshot, wishes.layers)
    arrays = {**arrays, **clock(snapshot.history if history is None else history)}
    if moments is not None:
        arrays["timeline/steps"] = moments
    if stage is not None:
        arrays |= stage_arrays(stage, snapshot)
    for name in wishes.figures:
        spec = FIGURES[name]
        for index, trace in enumerate(spec.traces(spec.data(snapshot))):
            arrays |= {f"{name}/{index}/{key}": values for key, values in trace.items()}
    return pack({**meta, **found, **_facts(snapshot)}, arrays)


def stage_meta(stage: Stage | None) -> dict[str, Any] | None:
    """Which sub-step of an iteration is shown, and whose turn it is."""
    if stage is None:
        return None
    return {"index": stage.index, "name": stage.name, "side": SIDES[stage.name]}


def clock(history: History) -> dict[str, np.ndarray]:
    """When the run was at which step: at most ``CLOCK`` rows of its history."""
    chosen = np.linspace(0, history.rows - 1, min(CLOCK, history.rows)).round().astype(int)
    return {f"clock/{name}": history[name][chosen] for name in ("step", "seconds")}


def standing(trainer: Trainer | None) -> dict[str, Any]:
    """What a frame without a picture tells of a run, at no cost."""
    if trainer is None:
        return {}
    where = {"step": trainer.iteration, "steps": trainer.config.training.steps}
    return where | {"seconds": trainer.seconds, "message": trainer.message}


def _facts(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "step": snapshot.step,
        "steps": snapshot.steps,
        "epoch": snapshot.epoch,
        "seconds": snapshot.seconds,
        "message": snapshot.message,
        "narration": narrate(snapshot),
    }
