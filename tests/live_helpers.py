"""What the tests of the live pipeline share."""

from __future__ import annotations

import time
from functools import partial

import numpy as np

from ganlab.config import RunConfig
from ganlab.live.branching import start_of_branch
from ganlab.live.building import build
from ganlab.live.frames import unpack
from ganlab.live.picture import Wishes
from ganlab.live.run import LiveRun
from ganlab.training import Trainer

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
WILD = SMALL.with_values(
    {"g_optimizer.name": "sgd", "d_optimizer.name": "sgd", "penalty.r1": 0, "penalty.r2": 0}
    | {"g_optimizer.lr": 1000, "d_optimizer.lr": 1000, "training.steps": 2000}
)
SMALL_IMAGES = RunConfig().with_values(
    {
        "data.name": "digits",
        "generator.widths": (8,),
        "generator.output": "tanh",
        "discriminator.widths": (8,),
        "training.batch_size": 16,
        "training.steps": 40,
        "probe.samples": 64,
        "probe.measure_samples": 100,
        "probe.measure_every": 20,
    }
)


def started(config: RunConfig = SMALL, **options) -> LiveRun:
    """A live run at step 0, standing still unless ``playing`` is given."""
    run = LiveRun(config, **{"playing": False, **options})
    run.begin(build(config, partial(Trainer, config)))
    return run


def branched(run: LiveRun) -> LiveRun:
    """A branch of a live run from where it is looked at."""
    start = start_of_branch(run)
    branch = LiveRun(start.config, playing=False, past=start.past)
    branch.begin(build(start.config, start.make))
    return branch


def train_out(run: LiveRun, seconds: float = 0.05) -> None:
    """Turn after turn until the run stands still."""
    while run.training:
        run.train(seconds)


def meta_and_arrays(run: LiveRun, figures=(), layers=("discriminator", "boundary")):
    """The next frame of a live run, unpacked."""
    return unpack(run.frame(time.monotonic(), Wishes(tuple(figures), tuple(layers))))


def weights(run, side):
    """The trained weights of "generator" or "discriminator", copied."""
    return {k: x for k, x in run.trainer.checkpoint().items() if k.startswith(f"{side}.")}


def same(before, after):
    return before.keys() == after.keys() and all((before[k] == after[k]).all() for k in before)


def same_history(one, other):
    """Whether two trainers wrote the same rows, bit for bit, but for the clock."""
    ours, theirs = one.history, other.history
    for name in theirs:
        if name != "seconds":
            np.testing.assert_array_equal(ours[name], theirs[name])
    return True
