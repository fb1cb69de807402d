"""The line where a function on a grid is zero."""

from __future__ import annotations

import numpy as np

# A cell's edges as pairs of corners, corners counted (y, x) = 00, 01, 11, 10; and per case
# (which corners are positive, as bits) the edges that the line joins. Saddles take two lines.
EDGES = ((0, 1), (1, 2), (2, 3), (3, 0))
JOINS = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 0), (1, 2)),
    6: ((0, 2),), 7: ((3, 2),), 8: ((2, 3),), 9: ((2, 0),), 10: ((0, 1), (2, 3)),
    11: ((2, 1),), 12: ((1, 3),), 13: ((1, 0),), 14: ((0, 3),),
}  # fmt: skip


def zero_line(x: np.ndarray, y: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Segments where ``values`` [ny, nx] change sign over the grid y [ny], x [nx].

    Marching squares with linear interpolation (Lorensen and Cline 1987, in two dimensions).
    Returns xs, ys [3 m]: start, end and a NaN per segment, so that one line can draw them all.
    """
    corners = np.stack((values[:-1, :-1], values[:-1, 1:], values[1:, 1:], values[1:, :-1]))
    case = (np.array([1, 2, 4, 8])[:, None, None] * (corners > 0)).sum(0)
    starts, ends = [], []
    for number, joins in JOINS.items():
        rows, columns = np.nonzero(case == number)
        if len(rows):
            cell = corners[:, rows, columns]
            for start, end in joins:
                starts.append(_crossing(x, y, rows, columns, cell, start))
                ends.append(_crossing(x, y, rows, columns, cell, end))
    if not starts:
        return np.empty(0), np.empty(0)
    start, end = np.concatenate(starts, 1), np.concatenate(ends, 1)  # [2, m]
    gap = np.full_like(start, np.nan)
    xs, ys = np.stack((start, end, gap), -1).reshape(2, -1)
    return xs, ys


def _crossing(
    x: np.ndarray,
    y: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    cell: np.ndarray,
    edge: int,
) -> np.ndarray:
    """[2, m]: the point (x, y) on an edge of the cells where the values are zero."""
    corner_rows, corner_columns = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 0])
    a, b = EDGES[edge]
    share = cell[a] / (cell[a] - cell[b])
    ends = [np.stack((x[columns + corner_columns[c]], y[rows + corner_rows[c]])) for c in (a, b)]
    return ends[0] + share * (ends[1] - ends[0])
