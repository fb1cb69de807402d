"""Mode coverage, quality and spread of samples whose true modes are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc

CUT = 3.0  # a high-quality sample lies within this many standard deviations of a mode


@dataclass(frozen=True)
class ModeStatistics:
    """How samples spread over known modes (VEEGAN and PacGAN's protocol).

    counts: [k], high-quality samples per mode.
    nearest: [k], all samples by nearest centre, high quality or not: it still shows where a
        collapsed generator is while its samples miss every mode.
    covered: number of modes with at least ``minimum`` high-quality samples.
    high_quality: share of samples within three standard deviations of a mode; true samples
        read 0.9973 in 1-D and 1 - exp(-4.5) = 0.9889 in 2-D.
    reverse_kl: KL(histogram of ``counts`` || weights) in nats; NaN without such a sample.
    spread: pooled standard deviation inside the modes over the true one, corrected for the cut
        at three standard deviations so that true samples read 1 (in 2-D very narrow ones read
        2.6 % too much); NaN where no mode has two high-quality samples.
    """

    counts: np.ndarray
    nearest: np.ndarray
    covered: int
    high_quality: float
    reverse_kl: float
    spread: float


def mode_statistics(
    samples: np.ndarray,
    centres: np.ndarray,
    std: float,
    weights: np.ndarray | None = None,
    minimum: int = 1,
) -> ModeStatistics:
    """Mode coverage of samples [n, dim] against centres [k, dim] of standard deviation ``std``.

    weights: [k] true mode probabilities, uniform when None. minimum: how many high-quality
    samples make a mode covered (1 in VEEGAN and PacGAN; 20 of 10,000 is stricter). Samples
    that are not finite count as low quality and belong to no mode.

    Sources: Srivastava et al. 2017 (VEEGAN), section 4.1; Lin et al. 2018 (PacGAN), section 4.
    Raises ValueError when shapes disagree, or ``std`` or ``minimum`` is not positive.
    """
    _check(samples, centres, std, weights, minimum)
    samples, centres = np.asarray(samples, float), np.asarray(centres, float)
    finite = np.isfinite(samples).all(1)
    kept = samples[finite]
    # |x - c|^2 = |x|^2 - 2 c.x + |c|^2; the first term does not change which c is nearest.
    nearest = ((centres**2).sum(1)[:, None] - 2 * centres @ kept.T).argmin(0)  # [k, n] -> [n]
    offsets = kept - centres[nearest]  # [n, dim]
    good = (offsets**2).sum(1) <= (CUT * std) ** 2
    counts = np.bincount(nearest[good], minlength=len(centres))
    return ModeStatistics(
        counts=counts,
        nearest=np.bincount(nearest, minlength=len(centres)),
        covered=int((counts >= minimum).sum()),
        high_quality=float(good.sum() / len(samples)),
        reverse_kl=_reverse_kl(counts, weights),
        spread=_spread(offsets[good], nearest[good], counts, std),
    )


def high_quality_ceiling(dim: int) -> float:
    """The high-quality share of true samples, P(chi2[dim] <= 9): 0.9973, 0.9889, 0.9707, ..."""
    return float(gammainc(dim / 2, CUT**2 / 2))


def _check(
    samples: np.ndarray,
    centres: np.ndarray,
    std: float,
    weights: np.ndarray | None,
    minimum: int,
) -> None:
    ours, theirs = np.shape(samples), np.shape(centres)
    if len(ours) != 2 or len(theirs) != 2 or not ours[0] * theirs[0] or ours[1] != theirs[1]:
        raise ValueError(
            f"samples and centres have shapes {ours} and {theirs}; "
            "both must be non-empty [rows, dim] with the same dim."
        )
    if weights is not None and np.shape(weights) != theirs[:1]:
        raise ValueError(
            f"weights has shape {np.shape(weights)}; pass one number per mode, {theirs[:1]}."
        )
    if not std > 0 or minimum < 1:
        raise ValueError(f"std is {std} and minimum {minimum}; std must be > 0, minimum >= 1.")


def _reverse_kl(counts: np.ndarray, weights: np.ndarray | None) -> float:
    if counts.sum() == 0:
        return float("nan")
    weights = np.ones(len(counts)) if weights is None else np.asarray(weights, float)
    seen = counts > 0
    share, truth = counts[seen] / counts.sum(), weights[seen] / weights.sum()
    with np.errstate(divide="ignore"):  # a mode of weight 0 makes it infinite, rightly
        return float((share * np.log(share / truth)).sum())


def _spread(offsets: np.ndarray, mode: np.ndarray, counts: np.ndarray, std: float) -> float:
    dim = offsets.shape[1]
    freedom = dim * np.maximum(counts - 1, 0).sum()
    if freedom == 0:
        return float("nan")
    sums = np.stack([np.bincount(mode, offsets[:, j], len(counts)) for j in range(dim)])
    between = (sums**2 / np.maximum(counts, 1)).sum()  # the modes' own displacement
    within = max((offsets**2).sum() - between, 0.0) / freedom
    # The samples were cut at 3 std, so the truth is too: the variance per axis of a Gaussian
    # cut at that radius is P(chi2[dim + 2] < 9) / P(chi2[dim] < 9) of the whole one's.
    truth = std**2 * high_quality_ceiling(dim + 2) / high_quality_ceiling(dim)
    return float(np.sqrt(within / truth))
