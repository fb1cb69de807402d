"""Losses against REFERENCE section 1, written out in NumPy; known answers of section 2."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar

from ganlab.losses import LOSSES, equilibrium, value_function

RNG = np.random.default_rng(0)
REAL, FAKE = RNG.normal(1, 2, 64), RNG.normal(-1, 2, 64)


def sp(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, x)


def cross_entropy(r: np.ndarray, f: np.ndarray) -> float:
    return (sp(-r) + sp(f)).mean()


# name -> (D's loss, G's loss), means over the batch
FORMULAS = {
    "minimax": (cross_entropy, lambda r, f: -sp(f).mean()),
    "non_saturating": (cross_entropy, lambda r, f: sp(-f).mean()),
    "least_squares": (
        lambda r, f: ((r - 1) ** 2).mean() + (f**2).mean(),
        lambda r, f: ((f - 1) ** 2).mean(),
    ),
    "wasserstein": (lambda r, f: f.mean() - r.mean(), lambda r, f: -f.mean()),
    "hinge": (
        lambda r, f: np.maximum(0, 1 - r).mean() + np.maximum(0, 1 + f).mean(),
        lambda r, f: -f.mean(),
    ),
    "relativistic": (lambda r, f: sp(-(r - f)).mean(), lambda r, f: sp(-(f - r)).mean()),
    "relativistic_average": (
        lambda r, f: sp(-(r - f.mean())).mean() + sp(f - r.mean()).mean(),
        lambda r, f: sp(-(f - r.mean())).mean() + sp(r - f.mean()).mean(),
    ),
}


def tensors(*arrays: np.ndarray) -> list[torch.Tensor]:
    return [torch.tensor(x, dtype=torch.float64) for x in arrays]


def d_mean(name: str, real: np.ndarray, fake: np.ndarray, **options: float) -> float:
    real_logits, fake_logits = tensors(real, fake)
    loss = LOSSES[name].discriminator(real_logits=real_logits, fake_logits=fake_logits, **options)
    assert loss.shape == real_logits.shape
    return loss.mean().item()


def g_mean(name: str, real: np.ndarray, fake: np.ndarray) -> float:
    real_logits, fake_logits = tensors(real, fake)
    loss = LOSSES[name].generator(real_logits=real_logits, fake_logits=fake_logits)
    assert loss.shape == fake_logits.shape
    return loss.mean().item()


@pytest.mark.parametrize("name", LOSSES)
def test_formulas(name: str) -> None:
    d_formula, g_formula = FORMULAS[name]
    assert d_mean(name, REAL, FAKE) == pytest.approx(d_formula(REAL, FAKE), rel=1e-12)
    assert g_mean(name, REAL, FAKE) == pytest.approx(g_formula(REAL, FAKE), rel=1e-12)


@pytest.mark.parametrize("name", ["minimax", "non_saturating"])
def test_at_one_half(name: str) -> None:
    zero = np.zeros(8)
    assert d_mean(name, zero, zero) == pytest.approx(2 * math.log(2))
    sign = -1 if name == "minimax" else 1
    assert g_mean(name, zero, zero) == pytest.approx(sign * math.log(2))
    assert value_function(*tensors(zero, zero)).item() == pytest.approx(-math.log(4))


def test_value_of_the_best_d_is_twice_js_minus_log_4() -> None:
    # p = (3/4, 1/4), q = (1/4, 3/4) on two points; D* has logit log p / q.
    high, low = math.log(3), -math.log(3)
    real, fake = tensors(np.array([high, high, high, low]), np.array([high, low, low, low]))
    js = 0.75 * math.log(0.75 / 0.5) + 0.25 * math.log(0.25 / 0.5)  # p and q mirror each other
    assert value_function(real, fake).item() == pytest.approx(-math.log(4) + 2 * js)
    worse = value_function(0.7 * real, 0.7 * fake).item()
    assert worse / 2 + math.log(2) < js


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("size", [1e4, -1e4])
def test_finite_with_finite_slopes_at_huge_logits(name: str, size: float) -> None:
    for real_size in (size, -size):
        real = torch.full((3,), real_size, requires_grad=True)
        fake = torch.full((3,), size, requires_grad=True)
        d_loss = LOSSES[name].discriminator(real_logits=real, fake_logits=fake, real_label=0.9)
        g_loss = LOSSES[name].generator(real_logits=real.detach(), fake_logits=fake)
        slopes = torch.autograd.grad((d_loss.sum() + g_loss.sum()), (real, fake))
        assert torch.isfinite(torch.stack((d_loss, g_loss, *slopes))).all()


def generator_slope(name: str, logit: float) -> float:
    fake = torch.tensor([logit], dtype=torch.float64, requires_grad=True)
    loss = LOSSES[name].generator(real_logits=None, fake_logits=fake)
    return torch.autograd.grad(loss.sum(), fake)[0].item()


@pytest.mark.parametrize("b", [0.5, 3.0, 20.0])
def test_saturation(b: float) -> None:
    """Where D is sure (logit -b), the saturating slope is e^-b of the non-saturating one."""
    saturating, other = generator_slope("minimax", -b), generator_slope("non_saturating", -b)
    assert saturating / other == pytest.approx(math.exp(-b), rel=1e-9)
    assert saturating < 0 and other < 0  # both push the logit up: neither helps D


@pytest.mark.parametrize("name", LOSSES)
def test_d_learns_real_up_fake_down_and_g_the_opposite(name: str) -> None:
    real = torch.tensor([0.3, -0.2], requires_grad=True)
    fake = torch.tensor([0.1, 0.4], requires_grad=True)
    d_loss = LOSSES[name].discriminator(real_logits=real, fake_logits=fake).sum()
    up, down = torch.autograd.grad(d_loss, (real, fake))
    g_loss = LOSSES[name].generator(real_logits=real.detach(), fake_logits=fake).sum()
    assert (up < 0).all() and (down > 0).all()
    assert (torch.autograd.grad(g_loss, fake)[0] < 0).all()


@pytest.mark.parametrize("name", ["minimax", "non_saturating", "least_squares"])
def test_label_smoothing(name: str) -> None:
    """Cross-entropy (or square) against 0.9 on the real side only."""
    log_d, log_not_d = -sp(-REAL), -sp(REAL)
    real_term = {
        "least_squares": ((REAL - 0.9) ** 2).mean(),
    }.get(name, -(0.9 * log_d + 0.1 * log_not_d).mean())
    fake_term = (FAKE**2).mean() if name == "least_squares" else sp(FAKE).mean()
    assert d_mean(name, REAL, FAKE, real_label=0.9) == pytest.approx(real_term + fake_term)


@pytest.mark.parametrize("name", ["minimax", "least_squares", "wasserstein", "hinge"])
def test_weights_of_the_terms(name: str) -> None:
    both = d_mean(name, REAL, FAKE)
    only_real = d_mean(name, REAL, FAKE, fake_weight=0.0)
    only_fake = d_mean(name, REAL, FAKE, real_weight=0.0)
    assert only_real + only_fake == pytest.approx(both)
    mixed = d_mean(name, REAL, FAKE, real_weight=3.0, fake_weight=0.5)
    assert mixed == pytest.approx(3 * only_real + 0.5 * only_fake)


@pytest.mark.parametrize("name", ["relativistic", "relativistic_average"])
def test_relativistic_ignores_a_shift_of_all_logits_and_needs_the_real_ones(name: str) -> None:
    assert d_mean(name, REAL + 5, FAKE + 5) == pytest.approx(d_mean(name, REAL, FAKE))
    with pytest.raises(ValueError, match="real_logits"):
        LOSSES[name].generator(fake_logits=torch.zeros(3))


@pytest.mark.parametrize("shapes", [((3,), (4,)), ((3, 1), (3, 1)), ((), ())])
def test_wrong_shapes_are_refused(shapes: tuple) -> None:
    real, fake = (torch.zeros(shape) for shape in shapes)
    with pytest.raises(ValueError, match="one per sample"):
        LOSSES["hinge"].discriminator(real_logits=real, fake_logits=fake)
    with pytest.raises(ValueError, match="one per sample"):
        LOSSES["relativistic"].generator(real_logits=real, fake_logits=fake)


@pytest.mark.parametrize("label", [1.0, 0.9])
@pytest.mark.parametrize("name", ["minimax", "non_saturating", "least_squares"])
def test_equilibrium_is_the_best_constant_d(name: str, label: float) -> None:
    """p_g = p_data: minimise D's loss over constant logits; charts show these lines as goals."""

    def d_loss(logit: float) -> float:
        return d_mean(name, np.array([logit]), np.array([logit]), real_label=label)

    best = minimize_scalar(d_loss, bounds=(-3, 3), method="bounded", options={"xatol": 1e-10})
    logits = np.array([best.x])
    goal = equilibrium(LOSSES[name], real_label=label)
    assert goal["d_loss"] == pytest.approx(best.fun, abs=1e-6)
    assert goal["g_loss"] == pytest.approx(g_mean(name, logits, logits), abs=1e-5)
    undecided = 0.5 if name == "least_squares" else 0.0  # halfway between its targets, 1 and 0
    shown = logits - undecided
    assert goal["d_real"] == goal["d_fake"] == pytest.approx(1 / (1 + np.exp(-shown[0])), abs=1e-5)
    assert goal["value"] == pytest.approx(value_function(*tensors(shown, shown)).item(), abs=1e-5)
    # With smoothed labels the best D is a little off 1/2 and calls every sample fake.
    assert np.isnan(goal["accuracy_real"]) == (label != 1) and np.isnan(goal["accuracy_fake"]) == (
        label != 1
    )


@pytest.mark.parametrize("name", ["relativistic", "relativistic_average", "wasserstein", "hinge"])
def test_equilibrium_where_any_small_constant_is_best(name: str) -> None:
    goal = equilibrium(LOSSES[name])
    for logit in (-0.5, 0.0, 0.5):
        same = np.full(4, logit)
        assert goal["d_loss"] == pytest.approx(d_mean(name, same, same), abs=1e-6)
    assert goal["value"] == pytest.approx(-math.log(4))
