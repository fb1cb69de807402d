"""Everything slow about a run's beginning, for a thread of its own: data, trainer, first look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ganlab.config import ConfigError, DataConfig, RunConfig, kind_of
from ganlab.data import pack_points
from ganlab.data.images import absent_file
from ganlab.live import protocol
from ganlab.live.anatomy import anatomy
from ganlab.live.picture import compose_static
from ganlab.snapshot import Snapshot
from ganlab.training import Trainer

LABS = {1: "1-D lab", 2: "2-D lab", "image": "image lab"}
ABSENT = (
    "{} is not on the server, and a page downloads nothing; choose digits, which are always "
    "here, or run `ganlab train mnist_quick --data.name {}` there once, which fetches it"
)
# Settings that belong to the data of one name, and go with it.
OF_THE_DATA = ("data.std", "data.path", "data.drawn", "data.classes")


@dataclass(frozen=True)
class Built:
    """A run at its start: first look, and the message with all that stays the same."""

    trainer: Trainer
    snapshot: Snapshot
    static: bytes


def build(config: RunConfig, make: Callable[[], Trainer]) -> Built:
    """Make a trainer that has this configuration. Raises ValueError where it cannot be had."""
    check_on_disk(config.data)
    trainer = make()
    snapshot = trainer.snapshot()
    trainer.events()  # of a branch: its history is read here, once
    return Built(trainer, snapshot, compose_static(snapshot, config, anatomy(trainer)))


def check_on_disk(data: DataConfig) -> None:
    """Raises ConfigError for images that would have to be downloaded first."""
    missing = absent_file(data.name, ("train", "test") if data.classes else ("train",))
    if missing:
        raise ConfigError("data.name", data.name, ABSENT.format(missing, data.name))


def changed(config: RunConfig, command: protocol.Reset | protocol.Draw) -> RunConfig:
    """The configuration that a command asks for. Raises ValueError.

    Data of another kind need another page: its picture and charts are different.
    """
    values = dict(command.values) if isinstance(command, protocol.Reset) else _drawn(command)
    if values.get("data.name", config.data.name) != config.data.name or "data.drawn" in values:
        fresh = RunConfig().flat()
        values = {path: fresh[path] for path in OF_THE_DATA} | values
    own = {path: value for path, value in values.items() if path.startswith("data.")}
    data = RunConfig(data=config.data).with_values(own).data
    kind = kind_of(data)
    if kind != kind_of(config.data):
        raise ConfigError("data.name", data.name, f"it has no place here, open the {LABS[kind]}")
    return config.with_values(values)


def _drawn(command: protocol.Draw) -> dict[str, str]:
    return {"data.name": "points", "data.drawn": pack_points(np.array(command.points, float))}
