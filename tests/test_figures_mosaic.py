"""The plane of pictures: every one at its place, in its colour."""

from __future__ import annotations

import numpy as np
import pytest

from ganlab.figures import mosaic as figure


def pictures(rows: int = 2, columns: int = 3) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (rows, columns, 4, 5)).astype(np.uint8)


def test_every_picture_stands_at_its_z():
    images = pictures()
    data = figure.mosaic_data(images, [-1.0, 0.0, 1.0], [0.5, -0.5])
    assert data.pixels.shape == (8, 15, 3) and data.window == (-1.5, 1.5, -1.0, 1.0)
    for row, column in np.ndindex(2, 3):
        part = data.pixels[4 * row : 4 * row + 4, 5 * column : 5 * column + 5]
        np.testing.assert_array_equal(part, np.repeat(images[row, column, ..., None], 3, -1))


def test_pixels_have_the_coordinates_of_their_centres():
    data = figure.mosaic_data(pictures(), [-1.0, 0.0, 1.0], [0.5, -0.5])
    image = figure.mosaic_figure(data).data[0]
    across = image.x0 + image.dx * np.arange(15)
    down = image.y0 + image.dy * np.arange(8)
    assert across[7] == pytest.approx(0) and across[[0, -1]] == pytest.approx([-1.4, 1.4])
    assert down[[0, -1]] == pytest.approx([0.875, -0.875])
    layout = figure.mosaic_figure(data).layout
    assert layout.xaxis.range == (-1.5, 1.5) and layout.yaxis.range == (-1, 1)
    assert layout.yaxis.scaleanchor == "x"


def test_a_colour_takes_the_place_of_white():
    images = np.full((1, 2, 1, 1), 255, np.uint8)
    images[0, 1] = 51  # a fifth of white
    colour = np.array([[[10, 100, 250], [10, 100, 250]]], np.uint8)
    data = figure.mosaic_data(images, [0.0, 1.0], [0.0], colour)
    assert data.pixels.tolist() == [[[10, 100, 250], [2, 20, 50]]]
    assert data.window == (-0.5, 1.5, -0.5, 0.5)


def test_the_ring_is_round_and_only_there_when_asked_for():
    with_ring = figure.mosaic_traces(figure.mosaic_data(pictures(), [0, 1, 2], [1, 0], ring=2.45))
    np.testing.assert_allclose(np.hypot(with_ring[1]["x"], with_ring[1]["y"]), 2.45)
    without = figure.mosaic_traces(figure.mosaic_data(pictures(), [0, 1, 2], [1, 0]))
    assert len(without[1]["x"]) == 0


def test_no_pictures_make_a_titled_empty_figure():
    data = figure.mosaic_data(np.zeros((0, 0, 4, 5), np.uint8), [], [])
    image, _, notice = figure.mosaic_traces(data)
    assert image["z"].size == 0 and len(notice["x"]) == 1
    for dark in (False, True):
        assert "no pictures" in figure.mosaic_figure(data, dark).data[2].text[0]


def test_coordinates_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="1 x 3 coordinates do not fit 2 x 3"):
        figure.mosaic_data(pictures(), [0, 1, 2], [0])
