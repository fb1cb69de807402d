"""Presets are valid, say what they show in known words, and the quick ones show it."""

from __future__ import annotations

import numpy as np
import pytest

from ganlab.config import RunConfig
from ganlab.diagnostics import RULES
from ganlab.presets import PRESETS
from ganlab.snapshot import HISTORY_COLUMNS, Status
from ganlab.training import Trainer, train

NAMED = {
    "ring8", "grid25", "gaussian1d", "mixture1d", "mnist_mlp", "mnist_quick", "mnist_dcgan",
    "digits", "gan_lab_line", "gan_lab_gaussians", "gan_lab_ring", "gan_lab_blobs",
    "mode_collapse", "mode_hopping", "vanishing_gradient", "oscillation", "overpowered_d",
    "clipping", "divergence",
}  # fmt: skip


def test_every_named_preset_is_there() -> None:
    assert set(PRESETS) >= NAMED
    assert all(name == preset.name for name, preset in PRESETS.items())


@pytest.mark.parametrize("name", PRESETS)
def test_preset_is_described_and_survives_the_trip_through_a_url(name: str) -> None:
    preset = PRESETS[name]
    assert len(preset.title) > 5 and preset.lesson.endswith(".") and len(preset.lesson) > 40
    assert RunConfig.from_query(preset.config.to_query()) == preset.config
    assert {claim.column for claim in preset.claims} <= set(HISTORY_COLUMNS)
    assert preset.claims or preset.symptom


def test_symptoms_are_verdicts_that_exist() -> None:
    known = {rule.__name__.replace("_", " ") for rule in RULES} | {"diverged", "D is winning"}
    assert {preset.symptom for preset in PRESETS.values() if preset.symptom} <= known


def test_ring8_covers_its_modes() -> None:
    trainer = Trainer(PRESETS["ring8"].config.with_values({"seed": 7}))
    trainer.advance(trainer.config.training.steps)
    history = trainer.history
    assert trainer.status is Status.FINISHED
    assert history.last("modes") == 8
    assert 0.95 <= history.last("high_quality") <= 1
    assert history.last("mode_kl") < 0.03
    assert 0.5 < history.last("spread") < 1.1
    assert history.last("js") < 0.12


def test_gaussian1d_reaches_the_noise_floor() -> None:
    config = PRESETS["gaussian1d"].config.with_values({"training.steps": 800})
    *_, last = train(config, every=400)
    assert last.measures["js"].value < 5 * max(last.measures["js"].floor, 1e-3)
    assert abs(last.history.last("value") + np.log(4)) < 0.05
    # The exact density of the generator against the true one, where there is mass.
    error = np.abs(last.field.p_g - last.field.p_data).max()
    assert error < 0.1 * last.field.p_data.max()


def test_divergence_is_a_state_with_a_way_back() -> None:
    trainer = Trainer(PRESETS["divergence"].config)
    trainer.advance(200)
    shot = trainer.snapshot()
    assert shot.status is Status.DIVERGED
    assert shot.verdicts[0].name == "diverged" and "learning rate" in shot.verdicts[0].text
    assert np.isfinite(shot.fake).all()
    trainer.update({"g_optimizer.lr": 0.01, "d_optimizer.lr": 0.01})
    trainer.retry()
    trainer.advance(50)
    assert trainer.status is Status.RUNNING
    assert np.isfinite(trainer.history["d_loss"]).all() and trainer.history.rows > 0
