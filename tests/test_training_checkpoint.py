"""Saved anywhere and restored, a run goes on bit for bit."""

from __future__ import annotations

import pytest
import torch

from ganlab.config import RunConfig
from ganlab.optimizers import OPTIMIZERS
from ganlab.snapshot import Snapshot, Status
from ganlab.training import Trainer

SMALL = {
    "training.steps": 70,
    "training.batch_size": 32,
    "generator.widths": (16,),
    "discriminator.widths": (16,),
    "probe.samples": 64,
    "probe.measure_samples": 200,
    "probe.measure_every": 20,
    "probe.grid": 8,
}
VARIANTS: dict[str, dict[str, object]] = {
    **{
        f"{name}, beta1 {beta1}": {
            f"{net}_optimizer.{key}": value
            for net in "gd"
            for key, value in (("name", name), ("beta1", beta1), ("lr", 1e-3))
        }
        for name in OPTIMIZERS
        for beta1 in (0.0, 0.5)
    },
    "everything random": {
        "discriminator.dropout": 0.3,
        "penalty.instance_noise": 0.2,
        "penalty.gradient_penalty": 1,
        "penalty.interval": 4,
        "training.d_steps": 3,
    },
    "norms": {"generator.norm": "batch", "discriminator.spectral_norm": True},
    "no EMA, 1-D, exact density": {
        "training.ema": 0,
        "data.name": "mixture1d",
        "latent.signs": 0,
        "latent.dim": 1,
    },
}


def small(values: dict[str, object] | None = None) -> RunConfig:
    return RunConfig().with_values(SMALL | (values or {}))


def state_bytes(trainer: Trainer) -> dict[str, bytes]:
    """Everything saved but the clock; NaN equals NaN."""
    state = trainer.state_dict()
    return {k: x.numpy().tobytes() for k, x in state.items() if "seconds" not in k}


def shown(shot: Snapshot) -> tuple:
    fields = (shot.fake, shot.real_logits, shot.field.logits, shot.field.gradient)
    measures = {name: (e.value, e.floor, e.estimator) for name, e in shot.measures.items()}
    return *(x.tobytes() for x in fields), str(measures), shot.verdicts, shot.status, shot.step


@pytest.mark.parametrize("values", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize("at", [0, 37])
def test_restored_in_the_middle_of_a_window_is_uninterrupted(values: dict, at: int) -> None:
    whole, saved, restored = (Trainer(small(values)) for _ in range(3))
    whole.advance(70)
    saved.advance(at)
    restored.load_state_dict(saved.state_dict())
    assert restored.iteration == at
    restored.advance(70 - at)
    assert state_bytes(restored) == state_bytes(whole)
    assert shown(restored.snapshot()) == shown(whole.snapshot())


@pytest.mark.parametrize("at", [5, 33, 70])
def test_a_restored_run_looks_like_the_saved_one(at: int) -> None:
    """Before any further step: samples, measures (none before the first), verdicts, status."""
    saved, restored = Trainer(small()), Trainer(small())
    saved.advance(at)
    restored.load_state_dict(saved.state_dict())
    assert restored.seconds == saved.seconds
    assert shown(restored.snapshot()) == shown(saved.snapshot())


def test_a_checkpoint_is_a_copy() -> None:
    """Neither the run it came from nor the one it started may change it."""
    saved, restored = Trainer(small()), Trainer(small())
    saved.advance(37)
    checkpoint = saved.state_dict()
    kept = {name: x.clone() for name, x in checkpoint.items()}
    restored.load_state_dict(checkpoint)
    saved.advance(20), restored.advance(20)
    for name, x in kept.items():
        torch.testing.assert_close(checkpoint[name], x, rtol=0, atol=0, equal_nan=True, msg=name)


def test_a_checkpoint_can_be_restored_twice() -> None:
    trainer = Trainer(small())
    trainer.advance(37)
    checkpoint = trainer.state_dict()
    ends = []
    for _ in range(2):
        trainer.load_state_dict(checkpoint)
        trainer.advance(20)
        ends.append(state_bytes(trainer))
    assert ends[0] == ends[1]


def test_live_changes_travel_with_the_configuration() -> None:
    whole = Trainer(small())
    whole.advance(25)
    whole.update({"d_optimizer.lr": 1e-4, "penalty.r1": 1, "training.batch_size": 16})
    restored = Trainer(whole.config)
    restored.load_state_dict(whole.state_dict())
    whole.advance(20), restored.advance(20)
    assert state_bytes(restored) == state_bytes(whole)


@pytest.mark.parametrize("end", [Status.FINISHED, Status.DIVERGED])
def test_the_end_of_a_run_is_restored(end: Status) -> None:
    wild = {"g_optimizer.name": "sgd", "d_optimizer.name": "sgd"}
    wild |= {"g_optimizer.lr": 1000, "d_optimizer.lr": 1000}
    config = small(wild if end is Status.DIVERGED else {})
    ended, restored = Trainer(config), Trainer(config)
    ended.advance(100)
    restored.load_state_dict(ended.state_dict())
    assert restored.status is ended.status is end
    assert restored.message
    restored.advance(10)
    assert restored.iteration == ended.iteration


def test_flat_tensors_that_safetensors_can_hold(tmp_path) -> None:
    from safetensors.torch import load_file, save_file

    saved, restored = Trainer(small()), Trainer(small())
    saved.advance(37)
    save_file({k: x.contiguous() for k, x in saved.state_dict().items()}, tmp_path / "checkpoint")
    restored.load_state_dict(load_file(tmp_path / "checkpoint"))
    assert state_bytes(restored) == state_bytes(saved)
    assert restored.seconds == saved.seconds


@pytest.mark.parametrize(
    "values",
    [
        {"generator.widths": (8,)},
        {"discriminator.widths": (16, 16)},
        {"data.name": "mixture1d"},
        {"data.name": "grid25"},  # the networks fit, the modes do not
        {"training.ema": 0},
        {"d_optimizer.name": "rmsprop"},
    ],
    ids=str,
)
def test_another_runs_checkpoint_is_refused_and_changes_nothing(values: dict) -> None:
    saved, other = Trainer(small()), Trainer(small(values))
    saved.advance(37)
    before = state_bytes(other)
    with pytest.raises(ValueError) as refused:
        other.load_state_dict(saved.state_dict())
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 300
    assert state_bytes(other) == before


def test_an_incomplete_checkpoint_is_refused_and_changes_nothing() -> None:
    saved, other = Trainer(small()), Trainer(small())
    saved.advance(37)
    before = state_bytes(other)
    for missing in ("rng", "counters", "window/d_loss", "history/mode_counts", "status"):
        checkpoint = saved.state_dict()
        del checkpoint[missing]
        with pytest.raises(ValueError, match="checkpoint"):
            other.load_state_dict(checkpoint)
        assert state_bytes(other) == before, missing
