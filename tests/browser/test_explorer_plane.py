"""The explorer's tab Plane, against the library: tiles, colours, keys, files."""

from __future__ import annotations

import io
import re
from itertools import pairwise

import numpy as np
import pytest
from explorer_page import (
    alike,
    answer,
    answered,
    big,
    digits_page,
    drawn,
    greys,
    heard,
    load_generator_of,
    mapped,
    moved_to,
    now,
    saved,
    seed,
    settled,
)
from live_page import button

LEFT, RIGHT, TOP, BOTTOM = 36, 4, 14, 26  # px around the plane


@pytest.fixture(scope="module")
def digits(open_shared):
    return digits_page(open_shared)


@pytest.fixture(scope="module")
def generator(digits):
    return load_generator_of(digits)


@pytest.fixture
def plane(digits):
    """The tab from where it began: seed 1, all of the plane."""
    seed(digits, 1)
    panel = mapped(digits)
    canvas = panel.locator(".gl-x-atlas-canvas")
    canvas.focus()
    digits.keyboard.press("0")
    settled(digits)
    return panel


def cells(asked):
    """z of every tile of an answer, [n, n, latent], and the middles along u and v."""
    u0, u1, v0, v1 = asked["window"]
    n = asked["n"]
    u, v = u0 + (np.arange(n) + 0.5) / n * (u1 - u0), v1 - (np.arange(n) + 0.5) / n * (v1 - v0)
    a, b = np.array(asked["axes"])
    return np.array(asked["origin"]) + u[None, :, None] * a + v[:, None, None] * b, u, v


def whole(page):
    """The newest question that covers the plane from edge to edge."""
    return page.evaluate(
        """wire.sent.findLast(({ op, window: w }) => op === 'atlas'
        && w[0] <= -3.999 && w[1] >= 3.999 && w[1] < 4.3)"""
    )


def spot(canvas, u, v, bounds=(-4, 4)):
    """Where (u, v) lies on the canvas while all of the plane is shown."""
    box = canvas.bounding_box()
    low, high = bounds
    share = (u - low) / (high - low), (high - v) / (high - low)
    room = box["width"] - LEFT - RIGHT, box["height"] - TOP - BOTTOM
    return {"x": LEFT + share[0] * room[0], "y": TOP + share[1] * room[1]}


