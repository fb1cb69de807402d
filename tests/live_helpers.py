"""What the tests of the live pipeline share."""

from __future__ import annotations

from ganlab.config import RunConfig

SMALL = RunConfig().with_values(
    {
        "seed": 7,
        "generator.widths": (8,),
        "discriminator.widths": (8,),
        "training.batch_size": 16,
        "training.steps": 40,
        "probe.samples": 32,
        "probe.measure_samples": 100,
        "probe.measure_every": 20,
        "probe.grid": 12,
    }
)
