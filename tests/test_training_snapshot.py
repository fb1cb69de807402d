"""What a snapshot says, against direct computation from the networks."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy import stats

from ganlab.config import RunConfig
from ganlab.data import make_distribution
from ganlab.losses import LOSSES, equilibrium
from ganlab.snapshot import HISTORY_COLUMNS
from ganlab.training import Trainer

SMALL = {
    "training.steps": 100,
    "training.batch_size": 32,
    "probe.samples": 64,
    "probe.measure_samples": 400,
    "probe.grid": 12,
}


def trained(values: dict[str, object] | None = None, steps: int = 30) -> Trainer:
    trainer = Trainer(RunConfig().with_values(SMALL | (values or {})))
    trainer.advance(steps)
    return trainer


def d_logits(trainer: Trainer, x: np.ndarray) -> np.ndarray:
    """D at data-scale points [n, dim], in float64."""
    data, body = trainer._state.data, trainer._state.discriminator.body
    z = (x - data.mean) / data.std
    layers = [[p.detach().double().numpy() for p in layer.parameters()] for layer in body.layers]
    for weight, bias in layers[:-1]:
        z = z @ weight.T + bias
        z = np.where(z > 0, z, 0.2 * z)
    return (z @ layers[-1][0].T + layers[-1][1])[:, 0]


@pytest.mark.parametrize("name", ["gan_lab_line", "mixture1d"])
def test_discriminator_on_its_grid(name: str) -> None:
    """Logits directly; gradients per data unit by central differences."""
    trainer = trained({"data.name": name})
    shot = trainer.snapshot()
    field, dim = shot.field, len(shot.bounds)
    n = 12 if dim == 2 else 96
    assert len(field.axes) == dim and field.logits.shape == (n,) * dim
    assert field.gradient.shape == (*(n,) * dim, dim)
    for axis, (low, high) in zip(field.axes, shot.bounds, strict=True):
        cell = (high - low) / n
        np.testing.assert_allclose(axis, low + cell * (np.arange(n) + 0.5))
    grids = np.meshgrid(*field.axes)  # rows are y, columns x
    x = np.stack([grid.ravel() for grid in grids], 1)
    np.testing.assert_allclose(field.logits.ravel(), d_logits(trainer, x), atol=1e-5)
    gradient = field.gradient.reshape(-1, dim)
    step = 1e-5
    for axis in range(dim):
        shift = step * np.eye(dim)[axis]
        slope = (d_logits(trainer, x + shift) - d_logits(trainer, x - shift)) / (2 * step)
        error = np.abs(gradient[:, axis] - slope)
        assert np.median(error) < 1e-4 and (error < 1e-2).mean() > 0.98  # but for the kinks


def test_logits_of_the_samples_and_samples_of_the_latents() -> None:
    trainer = trained({"data.name": "gan_lab_gaussians"})
    shot, state = trainer.snapshot(), trainer._state
    np.testing.assert_allclose(shot.real_logits, d_logits(trainer, shot.real), atol=1e-5)
    np.testing.assert_allclose(shot.fake_logits, d_logits(trainer, shot.fake), atol=1e-5)
    with torch.no_grad():
        fake = state.ema.network(torch.from_numpy(shot.latents.copy())).numpy()
    np.testing.assert_allclose(shot.fake, fake * state.data.std + state.data.mean, atol=1e-6)
    with torch.no_grad():
        raw = state.generator(torch.from_numpy(shot.latents.copy())).numpy()
    assert np.abs(raw - fake).max() > 1e-3  # the average is shown, not the generator itself


def test_samples_keep_their_places_between_snapshots() -> None:
    trainer = trained()
    first = trainer.snapshot()
    trainer.advance(5)
    second = trainer.snapshot()
    np.testing.assert_array_equal(first.latents, second.latents)
    np.testing.assert_array_equal(first.real, second.real)
    assert not np.array_equal(first.fake, second.fake)


def test_looking_uses_evaluation_mode_and_restores_training_mode() -> None:
    values = {"generator.norm": "batch", "discriminator.dropout": 0.5, "training.ema": 0}
    trainer = trained(values)
    shots = [trainer.snapshot() for _ in range(2)]
    np.testing.assert_array_equal(shots[0].real_logits, shots[1].real_logits)
    np.testing.assert_array_equal(shots[0].fake, shots[1].fake)
    assert trainer._state.generator.training and trainer._state.discriminator.training


def set_linear(trainer: Trainer, matrix: list[list[float]], shift: list[float]) -> None:
    """Make the generator G(z) = matrix z + shift, in data scale."""
    state = trainer._state
    std, mean = state.std.numpy(), state.mean.numpy()
    (layer,) = state.generator.mlp.layers
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(np.array(matrix) / std[:, None]))
        layer.bias.copy_(torch.tensor((np.array(shift) - mean) / std))


LINEAR = {"generator.widths": (), "training.ema": 0, "latent.signs": 0}


def test_exact_density_of_a_linear_generator_in_1d() -> None:
    trainer = trained(LINEAR | {"data.name": "mixture1d", "latent.dim": 1, "probe.grid": 32}, 0)
    set_linear(trainer, [[-0.7]], [0.4])
    field = trainer.snapshot().field
    wanted = stats.norm(0.4, 0.7).pdf(field.axes[0])
    np.testing.assert_allclose(field.p_g, wanted, atol=5e-3 * wanted.max())
    data = make_distribution("mixture1d")
    density = np.exp(data.log_prob(field.axes[0][:, None]))
    np.testing.assert_allclose(field.p_data, density)


def test_exact_density_of_a_uniform_latent_in_1d() -> None:
    values = LINEAR | {"data.name": "uniform1d", "latent.dim": 1, "latent.kind": "uniform"}
    trainer = trained(values, 0)
    set_linear(trainer, [[0.5]], [0.1])
    field = trainer.snapshot().field
    inside = np.abs(field.axes[0] - 0.1) < 0.45
    assert inside.sum() > 5
    np.testing.assert_allclose(field.p_g[inside], 1.0, rtol=1e-3)


def test_exact_density_of_a_linear_generator_in_2d() -> None:
    """Rows are y: an oblique, shifted Gaussian shows any transposition."""
    matrix, shift = [[0.5, 0.1], [-0.2, 0.25]], [0.3, -0.5]
    trainer = trained(LINEAR | {"latent.dim": 2, "probe.grid": 40}, 0)
    set_linear(trainer, matrix, shift)
    field = trainer.snapshot().field
    points = np.stack(np.meshgrid(*field.axes), -1)
    wanted = stats.multivariate_normal(shift, np.array(matrix) @ np.transpose(matrix)).pdf(points)
    assert np.abs(field.p_g - wanted).max() < 0.02 * wanted.max()
    cell = np.prod([axis[1] - axis[0] for axis in field.axes])
    assert field.p_g.sum() * cell == pytest.approx(wanted.sum() * cell, abs=2e-3)


def test_no_exact_density_where_dimensions_differ() -> None:
    assert trained(steps=1).snapshot().field.p_g is None  # sign bits
    assert trained({"latent.signs": 0, "latent.dim": 1}, 1).snapshot().field.p_g is None


def test_manifold_is_the_image_of_its_plane() -> None:
    trainer = trained(LINEAR | {"latent.dim": 3}, 0)
    set_linear(trainer, [[1, 2, 3], [4, 5, 6]], [7, 8])
    manifold = trainer.snapshot().manifold
    z = manifold.latents
    assert z.shape == (*manifold.images.shape[:2], 2)
    np.testing.assert_allclose(manifold.images[..., 0], z @ [1, 2] + 7, atol=1e-4)
    np.testing.assert_allclose(manifold.images[..., 1], z @ [4, 5] + 8, atol=1e-4)
    line = trained({"latent.dim": 1, "data.name": "ring8"}, 1).snapshot().manifold
    assert line.latents.ndim == 1 and line.images.shape == (len(line.latents), 2)
    assert trained({"latent.dim": 0}, 1).snapshot().manifold is None


def test_plain_facts() -> None:
    trainer = trained()
    shot, data = trainer.snapshot(), make_distribution("ring8")
    assert (shot.step, shot.steps, shot.loss, shot.message) == (30, 100, "non_saturating", "")
    assert math.isnan(shot.epoch)
    assert shot.equilibrium == equilibrium(LOSSES["non_saturating"])
    np.testing.assert_allclose(shot.mode_centres, data.modes.centres)
    assert shot.mode_std == data.modes.std
    np.testing.assert_allclose(shot.bounds, data.bounds)
    assert set(shot.history) == set(HISTORY_COLUMNS)
    assert shot.seconds == trainer.seconds > 0
    assert (np.diff(shot.history["seconds"]) > 0).all()


def test_epochs_of_your_own_points(tmp_path) -> None:
    path = tmp_path / "points.npy"
    np.save(path, np.random.default_rng(0).normal(size=(160, 2)))
    values = {"data.name": "points", "data.path": str(path), "training.d_steps": 2}
    assert trained(values).snapshot().epoch == pytest.approx(30 * 32 * 2 / 160)


def test_rows_average_the_steps_of_their_window() -> None:
    """Ten rows of one step each against one row of ten: same run, same means."""
    fine = trained({"probe.record_every": 1}, 20).snapshot().history
    coarse = trained({"probe.record_every": 10}, 20).snapshot().history
    assert list(coarse["step"]) == [10, 20] and fine.rows == 20
    means = ("d_loss", "g_loss", "penalty", "value", "d_real", "d_fake", "accuracy_real")
    for name in means:
        wanted = fine[name].reshape(2, 10).mean(1)
        np.testing.assert_allclose(coarse[name], wanted, rtol=1e-5, err_msg=name)
    for name in ("d_grad_norm", "g_grad_norm"):
        np.testing.assert_array_equal(coarse[name], fine[name][9::10])


def test_penalty_column_counts_every_d_step() -> None:
    """Lazy R1 with two D steps an iteration: due on D steps 0, 2, 4 ...; the row must say so."""
    lazy = {"training.d_steps": 2, "penalty.interval": 2, "probe.record_every": 1}
    column = trained(lazy, 5).snapshot().history["penalty"]
    assert (column > 0).all()


def test_samples_are_fresh_reproducible_and_in_data_scale() -> None:
    trainer = trained({"data.name": "gan_lab_gaussians"}, 100)
    first, again, other = trainer.samples(500), trainer.samples(500), trainer.samples(500, seed=1)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    real = trainer.real_samples(4000)
    np.testing.assert_allclose(real.mean(0), trainer._state.data.mean, atol=0.03)
    np.testing.assert_allclose(real.std(0), trainer._state.data.std, rtol=0.1)
    generator, discriminator = trainer.networks()
    assert generator is trainer._state.ema.network
    assert discriminator is trainer._state.discriminator


def test_the_average_of_a_spectrally_normalised_generator_is_one_too() -> None:
    """Unit vectors may not be averaged: their norm shrinks and the weights explode."""
    values = {"generator.spectral_norm": True, "training.steps": 1000}
    trainer = trained(values, 300)
    for layer in trainer.networks()[0].mlp.layers:
        assert 0.8 < torch.linalg.matrix_norm(layer.weight, 2).item() < 1.25


@pytest.mark.parametrize("architecture", ["mlp", "dcgan"])
def test_bfloat16_trains_and_shows_float32(architecture: str) -> None:
    both = {f"{net}.architecture": architecture for net in ("generator", "discriminator")}
    shot = trained(both | {"data.name": "digits", "compute.precision": "bfloat16"}, 12).snapshot()
    assert shot.step == 12 and shot.fake.dtype == np.float32 == shot.fake_logits.dtype
    assert np.isfinite(shot.history["penalty"]).all() and shot.history["penalty"][0] > 0


def test_classes_left_out_are_not_held_against_the_generator() -> None:
    """Real digits of the chosen classes score like real digits."""
    trainer = Trainer(
        RunConfig().with_values(
            {"data.name": "digits", "data.classes": (3, 8), "generator.output": "tanh"}
        )
    )
    real = trainer.real_samples(300)
    found = trainer._logbook._measurer.measure(real).estimates
    assert 0 <= found["frechet"].value < 30  # against all ten classes it reads 220
    assert found["class_kl"].value < 0.05
    assert found["coverage"].value > 0.8


def test_least_squares_d_is_undecided_at_one_half() -> None:
    settings = {"loss.name": "least_squares", "g_optimizer.lr": 0, "d_optimizer.lr": 0}
    trainer = Trainer(RunConfig().with_values(settings))
    with torch.no_grad():
        for weight in trainer._state.discriminator.parameters():
            weight.zero_()
        trainer._state.discriminator.body.layers[-1].bias.fill_(0.5)
    trainer.update({"penalty.r1": 0, "penalty.r2": 0})
    trainer.advance(10)
    assert trainer.history.last("d_real") == pytest.approx(0.5, abs=1e-6)
    assert trainer.history.last("d_fake") == pytest.approx(0.5, abs=1e-6)
    np.testing.assert_allclose(trainer.snapshot().field.logits, 0, atol=1e-6)


def test_changed_data_are_told_from_saved_ones(tmp_path) -> None:
    path = tmp_path / "points.csv"
    rng = np.random.default_rng(0)
    np.savetxt(path, rng.normal(size=(200, 2)), delimiter=",")
    config = RunConfig().with_values({"data.name": "points", "data.path": str(path)})
    saved = Trainer(config).state_dict()
    np.savetxt(path, 5 + rng.normal(size=(200, 2)), delimiter=",")
    with pytest.raises(ValueError, match="data have changed"):
        Trainer(config).load_state_dict(saved)
