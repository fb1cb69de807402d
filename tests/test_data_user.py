"""A user's points: what is read, what is refused, and with which sentence."""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ganlab.data import UserPoints, load_points, make_distribution, user

POINTS = np.random.default_rng(0).normal(size=(12, 2)).round(3) * [1, 100]


def csv(points: np.ndarray, separator: str = ",", header: str = "", end: str = "\n") -> bytes:
    lines = [separator.join(map(repr, row)) for row in points.tolist()]
    return end.join([header, *lines] if header else lines).encode()


def npy(array: np.ndarray, **options) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        csv(POINTS),
        csv(POINTS, ", ", "x, y"),
        csv(POINTS, ";", '"x";"y"'),
        csv(POINTS, "\t", "x\ty", end="\r\n"),
        csv(POINTS, "   ", end="\r"),
        csv(POINTS, ",", "# a comment\n\nx,y") + b"\n\n",
        csv(POINTS, '","').replace(b"\n", b'"\n"').join([b'"', b'"']),
        b"\xef\xbb\xbf" + csv(POINTS),
        csv(POINTS, ",", "größe,y"),
        "größe,y\n".encode("latin-1") + csv(POINTS),
        npy(POINTS),
        npy(np.asfortranarray(POINTS)),
        npy(POINTS.astype(">f8")),
    ],
)
def test_accepted_forms_give_the_same_points(content: bytes) -> None:
    d = load_points(content)
    np.testing.assert_array_equal(d.points, POINTS.astype(np.float32))
    assert (d.size, d.shape, d.log_prob, d.modes) == (12, (2,), None, None)
    np.testing.assert_allclose(d.mean, POINTS.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(d.std, POINTS.std(axis=0), rtol=1e-6)
    np.testing.assert_allclose(np.ptp(d.bounds, axis=1), 1.2 * np.ptp(POINTS, axis=0))


@pytest.mark.parametrize(
    "content", [csv(POINTS[:, :1]), npy(POINTS[:, 0]), npy(POINTS[:, :1].astype(np.float16))]
)
def test_one_column(content: bytes) -> None:
    d = load_points(content)
    assert d.shape == (1,)
    np.testing.assert_allclose(d.points[:, 0], POINTS[:, 0], rtol=1e-3)


def test_integers_are_numbers() -> None:
    assert load_points(npy(np.arange(20, dtype=np.uint8))).mean == pytest.approx([9.5])


class Trap:
    """Unpickling this creates a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


def test_nothing_is_ever_unpickled(tmp_path: Path) -> None:
    folder = tmp_path / "owned"
    content = npy(np.array([Trap(folder)] * 12, dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match=r"up.npy holds values of type object"):
        load_points(content, "up.npy")
    with pytest.raises(ValueError):
        load_points(pickle.dumps(Trap(folder)))
    assert not folder.exists()


TWELVE = ["1.0,2.0"] * 11 + ["2.0,3.0"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "data.csv is empty: give at least 10 points"),
        (b"\n \n", "data.csv holds 0 points"),
        (b"x,y\n", "data.csv holds 0 points"),
        (csv(POINTS[:9]), "data.csv holds 9 points: give at least 10"),
        ("\n".join([*TWELVE, "3.0,abc"]), "line 13 of data.csv reads '3.0,abc'"),
        ("\n".join([*TWELVE, "3.0"]), "line 13 of data.csv reads '3.0'"),
        ("\n".join([*TWELVE, "3.0,"]), "line 13 of data.csv reads '3.0,'"),
        ("a,b\nc,d\n1,2", "line 2 of data.csv reads 'c,d'"),
        ("\n".join(["1,5;2,5"] * 12), "line 2 .*with a decimal point"),
        ("\n".join([*TWELVE, "x" * 99]), "reads '" + "x" * 40 + "...'"),
        ("\n".join([*TWELVE, "nan,1"]), "point 13 of data.csv has nan in column 1"),
        ("\n".join([*TWELVE, "1,-inf"]), "point 13 of data.csv has -inf in column 2"),
        ("\n".join([*TWELVE, "1e999,1"]), "point 13 of data.csv has inf in column 1"),
        ("\n".join(["1,2,3"] * 12), "data.csv has 3 or more columns"),
        ("\n".join(["1,2,3,4,5"] * 12), "data.csv has 3 or more columns"),
        ("\n".join(["1,2"] * 12), "column 1 of data.csv is constant"),
        ("\n".join(f"{i},7" for i in range(12)), "column 2 of data.csv is constant"),
        ("\n".join(f"{1e9 + i}" for i in range(12)), "column 1 .*subtract its offset"),
        ("\n".join([*TWELVE, "1,2e12"]), "values as large as 2e\\+12, past 1e\\+12: rescale"),
        (npy(POINTS)[:-8], "data.csv ends before its 12 rows do"),
        (npy(POINTS)[:20], "data.csv has no valid NPY header"),
        (npy(np.zeros((12, 3))), "data.csv has 3 or more columns"),
        (npy(np.zeros((12, 0))), "data.csv has 0 columns"),
        (npy(np.zeros((2, 2, 2))), r"data.csv has shape \(2, 2, 2\)"),
        (npy(np.array(3.0)), r"data.csv has shape \(\)"),
        (npy(np.array(["a"] * 12)), "data.csv holds values of type <U1"),
        (npy(np.ones(12, complex)), "data.csv holds values of type complex128"),
        (npy(np.array([1.0] * 11 + [np.nan])), "point 12 of data.csv has nan"),
    ],
)
def test_refusals_name_the_file_and_the_trouble(content: bytes | str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as caught:
        load_points(content if isinstance(content, bytes) else content.encode(), "data.csv")
    assert "\n" not in str(caught.value)


def test_limits_on_size(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(user, "MAX_ROWS", 11)
    for content in (csv(POINTS), npy(POINTS)):
        with pytest.raises(ValueError, match="more than 11 rows"):
            load_points(content)
    monkeypatch.setattr(user, "MAX_BYTES", 2**20)
    big = tmp_path / "big.csv"
    big.write_bytes(b"1\n" * 2**19 + b"1")
    for source in (big, big.read_bytes()):
        with pytest.raises(ValueError, match="is larger than 1 MB"):
            load_points(source)


def test_a_header_that_promises_terabytes_is_refused_unread() -> None:
    content = npy(np.zeros((12, 2))).replace(b"(12, 2), }      ", b"(10**12, 2), }  ", 1)
    huge = npy(np.zeros((12, 2))).replace(b"(12, 2), }           ", b"(999999999999, 2), } ", 1)
    with pytest.raises(ValueError, match="no valid NPY header"):
        load_points(content)
    with pytest.raises(ValueError, match="more than 1,000,000 rows"):
        load_points(huge)


def test_paths(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(csv(POINTS))
    d = make_distribution("points", path=str(path))
    assert isinstance(d, UserPoints)
    assert d.name == "points"
    for missing in (tmp_path / "other.csv", tmp_path):
        with pytest.raises(ValueError, match="there is no file at"):
            make_distribution("points", path=str(missing))


def test_sampling_is_with_replacement_and_uniform() -> None:
    d = UserPoints(np.arange(10.0)[:, None])
    x = d.sample(20_000, torch.Generator().manual_seed(0))
    assert (x.dtype, x.shape) == (torch.float32, (20_000, 1))
    counts = np.bincount(x[:, 0].long().numpy(), minlength=10)
    np.testing.assert_allclose(counts, 2000, atol=4 * np.sqrt(20_000 * 0.1 * 0.9))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", user.NPY_MAGIC, npy(POINTS)[:60]]))
@example(b"1,2\n" * 30, b"")
@example(npy(POINTS)[60:], npy(POINTS)[:60])
def test_any_bytes_give_points_or_a_sentence(content: bytes, prefix: bytes) -> None:
    try:
        d = load_points(prefix + content)
    except ValueError as error:
        assert ": " in str(error)  # what is wrong: what to do
    else:
        assert np.isfinite(d.points).all()
        assert (d.std > 0).all()
