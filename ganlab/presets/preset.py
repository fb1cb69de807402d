"""What a preset is, and the habits that several share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ganlab.config import RunConfig


@dataclass(frozen=True)
class Claim:
    """A column of the history and where its last value must lie.

    ``best`` asks for the extreme over the run instead of the last value ("max" or "min").
    """

    column: str
    at_least: float = -math.inf
    at_most: float = math.inf
    best: str = "last"


@dataclass(frozen=True)
class Preset:
    """A configuration with its lesson.

    lesson: one paragraph for a student. claims: what its history shows in at least four of
    five seeds. symptom: the verdict a failure must earn on the way, or None.
    """

    name: str
    title: str
    lesson: str
    settings: Mapping[str, Any]
    claims: tuple[Claim, ...] = ()
    symptom: str | None = None
    config: RunConfig = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "config", RunConfig().with_values(self.settings))


def both(**values: Any) -> dict[str, Any]:
    """The same optimiser settings for G and D: lr=1e-3 -> g_optimizer.lr and d_optimizer.lr."""
    sides = ("g_optimizer", "d_optimizer")
    return {f"{side}.{name}": value for side in sides for name, value in values.items()}


# The textbooks' habits before regularisation: Gaussian latent, Adam with momentum, no penalty.
UNREGULARISED = {
    "latent.dim": 2,
    "latent.signs": 0,
    "penalty.r1": 0.0,
    "penalty.r2": 0.0,
    **both(beta1=0.5, beta2=0.999),
    "training.decay": "constant",
    "training.ema": 0.0,
}
