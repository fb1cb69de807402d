"""Gaussian kernels: density estimates by FFT in 1-D, and the maximum mean discrepancy."""

from __future__ import annotations

import numpy as np
from scipy import fft
from scipy.spatial.distance import cdist, pdist

from ganlab.divergences.closed_forms import js_discrete
from ganlab.divergences.samples import as_pair, as_points

GRID_POINTS = 1024


def silverman_bandwidth(samples: np.ndarray) -> float:
    """0.9 min(std, IQR / 1.34) n^(-1/5) of a 1-D sample (Silverman 1986, eq. 3.31).

    Raises ValueError for a constant sample, which has no density.
    """
    points = as_points(samples)[:, 0]
    low, high = np.quantile(points, [0.25, 0.75])
    scale = min(points.std(ddof=1), (high - low) / 1.34) or points.std(ddof=1)
    if not scale > 0:
        raise ValueError(
            f"all {len(points)} samples equal {points[0]}: a density estimate needs a sample with "
            "spread, or a bandwidth given by hand."
        )
    return float(0.9 * scale * len(points) ** -0.2)


def kde_fft(samples: np.ndarray, grid: np.ndarray, bandwidth: float) -> np.ndarray:
    """Gaussian kernel density estimate [m] of 1-D samples on an equally spaced grid [m].

    Linear binning, then one convolution by FFT, padded so that nothing wraps around. Samples
    outside the grid are left out: the density then integrates to less than 1.
    """
    points, step = as_points(samples, 1)[:, 0], grid[1] - grid[0]
    position = (points - grid[0]) / step
    position = position[(position >= 0) & (position <= len(grid) - 1)]
    left = np.minimum(position.astype(int), len(grid) - 2)
    share = position - left
    weights = np.bincount(left, 1 - share, len(grid)) + np.bincount(left + 1, share, len(grid))
    size = fft.next_fast_len(len(grid) + int(8 * bandwidth / step) + 1, real=True)
    frequency = 2 * np.pi * fft.rfftfreq(size, step)
    spectrum = fft.rfft(weights, size) * np.exp(-0.5 * (frequency * bandwidth) ** 2)
    density = fft.irfft(spectrum, size)[: len(grid)] / (len(points) * step)
    return np.maximum(density, 0)  # the FFT leaves -1e-17 where there is nothing


def js_kde(real: np.ndarray, fake: np.ndarray, bandwidth: float | None = None) -> float:
    """JS of two 1-D samples by FFT-KDE on 1,024 points, in nats.

    Both are smoothed with the same bandwidth, by default Silverman's for the REAL sample: the
    same noise added to both laws can only lower their divergence. A rule of thumb is blind to
    modes narrower than itself.
    """
    real, fake = as_pair(real, fake)
    bandwidth = silverman_bandwidth(real) if bandwidth is None else bandwidth
    both = np.concatenate([real, fake])
    margin = 4 * bandwidth
    grid = np.linspace(both.min() - margin, both.max() + margin, GRID_POINTS)
    return js_discrete(kde_fft(real, grid, bandwidth), kde_fft(fake, grid, bandwidth))


def median_bandwidth(real: np.ndarray) -> float:
    """Median distance between two real samples (the median heuristic, Gretton et al. 2012)."""
    return float(np.median(pdist(as_points(real))))


def mean_kernel_within(points: np.ndarray, bandwidth: float) -> float:
    """Mean of exp(-|x - x'|^2 / (2 bandwidth^2)) over pairs of different rows of [n, dim]."""
    return _mean_kernel(pdist(points, "sqeuclidean"), bandwidth)


def mean_kernel_between(a: np.ndarray, b: np.ndarray, bandwidth: float) -> float:
    """Mean of the same kernel over all pairs of a row of [n, dim] and one of [m, dim]."""
    return _mean_kernel(cdist(a, b, "sqeuclidean"), bandwidth)


def mmd_squared(real: np.ndarray, fake: np.ndarray, bandwidth: float | None = None) -> float:
    """Unbiased MMD^2 with a Gaussian kernel (Gretton et al. 2012, eq. 3).

    Costs len(real) x len(fake) kernel values: subsample first where that is too much. bandwidth:
    by default the median distance inside the REAL sample, so that it does not move with the
    generator. Near equal laws the reading scatters around 0 and may be negative.
    """
    real, fake = as_pair(real, fake)
    bandwidth = median_bandwidth(real) if bandwidth is None else bandwidth
    within = mean_kernel_within(real, bandwidth) + mean_kernel_within(fake, bandwidth)
    return within - 2 * mean_kernel_between(real, fake, bandwidth)


def _mean_kernel(squared: np.ndarray, bandwidth: float) -> float:
    """Mean kernel over squared distances; a bandwidth of 0 tells equal points from others."""
    scale = max(2 * bandwidth**2, np.finfo(float).tiny)
    with np.errstate(over="ignore"):
        return float(np.exp(squared / -scale).mean())
