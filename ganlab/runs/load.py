"""Reading a run back, and refusing in one sentence what is not one."""

from __future__ import annotations

import contextlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ganlab.config import RunConfig
from ganlab.runs.files import (
    ALWAYS,
    AT_THE_END,
    MODE_COUNTS,
    NewerFormatError,
    check_format,
    checksum,
)
from ganlab.snapshot import HISTORY_COLUMNS, Estimate, History, Status, Verdict

if TYPE_CHECKING:
    from torch import Tensor

    from ganlab.training import Trainer


@dataclass(frozen=True)
class Summary:
    """Where a run stood when it was saved; ``status`` RUNNING means it was interrupted."""

    status: Status
    message: str
    step: int
    steps: int
    seconds: float
    seed: int
    measures: Mapping[str, Estimate]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True)
class Run:
    """A saved run. ``figures``: the HTML files, by name."""

    folder: Path
    config: RunConfig
    history: History
    summary: Summary
    figures: tuple[Path, ...]

    @property
    def status(self) -> Status:
        return self.summary.status

    def samples(self) -> tuple[np.ndarray, np.ndarray]:
        """(real, fake), each [10000, *shape] in data scale. Raises ValueError if damaged."""
        path = self.folder / "samples.npz"
        with _reading(path), np.load(path, allow_pickle=False) as arrays:
            return arrays["real"], arrays["fake"]


def load_run(folder: str | Path) -> Run:
    """Read a run, without torch.

    Raises ValueError, in one sentence naming the file, if the folder holds no run, or one that
    is incomplete, damaged or of a newer ganlab.
    """
    folder = _run_folder(folder)
    with _reading(folder / "summary.json") as path:
        summary = _parse_summary(json.loads(path.read_text(encoding="utf-8")))
    with _reading(folder / "config.json") as path:
        config = RunConfig.from_dict(json.loads(path.read_text(encoding="utf-8")))
    with _reading(folder / "history.parquet") as path:
        history = _read_history(path)
    # An interrupted run may have been killed before it came to the rest.
    for name in ALWAYS if summary.status is Status.RUNNING else ALWAYS + AT_THE_END:
        with _reading(folder / name) as path:
            CHECKS.get(path.name, _no_check)(path)
    return Run(folder, config, history, summary, tuple(sorted(folder.glob("figures/*.html"))))


def resume(folder: str | Path) -> Trainer:
    """The trainer of a saved run, where it stood: it goes on bit for bit.

    Raises ValueError as ``load_run`` does, and where its data or device are not to be had.
    """
    from ganlab.training import Trainer

    with _reading(_run_folder(folder) / "checkpoint") as path:
        tensors, metadata = _read_checkpoint(path)
        config = RunConfig.from_dict(json.loads(metadata["config"]))
    trainer = Trainer(config)
    trainer.load_state_dict(tensors)
    trainer.message = metadata["message"]
    return trainer


def holds_run(folder: str | Path) -> bool:
    """Whether a run was saved here, complete or not."""
    return (Path(folder) / "checkpoint").is_file()


def remove_run(folder: str | Path) -> None:
    """Delete the files of a run, and nothing else in its folder."""
    folder = Path(folder)
    figures = [*folder.glob("figures/*.html"), folder / "figures" / "plotly.min.js"]
    for path in (*figures, *(folder / name for name in ALWAYS + AT_THE_END)):
        path.unlink(missing_ok=True)


def _run_folder(folder: str | Path) -> Path:
    folder = Path(folder)
    if not folder.is_dir():
        raise ValueError(f"There is no run at {folder}: the folder does not exist.")
    if not any((folder / name).exists() for name in ALWAYS):
        raise ValueError(f"{folder} holds no run: a run's folder has a checkpoint in it.")
    return folder


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[Path]:
    """Turn whatever goes wrong inside a file into one sentence that names it."""
    from safetensors import SafetensorError

    broken = (ValueError, LookupError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)
    if not path.is_file():
        raise ValueError(f"The run is incomplete, {path} is missing: resume it, or train again.")
    try:
        yield path
    except NewerFormatError as error:
        raise ValueError(f"{path} is of {error}: upgrade ganlab to read it.") from None
    except (OSError, SafetensorError, *broken) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # not the file's fault: permissions, a full disk
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(
            f"{path} is damaged ({reason}): restore it from a copy, or train again."
        ) from None


def _parse_summary(known: dict[str, Any]) -> Summary:
    check_format(known["format"])
    measures = {
        name: Estimate(float(x["value"]), float(x["floor"]), x["estimator"])
        for name, x in known["measures"].items()
    }
    return Summary(
        status=Status(known["status"]),
        measures=measures,
        verdicts=tuple(Verdict(**verdict) for verdict in known["verdicts"]),
        **{k: known[k] for k in ("message", "step", "steps", "seconds", "seed")},
    )


def _read_history(path: Path) -> History:
    from pyarrow import parquet

    table = parquet.read_table(path, page_checksum_verification=True)
    found = {name: table[name].to_numpy() for name in table.column_names}
    blank = np.full(len(found["step"]), np.nan)  # a column of a later version
    counts = [found[name] for name in found if name.startswith(MODE_COUNTS)]
    return History(
        {name: found.get(name, blank) for name in HISTORY_COLUMNS},
        np.stack(counts, 1).astype(np.float32) if counts else None,
    )


def _read_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    from safetensors import safe_open

    with safe_open(path, "pt") as file:
        metadata = file.metadata() or {}
        check_format(metadata["format"])
        # Copies, because the file will be replaced while the run goes on.
        tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
    if metadata["checksum"] != checksum(tensors):
        raise ValueError("its checksum does not match")
    return tensors, metadata


def _check_tensors(path: Path) -> None:
    from safetensors import safe_open

    with safe_open(path, "numpy"):
        pass  # the header and the length were read and agree


def _check_zip(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        archive.getinfo("real.npy"), archive.getinfo("fake.npy")


def _no_check(path: Path) -> None:
    """Read elsewhere, or by people only."""


CHECKS: dict[str, Callable[[Path], None]] = {
    "checkpoint": _check_tensors,
    "generator.safetensors": _check_tensors,
    "discriminator.safetensors": _check_tensors,
    "samples.npz": _check_zip,
}
