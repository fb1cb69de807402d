"""Images without a classifier train all the same; what needs one is not measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ganlab import classifier
from ganlab.config import RunConfig
from ganlab.data.images import IMAGE_SETS, ImageSet, load_images
from ganlab.runs import load_run, resume, save_run
from ganlab.snapshot import HISTORY_COLUMNS, Status
from ganlab.training import Trainer, train

FASHION = {
    "data.name": "fashion_mnist",
    "generator.output": "tanh",
    "generator.widths": (16,),
    "discriminator.widths": (16,),
    "training.batch_size": 16,
    "training.steps": 60,
    "probe.samples": 16,
    "probe.measure_every": 20,
}
LOSSES = ("d_loss", "g_loss", "value", "d_real", "d_fake", "accuracy_real", "accuracy_fake")
ALWAYS = {"step", "seconds", "d_grad_norm", "g_grad_norm", "penalty", *LOSSES}


@pytest.fixture
def fashion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunConfig]:
    """Fashion-MNIST by name, and no classifier for it anywhere."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (40, 1, 28, 28), np.uint8)
    images = ImageSet("fashion_mnist", pixels, np.arange(40, dtype=np.uint8) % 10)
    monkeypatch.setitem(IMAGE_SETS, "fashion_mnist", lambda split: images)
    monkeypatch.setattr(classifier, "user_folder", lambda: tmp_path / "none")
    load_images.cache_clear()
    yield RunConfig().with_values(FASHION)
    load_images.cache_clear()


def test_the_note_names_what_is_missing_and_the_command(fashion: RunConfig) -> None:
    note = Trainer(fashion).note
    assert "not scored" in note and "\n" not in note and note.endswith(".")
    assert "`python -m ganlab.classifier --dataset fashion_mnist`" in note
    assert Trainer(RunConfig()).note == ""
    assert Trainer(fashion.with_values({"data.name": "digits"})).note == ""


def test_it_trains_and_measures_nothing_that_needs_a_classifier(fashion: RunConfig) -> None:
    *_, last = train(fashion)
    assert (last.status, last.step) == (Status.FINISHED, 60)
    assert last.measures == {} and last.history.mode_counts is None
    assert list(last.history["step"]) == [10, 20, 30, 40, 50, 60]
    for name in HISTORY_COLUMNS:
        assert np.isfinite(last.history[name]).all() == (name in ALWAYS), name
        assert np.isnan(last.history[name]).all() == (name not in ALWAYS), name
    assert last.fake.shape == (16, 1, 28, 28)


def test_it_is_saved_resumed_and_branched(fashion: RunConfig, tmp_path: Path) -> None:
    run = Trainer(fashion)
    run.advance(30)
    save_run(run, tmp_path / "run")
    assert load_run(tmp_path / "run").history.rows == 3
    resumed, branch = resume(tmp_path / "run"), run.branch(run.checkpoint())
    for trainer in (run, resumed, branch):
        trainer.advance(20)
        np.testing.assert_array_equal(trainer.history["d_loss"], run.history["d_loss"])
        assert trainer.iteration == 50 and trainer.events() == ()
