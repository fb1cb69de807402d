"""The live page in a real browser: it opens, streams without remounting, and obeys."""

from __future__ import annotations

import pytest
from live_page import SHOTS, quiet

ENDLESS = "?training.steps=1000000"
STEP = (
    "+(document.querySelector('.gl-counter')?.textContent"
    ".match(/step ([0-9,]+)/)?.[1] ?? '-1').replace(/,/g, '')"
)
CHARTS_DRAWN = "[...document.querySelectorAll('.gl-plot')].every((p) => p.querySelector('.xtick'))"
BOXES = """
  [...document.querySelectorAll('.gl-button, .gl-state, .gl-counter, .gl-canvas, .gl-plot')]
    .map((e) => e.getBoundingClientRect()).map((b) => [b.left, b.top, b.right, b.bottom])
"""
WATCH_SHIFTS = """
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: false });
"""
# Lets a test cut the live line: sockets that are open close, new ones lead nowhere.
CUTTABLE = """
  window.lines = [];
  const Line = window.WebSocket;
  window.WebSocket = class extends Line {
    constructor(url, ...more) {
      const live = String(url).includes('/ganlab/live/');
      super(live && window.cut ? 'ws://127.0.0.1:9' : url, ...more);
      if (live) window.lines.push(this);
    }
  };
"""


def step_of(page):
    return page.evaluate(STEP)


def wait_for_step(page, least):
    page.wait_for_function(f"{STEP} >= {least}")


def wait_for_state(page, words):
    page.wait_for_function(f"document.querySelector('.gl-state').textContent === '{words}'")


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def standing_still(page):
    """The step at which the page stands, after making sure that it does."""
    wait_for_state(page, "Paused")
    before = step_of(page)
    page.wait_for_timeout(400)
    assert step_of(page) == before
    return before


def test_it_trains_as_soon_as_it_opens(open_lab):
    """Without a click; how soon is measured by benchmarks/live.py."""
    page = open_lab(wait=False)
    page.wait_for_function(f"{STEP} > 0")
    assert page.evaluate(STEP) > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 800), (390, 844)])
def test_the_page_opens_and_nothing_sticks_out(open_lab, scheme, width, height):
    page = open_lab(ENDLESS, width=width, height=height, scheme=scheme)
    page.wait_for_function(CHARTS_DRAWN)
    wait_for_step(page, 100)
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"lab_2d-{scheme}-{width}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    boxes = page.evaluate(BOXES)
    assert all(left >= 0 and right <= width for left, _, right, _ in boxes)
    for i, (l1, t1, r1, b1) in enumerate(boxes):
        for l2, t2, r2, b2 in boxes[i + 1 :]:
            assert min(r1, r2) - max(l1, l2) <= 1 or min(b1, b2) - max(t1, t2) <= 1
    assert page.evaluate("document.querySelector('.gl-live').dataset.theme") == scheme


