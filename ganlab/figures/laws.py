"""p_data and p_g on the probe's grid, and the best D between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ganlab.figures import kernel
from ganlab.snapshot import Field, Snapshot

TRACE = 1e-3  # of its highest density: below it a law counts as absent
RESOLVED = 0.03  # how far from 1 the mass of an exact density may lie on a grid that resolves it
BINS = 64  # of a histogram, in one dimension


@dataclass(frozen=True)
class Laws:
    """The two laws on the grid, [nx] or [ny, nx].

    p_g: the generator's density as it is shown, by ``how``: "exact", "kde" or "histogram".
    fair_data, fair_g: both densities smoothed alike, so that equal laws read as equal.
    """

    p_g: np.ndarray
    how: str
    fair_data: np.ndarray
    fair_g: np.ndarray

    def best(self) -> np.ndarray:
        """D* in [0, 1]; NaN where neither law has mass."""
        return best_discriminator(self.fair_data, self.fair_g)


def best_discriminator(p_data: np.ndarray, p_g: np.ndarray) -> np.ndarray:
    """D* = p_data / (p_data + p_g) (Goodfellow et al. 2014, proposition 1).

    NaN where neither density reaches a thousandth of its own maximum.
    """
    known = (p_data > TRACE * p_data.max(initial=0)) | (p_g > TRACE * p_g.max(initial=0))
    return np.where(known, p_data / np.where(known, p_data + p_g, 1.0), np.nan)


def laws(snapshot: Snapshot, wanted: Sequence[str] = ("exact",)) -> Laws:
    """The laws of a snapshot with a field; p_g by the first way in ``wanted`` that can be had.

    Ways: "exact" (change of variables), "kde", "histogram" (one dimension). A kernel estimate
    where none of those wanted can be had.
    """
    for way in wanted:
        found = WAYS[way](snapshot, snapshot.field)
        if found is not None:
            return found
    return _kde(snapshot, snapshot.field)


def data_density(snapshot: Snapshot) -> np.ndarray:
    """p_data on the grid: exact where it is known, else a kernel estimate of the real samples."""
    field = snapshot.field
    return _estimate(snapshot, snapshot.real) if field.p_data is None else field.p_data


def _exact(snapshot: Snapshot, field: Field) -> Laws | None:
    if field.p_g is None:
        return None
    if _resolved(snapshot, field):
        return Laws(field.p_g, "exact", field.p_data, field.p_g)
    blurred = kernel.smooth(field.p_g, field.axes, _widths(snapshot))
    return Laws(field.p_g, "exact", _estimate(snapshot, snapshot.real), blurred)


def _kde(snapshot: Snapshot, field: Field) -> Laws:
    p_g = _estimate(snapshot, snapshot.fake)
    if _resolved(snapshot, field):
        fair_data = kernel.smooth(field.p_data, field.axes, _widths(snapshot))
    else:
        fair_data = _estimate(snapshot, snapshot.real)
    return Laws(p_g, "kde", fair_data, p_g)


def _histogram(snapshot: Snapshot, field: Field) -> Laws:
    p_g = _binned(kernel.histogram(snapshot.fake, field.axes))
    known = _resolved(snapshot, field)
    p_data = field.p_data if known else kernel.histogram(snapshot.real, field.axes)
    return Laws(p_g, "histogram", _binned(p_data), p_g)


WAYS: dict[str, Callable[[Snapshot, Field], Laws | None]] = {
    "exact": _exact,
    "kde": _kde,
    "histogram": _histogram,
}


def _resolved(snapshot: Snapshot, field: Field) -> bool:
    """Whether p_data is known and the grid fine enough to compare it cell by cell.

    A mode much narrower than a cell is hit by few grid points or none: its density there says
    nothing about its mass.
    """
    if field.p_data is None:
        return False
    cell = np.prod([axis[1] - axis[0] for axis in field.axes])
    coarse = max(axis[1] - axis[0] for axis in field.axes) > 2 * _mode_std(snapshot)
    return not coarse and abs(field.p_data.sum() * cell - 1) < RESOLVED


def _widths(snapshot: Snapshot) -> np.ndarray:
    """Of the real samples, so that one smoothing serves both laws, all run long."""
    return kernel.bandwidths(snapshot.real, snapshot.field.axes, _mode_std(snapshot))


def _mode_std(snapshot: Snapshot) -> float:
    return float("nan") if snapshot.mode_centres is None else snapshot.mode_std


def _estimate(snapshot: Snapshot, samples: np.ndarray) -> np.ndarray:
    return kernel.estimate(samples, snapshot.field.axes, _widths(snapshot))


def _binned(density: np.ndarray) -> np.ndarray:
    """A density [nx] averaged over about 64 bins of whole cells, still [nx]."""
    cells = max(1, len(density) // BINS)
    starts = np.arange(0, len(density), cells)
    sizes = np.diff(np.append(starts, len(density)))
    return np.repeat(np.add.reduceat(density, starts) / sizes, sizes)
