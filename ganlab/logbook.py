"""What a run writes down as it trains: the steps since the last row, the rows, the measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from ganlab.checkpoint import Tensors, inside, prefixed
from ganlab.diagnostics import Chronicle, divergence
from ganlab.game import DStep
from ganlab.losses import LOSSES
from ganlab.measure import Measurement, generate, make_measurer, measure_latents, mode_count
from ganlab.probe import goal
from ganlab.recorder import Recorder, Window, gradient_norm, insane
from ganlab.snapshot import Estimate, Event, History
from ganlab.state import TrainState


class Logbook:
    """The rows of a run. ``note`` says what cannot be measured, in one sentence."""

    def __init__(self, state: TrainState) -> None:
        self._state = state
        self._measurer = make_measurer(state)
        self._latents = measure_latents(state)
        self._window = Window()
        self._recorder = Recorder(modes=self._measurer.modes)
        self._measured = Measurement({})
        self._chronicle = Chronicle()
        self._explosions: list[Event] = []

    @property
    def note(self) -> str:
        return self._measurer.note

    @property
    def history(self) -> History:
        """The rows so far; a view, cheap to take."""
        return self._recorder.history()

    @property
    def estimates(self) -> Mapping[str, Estimate]:
        """What was measured last, with noise floors."""
        return self._measured.estimates

    @property
    def between_rows(self) -> bool:
        """Whether no step was taken since the last row."""
        return not len(self._window)

    def events(self) -> tuple[Event, ...]:
        """What happened so far that is worth pointing at, oldest first."""
        state = self._state
        self._chronicle.read(
            self.history,
            equilibrium=goal(state.config),
            measures=self.estimates,
            modes=mode_count(state),
        )
        found = (*self._chronicle.events, *self._explosions)
        return tuple(sorted(found, key=lambda event: event.step))

    def diverged(self, step: int, why: str) -> None:
        """Remember an explosion, though its rows will be gone."""
        self._explosions.append(divergence(step, why))

    def add(self, d_stats: DStep, g_loss: Tensor) -> None:
        """Keep an iteration for the next row."""
        self._window.add(d_stats, g_loss)

    def row(self, *, measured: bool, seconds: float) -> str:
        """End a row here; returns why the run must stop, "" for a sound row."""
        state = self._state
        row = self._window.row(LOSSES[state.config.loss.name]) | {
            "step": state.iteration,
            "seconds": seconds,
            "d_grad_norm": gradient_norm(state.discriminator),
            "g_grad_norm": gradient_norm(state.generator),
        }
        wrong, counts = insane(row), None
        if measured and not wrong and not self.note:
            fake = generate(state, self._latents)
            if not np.isfinite(fake).all():
                return "the generator's samples are no longer finite"
            self._measured = self._measurer.measure(fake)
            row |= self._measured.values()
            counts = self._measured.mode_counts
        if not wrong:
            self._recorder.append(row, counts)
        return wrong

    def start_from(self, history: History) -> None:
        """Go on after these rows, of this run or of one with the same data."""
        self._window = Window()
        self._recorder.replace(history)
        self._recall()

    def state_dict(self) -> Tensors:
        table = {k: torch.from_numpy(x.astype(float)) for k, x in self._recorder.arrays().items()}
        window = {name: x.cpu() for name, x in self._window.joined().items()}
        return prefixed("window/", window) | prefixed("history/", table)

    def load_state_dict(self, tensors: Mapping[str, Tensor]) -> None:
        self._window.load(inside(tensors, "window/"))
        self._recorder.load({k: x.numpy() for k, x in inside(tensors, "history/").items()})
        self._recall()

    def _recall(self) -> None:
        """The last measurement, from the history; only the floors are taken anew."""
        if self.note:
            return
        found = self._measurer.measure(generate(self._state, self._latents)).estimates
        history = self.history
        known = np.any([~np.isnan(history[name]) for name in found], axis=0)
        values = {name: history[name][known][-1:] for name in found}
        self._measured = Measurement(
            {name: replace(found[name], value=float(x[0])) for name, x in values.items() if len(x)}
        )
