"""The picture of the 2-D lab: layers, zoom, hover, trails, the latent plane."""

from __future__ import annotations

import re

import numpy as np
import pytest
from live_page import (
    SMALL,
    array,
    button,
    paused,
    picture,
    sent,
    wait_for_frames,
    wait_for_other_picture,
    wait_for_step,
    word,
)

LAB = f"lab_2d?{SMALL}"
CANVAS = ".gl-plane-canvas"
MARGIN = {"left": 36, "right": 4, "top": 4, "bottom": 24}  # px around the plot
NEWEST = "wire.frames.findLast(({ kind }) => kind === 'frame')"


def standing(open_page, query=""):
    page = open_page(f"{LAB}{query}")
    wait_for_step(page, 30)
    paused(page)
    return page


def pressed(page, text):
    return word(page, text).get_attribute("aria-pressed") == "true"


def wait_for_array(page, name, there=True):
    page.wait_for_function(f"{NEWEST}.arrays.includes('{name}') === {str(there).lower()}")


def pixels(page, points):
    """Where points of the plane [n, 2] lie in the window; the plot is a square in its margins."""
    box = page.locator(CANVAS).bounding_box()
    (x0, x1), (y0, y1) = array(page, "scene/bounds")
    room = box["width"] - MARGIN["left"] - MARGIN["right"]
    side = min(room, box["height"] - MARGIN["top"] - MARGIN["bottom"])
    left = box["x"] + MARGIN["left"] + (room - side) / 2
    top = box["y"] + MARGIN["top"]
    scale = [side / (x1 - x0), -side / (y1 - y0)]
    return [left, top] + (points - [x0, y1]) * scale


def lonely(page):
    """Index and place in the window of the fake that is farthest from all others in view."""
    places = pixels(page, array(page, "scene/fake"))
    box = page.locator(CANVAS).bounding_box()
    inside = (places > [box["x"] + 60, box["y"] + 20]).all(1)
    inside &= (places < [box["x"] + box["width"] - 20, box["y"] + box["height"] - 40]).all(1)
    gaps = np.linalg.norm(places[:, None] - places, axis=2) + 1e9 * np.eye(len(places))
    index = int(np.argmax(np.where(inside, gaps.min(1), 0)))
    return index, places[index]


def numbers(text):
    return [float(x) for x in re.findall(r"[-+]?\d+\.?\d*", text.replace("\u2212", "-"))]


@pytest.fixture(scope="module")
def lab(open_shared):
    """One page for the tests that leave it as they found it."""
    return standing(open_shared)


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("best D*", "scene/best"),
        ("D − D*", "scene/gap"),
        ("density of pg", "scene/density"),
        ("latent mesh", "scene/mesh"),
        ("gradient arrows", "scene/pushes"),
        ("mode centres", "scene/modes"),
    ],
)
def test_a_word_shows_its_layer_and_hides_it(lab, name, needed):
    page = lab
    if name == "latent mesh":
        word(page, "latent plane").click()  # which is made of the same
        wait_for_array(page, needed, False)
    heat = pressed(page, "discriminator")
    before = picture(page)
    word(page, name).focus()
    page.keyboard.press("Enter")
    wait_for_other_picture(page, before)
    assert pressed(page, name)
    if needed != "scene/modes":  # they are always there
        wait_for_array(page, needed)
        wait_for_other_picture(page, before)
    if name in ("best D*", "D − D*"):  # one heat map at a time
        assert not pressed(page, "discriminator")
        word(page, "discriminator").click()
        assert not pressed(page, name)
        wait_for_array(page, "scene/belief")
    else:
        page.keyboard.press(" ")  # the word's, not the run's
    page.wait_for_function(
        f"(before) => document.querySelector('{CANVAS}').toDataURL() === before", arg=before
    )
    assert pressed(page, "discriminator") == heat and not pressed(page, name)
    if needed != "scene/modes":
        wait_for_array(page, needed, False)
    if name == "latent mesh":
        word(page, "latent plane").click()


def test_which_gradient_the_arrows_show_is_a_choice(lab):
    page = lab
    choice = page.get_by_role("combobox", name="Which gradient the arrows show")
    word(page, "gradient arrows").click()
    wait_for_array(page, "scene/pushes")
    pushes = array(page, "scene/pushes")
    assert (
        pushes.shape[0] == 5 and np.isfinite(pushes).all() and (pushes != 0).any(axis=(1, 2)).all()
    )
    seen = []
    for value in range(5):
        choice.select_option(str(value))
        page.wait_for_function(
            f"(seen) => !seen.includes(document.querySelector('{CANVAS}').toDataURL())", arg=seen
        )
        seen.append(picture(page))
    assert choice.locator("option").all_text_contents() == [
        *("gradient of D", "saturating loss", "non-saturating loss", "Wasserstein loss"),
        "least squares loss",
    ]
    # The saturating and the non-saturating loss differ in length alone (Goodfellow et al. 2014).
    saturating, other = pushes[1], pushes[2]
    cross = saturating[:, 0] * other[:, 1] - saturating[:, 1] * other[:, 0]
    long = np.linalg.norm(saturating, axis=1) * np.linalg.norm(other, axis=1)
    assert (np.abs(cross) <= 1e-3 * long + 1e-9).all()
    assert ((saturating * other).sum(1) >= 0).all()
    word(page, "gradient arrows").click()
    wait_for_array(page, "scene/pushes", False)


