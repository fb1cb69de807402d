"""Saving a run."""

from __future__ import annotations

import io
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import ganlab
from ganlab.config import RunConfig
from ganlab.runs.files import FORMAT, MODE_COUNTS, checksum, write
from ganlab.snapshot import History, Snapshot, Status

if TYPE_CHECKING:
    from torch import nn

    from ganlab.training import Trainer

SAMPLES = 10_000


def save_run(trainer: Trainer, folder: str | Path) -> Path:
    """Save everything about a run, finished or not; returns the folder, made if absent."""
    folder = Path(folder)
    snapshot = trainer.snapshot()
    _save_state(trainer, snapshot, folder)
    samples = {"real": trainer.real_samples(SAMPLES), "fake": trainer.samples(SAMPLES)}
    write(folder / "samples.npz", _npz(samples))
    for name, network in zip(("generator", "discriminator"), trainer.networks(), strict=True):
        write(folder / f"{name}.safetensors", _weights(network, trainer))
    _save_figures(snapshot, folder)
    # Last of all: a summary that says "finished" promises that the rest is there.
    write(folder / "summary.json", _summary(snapshot, trainer.config))
    return folder


def save_checkpoint(trainer: Trainer, folder: str | Path) -> Path:
    """Save what resuming and a first look need, without samples, weights and figures."""
    folder, snapshot = Path(folder), trainer.snapshot()
    _save_state(trainer, snapshot, folder)
    if snapshot.status is Status.RUNNING:
        write(folder / "summary.json", _summary(snapshot, trainer.config))
    return folder


def _save_state(trainer: Trainer, snapshot: Snapshot, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "checkpoint", _checkpoint(trainer))
    write(folder / "config.json", trainer.config.to_json().encode())
    for name, content in _tables(snapshot.history).items():
        write(folder / name, content)


def _checkpoint(trainer: Trainer) -> bytes:
    from safetensors.torch import save

    tensors = {name: x.contiguous() for name, x in trainer.state_dict().items()}
    kind = {"checksum": checksum(tensors), "message": trainer.message}
    return save(tensors, _metadata(trainer.config) | kind)


def _weights(network: nn.Module, trainer: Trainer) -> bytes:
    """A network, with the standardisation it lives in: data = mean + std * what it sees."""
    from safetensors.torch import save

    tensors = {k: x.detach().cpu().contiguous() for k, x in network.state_dict().items()}
    mean, std = (json.dumps(x.tolist()) for x in trainer.standardisation)
    return save(tensors, _metadata(trainer.config) | {"mean": mean, "std": std})


def _metadata(config: RunConfig) -> dict[str, str]:
    return {"format": str(FORMAT), "ganlab": ganlab.__version__, "config": config.to_json()}


def _npz(arrays: Mapping[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def _tables(history: History) -> dict[str, bytes]:
    """history.csv and history.parquet; what was not measured is empty."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    columns = dict(history.columns)
    if history.mode_counts is not None:
        columns |= {f"{MODE_COUNTS}{k}": x for k, x in enumerate(history.mode_counts.T)}
    table = pa.table({k: pa.array(x, pa.float64(), from_pandas=True) for k, x in columns.items()})
    files = {"history.csv": io.BytesIO(), "history.parquet": io.BytesIO()}
    files["history.csv"].write((",".join(columns) + "\n").encode())
    plain = csv.WriteOptions(include_header=False, quoting_style="none")
    csv.write_csv(table, files["history.csv"], plain)
    parquet.write_table(table, files["history.parquet"], write_page_checksum=True)
    return {name: file.getvalue() for name, file in files.items()}


def _summary(snapshot: Snapshot, config: RunConfig) -> bytes:
    known = {
        "format": FORMAT,
        "ganlab": ganlab.__version__,
        "status": snapshot.status,
        "message": snapshot.message,
        "step": snapshot.step,
        "steps": snapshot.steps,
        "seconds": round(snapshot.seconds, 3),
        "seed": config.seed,
        "measures": {
            name: {
                "value": _number(estimate.value),
                "floor": _number(estimate.floor),
                "estimator": estimate.estimator,
            }
            for name, estimate in snapshot.measures.items()
        },
        "verdicts": [asdict(verdict) for verdict in snapshot.verdicts],
    }
    return json.dumps(known, indent=2, allow_nan=False).encode()


def _number(value: float) -> float | str:
    # JSON has no infinity: KL is infinite when a mode is missing.
    return float(value) if np.isfinite(value) else str(float(value))


def _save_figures(snapshot: Snapshot, folder: Path) -> None:
    from ganlab.figures import FIGURES, save_html, scene_for

    (folder / "figures").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".figures") as made:
        charts = {name: spec for name, spec in FIGURES.items() if spec.applies(snapshot)}
        for name, spec in {"scene": scene_for(snapshot), **charts}.items():
            save_html(spec.figure(spec.data(snapshot)), Path(made) / f"{name}.html")
        for file in Path(made).iterdir():
            os.replace(file, folder / "figures" / file.name)
