"""The game against a hand-written loop in plain PyTorch: same draws, autograd throughout."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from ganlab.config import RunConfig
from ganlab.data import make_distribution
from ganlab.latent import sample_latents
from ganlab.losses import LOSSES
from ganlab.seeding import stream
from ganlab.training import Trainer

STEPS = 6


def sequential(network: nn.Module) -> nn.Sequential:
    """The same weights in the textbook's form."""
    modules: list[nn.Module] = []
    for layer in copy.deepcopy(network).layers:
        modules += [layer, nn.LeakyReLU(0.2)]
    return nn.Sequential(*modules[:-1])


@dataclass
class Textbook:
    """A loop that knows only the papers' formulas and the order of the random draws."""

    config: RunConfig
    generator: nn.Sequential
    discriminator: nn.Sequential
    done: int = 0
    d_done: int = 0
    seen: list[dict[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        c = self.config
        self.data = make_distribution(c.data.name)
        self.mean, self.std = (torch.tensor(x).float() for x in (self.data.mean, self.data.std))
        self.rng = stream(c.seed, "training")
        self.g_optimizer = self.rule(self.generator, c.g_optimizer)
        self.d_optimizer = self.rule(self.discriminator, c.d_optimizer)
        self.ema = copy.deepcopy(self.generator)

    @staticmethod
    def rule(network: nn.Module, c) -> torch.optim.Optimizer:
        if c.name == "sgd":
            return torch.optim.SGD(network.parameters(), lr=c.lr)
        return torch.optim.Adam(network.parameters(), lr=c.lr, betas=(c.beta1, c.beta2), eps=1e-8)

    def batch(self) -> tuple[Tensor, Tensor]:
        n = self.config.training.batch_size
        real = (self.data.sample(n, self.rng) - self.mean) / self.std
        return real, self.generator(sample_latents(self.config.latent, n, self.rng))

    def noisy(self, x: Tensor) -> Tensor:
        p, progress = self.config.penalty, self.done / self.config.training.steps
        std = p.instance_noise * max(0.0, 1 - progress / p.noise_until)
        return x + std * torch.randn(x.shape, generator=self.rng) if std else x

    def d_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        r, f, c = self.discriminator(real)[:, 0], self.discriminator(fake)[:, 0], self.config.loss
        s = c.real_label
        terms = {
            "minimax": (s * softplus(-r) + (1 - s) * softplus(r), softplus(f)),
            "least_squares": ((r - s) ** 2, f**2),
            "wasserstein": (-s * r, f),
            "hinge": (torch.clamp(s - r, min=0), torch.clamp(1 + f, min=0)),
            "relativistic": (softplus(f - r) + (1 - s) * (r - f), 0 * f),
            "relativistic_average": (
                softplus(f.mean() - r) + (1 - s) * (r - f.mean()),
                softplus(f - r.mean()),
            ),
        }
        on_real, on_fake = terms[c.name if c.name != "non_saturating" else "minimax"]
        return c.real_weight * on_real.mean() + c.fake_weight * on_fake.mean()

    def slope(self, x: Tensor) -> Tensor:
        x = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(self.discriminator(x).sum(), x, create_graph=True)
        return gradient.norm(dim=1)

    def penalty(self, real: Tensor, fake: Tensor) -> Tensor:
        p = self.config.penalty
        if self.d_done % p.interval:
            return torch.zeros(())
        progress = self.done / self.config.training.steps
        total = p.r1 / 2 * self.slope(real).square().mean()
        total = total + p.r2 / 2 * self.slope(fake).square().mean()
        if p.gradient_penalty:
            share = torch.rand(len(real), 1, generator=self.rng)
            excess = self.slope(real + share * (fake - real)) - 1
            excess = excess if p.sides == "two" else torch.clamp(excess, min=0)
            total = total + p.gradient_penalty * excess.square().mean()
        return p.interval * (1 + (p.final - 1) * progress) * total

    def d_gradient(self, real: Tensor, fake: Tensor) -> dict[str, float]:
        real, fake = self.noisy(real), self.noisy(fake.detach())
        loss, penalty = self.d_loss(real, fake), self.penalty(real, fake)
        self.d_optimizer.zero_grad()
        (loss + penalty).backward()
        with torch.no_grad():
            logits = [self.discriminator(x) for x in (real, fake)]
            # A relativistic loss fixes logits up to a shift: 0 is midway between the sides.
            relative = self.config.loss.name.startswith("relativistic")
            middle = (logits[0].mean() + logits[1].mean()) / 2 if relative else 0.0
            if self.config.loss.name == "least_squares":
                middle = 0.5  # its targets are 1 and 0
            d = [torch.sigmoid(x - middle) for x in logits]
        return {
            "d_loss": loss.item(),
            "penalty": penalty.item(),
            "d_real": d[0].mean().item(),
            "d_fake": d[1].mean().item(),
            "value": (d[0].log().mean() + (1 - d[1]).log().mean()).item(),
            "accuracy_real": (d[0] > 0.5).float().mean().item(),
            "accuracy_fake": (d[1] < 0.5).float().mean().item(),
            "d_grad_norm": math.sqrt(
                sum(w.grad.square().sum().item() for w in self.discriminator.parameters())
            ),
        }

    def d_apply(self) -> None:
        self.d_optimizer.step()
        self.d_done += 1
        if self.config.penalty.clip:
            for weight in self.discriminator.parameters():
                weight.data.clamp_(-self.config.penalty.clip, self.config.penalty.clip)

    def g_gradient(self, real: Tensor, fake: Tensor) -> float:
        name = self.config.loss.name
        r = self.discriminator(self.noisy(real))[:, 0] if LOSSES[name].needs_real else None
        f = self.discriminator(self.noisy(fake))[:, 0]
        loss = {
            "minimax": lambda: -softplus(f).mean(),
            "non_saturating": lambda: softplus(-f).mean(),
            "least_squares": lambda: ((f - 1) ** 2).mean(),
            "wasserstein": lambda: -f.mean(),
            "hinge": lambda: -f.mean(),
            "relativistic": lambda: softplus(r - f).mean(),
            "relativistic_average": lambda: (
                softplus(r.mean() - f).mean() + softplus(r - f.mean()).mean()
            ),
        }[name]()
        self.g_optimizer.zero_grad()
        weights = list(self.generator.parameters())
        for weight, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
            weight.grad = gradient
        return loss.item()

    def g_apply(self) -> None:
        self.g_optimizer.step()
        decay = min(self.config.training.ema, (1 + self.done) / (10 + self.done))
        pairs = zip(self.ema.parameters(), self.generator.parameters(), strict=True)
        for average, weight in pairs:
            average.data = decay * average.data + (1 - decay) * weight.data

    def iterate(self) -> None:
        t = self.config.training
        progress = self.done / t.steps
        shape = {
            "constant": 1.0,
            "linear": 1 - progress,
            "cosine": (1 + math.cos(math.pi * progress)) / 2,
        }
        share = t.decay_to + (1 - t.decay_to) * shape[t.decay]
        self.d_optimizer.param_groups[0]["lr"] = self.config.d_optimizer.lr * share
        self.g_optimizer.param_groups[0]["lr"] = self.config.g_optimizer.lr * share
        penalties = []
        for _ in range(t.d_steps - 1):
            penalties.append(self.d_gradient(*self.batch())["penalty"])
            self.d_apply()
        real, fake = self.batch()
        row = self.d_gradient(real, fake)
        row["penalty"] = sum([*penalties, row["penalty"]]) / t.d_steps
        if t.order == "alternating":
            self.d_apply()
            row["g_loss"] = self.g_gradient(real, fake)
        else:
            row["g_loss"] = self.g_gradient(real, fake)
            self.d_apply()
        self.g_apply()
        for _ in range(t.g_steps - 1):
            row["g_loss"] = self.g_gradient(*self.batch())
            self.g_apply()
        norms = [w.grad.square().sum().item() for w in self.generator.parameters()]
        row["g_grad_norm"] = math.sqrt(sum(norms))
        self.seen.append(row)
        self.done += 1


BASE = {
    "training.steps": 20,
    "training.batch_size": 32,
    "g_optimizer.name": "sgd",
    "d_optimizer.name": "sgd",
    "g_optimizer.lr": 0.1,
    "d_optimizer.lr": 0.2,
    "probe.record_every": 1,
    "probe.measure_every": 1000,
    "penalty.r1": 0,
    "penalty.r2": 0,
}
R12 = {"penalty.r1": 0.3, "penalty.r2": 0.7}
CASES: dict[str, dict[str, object]] = {
    **{f"{name}, R1 + R2": {"loss.name": name, **R12} for name in LOSSES},
    **{
        f"{name}, simultaneous": {"loss.name": name, "training.order": "simultaneous"}
        for name in LOSSES
    },
    "R1 alone": {"penalty.r1": 0.5},
    "R2 alone": {"penalty.r2": 0.5},
    "gradient penalty": {"loss.name": "wasserstein", "penalty.gradient_penalty": 10,
                         "d_optimizer.lr": 0.02},
    "one-sided": {"penalty.gradient_penalty": 2, "penalty.sides": "one"},
    "clipping": {"loss.name": "wasserstein", "penalty.clip": 0.05},
    "lazy, annealed": {**R12, "penalty.interval": 3, "penalty.final": 0.1},
    "D steps, lazy": {**R12, "training.d_steps": 2, "penalty.interval": 3},
    "G steps": {"training.g_steps": 3},
    "D and G steps, simultaneous": {"training.g_steps": 2, "training.d_steps": 3,
                                    "training.order": "simultaneous"},
    "instance noise": {"penalty.instance_noise": 0.5, "penalty.noise_until": 0.2,
                       "loss.name": "relativistic"},
    "label smoothing, weights": {"loss.real_label": 0.9, "loss.real_weight": 2.0,
                                 "loss.fake_weight": 0.5},
    "linear decay, EMA": {"training.decay": "linear", "training.ema": 0.5},
    "Adam": {**R12, "d_optimizer.name": "adam", "g_optimizer.name": "adam",
             "g_optimizer.lr": 1e-3, "d_optimizer.lr": 2e-3, "d_optimizer.beta1": 0.5},
    "1-D": {"data.name": "mixture1d", "latent.dim": 1, "latent.signs": 0, **R12},
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_game_is_the_papers(case: str) -> None:
    config = RunConfig().with_values(BASE | CASES[case])
    trainer = Trainer(config)
    nets = trainer._state.generator.mlp, trainer._state.discriminator.body
    book = Textbook(config, *(sequential(net) for net in nets))
    for _ in range(STEPS):
        book.iterate()
    trainer.advance(STEPS)
    pairs = zip((*nets, trainer._state.ema.network), (book.generator, book.discriminator, book.ema),
                strict=True)  # fmt: skip
    for ours, theirs in pairs:
        for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(a.detach(), b.detach(), rtol=1e-4, atol=1e-5)
    history = trainer.snapshot().history
    for column in book.seen[0]:
        wanted = [row[column] for row in book.seen]
        assert list(history[column]) == pytest.approx(wanted, rel=1e-3, abs=1e-5), column


@pytest.mark.parametrize("rule", ["sgd", "adam"])
def test_memory_layout_changes_nothing(rule: str) -> None:
    """Fused rules read gradients in the weights' layout: it must be theirs."""
    values = {f"{net}.architecture": "dcgan" for net in ("generator", "discriminator")}
    values |= {f"{net}_optimizer.name": rule for net in "gd"} | {"data.name": "digits"}
    values |= {f"{net}_optimizer.lr": 1e-3 for net in "gd"} | R12
    losses = []
    for channels_last in (False, True):
        trainer = Trainer(
            RunConfig().with_values(BASE | values | {"compute.channels_last": channels_last})
        )
        trainer.advance(STEPS)
        losses.append(list(trainer.snapshot().history["d_loss"]))
    assert losses[1] == pytest.approx(losses[0], abs=1e-3)
