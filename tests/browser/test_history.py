"""The past of a run: looked at, played back, gone on from, and what is marked on its axis."""

from __future__ import annotations

from itertools import groupby, pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
from live_page import (
    ENDLESS,
    SMALL,
    STEP,
    afresh,
    button,
    frames,
    heard,
    marks,
    paused,
    picture,
    sent,
    step_of,
    typed,
    wait_for_state,
    wait_for_step,
)

LAB = f"lab_2d?{SMALL}"
PAST = "Looking at the past"
# The last step that each drawn chart over time shows: of those that have curves.
ENDS = """
  [...document.querySelectorAll('.gl-chart:has(.gl-cursor) .gl-plot')].filter((plot) => plot.data)
    .map((plot) => Math.max(...plot.data.filter(({ mode }) => mode === 'lines')
      .flatMap(({ x, xaxis }) => (xaxis ? [] : [...x]))))
    .filter(Number.isFinite)
"""


@pytest.fixture(scope="module")
def shared(open_shared):
    return open_shared(LAB)


@pytest.fixture
def lab(shared):
    """One page for most tests, with its run at its beginning."""
    return afresh(shared)


def ran(page, least):
    """Train for so many steps, not slowly; the step at which the run then stands."""
    page.keyboard.press("]")
    wait_for_step(page, least)
    return paused(page)


def drag(page, start, end):
    """Drag the history from one share of its width to another; the step one then looks at."""
    box = page.get_by_role("slider", name="History").bounding_box()
    x = [box["x"] + 12 + share * (box["width"] - 24) for share in (start, end)]
    y = box["y"] + box["height"] / 2
    page.mouse.move(x[0], y)
    page.mouse.down()
    page.mouse.move(x[1], y, steps=12)
    page.mouse.up()
    return settled(page)


def settled(page):
    """The step one looks at, once it is the one that was asked for."""
    page.wait_for_function(
        """() => {
          const text = (place) => document.querySelector(place).textContent;
          const number = (place) => text(place).match(/step ([0-9,]+)/)?.[1];
          return number('.gl-history-words') === number('.gl-counter');
        }"""
    )
    return step_of(page)


def test_the_whole_page_goes_to_the_past_and_back(lab):
    page = lab
    held = ran(page, 300)
    page.wait_for_function(f"{ENDS}.some((end) => end >= {held - 9})")
    now = picture(page)
    past = drag(page, 1, 0.4)
    assert page.locator(".gl-state").text_content() == PAST
    assert 0.3 * held < past < 0.5 * held
    assert picture(page) != now
    words = f"Looking at step {past:,} of {held:,}"
    assert page.locator(".gl-history-words").text_content() == words
    page.wait_for_function(f"{ENDS}.every((end) => end <= {past})")
    assert len(page.evaluate(ENDS)) > 3
    assert frames(page)[-1]["newest"] == held
    button(page, "Back to now").click()
    wait_for_state(page, "Paused")
    assert step_of(page) == held and picture(page) == now
    page.wait_for_function(f"{ENDS}.some((end) => end >= {held - 9})")


def test_by_keys_it_goes_from_moment_to_moment_and_plays_on_from_now(lab):
    page = lab
    held = ran(page, 200)
    slider = page.get_by_role("slider", name="History")
    slider.focus()
    seen = []
    for key in ("ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
        seen.append(settled(page))
    assert held > seen[0] > seen[1] > seen[2] > 0 and seen[3] == seen[1]
    assert slider.get_attribute("aria-valuetext") == f"step {seen[3]:,}"
    button(page, "Play on").click()
    wait_for_step(page, held + 1)
    shown = [frame["cursor"] for frame in frames(page)]
    assert shown[-1] is None and seen[3] in shown


def test_a_replay_shows_every_kept_moment_once(lab):
    page = lab
    held = ran(page, 300)
    start = drag(page, 1, 0.3)
    begun = len(heard(page))
    button(page, "Replay").click()
    button(page, "Stop").wait_for()
    button(page, "Replay").wait_for()
    shown = [cursor for cursor, _ in groupby(frame["cursor"] for frame in frames(page, begun))]
    asked = [seek["step"] for seek in sent(page, "seek") if seek["heard"] >= begun]
    assert shown == asked and len(asked) > 5
    assert all(before < after for before, after in pairwise(asked))
    assert start < asked[0] and asked[-1] < held


def test_a_branch_is_a_new_run_in_the_address_and_back_leads_to_the_old_one(open_page):
    page = open_page(LAB)
    changed = paused(page)
    typed(page, "R2", "0.3")
    button(page, "Play").click()
    held = ran(page, changed + 150)
    past = drag(page, 1, 1 - 90 / held)
    assert changed < past < held
    source = _query(page.url)
    button(page, f"Continue from step {past:,}").click()
    page.wait_for_url(
        lambda address: source == _query(address) | {"run": source["run"]} != _query(address)
    )
    wait_for_state(page, "Paused")
    branch = _query(page.url)
    assert branch["penalty.r2"] == ["0.3"]
    assert step_of(page) == past
    assert marks(page)[-1]["title"] == "Branched here" and marks(page)[-1]["step"] == past
    button(page, "Step").click()
    page.wait_for_function(f"{STEP} === {past + 1}")
    page.go_back()
    page.wait_for_url(lambda address: _query(address) == source)
    wait_for_state(page, PAST)
    assert step_of(page) == past and frames(page)[-1]["newest"] == held  # it stayed as it was
    page.go_forward()
    page.wait_for_url(lambda address: _query(address) == branch)
    page.wait_for_function(f"{STEP} === {past + 1}")


def _query(address):
    return parse_qs(urlsplit(address).query)


def test_what_happens_is_marked_on_the_axis_and_explained(open_page):
    page = open_page(f"lab_2d?preset=mode_collapse&{ENDLESS}")
    page.keyboard.press("]")
    page.wait_for_function("document.querySelectorAll('.gl-flag').length > 1")
    paused(page)
    told = marks(page)
    assert {mark["severity"] for mark in told} & {"warning", "notice"}
    page.get_by_role("slider", name="History").focus()
    page.keyboard.press("Shift+Tab")
    tip = page.locator(".gl-tip")
    tip.wait_for()
    assert page.locator(".gl-flag:focus").get_attribute("aria-expanded") == "true"
    page.keyboard.press("Home")
    first = told[0]
    assert tip.locator(".gl-tip-title").first.text_content() == first["title"]
    assert tip.locator(".gl-tip-text").first.text_content() == first["text"]
    assert first["text"].endswith(".") and len(first["text"]) > 40
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert abs(settled(page) - first["step"]) <= 20
    page.keyboard.press("Escape")
    assert tip.count() == 0
