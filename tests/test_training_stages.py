"""An iteration seen by its sub-steps is the iteration itself, and shows what really happens."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganlab.config import RunConfig
from ganlab.game import Moment
from ganlab.losses import LOSSES
from ganlab.snapshot import STAGES, Snapshot, Stage, Status
from ganlab.training import Trainer

SMALL = {
    "training.steps": 24,
    "training.batch_size": 96,
    "generator.widths": (16,),
    "discriminator.widths": (16,),
    "probe.samples": 64,
    "probe.measure_samples": 200,
    "probe.measure_every": 10,
    "probe.record_every": 5,
    "probe.grid": 8,
}
SIMULTANEOUS = {"training.order": "simultaneous"}
VARIANTS: dict[str, dict[str, object]] = {
    "alternating": {},
    "simultaneous": SIMULTANEOUS,
    "several steps each": {"training.d_steps": 3, "training.g_steps": 2, "penalty.interval": 4},
    "relativistic": {"loss.name": "relativistic", "training.d_steps": 2},
    "everything random": SIMULTANEOUS
    | {"discriminator.dropout": 0.3, "penalty.instance_noise": 0.2, "penalty.gradient_penalty": 1},
    "batch norm, no EMA": {
        "generator.norm": "batch",
        "discriminator.norm": "batch",
        "training.ema": 0,
    },
    "spectral norm, packed": {"discriminator.spectral_norm": True, "discriminator.packing": 3},
    "autograd": {"generator.activation": "silu", "discriminator.activation": "tanh"},
}


def small(values: dict[str, object] | None = None) -> RunConfig:
    return RunConfig().with_values(SMALL | (values or {}))


def everything(trainer: Trainer) -> dict[str, bytes]:
    """History, networks, optimisers, random generators, window; all but the clock."""
    state = trainer.state_dict()
    return {k: x.numpy().tobytes() for k, x in state.items() if "seconds" not in k}


def shown(shot: Snapshot) -> tuple:
    arrays = shot.fake, shot.real_logits, shot.field.logits, shot.slopes
    return *(x.tobytes() for x in arrays), shot.verdicts, shot.step, str(shot.measures)


@pytest.mark.parametrize("values", VARIANTS.values(), ids=VARIANTS)
def test_watched_sub_step_by_sub_step_a_run_is_the_same_bit_for_bit(values: dict) -> None:
    whole, watched = Trainer(small(values)), Trainer(small(values))
    whole.advance(24)
    while watched.status is Status.RUNNING:
        for _ in watched.stages():
            watched.snapshot()
            watched.samples(5)
    assert watched.iteration == 24
    assert everything(watched) == everything(whole)
    assert shown(watched.snapshot()) == shown(whole.snapshot())
    assert list(watched.stages()) == []  # the run has ended


@pytest.mark.parametrize("values", VARIANTS.values(), ids=VARIANTS)
def test_six_stages_each_with_what_is_known_by_then(values: dict) -> None:
    trainer = Trainer(small(values))
    trainer.advance(3)
    stages = list(trainer.stages())
    order = list(STAGES)
    if "training.order" in values:  # both gradients come before both updates
        order[3:5] = ["score again", "update D"]
    assert [stage.name for stage in stages] == order
    assert [stage.index for stage in stages] == [STAGES.index(name) for name in order]
    known = {"latents": 0, "real": 0, "fake": 1, "fake_logits": 2, "moved": 5}
    for place, stage in enumerate(stages):
        for name, first in known.items():
            assert (getattr(stage, name) is not None) == (place >= first), (stage.name, name)
    last = stages[-1]
    assert last.latents.shape == (64, 10) and last.fake_logits.shape == (64,)
    assert last.real.shape == last.fake.shape == last.moved.shape == (64, 2)
    for name in ("latents", "real", "fake"):  # one batch throughout
        assert all(np.array_equal(getattr(x, name), getattr(last, name)) for x in stages[1:])


def mlp(network: torch.nn.Module, x: np.ndarray) -> np.ndarray:
    """A leaky ReLU network in float64."""
    layers = [[p.detach().double().numpy().copy() for p in x.parameters()] for x in network.layers]
    for weight, bias in layers[:-1]:
        x = x @ weight.T + bias
        x = np.where(x > 0, x, 0.2 * x)
    return x @ layers[-1][0].T + layers[-1][1]


@pytest.mark.parametrize("order", ["alternating", "simultaneous"])
@pytest.mark.parametrize("loss", ["non_saturating", "least_squares", "relativistic"])
def test_stages_show_the_networks_of_their_moment(loss: str, order: str) -> None:
    """Fakes, scores and moved fakes from the weights, layer by layer, in float64."""
    values = {"loss.name": loss, "training.order": order, "data.name": "gan_lab_gaussians"}
    trainer = Trainer(small(values))
    trainer.advance(3)
    state = trainer._state
    mean, std = trainer.standardisation

    def fakes(stage: Stage) -> np.ndarray:
        return mlp(state.generator.mlp, stage.latents.astype(float)) * std + mean

    def scores(x: np.ndarray) -> np.ndarray:
        return mlp(state.discriminator.body, (x - mean) / std)[:, 0]

    wanted = None
    for stage in trainer.stages():
        shot = trainer.snapshot()
        assert shot.step == 3
        if stage.name == "generate":
            made = fakes(stage)
        if stage.name in ("score", "score again"):
            real, fake = (torch.from_numpy(scores(x)) for x in (shot.real, shot.fake))
            wanted = scores(made) - float(LOSSES[loss].undecided(real, fake))
        if stage.fake is not None:
            np.testing.assert_allclose(stage.fake, made, atol=1e-5)
        if wanted is not None:
            np.testing.assert_allclose(stage.fake_logits, wanted, atol=1e-5)
    np.testing.assert_allclose(stage.moved, fakes(stage), atol=1e-5)
    assert np.abs(stage.moved - stage.fake).max() > 1e-3  # the generator itself, not its average


def test_scores_change_with_d_between_score_and_score_again() -> None:
    trainer = Trainer(small())
    stages = {stage.name: stage.fake_logits for stage in trainer.stages()}
    assert np.array_equal(stages["score"], stages["update D"])
    assert np.abs(stages["score again"] - stages["score"]).max() > 1e-4
    assert np.array_equal(stages["score again"], stages["update G"])
    trainer = Trainer(small(SIMULTANEOUS))
    stages = {stage.name: stage.fake_logits for stage in trainer.stages()}
    assert np.array_equal(stages["score"], stages["score again"])


def test_moved_fakes_of_a_batch_normalised_generator_use_its_batch() -> None:
    """As G would see these latents in training, its running statistics left alone."""
    trainer = Trainer(small({"generator.norm": "batch", "training.batch_size": 64}))
    trainer.advance(4)
    generator = trainer._state.generator
    stage = list(trainer.stages())[-1]
    before = {name: x.clone() for name, x in generator.named_buffers()}
    latents = torch.from_numpy(stage.latents.copy())
    trainer._probe.stage(
        trainer._state, Moment("update G", latents, latents[:, :2], latents[:, :2]), stage
    )
    assert all(torch.equal(before[k], x) for k, x in generator.named_buffers())
    with torch.no_grad():
        made = generator(latents).double().numpy()
    mean, std = trainer.standardisation
    np.testing.assert_allclose(stage.moved, made * std + mean, atol=1e-5)


OTHER = {
    "advance": lambda trainer: trainer.advance(2),
    "d_step": lambda trainer: trainer.d_step(),
    "g_step": lambda trainer: trainer.g_step(),
    "update": lambda trainer: trainer.update({"g_optimizer.lr": 1e-2, "loss.name": "hinge"}),
    "checkpoint": lambda trainer: trainer.checkpoint(),
    "state_dict": lambda trainer: trainer.state_dict(),
    "stages": lambda trainer: next(trainer.stages()),
}


@pytest.mark.parametrize("done", range(1, 7))
@pytest.mark.parametrize("ask", OTHER.values(), ids=OTHER)
def test_an_iteration_half_way_is_finished_before_anything_else(ask, done: int) -> None:
    whole, cut = Trainer(small()), Trainer(small())
    whole.advance(5)
    ask(whole)
    cut.advance(4)
    stages = cut.stages()
    for _ in range(done):
        next(stages)
    cut.snapshot()
    assert cut.iteration == 4 and not cut.between_rows
    ask(cut)
    assert next(stages, None) is None  # it was finished by someone else
    assert everything(cut) == everything(whole)


def test_a_forgotten_iterator_is_finished_too() -> None:
    whole, cut = Trainer(small()), Trainer(small())
    whole.advance(3)
    next(cut.stages())
    cut.advance(2)
    assert everything(cut) == everything(whole)


def test_a_refused_change_leaves_the_iteration_half_way() -> None:
    trainer = Trainer(small())
    stages = trainer.stages()
    next(stages)
    with pytest.raises(ValueError):
        trainer.update({"g_optimizer.lr": -1})
    assert trainer.iteration == 0 and next(stages).name == "generate"


def test_an_explosion_seen_half_way_ends_the_iteration() -> None:
    rates = {f"{net}_optimizer.{k}": v for net in "dg" for k, v in (("name", "sgd"), ("lr", 1000))}
    trainer = Trainer(small(rates | {"probe.record_every": 1000, "training.ema": 0}))
    seen = []
    while trainer.status is Status.RUNNING and len(seen) < 20:
        seen.append([stage.name for stage in trainer.stages() if trainer.snapshot()])
    assert trainer.status is Status.DIVERGED and trainer.iteration == 0
    assert [len(names) for names in seen[:-1]] == [6] * (len(seen) - 1)
    assert seen[-1][-1] in ("update D", "update G")  # whichever broke it first
    assert np.isfinite(trainer.snapshot().fake).all() and list(trainer.stages()) == []


# -- one network alone ---------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["d", "g"])
def test_many_updates_alone_are_as_many_single_ones(who: str) -> None:
    one, many = Trainer(small()), Trainer(small())
    one.advance(2), many.advance(2)
    losses = [getattr(one, f"{who}_step")() for _ in range(5)]
    mean = getattr(many, f"{who}_step")(5)
    assert everything(one) == everything(many)
    assert len(set(losses)) == 5 and mean == pytest.approx(np.mean(losses), rel=1e-6)
    assert many.extra == {"d": 0, "g": 0} | {who: 5}
    assert many.iteration == 2


def test_losses_of_single_updates_are_those_of_their_batch() -> None:
    """Batches of one repeated point and a constant generator: both losses are closed forms."""
    trainer = Trainer(
        small({"discriminator.widths": (), "generator.widths": (), "training.ema": 0})
    )
    with torch.no_grad():
        for network in (trainer._state.discriminator, trainer._state.generator):
            for weight in network.parameters():
                weight.zero_()
    assert trainer.g_step() == pytest.approx(np.log(2), rel=1e-6)  # D says 1/2 to everything
    assert trainer.d_step() == pytest.approx(2 * np.log(2), rel=1e-6)


@pytest.mark.parametrize("n", [0, -3])
@pytest.mark.parametrize("who", ["d_step", "g_step"])
def test_no_update_at_all_is_refused(who: str, n: int) -> None:
    trainer = Trainer(small())
    before = everything(trainer)
    with pytest.raises(ValueError, match=f"n = {n} is not allowed: .* from 1"):
        getattr(trainer, who)(n)
    assert everything(trainer) == before and trainer.extra == {"d": 0, "g": 0}


def test_single_updates_are_counted_through_saving_and_retrying() -> None:
    trainer, restored = Trainer(small()), Trainer(small())
    trainer.d_step(3), trainer.g_step(2)
    restored.load_state_dict(trainer.state_dict())
    assert restored.extra == {"d": 3, "g": 2}
    trainer._diverge("test")
    assert trainer.extra == {"d": 0, "g": 0}  # the healthy state is that of the beginning
    trainer.extra["d"] = 99
    assert trainer.extra == {"d": 0, "g": 0}


# -- slopes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ring8", "mixture1d"])
def test_slopes_of_d_at_the_fakes(name: str) -> None:
    """Central differences of the logits, per data unit, away from the kinks."""
    trainer = Trainer(small({"data.name": name, "probe.samples": 120}))
    trainer.advance(10)
    shot, (mean, std) = trainer.snapshot(), trainer.standardisation
    assert shot.slopes.shape == (96, len(std))
    body, step = trainer._state.discriminator.body, 1e-5
    for axis in range(len(std)):
        shift = step * np.eye(len(std))[axis]
        high, low = (
            mlp(body, (shot.fake[:96] + sign * shift - mean) / std)[:, 0] for sign in (1, -1)
        )
        error = np.abs(shot.slopes[:, axis] - (high - low) / (2 * step))
        assert np.median(error) < 1e-5 and (error < 1e-4).mean() > 0.95
    assert np.abs(shot.slopes).max() > 1e-3


def test_images_have_no_slopes() -> None:
    values = {"data.name": "digits", "generator.output": "tanh", "probe.measure_every": 20}
    trainer = Trainer(RunConfig().with_values(values | {"probe.samples": 16}))
    assert trainer.snapshot().slopes is None
    stages = list(trainer.stages())
    assert stages[-1].moved.shape == stages[0].real.shape == (64, 1, 8, 8)
    assert np.abs(stages[-1].fake).max() <= 1
