"""Probe: TrainState -> Snapshot, on latents and a grid drawn once per run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from ganlab.config import DataConfig, RunConfig
from ganlab.data import make_distribution
from ganlab.density import latent_cells, pushforward_1d, pushforward_2d
from ganlab.diagnostics import verdicts
from ganlab.game import Moment, remake
from ganlab.latent import latent_plane, sample_latents
from ganlab.losses import LOSSES, equilibrium
from ganlab.measure import generate, mode_count
from ganlab.seeding import stream
from ganlab.snapshot import STAGES, Estimate, Field, History, Manifold, Snapshot, Stage, Status
from ganlab.state import TrainState

PLANE = {1: 257, 2: 25}  # nodes per side of the shown latent grid
CELLS = {1: 4096, 2: 64}  # latent cells per side behind the exact p_g
SLOPES = 96  # fakes whose slope of D is shown
STAGE_SAMPLES = 64  # of a batch, shown in slow motion


class Probe:
    """Looks at a run without changing it."""

    def __init__(self, state: TrainState) -> None:
        config, data = state.config, state.data
        rng = stream(config.seed, "probe")
        self.latents = sample_latents(config.latent, config.probe.samples, rng)
        self.real = data.sample(config.probe.samples, rng)
        self.points = len(data.shape) == 1
        shown = self.points and config.latent.dim > 0
        side = PLANE[min(config.latent.dim, 2)] if shown else 0
        self.plane = latent_plane(config.latent, side, self.latents[0]) if shown else None
        self.axes = _axes(data.bounds, config.probe.grid) if self.points else ()
        exact = self.points and data.log_prob is not None
        self.p_data = _known_density(config.data, config.probe.grid) if exact else None

    def look(
        self, state: TrainState, history: History, measures: Mapping[str, Estimate]
    ) -> Snapshot:
        """A snapshot of this moment; the trainer adds status, message and seconds."""
        config, data = state.config, state.data
        at_best, modes = goal(config), data.modes
        fake = generate(state, self.latents)
        real_logits, fake_logits, middle = self._scores(state, fake)
        per_step = config.training.batch_size * config.training.d_steps
        return Snapshot(
            step=state.iteration,
            steps=config.training.steps,
            epoch=state.iteration * per_step / data.size if data.size else float("nan"),
            seconds=0.0,
            status=Status.RUNNING,
            message="",
            loss=config.loss.name,
            real=self.real.numpy(),
            fake=fake,
            latents=self.latents.numpy(),
            real_logits=real_logits,
            fake_logits=fake_logits,
            bounds=data.bounds,
            history=history,
            equilibrium=at_best,
            measures=measures,
            verdicts=verdicts(
                history,
                equilibrium=at_best,
                measures=measures,
                modes=mode_count(state),
            ),
            field=self._field(state, middle) if self.points else None,
            manifold=self._manifold(state),
            packing=config.discriminator.packing,
            mode_centres=modes.centres if modes else None,
            mode_std=modes.std if modes else float("nan"),
            slopes=self._slopes(state, fake) if self.points else None,
        )

    def stage(self, state: TrainState, moment: Moment, before: Stage | None) -> Stage:
        """What a sub-step shows; ``before`` is the sub-step before it, None for the first."""
        latents, real = moment.latents[:STAGE_SAMPLES], moment.real[:STAGE_SAMPLES]
        fake, scores, moved = moment.fake, before and before.fake_logits, None
        if fake is not None:
            fake = _numbers(state, fake[:STAGE_SAMPLES])
        if moment.name in ("score", "score again"):
            scores = self._judged(state, moment.fake[:STAGE_SAMPLES])
        if moment.name == "update G":
            moved = _numbers(state, remake(state, moment.latents)[:STAGE_SAMPLES])
        return Stage(
            name=moment.name,
            index=STAGES.index(moment.name),
            latents=latents.cpu().numpy().copy(),
            real=_numbers(state, real),
            fake=fake,
            fake_logits=scores,
            moved=moved,
        )

    def _judged(self, state: TrainState, fake: Tensor) -> np.ndarray:
        """Logits [n] of standardised fakes, on the scale of a snapshot's."""
        middle = self._scores(state, generate(state, self.latents))[2]
        with state.looking() as (_, discriminator):
            return discriminator.score(fake).cpu().numpy() - middle

    def _scores(self, state: TrainState, fake: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Logits of the probe samples [n], and where D is undecided, taken off them."""
        with state.looking() as (_, discriminator):
            real, made = (
                discriminator.score(state.standardised(x.to(state.device))).cpu()
                for x in (self.real, torch.from_numpy(fake))
            )
        middle = float(LOSSES[state.config.loss.name].undecided(real, made))
        return (real - middle).numpy(), (made - middle).numpy(), middle

    def _field(self, state: TrainState, middle: float) -> Field:
        grid = np.stack(np.meshgrid(*self.axes), -1)  # [ny, nx, 2] or [nx, 1]
        x = torch.from_numpy(grid.reshape(-1, len(self.axes))).float().to(state.device)
        with state.looking() as (_, discriminator):
            logits, gradient = discriminator.score_and_gradient(state.standardised(x))
        gradient = gradient / state.std  # per data unit
        return Field(
            axes=self.axes,
            logits=logits.cpu().numpy().reshape(grid.shape[:-1]) - middle,
            gradient=gradient.cpu().numpy().reshape(grid.shape),
            p_data=self.p_data,
            p_g=self._exact_density(state),
        )

    def _slopes(self, state: TrainState, fake: np.ndarray) -> np.ndarray:
        """d logit / d x at the first fakes, [a, dim] per data unit."""
        x = torch.from_numpy(fake[:SLOPES]).to(state.device)
        with state.looking() as (_, discriminator):
            gradient = discriminator.score_and_gradient(state.standardised(x))[1]
        return (gradient / state.std).cpu().numpy()

    def _manifold(self, state: TrainState) -> Manifold | None:
        if self.plane is None:
            return None
        shape = self.plane.shape[:-1]
        images = generate(state, torch.from_numpy(self.plane.reshape(-1, self.plane.shape[-1])))
        shown = self.plane[..., :2] if len(shape) == 2 else self.plane[..., 0]
        return Manifold(latents=shown, images=images.reshape(*shape, *state.data.shape))

    def _exact_density(self, state: TrainState) -> np.ndarray | None:
        """p_g by change of variables, where z has exactly the dimension of the data."""
        latent, dim = state.config.latent, len(self.axes)
        if latent.signs or latent.dim != dim:
            return None
        nodes, masses = latent_cells(latent.kind, dim, CELLS[dim])
        images = generate(state, torch.from_numpy(nodes.reshape(-1, dim)).float())
        if not np.isfinite(images).all():
            return None  # the trainer sees it in the samples, and ends the run
        edges = [_edges(axis) for axis in self.axes]
        if dim == 1:
            return pushforward_1d(images[:, 0], masses, *edges)
        return pushforward_2d(images.reshape(nodes.shape), masses, *edges).T


def _numbers(state: TrainState, x: Tensor) -> np.ndarray:
    """A copy of standardised samples, in data scale."""
    return state.data_scale(x.detach().float()).cpu().numpy().copy()


def goal(config: RunConfig) -> dict[str, float]:
    """History column -> its value when p_g = p_data and D is optimal."""
    chosen = config.loss
    return equilibrium(
        LOSSES[chosen.name],
        real_label=chosen.real_label,
        real_weight=chosen.real_weight,
        fake_weight=chosen.fake_weight,
    )


def fresh_samples(state: TrainState, n: int, seed: int) -> np.ndarray:
    """n fakes for fresh latents, in data scale: [n, *shape]."""
    return generate(state, sample_latents(state.config.latent, n, stream(seed, "fresh")))


def _axes(bounds: np.ndarray, n: int) -> tuple[np.ndarray, ...]:
    """Cell centres of the probe grid; finer in 1-D, where a point costs little.

    In 2-D over the smallest square around the data, which is what the pictures show.
    """
    if len(bounds) == 2:
        middle, half = bounds.mean(1), np.ptp(bounds, axis=1).max() / 2
        bounds = np.stack((middle - half, middle + half), 1)
    else:
        n = 8 * n
    return tuple(low + (np.arange(n) + 0.5) * (high - low) / n for low, high in bounds)


def _edges(centres: np.ndarray) -> np.ndarray:
    half = (centres[1] - centres[0]) / 2
    return np.append(centres - half, centres[-1] + half)


@lru_cache(maxsize=16)
def _known_density(data: DataConfig, n: int) -> np.ndarray:
    """p_data on the probe grid. Some curves take a tenth of a second, so runs share it."""
    source = make_distribution(data.name, std=data.std)
    axes = _axes(source.bounds, n)
    grid = np.stack(np.meshgrid(*axes), -1)
    return np.exp(source.log_prob(grid.reshape(-1, len(axes)))).reshape(grid.shape[:-1])
