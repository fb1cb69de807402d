"""What the tests of the explorer's questions share: subjects, and all answers to a question."""

from __future__ import annotations

from functools import cache

import numpy as np
from live_helpers import SMALL, SMALL_IMAGES

from ganlab.config import RunConfig
from ganlab.live.exploring import Subject, explore
from ganlab.training import Trainer

NORMED = SMALL_IMAGES.with_values(
    {"generator.norm": "batch", "generator.widths": (16, 12), "generator.activation": "elu"}
)
LINE = SMALL.with_values({"data.name": "mixture1d"})
DCGAN = SMALL_IMAGES.with_values(
    {
        "generator.architecture": "dcgan",
        "generator.channels": 4,
        "discriminator.architecture": "dcgan",
        "discriminator.channels": 4,
        "latent.dim": 6,
        "latent.signs": 0,
    }
)


@cache
def trained(config: RunConfig, steps: int = 20) -> Trainer:
    """A trainer after a few steps; shared, so leave it as it is."""
    trainer = Trainer(config)
    trainer.advance(steps)
    return trainer


def subject(config: RunConfig) -> Subject:
    return Subject(trained(config).generator(), "paused", training=True)


def latents(of: Subject, n: int, seed: int = 0) -> list[list[float]]:
    """n rows of z, as a page sends them."""
    drawn = np.random.default_rng(seed).normal(size=(n, of.generator.latent.size))
    return drawn.round(4).tolist()


def answers(of: Subject, question) -> list:
    """All that is sent, in order; the last is the whole, and the shares rise to 1."""
    found = [answer for answer in explore(of, question) if answer is not None]
    shares = [answer.share for answer in found]
    assert shares == sorted(shares) and shares[-1] == 1 and all(0 <= s < 1 for s in shares[:-1])
    return found


def last(of: Subject, question) -> tuple[dict, dict]:
    """(arrays, meta) of the whole answer."""
    whole = answers(of, question)[-1]
    return dict(whole.arrays), dict(whole.meta)
