"""The settings beside a run that trains: what acts at once, what waits, what can be hidden."""

from __future__ import annotations

import pytest
from live_page import (
    SMALL,
    afresh,
    button,
    configuration,
    frames,
    heard,
    marks,
    note,
    sent,
    static,
    step_of,
    typed,
    wait_for_step,
)

LAB = f"lab_2d?{SMALL}"
STARTS = "wire.frames.filter(({ kind }) => kind === 'static').length"


@pytest.fixture(scope="module")
def shared(open_shared):
    return open_shared(LAB)


@pytest.fixture
def lab(shared):
    """One page for most tests, with its run at its beginning."""
    return afresh(shared)


def field(page, path):
    return page.locator(f'[data-path="{path}"]')


def wait_for_address(page, holds, wanted=True):
    page.wait_for_function(f"window.location.search.includes('{holds}') === {str(wanted).lower()}")


def test_a_live_setting_acts_at_once_and_can_be_taken_back(lab):
    page = lab
    words = page.locator(".gl-changes-words")
    wait_for_step(page, 20)
    begun = len(heard(page))
    typed(page, "Learning rate of G", "0.004")
    wait_for_address(page, "&g_optimizer.lr=0.004")
    changed = step_of(page)
    assert configuration(page)["g_optimizer"]["lr"] == 0.004
    assert field(page, "g_optimizer.lr").get_attribute("data-changed") is not None
    assert words.text_content() == "5 settings changed"  # four in the address
    page.get_by_role("combobox", name="Loss", exact=True).select_option("hinge")
    wait_for_address(page, "&loss.name=hinge")
    titles = [mark["title"] for mark in marks(page) if mark["severity"] == "change"]
    assert titles == ["G's learning rate: 0.004", "Loss: Hinge"]
    wait_for_step(page, changed + 20)
    assert page.evaluate(STARTS) == 1  # it never began anew
    assert {frame["state"] for frame in frames(page, begun)} == {"playing"}
    button(page, "Reset Learning rate of G to 0.001").click()
    wait_for_address(page, "g_optimizer.lr", False)
    assert configuration(page)["g_optimizer"]["lr"] == 0.001
    assert field(page, "g_optimizer.lr").get_attribute("data-changed") is None
    assert words.text_content() == "5 settings changed"
    assert page.evaluate(STARTS) == 1 and step_of(page) > changed


def test_a_slider_is_moved_by_keys(lab):
    page = lab
    slider = page.get_by_role("slider", name="R1", exact=True)
    slider.focus()
    page.keyboard.press("ArrowRight")
    wait_for_address(page, "&penalty.r1=0.12")
    assert configuration(page)["penalty"]["r1"] == 0.12
    assert sent(page, "step") == [] and sent(page, "seek") == []  # the arrow was the slider's


def test_another_network_waits_for_the_restart(lab):
    page = lab
    words = page.locator(".gl-changes-words")
    drawn = page.locator(".gl-card-generator [role=img]")
    before = drawn.get_attribute("aria-label")
    assert before == "z 10, then dense 16 leaky ReLU, then dense 2; 210 parameters"
    wait_for_step(page, 20)
    typed(page, "Hidden layers of G", "24, 8")
    assert words.text_content() == "1 change waits for a restart:"
    assert note(page, "generator.widths").text_content() == "restart to apply"
    wait_for_step(page, step_of(page) + 20)
    assert page.evaluate(STARTS) == 1 and drawn.get_attribute("aria-label") == before
    button(page, "Restart with it").click()
    page.wait_for_function(f"{STARTS} === 2")
    wait_for_address(page, "&generator.widths=24,8")
    parameters = 10 * 24 + 24 + 24 * 8 + 8 + 8 * 2 + 2
    assert drawn.get_attribute("aria-label") == (
        "z 10, then dense 24 leaky ReLU, then dense 8 leaky ReLU, then dense 2; "
        f"{parameters} parameters"
    )
    assert static(page)["parameters"]["generator"] == parameters
    wait_for_step(page, 5)  # it played before, so it plays on
    assert note(page, "generator.widths").text_content() == ""
    button(page, "Reset all").click()
    page.wait_for_function(f"{STARTS} === 3")
    page.wait_for_function("!document.querySelector('.gl-field[data-changed]')")
    assert words.text_content() == "All as in the preset"
    wait_for_address(page, "training.", False)


def test_other_data_are_a_thumbnail_away(lab):
    page = lab
    tile = page.get_by_role("button", name="Two moons", exact=True)
    assert tile.locator("img").evaluate("(image) => image.naturalWidth") > 0
    wait_for_step(page, 20)
    tile.click()
    page.wait_for_function(f"{STARTS} === 2")
    wait_for_address(page, "&data.name=two_moons")
    assert static(page)["data"] == "two_moons" and static(page)["modes"] == 0
    assert tile.get_attribute("aria-pressed") == "true"
    wait_for_step(page, 5)
    tiles = page.locator(".gl-tile img")
    assert tiles.count() == 13
    assert all(tiles.evaluate_all("(images) => images.map(({ naturalWidth }) => naturalWidth > 0)"))


@pytest.mark.parametrize(
    ("hidden", "gone", "left"),
    [
        (
            "penalty,g_optimizer.lr,speed,until,d_step,lesson,share",
            [
                *('[data-path="penalty.r1"]', '[data-path="g_optimizer.lr"]', ".gl-speed"),
                *(".gl-until", '[data-control="d_step"]', ".gl-head p", ".gl-share .gl-button"),
                '[data-testid="stSelectbox"]',
            ],
            [
                *('[data-path="d_optimizer.lr"]', '[data-control="g_step"]'),
                *(".gl-timeline", ".gl-chart", '[aria-controls="gl-latents"]'),
            ],
        ),
        (
            "settings,charts,timeline,reset,seed,latents",
            [
                *(".gl-settings", "[data-path]", ".gl-chart", ".gl-timeline", ".gl-history"),
                *(
                    '[data-control="reset"]',
                    '[data-control="seed"]',
                    '[aria-controls="gl-latents"]',
                ),
            ],
            ['[data-control="play"]', ".gl-speed", ".gl-share .gl-button", ".gl-picture canvas"],
        ),
    ],
    ids=["some", "most"],
)
def test_a_teacher_hides_what_is_in_the_way(open_page, hidden, gone, left):
    page = open_page(f"{LAB}&hide={hidden}")
    wait_for_step(page, 10)
    for selector in gone:
        assert page.locator(f"{selector}:visible").count() == 0, selector
    for selector in left:
        assert page.locator(f"{selector}:visible").count() > 0, selector
    page.keyboard.press("d")  # hidden buttons have no keys either
    page.keyboard.press("Shift+R")
    assert len(sent(page, "d_step")) == ("d_step" not in hidden)
    assert len(sent(page, "reset")) == ("reset" not in hidden.split(","))
    assert f"hide={hidden}" in page.url
