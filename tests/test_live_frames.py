"""Frames survive the trip, and nothing else passes for one."""

from __future__ import annotations

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ganlab.live.frames import MAGIC, pack, unpack

NAMES = st.text(min_size=1, max_size=12)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)
ARRAYS = hnp.arrays(st.sampled_from([np.float32, np.float64, np.uint8, np.int64, np.bool_]), SHAPES)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text()
META = st.dictionaries(st.text(), st.recursive(LEAVES, st.lists, max_leaves=5), max_size=5)


def _strict(value):
    """An independent reading of what strict JSON keeps."""
    if isinstance(value, list):
        return [_strict(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@given(META, st.dictionaries(NAMES, ARRAYS, max_size=5))
def test_round_trip(meta, arrays):
    got_meta, got = unpack(pack(meta, arrays))
    assert got_meta == {key: _strict(value) for key, value in meta.items()}
    assert list(got) == list(arrays)
    for name, array in arrays.items():
        small = array.dtype in (np.uint8, np.bool_)
        with np.errstate(over="ignore"):
            expected = array.astype(np.uint8 if small else np.float32)
        assert got[name].dtype == expected.dtype
        np.testing.assert_array_equal(got[name], expected)


def test_layout_is_what_the_page_expects():
    frame = pack({"step": 7}, {"b": np.array([1, 2, 3], np.uint8), "x": np.array([0.5, np.nan])})
    magic, length = struct.unpack_from("<4sI", frame)
    assert magic == MAGIC and length % 8 == 0
    header = json.loads(frame[8 : 8 + length])
    assert header["arrays"] == [["b", "u1", [3], 0], ["x", "f4", [2], 4]]
    assert frame[8 + length :] == bytes([1, 2, 3, 0]) + struct.pack("<2f", 0.5, math.nan)


def test_equal_arrays_are_sent_once():
    steps = np.arange(100.0)
    both = pack({}, {"a/x": steps, "b/x": steps.copy()})
    assert len(both) < len(pack({}, {"a/x": steps})) + 100
    _, arrays = unpack(both)
    np.testing.assert_array_equal(arrays["b/x"], steps)


def test_too_large_for_float32_is_infinite():
    _, arrays = unpack(pack({}, {"x": np.array([1e300, -1e300])}))
    assert arrays["x"].tolist() == [math.inf, -math.inf]


@pytest.mark.parametrize(
    "array", [np.array(["text"]), np.array([object()]), np.zeros((1, 1, 1, 1)), np.array([1j])]
)
def test_refuses_what_a_page_cannot_draw(array):
    with pytest.raises(ValueError, match="'x'"):
        pack({}, {"x": array})


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(data):
    _refused_or_read(data)
    _refused_or_read(MAGIC + data)


@given(st.data(), META, st.dictionaries(NAMES, ARRAYS, max_size=3))
def test_damage_is_refused_or_harmless(data, meta, arrays):
    frame = bytearray(pack(meta, arrays))
    for _ in range(data.draw(st.integers(1, 3))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    _refused_or_read(bytes(frame[: data.draw(st.integers(0, len(frame)))]))
    _refused_or_read(bytes(frame))


ENTRIES = [
    ["x", "f4", [3], 0],
    ["x", "f4", [2], 1],
    ["x", "f4", [2], -4],
    ["x", "f8", [1], 0],
    ["x", "u1", [-1], 0],
    ["x", "u1", [10**30, 0], 0],
    ["x", "u1", [1, 1, 1, 1], 0],
    ["x", "u1", [1.0], 0],
    ["x", "u1", [True], 0],
    ["x", "u1", 8, 0],
    ["x", "u1", [1]],
    [None, "u1", [1], 0],
    "x",
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_impossible_arrays_are_refused(entry):
    header = json.dumps({"meta": {}, "arrays": [entry]}).encode()
    with pytest.raises(ValueError, match="frame"):
        unpack(struct.pack("<4sI", MAGIC, len(header)) + header + bytes(8))


@pytest.mark.parametrize("header", [b"[]", b"{}", b'{"meta":{},"arrays":{}}', b"[" * 5000, b"\xff"])
def test_impossible_headers_are_refused(header):
    with pytest.raises(ValueError, match="header"):
        unpack(struct.pack("<4sI", MAGIC, len(header)) + header)


def _refused_or_read(data: bytes) -> None:
    try:
        meta, arrays = unpack(data)
    except ValueError:
        return
    assert isinstance(meta, dict)
    assert all(isinstance(array, np.ndarray) for array in arrays.values())
