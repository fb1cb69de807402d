"""One iteration of the game: D's updates, then G's (Goodfellow et al. 2014, algorithm 1).

The functions here change a ``TrainState`` and return tensors without waiting for them;
nothing in this file synchronises with the device.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from ganlab.losses import LOSSES
from ganlab.penalties import (
    annealed,
    clip_weights,
    interpolate,
    noise_std,
    one_centred,
    zero_centred,
)
from ganlab.state import TrainState


@dataclass(frozen=True)
class DStep:
    """What D's update saw: loss and penalty (scalars), logits [packs]; still tensors."""

    loss: Tensor
    penalty: Tensor
    real_logits: Tensor
    fake_logits: Tensor


def iterate(state: TrainState) -> tuple[DStep, Tensor]:
    """d_steps updates of D and g_steps of G; returns the last of each (D's, G's loss).

    The last D step and the first G step share their batch, as in DCGAN. Simultaneous play
    takes both gradients before either network moves.
    """
    training = state.config.training
    state.retune()
    for _ in range(training.d_steps - 1):
        d_step(state)
    real, fake = _batch(state)
    d_stats = d_gradient(state, real, fake.detach())
    if training.order == "simultaneous":
        g_loss = g_gradient(state, real, fake)
        d_apply(state)
    else:
        d_apply(state)
        g_loss = g_gradient(state, real, fake)
    g_apply(state)
    for _ in range(training.g_steps - 1):
        g_loss = g_step(state)
    state.iteration += 1
    return d_stats, g_loss


def d_step(state: TrainState) -> DStep:
    """One update of D alone."""
    with torch.no_grad():
        real, fake = _batch(state)
    stats = d_gradient(state, real, fake)
    d_apply(state)
    return stats


def g_step(state: TrainState) -> Tensor:
    """One update of G alone; returns its loss."""
    real, fake = _batch(state)
    loss = g_gradient(state, real, fake)
    g_apply(state)
    return loss


def _batch(state: TrainState) -> tuple[Tensor, Tensor]:
    n = state.config.training.batch_size
    real = state.real(n)
    with _autocast(state):
        fake = state.generator(state.latents(n)).float()
    return real, fake  # [batch, *shape] each


def _autocast(state: TrainState) -> Any:
    if not state.bfloat16:
        return contextlib.nullcontext()
    return torch.autocast(state.device.type, torch.bfloat16)


def _noisy(state: TrainState, x: Tensor) -> Tensor:
    """Instance noise on everything that D sees."""
    std = noise_std(state.config.penalty, state.progress)
    if std == 0:
        return x
    return x + std * torch.randn(x.shape, generator=state.rng).to(x.device)


# -- the discriminator -------------------------------------------------------------------------


def d_gradient(state: TrainState, real: Tensor, fake: Tensor) -> DStep:
    """Set D's gradients from one batch; ``fake`` must be detached."""
    config = state.config
    real, fake = _noisy(state, real), _noisy(state, fake)
    with _autocast(state):
        real_logits, fake_logits, penalty = _scores_and_penalty(state, real, fake)
    loss = LOSSES[config.loss.name].discriminator(
        real_logits=real_logits,
        fake_logits=fake_logits,
        real_label=config.loss.real_label,
        real_weight=config.loss.real_weight,
        fake_weight=config.loss.fake_weight,
    )
    loss = loss.mean()
    _set_gradients(state.d_optimizer, loss if penalty is None else loss + penalty)
    shown = loss.new_zeros(()) if penalty is None else penalty.detach()
    return DStep(loss.detach(), shown, real_logits.detach(), fake_logits.detach())


def _scores_and_penalty(
    state: TrainState, real: Tensor, fake: Tensor
) -> tuple[Tensor, Tensor, Tensor | None]:
    """D's logits on both sides, and the sum of the penalties due at this step."""
    config, critic = state.config.penalty, state.discriminator
    due = state.d_updates % config.interval == 0
    scale = config.interval if due else 0
    r1, r2, gp = (
        scale * annealed(weight, config, state.progress)
        for weight in (config.r1, config.r2, config.gradient_penalty)
    )
    real_logits, fake_logits, real_slope, fake_slope = _scores(state, real, fake, r1 > 0, r2 > 0)
    penalties = []
    if real_slope is not None:
        penalties.append(zero_centred(real_slope, r1).mean())
    if fake_slope is not None:
        penalties.append(zero_centred(fake_slope, r2).mean())
    if gp:
        _, slope = critic.logits_and_gradient(interpolate(real, fake, state.rng))
        penalties.append(one_centred(slope, gp, config.sides).mean())
    return real_logits, fake_logits, sum(penalties[1:], penalties[0]) if penalties else None


def _scores(
    state: TrainState, real: Tensor, fake: Tensor, slope_real: bool, slope_fake: bool
) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None]:
    """Logits of both sides, and the input gradients asked for."""
    # Batch norm must see the sides apart; everything else is faster in one pass.
    if slope_real == slope_fake and state.config.discriminator.norm != "batch":
        logits, slope = _score(state.discriminator, torch.cat((real, fake)), slope_real)
        half = len(logits) // 2
        if slope is None:
            return logits[:half], logits[half:], None, None
        return logits[:half], logits[half:], slope[:half], slope[half:]
    real_logits, real_slope = _score(state.discriminator, real, slope_real)
    fake_logits, fake_slope = _score(state.discriminator, fake, slope_fake)
    return real_logits, fake_logits, real_slope, fake_slope


def _score(critic: Any, x: Tensor, with_slope: bool) -> tuple[Tensor, Tensor | None]:
    return critic.logits_and_gradient(x) if with_slope else (critic(x), None)


def d_apply(state: TrainState) -> None:
    """Move D along its gradients, and clip its weights if asked."""
    state.d_optimizer.step()
    state.d_updates += 1
    if state.config.penalty.clip:
        clip_weights(state.discriminator, state.config.penalty.clip)


# -- the generator -----------------------------------------------------------------------------


def g_gradient(state: TrainState, real: Tensor, fake: Tensor) -> Tensor:
    """Set G's gradients from one batch that carries G's graph; returns the loss, detached."""
    loss_function = LOSSES[state.config.loss.name]
    with _autocast(state):
        real_logits = None
        if loss_function.needs_real:
            with torch.no_grad():
                real_logits = state.discriminator(_noisy(state, real))
        with _frozen(state.d_optimizer):
            fake_logits = state.discriminator(_noisy(state, fake))
    loss = loss_function.generator(real_logits=real_logits, fake_logits=fake_logits).mean()
    _set_gradients(state.g_optimizer, loss)
    return loss.detach()


def g_apply(state: TrainState) -> None:
    """Move G along its gradients, and its average after it."""
    state.g_optimizer.step()
    if state.ema is not None:
        state.ema.update(state.config.training.ema, state.iteration)


@contextlib.contextmanager
def _frozen(optimizer: Optimizer) -> Iterator[None]:
    """No gradients for this optimiser's weights inside."""
    weights = optimizer.param_groups[0]["params"]
    for weight in weights:
        weight.requires_grad_(False)
    try:
        yield
    finally:
        for weight in weights:
            weight.requires_grad_(True)


def _set_gradients(optimizer: Optimizer, loss: Tensor) -> None:
    """Gradients for this optimiser's weights only; the other network's are not even computed."""
    weights = optimizer.param_groups[0]["params"]
    for weight, gradient in zip(weights, torch.autograd.grad(loss, weights), strict=True):
        weight.grad = gradient
