"""Steps per second against a textbook PyTorch loop, and what watching costs.

    python benchmarks/speed.py [--rounds 9] [--steps 200]

Both sides train the same networks on the same data with the same batch, penalties and Adam, on
one thread, in turns (A B A B ...), so that a busy machine slows both alike; the ratio is the
median over the rounds. The textbook loop is written as tutorials write it: ``nn.Sequential``,
``BCEWithLogitsLoss`` against vectors of ones and zeros, separate passes for real and fake, the
default Adam, ``.item()`` of both losses at every step, and R1 and R2 by double backward. Ours
records its history as usual; divergences are not measured on either side.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ganlab.config import RunConfig
from ganlab.data import Distribution, make_distribution
from ganlab.latent import sample_latents
from ganlab.training import Trainer

TARGET_RATIO = 1.5
TARGET_SHARE = 0.10  # of the processor, for ten snapshots a second

COMMON = {
    "loss.name": "non_saturating",
    "training.steps": 1_000_000,
    "training.decay": "constant",
    "training.ema": 0,
    "probe.measure_every": 1_000_000,
    "compute.device": "cpu",
}
NO_PENALTY = {"penalty.r1": 0, "penalty.r2": 0}
MNIST_SIZE = {
    "data.name": "mnist",
    "training.batch_size": 64,
    "latent.dim": 64,
    "latent.signs": 0,
    "generator.widths": (128,),
    "generator.output": "tanh",
    "discriminator.widths": (128,),
}
CASES: dict[str, dict[str, object]] = {
    "ring8, 2x64, batch 512, no penalty": COMMON | NO_PENALTY,
    "ring8, 2x64, batch 512, R1 + R2 each step": COMMON,
    "MNIST, 1x128, batch 64, no penalty": COMMON | NO_PENALTY | MNIST_SIZE,
}
WATCHED: dict[str, dict[str, object]] = {
    "ring8, default latent": {},
    "ring8, z of dimension 2 (exact p_g)": {"latent.signs": 0},
    "gaussian1d, z of dimension 1 (exact p_g)": {
        "data.name": "gaussian1d",
        "latent.dim": 1,
        "latent.signs": 0,
    },
}


def sequential(sizes: tuple[int, ...], last: nn.Module | None) -> nn.Sequential:
    """The tutorial's MLP: linear layers with leaky ReLU between them."""
    modules: list[nn.Module] = []
    for inputs, outputs in itertools.pairwise(sizes):
        modules += [nn.Linear(inputs, outputs), nn.LeakyReLU(0.2)]
    return nn.Sequential(*modules[:-1], *([last] if last else []))


