"""Play, pause, step, speed: what the run does, by button and by key."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from live_page import (
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
    wait_for_frames,
    wait_for_state,
    wait_for_step,
    word,
)

LAB = f"lab_2d?{SMALL}"
STAGES = ["sample z", "generate", "score", "update D", "score again", "update G"]


@pytest.fixture(scope="module")
def shared(open_shared):
    return open_shared(LAB)


@pytest.fixture
def lab(shared):
    """One page for most tests, with its run at its beginning."""
    return afresh(shared)


def test_pause_acts_within_twenty_steps(lab):
    """200 ms at 100 steps a second; what was on the screen may have been a frame old."""
    page = lab
    assert frames(page)[-1]["pace"] == 100
    for _ in range(4):
        wait_for_step(page, step_of(page) + 30)
        page.keyboard.press(" ")
        wait_for_state(page, "Paused")
        pause = sent(page, "pause")[-1]
        before = [frame["step"] for frame in frames(page, 0, pause["heard"])]
        lag = max(after - step for step, after in pairwise(before[-10:]))
        stands = step_of(page)
        assert 0 <= stands - before[-1] <= 20 + lag
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"{STEP} === {stands + 1}")  # and not one more was made meanwhile
        page.keyboard.press(" ")
        wait_for_state(page, "Training")


def test_steps_of_both_and_of_one_alone_are_counted(lab):
    page = lab
    extra = page.locator(".gl-extra")
    wait_for_step(page, 20)
    held = paused(page)
    button(page, "Step").click()
    page.wait_for_function(f"{STEP} === {held + 1}")
    for name in ("discriminator", "D = 1/2"):
        word(page, name).click()
    before = picture(page)
    page.keyboard.press("d")
    extra.get_by_text("+1 D step", exact=True).wait_for()
    assert picture(page) == before  # G, frozen, makes the same fakes
    button(page, "D step").click()
    page.keyboard.press("g")
    extra.get_by_text("+2 D steps, +1 G step", exact=True).wait_for()
    assert picture(page) != before
    assert step_of(page) == held + 1 and frames(page)[-1]["extra"] == {"d": 2, "g": 1}


def test_space_on_a_focused_button_presses_it_once(lab):
    page = lab
    wait_for_step(page, 5)
    button(page, "Pause").focus()
    page.keyboard.press(" ")
    wait_for_state(page, "Paused")
    assert len(sent(page, "pause")) == 1 and sent(page, "play") == []
    assert page.evaluate("window.scrollY") == 0


def test_reset_returns_to_the_same_step_0_and_another_seed_does_not(open_page):
    page = open_page(f"{LAB}&seed=11")
    button(page, "Reset").click()
    page.wait_for_function(f"{STEP} === 0")
    wait_for_state(page, "Paused")
    first = picture(page)
    button(page, "Play").click()
    wait_for_step(page, 30)
    assert picture(page) != first
    page.keyboard.press("Shift+R")
    page.wait_for_function(f"{STEP} === 0")
    assert picture(page) == first
    button(page, "New seed").click()
    page.wait_for_function(f"{STEP} > 0")
    paused(page)
    button(page, "Reset").click()
    page.wait_for_function(f"{STEP} === 0")
    assert picture(page) != first
    [seed] = [reset["values"]["seed"] for reset in sent(page, "reset") if reset.get("values")]
    page.wait_for_url(f"**&seed={seed}*")
    assert frames(page)[-1]["seed"] == seed


def test_a_finished_run_can_be_trained_again(open_page):
    page = open_page("lab_2d?training.steps=20")
    wait_for_state(page, "Finished")
    assert step_of(page) == 20 and button(page, "Step").is_disabled()
    button(page, "Again").click()
    statics = "wire.frames.map(({ kind }) => kind)"
    page.wait_for_function(f"{statics}.filter((kind) => kind === 'static').length === 2")
    page.wait_for_function(
        f"wire.frames.slice({statics}.lastIndexOf('static'))"
        ".some(({ state }) => state === 'finished')"
    )
    page.wait_for_function(f"{STEP} === 20")
    wait_for_state(page, "Finished")


def test_a_diverged_run_says_so_and_is_retried(open_page):
    page = open_page("lab_2d?preset=divergence")
    wait_for_state(page, "Diverged")
    narrated = page.locator(".gl-narration").text_content()
    assert re.match(r"Diverged at step [\d,]+: ", narrated) and "retry" in narrated
    for name in ("Learning rate of D", "Learning rate of G"):
        typed(page, name, "0.0001")
    button(page, "Retry").click()
    wait_for_step(page, 30)
    assert {"Diverged", "Retried"} <= {mark["title"] for mark in marks(page)}


def test_run_until_a_step_stops_there(lab):
    page = lab
    wait_for_step(page, 5)
    field = page.get_by_role("spinbutton", name="Run until")
    field.fill("1")
    field.press("Enter")
    problem = page.locator(".gl-until-problem")
    problem.get_by_text("already; enter a later one.").wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    goal = step_of(page) + 203
    field.fill(str(goal))
    assert problem.text_content() == ""
    button(page, "Go").click()
    wait_for_state(page, "Paused")
    assert step_of(page) == goal
    assert [frame["until"] for frame in frames(page)][-2:] == [goal, None]
    field.fill("")


def test_the_speed_is_said_in_words_and_kept_to(lab):
    page = lab
    slider = page.get_by_role("slider", name="Speed")
    words = []
    for key in ("]", "]", "]", "]", *"[" * 8):
        page.keyboard.press(key)
        words.append(slider.get_attribute("aria-valuetext"))
    assert words == [
        *("300 steps/s", "1,000 steps/s", "Full speed", "Full speed"),
        *("1,000 steps/s", "300 steps/s", "100 steps/s", "30 steps/s", "10 steps/s", "3 steps/s"),
        *("1 step/s", "1 step in 2 s"),
    ]
    assert [speed["pace"] for speed in sent(page, "speed")] == [
        *(300, 1000, None, 1000, 300, 100, 30, 10, 3, 1, 0.5)
    ]
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "Slow motion"
    page.wait_for_function("wire.frames.at(-1).pace === 0.08")
    page.keyboard.press("End")
    page.wait_for_function("wire.frames.at(-1).pace === null")


def test_slow_motion_names_its_parts_in_order(lab):
    page = lab
    wait_for_step(page, 10)
    held = paused(page)
    for _ in range(5):
        page.keyboard.press("[")
    page.wait_for_function("wire.frames.at(-1).pace === 0.5")
    begun = len(heard(page))
    page.evaluate(
        """() => {
          window.shown = [];
          const strip = document.querySelector('.gl-stages');
          new MutationObserver(() => {
            const current = strip.querySelector('[aria-current="step"]')?.textContent;
            if (current && current !== window.shown.at(-1)) window.shown.push(current);
          }).observe(strip, { subtree: true, attributeFilter: ['aria-current'] });
        }"""
    )
    page.keyboard.press(" ")
    page.wait_for_function("window.shown.length >= 8")
    page.keyboard.press(" ")
    wait_for_state(page, "Paused")
    assert page.evaluate("window.shown")[:8] == [*STAGES, *STAGES[:2]]
    slow = [frame for frame in frames(page, begun) if frame["stage"]]
    indices = [frame["stage"]["index"] for frame in slow]
    assert all(after - index in (0, 1, -5) for index, after in pairwise(indices))
    assert all(STAGES[frame["stage"]["index"]] == frame["stage"]["name"] for frame in slow)
    moved = [frame["stage"]["index"] for frame in slow if "stage/moved" in frame["arrays"]]
    assert set(moved) == {5}
    stands = step_of(page)
    assert stands > held and slow[-1]["state"] == "paused"  # half-way, to be looked at
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"{STEP} === {stands + 1} && !wire.frames.at(-1).stage")
    for _ in range(2):
        page.keyboard.press("]")
    page.locator(".gl-stages.gl-open").wait_for(state="hidden")


def test_d_is_trained_to_its_optimum_and_what_came_of_it_is_said(lab):
    page = lab
    typed(page, "Batch size", "1024")  # so that it takes a while
    wait_for_step(page, 20)
    held = paused(page)
    page.keyboard.press("o")
    wait_for_state(page, "Training D alone")
    assert button(page, "Stop training D").get_attribute("aria-pressed") == "true"
    wait_for_state(page, "Paused")
    said = page.locator(".gl-message").text_content()
    updates, before, after = re.match(
        r"D was trained alone for ([\d,]+) updates; its mean loss went from (\S+) to (\S+)[,;]",
        said,
    ).groups()
    updates = int(updates.replace(",", ""))
    assert 300 <= updates <= 3000 and updates % 100 == 0
    assert float(after) < float(before)
    assert step_of(page) == held and frames(page)[-1]["extra"] == {"d": updates, "g": 0}
    assert page.locator(".gl-extra").text_content() == f"+{updates:,} D steps"
    assert marks(page)[-1] | {"text": said} == marks(page)[-1]
    page.keyboard.press("o")
    wait_for_state(page, "Training D alone")
    page.keyboard.press(" ")
    wait_for_state(page, "Paused")
    wait_for_frames(page, 0)
    assert page.locator(".gl-message").text_content().startswith("D was trained alone for")
