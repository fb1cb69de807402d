"""Data of the visitor's own: drawn on the picture, or uploaded."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from live_page import (
    SMALL,
    array,
    button,
    configuration,
    note,
    sent,
    static,
    wait_for_step,
)

LAB = f"lab_2d?{SMALL}"
STARTS = "wire.frames.filter(({ kind }) => kind === 'static').length"


@pytest.fixture(scope="module")
def lab(open_shared):
    page = open_shared(LAB)
    wait_for_step(page, 10)
    return page


def stroke(page, start, end):
    """Draw a line between two places, shares of the canvas."""
    box = page.locator(".gl-plane-canvas").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=8)
    page.mouse.up()


def uploaded(page, name, content):
    file = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.set_input_files(".gl-controls input[type=file]", file)


def test_what_is_drawn_becomes_the_data(lab):
    page = lab
    tile = button(page, "Draw your own")
    tile.focus()
    page.keyboard.press("Enter")
    use = page.locator(".gl-drawing .gl-primary")
    assert use.is_disabled()
    assert page.evaluate("document.activeElement.textContent") == "Cancel"
    stroke(page, (0.3, 0.3), (0.7, 0.3))
    stroke(page, (0.3, 0.3), (0.3, 0.8))
    both = int(use.text_content().split()[2])
    button(page, "Undo stroke").click()
    one = int(use.text_content().split()[2])
    assert 30 < one < both < 120
    button(page, "Clear").click()
    assert use.is_disabled()
    stroke(page, (0.25, 0.5), (0.75, 0.4))
    use.click()
    page.wait_for_function(f"{STARTS} === 2")
    [drawn] = sent(page, "draw")
    points = np.array(drawn["points"])
    assert np.ptp(points[:, 0]) > 0.8  # a straight line, in the units of the old data
    assert np.corrcoef(points.T)[0, 1] > 0.999
    real = array(page, "scene/real")
    assert np.corrcoef(real.T)[0, 1] > 0.9
    assert static(page)["data"] == "points" == configuration(page)["data"]["name"]
    page.wait_for_function("window.location.search.includes('data.drawn=')")
    wait_for_step(page, 5)


def test_a_drawing_is_in_the_address(lab, open_page):
    query = parse_qs(urlsplit(lab.url).query)
    assert len(lab.url) < 8000
    assert len(query["data.drawn"][0]) > 200
    del query["run"]
    copy = open_page("lab_2d?" + "&".join(f"{name}={values[0]}" for name, values in query.items()))
    assert configuration(copy) == configuration(lab)
    assert np.array_equal(array(copy, "scene/real"), array(lab, "scene/real"))


def test_a_file_of_points_becomes_the_data_and_a_thumbnail_leads_back(lab):
    page = lab
    angles = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    circle = np.stack([3 * np.cos(angles), 3 * np.sin(angles)], 1)
    rows = "\n".join(f"{x:.5f},{y:.5f}" for x, y in circle)
    uploaded(page, "circle.csv", f"x,y\n{rows}\n".encode())
    page.wait_for_function(f"{STARTS} === 3")
    assert static(page)["data"] == "points"
    note(page, "data.name").filter(has_text="120").wait_for()
    wait_for_step(page, 5)
    radii = np.linalg.norm(array(page, "scene/real"), axis=1)
    assert radii.std() < 0.2 * radii.mean()
    button(page, "Ring of 8 Gaussians").click()
    page.wait_for_function(f"{STARTS} === 4")
    assert static(page)["data"] == "ring8" and static(page)["modes"] == 8
    page.wait_for_function("!window.location.search.includes('data.drawn=')")
    assert configuration(page)["data"] == {
        "name": "ring8", "std": None, "path": None, "drawn": None, "classes": [],
    }  # fmt: skip
