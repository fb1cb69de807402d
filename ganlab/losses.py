"""Adversarial losses.

Every loss takes logits by keyword; a higher logit means "real" everywhere, Wasserstein
included, and D = sigmoid(logit). Both methods return one value per sample, [batch]; the
trainer takes the mean. Written with softplus, so they are finite for any finite logit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

Terms = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class GANLoss:
    """A game between D and G.

    discriminator_terms: (real_logits, fake_logits, real_label) -> D's loss on real, on fake.
    generator_term: (real_logits, fake_logits) -> G's loss; real logits may be None unless
        ``needs_real``.
    equilibrium_logit: target -> the best constant D once p_g = p_data; the target is the real
        label times the real term's share of the weights, 1/2 unless someone changes them.
    undecided: (real_logits, fake_logits) -> the logit that says neither real nor fake; what is
        shown as D is the sigmoid of the logit's distance from it.
    reference: the paper that introduced it.
    needs_real: G's loss compares fake with real logits, so it fixes them only up to a shift.
    """

    discriminator_terms: Callable[[Tensor, Tensor, float], Terms]
    generator_term: Callable[[Tensor | None, Tensor], Tensor]
    reference: str
    needs_real: bool = False
    equilibrium_logit: Callable[[float], float] = lambda target: 0.0
    undecided: Callable[[Tensor, Tensor], Tensor | float] = lambda real, fake: 0.0

    def discriminator(
        self,
        *,
        real_logits: Tensor,
        fake_logits: Tensor,
        real_label: float = 1.0,
        real_weight: float = 1.0,
        fake_weight: float = 1.0,
    ) -> Tensor:
        """D's loss per sample, [batch]. Raises ValueError if the shapes differ.

        real_label < 1 is one-sided label smoothing (Salimans et al. 2016).
        """
        _same_shape(real_logits, fake_logits)
        real, fake = self.discriminator_terms(real_logits, fake_logits, real_label)
        if real_weight == 1 and fake_weight == 1:
            return real + fake
        return real_weight * real + fake_weight * fake

    def generator(self, *, real_logits: Tensor | None = None, fake_logits: Tensor) -> Tensor:
        """G's loss per sample, [batch]. Raises ValueError without the real logits it needs."""
        if not self.needs_real:
            return self.generator_term(None, fake_logits)
        if real_logits is None:
            raise ValueError("This loss compares fake with real: pass real_logits as well.")
        _same_shape(real_logits, fake_logits)
        return self.generator_term(real_logits, fake_logits)


def _same_shape(real_logits: Tensor, fake_logits: Tensor) -> None:
    if real_logits.shape != fake_logits.shape or real_logits.dim() != 1:
        raise ValueError(
            f"Logits must be two vectors of equal length, one per sample; got shapes "
            f"{tuple(real_logits.shape)} (real) and {tuple(fake_logits.shape)} (fake)."
        )


def smoothed_softplus(logits: Tensor, label: float) -> Tensor:
    """Cross-entropy of D = sigmoid(logits) against a label: softplus(-l) + (1 - label) l."""
    loss = softplus(-logits)
    return loss if label == 1 else loss + (1 - label) * logits


def _cross_entropy(real: Tensor, fake: Tensor, label: float) -> Terms:
    """-E[log D(x)], -E[log(1 - D(G(z)))]."""
    return smoothed_softplus(real, label), softplus(fake)


def _least_squares(real: Tensor, fake: Tensor, label: float) -> Terms:
    """E[(l(x) - 1)²], E[l(G)²] (the paper's, doubled)."""
    return (real - label) ** 2, fake**2


def _critic(real: Tensor, fake: Tensor, label: float) -> Terms:
    """-E[l(x)], E[l(G)]: minus the Wasserstein-1 estimate when l is 1-Lipschitz."""
    return -label * real, fake


def _hinge(real: Tensor, fake: Tensor, label: float) -> Terms:
    """E[relu(1 - l(x))], E[relu(1 + l(G))]."""
    return relu(label - real), relu(1 + fake)


def _paired(real: Tensor, fake: Tensor, label: float) -> Terms:
    """E[softplus(-(l(x) - l(G)))], one comparison per pair, split evenly between the sides."""
    half = 0.5 * smoothed_softplus(real - fake, label)
    return half, half


