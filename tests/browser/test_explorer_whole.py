"""All of the explorer's tabs as pages: barriers, room, and each on the larger generators."""

from __future__ import annotations

import pytest
from axe import violations
from explorer_page import (
    FRAME,
    TABS,
    alike,
    answer,
    big,
    digits_page,
    drawn,
    load_generator_of,
    opened,
    seed,
    tab,
)

from ganlab.live.exploring.weights import has_weights
from ganlab.memorisation import why_no_memory

STICKS_OUT = """() => [...document.querySelectorAll('.gl-x *')]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }))
  .filter((node) => node.getBoundingClientRect().right > innerWidth + 1)
  .filter((node) => {
    for (let box = node.parentElement; box; box = box.parentElement) { // what scrolls in a box
      const clips = /auto|scroll|hidden/.test(getComputedStyle(box).overflowX);
      if (clips && box.getBoundingClientRect().right <= innerWidth + 1) return false;
    }
    return true;
  })
  .map((node) => `${node.tagName}.${node.className}`)"""


@pytest.fixture(scope="module")
def digits(open_shared):
    return digits_page(open_shared)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_tab_has_barriers(digits, scheme):
    page = digits
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(f"document.querySelector('.gl-live').dataset.theme === '{scheme}'")
    for name in TABS:
        panel = tab(page, name)
        panel.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        page.wait_for_timeout(100)
        assert violations(page) == [], name


@pytest.mark.parametrize("width", [390, 1280])
def test_no_tab_sticks_out(digits, width):
    page = digits
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 900})
    try:
        for name in TABS:
            tab(page, name)
            page.wait_for_timeout(150)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
            assert page.evaluate(STICKS_OUT) == [], name
    finally:
        page.set_viewport_size(before)


@pytest.mark.parametrize("name", ["mnist_dcgan", "mnist_plane"])
def test_the_larger_generators_open_every_tab(open_page, name):
    page = opened(open_page, f"latent?generator={name}")
    generator = load_generator_of(page)
    tab(page, "Interpolation")
    page.wait_for_function(f"{FRAME}.endsWith('/ 60')")
    assert answer(page, "walk", "x").shape == (60, 28, 28)
    tab(page, "Plane")
    page.wait_for_function("wire.frames.some(({ kind, done }) => kind === 'atlas' && done)")
    panel = tab(page, "Directions")
    panel.locator("tbody tr").nth(1).wait_for()
    pad = tab(page, "Draw").get_by_role("application")
    assert pad.get_attribute("aria-label").startswith("Drawing pad, 28 by 28 pixels")
    seed(page, 7)
    route = "page" if has_weights(generator) else "socket"
    page.wait_for_selector(f".gl-x[data-route={route}]")
    page.wait_for_timeout(200)
    assert alike(big(page), drawn(generator, generator.seeded([7]).numpy())[0], gap=2)
    panel = tab(page, "Memory")
    here = not why_no_memory("mnist")
    shown = panel.locator(".gl-x-near-stage" if here else ".gl-x-near-reason")
    shown.wait_for()
    assert here or "is not on this machine" in shown.inner_text()
