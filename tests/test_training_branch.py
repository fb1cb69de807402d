"""Going back to a moment of a run and on from there, on a branch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganlab.config import ConfigError, RunConfig
from ganlab.snapshot import History, Snapshot, Status
from ganlab.training import Trainer

SMALL = {
    "training.steps": 60,
    "training.batch_size": 32,
    "generator.widths": (16,),
    "discriminator.widths": (16,),
    "probe.samples": 64,
    "probe.measure_samples": 200,
    "probe.measure_every": 20,
    "probe.record_every": 5,
    "probe.grid": 8,
}
VARIANTS: dict[str, dict[str, object]] = {
    "cosine, annealed, lazy": {
        "training.decay": "cosine",
        "penalty.r1": 1,
        "penalty.final": 0.1,
        "penalty.interval": 4,
        "training.d_steps": 3,
    },
    "everything random": {
        "discriminator.dropout": 0.3,
        "penalty.instance_noise": 0.2,
        "penalty.gradient_penalty": 1,
    },
    "norms, 1-D": {
        "data.name": "mixture1d",
        "generator.norm": "batch",
        "discriminator.spectral_norm": True,
    },
    "no EMA, RMSprop": {
        "training.ema": 0,
        **{
            f"{net}_optimizer.{k}": v
            for net in "dg"
            for k, v in (("name", "rmsprop"), ("beta1", 0))
        },
    },
}


def small(values: dict[str, object] | None = None) -> RunConfig:
    return RunConfig().with_values(SMALL | (values or {}))


def columns(history: History) -> dict[str, bytes]:
    """All columns but the clock, and the samples per mode."""
    table = {name: x.tobytes() for name, x in history.items() if name != "seconds"}
    return table | {"mode_counts": history.mode_counts.tobytes()}


def moment(trainer: Trainer) -> dict[str, bytes]:
    return {name: x.numpy().tobytes() for name, x in trainer.checkpoint().items()}


def shown(shot: Snapshot) -> tuple:
    arrays = shot.fake, shot.real_logits, shot.field.logits, shot.slopes
    measures = {name: (e.value, e.floor, e.estimator) for name, e in shot.measures.items()}
    return *(x.tobytes() for x in arrays), str(measures), shot.verdicts, shot.status, shot.step


@pytest.mark.parametrize("values", VARIANTS.values(), ids=VARIANTS)
def test_a_branch_repeats_its_run_bit_for_bit(values: dict) -> None:
    run = Trainer(small(values))
    run.d_step(2)
    run.advance(35)
    assert run.between_rows
    checkpoint, then = run.checkpoint(), run.snapshot()
    run.advance(15)
    later = moment(run), shown(run.snapshot()), columns(run.history)
    branch = run.branch(checkpoint)
    assert branch.iteration == 35 and branch.extra == {"d": 2, "g": 0}
    assert branch.seconds == then.history["seconds"][-1]
    assert shown(branch.snapshot()) == shown(then)  # measures and verdicts at once
    assert columns(branch.history) == columns(then.history)
    branch.advance(15)
    assert (moment(branch), shown(branch.snapshot()), columns(branch.history)) == later
    # The run itself did not notice.
    assert (moment(run), shown(run.snapshot()), columns(run.history)) == later
    run.advance(10), branch.advance(10)
    assert columns(branch.history) == columns(run.history)
    assert branch.status is run.status is Status.FINISHED


def test_between_rows_it_differs_in_the_next_row_alone() -> None:
    run = Trainer(small())
    run.advance(38)
    assert not run.between_rows
    branch = run.branch(run.checkpoint())
    assert list(branch.history["step"]) == [5, 10, 15, 20, 25, 30, 35] and branch.between_rows
    run.advance(12), branch.advance(12)
    assert moment(branch) == moment(run)
    ours, theirs = branch.history, run.history
    same = ours["d_loss"] == theirs["d_loss"]
    assert list(ours["step"][~same]) == [40]  # the mean over steps 39 and 40, not 36 to 40
    for name in ("js", "g_grad_norm", "step"):  # not averages
        np.testing.assert_array_equal(ours[name], theirs[name])


def test_a_branch_before_the_first_row() -> None:
    run = Trainer(small())
    start = run.checkpoint()
    run.advance(20)
    branch = run.branch(start)
    assert branch.iteration == branch.history.rows == branch.seconds == 0
    assert branch.snapshot().measures == {}
    branch.advance(20)
    assert columns(branch.history) == columns(run.history)


def test_other_live_settings_on_a_branch() -> None:
    """As if the run had been changed at that step; the run keeps its own."""
    run, wanted = Trainer(small()), Trainer(small())
    run.advance(20), wanted.advance(20)
    checkpoint = run.checkpoint()
    run.advance(20)
    changed = run.config.with_values({"penalty.r1": 2, "loss.name": "hinge"})
    branch = run.branch(checkpoint, changed)
    assert branch.config == changed and run.config.loss.name != "hinge"
    wanted.update({"penalty.r1": 2, "loss.name": "hinge"})
    branch.advance(20), wanted.advance(20)
    assert columns(branch.history) == columns(wanted.history)
    assert columns(branch.history) != columns(run.history)


def test_a_branch_of_a_branch_and_of_a_diverged_run() -> None:
    rates = {f"{net}_optimizer.{k}": v for net in "dg" for k, v in (("name", "sgd"), ("lr", 0.05))}
    run = Trainer(small(rates))
    run.advance(20)
    checkpoint = run.checkpoint()
    run.advance(20)
    later = columns(run.history)
    run.update({"d_optimizer.lr": 1000, "g_optimizer.lr": 1000})
    run.advance(20)
    assert run.status is Status.DIVERGED
    first = run.branch(checkpoint, small(rates))
    second = first.branch(first.checkpoint())
    for branch in (first, second):
        assert branch.status is Status.RUNNING and branch.message == ""
        branch.advance(20)
        assert columns(branch.history) == later


def test_a_diverging_branch_comes_back_to_where_it_began() -> None:
    run = Trainer(small())
    run.advance(20)
    branch = run.branch(run.checkpoint())
    start = moment(branch)
    branch._diverge("test")
    assert branch.iteration == 20 and moment(branch) == start


def test_a_branch_at_the_end_has_finished_until_given_more_steps() -> None:
    run = Trainer(small())
    run.advance(60)
    branch = run.branch(run.checkpoint())
    assert branch.status is Status.FINISHED and "60" in branch.message
    branch.advance(5)
    assert branch.iteration == 60
    longer = run.branch(run.checkpoint(), run.config.with_values({"training.steps": 80}))
    longer.advance(100)
    assert (longer.status, longer.iteration) == (Status.FINISHED, 80)


@pytest.mark.parametrize("values", [{"data.name": "grid25"}, {"seed": 1}, {"probe.samples": 99}])
def test_settings_of_another_run_are_refused(values: dict) -> None:
    run = Trainer(small())
    before = moment(run)
    with pytest.raises(ConfigError, match=f"{next(iter(values))} .*restarted"):
        run.branch(run.checkpoint(), small(values))
    assert moment(run) == before


def test_a_checkpoint_that_does_not_fit_is_refused() -> None:
    run, wider = Trainer(small()), Trainer(small({"generator.widths": (24,)}))
    short = {name: x for name, x in run.checkpoint().items() if name != "rng"}
    for wrong in (short, wider.checkpoint()):
        with pytest.raises(ValueError, match=r"^The checkpoint is incomplete: .* does not fit"):
            run.branch(wrong)


def test_checkpoints_are_copies_without_the_past() -> None:
    run = Trainer(small())
    run.advance(20)
    checkpoint = run.checkpoint()
    kept = {name: x.clone() for name, x in checkpoint.items()}
    assert not any(name.startswith(("history", "healthy", "window")) for name in checkpoint)
    branch = run.branch(checkpoint)
    run.advance(10), branch.advance(10)
    assert all(torch.equal(kept[name], x) for name, x in checkpoint.items())


def test_history_until_a_step_is_a_view() -> None:
    run = Trainer(small())
    run.advance(60)
    history = run.history
    for step, rows in ((0, 0), (4.9, 0), (5, 1), (37, 7), (60, 12), (1e9, 12)):
        part = history.until(step)
        assert part.rows == rows and len(part.mode_counts) == rows
        assert list(part["step"]) == [5.0 * k for k in range(1, rows + 1)]
    assert np.shares_memory(history.until(30)["js"], history["js"])
    assert History().until(10).rows == 0
