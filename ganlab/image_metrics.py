"""Scores of generated images from a classifier's features and probabilities.

Features in, numbers out: ``ganlab.classifier`` makes the features. NumPy and SciPy only. None of
these are comparable with published Inception scores, whose network is another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import rel_entr

from ganlab.snapshot import Estimate

NEIGHBOURS = 5
CONFIDENT = 0.9
NEAR = 1000  # samples a side behind precision, recall, density and coverage
BLOCK = 64  # samples compared at once with the whole training set: 30 MB

# history column -> how ``ImageScores`` measures it
SCORES = {
    "frechet": "Frechet distance in the classifier's features",
    "class_kl": "KL(classes of the fakes, classes of the training images)",
    "confident": "share of samples the classifier is more than 90 % sure of",
    "modes": "classes with at least one sample above 90 %",
    "precision": "share of fakes near real images in the classifier's features",
    "recall": "share of real images near fakes in the classifier's features",
    "density": "crowding of fakes around real images, 1 for equal laws",
    "coverage": "share of real images with a fake in their neighbourhood",
}


def frechet_distance(m1: np.ndarray, c1: np.ndarray, m2: np.ndarray, c2: np.ndarray) -> float:
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) between two Gaussians (Heusel et al. 2017).

    m1, m2: [dim] means; c1, c2: [dim, dim] covariances, perhaps singular. Raises ValueError for
    shapes that do not fit or values that are not finite.
    """
    m1, c1, m2, c2 = (np.asarray(x, float) for x in (m1, c1, m2, c2))
    if not (m1.shape == m2.shape and c1.shape == c2.shape == (*m1.shape, *m1.shape)):
        raise ValueError(
            f"means {m1.shape}, {m2.shape} and covariances {c1.shape}, {c2.shape} do not fit: "
            "give [dim] and [dim, dim]."
        )
    if not all(np.isfinite(x).all() for x in (m1, c1, m2, c2)):
        raise ValueError("a mean or covariance is not finite: check the features it came from.")
    values, vectors = np.linalg.eigh(c1)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    # root C2 root is symmetric and has the eigenvalues of C1 C2: no complex matrix root needed
    cross = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ c2 @ root), 0)).sum()
    distance = ((m1 - m2) ** 2).sum() + np.trace(c1) + np.trace(c2) - 2 * cross
    return float(max(distance, 0.0))  # rounding may leave -1e-14


