"""Frames: what a browser receives, a small JSON header and aligned arrays in one message.

    magic "GLF1" | uint32 n | n bytes of JSON, padded with spaces to a multiple of 8 | data

The header reads ``{"meta": {...}, "arrays": [[name, code, shape, offset], ...]}``; offsets count
from the start of the data and are multiples of 4, so that a browser can lay a ``Float32Array``
over the bytes without copying. A frame stands alone: it needs no earlier one, so the newest may
replace all others and a page that reloads needs only the next. NaN and infinity travel as
float32 in arrays and become ``null`` in the meta, which stays strict JSON.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

MAGIC = b"GLF1"
DTYPES = {"f4": np.dtype("<f4"), "u1": np.dtype("u1")}
MAX_HEADER = 1 << 20
MAX_DIMENSIONS = 3
MAX_SIDE = 1 << 20
_PREFIX = struct.Struct("<4sI")


def pack(meta: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """One frame. ``uint8`` and boolean arrays stay bytes, every other number becomes float32.

    Equal arrays, such as the steps under several curves, are sent once. Raises ValueError for an
    array that holds no numbers or has more than ``MAX_DIMENSIONS`` dimensions.
    """
    entries: list[list[Any]] = []
    chunks: list[bytes] = []
    placed: dict[tuple[str, tuple[int, ...], bytes], int] = {}
    size = 0
    for name, array in arrays.items():
        code, data = _encode(name, array)
        content = (code, np.shape(array), data)
        if content not in placed:
            placed[content] = size
            chunks.append(data + bytes(-len(data) % 4))
            size += len(chunks[-1])
        entries.append([name, code, list(np.shape(array)), placed[content]])
    header = json.dumps(
        {"meta": _strict(meta), "arrays": entries}, allow_nan=False, separators=(",", ":")
    ).encode()
    header += b" " * (-len(header) % 8)
    return b"".join([_PREFIX.pack(MAGIC, len(header)), header, *chunks])


def unpack(frame: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """(meta, arrays) of a frame; the arrays are read-only views of its bytes.

    Raises ValueError for any bytes that are not a whole frame.
    """
    if len(frame) < _PREFIX.size:
        raise ValueError(f"A frame of {len(frame)} bytes is cut short; the shortest has 8.")
    magic, length = _PREFIX.unpack_from(frame)
    start = _PREFIX.size + length
    if magic != MAGIC or length > MAX_HEADER or start > len(frame):
        raise ValueError("These bytes are not a frame: its first 8 bytes are wrong.")
    header = _header(frame[_PREFIX.size : start])
    data = memoryview(frame)[start:]
    return header["meta"], dict(_decode(entry, data) for entry in header["arrays"])


def _encode(name: str, array: np.ndarray) -> tuple[str, bytes]:
    values = np.asarray(array)
    if values.dtype.kind not in "fiub":
        raise ValueError(f"Array {name!r} of type {values.dtype} holds no numbers to send.")
    if values.ndim > MAX_DIMENSIONS:
        raise ValueError(f"Array {name!r} has {values.ndim} dimensions; at most 3 can be sent.")
    code = "u1" if values.dtype in (np.uint8, np.bool_) else "f4"
    with np.errstate(over="ignore"):  # beyond float32 is infinity, which the page leaves out
        return code, values.astype(DTYPES[code]).tobytes()


def _strict(value: Any) -> Any:
    """``value`` with only what strict JSON holds: non-finite numbers become None."""
    if isinstance(value, Mapping):
        return {str(key): _strict(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def _header(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("The header of this frame is not JSON.") from None
    if (
        not isinstance(header, dict)
        or not isinstance(header.get("meta"), dict)
        or not isinstance(header.get("arrays"), list)
    ):
        raise ValueError("The header of this frame lacks its meta or its arrays.")
    return header


def _decode(entry: object, data: memoryview) -> tuple[str, np.ndarray]:
    match entry:
        case [str(name), str(code), list(shape), int(offset)] if code in DTYPES:
            pass
        case _:
            raise ValueError(f"The header of this frame lists no such array: {entry!r:.80}.")
    if len(shape) > MAX_DIMENSIONS or not all(type(n) is int and 0 <= n <= MAX_SIDE for n in shape):
        raise ValueError(f"Array {name!r:.80} of this frame has a shape no array has.")
    dtype, count = DTYPES[code], math.prod(shape)
    if offset < 0 or offset % 4 or offset + count * dtype.itemsize > len(data):
        raise ValueError(f"Array {name!r:.80} lies outside the data of this frame.")
    return name, np.frombuffer(data, dtype, count, offset).reshape(shape)
