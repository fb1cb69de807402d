"""The statistics of a run that the diagnostic rules share: windows, levels and trends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ganlab.snapshot import Estimate, History

FEWEST = 5  # measurements before anything is said
WINDOW = 64  # the most that count as "recent"
CYCLES = 128  # rows searched for an oscillation


@dataclass(frozen=True)
class Case:
    """A run so far and what it is judged against.

    A statistic that cannot be computed is NaN; NaN compares False, so a rule stays silent
    about what was not measured.
    """

    history: History
    equilibrium: Mapping[str, float]
    measures: Mapping[str, Estimate]
    modes: int | None

    def recent(self, name: str) -> np.ndarray:
        """The newest quarter of a column's measurements, 5 to 64 of them; empty below 5."""
        return _newest(self.history.measured(name)[1])

    def level(self, name: str) -> float:
        """Where a column stands now: the median of its recent values."""
        return _median(self.recent(name))

    @property
    def d_share(self) -> float:
        """D's loss over its equilibrium value: 0 for a perfect D, 1 for a coin.

        Unlike D(x) it also means something where only differences of logits do (relativistic
        losses). NaN for critics, whose loss is 0 at equilibrium and has no scale.
        """
        target = self.equilibrium.get("d_loss", 0.0)
        return self.level("d_loss") / target if target else float("nan")

    @property
    def js_floor(self) -> float:
        return self.measures["js"].floor if "js" in self.measures else float("nan")

    def crowding(self) -> tuple[float, np.ndarray]:
        """How often the samples recently crowded into few modes, and how they divided then.

        A row of ``mode_counts`` is crowded when its samples hold at most 0.4 of the modes that
        as many independent ones would reach, k (1 - (1 - 1/k)^n): few samples reach few modes
        by chance. Returns (share of recent rows, [crowded rows, modes] adding up to 1).
        """
        counts = self.history.mode_counts
        if counts is None or not counts.shape[1]:
            return 0.0, np.empty((0, 0))
        totals, k = counts.sum(1), counts.shape[1]
        counts = _newest(counts[totals >= 10])  # False for rows that were not measured
        totals = counts.sum(1, keepdims=True)
        shares = counts / totals
        reached = k * (1 - (1 - 1 / k) ** totals[:, 0])
        crowded = (shares > 0.2 / k).sum(1) <= 0.4 * reached
        return float(crowded.mean()) if len(crowded) else 0.0, shares[crowded]


def rise(values: np.ndarray) -> float:
    """How far the last quarter of the values lies above the quarter before, on average."""
    before, after = np.array_split(values[len(values) // 2 :], 2)
    return float(after.mean() - before.mean()) if len(before) and len(after) else 0.0


def changes(shares: np.ndarray) -> tuple[int, int]:
    """(modes taken up, modes dropped) along shares [rows, modes].

    A mode is held from half a fair share on and dropped below a tenth of one, so that
    sampling noise cannot count as either.
    """
    rows, modes = shares.shape
    held = np.zeros((rows, modes), bool)
    for row in range(rows):
        before = held[row - 1] if row else np.zeros(modes, bool)
        held[row] = np.where(before, shares[row] >= 0.1 / modes, shares[row] >= 0.5 / modes)
    steps = np.diff(held.astype(int), axis=0)
    return int((steps > 0).sum()), int((steps < 0).sum())


def cycle(values: np.ndarray) -> tuple[float, float]:
    """(period in rows, strength) of a repeating swing in the newest 128 values.

    The autocorrelation of the detrended values must first fall below -0.3 and then come back;
    the strength is the height of that return: near 1 for a clean oscillation, near 0 for noise.
    (NaN, 0) where fewer than three cycles are seen.
    """
    values = values[-CYCLES:]
    rows = len(values)
    if rows < 24 or not np.isfinite(values).all() or np.ptp(values) == 0:
        return float("nan"), 0.0
    time = np.arange(rows) - (rows - 1) / 2
    rest = values - values.mean()
    rest -= time * (time @ rest) / (time @ time)
    power = np.abs(np.fft.rfft(rest, 2 * rows)) ** 2
    correlation = np.fft.irfft(power)[: rows // 3 + 1] / (np.arange(rows, rows - rows // 3 - 1, -1))
    correlation /= correlation[0]
    low = np.flatnonzero(correlation < -0.3)
    if not len(low):
        return float("nan"), 0.0
    later = correlation[low[0] :]
    top = (later[1:-1] >= later[:-2]) & (later[1:-1] >= later[2:])  # of each cycle, a top
    back = np.flatnonzero(top & (later[1:-1] >= 0.8 * later.max()))
    if not len(back):
        return float("nan"), 0.0
    return float(low[0] + 1 + back[0]), float(later[1 + back[0]])


def jitter(values: np.ndarray) -> float:
    """Standard deviation of the row-to-row noise in the newest 64 values, 0 below 24.

    From the median of the steps' sizes, so that neither a trend nor a single jump counts.
    """
    if len(values) < 24:
        return 0.0
    return float(np.median(np.abs(np.diff(values[-WINDOW:]))) / 0.954)  # of a Gaussian


def _newest(values: np.ndarray) -> np.ndarray:
    if len(values) < FEWEST:
        return values[:0]
    return values[-min(WINDOW, max(FEWEST, len(values) // 4)) :]


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if len(values) else float("nan")