def feature_statistics(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean [dim] and covariance [dim, dim] of features [n, dim]. Raises ValueError."""
    features = _as_features(features, 2)
    return features.mean(axis=0), np.cov(features, rowvar=False).reshape(features.shape[1], -1)


def frechet_from_features(real: np.ndarray, fake: np.ndarray) -> float:
    """Frechet distance between Gaussians fitted to features [n, dim] and [m, dim].

    Biased upwards by about dim / n for few samples: compare at equal n only.
    """
    return frechet_distance(*feature_statistics(real), *feature_statistics(fake))


def class_histogram(probabilities: np.ndarray) -> np.ndarray:
    """Share of the samples assigned to each class: [n, classes] -> [classes], sums to 1."""
    probabilities = _as_probabilities(probabilities)
    counts = np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1])
    return counts / len(probabilities)


def class_kl(probabilities: np.ndarray, reference: np.ndarray | None = None) -> float:
    """KL(class histogram of the samples, reference) in nats: 0 when every class is met.

    reference: [classes] shares in the data, uniform when None. ``inf`` where samples fall in a
    class that the data lack.
    """
    histogram = class_histogram(probabilities)
    reference = np.full(len(histogram), 1 / len(histogram)) if reference is None else reference
    return _histogram_kl(histogram, np.asarray(reference, float))


def _histogram_kl(histogram: np.ndarray, reference: np.ndarray) -> float:
    return float(rel_entr(histogram, reference).sum())


def inception_score(probabilities: np.ndarray) -> float:
    """exp(E KL(p(y|x), p(y))) from [n, classes] (Salimans et al. 2016): 1 to the classes."""
    probabilities = _as_probabilities(probabilities)
    marginal = probabilities.mean(axis=0)
    return float(np.exp(rel_entr(probabilities, marginal).sum(axis=1).mean()))


def confident_share(probabilities: np.ndarray, threshold: float = CONFIDENT) -> float:
    """Share of samples whose top class has more than ``threshold``: [n, classes] -> [0, 1]."""
    return float((_as_probabilities(probabilities).max(axis=1) > threshold).mean())


def precision_recall(
    real: np.ndarray, fake: np.ndarray, k: int = NEIGHBOURS
) -> tuple[float, float]:
    """Share of fakes near real samples, and of real ones near fakes (Kynkaanniemi et al. 2019).

    "Near" is within the distance of some sample of the other side to its own k-th neighbour.
    real, fake: features [n, dim], [m, dim]. Raises ValueError for k samples or fewer.
    """
    return _neighbourhoods(real, fake, k)[:2]


def density_coverage(
    real: np.ndarray, fake: np.ndarray, k: int = NEIGHBOURS
) -> tuple[float, float]:
    """How crowded fakes are around real samples, and the share of real ones met (Naeem 2020).

    Density: mean number of real neighbourhoods a fake lies in, over k; 1 for equal laws, no upper
    limit. Coverage: share of real samples with a fake in their neighbourhood; for equal laws and
    sizes n it is 1 - (n-1)...(n-k) / ((2n-1)...(2n-k)), .969 for k = 5. Same input as
    ``precision_recall``.
    """
    return _neighbourhoods(real, fake, k)[2:]


def nearest_training(
    features: np.ndarray, train_features: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The closest training image to each sample, to see whether G copies: (index, distance).

    features: [n, dim]; train_features: [m, dim]. Returns [n] indices and [n] Euclidean feature
    distances, exactly 0 for a copy.
    """
    features, train_features = _as_pair(features, train_features, 0)
    blocks = [
        cdist(features[start : start + BLOCK], train_features)
        for start in range(0, len(features), BLOCK)
    ]
    index = np.concatenate([block.argmin(axis=1) for block in blocks])
    return index, np.concatenate([block.min(axis=1) for block in blocks])


@dataclass(frozen=True)
class Reference:
    """What scoring needs to know of the real images, made by ``ganlab.classifier``.

    mean [dim], covariance [dim, dim] of the features of all training images; histogram [classes]
    of the classes the classifier gives them; and, of held-out images: features [n, dim],
    classes [n] given, confidence [n] (probability of that class).
    """

    mean: np.ndarray
    covariance: np.ndarray
    histogram: np.ndarray
    features: np.ndarray
    classes: np.ndarray
    confidence: np.ndarray


class ImageScores:
    """Scores of generated images against a reference, cheap enough to take during a run."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        # The last half at most: the floor compares the first ones with these.
        near = min(NEAR, len(reference.features) // 2)
        self._near = reference.features[-near:].astype(float)
        self._floors: dict[int, dict[str, float]] = {}

    def measure(
        self, features: np.ndarray, probabilities: np.ndarray
    ) -> tuple[dict[str, Estimate], np.ndarray]:
        """Estimates from features [n, dim] and probabilities [n, classes]; images per class.

        modes: classes with at least one sample above 90 %. Their floors are the readings of as
        many held-out real images (of all held-out ones where n is larger). Raises ValueError.
        """
        features = _as_features(features, NEIGHBOURS + 1)
        probabilities = _as_probabilities(probabilities)
        counts, values = self._values(
            features, probabilities.argmax(axis=1), probabilities.max(axis=1)
        )
        floors = self._floor(len(features))
        return {
            name: Estimate(value, floors[name], SCORES[name]) for name, value in values.items()
        }, counts

    def _floor(self, samples: int) -> dict[str, float]:
        if samples not in self._floors:
            real, part = self._reference, slice(samples)
            held_out = real.features[part].astype(float)
            self._floors[samples] = self._values(
                held_out, real.classes[part], real.confidence[part]
            )[1]
        return self._floors[samples]

    def _values(
        self, features: np.ndarray, classes: np.ndarray, confidence: np.ndarray
    ) -> tuple[np.ndarray, dict[str, float]]:
        reference, sure = self._reference, confidence > CONFIDENT
        counts = np.bincount(classes, minlength=len(reference.histogram))
        mean, covariance = feature_statistics(features)
        near = _neighbourhoods(self._near, features[: len(self._near)], NEIGHBOURS)
        return counts, {
            "frechet": frechet_distance(reference.mean, reference.covariance, mean, covariance),
            "class_kl": _histogram_kl(counts / counts.sum(), reference.histogram),
            "confident": float(sure.mean()),
            "modes": float(len(np.unique(classes[sure]))),
            **dict(zip(("precision", "recall", "density", "coverage"), near, strict=True)),
        }


def _neighbourhoods(
    real: np.ndarray, fake: np.ndarray, k: int
) -> tuple[float, float, float, float]:
    """Precision, recall, density and coverage from one table of distances."""
    real, fake = _as_pair(real, fake, k)
    apart = cdist(real, fake)  # [n, m]
    near_real = apart <= _radii(real, k)[:, None]
    near_fake = apart <= _radii(fake, k)[None, :]
    return (
        float(near_real.any(0).mean()),
        float(near_fake.any(1).mean()),
        float(near_real.sum() / (k * len(fake))),
        float(near_real.any(1).mean()),
    )


def _radii(points: np.ndarray, k: int) -> np.ndarray:
    """Distance of each point to its k-th neighbour, [n]; in 64 dimensions no tree beats a table."""
    return np.partition(cdist(points, points), k, axis=1)[:, k]  # the nearest is itself


def _as_features(features: np.ndarray, at_least: int) -> np.ndarray:
    features = np.asarray(features, float)
    if features.ndim != 2 or len(features) < at_least or not np.isfinite(features).all():
        raise ValueError(
            f"features of shape {features.shape} cannot be scored: give finite [n, dim] with at "
            f"least {at_least} samples."
        )
    return features


def _as_pair(a: np.ndarray, b: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    a, b = _as_features(a, k + 1), _as_features(b, k + 1)
    if a.shape[1] != b.shape[1]:
        raise ValueError(
            f"features of {a.shape[1]} and {b.shape[1]} dimensions cannot be compared: take both "
            "from the same classifier."
        )
    return a, b


def _as_probabilities(probabilities: np.ndarray) -> np.ndarray:
    probabilities = np.asarray(probabilities, float)
    rows = probabilities.sum(axis=-1)
    if probabilities.ndim != 2 or not len(probabilities) or not np.allclose(rows, 1, atol=1e-3):
        raise ValueError(
            f"probabilities of shape {probabilities.shape} are no class probabilities: give "
            "[n, classes] with rows that sum to 1."
        )
    return probabilities
