"""A user's own points, from a CSV or NPY file.

Files come from anyone, so nothing is unpickled, sizes are bounded before memory is spent, and
whatever is wrong is said in one sentence.
"""

from __future__ import annotations

import io
import os
from array import array
from pathlib import Path

import numpy as np
import torch

MAX_BYTES = 64 * 2**20
MAX_ROWS = 1_000_000
MIN_ROWS = 10
MAX_MAGNITUDE = 1e12
# Training runs in float32, which resolves seven digits: less spread than this is all rounding.
MIN_RELATIVE_STD = 1e-6
NPY_MAGIC = b"\x93NUMPY"


class UserPoints:
    """Points given by the user; sampling draws from them with replacement.

    Args:
        points: [n, dim], dim 1 or 2.
        label: how to call the file in error messages.

    Raises:
        ValueError: when the points cannot serve as training data; the sentence says why.
    """

    name = "points"
    modes = None
    log_prob = None

    def __init__(self, points: np.ndarray, label: str = "the data") -> None:
        _check_points(points, label)
        self.points = points.astype(np.float32)  # [n, dim]
        self.size, dim = points.shape
        self.shape = (dim,)
        self.mean = self.points.mean(axis=0, dtype=np.float64)
        self.std = self.points.std(axis=0, dtype=np.float64)
        low, high = points.min(axis=0), points.max(axis=0)
        pad = 0.1 * (high - low)
        self.bounds = np.stack([low - pad, high + pad], axis=1)  # [dim, 2]

    def sample(self, n: int, generator: torch.Generator) -> torch.Tensor:
        """Draw [n, dim] with replacement."""
        index = torch.randint(self.size, (n,), generator=generator)
        return torch.from_numpy(self.points)[index]


def load_points(source: str | os.PathLike[str] | bytes, name: str | None = None) -> UserPoints:
    """Read 1-D or 2-D points from a file, or from the bytes of one.

    CSV: one point a line, 1 or 2 numbers separated by commas, semicolons, tabs or blanks; one
    header line, blank lines and lines starting with # are allowed; UTF-8 or Latin-1. NPY: a
    numeric array of shape [n], [n, 1] or [n, 2]. The content decides between the two.

    Args:
        source: path, or the file's content.
        name: how to call the file in error messages; by default the path's last part.

    Raises:
        ValueError: one sentence on what is wrong with the file.
    """
    if isinstance(source, bytes):
        label, content = name or "the uploaded file", source
        _check_bytes(len(content), label)
    else:
        label = name or Path(source).name
        content = _read_bytes(Path(source), label)
    points = _parse_npy(content, label) if content[:6] == NPY_MAGIC else _parse_csv(content, label)
    return UserPoints(points, label)


def _read_bytes(path: Path, label: str) -> bytes:
    if not path.is_file():
        raise ValueError(f"there is no file at {path}: give the path of a CSV or NPY file")
    _check_bytes(path.stat().st_size, label)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{label} cannot be read ({error.strerror}): check its rights") from error


def _check_bytes(size: int, label: str) -> None:
    if size > MAX_BYTES:
        raise ValueError(
            f"{label} is larger than {MAX_BYTES // 2**20} MB, the most that is read: keep a random "
            "part of the rows"
        )
    if size == 0:
        raise ValueError(f"{label} is empty: give at least {MIN_ROWS} points")


def _parse_npy(content: bytes, label: str) -> np.ndarray:
    shape, dtype = _npy_header(content, label)
    if dtype.kind not in "fiu":
        raise ValueError(
            f"{label} holds values of type {dtype}, not plain numbers (pickled objects are never "
            "loaded): save a float array with numpy.save"
        )
    if len(shape) not in (1, 2):
        raise ValueError(f"{label} has shape {shape}: give an array of shape [n], [n, 1] or [n, 2]")
    # Before reading: the header alone decides how much memory numpy will ask for.
    _check_columns(shape[1] if len(shape) == 2 else 1, label)
    _check_rows(shape[0], label)
    try:
        values = np.load(io.BytesIO(content), allow_pickle=False)
    except ValueError:
        raise ValueError(f"{label} ends before its {shape[0]} rows do: copy it again") from None
    return values.astype(np.float64).reshape(shape[0], -1)


def _npy_header(content: bytes, label: str) -> tuple[tuple[int, ...], np.dtype]:
    stream = io.BytesIO(content)
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    try:
        shape, _, dtype = readers[np.lib.format.read_magic(stream)](stream)
    except Exception as error:  # a hostile header fails in numpy in many ways
        raise ValueError(f"{label} has no valid NPY header: save it with numpy.save") from error
    return shape, dtype


def _parse_csv(content: bytes, label: str) -> np.ndarray:
    values, width, header_allowed = array("d"), 0, True
    for number, line in enumerate(io.StringIO(_decode(content), newline=None), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        row = _numbers(line)
        if row is None and header_allowed:
            header_allowed = False
            continue
        if row is None or len(row) != (width or len(row)):
            raise ValueError(_bad_line(label, number, line))
        if not width:
            _check_columns(len(row), label)
            width, header_allowed = len(row), False
        values.extend(row)
        if len(values) > MAX_ROWS * width:
            break  # enough to be refused
    width = width or 1
    _check_rows(len(values) // width, label)
    return np.array(values).reshape(-1, width)


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _numbers(line: str) -> list[float] | None:
    """The numbers of a line, or None when a field is not one; reads no more than three fields."""
    separator = next((mark for mark in ";\t," if mark in line), None)
    try:
        return [float(field.strip(" \t\"'")) for field in line.split(separator, 3)[:3]]
    except ValueError:
        return None


def _bad_line(label: str, number: int, line: str) -> str:
    shown = line if len(line) <= 40 else line[:40] + "..."
    return (
        f"line {number} of {label} reads {shown!r}: after an optional header, every line must "
        "hold 1 number, or every line 2, with a decimal point"
    )


def _check_columns(columns: int, label: str) -> None:
    if columns not in (1, 2):
        raise ValueError(
            f"{label} has {columns if columns < 3 else '3 or more'} columns: keep 1 or 2 of them, "
            "without an index"
        )


def _check_rows(rows: int, label: str) -> None:
    if rows > MAX_ROWS:
        raise ValueError(
            f"{label} has more than {MAX_ROWS:,} rows: keep a random part of them, that is enough"
        )
    if rows < MIN_ROWS:
        raise ValueError(f"{label} holds {rows} points: give at least {MIN_ROWS}")


def _check_points(points: np.ndarray, label: str) -> None:
    if points.ndim != 2:
        raise ValueError(f"{label} has shape {points.shape}: give an array [n, 1] or [n, 2]")
    _check_columns(points.shape[1], label)
    _check_rows(len(points), label)
    if not np.isfinite(points).all():
        row, column = np.argwhere(~np.isfinite(points))[0]
        raise ValueError(
            f"point {row + 1} of {label} has {points[row, column]} in column {column + 1}: "
            "remove points with missing or infinite values"
        )
    largest = np.abs(points).max(axis=0)  # [dim]
    if largest.max() > MAX_MAGNITUDE:
        raise ValueError(
            f"{label} holds values as large as {largest.max():.3g}, past {MAX_MAGNITUDE:.0e}: "
            "rescale the data"
        )
    spread = points.astype(np.float32).std(axis=0, dtype=np.float64)
    for column in np.flatnonzero(spread <= MIN_RELATIVE_STD * largest) + 1:
        raise ValueError(
            f"column {column} of {label} is constant, or varies by less than a millionth of its "
            "size: remove the column or subtract its offset"
        )
