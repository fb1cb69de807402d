"""Points packed as text: exact to the stated resolution, and damage is a sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganlab.config import ConfigError, RunConfig
from ganlab.data import make_distribution, pack_points, unpack_points
from ganlab.data.drawn import MAX_POINTS
from ganlab.live.protocol import MAX_COMMAND


@pytest.mark.parametrize("dim", [1, 2])
def test_points_come_back_to_the_stated_resolution(dim):
    points = np.random.default_rng(0).normal(size=(500, dim)) * [3.0, 0.01][:dim] + 5
    back = unpack_points(pack_points(points))
    assert back.shape == points.shape
    worst = np.abs(back - points).max(0) / np.ptp(points, axis=0)
    assert (worst < 0.6 / 65_535 + 1e-6).all() and worst.max() > 0


def test_too_many_points_become_an_even_selection_that_fits_a_command():
    points = np.stack([np.linspace(0, 1, 9001), np.linspace(1, 2, 9001) ** 2], 1)
    text = pack_points(points)
    back = unpack_points(text)
    assert len(back) == MAX_POINTS and len(text) < MAX_COMMAND
    assert np.allclose(np.diff(back[:, 0]), 1 / (MAX_POINTS - 1), atol=2e-4)


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (np.zeros((1, 2)), "holds 1 points: give at least 10"),
        (np.zeros((20, 2)), "column 1 of your data is constant"),
        (np.full((20, 2), np.nan), "missing or infinite"),
        (np.zeros((20, 3)), "keep 1 or 2"),
    ],
)
def test_points_that_cannot_be_learnt_are_refused(points, sentence):
    with pytest.raises(ValueError, match=sentence):
        pack_points(points)


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.hex()))
def test_any_other_text_is_refused_or_points(text):
    try:
        points = unpack_points(text)
    except ValueError as error:
        assert "damaged" in str(error)
    else:
        assert points.ndim == 2 and points.shape[1] in (1, 2)


def test_a_configuration_carries_drawn_points_through_an_address():
    points = np.random.default_rng(1).normal(size=(40, 2))
    config = RunConfig().with_values({"data.name": "points", "data.drawn": pack_points(points)})
    again = RunConfig.from_query(config.to_query())
    assert again == config
    data = make_distribution("points", drawn=again.data.drawn)
    assert data.shape == (2,) and np.allclose(data.mean, points.mean(0), atol=1e-3)


@pytest.mark.parametrize(
    "values",
    [
        {"data.name": "points"},
        {"data.name": "ring8", "data.drawn": "AA"},
        {"data.name": "points", "data.drawn": "AA", "data.path": "x.csv"},
    ],
)
def test_own_points_come_from_one_place(values):
    with pytest.raises(ConfigError, match="exactly when"):
        RunConfig().with_values(values)
