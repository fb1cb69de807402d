"""What kind of samples a data set has: 1 or 2 dimensions, or images."""

from __future__ import annotations

import base64
from typing import Literal

from ganlab.config.choices import CHOICES
from ganlab.config.parts import DataConfig

Kind = Literal[1, 2, "image"]

IMAGE_DATA = ("digits", "mnist", "fashion_mnist")
LINE_DATA = tuple(name for name in CHOICES["data"] if name.endswith("1d"))
PLANE_DATA = tuple(name for name in CHOICES["data"] if name not in (*LINE_DATA, *IMAGE_DATA))


def kind_of(data: DataConfig) -> Kind:
    """The kind of a data set; points in a file, which is not opened here, count as 2-D."""
    if data.name in IMAGE_DATA:
        return "image"
    if data.name in LINE_DATA or (data.drawn and _first_byte(data.drawn) == 1):
        return 1
    return 2


def _first_byte(packed: str) -> int:
    """Of packed points: their dimension; 0 where the text is damaged."""
    try:
        return base64.urlsafe_b64decode(packed[:4])[0]
    except (ValueError, IndexError):
        return 0
