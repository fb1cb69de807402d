"""The past of a run: moments kept to be looked at again, and to branch off from.

A run may be long, so its moments thin out: when there are too many, or they weigh too much,
every second is forgotten and from then on only half as many are taken.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from torch import Tensor

from ganlab.config import RunConfig
from ganlab.figures.liveimage import FAKE
from ganlab.live.script import Log
from ganlab.snapshot import History, Snapshot

MOST = 128  # moments of a run
VIEW_BYTES = 24 * 2**20  # of a run's moments, without checkpoints
CHECKPOINT_BYTES = 32 * 2**20
# What a run never changes: its moments share these arrays.
FIXED = ("real", "latents", "bounds", "mode_centres", "axes", "p_data")


@dataclass(frozen=True, eq=False)
class Moment:
    """A run at a step: what was to be seen, and what is needed to go on from there.

    view: the snapshot without its history, see ``slim``; log: what had been done to the run.
    checkpoint: of ``Trainer.checkpoint``, None where there was no room for one.
    """

    view: Snapshot
    config: RunConfig
    log: Log
    checkpoint: Mapping[str, Tensor] | None = None

    @property
    def step(self) -> int:
        return self.view.step

    @property
    def view_bytes(self) -> int:
        return sum(array.nbytes for array in _own_arrays(self.view))

    @property
    def checkpoint_bytes(self) -> int:
        return sum(x.numel() * x.element_size() for x in (self.checkpoint or {}).values())


class Timeline:
    """Moments in the order of their steps; one is due at every multiple of ``interval``.

    interval: at first the steps between two rows of the history, so that every moment is the
        end of a row, from which a branch repeats the original bit for bit.
    """

    def __init__(self, interval: int) -> None:
        self.interval = self.spacing = interval  # of moments, of checkpoints
        self.moments: list[Moment] = []

    def due(self, step: int) -> int:
        """The first step after this one at which a moment is to be kept."""
        return (step // self.interval + 1) * self.interval

    def keep(self, moment: Moment) -> None:
        """Add a moment, in place of those at its step or later."""
        self.moments = [old for old in self.moments if old.step < moment.step] + [moment]
        while len(self.moments) > 2 and (
            len(self.moments) > MOST or self._total("view_bytes") > VIEW_BYTES
        ):
            self.interval *= 2
            self.moments = [m for m in self.moments if self._stays(m, self.interval)]
        self.spacing = max(self.spacing, self.interval)
        self._thin_checkpoints()
        while self._total("checkpoint_bytes") > CHECKPOINT_BYTES and self.spacing <= moment.step:
            self.spacing *= 2
            self._thin_checkpoints()

    def _thin_checkpoints(self) -> None:
        self.moments = [
            m if self._stays(m, self.spacing) else replace(m, checkpoint=None) for m in self.moments
        ]

    def _stays(self, moment: Moment, interval: int) -> bool:
        return moment.step % interval == 0 or moment is self.moments[-1]

    def _total(self, size: str) -> int:
        return sum(getattr(moment, size) for moment in self.moments)

    def at(self, step: int) -> Moment | None:
        """The nearest moment at or before a step."""
        return self._last(self.moments, step)

    def restart(self, step: int) -> Moment | None:
        """The nearest moment at or before a step from which a branch can start."""
        return self._last([m for m in self.moments if m.checkpoint is not None], step)

    def _last(self, moments: list[Moment], step: int) -> Moment | None:
        found = bisect_right(moments, step, key=lambda moment: moment.step)
        return moments[found - 1] if found else None

    def until(self, step: int) -> Timeline:
        """A timeline of the moments up to a step, itself included."""
        copy = Timeline(self.interval)
        copy.spacing = self.spacing
        copy.moments = [moment for moment in self.moments if moment.step <= step]
        return copy

    @property
    def steps(self) -> np.ndarray:
        return np.array([moment.step for moment in self.moments], float)


def slim(snapshot: Snapshot) -> Snapshot:
    """What the figures need of a snapshot, small: no history, single precision.

    Of images only those in the picture are kept, as bytes; ``restored`` undoes it.
    """
    small = _with_arrays(snapshot, lambda x: x.astype(np.float32, copy=False))
    if snapshot.real.ndim == 4:
        low, high = float(snapshot.bounds.min()), float(snapshot.bounds.max())
        scaled = (snapshot.fake[:FAKE] - low) * (255 / (high - low))
        scaled = np.nan_to_num(scaled, posinf=255.0, neginf=0.0)
        pixels = np.clip(scaled.round(), 0, 255).astype(np.uint8)
        small = replace(small, fake=pixels, manifold=None)
    return replace(small, history=History())


def restored(view: Snapshot, history: History) -> Snapshot:
    """The snapshot that ``slim`` made small, with the history up to it."""
    fake = view.fake
    if fake.dtype == np.uint8:
        low, high = float(view.bounds.min()), float(view.bounds.max())
        fake = low + fake.astype(np.float32) * ((high - low) / 255)
    return replace(view, fake=fake, history=history.until(view.step))


def _with_arrays(record: Any, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    """A record with every array of its own changed, those of its parts included."""
    changed = {
        name: change(value)
        for name, value in _parts(record)
        if isinstance(value, np.ndarray) and name not in FIXED
    }
    for name in ("field", "manifold"):
        if getattr(record, name, None) is not None:
            changed[name] = _with_arrays(getattr(record, name), change)
    return replace(record, **changed)


def _own_arrays(record: Any) -> list[np.ndarray]:
    own = [x for name, x in _parts(record) if isinstance(x, np.ndarray) and name not in FIXED]
    parts = (getattr(record, name, None) for name in ("field", "manifold"))
    return own + [array for part in parts if part is not None for array in _own_arrays(part)]


def _parts(record: Any) -> list[tuple[str, Any]]:
    return [(entry.name, getattr(record, entry.name)) for entry in fields(record)]
