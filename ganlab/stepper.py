"""Steps a run's state: by whole iterations, by their sub-steps, or one network alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor

from ganlab.checkpoint import Tensors
from ganlab.game import DStep, Moment, d_step, g_step, iterate, sub_steps
from ganlab.state import TrainState

ALONE: dict[str, Callable[[TrainState], Tensor]] = {
    "d": lambda state: d_step(state).loss,
    "g": g_step,
}


class Stepper:
    """``book`` is told of each iteration done: D's last step, G's loss.

    extra: who -> updates made alone so far. half_way: the iteration that is watched by its
    sub-steps, None between two.
    """

    def __init__(self, state: TrainState, book: Callable[[DStep, Tensor], None]) -> None:
        self.extra = dict.fromkeys(ALONE, 0)
        self.half_way: Iterator[Moment] | None = None
        self._state, self._book = state, book

    def iterate(self) -> None:
        """One whole iteration."""
        self._book(*iterate(self._state))

    def begin(self) -> Iterator[Moment]:
        """An iteration to be gone through by ``sub_step``."""
        self.half_way = sub_steps(self._state)
        return self.half_way

    def sub_step(self) -> Moment | None:
        """The next sub-step of the iteration begun; None when it is done, and booked."""
        try:
            with torch.no_grad():
                return next(self.half_way)
        except StopIteration as end:
            self.half_way = None
            self._book(*end.value)
            return None

    def alone(self, who: str, n: int) -> float:
        """n updates of "d" or "g" alone, their mean loss. Raises ValueError unless n >= 1."""
        if n < 1:
            raise ValueError(f"n = {n} is not allowed: give a whole number of updates from 1.")
        self._state.retune()
        losses = [ALONE[who](self._state) for _ in range(n)]
        self.extra[who] += n
        return float(torch.stack(losses).mean())

    def state_dict(self) -> Tensors:
        """Networks, optimisers, random generators and counters, copied."""
        return self._state.state_dict() | {"extra": torch.tensor(list(self.extra.values()))}

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        """Stand where ``tensors`` were taken; an iteration half-way is forgotten."""
        self.half_way = None
        self._state.load_state_dict(tensors)
        none = torch.zeros(2, dtype=torch.int64)  # as in runs saved before they were counted
        self.extra = dict(zip(ALONE, tensors.get("extra", none).tolist(), strict=True))
