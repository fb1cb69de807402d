"""A run on disk: what is in it, that it resumes bit for bit, and what is refused."""

from __future__ import annotations

import csv
import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet
from safetensors.numpy import load_file, save_file

from ganlab.config import RunConfig
from ganlab.runs import holds_run, load_run, remove_run, resume, save_checkpoint, save_run
from ganlab.runs.files import ALWAYS, AT_THE_END
from ganlab.snapshot import HISTORY_COLUMNS, Status
from ganlab.training import Trainer

TINY = {
    "training.steps": 60,
    "training.batch_size": 32,
    "generator.widths": (16,),
    "discriminator.widths": (16,),
    "probe.record_every": 5,
    "probe.measure_every": 20,
    "probe.measure_samples": 200,
    "probe.samples": 64,
    "probe.grid": 8,
}
# What has a memory that could be forgotten: buffers, lazy penalties, noise, slots.
KINDS = {
    "adam, EMA": {},
    "one dimension, no EMA": {"data.name": "mixture1d", "training.ema": 0, "latent.signs": 0},
    "dropout, noise, lazy penalty, RMSprop": {
        "discriminator.dropout": 0.3,
        "penalty.instance_noise": 0.5,
        "penalty.interval": 4,
        "d_optimizer.name": "rmsprop",
        "d_optimizer.beta1": 0.5,
    },
    "batch and spectral norm, packing, momentum": {
        "generator.norm": "batch",
        "discriminator.spectral_norm": True,
        "discriminator.packing": 2,
        "penalty.gradient_penalty": 1.0,
        "g_optimizer.name": "momentum",
        "g_optimizer.lr": 1e-3,
    },
}


def tiny(**changes) -> RunConfig:
    return RunConfig().with_values(TINY | changes)


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> tuple[Trainer, Path]:
    trainer = Trainer(tiny())
    trainer.advance(60)
    return trainer, save_run(trainer, tmp_path_factory.mktemp("runs") / "a" / "run")


@pytest.fixture
def copy(finished, tmp_path) -> Path:
    return Path(shutil.copytree(finished[1], tmp_path / "run"))


def assert_same(a: Trainer, b: Trainer) -> None:
    """Every tensor and every column of the history but the clock's, bit for bit."""
    ours, theirs = a.state_dict(), b.state_dict()
    assert ours.keys() == theirs.keys()
    for name in ours.keys() - {"seconds", "history/seconds"}:
        assert ours[name].numpy().tobytes() == theirs[name].numpy().tobytes(), name


# -- resuming ----------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", KINDS.values(), ids=KINDS)
def test_a_resumed_run_is_the_uninterrupted_one(changes, tmp_path):
    whole, half = Trainer(tiny(**changes)), Trainer(tiny(**changes))
    whole.advance(60)
    half.advance(33)  # in the middle of a window and between two measurements
    resumed = resume(save_checkpoint(half, tmp_path / "run"))
    assert (resumed.iteration, resumed.status) == (33, Status.RUNNING)
    resumed.advance(60)
    assert resumed.status is Status.FINISHED
    assert_same(resumed, whole)
    np.testing.assert_array_equal(resumed.samples(50), whole.samples(50))


def test_a_convolutional_run_in_channels_last_resumes_too(tmp_path):
    pytest.importorskip("sklearn")
    changes = {
        "data.name": "digits",
        "generator.architecture": "dcgan",
        "discriminator.architecture": "dcgan",
        "generator.channels": 4,
        "discriminator.channels": 4,
        "generator.norm": "batch",
        "compute.channels_last": True,
        "training.steps": 12,
        "probe.measure_every": 1000,
    }
    whole, half = Trainer(tiny(**changes)), Trainer(tiny(**changes))
    whole.advance(12)
    half.advance(7)
    resumed = resume(save_checkpoint(half, tmp_path / "run"))
    resumed.advance(5)
    assert_same(resumed, whole)


def test_live_changes_are_resumed(tmp_path):
    trainer = Trainer(tiny())
    trainer.advance(10)
    trainer.update({"loss.name": "hinge", "training.steps": 90})
    save_checkpoint(trainer, tmp_path)
    assert resume(tmp_path).config.changes(tiny()) == {"loss.name": "hinge", "training.steps": 90}
    assert load_run(tmp_path).config == trainer.config


