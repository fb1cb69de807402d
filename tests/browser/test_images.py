"""The picture of the image lab: real and generated images, D's verdict on each, one followed."""

from __future__ import annotations

import os
import re

import numpy as np
import pytest
from live_page import (
    SMALL,
    array,
    button,
    configuration,
    frames,
    heard,
    note,
    paused,
    picture,
    starts,
    static,
    step_of,
    wait_for_frames,
    wait_for_other_picture,
    wait_for_step,
    word,
)

from ganlab.config import DataConfig
from ganlab.live.building import check_on_disk

LAB = f"lab_images?{SMALL}"


@pytest.fixture(scope="module")
def lab(open_shared):
    """One page for the tests that leave it as they found it."""
    page = open_shared(LAB)
    wait_for_step(page, 20)
    paused(page)
    return page


def on_disk(name):
    try:
        check_on_disk(DataConfig(name=name))
    except ValueError:
        return False
    return True


no_fashion = pytest.mark.skipif(
    on_disk("fashion_mnist"), reason="Fashion-MNIST is here, so it is not refused."
)


def test_images_and_verdicts_of_both_sides(lab):
    fake, real = array(lab, "scene/fake"), array(lab, "scene/real")
    assert fake.shape == (64, 8, 8) and real.shape == (16, 8, 8)
    assert array(lab, "scene/fake_belief").shape == (64,)
    assert array(lab, "scene/real_belief").shape == (16,)
    assert np.ptp(real) > 200 and np.ptp(fake) > 50
    charts = lab.locator(".gl-chart").evaluate_all("(all) => all.map(({ ariaLabel }) => ariaLabel)")
    assert len(charts) == 9 and any("distance" in name for name in charts)


def test_frames_are_switched_off_and_on(lab):
    before = picture(lab)
    word(lab, "frames").focus()
    lab.keyboard.press("Enter")
    wait_for_other_picture(lab, before)
    bare = picture(lab)
    lab.keyboard.press("Enter")
    wait_for_other_picture(lab, bare)
    assert picture(lab) == before


def test_one_latent_is_followed_through_training(lab):
    page = lab
    box = page.locator(".gl-loupe")
    words, image = box.locator("p"), box.locator("canvas")
    button(page, "follow one latent").focus()
    page.keyboard.press("Enter")
    words.filter(has_text="latent 1, D(G(z)) = ").wait_for()
    shown = float(words.text_content().split("= ")[1])
    assert shown == pytest.approx(array(page, "scene/fake_belief")[0] / 255, abs=0.006)
    page.keyboard.press("Enter")  # the focus is on "the next one"
    words.filter(has_text="latent 2, ").wait_for()
    before = image.evaluate("(canvas) => canvas.toDataURL()")
    button(page, "Play").click()
    wait_for_frames(page, 15)
    paused(page)
    assert words.text_content().startswith("latent 2, ")
    assert image.evaluate("(canvas) => canvas.toDataURL()") != before
    page.keyboard.press("Escape")
    box.wait_for(state="hidden")


def test_pointing_at_an_image_enlarges_it(lab):
    page = lab
    canvas = page.locator(".gl-canvas-images").bounding_box()
    page.mouse.move(canvas["x"] + 0.12 * canvas["width"], canvas["y"] + 0.5 * canvas["height"])
    page.locator(
        ".gl-loupe p", has_text=re.compile(r"^real image \d+, D\(x\) = [01]\.\d\d$")
    ).wait_for()
    page.mouse.move(5, 5)
    page.locator(".gl-loupe").wait_for(state="hidden")
    assert not page.locator(".gl-loupe").is_visible()


@no_fashion
def test_data_that_are_not_there_are_refused_and_nothing_is_lost(lab):
    page = lab
    begun, before = starts(page), configuration(page)
    button(page, "Play").click()
    button(page, "Fashion-MNIST").click()
    said = note(page, "data.name").filter(has_text="is not on the server")
    said.wait_for()
    assert said.text_content().endswith(".") and said.text_content().count(". ") == 0
    wait_for_step(page, step_of(page) + 5)
    assert starts(page) == begun and configuration(page) == before
    assert "fashion" not in page.url
    paused(page)


@no_fashion
def test_a_run_that_stands_still_does_so_after_a_refusal(lab):
    page = lab
    held = paused(page)
    begun = len(heard(page))
    button(page, "Fashion-MNIST").click()
    note(page, "data.name").filter(has_text="is not on the server").wait_for()
    button(page, "Step").click()
    wait_for_step(page, held + 1)
    assert {frame["state"] for frame in frames(page, begun)} == {"paused"}
    assert step_of(page) == held + 1


@pytest.mark.skipif(
    not os.environ.get("GANLAB_DATA_DIR") or not on_disk("mnist"),
    reason="GANLAB_DATA_DIR does not name a folder with MNIST.",
)
def test_real_mnist(open_page):
    page = open_page(f"lab_images?preset=mnist_quick&{SMALL}")
    wait_for_step(page, 3)
    paused(page)
    fake, real = array(page, "scene/fake"), array(page, "scene/real")
    assert fake.shape == (64, 28, 28) and real.shape == (16, 28, 28)
    assert static(page)["data"] == "mnist"
    assert 0.05 < (real > 127).mean() < 0.3  # ink on paper
