"""Divergences that are known exactly: Gaussians, histograms of probabilities, densities on a grid.

All values in nats. KL(p, q) = E_p log(p / q); JS(p, q) = KL(p, m) / 2 + KL(q, m) / 2 with
m = (p + q) / 2, between 0 and ln 2 (Lin 1991).
"""

from __future__ import annotations

import numpy as np
from scipy.special import entr, expit, logsumexp, rel_entr


def kl_gaussian(m1: float, s1: float, m2: float, s2: float) -> float:
    """KL(N(m1, s1^2), N(m2, s2^2)) = ln(s2/s1) + (s1^2 + (m1 - m2)^2) / (2 s2^2) - 1/2.

    Raises ValueError unless both standard deviations are positive.
    """
    if not (s1 > 0 and s2 > 0):
        raise ValueError(
            f"standard deviations {s1} and {s2} are not both positive: give positive ones."
        )
    return float(np.log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - 0.5)


def kl_discrete(p: np.ndarray, q: np.ndarray) -> float:
    """KL(p, q) of two arrays of weights of the same shape, normalised here; may be ``inf``.

    Also the KL of two densities on the same grid of equal cells. Raises ValueError for shapes
    that differ, and for weights that are negative, not finite or all zero.
    """
    p, q = _probabilities(p, q)
    return float(rel_entr(p, q).sum())


def js_discrete(p: np.ndarray, q: np.ndarray) -> float:
    """JS(p, q) of two arrays of weights, normalised here; same demands as ``kl_discrete``."""
    p, q = _probabilities(p, q)
    js = entr((p + q) / 2).sum() - (entr(p).sum() + entr(q).sum()) / 2
    return float(np.clip(js, 0, np.log(2)))  # rounding may leave the range by 1e-16


def kl_quadrature(log_p: np.ndarray, log_q: np.ndarray, x: np.ndarray) -> float:
    """KL(p, q) by the trapezoid rule from log densities [n] at increasing points x [n]."""
    log_p, log_q, x = _curves(log_p, log_q, x)
    return _integral_of_relative_entropy(log_p, log_q, x)


def js_quadrature(log_p: np.ndarray, log_q: np.ndarray, x: np.ndarray) -> float:
    """JS(p, q) by the trapezoid rule from log densities [n] at increasing points x [n]."""
    log_p, log_q, x = _curves(log_p, log_q, x)
    log_m = logsumexp([log_p, log_q], axis=0) - np.log(2)
    halves = [_integral_of_relative_entropy(log_f, log_m, x) for log_f in (log_p, log_q)]
    return sum(halves) / 2


def nats_to_bits(nats: float) -> float:
    """Nats / ln 2: JS is at most 1 bit."""
    return nats / float(np.log(2))


def discriminator_bound(value: float) -> float:
    """What a discriminator proves about JS: V(D, G) / 2 + ln 2 <= JS(p_data, p_g), in nats.

    value: V(D, G) = E log D(x) + E log(1 - D(G(z))). Equality holds for the optimal D
    (Goodfellow et al. 2014, theorem 1).
    """
    return value / 2 + float(np.log(2))


def optimal_discriminator(log_p: np.ndarray, log_q: np.ndarray) -> np.ndarray:
    """D* = p / (p + q) from log densities of the same shape; 1/2 where both are zero."""
    log_p, log_q = np.broadcast_arrays(np.asarray(log_p, float), np.asarray(log_q, float))
    nowhere = np.isneginf(log_p) & np.isneginf(log_q)
    logits = np.subtract(log_p, log_q, where=~nowhere, out=np.zeros(log_p.shape))
    return expit(logits)


def _integral_of_relative_entropy(log_p: np.ndarray, log_q: np.ndarray, x: np.ndarray) -> float:
    present = ~np.isneginf(log_p)
    log_ratio = np.subtract(log_p, log_q, where=present, out=np.zeros(len(x)))
    return float(np.trapezoid(np.exp(log_p) * log_ratio, x))


def _probabilities(p: np.ndarray, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    p, q = np.asarray(p, float), np.asarray(q, float)
    if p.shape != q.shape:
        raise ValueError(f"weights of shapes {p.shape} and {q.shape} differ: give equal shapes.")
    for weights in (p, q):
        if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() <= 0:
            raise ValueError(
                f"weights from {weights.min()} to {weights.max()} are no distribution: they must "
                "be finite, at least 0 and not all 0."
            )
    return p / p.sum(), q / q.sum()


def _curves(*arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    log_p, log_q, x = (np.asarray(array, float) for array in arrays)
    if not (log_p.shape == log_q.shape == x.shape and x.ndim == 1 and (np.diff(x) > 0).all()):
        raise ValueError(
            f"log densities {log_p.shape}, {log_q.shape} at points {x.shape}: give three arrays "
            "[n], the points increasing."
        )
    return log_p, log_q, x
