"""The files of a run's folder: their names, their format, and how one is replaced."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

FORMAT = 1  # of the folder; a newer one is refused
ALWAYS = ("config.json", "history.csv", "history.parquet", "summary.json", "checkpoint")
AT_THE_END = ("samples.npz", "generator.safetensors", "discriminator.safetensors")
MODE_COUNTS = "mode_counts_"  # the history's columns of samples per mode


def write(path: Path, content: bytes) -> None:
    """Make or replace a file in one stroke: whatever happens, it is whole, old or new."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def checksum(tensors: Mapping[str, Tensor]) -> str:
    """CRC-32 over names and numbers: safetensors itself would not notice a flipped bit."""
    crc = 0
    for name in sorted(tensors):
        crc = zlib.crc32(tensors[name].numpy().tobytes(), zlib.crc32(name.encode(), crc))
    return f"{crc:08x}"


class NewerFormatError(Exception):
    """A file of a format that this version does not know."""


def check_format(value: str | int) -> None:
    if int(value) > FORMAT:
        raise NewerFormatError(f"format {value}, and this ganlab reads up to {FORMAT}")
