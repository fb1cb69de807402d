"""The numbers behind the main pictures, and the colours."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm
from synthetic import make_images, make_line, make_snapshot

from ganlab.figures import images, scene1d, scene2d, theme

# Machado, Oliveira and Fernandes 2009: full protanopia and deuteranopia, on linear RGB.
BLINDNESS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "none": np.eye(3),
}


def test_scene2d_shows_d_and_its_boundary():
    snapshot = make_snapshot()
    data = scene2d.scene2d_data(snapshot)
    np.testing.assert_allclose(data.d, expit(snapshot.field.logits), atol=1e-12)
    radius = np.linalg.norm(data.boundary, axis=1)
    np.testing.assert_allclose(radius[~np.isnan(radius)], 1, atol=0.002)
    np.testing.assert_array_equal(data.modes, snapshot.mode_centres)
    assert len(scene2d.LAYERS) + 1 == len(scene2d.scene2d_traces(data))


def test_scene2d_is_a_fixed_square():
    wide = scene2d.scene2d_data(make_snapshot(bounds=np.array([[0.0, 10.0], [-1.0, 1.0]])))
    assert wide.bounds.tolist() == [[0, 10], [-5, 5]]
    layout = scene2d.scene2d_figure(wide).layout
    assert layout.xaxis.range == (0, 10) and layout.yaxis.range == (-5, 5)
    assert layout.yaxis.scaleanchor == "x"


def test_scene2d_draws_the_logits_gradient_at_the_fakes():
    fake = np.array([[1.4, 0.0], [0.0, -0.7], [9.0, 9.0], [np.nan, 0.0], [0.1, 0.1]])
    slopes = np.array([[-2.8, 0.0], [0.0, 1.4], [1.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    data = scene2d.scene2d_data(make_snapshot(fake=fake, slopes=slopes, fake_logits=np.zeros(5)))
    starts, ends, gaps = data.gradient.reshape(-1, 3, 2).transpose(1, 0, 2)
    np.testing.assert_array_equal(starts, fake[:2])  # neither outside the picture nor at rest
    assert np.isnan(gaps).all()
    # On a picture 3 wide: slopes of 8.4 and 4.2 logits across.
    lengths = [0.1 * 3 * slope / (slope + 4) for slope in (8.4, 4.2)]
    np.testing.assert_allclose(ends - starts, [[-lengths[0], 0], [0, lengths[1]]], atol=1e-12)
    assert scene2d.scene2d_data(make_snapshot()).gradient.shape == (0, 2)


def test_manifold_is_drawn_along_both_directions():
    data = scene2d.scene2d_data(make_snapshot())
    lines = np.split(data.manifold, np.flatnonzero(np.isnan(data.manifold[:, 0])) + 1)[:-1]
    assert len(lines) == 10 and all(len(line) == 6 for line in lines)
    np.testing.assert_array_equal(lines[0][:5, 1], -1)
    np.testing.assert_array_equal(lines[5][:5, 0], -1)


def test_scene1d_shows_both_densities_and_both_discriminators():
    snapshot = make_line()
    data = scene1d.scene1d_data(snapshot)
    known = ~np.isnan(data.d_best)
    assert known.mean() > 0.9
    np.testing.assert_allclose(data.d[known], data.d_best[known], atol=1e-12)  # D is the best
    assert data.top == pytest.approx(1.6 * norm.pdf(0), rel=1e-4)
    assert data.bounds == (-4, 4)
    estimated = scene1d.scene1d_data(make_line(field=replace(snapshot.field, p_g=None)))
    np.testing.assert_allclose(estimated.p_g, norm.pdf(data.x, 1), atol=0.06)
    middle = abs(data.x - 0.5) < 1.5
    np.testing.assert_allclose(estimated.d_best[middle], expit(0.5 - data.x[middle]), atol=0.1)


def test_mosaic_puts_every_image_in_its_place():
    data = images.images_data(make_images())
    tile_height, tile_width = 4 + images.GAP, 5 + images.GAP
    assert data.mosaic.shape == (8 * tile_height - 2, 9 * tile_width - 4 + 3 * images.GAP, 3)
    assert data.mosaic.dtype == np.uint8
    assert (data.mosaic[:4, :5] == 255).all()
    left = 5 + 3 * images.GAP
    for index in (0, 9, 63):
        row, column = divmod(index, 8)
        tile = data.mosaic[row * tile_height :, left + column * tile_width :][:4, :5]
        assert (tile == round(index / 32 * 127.5)).all()
    assert (data.mosaic[4:6] == images.FRAME).all()


def test_mosaic_of_colour_images_and_of_what_is_not_finite():
    fake = np.full((2, 3, 4, 5), -1.0)
    fake[0, 2] = 1.0
    fake[1, 0] = np.nan
    data = images.images_data(make_images(fake=fake, real=np.zeros((2, 3, 4, 5))))
    left = 5 + 3 * images.GAP
    assert data.mosaic[0, left].tolist() == [0, 0, 255]
    assert data.mosaic[0, left + 5 + images.GAP].tolist() == [0, 0, 0]
    assert data.mosaic[0, 0].tolist() == [128, 128, 128]
    assert data.mosaic[-1, -1].tolist() == [images.FRAME] * 3


def linear(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    xyz = (
        np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
        @ rgb
        / np.array([0.9505, 1, 1.089])
    )
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("palette", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_lines_of_one_chart_stay_apart_for_colour_blind_eyes(palette, blindness):
    """Difference of 20 in CIELAB between any two lines that meet in a chart."""
    matrix = np.array(BLINDNESS[blindness])
    seen = {
        name: lab(np.clip(matrix @ linear(getattr(palette, name)), 0, 1))
        for name in ("real", "fake", "discriminator", "orange", "gradient")
    }
    for a, b in set(combinations(seen, 2)) - {("real", "gradient")}:  # dots against lines
        assert np.linalg.norm(seen[a] - seen[b]) > 20, (a, b)


@pytest.mark.parametrize("palette", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_contrast_against_the_page(palette):
    def contrast(colour: str) -> float:
        luminance = [linear(c) @ [0.2126, 0.7152, 0.0722] + 0.05 for c in (colour, palette.page)]
        return max(luminance) / min(luminance)

    for name in ("real", "fake", "discriminator", "orange", "gradient"):
        assert contrast(getattr(palette, name)) > 3, name
    assert contrast(palette.ink) > 10 and contrast(palette.muted) > 4.5
