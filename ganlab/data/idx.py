"""The IDX format of the MNIST files, plain or gzipped.

Layout (LeCun, "The MNIST database"): two zero bytes, a type code (8 = unsigned byte), the number
of dimensions, each dimension as a big-endian 32-bit integer, then the values in C order.
"""

from __future__ import annotations

import gzip
import io
import math
import struct
import zlib
from pathlib import Path

import numpy as np

GZIP_MAGIC = b"\x1f\x8b"
UNSIGNED_BYTE = 8
# MNIST's largest file unpacks to 47 MB; a small file that unpacks to more than this is an attack.
MAX_BYTES = 128 * 2**20


class IdxError(ValueError):
    """A file is not the IDX file it should be."""


def read_idx(path: Path, ndim: int) -> np.ndarray:
    """Read an IDX file of unsigned bytes with ``ndim`` dimensions: uint8 array.

    Raises:
        IdxError: one sentence naming the file and what is wrong with it.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise IdxError(f"{path} cannot be read ({error.strerror}): check the file") from error
    return parse_idx(content, ndim, name=str(path))


def parse_idx(content: bytes, ndim: int, name: str) -> np.ndarray:
    """Parse the bytes of an IDX file; see ``read_idx``. ``name`` goes into error messages."""
    if content[:2] == GZIP_MAGIC:
        content = _unzip(content, name)
    if len(content) > MAX_BYTES:
        raise IdxError(f"{name} holds more than {MAX_BYTES // 2**20} MB: it is not an MNIST file")
    header = 4 + 4 * ndim
    expected = bytes([0, 0, UNSIGNED_BYTE, ndim])
    if content[:4] != expected:
        raise IdxError(
            f"{name} starts with {content[:4].hex() or 'nothing'} where an IDX file of bytes with "
            f"{ndim} dimensions starts with {expected.hex()}: it is another kind of file"
        )
    if len(content) < header:
        raise IdxError(f"{name} is cut off in its header: download it again")
    shape = struct.unpack(f">{ndim}I", content[4:header])
    _check_length(len(content) - header, shape, name)
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape).copy()


def _unzip(content: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = str(error).rstrip(".")
        raise IdxError(f"{name} is a damaged gzip file ({reason}): download it again") from error


def _check_length(found: int, shape: tuple[int, ...], name: str) -> None:
    promised = math.prod(shape)
    if promised == 0:
        raise IdxError(f"{name} promises an empty array of shape {shape}: download it again")
    if found != promised:
        what = "is cut off" if found < promised else "has bytes left over"
        raise IdxError(
            f"{name} {what}: shape {shape} needs {promised} bytes and {found} follow the header; "
            "download it again"
        )
