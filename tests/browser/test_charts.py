"""The small charts: one time axis, one zoom, one cursor, and an explanation each."""

from __future__ import annotations

import pytest
from live_page import (
    CHARTS_DRAWN,
    SMALL,
    afresh,
    button,
    paused,
    sent,
    step_of,
    wait_for_frames,
    wait_for_state,
    wait_for_step,
)

LAB = f"lab_2d?{SMALL}"
PAST = "Looking at the past"
# [low, high] of the time axis of each chart that is drawn.
RANGES = """
  [...document.querySelectorAll('.gl-chart:has(.gl-cursor) .gl-plot')]
    .filter((plot) => plot._fullLayout).map((plot) => [...plot._fullLayout.xaxis.range])
"""
LOSSES = "document.querySelector('.gl-plot')"
CURVES = f"{LOSSES}.data?.filter(({{ mode }}) => mode === 'lines')"


@pytest.fixture(scope="module")
def shared(open_shared):
    return open_shared(LAB)


@pytest.fixture
def lab(shared):
    """A page that stands still after a while; all its charts show where it is."""
    page = afresh(shared)
    wait_for_step(page, 60)
    held = paused(page)
    page.wait_for_function(CHARTS_DRAWN)
    page.wait_for_function(f"{CURVES}[0].x.at(-1) > {held - 10} && {CURVES}[0].x.at(-1) <= {held}")
    return page


def place_of(page, share):
    """Where the losses' plot has a share of its time axis, in pixels of the window."""
    return page.evaluate(
        f"""(share) => {{
          const {{ left, top }} = {LOSSES}.getBoundingClientRect();
          const {{ xaxis, yaxis }} = {LOSSES}._fullLayout;
          const across = xaxis._offset + share * xaxis._length;
          return [left + across, top + yaxis._offset + yaxis._length / 2];
        }}""",
        share,
    )


def test_a_zoom_holds_for_all_and_survives_updates(lab):
    page = lab
    (x0, y), (x1, _) = (place_of(page, share) for share in (0.2, 0.6))
    whole = page.evaluate(RANGES)[0]
    page.mouse.move(x0, y)
    page.mouse.down()
    page.mouse.move(x1, y, steps=6)
    page.mouse.up()
    button(page, "Reset zoom").wait_for()
    page.wait_for_function(f"{RANGES}.every(([low]) => low > 1)")
    zoomed = page.evaluate(RANGES)
    assert len(zoomed) >= 4 and all(each == zoomed[0] for each in zoomed)
    low, high = zoomed[0]
    width = whole[1] - whole[0]
    assert abs(low - 0.2 * width) < 0.02 * width and abs(high - 0.6 * width) < 0.02 * width
    button(page, "Play").click()
    wait_for_frames(page, 15)
    assert all(each == zoomed[0] for each in page.evaluate(RANGES))
    page.keyboard.press("r")  # Streamlit's rerun
    wait_for_frames(page, 10)
    assert all(each == zoomed[0] for each in page.evaluate(RANGES))
    button(page, "Reset zoom").click()
    page.wait_for_function(f"{RANGES}.every(([low]) => low === 0)")
    assert sent(page, "seek") == []


def test_one_cursor_for_all_and_a_click_goes_there(lab):
    page, held = lab, step_of(lab)
    x, y = place_of(page, 0.3)
    page.mouse.move(x, y)
    lines = page.locator(".gl-cursor-hover:visible")
    lines.first.wait_for()
    assert lines.count() == len(page.evaluate(RANGES))
    assert page.locator(".gl-history-line").is_visible()
    at = lines.evaluate_all("(all) => all.map((line) => line.getBoundingClientRect().left)")
    assert min(abs(left - x) for left in at) < 2
    page.mouse.click(x, y)
    wait_for_state(page, PAST)
    end = page.evaluate(RANGES)[0][1]
    assert abs(step_of(page) - min(0.3 * end, held)) <= 10
    page.mouse.move(5, 5)
    page.locator(".gl-cursor-hover:visible").first.wait_for(state="hidden")
    page.wait_for_function(
        f"{RANGES}.length === document.querySelectorAll('.gl-cursor-past:not([hidden])').length"
    )


def test_curves_are_smoothed_and_axes_changed_by_key_and_button(lab):
    page = lab
    raw = page.evaluate(f"{CURVES}.map(({{ y }}) => [...y])")
    page.get_by_role("slider", name="Smoothing").focus()
    page.keyboard.press("PageUp")
    page.wait_for_function(f"{CURVES}.length === 4")
    weight = float(page.get_by_role("slider", name="Smoothing").input_value())
    faint, smooth = (
        page.evaluate(f"{CURVES}.{part}.map(({{ y, opacity }}) => [[...y], opacity])")
        for part in ("slice(0, 2)", "slice(2)")
    )
    assert [y for y, _ in faint] == raw and all(opacity < 0.5 for _, opacity in faint)
    for (y, _), values in zip(smooth, raw, strict=True):
        total = left = 0.0  # exponential moving average, its bias taken out
        for value, shown in zip(values, y, strict=True):
            total, left = weight * total + (1 - weight) * value, weight * left + 1 - weight
            assert abs(shown - total / left) < 1e-6
    button(page, "Seconds").click()
    page.wait_for_function(f"{LOSSES}._fullLayout.xaxis.range[1] < 60")
    assert page.evaluate(f"{CURVES}.at(-1).x.at(-1)") < 60
    assert button(page, "Epochs").is_disabled()
    button(page, "Log").click()
    page.wait_for_function(f"{LOSSES}._fullLayout.yaxis.type === 'log'")
    assert button(page, "Log").get_attribute("aria-pressed") == "true"
    for name in ("Log", "Steps"):
        button(page, name).click()
    page.get_by_role("slider", name="Smoothing").focus()
    page.keyboard.press("Home")


def test_each_chart_explains_itself_and_can_be_enlarged(lab):
    page = lab
    cards = page.locator(".gl-chart")
    assert cards.count() == 8
    for card in cards.all():
        name = card.get_attribute("aria-label")
        about = card.locator(".gl-about")
        button(page, f"About {name}").focus()
        page.keyboard.press("Enter")
        about.wait_for()
        assert len(about.locator("p").first.text_content()) > 30
        assert about.locator("math").count() > 0
        box = about.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 1440
        assert box["y"] >= 0 and box["y"] + box["height"] <= 900
        page.keyboard.press("Escape")
        about.wait_for(state="hidden")
    first = cards.first
    before = first.bounding_box()["width"]
    first.get_by_role("button", name="Enlarge").click()
    page.wait_for_function(f"{LOSSES}._fullLayout.width > {before}")
    assert first.bounding_box()["width"] > 1.5 * before
    first.get_by_role("button", name="Enlarge").click()