def test_a_diverged_run_keeps_its_explanation_and_can_be_retried(tmp_path):
    wild = {f"{who}.{key}": x for who in ("g_optimizer", "d_optimizer") for key, x in
            (("name", "sgd"), ("lr", 10.0))}  # fmt: skip
    trainer = Trainer(tiny(**wild, **{"loss.name": "wasserstein"}))
    trainer.advance(60)
    assert trainer.status is Status.DIVERGED
    run = load_run(save_run(trainer, tmp_path))
    assert (run.status, run.summary.message) == (Status.DIVERGED, trainer.message)
    again = resume(tmp_path)
    assert (again.status, again.message) == (Status.DIVERGED, trainer.message)
    again.retry()
    assert again.status is Status.RUNNING


# -- what is in the folder ---------------------------------------------------------------------


def test_the_folder_holds_what_it_says(finished):
    folder = finished[1]
    assert {path.name for path in folder.iterdir()} == {*ALWAYS, *AT_THE_END, "figures"}
    pages = list((folder / "figures").glob("*.html"))
    assert {"scene.html", "losses.html", "divergences.html"} <= {page.name for page in pages}
    assert all("Plotly.newPlot" in page.read_text(encoding="utf-8") for page in pages)
    assert (folder / "figures" / "plotly.min.js").stat().st_size > 1_000_000
    assert RunConfig.load(folder / "config.json") == finished[0].config


def test_the_history_is_the_same_in_memory_csv_and_parquet(finished):
    trainer, folder = finished
    ours, read = trainer.snapshot().history, load_run(folder).history
    assert ours.rows == 12 and ours["step"][-1] == 60
    with open(folder / "history.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for name in HISTORY_COLUMNS:
        np.testing.assert_array_equal(read[name], ours[name])
        np.testing.assert_array_equal([float(row[name] or "nan") for row in rows], ours[name])
    assert ours.mode_counts.shape == (12, 8)
    np.testing.assert_array_equal(read.mode_counts, ours.mode_counts)


def test_samples_and_weights_are_the_trainers(finished):
    trainer, folder = finished
    real, fake = load_run(folder).samples()
    assert real.shape == fake.shape == (10_000, 2)
    np.testing.assert_array_equal(fake, trainer.samples(10_000))
    assert abs(np.linalg.norm(real, axis=1).mean() - 1) < 0.01  # data scale: a ring of radius 1
    for name, network in zip(("generator", "discriminator"), trainer.networks(), strict=True):
        saved = load_file(folder / f"{name}.safetensors")
        assert saved.keys() == network.state_dict().keys()
        for key, tensor in network.state_dict().items():
            np.testing.assert_array_equal(saved[key], tensor.numpy())


def test_the_summary_keeps_measures_with_floors_and_verdicts(finished):
    trainer, folder = finished
    summary, snapshot = load_run(folder).summary, trainer.snapshot()
    assert (summary.status, summary.step, summary.steps, summary.seed) == ("finished", 60, 60, 0)
    assert summary.seconds == pytest.approx(snapshot.seconds, rel=0.5)
    assert summary.measures["kl"].value == np.inf
    assert summary.measures.keys() == snapshot.measures.keys()
    for name, estimate in snapshot.measures.items():
        np.testing.assert_equal(asdict(summary.measures[name]), asdict(estimate))
    assert summary.verdicts == snapshot.verdicts
    json.loads((folder / "summary.json").read_text(), parse_constant=pytest.fail)


# -- failures while writing --------------------------------------------------------------------


@pytest.mark.parametrize("name", [*ALWAYS, *AT_THE_END])
@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file(name, moment, copy, monkeypatch):
    before = (copy / name).read_bytes()
    trainer = Trainer(tiny(seed=1))
    trainer.advance(60)
    real = getattr(os, moment)

    def fail(*arguments):
        if (copy / f".{name}.tmp").exists():
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(os, moment, fail)
    with pytest.raises(OSError, match="No space"):
        save_run(trainer, copy)
    assert (copy / name).read_bytes() == before
    assert not list(copy.glob(".*"))
    assert load_run(copy).status is Status.FINISHED
    assert resume(copy).iteration == 60


def test_a_run_killed_while_it_trains_is_seen_as_interrupted(tmp_path):
    trainer = Trainer(tiny())
    trainer.advance(20)
    run = load_run(save_checkpoint(trainer, tmp_path / "run"))
    assert (run.status, run.summary.step, run.history.rows) == (Status.RUNNING, 20, 4)
    assert run.figures == ()
    with pytest.raises(ValueError, match=r"samples\.npz is missing"):
        run.samples()


# -- what is refused ---------------------------------------------------------------------------


def damaged(content: bytes) -> dict[str, bytes]:
    middle = len(content) // 2
    flipped = bytes([content[middle] ^ 0x10])
    return {
        "truncated": content[:middle],
        "empty": b"",
        "garbage": b"\x00not this\xff" * 50,
        "flipped": content[:middle] + flipped + content[middle + 1 :],
    }


def read_all(folder: Path) -> None:
    load_run(folder).samples()
    resume(folder)


NOTICED = [
    (name, how)
    for name in (*ALWAYS, *AT_THE_END)
    for how in ("truncated", "empty", "garbage")
    if name != "history.csv"  # for people: nothing is read from it
] + [("checkpoint", "flipped"), ("samples.npz", "flipped")]


@pytest.mark.parametrize(("name", "how"), NOTICED)
def test_damage_is_refused_by_name(name, how, copy):
    (copy / name).write_bytes(damaged((copy / name).read_bytes())[how])
    with pytest.raises(ValueError, match=rf"{name} is damaged \(.+\): restore it") as caught:
        read_all(copy)
    assert "\n" not in str(caught.value)


def test_a_flipped_bit_in_the_history_is_refused(copy):
    path = copy / "history.parquet"
    column = parquet.read_metadata(path).row_group(0).column(2)
    start = column.dictionary_page_offset or column.data_page_offset
    content = bytearray(path.read_bytes())
    content[start + column.total_compressed_size - 1] ^= 0x10
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"history\.parquet is damaged"):
        load_run(copy)