def test_a_click_on_a_tile_takes_z_there(digits, generator, plane):
    page, asked = digits, whole(digits)
    z, u, v = cells(asked)
    tiles = drawn(generator, z.reshape(-1, 16)).reshape(*z.shape[:2], 8, 8)
    button(plane, "Pictures alone").click()
    canvas = plane.locator(".gl-x-atlas-canvas")
    n = asked["n"]
    for row, column in ((n // 4, n - 4), (n - 3, n // 3)):
        at = spot(canvas, u[column], v[row])
        canvas.click(position=at)
        moved_to(page, z[row, column], gap=1e-3)
        assert alike(big(page), tiles[row, column], gap=2)
        page.mouse.move(5, 5)
        page.wait_for_timeout(700)  # two clicks at once are one double click
        painted = greys(canvas)
        side = (canvas.bounding_box()["width"] - LEFT - RIGHT) / n
        # Away from the ring that marks z: the tile beside, by the means of its pixels.
        beside = spot(canvas, u[column - 2], v[row])
        edges = np.round((np.arange(11) - 5) / 10 * side).astype(int)
        x, y = round(beside["x"]), round(beside["y"])
        seen = np.array(
            [[painted[y + a : y + b, x + c : x + d].mean() for c, d in pairwise(edges)]
             for a, b in pairwise(edges)]
        )[1:-1, 1:-1]  # fmt: skip
        match = [
            np.corrcoef(seen.ravel(), tiles[row, other].ravel())[0, 1]
            for other in (column - 2, (column + n // 2) % n)
        ]
        assert match[0] > 0.9 > match[1]


def test_the_legend_counts_the_classes_of_all_tiles(digits, generator, plane):
    asked = whole(digits)
    button(plane, "Class").click()
    z = cells(asked)[0].reshape(-1, 16)
    likely = generator.classifier.features_and_probabilities(generator.samples(np.float32(z)))[1]
    counts = np.bincount(likely.argmax(1), minlength=10)
    texts = plane.locator(".gl-x-atlas-classes li").all_inner_texts()
    shown = [[int(number) for number in re.findall(r"\d+", text)] for text in texts]
    assert [one for one, _ in shown] == list(range(10))
    shares = np.array([share for _, share in shown])
    assert shares == pytest.approx(100 * counts / counts.sum(), abs=1)
    assert abs(shares.sum() - 100) <= 5 and shares.max() < 90  # ten roundings of a half
    assert plane.locator(".gl-x-atlas-sentence").inner_text()[0].isdigit()


def test_stretching_is_asked_for_where_it_is_the_colour_and_kept(digits, plane):
    page = digits
    button(plane, "Class").click()
    settled(page)
    button(plane, "Stretching").click()
    page.wait_for_function("wire.sent.findLast(({ op }) => op === 'atlas').stretch")
    asked = settled(page)
    assert "stretching" in plane.locator(".gl-x-atlas-sentence").inner_text()
    button(plane, "Class").click()
    button(plane, "Volume").click()
    assert settled(page)["id"] == asked["id"]  # the window that is there knows it


def test_closer_by_two_notches_halves_the_tiles(digits, plane):
    page, before = digits, whole(digits)
    side = lambda asked: (asked["window"][1] - asked["window"][0]) / asked["n"]  # noqa: E731
    plane.locator(".gl-x-atlas-canvas").focus()
    for _ in range(2):
        page.keyboard.press("+")
    closer = settled(page)
    assert side(closer) == pytest.approx(side(before) / 2)
    (u0, _, _, v1), reach = closer["window"], 4 / 1.5**2
    assert u0 <= -reach < u0 + side(closer) and v1 >= reach > v1 - side(closer)
    page.keyboard.press("ArrowRight")
    moved = settled(page)
    pan = 0.15 * 2 * reach
    assert side(moved) == pytest.approx(side(closer))
    assert moved["window"][1] >= reach + pan > moved["window"][1] - side(moved) - 1e-9
    all_of_it = button(plane, "Show the whole plane")
    all_of_it.click()
    page.wait_for_function("document.querySelector('.gl-x-atlas-lens').lastChild.disabled")
    settled(page)
    button(plane, "Zoom in").click()
    page.wait_for_function("!document.querySelector('.gl-x-atlas-lens').lastChild.disabled")
    canvas = plane.locator(".gl-x-atlas-canvas")
    canvas.click(position=spot(canvas, 2.6, -2.6, bounds=(-4 / 1.5, 4 / 1.5)))
    page.mouse.move(5, 5)
    settled(page)
    where = plane.locator(".gl-x-atlas-tile").inner_text().replace("\u2212", "-")
    u, v = map(float, re.findall(r"= (-?[\d.]+)", where))
    assert (u, v) == pytest.approx((2.6, -2.6), abs=side(before) / 2 + 0.02)


def test_keys_move_z_by_one_tile(digits, plane):
    page, asked = digits, whole(digits)
    start, (a, b) = now(page), np.array(asked["axes"])
    side = (asked["window"][1] - asked["window"][0]) / asked["n"]
    plane.locator(".gl-x-atlas-canvas").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    moved_to(page, start + 2 * side * a + side * b, gap=1e-3)
    where = plane.locator(".gl-x-atlas-tile").inner_text()
    assert where.startswith(f"z is at main 1 = {2 * side:.2f}, main 2 = {side:.2f}")


def test_colours_and_axes_are_a_choice(digits, generator, plane):
    page = digits
    for mode in ("Volume", "D\u2019s score", "Class", "Stretching"):
        button(plane, mode).click()
        pressed = plane.locator(".gl-x-atlas-colours [aria-pressed=true]")
        pressed.filter(has_text=mode).wait_for()
        assert pressed.count() == 1
        assert plane.locator(".gl-x-atlas-key").inner_text()
    first = heard(page)
    plane.locator(".gl-x-atlas-axis select").nth(1).select_option("z3")
    answered(page, "atlas", first)
    asked = settled(page)
    assert np.array(asked["axes"])[1].tolist() == [0, 0, 1] + [0] * 13
    assert asked["origin"][2] == 0  # z3 is what the axis says
    z = cells(asked)[0].reshape(-1, 16)
    assert asked["stretch"]
    stretch = answer(page, "atlas", "stretch")
    assert answer(page, "atlas", "x").shape[1:] == (8, 8) and np.isfinite(stretch).all()
    data, name = saved(page, "NPZ", plane)
    kept = np.load(io.BytesIO(data))
    assert name == "digits_plane.npz" and np.allclose(kept["latents"], z, atol=1e-4)
    assert alike(kept["images"], drawn(generator, kept["latents"]))
    plane.locator(".gl-x-atlas-axis select").nth(1).select_option("main:2")
    settled(page)
