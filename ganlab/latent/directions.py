"""Directions in z that mean something: principal ones, those of the weights, those of classes.

z + amount * direction edits a sample. Rows are of norm 1, so that amounts compare. A principal
direction has no sign of its own: its component of the largest magnitude is made positive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganlab.latent.reading import evaluating


@dataclass(frozen=True)
class Directions:
    """Unit vectors [k, latent], the most important first, or one per class in their order.

    share: [k], a vector's share of the variance of the features ("features") or of the squared
    norm of the weights ("weights"); for "classes", its length before it was made a unit vector.
    """

    vectors: Tensor
    share: Tensor
    name: str


@torch.no_grad()
def principal_directions(generator: nn.Module, latents: Tensor, k: int) -> Directions:
    """GANSpace (Härkönen et al. 2020): the directions that move the features most.

    Principal components of generator.features(latents), carried back to z by least squares: V
    minimises |X V - (z - mean z)|^2, with X the principal coordinates [n, k]; its rows are the
    directions. latents: [n, latent], draws of the prior, n well above latent. Components in which
    the features do not vary are left out. Raises ValueError.
    """
    with evaluating(generator):
        features = generator.features(latents)  # [n, f]
    _check_finite(features)
    _check_count(k, min(len(latents) - 1, features.shape[1], latents.shape[1]))
    coordinates, variance, total = _principal_coordinates(features - features.mean(0), k)
    # The coordinates are orthogonal, so least squares is one division.
    vectors = coordinates.T @ (latents - latents.mean(0)) / variance.unsqueeze(1)
    return Directions(_signed(_unit_rows(vectors)), variance / total, "features")


def _principal_coordinates(centred: Tensor, k: int) -> tuple[Tensor, Tensor, Tensor]:
    """Coordinates [n, <= k] along the principal components of [n, f], their squared norms, |.|^2.

    From the smaller of the two Gram matrices, which is much faster than an SVD.
    """
    wide = centred.shape[1] > centred.shape[0]
    gram = centred @ centred.T if wide else centred.T @ centred
    values, vectors = torch.linalg.eigh(gram.double())
    values, vectors = values.flip(0)[:k], vectors.flip(1)[:, :k].to(centred)
    kept = values > 1e-6 * values[0]
    values, vectors = values[kept].to(centred), vectors[:, kept]
    return vectors * values.sqrt() if wide else centred @ vectors, values, gram.trace()


@torch.no_grad()
def weight_directions(generator: nn.Module, k: int) -> Directions:
    """SeFa (Shen and Zhou 2021): the directions that the first layer stretches most.

    For its weight A [width, latent] these are the leading eigenvectors of A^T A, A's right
    singular vectors; no sample is needed. Raises ValueError.
    """
    with evaluating(generator):
        weight = generator.first_layer.weight
    _check_finite(weight)
    _check_count(k, min(weight.shape))
    _, values, vectors = torch.linalg.svd(weight, full_matrices=False)
    return Directions(_signed(vectors[:k]), (values**2 / (values**2).sum())[:k], "weights")


def class_means(latents: Tensor, classes: Tensor, n_classes: int) -> tuple[Tensor, Tensor]:
    """The mean z of the samples of each class: [n_classes, latent], and their counts [n_classes].

    latents: [n, latent]; classes: [n], what each sample was taken for, 0 to n_classes - 1. The
    mean of an absent class is NaN.
    """
    counts = torch.bincount(classes, minlength=n_classes)
    sums = latents.new_zeros(n_classes, latents.shape[1]).index_add_(0, classes, latents)
    return sums / counts.unsqueeze(1), counts


def class_directions(means: Tensor, counts: Tensor) -> Directions:
    """From the mean of all samples towards each class's mean, one row per class.

    means: [n_classes, latent]; counts: [n_classes], as ``class_means`` gives them. The row of an
    absent class is 0, and its share too.
    """
    weights = counts.to(means).unsqueeze(1) / counts.sum()
    means = torch.where(weights > 0, means, 0)
    towards = torch.where(weights > 0, means - (weights * means).sum(0), 0)
    # A mean points where it points: no sign to choose.
    return Directions(_unit_rows(towards), towards.norm(dim=1), "classes")


def arithmetic(means: Tensor, weights: Mapping[int, float]) -> Tensor:
    """The weighted sum of class means, [latent]: {7: 1, 1: -1} is mean z(7) - mean z(1).

    Radford et al. 2016, section 6.3.2. means: [n_classes, latent]. Raises ValueError for a class
    without samples.
    """
    total = torch.zeros_like(means[0])
    for label, weight in weights.items():
        if not 0 <= label < len(means) or not means[label].isfinite().all():
            raise ValueError(f"Class {label} has no samples: choose classes that G makes.")
        total += weight * means[label]
    return total


def _unit_rows(vectors: Tensor) -> Tensor:
    return nn.functional.normalize(vectors, dim=1, eps=torch.finfo(vectors.dtype).tiny)


def _signed(vectors: Tensor) -> Tensor:
    """Each row's component of the largest magnitude made positive."""
    largest = vectors.gather(1, vectors.abs().argmax(1, keepdim=True))
    return torch.where(largest < 0, -vectors, vectors)


def _check_finite(numbers: Tensor) -> None:
    if not numbers.isfinite().all():
        raise ValueError("G's first layer is not finite: look at an earlier step of the run.")


def _check_count(k: int, most: int) -> None:
    if not 1 <= k <= most:
        raise ValueError(f"{k} directions: this generator and these latents have 1 to {most}.")
