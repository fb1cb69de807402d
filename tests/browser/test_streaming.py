"""While frames arrive nothing blinks, jumps or is made anew, and the line is kept."""

from __future__ import annotations

import pytest
from live_page import (
    CHARTS_DRAWN,
    ENDLESS,
    quiet,
    step_of,
    wait_for_frames,
    wait_for_state,
    wait_for_step,
)

# Marks the nodes there are, and from now on counts charts without ticks and what moves.
WATCH = """() => {
  window.marked = [...document.querySelectorAll('.gl-plot .main-svg, .gl-live canvas')];
  Object.assign(window, { blanks: 0, looks: 0, shift: 0 });
  const look = () => {
    window.looks += 1;
    for (const plot of document.querySelectorAll('.gl-plot')) {
      if (plot._fullLayout && !plot.querySelector('.main-svg .xtick')) window.blanks += 1;
    }
    requestAnimationFrame(look);
  };
  look();
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: false });
  window.reruns = [];
  const app = document.querySelector('[data-testid="stApp"]');
  const state = 'data-test-script-state';
  new MutationObserver(() => window.reruns.push(app.getAttribute(state)))
    .observe(app, { attributeFilter: [state] });
}"""
PLACES = """
  [...document.querySelectorAll('.gl-live :is(.gl-button, canvas, .gl-plot, .gl-state)')]
    .map((node) => Object.values(node.getBoundingClientRect().toJSON()))
"""


@pytest.mark.parametrize(
    ("lab", "width"), [("lab_1d", 1440), ("lab_2d", 1280), ("lab_2d", 390), ("lab_images", 1440)]
)
def test_nothing_blinks_or_moves_and_a_rerun_changes_nothing(open_page, lab, width):
    page = open_page(f"{lab}?{ENDLESS}", width=width)
    page.wait_for_function(CHARTS_DRAWN)
    wait_for_step(page, 20)
    page.evaluate(WATCH)
    places = page.evaluate(PLACES)
    wait_for_frames(page, 15)
    page.keyboard.press("r")  # Streamlit's own key: the page's script runs again
    page.wait_for_function("window.reruns.length > 1 && window.reruns.at(-1) === 'notRunning'")
    wait_for_frames(page, 15)
    assert page.evaluate("window.marked.length") >= (2 if width < 1000 else 9)
    assert page.evaluate("window.marked.every((node) => node.isConnected)")
    assert page.evaluate("window.looks") > 30 and page.evaluate("window.blanks") == 0
    assert page.evaluate(PLACES) == places
    assert page.evaluate("window.shift") < 0.01
    assert page.evaluate("wire.lines.length") == 1


def test_a_lost_line_is_said_and_mended(open_page):
    page = open_page(f"lab_2d?{ENDLESS}")
    wait_for_step(page, 5)
    with quiet(open_page):
        page.evaluate("wire.cut = true; wire.lines.forEach((line) => line.close())")
        wait_for_state(page, "Reconnecting")
        assert "trying again" in page.locator(".gl-message").text_content()
        page.evaluate("wire.cut = false")
        wait_for_state(page, "Training")
    wait_for_step(page, step_of(page) + 5)
    assert page.locator(".gl-message").text_content() == ""
