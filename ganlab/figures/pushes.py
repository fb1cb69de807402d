"""Where the generator's loss pushes each fake, for five losses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ganlab.figures import marks
from ganlab.snapshot import Snapshot

LONGEST = 0.1  # of the picture's width, which a push approaches as its force grows,
STEEP = 4.0  # and reaches half of at a force of so many logits across the picture
# Probes take off a loss's undecided logit; the least-squares loss puts it between 0 and 1.
UNDECIDED = {"least_squares": 0.5}

# name -> factor on grad l of the force -d L_G / d x on a fake x, from (D, l)
PUSHES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "D": lambda d, logit: d * (1 - d),  # the gradient of D itself
    "saturating": lambda d, logit: d,  # L_G = log(1 - D)
    "non_saturating": lambda d, logit: 1 - d,  # L_G = -log D
    "wasserstein": lambda d, logit: np.ones_like(logit),  # L_G = -l
    "least_squares": lambda d, logit: 2 * (1 - logit),  # L_G = (l - 1)^2
}


def forces(snapshot: Snapshot) -> np.ndarray:
    """[5, a, 2]: minus the gradient of G's loss at the first a fakes, in the order of PUSHES.

    Per sample, for each of the losses whatever loss is trained. l is the logit and D = sigma(l);
    a critic's D is the belief that the picture shows (``marks.calibrated``), and its l in the
    least-squares force that calibrated score, while grad l stays the slope of its raw score, in
    score per data unit. Empty where the snapshot has no slopes.
    """
    if snapshot.slopes is None:
        return np.empty((len(PUSHES), 0, snapshot.fake.shape[-1]))
    slopes = np.asarray(snapshot.slopes, float)
    logits = np.asarray(marks.calibrated(snapshot.fake_logits[: len(slopes)], snapshot), float)
    d, scores = marks.sigmoid(logits), logits + UNDECIDED.get(snapshot.loss, 0.0)
    return np.stack([factor(d, scores)[:, None] * slopes for factor in PUSHES.values()])


def pushes(snapshot: Snapshot, bounds: np.ndarray) -> np.ndarray:
    """[5, a, 2]: displacements that show the forces, in data units.

    Each points along its force; its length grows with the force and saturates at a tenth of the
    picture's width, so that a steep D does not draw across the whole picture and a flat one
    draws nothing. 0 where a fake or its force is not finite, or the fake outside the picture.
    bounds: [2, 2], the square shown.
    """
    force = forces(snapshot)
    fake, width = snapshot.fake[: force.shape[1]], np.ptp(bounds[0])
    inside = ((fake >= bounds[:, 0]) & (fake <= bounds[:, 1])).all(1)  # false for NaN
    shown = inside & np.isfinite(force).all(2)  # [5, a]
    force = np.where(shown[..., None], force, 0.0)
    across = np.linalg.norm(force, axis=2, keepdims=True) * width  # logits across the picture
    return force * (LONGEST * width**2 / (across + STEEP))