class Textbook:
    """The loop of the tutorials for the same configuration."""

    def __init__(self, config: RunConfig, data: Distribution) -> None:
        self.config, self.data = config, data
        self.rng = torch.Generator().manual_seed(config.seed)
        dim = data.mean.size if len(data.shape) == 1 else 28 * 28
        last = nn.Tanh() if config.generator.output == "tanh" else None
        self.generator = sequential((config.latent.size, *config.generator.widths, dim), last)
        self.discriminator = sequential((dim, *config.discriminator.widths, 1), None)
        self.g_optimizer = self._adam(self.generator, config.g_optimizer)
        self.d_optimizer = self._adam(self.discriminator, config.d_optimizer)
        self.criterion = nn.BCEWithLogitsLoss()
        self.mean, self.std = (torch.as_tensor(x).float() for x in (data.mean, data.std))
        self.losses: list[tuple[float, float]] = []

    @staticmethod
    def _adam(network: nn.Module, settings) -> torch.optim.Adam:
        return torch.optim.Adam(
            network.parameters(), lr=settings.lr, betas=(settings.beta1, settings.beta2)
        )

    def _penalty(self, x: Tensor, weight: float) -> Tensor:
        x = x.detach().requires_grad_(True)
        (gradient,) = torch.autograd.grad(self.discriminator(x).sum(), x, create_graph=True)
        return weight / 2 * gradient.square().sum(1).mean()

    def step(self) -> None:
        config, n = self.config, self.config.training.batch_size
        real = self.data.sample(n, self.rng)
        real = (real - self.mean) / self.std if real.dim() == 2 else real.flatten(1)
        ones, zeros = torch.ones(n, 1), torch.zeros(n, 1)
        fake = self.generator(sample_latents(config.latent, n, self.rng))

        self.d_optimizer.zero_grad()
        d_loss = self.criterion(self.discriminator(real), ones)
        d_loss = d_loss + self.criterion(self.discriminator(fake.detach()), zeros)
        loss = d_loss
        if config.penalty.r1:
            loss = loss + self._penalty(real, config.penalty.r1)
        if config.penalty.r2:
            loss = loss + self._penalty(fake, config.penalty.r2)
        loss.backward()
        self.d_optimizer.step()

        self.g_optimizer.zero_grad()
        g_loss = self.criterion(self.discriminator(fake), ones)
        g_loss.backward()
        self.g_optimizer.step()
        self.losses.append((d_loss.item(), g_loss.item()))

    def advance(self, n: int) -> None:
        for _ in range(n):
            self.step()


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(values: dict[str, object], rounds: int, steps: int) -> tuple[float, float, float]:
    """(our steps per second, the textbook's, the median ratio) over interleaved rounds."""
    config = RunConfig().with_values(values)
    data = make_distribution(config.data.name)
    ours, textbook = Trainer(config), Textbook(config, data)
    ours.advance(steps // 4)
    textbook.advance(steps // 4)
    pairs = [
        (seconds(lambda: ours.advance(steps)), seconds(lambda: textbook.advance(steps)))
        for _ in range(rounds)
    ]
    mine, theirs = zip(*pairs, strict=True)
    ratio = statistics.median(b / a for a, b in pairs)
    return steps / statistics.median(mine), steps / statistics.median(theirs), ratio


def watching(values: dict[str, object], rounds: int) -> tuple[float, float]:
    """(median ms of a snapshot, of a step) in a run with a history of 1,000 rows."""
    trainer = Trainer(RunConfig().with_values({"training.steps": 10**6} | values))
    trainer.update({"training.batch_size": 8})
    trainer.advance(10_000)
    trainer.update({"training.batch_size": 512})
    shots, steps = [], []
    for _ in range(rounds):
        steps.append(seconds(lambda: trainer.advance(100)) / 100)
        shots.append(seconds(trainer.snapshot))
    return 1e3 * statistics.median(shots), 1e3 * statistics.median(steps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=200)
    options = parser.parse_args()
    torch.set_num_threads(1)

    print(f"Steps per second, one thread; target at least {TARGET_RATIO} x the textbook loop.")
    print(f"{'configuration':<44}{'ours':>9}{'textbook':>10}{'ratio':>8}")
    for name, values in CASES.items():
        try:
            ours, textbook, ratio = compare(values, options.rounds, options.steps)
        except ValueError as error:  # MNIST is not on every machine
            print(f"{name:<44}  skipped: {error}")
            continue
        verdict = "" if ratio >= TARGET_RATIO else "  below target"
        print(f"{name:<44}{ours:>9.0f}{textbook:>10.0f}{ratio:>7.2f}x{verdict}")

    print(f"\nSnapshots at 10 Hz; target under {TARGET_SHARE:.0%} of the time.")
    print(f"{'configuration':<44}{'snapshot':>11}{'step':>9}{'share':>8}")
    for name, values in WATCHED.items():
        shot, step = watching(values, options.rounds)
        share = shot / 100  # ten a second: ms per 100 ms
        verdict = "" if share < TARGET_SHARE else "  above target"
        print(f"{name:<44}{shot:>8.1f} ms{step:>6.2f} ms{share:>8.1%}{verdict}")


if __name__ == "__main__":
    main()