def test_pointing_at_a_fake_tells_its_latent_and_a_click_follows_it(lab):
    page = lab
    card = page.locator(".gl-plane-card")
    index, (x, y) = lonely(page)
    page.mouse.move(x, y)
    card.wait_for()
    z, g, d = card.locator("div").all_text_contents()
    latent = array(page, "scene/latents")[index]
    wanted = [*np.round(latent[:2], 2), *latent[2:6]]  # two coordinates, then signs
    assert np.allclose(numbers(z)[:6], wanted, atol=0.006)
    assert np.allclose(numbers(g.split("=")[1]), array(page, "scene/fake")[index], atol=0.006)
    assert 0 <= numbers(d.split("=")[1])[0] <= 1
    page.mouse.click(x, y)
    page.mouse.move(5, 5)
    card.wait_for(state="hidden")
    clear = button(page, "clear trails")
    clear.wait_for()
    followed = picture(page)
    button(page, "Play").click()
    wait_for_frames(page, 10)
    paused(page)
    trailing = picture(page)
    clear.click()
    clear.wait_for(state="hidden")
    wait_for_other_picture(page, trailing)
    assert followed != trailing


def test_zoom_and_layers_survive_updates_and_reruns(lab):
    page = lab
    whole = picture(page)
    page.locator(CANVAS).focus()
    for _ in range(3):
        page.keyboard.press("+")
    wait_for_other_picture(page, whole)
    word(page, "mode centres").click()
    word(page, "Real").click()
    button(page, "Play").click()
    wait_for_frames(page, 15)
    page.keyboard.press("r")
    wait_for_frames(page, 15)
    paused(page)
    zoomed = picture(page)
    assert pressed(page, "mode centres") and not pressed(page, "Real")
    button(page, "Reset zoom").click()
    wait_for_other_picture(page, zoomed)
    assert button(page, "Reset zoom").count() == 0
    page.locator(CANVAS).focus()
    for _ in range(3):
        page.keyboard.press("+")
    page.wait_for_function(  # so the view was the same all the time
        f"(zoomed) => document.querySelector('{CANVAS}').toDataURL() === zoomed", arg=zoomed
    )
    page.keyboard.press("0")
    button(page, "Reset zoom").wait_for(state="hidden")
    box = page.locator(CANVAS).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -240)
    button(page, "Reset zoom").click()
    for name in ("mode centres", "Real"):
        word(page, name).click()


def test_the_latent_plane_tells_where_z_lands(lab):
    page = lab
    page.locator(".gl-latent-canvas").focus()
    here, there = page.locator(".gl-latent-readout div").all()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    page.wait_for_function(
        "document.querySelector('.gl-latent-readout').textContent.match(/z = [^,]*, 0[.]1/)"
    )
    z = numbers(here.text_content())[:2]
    assert z[0] == pytest.approx(-2 * z[1], abs=0.02) and z[1] > 0
    mesh, latents = array(page, "scene/mesh"), array(page, "scene/mesh_latents")
    near = np.argmin(np.linalg.norm(latents - z, axis=2))
    cell = np.ptp(mesh.reshape(-1, 2)[_around(near, mesh.shape)], axis=0)
    away = numbers(there.text_content().split("=")[1]) - mesh.reshape(-1, 2)[near]
    assert (np.abs(away) <= cell + 0.01).all()
    page.keyboard.press("Escape")
    page.get_by_text("Point at z\u2081, z\u2082", exact=True).wait_for()


def test_the_right_arrow_moves_z_on_the_latent_plane(lab):
    page = lab
    before = len(sent(page, "step"))
    page.locator(".gl-latent-canvas").focus()
    page.keyboard.press("ArrowRight")
    page.locator(".gl-latent-readout").get_by_text("z = (0.1").wait_for()
    assert len(sent(page, "step")) == before
    page.keyboard.press("Escape")


def _around(index, shape):
    """Nodes of the mesh beside the one with this flat index, itself included."""
    row, column = divmod(index, shape[1])
    rows = [r for r in (row - 1, row, row + 1) if 0 <= r < shape[0]]
    columns = [c for c in (column - 1, column, column + 1) if 0 <= c < shape[1]]
    return [r * shape[1] + c for r in rows for c in columns]
