"""The trainer: determinism, live changes, divergence, single updates, and what it leaves alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganlab.config import SETTINGS, ConfigError, RunConfig
from ganlab.snapshot import History, Snapshot, Status
from ganlab.training import Trainer, train

SMALL = {
    "training.steps": 60,
    "training.batch_size": 32,
    "generator.widths": (16,),
    "discriminator.widths": (16,),
    "probe.samples": 64,
    "probe.measure_samples": 200,
    "probe.measure_every": 20,
    "probe.grid": 8,
}
SGD = {"g_optimizer.name": "sgd", "d_optimizer.name": "sgd"}


def small(values: dict[str, object] | None = None) -> RunConfig:
    return RunConfig().with_values(SMALL | (values or {}))


def history_bytes(history: History) -> dict[str, bytes]:
    """All columns but the clock."""
    return {name: x.tobytes() for name, x in history.items() if name != "seconds"}


def weights(trainer: Trainer) -> dict[str, torch.Tensor]:
    names = ("generator.", "discriminator.", "ema.")
    return {k: v for k, v in trainer.state_dict().items() if k.startswith(names)}


def same_run(a: Trainer, b: Trainer) -> bool:
    """Bit for bit: weights, history, and the samples shown."""
    mine, theirs = weights(a), weights(b)
    same_weights = all(torch.equal(x, theirs[name]) for name, x in mine.items())
    shots = a.snapshot(), b.snapshot()
    histories = [history_bytes(shot.history) for shot in shots]
    fakes = [shot.fake.tobytes() for shot in shots]
    return same_weights and histories[0] == histories[1] and fakes[0] == fakes[1]


VARIANTS: dict[str, dict[str, object]] = {
    "default": {},
    "everything random": {
        "discriminator.dropout": 0.3,
        "penalty.instance_noise": 0.2,
        "penalty.gradient_penalty": 1,
        "latent.kind": "uniform",
    },
    "norms": {"generator.norm": "batch", "discriminator.spectral_norm": True},
    "packed, simultaneous": {"discriminator.packing": 4, "training.order": "simultaneous"},
}


@pytest.mark.parametrize("values", VARIANTS.values(), ids=VARIANTS)
def test_same_seed_same_run_however_it_is_cut_and_watched(values: dict) -> None:
    whole, cut = Trainer(small(values)), Trainer(small(values))
    whole.advance(60)
    for n in (1, 7, 2, 15, 35):
        cut.advance(n)
        cut.snapshot()
        cut.samples(10)
    assert whole.iteration == cut.iteration == 60
    assert same_run(whole, cut)


def test_another_seed_is_another_run() -> None:
    first, second = Trainer(small()), Trainer(small({"seed": 1}))
    first.advance(20), second.advance(20)
    assert not same_run(first, second)
    assert not np.array_equal(first.snapshot().latents, second.snapshot().latents)


def test_global_random_state_neither_matters_nor_moves() -> None:
    torch.manual_seed(1)
    np.random.seed(1)
    before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    first = Trainer(small(VARIANTS["everything random"]))
    first.advance(20)
    first.snapshot()
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(np.random.get_state()[1], numpy_before)
    torch.manual_seed(2)
    second = Trainer(small(VARIANTS["everything random"]))
    torch.randn(100)
    second.advance(20)
    assert same_run(first, second)


def test_seeding_does_not_reach_other_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """fork_rng restores the CPU only, so the global seed of a GPU must not be set at all."""
    reached = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", reached.append)
    Trainer(small())
    assert reached == []


def test_interleaved_trainers_do_not_disturb_each_other() -> None:
    configs = small(), small({"data.name": "mixture1d", "discriminator.dropout": 0.2})
    alone = [Trainer(config) for config in configs]
    for trainer in alone:
        trainer.advance(30)
    together = [Trainer(config) for config in configs]
    for _ in range(6):
        for trainer in together:
            trainer.advance(5)
    assert all(same_run(a, b) for a, b in zip(alone, together, strict=True))


def test_threads_and_denormals_are_left_as_found() -> None:
    threads = torch.get_num_threads()
    trainer = Trainer(small({"compute.threads": 2}))
    trainer.advance(3)
    trainer.snapshot()
    tiny = torch.tensor([1e-40])
    assert torch.get_num_threads() == threads and (tiny * 1.0).item() > 0


def test_train_yields_at_the_cadence_and_ends_finished() -> None:
    shots = list(train(small({"probe.every": 25})))
    assert [shot.step for shot in shots] == [25, 50, 60]
    assert [shot.status for shot in shots] == [Status.RUNNING] * 2 + [Status.FINISHED]
    assert [shot.step for shot in train(small(), every=40)] == [40, 60]
    assert list(shots[-1].history["step"]) == [10, 20, 30, 40, 50, 60]
    assert list(shots[0].history["step"]) == [10, 20]  # an old snapshot does not grow
    measured = shots[-1].history.measured("js")[0]
    assert list(measured) == [20, 40, 60]


@pytest.mark.parametrize("every", [0, -5])
def test_train_refuses_a_cadence_that_never_moves(every: int) -> None:
    with pytest.raises(ValueError, match="every"):
        next(train(small({"training.steps": 1}), every=every))


@pytest.mark.parametrize("record_every", [7, 30])
def test_measurements_come_when_promised(record_every: int) -> None:
    """Measured every 20 steps whatever the rhythm of the rows, or refused beforehand."""
    try:
        config = small({"probe.record_every": record_every})
    except ConfigError:
        return
    trainer = Trainer(config)
    trainer.advance(60)
    steps = trainer.snapshot().history.measured("js")[0]
    assert len(steps) == 3 and np.abs(steps - [20, 40, 60]).max() < record_every


# -- single updates ----------------------------------------------------------------------------


def changed(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor]) -> set[str]:
    return {name.split(".")[0] for name, x in before.items() if not torch.equal(x, after[name])}


@pytest.mark.parametrize("name", ["non_saturating", "relativistic"])
def test_single_updates_move_one_network(name: str) -> None:
    trainer = Trainer(small({"loss.name": name}))
    trainer.advance(3)
    before = weights(trainer)
    trainer.d_step()
    after_d = weights(trainer)
    trainer.g_step()
    after_g = weights(trainer)
    assert changed(before, after_d) == {"discriminator"}
    assert changed(after_d, after_g) == {"generator", "ema"}
    assert trainer.iteration == 3


@pytest.mark.parametrize("kind", ["d", "g"])
def test_single_updates_use_the_settings_in_force(kind: str) -> None:
    """From the very first one, and at once after a live change."""
    trainer = Trainer(small(SGD | {f"{kind}_optimizer.lr": 0.0, "training.ema": 0}))
    step = trainer.d_step if kind == "d" else trainer.g_step
    before = weights(trainer)
    step()
    assert changed(before, weights(trainer)) == set()
    trainer.update({f"{kind}_optimizer.lr": 0.1})
    step()
    assert changed(before, weights(trainer)) == {"discriminator" if kind == "d" else "generator"}


def test_the_first_single_update_has_adams_configured_betas() -> None:
    """With beta1 = beta2 = 0 Adam moves each weight by exactly the learning rate."""
    values = {"d_optimizer.beta1": 0, "d_optimizer.beta2": 0, "d_optimizer.lr": 1e-3}
    trainer = Trainer(small(values))
    trainer.d_step()
    first = weights(trainer)
    trainer.d_step()
    second = weights(trainer)
    name = "discriminator.body.layers.0.weight"
    moved = (second[name] - first[name]).abs()
    assert moved.median().item() == pytest.approx(1e-3, rel=1e-3)


# -- live changes ------------------------------------------------------------------------------


def test_live_changes_act_at_the_next_step() -> None:
    trainer = Trainer(small(SGD | {"training.decay": "constant", "training.ema": 0}))
    trainer.advance(10)
    trainer.update({"g_optimizer.lr": 0, "d_optimizer.lr": 0})
    before = weights(trainer)
    trainer.advance(5)
    assert changed(before, weights(trainer)) == set()
    trainer.update({"d_optimizer.lr": 0.1, "training.batch_size": 16, "loss.name": "hinge"})
    trainer.advance(5)
    assert changed(before, weights(trainer)) == {"discriminator"}
    assert trainer.config.loss.name == "hinge" and trainer.snapshot().loss == "hinge"


def test_a_change_equals_a_run_that_was_so_from_the_start() -> None:
    constant = {"training.decay": "constant"}
    changed_at_0 = Trainer(small(constant | {"penalty.r1": 0}))
    changed_at_0.update({"penalty.r1": 0.1, "loss.name": "hinge"})
    always = Trainer(small(constant | {"loss.name": "hinge"}))
    changed_at_0.advance(30), always.advance(30)
    assert same_run(changed_at_0, always)


@pytest.mark.parametrize("path", [path for path, item in SETTINGS.items() if not item.live])
def test_rebuild_settings_are_refused_in_one_sentence(path: str) -> None:
    trainer, item = Trainer(small()), SETTINGS[path]
    config = trainer.config
    with pytest.raises(ConfigError) as refused:
        trainer.update({"g_optimizer.lr": 0.5, path: item.default})
    message = str(refused.value)
    assert message.startswith(path) and "restart" in message and "\n" not in message
    assert trainer.config == config  # nothing changed, the legal half included


def test_wrong_live_values_change_nothing() -> None:
    trainer = Trainer(small())
    config = trainer.config
    for wrong in ({"g_optimizer.lr": -1}, {"loss.name": "x"}, {"loss": 1}, {"training.steps": 0}):
        with pytest.raises(ConfigError):
            trainer.update({"penalty.r1": 5} | wrong)
    assert trainer.config == config


def test_a_finished_run_goes_on_when_given_more_steps() -> None:
    trainer = Trainer(small())
    trainer.advance(1000)
    assert (trainer.status, trainer.iteration) == (Status.FINISHED, 60)
    trainer.update({"training.steps": 80})
    assert trainer.status is Status.RUNNING and trainer.message == ""
    trainer.advance(1000)
    assert (trainer.status, trainer.iteration) == (Status.FINISHED, 80)
    assert list(trainer.snapshot().history["step"])[-1] == 80


def test_snapshots_are_immutable() -> None:
    """Writing into one is refused, or at least leaves the run and later snapshots alone."""
    trainer = Trainer(small({"latent.signs": 0}))
    trainer.advance(20)
    first = trainer.snapshot()
    kept = {name: getattr(first, name).copy() for name in ("real", "latents", "bounds")}
    for array in (first.real, first.latents, first.bounds, first.field.p_data, first.mode_centres):
        try:
            array[...] = 7.0
        except ValueError:
            continue
    again: Snapshot = trainer.snapshot()
    for name, values in kept.items():
        np.testing.assert_array_equal(getattr(again, name), values)
    assert again.field.p_data.max() != 7 and again.mode_centres.max() != 7
    with pytest.raises(ValueError):
        again.history["d_loss"][0] = 0
