"""A run that explodes ends with its last healthy state, and can be taken up again."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganlab.config import RunConfig
from ganlab.snapshot import Status
from ganlab.training import Trainer, train

EXPLOSIVE = {
    "training.steps": 2000,
    "training.batch_size": 32,
    "training.decay": "constant",
    "generator.widths": (16,),
    "discriminator.widths": (16,),
    "probe.samples": 64,
    "probe.measure_samples": 200,
    "probe.grid": 8,
    "g_optimizer.name": "sgd",
    "d_optimizer.name": "sgd",
    "g_optimizer.lr": 1000,
    "d_optimizer.lr": 1000,
}
CALM = {"g_optimizer.lr": 0.05, "d_optimizer.lr": 0.05}


def config(values: dict[str, object] | None = None) -> RunConfig:
    return RunConfig().with_values(EXPLOSIVE | (values or {}))


def finite_state(trainer: Trainer) -> bool:
    return all(bool(torch.isfinite(x).all()) for x in trainer._state.state_dict().values())


def test_divergence_ends_the_run_with_a_healthy_picture() -> None:
    shots = list(train(config(), every=50))
    last = shots[-1]
    assert last.status is Status.DIVERGED and last.step < 2000
    assert last.message.startswith("Diverged at step ") and "learning rate" in last.message
    for values in (last.fake, last.fake_logits, last.real_logits, last.field.logits):
        assert np.isfinite(values).all()


def test_retry_works_after_a_lower_rate() -> None:
    trainer = Trainer(config(CALM))
    trainer.advance(250)
    trainer.update({"g_optimizer.lr": 1000, "d_optimizer.lr": 1000})
    trainer.advance(500)
    assert trainer.status is Status.DIVERGED
    assert trainer.iteration == 200 and finite_state(trainer)
    trainer.advance(100)
    assert trainer.iteration == 200  # a diverged run stands still
    trainer.update(CALM)
    trainer.retry()
    trainer.advance(300)
    assert trainer.status is Status.RUNNING and trainer.iteration == 500
    shot = trainer.snapshot()
    assert list(shot.history["step"]) == list(range(10, 501, 10))
    assert np.isfinite(shot.history["d_loss"]).all()


def test_retry_is_the_run_that_never_diverged() -> None:
    """Back at step 200 with the old rates, the future is the undisturbed one, bit for bit."""
    undisturbed, tried = Trainer(config(CALM)), Trainer(config(CALM))
    undisturbed.advance(400)
    for _ in range(2):  # the second time must find the healthy state as clean as the first
        tried.advance(250 - tried.iteration)
        tried.update({"g_optimizer.lr": 1000, "d_optimizer.lr": 1000})
        tried.advance(100)
        assert tried.status is Status.DIVERGED and tried.iteration == 200
        tried.update(CALM)
        tried.retry()
    tried.advance(200)
    wanted, found = (
        {k: x.numpy().tobytes() for k, x in trainer.state_dict().items() if "seconds" not in k}
        for trainer in (undisturbed, tried)
    )
    assert found == wanted


def test_retry_with_adam_keeps_its_moments_clean() -> None:
    adam = CALM | {"g_optimizer.name": "adam", "d_optimizer.name": "adam"}
    trainer = Trainer(config(adam | {"g_optimizer.lr": 1e-3, "d_optimizer.lr": 1e-3}))
    trainer.advance(150)
    kept = {k: x.clone() for k, x in trainer._healthy.kept.items()}
    trainer._diverge("test")
    trainer.retry()
    trainer.advance(40)
    assert all(torch.equal(x, kept[k]) for k, x in trainer._healthy.kept.items())


@pytest.mark.parametrize("at", [99, 199])
def test_the_healthy_copy_is_never_one_about_to_explode(at: int) -> None:
    """A rate raised one step before a copy is due: the copy must not hold the damage."""
    trainer = Trainer(config(CALM))
    trainer.advance(at)
    sane = max(x.abs().max().item() for x in trainer._state.generator.parameters())
    trainer.update({"g_optimizer.lr": 1000, "d_optimizer.lr": 1000})
    trainer.advance(300)
    assert trainer.status is Status.DIVERGED and finite_state(trainer)
    shown = max(x.abs().max().item() for x in trainer._state.generator.parameters())
    assert shown < 10 * sane
    trainer.update(CALM)
    trainer.retry()
    trainer.advance(200)
    assert trainer.status is Status.RUNNING


@pytest.mark.parametrize("record_every", [7, 300])
def test_healthy_copies_do_not_depend_on_the_rhythm_of_rows(record_every: int) -> None:
    trainer = Trainer(config(CALM | {"probe.record_every": record_every}))
    trainer.advance(600)
    trainer.update({"g_optimizer.lr": 1000, "d_optimizer.lr": 1000})
    trainer.advance(600)
    assert trainer.status is Status.DIVERGED and trainer.iteration >= 600 - record_every - 100


@pytest.mark.parametrize(
    "latent",
    [{}, {"latent.signs": 0}, {"data.name": "gaussian1d", "latent.dim": 1, "latent.signs": 0}],
)
def test_looking_between_rows_finds_the_explosion(latent: dict) -> None:
    """Exact densities included: a snapshot of a broken run is a healthy one, not an error."""
    trainer = Trainer(config(latent | {"training.ema": 0, "probe.record_every": 1000}))
    trainer.advance(20)
    assert not finite_state(trainer)
    shot = trainer.snapshot()
    assert shot.status is Status.DIVERGED and shot.step == 0
    assert np.isfinite(shot.fake).all() and np.isfinite(shot.field.logits).all()


def test_a_broken_d_alone_is_found_by_looking() -> None:
    trainer = Trainer(config({"g_optimizer.lr": 0, "probe.record_every": 1000}))
    trainer.advance(20)
    assert not all(torch.isfinite(x).all() for x in trainer._state.discriminator.parameters())
    shot = trainer.snapshot()
    assert shot.status is Status.DIVERGED and np.isfinite(shot.real_logits).all()


def test_single_updates_that_explode_are_found_too() -> None:
    trainer = Trainer(config())
    for _ in range(20):
        trainer.d_step()
        trainer.g_step()
    shot = trainer.snapshot()
    assert shot.status is Status.DIVERGED and np.isfinite(shot.fake).all()


def test_retry_of_a_healthy_run_does_nothing() -> None:
    trainer = Trainer(config(CALM))
    trainer.advance(30)
    trainer.retry()
    assert trainer.status is Status.RUNNING and trainer.iteration == 30
