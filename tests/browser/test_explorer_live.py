"""The explorer in a laboratory: z stays where it was put while the weights move under it."""

from __future__ import annotations

import numpy as np
import pytest
from axe import violations
from explorer_page import (
    READY,
    alike,
    answer,
    answered,
    big,
    greys,
    heard,
    now,
    question,
    tab,
)
from live_page import SMALL, button, paused, sent, step_of, wait_for_state, wait_for_step

PAINTED = "Number(document.querySelector('.gl-x').dataset.painted)"
# What the server made of this z at this step; other pictures are asked for beside it.
ANSWER = """([z, step]) => {
  const same = (one) => one.op === 'decode' && one.z.length === 1
    && one.z[0].every((value, i) => value === z[i]);
  const ids = new Set(wire.sent.filter(same).map(({ id }) => id));
  const told = wire.frames.findLast((f) => f.kind === 'decode' && f.step === step && ids.has(f.id));
  return told && wire.array('x', 'decode', told.id);
}"""
LANDED = "document.querySelector('.gl-x-screen canvas').toDataURL()"


def explored(page):
    """The panel of a laboratory, once it has a picture."""
    button(page, "Latents").click()
    page.wait_for_selector(READY)
    assert button(page, "Latents").get_attribute("aria-expanded") == "true"
    return page.locator("#gl-latents")


def pad(page):
    return page.get_by_role("slider", name="Pad")


def paints(page, many):
    """Wait for so many more pictures of G(z)."""
    page.wait_for_function(f"{PAINTED} >= {page.evaluate(PAINTED) + many}")


@pytest.fixture(scope="module")
def plane(open_shared):
    """A 2-D run that stands still, with its explorer open."""
    page = open_shared(f"lab_2d?{SMALL}")
    wait_for_step(page, 20)
    paused(page)
    explored(page)
    return page


@pytest.fixture(scope="module")
def images(open_shared):
    """A run on Digits 8x8 that stands still, with its explorer open."""
    page = open_shared(f"lab_images?{SMALL}")
    wait_for_step(page, 20)
    paused(page)
    explored(page)
    return page


def test_points_move_under_a_z_that_stays(plane):
    page = plane
    pad(page).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    paints(page, 0)
    held, before, step = now(page), page.evaluate(LANDED), step_of(page)
    words = pad(page).get_attribute("aria-valuetext")
    button(page, "Play").click()
    paints(page, 8)
    assert (now(page) == held).all() and pad(page).get_attribute("aria-valuetext") == words
    pad(page).focus()
    page.keyboard.press("ArrowLeft")  # one can play on it meanwhile
    paints(page, 3)
    there = now(page)
    assert np.count_nonzero(there != held) == 1
    stopped = paused(page)
    assert stopped > step and page.evaluate(LANDED) != before
    page.wait_for_selector(".gl-x[data-route=page]")
    pad(page).focus()
    page.keyboard.press("ArrowRight")
    assert now(page) == pytest.approx(held, abs=1e-6)


def test_points_have_the_tabs_that_apply(plane):
    page = plane
    names = page.locator("#gl-latents").get_by_role("tab").all_inner_texts()
    assert names == ["Interpolation", "Plane", "Directions"]
    for name in names:
        panel = tab(page, name)
        page.wait_for_timeout(200)
        assert panel.inner_text() and panel.locator("canvas").count() > 0
    assert violations(page) == []


def test_a_walk_is_walked_again_when_the_weights_have_moved(plane):
    page = plane
    tab(page, "Interpolation")
    page.wait_for_function("document.querySelector('.gl-x-w-frame').textContent.endsWith('/ 60')")
    asked, points = question(page, "walk"), answer(page, "walk", "x")
    first = heard(page)
    button(page, "Step").click()
    answered(page, "walk", first)
    again = question(page, "walk")
    assert again["points"] == asked["points"] and again["id"] > asked["id"]
    assert answer(page, "walk", "x").shape == points.shape == (60, 2)
    assert not np.allclose(answer(page, "walk", "x"), points, atol=1e-7)


