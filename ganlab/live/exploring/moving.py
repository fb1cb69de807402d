"""The generator of a run that trains, at hand without measuring it anew for every question."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from ganlab.trained import TrainedGenerator
from ganlab.training import Trainer

MEASURED_FOR = 2.0  # seconds


class MovingGenerator:
    """What ``Trainer.generator`` gives, its weights always those of now.

    Where D is undecided takes a hundred samples to measure, which would be felt at every move of
    a slider; while the run trains, a measurement is good for ``MEASURED_FOR`` seconds.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._found: TrainedGenerator | None = None
        self._of: Any = None
        self._at = 0.0

    def now(self, *, training: bool) -> TrainedGenerator:
        """The generator as it stands; exact in every respect where the run is not training."""
        moment, now = self._moment(), time.monotonic()
        young = training and now - self._at < MEASURED_FOR
        if self._found is None or (moment != self._of and not young):
            self._found, self._of, self._at = self._trainer.generator(), moment, now
        return replace(self._found, step=self._trainer.iteration)

    def _moment(self) -> tuple[Any, ...]:
        trainer = self._trainer
        return trainer.iteration, trainer.extra, trainer.status, trainer.config