def _average(real: Tensor, fake: Tensor, label: float) -> Terms:
    """Each side's logits are judged against the other side's mean."""
    return smoothed_softplus(real - fake.mean(), label), softplus(fake - real.mean())


def _minus_log_d(real: Tensor | None, fake: Tensor) -> Tensor:
    return softplus(-fake)


def _log_one_minus_d(real: Tensor | None, fake: Tensor) -> Tensor:
    # +E log(1 - D): writing -E log(1 - D) here, a common slip, makes G help D.
    return -softplus(fake)


def _minus_score(real: Tensor | None, fake: Tensor) -> Tensor:
    return -fake


def _average_generator(real: Tensor | None, fake: Tensor) -> Tensor:
    assert real is not None
    return softplus(real - fake.mean()) + softplus(real.mean() - fake)


def _paired_generator(real: Tensor | None, fake: Tensor) -> Tensor:
    assert real is not None
    return softplus(real - fake)


def _midpoint(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """A relativistic loss fixes logits only up to a shift: undecided is midway."""
    return (real_logits.mean() + fake_logits.mean()) / 2


def _log_odds(target: float) -> float:
    return math.log(target / (1 - target)) if 0 < target < 1 else math.copysign(40, target - 0.5)


LOSSES: dict[str, GANLoss] = {
    "minimax": GANLoss(
        _cross_entropy,
        _log_one_minus_d,
        "Goodfellow et al. 2014, eq. 1 (saturating)",
        equilibrium_logit=_log_odds,
    ),
    "non_saturating": GANLoss(
        _cross_entropy,
        _minus_log_d,
        "Goodfellow et al. 2014, section 3",
        equilibrium_logit=_log_odds,
    ),
    "least_squares": GANLoss(
        _least_squares,
        lambda _, fake: (fake - 1) ** 2,
        "Mao et al. 2017",
        equilibrium_logit=lambda target: target,
        undecided=lambda real, fake: 0.5,
    ),
    "wasserstein": GANLoss(_critic, _minus_score, "Arjovsky et al. 2017"),
    "hinge": GANLoss(_hinge, _minus_score, "Lim and Ye 2017; Miyato et al. 2018"),
    "relativistic": GANLoss(
        _paired,
        _paired_generator,
        "Jolicoeur-Martineau 2018; Huang et al. 2024",
        needs_real=True,
        undecided=_midpoint,
    ),
    "relativistic_average": GANLoss(
        _average,
        _average_generator,
        "Jolicoeur-Martineau 2018",
        needs_real=True,
        undecided=_midpoint,
    ),
}


def value_function(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """V(D, G) = E log D(x) + E log(1 - D(G(z))), averaged over the last dimension.

    Goodfellow et al. 2014, eq. 1; -log 4 at equilibrium, 0 for a perfect D.
    """
    return -softplus(-real_logits).mean(-1) - softplus(fake_logits).mean(-1)


def equilibrium(
    loss: GANLoss, *, real_label: float = 1.0, real_weight: float = 1.0, fake_weight: float = 1.0
) -> dict[str, float]:
    """History column -> its value once p_g = p_data and D is the best constant.

    The accuracies are NaN where smoothing or weights move that D off 1/2.
    """
    weights = {"real_weight": real_weight, "fake_weight": fake_weight, "real_label": real_label}
    share = real_weight / (real_weight + fake_weight) if real_weight + fake_weight else 0.5
    logit = torch.full((1,), loss.equilibrium_logit(real_label * share))
    d_loss = loss.discriminator(real_logits=logit, fake_logits=logit, **weights)
    g_loss = loss.generator(real_logits=logit, fake_logits=logit)
    judged = logit - loss.undecided(logit, logit)
    belief = torch.sigmoid(judged).item()
    accuracy = 0.5 if math.isclose(belief, 0.5, abs_tol=1e-6) else math.nan
    return {
        "d_loss": d_loss.item(),
        "g_loss": g_loss.item(),
        "value": value_function(judged, judged).item(),
        "d_real": belief,
        "d_fake": belief,
        "accuracy_real": accuracy,
        "accuracy_fake": accuracy,
    }
