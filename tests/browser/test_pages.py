"""Every page opens, in light and dark, wide and narrow: nothing amiss, nothing out of place."""

from __future__ import annotations

import pytest
from axe import violations
from layout import misplaced
from live_page import CHARTS_DRAWN, SHOTS, paused, wait_for_step

PAGES = ("home", "lab_1d", "lab_2d", "lab_images")
SCHEMES = ("light", "dark")


def opened(open_page, name, width, height, scheme):
    """A page that has trained for a while and stands still, as only the front page cannot."""
    page = open_page(name.removeprefix("home"), width=width, height=height, scheme=scheme)
    assert page.evaluate("document.querySelector('.gl-live').dataset.theme") == scheme
    if name != "home":
        wait_for_step(page, 20)
        paused(page)
    return page


def looked_at(page, name, scheme):
    """Everything drawn and in its place, and kept as a picture."""
    page.wait_for_function(CHARTS_DRAWN)
    SHOTS.mkdir(exist_ok=True)
    width = page.viewport_size["width"]
    page.screenshot(path=SHOTS / f"{name}-{scheme}-{width}.png")
    assert misplaced(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", PAGES)
def test_on_a_desk(open_page, name, scheme):
    page = opened(open_page, name, 1440, 900, scheme)
    looked_at(page, name, scheme)
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    looked_at(page, name, scheme)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone(open_page, name, scheme):
    page = opened(open_page, name, 390, 844, scheme)
    looked_at(page, name, scheme)
    assert violations(page) == []
