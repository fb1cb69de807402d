"""The generator's image of the latent plane: a mesh, its density and its folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ganlab.snapshot import Manifold

DENSE = 95  # percentile of the cells' densities that is drawn as densest
NO_AREA = 1e-10  # times the squared coordinates: less is rounding and has no orientation


@dataclass(frozen=True)
class Mesh:
    """images, latents: [h, w, 2] nodes; weight: [h-1, w-1], uint8, 255 the densest cells.

    folds: [m, 4], edges x0, y0, x1, y1 across which the map turns over. A latent line is a mesh
    of one row, without cells or folds.
    """

    images: np.ndarray
    latents: np.ndarray
    weight: np.ndarray
    folds: np.ndarray


def mesh(manifold: Manifold) -> Mesh:
    """The mesh of a manifold in the plane, images [m, 2] or [h, w, 2]."""
    images, latents = np.asarray(manifold.images, float), np.asarray(manifold.latents, float)
    if images.ndim == 2:
        line = np.stack((latents, np.zeros_like(latents)), -1)
        nothing = np.empty((0, len(images) - 1), np.uint8)
        return Mesh(images[None], line[None], nothing, np.empty((0, 4)))
    areas = cell_areas(images)
    return Mesh(images, latents, weights(areas), folds(images, areas))


def cell_areas(images: np.ndarray) -> np.ndarray:
    """Signed areas [h-1, w-1] of the mapped cells of [h, w, 2]: det J times a cell's size."""
    one = images[1:, 1:] - images[:-1, :-1]  # the two diagonals
    two = images[1:, :-1] - images[:-1, 1:]
    return (one[..., 0] * two[..., 1] - one[..., 1] * two[..., 0]) / 2


def weights(areas: np.ndarray) -> np.ndarray:
    """The mapped density p_z / |det J| of each cell as bytes, 255 at its 95th percentile.

    The latent nodes hold equal shares of p_z's mass, so a cell's density is one over its area.
    Cells without a finite area count as empty.
    """
    known = np.isfinite(areas)
    if not known.any():
        return np.zeros(areas.shape, np.uint8)
    size = np.where(known, np.abs(areas), np.inf)
    least = np.percentile(size[known], 100 - DENSE)  # the densest cells are the smallest
    share = np.divide(least, size, out=np.ones_like(size), where=size > least)
    return np.round(255 * share).astype(np.uint8)


def folds(images: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """[m, 4]: the mesh edges between neighbouring cells of opposite orientation.

    images: [h, w, 2]; areas: their signed ``cell_areas``. There det J changes sign, p_g is
    infinite in theory, and the generator lays one sheet of the latent plane over another.
    """
    scale = np.abs(images[np.isfinite(images)]).max(initial=0) ** 2
    side = np.where(np.abs(areas) > NO_AREA * scale, np.sign(areas), 0)
    across, down = side[:, 1:] * side[:, :-1] < 0, side[1:] * side[:-1] < 0
    upright = np.concatenate((images[:-1, 1:-1], images[1:, 1:-1]), -1)[across]
    level = np.concatenate((images[1:-1, :-1], images[1:-1, 1:]), -1)[down]
    return np.concatenate((upright, level))
