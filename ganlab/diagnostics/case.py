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

    def shares(self) -> np.ndarray:
        """[rows, modes], the recent division of samples over modes, rows adding up to 1."""
        counts = self.history.mode_counts
        if counts is None or not self.modes:
            return np.empty((0, 0))
        totals = counts.sum(1)
        # With fewer samples than this, chance alone empties and fills modes.
        rows = np.flatnonzero(totals >= 10 * counts.shape[1])
        return _newest(counts[rows] / totals[rows, None])


def improved(values: np.ndarray) -> bool:
    """Whether a distance fell by more than 5 % over the second half of its measurements."""
    values = values[len(values) // 2 :]
    before, after = np.array_split(values[np.isfinite(values)], 2)
    return bool(len(before) and after.mean() < 0.95 * before.mean())


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
    back = low[0] + int(correlation[low[0] :].argmax())
    return float(back), float(correlation[back])


def _newest(values: np.ndarray) -> np.ndarray:
    if len(values) < FEWEST:
        return values[:0]
    return values[-min(WINDOW, max(FEWEST, len(values) // 4)) :]


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if len(values) else float("nan")
