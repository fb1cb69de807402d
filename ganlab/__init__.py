"""ganlab: see how generative adversarial networks learn.

from ganlab import PRESETS, train

for snapshot in train(PRESETS["ring8"].config):
    print(snapshot.step, snapshot.history.last("js"))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ganlab.config import RunConfig
    from ganlab.presets import PRESETS
    from ganlab.pretrained import TrainedGenerator, load_generator
    from ganlab.snapshot import History, Snapshot
    from ganlab.training import Trainer, train

__version__ = "0.1.0"

_HOMES = {
    "RunConfig": "config",
    "PRESETS": "presets",
    "History": "snapshot",
    "Snapshot": "snapshot",
    "TrainedGenerator": "pretrained",
    "Trainer": "training",
    "load_generator": "pretrained",
    "train": "training",
}

__all__ = [
    "PRESETS",
    "History",
    "RunConfig",
    "Snapshot",
    "TrainedGenerator",
    "Trainer",
    "load_generator",
    "train",
]


def __getattr__(name: str) -> Any:
    # Imported on first use, so that the command line's help does not wait for torch.
    if name not in _HOMES:
        raise AttributeError(f"module 'ganlab' has no attribute {name!r}")
    return getattr(import_module(f"ganlab.{_HOMES[name]}"), name)
