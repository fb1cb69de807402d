"""One iteration of the game: D's updates, then G's (Goodfellow et al. 2014, algorithm 1).

The functions here change a ``TrainState`` and return tensors without waiting for them;
nothing in this file synchronises with the device. Gradients follow the chain rule link by link:
autograd differentiates the loss in the logits, a ``Pass`` takes it through a network.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.func import functional_call
from torch.optim import Optimizer

from ganlab.losses import LOSSES
from ganlab.passes import Pass, discriminator_pass, generator_pass, weight_gradients
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


class Moment(NamedTuple):
    """Where an iteration stands: its newest sub-step, and its batch as far as it is made.

    name: of ``snapshot.STAGES``. latents: [batch, latent]; real, fake: [batch, *shape].
    """

    name: str
    latents: Tensor
    real: Tensor
    fake: Tensor | None = None


@torch.no_grad()
def iterate(state: TrainState) -> tuple[DStep, Tensor]:
    """d_steps updates of D and g_steps of G; returns the last of each (D's, G's loss)."""
    steps = sub_steps(state)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def sub_steps(state: TrainState) -> Generator[Moment, None, tuple[DStep, Tensor]]:
    """One iteration that pauses after each sub-step; advance it under ``torch.no_grad()``.

    The last D step and the first G step share their batch, as in DCGAN; the D steps before
    belong to the first sub-step, the G steps after to the last. Simultaneous play takes both
    gradients before either network moves, so "score again" comes before "update D". The
    penalty is the mean over the D steps, since a lazy one is due at some of them only.
    """
    training = state.config.training
    state.retune()
    penalties = [d_step(state).penalty for _ in range(training.d_steps - 1)]
    real, latents = _draw(state)
    yield Moment("sample z", latents, real)
    made = _make(state, latents)
    batch = latents, real, made.output
    yield Moment("generate", *batch)
    d_stats = d_gradient(state, real, made.output)
    yield Moment("score", *batch)
    if training.order == "simultaneous":
        g_loss = g_gradient(state, real, made)
        yield Moment("score again", *batch)
        d_apply(state)
        yield Moment("update D", *batch)
    else:
        d_apply(state)
        yield Moment("update D", *batch)
        g_loss = g_gradient(state, real, made)
        yield Moment("score again", *batch)
    g_apply(state)
    for _ in range(training.g_steps - 1):
        g_loss = g_step(state)
    yield Moment("update G", *batch)
    state.iteration += 1
    if penalties:
        penalty = torch.stack([*penalties, d_stats.penalty]).mean()
        d_stats = replace(d_stats, penalty=penalty)
    return d_stats, g_loss


@torch.no_grad()
def d_step(state: TrainState) -> DStep:
    """One update of D alone."""
    real, latents = _draw(state)
    stats = d_gradient(state, real, _make(state, latents).output)
    d_apply(state)
    return stats


@torch.no_grad()
def g_step(state: TrainState) -> Tensor:
    """One update of G alone; returns its loss."""
    real, latents = _draw(state)
    loss = g_gradient(state, real, _make(state, latents))
    g_apply(state)
    return loss


def _draw(state: TrainState) -> tuple[Tensor, Tensor]:
    """Real samples [batch, *shape] and as many latents [batch, latent]."""
    n = state.config.training.batch_size
    return state.real(n), state.latents(n)


def _make(state: TrainState, latents: Tensor) -> Pass:
    """G's pass over the latents."""
    with _autocast(state):
        return generator_pass(state.generator, latents)


@torch.no_grad()
def remake(state: TrainState, latents: Tensor) -> Tensor:
    """What G makes of these latents now, in training mode, without leaving a trace in it."""
    buffers = {name: x.clone() for name, x in state.generator.named_buffers()}
    with _autocast(state):
        return functional_call(state.generator, buffers, (latents,)).float()


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
    """Set D's gradients from one batch, [batch, *shape] each."""
    config = state.config.loss
    weights = _penalty_weights(state)
    real, fake = _noisy(state, real), _noisy(state, fake)
    with _autocast(state):
        sides, between = _d_passes(state, real, fake, weights)
    with torch.enable_grad():
        real_logits, fake_logits = _halves([side.output for side in sides])
        loss = LOSSES[config.name].discriminator(
            real_logits=real_logits,
            fake_logits=fake_logits,
            real_label=config.real_label,
            real_weight=config.real_weight,
            fake_weight=config.fake_weight,
        )
        loss = loss.mean()
        penalty = _penalty(state, sides, between, weights)
        total = loss if penalty is None else loss + penalty
    _set_gradients(state.d_optimizer, weight_gradients(total, sides + between))
    shown = loss.new_zeros(()) if penalty is None else penalty.detach()
    return DStep(loss.detach(), shown, real_logits.detach(), fake_logits.detach())


