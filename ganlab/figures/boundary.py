"""Lines where a function on a grid is zero, and where a density holds a share of its mass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# Corners of a cell as (row, column), and its edges as pairs of them. The case of a cell is the
# number whose bits say which corners are positive; per case, the pairs of edges that the line
# joins: none, one, or two in a saddle.
CORNERS = np.array([(0, 0), (0, 1), (1, 1), (1, 0)])
EDGES = np.array([(0, 1), (1, 2), (2, 3), (3, 0)])
NONE = (-1, -1)
JOINS = np.array([
    (NONE, NONE), ((3, 0), NONE), ((0, 1), NONE), ((3, 1), NONE),
    ((1, 2), NONE), ((3, 0), (1, 2)), ((0, 2), NONE), ((3, 2), NONE),
    ((2, 3), NONE), ((2, 0), NONE), ((0, 1), (2, 3)), ((2, 1), NONE),
    ((1, 3), NONE), ((1, 0), NONE), ((0, 3), NONE), (NONE, NONE),
])  # fmt: skip


def segments(x: np.ndarray, y: np.ndarray, values: np.ndarray) -> np.ndarray:
    """[m, 4]: x0, y0, x1, y1 of the pieces where ``values`` [ny, nx] change sign over x, y.

    Marching squares with linear interpolation (Lorensen and Cline 1987, in two dimensions).
    x: [nx], y: [ny]. Cells with a corner that is not finite are left out.
    """
    corners = np.stack((values[:-1, :-1], values[:-1, 1:], values[1:, 1:], values[1:, :-1]))
    case = np.tensordot([1, 2, 4, 8], corners > 0, 1)  # [ny - 1, nx - 1]
    rows, columns = np.nonzero((case > 0) & (case < 15) & np.isfinite(corners).all(0))
    points = _crossings(x, y, rows, columns, corners[:, rows, columns])
    joins = JOINS[case[rows, columns]]  # [m, 2 lines, 2 ends]
    cell, line = np.nonzero(joins[..., 0] >= 0)
    return points[joins[cell, line], cell[:, None]].reshape(-1, 4)


def _crossings(
    x: np.ndarray, y: np.ndarray, rows: np.ndarray, columns: np.ndarray, corners: np.ndarray
) -> np.ndarray:
    """[4, m, 2]: where the values [4, m] at the corners of m cells are zero on each edge.

    Nonsense on edges that the line does not cross.
    """
    places = np.stack((x[columns + CORNERS[:, 1:]], y[rows + CORNERS[:, :1]]), -1)  # [4, m, 2]
    (a, b), (start, end) = corners[EDGES.T], places[EDGES.T]
    share = np.divide(a, a - b, out=np.zeros_like(a), where=a != b)
    return start + share[..., None] * (end - start)


def zero_line(x: np.ndarray, y: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``segments`` as xs, ys [3 m]: start, end and a NaN per piece, so that one line draws all."""
    ends = segments(x, y, values).reshape(-1, 2, 2)
    gaps = np.full((len(ends), 1, 2), np.nan)
    xs, ys = np.concatenate((ends, gaps), 1).reshape(-1, 2).T
    return xs, ys


def mass_levels(density: np.ndarray, shares: Sequence[float]) -> list[float]:
    """For each share, the level above which a density's cells hold that share of its mass.

    The bounds of highest-density regions (Hyndman 1996): half way between the last cell inside
    and the first outside. density: [ny, nx] on equal cells. Empty without mass.
    """
    values = np.sort(density, axis=None)[::-1]
    mass = np.cumsum(values)
    if not len(mass) or not mass[-1] > 0:
        return []
    last = np.searchsorted(mass, np.asarray(shares) * mass[-1])
    after = np.minimum(last + 1, len(values) - 1)
    return ((values[last] + values[after]) / 2).tolist()
