"""The progress bar with the run's live numbers."""

from __future__ import annotations

import math
import sys
import time
from typing import TYPE_CHECKING, Self

from tqdm import tqdm

from ganlab.snapshot import HISTORY_COLUMNS, History

if TYPE_CHECKING:
    from ganlab.training import Trainer

SHOWN = ("d_real", "d_fake", "js", "frechet", "modes")
LOOK_SECONDS = 0.5
LOOK_SHARE = 0.05  # of the time, at most, is spent looking
LOG_SECONDS = 10.0  # between two lines where there is no terminal to draw in


class Progress:
    """A tqdm bar on stderr; ``show`` brings it up to date."""

    def __init__(self, trainer: Trainer, quiet: bool) -> None:
        self._trainer, self._quiet, self._next_look = trainer, quiet, 0.0
        self._bar = tqdm(
            total=trainer.config.training.steps,
            initial=trainer.iteration,
            unit="step",
            disable=quiet,
            dynamic_ncols=True,
            mininterval=0.1 if sys.stderr.isatty() else LOG_SECONDS,
        )

    def show(self) -> None:
        """Draw the bar, with fresh numbers when they are due."""
        if not self._quiet and time.monotonic() >= self._next_look:
            self._look()
        self._bar.update(self._trainer.iteration - self._bar.n)

    def _look(self) -> None:
        begin = time.monotonic()
        numbers = live_numbers(self._trainer.snapshot().history)
        self._bar.set_postfix_str(numbers, refresh=False)
        end = time.monotonic()
        self._next_look = end + max(LOOK_SECONDS, (end - begin) / LOOK_SHARE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is None and not self._quiet:
            self._look()
        self._bar.close()


def live_numbers(history: History) -> str:
    """The newest of the numbers worth watching, those that there are."""
    newest = {HISTORY_COLUMNS[name].label: history.last(name) for name in SHOWN}
    return ", ".join(f"{label} {x:.3g}" for label, x in newest.items() if not math.isnan(x))