@pytest.mark.parametrize("name", [*ALWAYS, *AT_THE_END])
def test_a_missing_file_is_named(name, copy):
    (copy / name).unlink()
    with pytest.raises(ValueError, match=f"incomplete, .*{name} is missing"):
        load_run(copy)


def test_a_newer_format_is_refused(copy):
    summary = json.loads((copy / "summary.json").read_text()) | {"format": 2, "status": "dreaming"}
    (copy / "summary.json").write_text(json.dumps(summary))
    with pytest.raises(ValueError, match=r"summary.json is of format 2.*upgrade ganlab"):
        load_run(copy)
    save_file({"x": np.zeros(1)}, copy / "checkpoint", {"format": "2"})
    with pytest.raises(ValueError, match=r"checkpoint is of format 2.*upgrade ganlab"):
        resume(copy)


@pytest.mark.parametrize("read", [load_run, resume])
def test_what_is_no_run_is_refused(read, tmp_path):
    with pytest.raises(ValueError, match=r"no run at .*nowhere: the folder does not exist"):
        read(tmp_path / "nowhere")
    (tmp_path / "notes.txt").touch()
    with pytest.raises(ValueError, match="holds no run"):
        read(tmp_path)


def test_removing_a_run_spares_everything_else(copy):
    (copy / "notes.txt").touch()
    (copy / "figures" / "mine.png").touch()
    assert holds_run(copy)
    remove_run(copy)
    assert not holds_run(copy)
    left = {str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()}
    assert left == {"notes.txt", os.path.join("figures", "mine.png")}


def test_figures_with_nothing_to_show_are_not_saved(tmp_path):
    """Points have no Fréchet distance, and a run too short to be measured has no divergences."""
    trainer = Trainer(RunConfig().with_values({"training.steps": 20, "training.batch_size": 32}))
    trainer.advance(10)
    names = {path.stem for path in (save_run(trainer, tmp_path / "run") / "figures").glob("*.html")}
    assert {"scene", "losses", "scores", "value"} <= names
    assert not {"frechet", "divergences", "modes", "mode_map"} & names
