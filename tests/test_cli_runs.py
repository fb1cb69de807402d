"""Training from the command line: saved, stopped, resumed, never overwritten."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from cli_helpers import TINY, refused, start
from safetensors.numpy import load_file

import ganlab
from ganlab.cli import main, train
from ganlab.runs import load_run, resume


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """A working folder with a tiny configuration, tiny.yaml."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.yaml").write_text(TINY)
    return tmp_path


# -- in processes of their own -----------------------------------------------------------------


def test_train_in_a_shell_saves_and_reports(here):
    process = start("train", "tiny.yaml", "--seed", "3", cwd=here)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "60/60" in err and "D(x) 0." in err and "JS 0." in err and "modes covered" in err
    assert "Traceback" not in err
    run = load_run(here / "runs" / "tiny-seed3")
    assert (run.status, run.summary.step, run.config.seed) == ("finished", 60, 3)
    js = run.summary.measures["js"]
    assert re.search(rf"^JS +{js.value:.4g} +{js.floor:.4g}$", out, re.MULTILINE)
    assert "saved to runs/tiny-seed3" in out
    for verdict in run.summary.verdicts:
        assert verdict.evidence in " ".join(out.split())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_everything_and_says_how_to_go_on(number, here):
    process = start("train", "tiny.yaml", "--training.steps", "1000000", "--out", "r", cwd=here)
    while not (here / "r" / "summary.json").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    time.sleep(0.3)  # into the training, though any moment must do
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert "saved to r; go on with `ganlab resume r`" in err and "Traceback" not in err
    run = load_run(here / "r")
    assert run.status == "running" and run.summary.step < 1_000_000
    assert run.samples()[1].shape == (10_000, 2)
    assert (here / "r" / "figures" / "scene.html").exists()
    assert resume(here / "r").iteration == run.summary.step


# -- folders -----------------------------------------------------------------------------------


def test_a_run_is_never_overwritten_unasked(here, capsys):
    line = ["train", "tiny.yaml", "--quiet", "--training.steps=5"]
    for _ in range(3):
        assert main(line) == 0
    folders = [f"runs/tiny-seed0{end}" for end in ("", "-2", "-3")]
    assert capsys.readouterr() == ("\n".join(folders) + "\n", "")
    (here / "runs" / "tiny-seed0" / "notes.txt").touch()
    taken = [*line, "--out", folders[0], "--seed=1"]
    sentence = refused(capsys, *taken)
    assert f"ganlab resume {folders[0]}" in sentence and "--overwrite" in sentence
    assert main([*taken, "--overwrite"]) == 0
    assert load_run(folders[0]).config.seed == 1
    assert (here / "runs" / "tiny-seed0" / "notes.txt").exists()
    assert "not a run" in refused(capsys, *line, "--out", ".", "--overwrite")


def test_a_refused_training_leaves_the_old_run_alone(here, capsys):
    line = ["train", "tiny.yaml", "--quiet", "--training.steps=5", "--out", "r", "--overwrite"]
    assert main(line) == 0
    capsys.readouterr()
    refused(capsys, *line, "--data.name=points", "--data.path=no.csv")
    assert load_run("r").status == "finished"


# -- stopping and going on ---------------------------------------------------------------------


def stop_at(monkeypatch, iteration: int) -> None:
    """SIGINT to ourselves at the first turn that ends at or after this iteration."""
    monkeypatch.setattr(train, "TURN_SECONDS", 0.0)  # one step a turn
    advance = ganlab.Trainer.advance

    def watched(trainer, n=1):
        advance(trainer, n)
        if trainer.iteration == iteration:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(ganlab.Trainer, "advance", watched)


def test_stopped_and_resumed_is_the_uninterrupted_run(here, monkeypatch, capsys):
    assert main(["train", "tiny.yaml", "--quiet", "--out", "whole"]) == 0
    with monkeypatch.context() as patch:
        stop_at(patch, 23)
        assert main(["train", "tiny.yaml", "--quiet", "--out", "half"]) == 130
    assert "stopped at step 23 of 60" in capsys.readouterr().err
    assert load_run("half").summary.step == 23
    assert main(["resume", "half", "--quiet"]) == 0
    whole, half = load_run("whole"), load_run("half")
    for name in whole.history.keys() - {"seconds"}:
        np.testing.assert_array_equal(half.history[name], whole.history[name])
    np.testing.assert_array_equal(half.samples(), whole.samples())
    for name in ("generator", "discriminator"):
        np.testing.assert_equal(
            *(load_file(f"{run}/{name}.safetensors") for run in ("half", "whole"))
        )
    assert "larger --training.steps" in refused(capsys, "resume", "half")
    assert "must be more" in refused(capsys, "resume", "half", "--training.steps", "60")
    assert "only when the run is restarted" in refused(capsys, "resume", "half", "--seed", "1")
    assert main(["resume", "half", "--quiet", "--training.steps", "70"]) == 0
    assert load_run("half").summary.step == 70


def test_checkpoints_are_saved_on_the_way(here, monkeypatch):
    saved = []
    monkeypatch.setattr(train, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(train, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(
        "ganlab.runs.save_checkpoint", lambda trainer, folder: saved.append(trainer.iteration)
    )
    assert main(["train", "tiny.yaml", "--quiet", "--training.steps=4"]) == 0
    assert saved == [0, 1, 2, 3, 4]


def test_a_diverged_run_is_saved_explained_and_can_be_mended(here, capsys):
    wild = [f"--{who}_optimizer.{what}" for who in "gd" for what in ("name=sgd", "lr=10")]
    line = ["train", "tiny.yaml", "--out", "r", "--quiet", "--loss.name=wasserstein"]
    assert main([*line, *wild]) == 1
    assert "Diverged at step" in capsys.readouterr().err
    assert load_run("r").status == "diverged"
    assert "diverged and would again" in refused(capsys, "resume", "r")
    mended = ["--g_optimizer.lr=0.001", "--d_optimizer.lr=0.001"]
    assert main(["resume", "r", "--quiet", *mended]) == 0
    assert load_run("r").status == "finished"
