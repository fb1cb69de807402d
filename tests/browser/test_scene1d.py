"""The picture of the 1-D lab: densities, how p_g is found, D and its best, the map from z to x."""

from __future__ import annotations

import numpy as np
import pytest
from live_page import (
    SMALL,
    array,
    frames,
    paused,
    picture,
    sent,
    static,
    wait_for_frames,
    wait_for_other_picture,
    wait_for_step,
    word,
)

LAB = f"lab_1d?{SMALL}"
NEWEST = "wire.frames.findLast(({ kind }) => kind === 'frame')"
ESTIMATOR = "How the generator's density is found"


def standing(open_page, query=""):
    page = open_page(f"{LAB}{query}")
    wait_for_step(page, 60)
    paused(page)
    return page


@pytest.fixture(scope="module")
def lab(open_shared):
    """One page for the tests that leave it as they found it."""
    return standing(open_shared)


def density(page):
    return array(page, "scene/p_g")


def test_p_g_is_found_in_three_ways(lab):
    page = lab
    choice = page.get_by_role("combobox", name=ESTIMATOR)
    found, seen = {}, []
    for name in ("exact", "kde", "histogram"):
        choice.select_option(name)
        page.wait_for_function(f"{NEWEST}.p_g === '{name}'")
        found[name] = density(page)
        seen.append(picture(page))
        assert page.locator(".gl-note1d").text_content() == ""
    assert len(set(seen)) == 3
    assert [look["layers"][0] for look in sent(page, "look")] == ["kde", "histogram"]
    x = array(page, "scene/x")
    for values in found.values():
        assert np.trapezoid(values, x) == pytest.approx(1, abs=0.05)
    mean = {name: np.trapezoid(x * values, x) for name, values in found.items()}
    fake = array(page, "scene/fake").mean()
    assert all(value == pytest.approx(fake, abs=0.15) for value in mean.values())
    assert len(np.unique(found["histogram"])) < 60 < len(np.unique(found["kde"]))
    choice.select_option("exact")
    page.wait_for_function(f"{NEWEST}.p_g === 'exact'")
    assert picture(page) == seen[0]


def test_the_best_d_is_that_of_the_two_densities(lab):
    x, p_data, d = (array(lab, f"scene/{name}") for name in ("x", "p_data", "d"))
    best = array(lab, "scene/best")
    assert np.allclose(p_data, np.exp(-x * x / 2) / np.sqrt(2 * np.pi), atol=1e-4)
    known = np.isfinite(best)
    p_g = density(lab)
    assert known.mean() > 0.5 and ((d >= 0) & (d <= 1)).all()
    wanted = p_data[known] / (p_data[known] + p_g[known])
    assert np.allclose(best[known], wanted, atol=1e-3)


@pytest.mark.parametrize(
    "name", ["pdata", "pg", "D(x)", "best D* and its gap to D", "map z → G(z)"]
)
def test_a_word_hides_its_layer_and_shows_it_again(lab, name):
    page = lab
    before = picture(page)
    word(page, name).focus()
    page.keyboard.press("Enter")
    wait_for_other_picture(page, before)
    assert word(page, name).get_attribute("aria-pressed") == "false"
    page.keyboard.press(" ")
    page.wait_for_function(
        "(before) => document.querySelector('.gl-canvas1d').toDataURL() === before", arg=before
    )
    assert word(page, name).get_attribute("aria-pressed") == "true"


def test_layers_that_are_off_are_not_sent_and_stay_off(open_page):
    page = open_page(LAB)
    wait_for_step(page, 5)
    for name in ("map z → G(z)", "best D* and its gap to D", "pg"):
        word(page, name).click()
    page.wait_for_function(f"!{NEWEST}.arrays.some((name) => /rays|best|p_g/.test(name))")
    wait_for_frames(page, 10)
    page.keyboard.press("r")  # Streamlit's rerun
    wait_for_frames(page, 10)
    arrays = frames(page)[-1]["arrays"]
    assert {"scene/fake", "scene/d"} <= set(arrays)
    assert not {"scene/rays", "scene/best", "scene/p_g"} & set(arrays)
    assert word(page, "pg").get_attribute("aria-pressed") == "false"


def test_the_pointer_reads_the_numbers_off(lab):
    page = lab
    box = page.locator(".gl-canvas1d").bounding_box()
    x, y = box["x"] + 0.45 * box["width"], box["y"] + 0.3 * box["height"]
    page.mouse.move(x, y)
    readout = page.locator(".gl-readout")
    readout.wait_for()
    rows = [row.locator("> span").last.text_content() for row in readout.locator("> div").all()]
    at, *values = (float(text.replace("\u2212", "-")) for text in rows)
    grid = array(page, "scene/x")
    i = int(np.argmin(np.abs(grid - at)))
    wanted = [array(page, f"scene/{name}")[i] for name in ("p_data", "p_g", "d", "best")]
    assert values == pytest.approx(wanted, abs=6e-4)
    assert values[0] == pytest.approx(np.exp(-(grid[i] ** 2) / 2) / np.sqrt(2 * np.pi), abs=1e-3)
    page.keyboard.press("Escape")
    readout.wait_for(state="hidden")


def test_where_p_g_cannot_be_had_exactly_the_page_says_so(open_page):
    page = standing(open_page, "&preset=mixture1d&latent.dim=2")
    assert frames(page)[-1]["p_g"] == "kde" and static(page)["p_g"] == "estimated"
    note = page.locator(".gl-note1d")
    assert note.text_content() == (
        "Exact needs a z of one continuous dimension, like x; shown is the KDE."
    )
    page.get_by_role("combobox", name=ESTIMATOR).select_option("histogram")
    page.wait_for_function(f"{NEWEST}.p_g === 'histogram'")
    assert note.text_content() == ""