def test_charts_and_canvas_stay_the_same_nodes_and_never_blank(open_lab):
    page = open_lab(ENDLESS)
    page.wait_for_function(CHARTS_DRAWN)
    page.evaluate(
        """() => {
          window.marked = [...document.querySelectorAll('.gl-plot .main-svg, .gl-canvas')];
          window.blanks = 0;
          window.frames = 0;
          const look = () => {
            window.frames += 1;
            for (const plot of document.querySelectorAll('.gl-plot')) {
              if (!plot.querySelector('.main-svg .xtick')) window.blanks += 1;
            }
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    painted = "+document.querySelector('.gl-live').dataset.painted"
    before = page.evaluate(painted)
    page.wait_for_function(f"{painted} > {before} + 60")
    assert page.evaluate("window.marked.length") >= 13
    assert page.evaluate("window.marked.every((node) => node.isConnected)")
    assert page.evaluate("window.frames") > 30 and page.evaluate("window.blanks") == 0


def test_a_rerun_of_the_page_keeps_view_and_line(open_lab):
    page = open_lab(ENDLESS, script=CUTTABLE)
    wait_for_step(page, 5)
    page.evaluate("window.canvas = document.querySelector('.gl-canvas')")
    page.keyboard.press("r")  # Streamlit's own key
    page.wait_for_timeout(1500)
    wait_for_step(page, step_of(page) + 5)
    assert page.evaluate("window.canvas === document.querySelector('.gl-canvas')")
    assert page.evaluate("window.lines.length") == 1


def test_nothing_moves_while_data_arrive(open_lab):
    page = open_lab(ENDLESS)
    page.wait_for_function(CHARTS_DRAWN)
    before = page.evaluate(BOXES)
    page.evaluate(WATCH_SHIFTS)
    wait_for_step(page, step_of(page) + 150)
    assert page.evaluate(BOXES) == before
    assert page.evaluate("window.shift") < 0.01


def test_pause_step_play_by_button_and_by_key(open_lab):
    page = open_lab(ENDLESS)
    wait_for_step(page, 5)
    button(page, "Pause").click()
    held = standing_still(page)
    button(page, "Step").click()
    page.wait_for_function(f"{STEP} === {held + 1}")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"{STEP} === {held + 2}")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(" ")
    wait_for_state(page, "Training")
    wait_for_step(page, held + 10)
    page.keyboard.press(" ")
    standing_still(page)
    assert page.evaluate("window.scrollY") == 0


def test_space_on_a_focused_button_presses_it_once(open_lab):
    page = open_lab(ENDLESS)
    wait_for_step(page, 5)
    button(page, "Pause").focus()
    page.keyboard.press(" ")
    standing_still(page)
    assert button(page, "Play").is_visible()


def test_reset_returns_to_the_same_step_0(open_lab):
    page = open_lab(f"{ENDLESS}&seed=11")
    button(page, "Reset").click()
    page.wait_for_function(f"{STEP} === 0")
    standing_still(page)
    first = page.evaluate("document.querySelector('.gl-canvas').toDataURL()")
    button(page, "Play").click()
    wait_for_step(page, 30)
    assert page.evaluate("document.querySelector('.gl-canvas').toDataURL()") != first
    button(page, "Reset").click()
    page.wait_for_function(f"{STEP} === 0")
    standing_still(page)
    assert page.evaluate("document.querySelector('.gl-canvas').toDataURL()") == first
    button(page, "New seed").click()
    wait_for_state(page, "Training")
    button(page, "Pause").click()
    standing_still(page)
    assert page.evaluate("document.querySelector('.gl-canvas').toDataURL()") != first


def test_a_finished_run_can_be_trained_again(open_lab):
    page = open_lab("?training.steps=20")
    wait_for_state(page, "Finished")
    assert step_of(page) == 20 and button(page, "Step").is_disabled()
    button(page, "Again").click()
    page.wait_for_function(f"{STEP} < 20")
    wait_for_state(page, "Finished")


def test_a_reload_finds_the_run_again(open_lab):
    page = open_lab(ENDLESS)
    wait_for_step(page, 60)
    button(page, "Pause").click()
    held = standing_still(page)
    address = page.url
    page.reload()
    page.wait_for_selector(".gl-live[data-painted]")
    assert page.url == address and standing_still(page) == held


def test_a_bad_address_is_a_sentence_above_a_page_that_works(open_lab):
    page = open_lab("?preset=ring9&seed=<b>x</b>")
    assert "ring8" in page.get_by_role("alert").text_content()
    wait_for_step(page, 1)


def test_a_lost_line_is_said_and_mended(open_lab):
    page = open_lab(ENDLESS, script=CUTTABLE)
    wait_for_step(page, 5)
    with quiet(open_lab):
        page.evaluate("window.cut = true; window.lines.forEach((line) => line.close())")
        wait_for_state(page, "Reconnecting")
        assert "trying again" in page.locator(".gl-message").text_content()
        page.evaluate("window.cut = false")
        wait_for_state(page, "Training")
    wait_for_step(page, step_of(page) + 5)
    assert page.locator(".gl-message").text_content() == ""
