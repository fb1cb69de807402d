"""Points as text: a drawing or a small file travels inside a configuration, and so in a link.

    byte: dim | dim x (low, high) as little-endian float32 | n x dim coordinates as uint16

in URL-safe base64 without padding. A coordinate is exact to 1/65,535 of its range.
"""

from __future__ import annotations

import base64
import binascii

import numpy as np

from ganlab.data.user import UserPoints

MAX_POINTS = 2000  # about 11,000 characters, which every browser takes in an address
_LEVELS = 65_535
LABEL = "your data"


def pack_points(points: np.ndarray) -> str:
    """points [n, dim], dim 1 or 2, as text; of more than ``MAX_POINTS``, an even selection.

    Raises ValueError, in one sentence, where they cannot serve as training data.
    """
    points = np.asarray(points, float)
    chosen = np.linspace(0, len(points) - 1, min(len(points), MAX_POINTS)).round().astype(int)
    points = points[chosen]
    UserPoints(points, LABEL)
    ranges = np.stack([points.min(0), points.max(0)], 1).astype("<f4")  # [dim, 2]
    low, width = ranges[:, 0], np.ptp(ranges, axis=1)
    levels = np.clip(np.round((points - low) / width * _LEVELS), 0, _LEVELS).astype("<u2")
    content = bytes([points.shape[1]]) + ranges.tobytes() + levels.tobytes()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def unpack_points(text: str) -> np.ndarray:
    """The points [n, dim] of ``pack_points``. Raises ValueError for any other text."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        content = b""
    dim = content[0] if content else 0
    body = len(content) - 1 - 8 * dim
    if dim not in (1, 2) or body < 0 or body % (2 * dim) or body > 2 * dim * MAX_POINTS:
        raise ValueError("the drawn points of this address are damaged: draw or upload them again")
    ranges = np.frombuffer(content, "<f4", 2 * dim, 1).reshape(dim, 2).astype(float)
    levels = np.frombuffer(content, "<u2", offset=1 + 8 * dim).reshape(-1, dim)
    return ranges[:, 0] + levels * (np.ptp(ranges, axis=1) / _LEVELS)


def drawn_points(text: str) -> UserPoints:
    """Packed points as a distribution. Raises ValueError."""
    return UserPoints(unpack_points(text), LABEL)