def test_images_move_under_a_z_that_stays(images):
    page = images
    pad(page).focus()
    page.keyboard.press("ArrowUp")
    paints(page, 0)
    held, before = now(page), big(page)
    button(page, "Play").click()
    paints(page, 8)
    wait_for_step(page, step_of(page) + 50)
    stopped = paused(page)
    assert (now(page) == held).all()
    page.wait_for_function(f"(args) => Boolean(({ANSWER})(args))", arg=[held.tolist(), stopped])
    page.wait_for_selector(".gl-x[data-route=page]")
    page.wait_for_timeout(300)
    assert not alike(big(page), before, gap=4)
    found = page.evaluate(ANSWER, [held.tolist(), stopped])
    assert alike(np.reshape(found["values"], found["shape"])[0], big(page))
    names = page.locator("#gl-latents").get_by_role("tab").all_inner_texts()
    assert names == ["Interpolation", "Plane", "Directions", "Draw", "Memory"]


def test_directions_of_a_run_say_when_they_were_found(images):
    page = images
    panel = tab(page, "Directions")
    panel.locator("tbody tr").nth(7).wait_for()
    middle = panel.locator(".gl-x-film-here canvas").first
    words = panel.locator(".gl-x-directions-shares")
    first = step_of(page)
    assert f"Found at step {first:,}." in words.inner_text()
    page.wait_for_function("document.querySelector('.gl-x-film-here canvas').width === 8")
    page.wait_for_timeout(300)
    assert alike(greys(middle), big(page))
    before = greys(middle)
    button(page, "Step").click()
    wait_for_step(page, first + 1)
    for _ in range(20):
        button(page, "Step").click()
    wait_for_state(page, "Paused")
    page.wait_for_function(
        """(before) => {
          const canvas = document.querySelector('.gl-x-film-here canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, 8, 8);
          return before.some((value, i) => value !== data[4 * i]);
        }""",
        arg=before.ravel().tolist(),
    )
    assert f"Found at step {first:,}." in words.inner_text()
    button(panel, "Find again").click()
    words.filter(has_text=f"Found at step {step_of(page):,}.").wait_for()


def test_memory_reads_a_run_that_trains(images):
    page = images
    tab(page, "Memory")
    told = answered(page, "neighbours")
    assert set(told["percentile"]) == {"pixel", "feature"}
    assert all(0 <= share <= 100 for share in told["percentile"].values())
    assert answer(page, "neighbours", "pixel").shape == (5, 8, 8)
    page.wait_for_function("document.querySelector('.gl-x-near-body').dataset.state === 'full'")
    assert violations(page) == []


def test_a_closed_panel_asks_nothing_and_opens_where_it_was(images):
    page = images
    tab(page, "Interpolation")
    held = now(page)
    button(page, "Latents").click()
    assert page.locator("#gl-latents").is_hidden()
    page.wait_for_timeout(300)
    many = len(sent(page, "decode"))
    for _ in range(3):
        button(page, "Step").click()
    wait_for_state(page, "Paused")
    page.wait_for_timeout(300)
    assert len(sent(page, "decode")) == many
    button(page, "Latents").click()
    page.wait_for_function(f"wire.sent.filter(({{ op }}) => op === 'decode').length > {many}")
    assert (now(page) == held).all()


def test_a_run_has_the_explorers_own_page_and_survives_reloading(images, open_page):
    lab = images
    run = lab.evaluate("wire.lines.at(-1).url").split("/live/")[1].split("?")[0]
    step = step_of(lab)
    page = open_page(f"latent?run={run}", wait=False)
    page.wait_for_selector(READY)
    counter = page.locator(".gl-x-step")
    counter.filter(has_text=f"step {step:,} of ").wait_for()
    assert (
        page.get_by_role("link", name="Back to its").get_attribute("href").startswith("lab_images?")
    )
    held = now(page)
    toggle = page.locator(".gl-x-live button")
    toggle.filter(has_text="Play").click()
    page.wait_for_function(
        f"+document.querySelector('.gl-x-step').textContent.match(/step ([0-9,]+)/)[1]"
        f".replace(/,/g, '') > {step + 20}"
    )
    assert (now(page) == held).all()
    toggle.filter(has_text="Pause").click()
    toggle.filter(has_text="Play").wait_for()
    page.reload()
    page.wait_for_selector(READY)
    counter.filter(has_text="step ").wait_for()
    stopped = int(counter.inner_text().split()[1].replace(",", ""))
    assert stopped > step + 20
    lab.bring_to_front()
    wait_for_step(lab, stopped)  # one run, two pages
    wait_for_state(lab, "Paused")
    assert step_of(lab) == stopped
    assert now(page) == pytest.approx(held, abs=1e-6)  # seed 1 again
    lab.reload()
    lab.wait_for_selector(".gl-live[data-painted]")
    assert lab.evaluate("wire.lines.at(-1).url").split("/live/")[1].split("?")[0] == run
    explored(lab)
