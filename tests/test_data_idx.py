"""The IDX parser against hand-made files, whole and damaged."""

from __future__ import annotations

import gzip
import struct
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganlab.data import IdxError, idx, read_idx
from ganlab.data.idx import parse_idx

IMAGES = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)


def encode(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


RAW = encode(IMAGES)
ZIPPED = gzip.compress(RAW, mtime=0)


@pytest.mark.parametrize(
    "content", [RAW, ZIPPED, gzip.compress(RAW[:9], mtime=0) + gzip.compress(RAW[9:], mtime=0)]
)
def test_plain_and_gzipped_files(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "images"
    path.write_bytes(content)
    images = read_idx(path, ndim=3)
    assert images.dtype == np.uint8
    assert images.flags.writeable
    np.testing.assert_array_equal(images, IMAGES)


def test_one_dimension() -> None:
    labels = np.array([5, 0, 4], np.uint8)
    np.testing.assert_array_equal(parse_idx(encode(labels), 1, "labels"), labels)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "f starts with nothing where .* starts with 00000803"),
        (b"<html>not found", "f starts with 3c68746d where"),
        (RAW[:3], "f starts with 000008 where"),
        (b"\0\0\x0d\x03" + RAW[4:], "f starts with 00000d03 where"),
        (encode(IMAGES.ravel()), "f starts with 00000801 where"),
        (RAW[:10], "f is cut off in its header"),
        (RAW[:-1], r"f is cut off: shape \(3, 4, 5\) needs 60 bytes and 59 follow"),
        (RAW + b"!", r"f has bytes left over: .* needs 60 bytes and 61 follow"),
        (encode(IMAGES[:0]), "f promises an empty array"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "f is cut off: .* and 0 follow"),
        (ZIPPED[:-9], "f is a damaged gzip file"),
        (ZIPPED[:-6] + b"\0" + ZIPPED[-5:], "f is a damaged gzip file .CRC check failed"),
        (ZIPPED[:15] + b"\xff\xff" + ZIPPED[17:], "f is a damaged gzip file"),
        (ZIPPED + b"junk", "f is a damaged gzip file"),
        (gzip.compress(RAW[:-1], mtime=0), "f is cut off: shape"),
    ],
)
def test_damage_is_named(content: bytes, sentence: str) -> None:
    with pytest.raises(IdxError, match=sentence) as caught:
        parse_idx(content, 3, "f")
    assert "\n" not in str(caught.value)


def test_decompression_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(idx, "MAX_BYTES", 1000)
    bomb = gzip.compress(bytes(10_000_000))
    assert len(bomb) < 10_000
    assert len(idx._unzip(bomb, "f")) == 1001
    with pytest.raises(IdxError, match="f holds more than"):
        parse_idx(bomb, 3, "f")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(IdxError, match="cannot be read"):
        read_idx(tmp_path / "none", ndim=3)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(ZIPPED) - 1), st.integers(1, 255))
def test_a_changed_byte_is_never_read_as_other_images(place: int, change: int) -> None:
    """Either the checksum catches it, or it hit the gzip header and the pixels are intact."""
    content = bytearray(ZIPPED)
    content[place] ^= change
    with suppress(IdxError):
        np.testing.assert_array_equal(parse_idx(bytes(content), 3, "f"), IMAGES)
