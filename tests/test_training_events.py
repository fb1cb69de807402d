"""The events of real runs: however often one asks, after changes, explosions, on branches."""

from __future__ import annotations

from ganlab.config import RunConfig
from ganlab.diagnostics import divergence, events
from ganlab.snapshot import Status
from ganlab.training import Trainer

SMALL = {
    "training.steps": 400,
    "training.batch_size": 64,
    "generator.widths": (16,),
    "discriminator.widths": (16,),
    "probe.samples": 64,
    "probe.measure_samples": 200,
    "probe.measure_every": 10,
    "probe.grid": 8,
}


def test_a_trainer_tells_the_events_of_its_history() -> None:
    """However often it is asked; through saving, and on a branch."""
    config = RunConfig().with_values(SMALL)
    asked, once = Trainer(config), Trainer(config)
    while asked.status is Status.RUNNING:
        asked.advance(30)
        asked.events()
    once.advance(200)
    branch = once.branch(once.checkpoint())
    once.advance(200), branch.advance(200)
    assert len(once.events()) >= 1
    shot = once.snapshot()
    wanted = events(shot.history, equilibrium=shot.equilibrium, measures=shot.measures, modes=8)
    assert asked.events() == once.events() == branch.events() == wanted
    restored = Trainer(config)
    restored.load_state_dict(once.state_dict())
    assert restored.events() == wanted


def test_rows_before_a_change_of_loss_are_judged_by_the_old_loss() -> None:
    """Hinge and Wasserstein read D's loss against 2 and not at all."""
    values = SMALL | {"loss.name": "hinge", "d_optimizer.lr": 1e-2, "g_optimizer.lr": 1e-5}
    run = Trainer(RunConfig().with_values(values))
    run.advance(200)
    checkpoint = run.checkpoint()
    changed = run.config.with_values({"loss.name": "wasserstein"})
    branch = run.branch(checkpoint, changed)
    run.update({"loss.name": "wasserstein"})
    before = [event.name for event in run.events()]
    assert "D is winning" in before
    assert branch.events() == run.events()


def test_an_explosion_is_an_event_that_outlives_its_rows() -> None:
    rates = {f"{net}_optimizer.{k}": v for net in "dg" for k, v in (("name", "sgd"), ("lr", 0.05))}
    run = Trainer(RunConfig().with_values(SMALL | rates))
    run.advance(150)
    run.update({"d_optimizer.lr": 1000, "g_optimizer.lr": 1000})
    run.advance(100)
    assert run.status is Status.DIVERGED and run.iteration == 100
    exploded = run.events()[-1]
    assert (exploded.name, exploded.severity, exploded.title) == ("diverged", "warning", "Diverged")
    assert f"Diverged at step {exploded.step}:" in run.message and exploded.step > 150
    run.update({"d_optimizer.lr": 0.05, "g_optimizer.lr": 0.05})
    run.retry()
    run.advance(200)
    assert exploded in run.events()
    assert exploded == divergence(exploded.step, run._why)