class PenaltyWeights(NamedTuple):
    """What each gradient penalty counts at this step."""

    r1: float
    r2: float
    gp: float


def _penalty_weights(state: TrainState) -> PenaltyWeights:
    config = state.config.penalty
    due = state.d_updates % config.interval == 0
    scale = config.interval if due else 0
    weights = config.r1, config.r2, config.gradient_penalty
    return PenaltyWeights(*(scale * annealed(w, config, state.progress) for w in weights))


def _d_passes(
    state: TrainState, real: Tensor, fake: Tensor, weights: PenaltyWeights
) -> tuple[list[Pass], list[Pass]]:
    """D's passes over real and fake, and those over what lies between them."""
    critic = state.discriminator
    r1, r2 = weights.r1 > 0, weights.r2 > 0
    # Batch norm must see the sides apart; everything else is faster in one pass.
    if r1 == r2 and state.config.discriminator.norm != "batch":
        sides = [discriminator_pass(critic, torch.cat((real, fake)), r1)]
    else:
        sides = [discriminator_pass(critic, real, r1), discriminator_pass(critic, fake, r2)]
    if not weights.gp:
        return sides, []
    between = interpolate(real, fake, state.rng)
    return sides, [discriminator_pass(critic, between, with_slope=True)]


def _penalty(
    state: TrainState, sides: list[Pass], between: list[Pass], weights: PenaltyWeights
) -> Tensor | None:
    """The sum of the penalties due at this step, or None."""
    terms = []
    if weights.r1 or weights.r2:
        real_slope, fake_slope = _halves([side.slope for side in sides])
        if weights.r1:
            terms.append(zero_centred(real_slope, weights.r1).mean())
        if weights.r2:
            terms.append(zero_centred(fake_slope, weights.r2).mean())
    for judged in between:
        terms.append(one_centred(judged.slope, weights.gp, state.config.penalty.sides).mean())
    return sum(terms[1:], terms[0]) if terms else None


def _halves(sides: list[Any]) -> Sequence[Any]:
    """(real, fake) from two tensors, or from one that holds both."""
    return sides if len(sides) == 2 else sides[0].chunk(2)


def d_apply(state: TrainState) -> None:
    """Move D along its gradients, and clip its weights if asked."""
    state.d_optimizer.step()
    state.d_updates += 1
    if state.config.penalty.clip:
        clip_weights(state.discriminator, state.config.penalty.clip)


# -- the generator -----------------------------------------------------------------------------


def g_gradient(state: TrainState, real: Tensor, made: Pass) -> Tensor:
    """Set G's gradients from the batch that G ``made``; returns the loss, detached."""
    loss_function = LOSSES[state.config.loss.name]
    with _autocast(state):
        real_logits = None
        if loss_function.needs_real:
            real_logits = state.discriminator(_noisy(state, real))
        judged = discriminator_pass(state.discriminator, _noisy(state, made.output))
    with torch.enable_grad():
        loss = loss_function.generator(real_logits=real_logits, fake_logits=judged.output).mean()
    (d_logits,) = torch.autograd.grad(loss, judged.output)
    _set_gradients(state.g_optimizer, made.to_weights(judged.to_input(d_logits)))
    return loss.detach()


def g_apply(state: TrainState) -> None:
    """Move G along its gradients, and its average after it."""
    state.g_optimizer.step()
    if state.ema is not None:
        state.ema.update(state.config.training.ema, state.iteration)


def _set_gradients(optimizer: Optimizer, gradients: list[Tensor]) -> None:
    for weight, gradient in zip(optimizer.param_groups[0]["params"], gradients, strict=True):
        weight.grad = gradient
