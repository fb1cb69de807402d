"""Distances between p_data and p_g: exact ones, estimates from samples, and their noise floor.

NumPy and SciPy only. Samples are [n, dim] (or [n] in 1-D); information divergences are in nats.
``Divergences`` measures a run; the functions stand alone.
"""

from __future__ import annotations

from ganlab.divergences.closed_forms import (
    discriminator_bound,
    js_discrete,
    js_quadrature,
    kl_discrete,
    kl_gaussian,
    kl_quadrature,
    nats_to_bits,
    optimal_discriminator,
)
from ganlab.divergences.kernel import (
    js_kde,
    kde_fft,
    median_bandwidth,
    mmd_squared,
    silverman_bandwidth,
)
from ganlab.divergences.live import Divergences, Floor
from ganlab.divergences.neighbours import kl_to_density, knn_entropy, knn_kl
from ganlab.divergences.partitions import (
    GridPartition,
    ModePartition,
    js_counts,
    kl_counts,
)
from ganlab.divergences.transport import (
    energy_distance,
    sliced_wasserstein,
    wasserstein_1d,
)
from ganlab.snapshot import Estimate

__all__ = [
    "Divergences",
    "Estimate",
    "Floor",
    "GridPartition",
    "ModePartition",
    "discriminator_bound",
    "energy_distance",
    "js_counts",
    "js_discrete",
    "js_kde",
    "js_quadrature",
    "kde_fft",
    "kl_counts",
    "kl_discrete",
    "kl_gaussian",
    "kl_quadrature",
    "kl_to_density",
    "knn_entropy",
    "knn_kl",
    "median_bandwidth",
    "mmd_squared",
    "nats_to_bits",
    "optimal_discriminator",
    "silverman_bandwidth",
    "sliced_wasserstein",
    "wasserstein_1d",
]
