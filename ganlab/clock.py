"""The processor's settings of a run, and the time it has spent training."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import torch

from ganlab.config import ComputeConfig


@contextlib.contextmanager
def computing(config: ComputeConfig) -> Iterator[None]:
    """A run's number of threads and rounding, for the length of a call."""
    threads = torch.get_num_threads()
    torch.set_num_threads(config.threads)
    torch.set_flush_denormal(config.flush_denormal)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(threads)


class Clock:
    """Seconds of training: those before, and those since it was last started."""

    def __init__(self) -> None:
        self._before, self._since = 0.0, None

    @property
    def seconds(self) -> float:
        running = 0.0 if self._since is None else time.perf_counter() - self._since
        return self._before + running

    def set(self, seconds: float) -> None:
        self._before = seconds

    @contextlib.contextmanager
    def training(self, config: ComputeConfig) -> Iterator[None]:
        """Computing, on the clock."""
        with computing(config):
            self._since = time.perf_counter()
            try:
                yield
            finally:
                self._before, self._since = self.seconds, None
