"""Generators that are looked at without being trained: bundled ones, and those of saved runs.

A source is the name of a bundled generator, or "saved:NAME" with NAME in ``saved_runs()``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ganlab.runs import holds_run

RUNS = Path("runs")  # of the folder in which the server was started
SAVED = "saved:"
WEIGHTS = "generator.safetensors"
NOT_IN_TRAINING = (
    "This generator is not in training; explore it here, or open a lab to train one of your own."
)
UNKNOWN = "There is no generator {!r}; choose one of {}, or a saved run."
ABSENT = "There is no saved run {!r} on this server; choose one that its folder runs/ holds."


def exhibit_id(source: str) -> str:
    """The run id of a source, always the same."""
    return f"exhibit-{hashlib.sha256(source.encode()).hexdigest()[:16]}"


def saved_runs() -> list[str]:
    """Names of the folders in the server's ``runs`` whose run has saved its generator, sorted."""
    if not RUNS.is_dir():
        return []
    return sorted(folder.name for folder in RUNS.iterdir() if _is_saved(folder))


def _is_saved(folder: Path) -> bool:
    """Whether a folder is a run's, and really lies here: links may lead anywhere."""
    weights = (folder / WEIGHTS).resolve()
    here = weights.parent == RUNS.resolve() / folder.name
    return here and weights.is_file() and holds_run(folder)


def place_of(source: str) -> str:
    """What ``load_generator`` takes: a name, or the folder of a saved run.

    Raises ValueError for a run that is not among ``saved_runs()``, and so for any other path.
    """
    from ganlab.pretrained import BUNDLED  # needs torch, which the app does without

    if source in BUNDLED:
        return source
    if not source.startswith(SAVED):
        raise ValueError(UNKNOWN.format(source[:60], ", ".join(BUNDLED)))
    name = source.removeprefix(SAVED)
    if name not in saved_runs():
        raise ValueError(ABSENT.format(name[:60]))
    return str(RUNS / name)
