"""What trainers save and share: state as flat tensors, and the last copy known to be healthy."""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping

from torch import Tensor

from ganlab.config import SETTINGS, RunConfig

Tensors = dict[str, Tensor]

HEALTHY_EVERY = 100  # iterations between copies of a healthy state


class Healthy:
    """The newest copy of a state whose next row was sound.

    A copy waits for the row after it: steps that went well show that it did not already hold
    the seed of an explosion.
    """

    def __init__(self, kept: Tensors) -> None:
        self.kept, self._waiting = kept, {}

    def offer(self, iteration: int, copy: Callable[[], Tensors]) -> None:
        """Take a copy where one is due and none waits."""
        if iteration % HEALTHY_EVERY == 0 and not self._waiting:
            self._waiting = copy()

    def confirm(self) -> None:
        """A sound row was recorded."""
        if self._waiting:
            self.kept, self._waiting = self._waiting, {}

    def doubt(self) -> None:
        """The run went wrong: the copy that waits is not to be trusted."""
        self._waiting = {}

    def state_dict(self) -> Tensors:
        return prefixed("healthy/", self.kept) | prefixed("candidate/", self._waiting)

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        self.kept, self._waiting = inside(tensors, "healthy/"), inside(tensors, "candidate/")


def prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> Tensors:
    return {prefix + name: tensor for name, tensor in tensors.items()}


def inside(tensors: Mapping[str, Tensor], prefix: str) -> Tensors:
    """The inverse of ``prefixed``, among other tensors."""
    return {k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)}


def fingerprint(config: RunConfig) -> int:
    """A number that only configurations of the same networks and data share."""
    fixed = {
        path: value
        for path, value in config.flat().items()
        if not SETTINGS[path].live and not path.startswith(("compute.", "probe."))
    }
    return zlib.crc32(json.dumps(fixed, default=str).encode())


@contextlib.contextmanager
def refusing(undo: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Whatever does not fit about a checkpoint, undone, as a ValueError of one sentence."""
    try:
        yield
    except (KeyError, ValueError, RuntimeError) as error:
        undo()
        raise ValueError(f"The checkpoint is incomplete: {error} does not fit.") from None


def fallen_back(at: int, why: str, shown: int) -> str:
    """What a run says that diverged at a step, and shows the healthy state of an earlier one."""
    return (
        f"Diverged at step {at:,}: {why}. You see the last healthy state, step {shown:,}; lower a "
        "learning rate or add a penalty, then retry."
    )
