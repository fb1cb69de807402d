"""From the tensors of many steps to the rows of a history.

Steps leave their losses and logits here as tensors; nothing waits for the device until a row
is due. Statistics of a whole window are then computed at once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from ganlab.game import DStep
from ganlab.losses import GANLoss, value_function
from ganlab.snapshot import HISTORY_COLUMNS, History

EXPLODED = 1e6  # a mean loss or a gradient beyond this is an explosion
COUNTERS = ("step", "seconds")  # may grow without an explosion
WINDOW = ("d_loss", "g_loss", "penalty", "real_logits", "fake_logits")


class Window:
    """The steps since the last row."""

    def __init__(self) -> None:
        self.parts: dict[str, list[Tensor]] = {name: [] for name in WINDOW}

    def __len__(self) -> int:
        return len(self.parts["d_loss"])

    def add(self, d_stats: DStep, g_loss: Tensor) -> None:
        parts = self.parts
        parts["d_loss"].append(d_stats.loss)
        parts["g_loss"].append(g_loss)
        parts["penalty"].append(d_stats.penalty)
        parts["real_logits"].append(d_stats.real_logits)
        parts["fake_logits"].append(d_stats.fake_logits)

    def joined(self) -> dict[str, Tensor]:
        """Every part as one vector, steps in order."""
        return {
            name: torch.cat([x.reshape(-1) for x in xs]) if xs else torch.empty(0)
            for name, xs in self.parts.items()
        }

    def load(self, joined: Mapping[str, Tensor]) -> None:
        self.parts = {name: [joined[name]] if len(joined[name]) else [] for name in WINDOW}

    def row(self, loss: GANLoss) -> dict[str, float]:
        """The averages over the window under its loss, and an empty window after it."""
        seen = self.joined()
        self.parts = {name: [] for name in WINDOW}
        real, fake = seen["real_logits"], seen["fake_logits"]
        middle = loss.undecided(real, fake)
        real, fake = real - middle, fake - middle
        numbers = {
            "d_loss": seen["d_loss"].mean(),
            "g_loss": seen["g_loss"].mean(),
            "penalty": seen["penalty"].mean(),
            "value": value_function(real, fake),
            "d_real": torch.sigmoid(real).mean(),
            "d_fake": torch.sigmoid(fake).mean(),
            "accuracy_real": (real > 0).float().mean(),
            "accuracy_fake": (fake < 0).float().mean(),
        }
        # One transfer for the whole row.
        return dict(zip(numbers, torch.stack(list(numbers.values())).tolist(), strict=True))


def gradient_norm(network: nn.Module) -> float:
    """Euclidean norm of all weight gradients; NaN before the first step."""
    gradients = [weight.grad for weight in network.parameters() if weight.grad is not None]
    if not gradients:
        return float("nan")
    return float(torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients))))


def insane(row: Mapping[str, float]) -> str:
    """Which number of a row shows an explosion, in words; "" when none does."""
    for name, value in row.items():
        if not math.isfinite(value) or (name not in COUNTERS and abs(value) >= EXPLODED):
            return f"{HISTORY_COLUMNS[name].label} became {value:.3g}"
    return ""


class Recorder:
    """A history that grows by rows; ``history`` is a read-only view without copying."""

    def __init__(self, modes: int = 0) -> None:
        self.rows, self.modes = 0, modes
        self._table = {name: np.full(256, np.nan) for name in HISTORY_COLUMNS}
        self._counts = np.full((256, modes), np.nan, dtype=np.float32)

    def append(self, row: Mapping[str, float], mode_counts: np.ndarray | None = None) -> None:
        """Add a row; columns it does not name are NaN."""
        if self.rows == len(self._counts):
            self._grow()
        for name, value in row.items():
            self._table[name][self.rows] = value
        if mode_counts is not None:
            self._counts[self.rows] = mode_counts
        self.rows += 1

    def _grow(self) -> None:
        blank = np.full(self.rows, np.nan)
        self._table = {name: np.concatenate((x, blank)) for name, x in self._table.items()}
        self._counts = np.concatenate((self._counts, np.full_like(self._counts, np.nan)))

    def history(self) -> History:
        columns = {name: _frozen(values[: self.rows]) for name, values in self._table.items()}
        return History(columns, _frozen(self._counts[: self.rows]) if self.modes else None)

    def replace(self, history: History) -> None:
        """Become a copy of this history."""
        self.load(self._arrays(history))

    def arrays(self) -> dict[str, np.ndarray]:
        """The table as plain arrays, for saving."""
        return self._arrays(self.history())

    def _arrays(self, history: History) -> dict[str, np.ndarray]:
        counts = np.empty((history.rows, 0)) if history.mode_counts is None else history.mode_counts
        return {**history.columns, "mode_counts": counts}

    def load(self, arrays: Mapping[str, np.ndarray]) -> None:
        """The inverse of ``arrays``."""
        self.__init__(self.modes)
        columns = [name for name in HISTORY_COLUMNS if name in arrays]
        for index, counts in enumerate(np.asarray(arrays["mode_counts"])):
            self.append({name: arrays[name][index] for name in columns}, counts)


def _frozen(values: np.ndarray) -> np.ndarray:
    view = values.view()
    view.flags.writeable = False
    return view
