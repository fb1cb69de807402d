"""The drawing pad and the reading of the memorisation check, each module on a page of its own."""

from __future__ import annotations

import math

import numpy as np
import pytest
from module_page import HOST, module_page

CAPSULE = """async ({ from, to, width, centred }) => {
  const { Strokes } = await import("/explorer/invert/strokes.js");
  const strokes = new Strokes(28, 28);
  strokes.begin(from, { width, erase: false });
  strokes.extend(to);
  return Array.from(strokes.pixels({ centred }));
}"""
SKETCH = """async () => {
  const { Sketch } = await import("/explorer/invert/sketch.js");
  window.sketch = new Sketch(document.body, { height: 28, width: 28, changed: () => {} });
  document.querySelector(".gl-x-sketch-pad").focus();
}"""
LIT = """() => Array.from(sketch.strokes.pixels())"""
RMS = """async ([target, image]) => {
  const { rms } = await import("/explorer/picture.js");
  return rms(Uint8Array.from(target), Uint8Array.from(image));
}"""
DIFFERENCE = """async ([target, image]) => {
  const { difference } = await import("/explorer/picture.js");
  return Array.from(difference(Uint8Array.from(target), Uint8Array.from(image)));
}"""
READING = """async (percentile) => {
  return (await import("/explorer/neighbours/scale.js")).reading(percentile);
}"""


@pytest.fixture
def page(chromium):
    with module_page(chromium) as page:
        page.goto(HOST)
        yield page


def drawn(page, start, end, *, width=2.4, centred=False):
    """float [28, 28] in 0..1 of one straight stroke."""
    given = {"from": start, "to": end, "width": width, "centred": centred}
    return np.array(page.evaluate(CAPSULE, given)).reshape(28, 28) / 255


def centre_of_mass(image):
    """(x, y) in pixels from the corner."""
    rows, columns = np.indices(image.shape) + 0.5
    return (columns * image).sum() / image.sum(), (rows * image).sum() / image.sum()


def test_a_stroke_has_the_area_and_the_centre_of_a_capsule(page):
    image = drawn(page, [5, 4], [11, 12], width=3)
    assert image.sum() == pytest.approx(10 * 3 + math.pi * 1.5**2, rel=0.005)
    assert centre_of_mass(image) == pytest.approx((8, 8), abs=0.02)


def test_a_centred_drawing_fills_the_box_of_20_about_its_centre_of_mass(page):
    image = drawn(page, [5, 4], [5, 12], centred=True)
    assert image.sum() == pytest.approx((20 - 2.4) * 2.4 + math.pi * 1.2**2, rel=0.01)
    assert centre_of_mass(image) == pytest.approx((14, 14), abs=0.02)
    assert np.flatnonzero(image.sum(1) > 0.1).tolist() == list(range(4, 24))


def test_a_dot_is_moved_to_the_middle_and_stays_a_dot(page):
    image = drawn(page, [3, 22], [3, 22], centred=True)
    assert centre_of_mass(image) == pytest.approx((14, 14), abs=0.05)
    assert image.sum() == pytest.approx(math.pi * 1.2**2, rel=0.03)


def test_keys_paint_and_erase_single_pixels(page):
    page.evaluate(SKETCH)
    for key in ("ArrowLeft", "Space", "Shift+ArrowUp"):
        page.keyboard.press(key)
    lit = np.array(page.evaluate(LIT)).reshape(28, 28)
    assert np.argwhere(lit == 255).tolist() == [[13, 13], [14, 13]]
    assert (lit > 0).sum() == 2
    page.keyboard.press("Space")
    assert np.flatnonzero(page.evaluate(LIT)).tolist() == [14 * 28 + 13]
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert np.flatnonzero(page.evaluate(LIT)).tolist() == [14 * 28 + 13]
    page.keyboard.press("Control+z")
    assert not np.any(page.evaluate(LIT))


def test_the_error_is_the_root_mean_square_on_the_scale_of_the_generator(page):
    target, image = np.random.default_rng(0).integers(0, 256, (2, 64))
    expected = np.sqrt((((target - image) / 127.5) ** 2).mean())
    assert page.evaluate(RMS, [target.tolist(), image.tolist()]) == pytest.approx(expected)
    assert page.evaluate(RMS, [[255, 255], [0, 255]]) == pytest.approx(math.sqrt(2))


def test_a_difference_is_grey_where_images_agree_and_signed_elsewhere(page):
    assert page.evaluate(DIFFERENCE, [[90, 255, 0], [90, 0, 255]]) == [128, 255, 0]


@pytest.mark.parametrize(
    ("percentile", "sentence"),
    [
        (0, "Suspiciously close: nearer to a training image than all real test images."),
        (0.5, "Suspiciously close: nearer to a training image than 99.5 % of real test images."),
        (
            3,
            "Closer to the training set than 97 % of real test images: close, but some real "
            "images are as near.",
        ),
        (66, "Closer to the training set than 34 % of real test images: no sign of copying."),
        (
            98,
            "Farther from the training set than 98 % of real test images: no copy, but no usual "
            "image either.",
        ),
    ],
)
def test_the_percentile_is_read_in_words(page, percentile, sentence):
    assert page.evaluate(READING, percentile) == sentence
