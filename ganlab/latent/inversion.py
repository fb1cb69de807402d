"""Finding a z whose sample looks like a given one, by gradient descent in the latent space.

    min over z of  mean (G(z) - target)^2 + prior * (distance of |z| to the prior's shell)^2

from several starts (Zhu et al. 2016, "Generative visual manipulation on the natural image
manifold"; bounded coordinates are clipped as in Lipton and Tripathi 2017).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from ganlab.config import LatentConfig
from ganlab.latent.laws import norms, sample_latents, shell
from ganlab.latent.reading import evaluating

LEARNING_RATE = 0.3  # the best of 0.05 to 0.5 on digit generators of 2 to 64 dimensions
DRAWS = 16  # looked at for each start
ROUNDS = (0.25, 0.5)  # after these shares of the steps the worse half of the starts retires
LIMITS = {"normal": math.inf, "uniform": 1.0}  # of each continuous coordinate


@dataclass(frozen=True)
class Inversion:
    """How far the search has come.

    z: [latent] and sample: [*shape], the best so far; loss: its mean squared error; losses:
    [starts], each start's last error (infinite before step 1; a retired one's stays). Sign
    coordinates of z may lie anywhere in [-1, 1].
    """

    step: int
    steps: int
    z: Tensor
    sample: Tensor
    loss: float
    losses: Tensor
    done: bool


def invert(
    generator: nn.Module,
    config: LatentConfig,
    target: Tensor,
    *,
    starts: int = 8,
    steps: int = 300,
    seed: int = 0,
    every: int = 10,
    prior: float = 1e-3,
) -> Iterator[Inversion]:
    """Search for the z of a sample; yields after every few pieces of work, and at the end.

    target: [*shape], in the generator's units: a point [d] or an image [1, h, w]. The best of
    many draws are the starts; all descend at once by Adam with a cosine rate, and twice the worse
    half of them retires. A piece of work is one step of all starts, or one look at as many draws
    (16 looks come first, as step 0). Same arguments, same result. The generator must not move
    meanwhile: give a copy of one that trains. Raises ValueError.
    """
    if min(starts, steps, every) < 1:
        raise ValueError(
            f"{starts} starts, {steps} steps, a report every {every}: give at least 1 of each."
        )
    if not target.isfinite().all():
        raise ValueError("The target holds numbers that are not finite: give a clean sample.")
    search = _Search(generator, config, target.detach(), starts, prior)
    return _reports(search, steps, seed, every)


def _reports(search: _Search, steps: int, seed: int, every: int) -> Iterator[Inversion]:
    for piece, step in enumerate(search.work(steps, seed), start=1):
        done = step == steps
        if done or piece % every == 0:
            losses = search.losses.clone()
            yield Inversion(step, steps, search.z, search.sample, search.loss, losses, done)


class _Search:
    """Several starts on their way to one target, and the best that any of them has seen."""

    def __init__(
        self, generator: nn.Module, config: LatentConfig, target: Tensor, starts: int, prior: float
    ) -> None:
        self.generator, self.config, self.target = generator, config, target
        self.prior, self.shell = prior, shell(config)
        limits = [LIMITS[config.kind]] * config.dim + [1.0] * config.signs
        self.limits = torch.tensor(limits).to(target)
        self.losses = torch.full((starts,), math.inf).to(target)
        self.cost = self.loss = math.inf

    def work(self, steps: int, seed: int) -> Iterator[int]:
        """Pieces of about equal length; yields how many steps have been taken."""
        starts = len(self.losses)
        rng = torch.Generator().manual_seed(seed)
        draws = sample_latents(self.config, starts * DRAWS, rng).to(self.target)
        looks = []
        for some in draws.split(starts):
            looks.append(self._look(some))
            yield 0
        errors = torch.cat(looks)
        nearest = errors.argsort(stable=True)[:starts]
        self.losses = errors[nearest]
        yield from self._descent(draws[nearest], steps)

    def _descent(self, latents: Tensor, steps: int) -> Iterator[int]:
        latents.requires_grad_()
        adam = torch.optim.Adam([latents], lr=LEARNING_RATE)
        going = torch.arange(len(latents))  # the starts that have not retired
        rounds = [round(share * steps) for share in ROUNDS]
        for step in range(steps):
            if step in rounds:
                ranked = going[self.losses[going].argsort(stable=True)]
                going = ranked[: (len(ranked) + 1) // 2]
            adam.param_groups[0]["lr"] = LEARNING_RATE * (1 + math.cos(math.pi * step / steps)) / 2
            self._advance(latents, going, adam)
            yield step + 1

    @torch.no_grad()
    def _look(self, latents: Tensor) -> Tensor:
        """Mean squared errors [n] of latents [n, latent]."""
        errors, _ = self._judge(latents)
        if not math.isfinite(self.cost):
            raise ValueError("G's samples are not finite: look at an earlier step of the run.")
        return errors

    @torch.enable_grad()
    def _advance(self, latents: Tensor, going: Tensor, adam: torch.optim.Adam) -> None:
        errors, costs = self._judge(latents[going])
        (latents.grad,) = torch.autograd.grad(costs.sum(), latents)
        self.losses[going] = errors.detach()
        adam.step()
        with torch.no_grad():
            latents.clamp_(-self.limits, self.limits)

    def _judge(self, latents: Tensor) -> tuple[Tensor, Tensor]:
        """Mean squared errors and what is minimised, [n] each; remembers the best on the way."""
        with evaluating(self.generator):
            samples = self.generator(latents)  # [n, *shape]
        if samples.shape[1:] != self.target.shape:
            raise ValueError(
                f"The target has shape {list(self.target.shape)}: G makes samples of shape "
                f"{list(samples.shape[1:])}, so give one of these."
            )
        errors = (samples - self.target).square().flatten(1).mean(1)
        costs = errors + self.prior * self._outside(latents).square()
        least = costs.detach().nan_to_num(nan=math.inf).argmin()
        if costs[least].item() < self.cost:
            self.cost, self.loss = costs[least].item(), errors[least].item()
            self.z, self.sample = latents[least].detach().clone(), samples[least].detach().clone()
        return errors, costs

    def _outside(self, latents: Tensor) -> Tensor:
        """How far |z| is from the shell that holds 95 % of the prior's mass: [n], 0 inside."""
        radius = norms(self.config, latents)
        return relu(self.shell.low - radius) + relu(radius - self.shell.high)
