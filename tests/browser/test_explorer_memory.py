"""Draw and Memory against the server: a drawing finds its z, a sample its nearest neighbours."""

from __future__ import annotations

import re

import numpy as np
import pytest
from explorer_page import (
    alike,
    answer,
    answered,
    big,
    colours,
    drawn,
    greys,
    heard,
    load_generator_of,
    moved_to,
    opened,
    question,
    seed,
    tab,
)
from live_page import button, sent

from ganlab.data import load_images
from ganlab.memorisation import memory_of

SAID = "document.querySelector('.gl-x-draw-said').textContent"
STATE = "document.querySelector('.gl-x-invert').dataset.state"
RMS = r"RMS error (\d\.\d+)"


@pytest.fixture(scope="module")
def digits(open_shared):
    page = opened(open_shared, "latent?generator=digits")
    page.wait_for_selector(".gl-x[data-route=page]")
    return page


@pytest.fixture(scope="module")
def generator(digits):
    return load_generator_of(digits)


# -- Draw ------------------------------------------------------------------------------------------


@pytest.fixture
def drawing(digits):
    """The tab with an empty pad, z at seed 1."""
    seed(digits, 1)
    panel = tab(digits, "Draw")
    panel.locator(".gl-x-draw-thumb").nth(11).wait_for()
    if button(panel, "Clear").is_enabled():
        button(panel, "Clear").click()
    digits.wait_for_function(f"{STATE} === 'idle'")
    return panel


def part(panel, title):
    """One of target, reconstruction and difference."""
    return panel.locator("figure.gl-x-trio-one", has_text=title).locator("canvas")


def searched(page, panel):
    """Find z and wait for the end; the error it speaks of, and that of the pictures shown."""
    first = heard(page)
    button(panel, "Find z").click()
    answered(page, "invert", first)
    page.wait_for_function(f"{STATE} === 'done'")
    target, image = greys(part(panel, "Target")), greys(part(panel, "Reconstruction"))
    return float(re.search(RMS, page.evaluate(SAID))[1]), rms(target, image)


def rms(target, image):
    return np.sqrt((((target - image) / 127.5) ** 2).mean())


def test_the_current_picture_is_found_again(digits, generator, drawing):
    page, shown = digits, big(digits)
    button(drawing, "The current picture").click()
    page.wait_for_function(f"{STATE} === 'idle' && !document.querySelector('.gl-primary').disabled")
    button(drawing, "Find z").and_(page.locator(":enabled")).wait_for()
    assert alike(greys(part(drawing, "Target")), shown)
    even = colours(part(drawing, "Difference"))  # nothing to compare with: grey all over
    assert np.ptp(even, axis=(0, 1)).max() == 0
    said, error = searched(page, drawing)
    assert error < 0.05 and said == pytest.approx(error, abs=0.0051)
    gap = np.abs(colours(part(drawing, "Difference")) - even)
    assert gap.mean() < 8 and gap.max() < 60
    assert "this generator can draw it." in page.evaluate(SAID)
    z = answer(page, "invert", "z")
    moved_to(page, z)  # the big picture followed the search
    assert alike(big(page), drawn(generator, [z])[0])
    assert alike(greys(part(drawing, "Reconstruction")), big(page))
    losses = answer(page, "invert", "losses")
    assert losses.shape == (8,) and np.sqrt(losses.min()) == pytest.approx(error, abs=0.01)
    steps = [f["step"] for f in page.evaluate("wire.frames") if f["kind"] == "invert"]
    assert len(steps) > 10 and steps == sorted(steps) and steps[-1] == 300


def test_a_drawing_by_hand_is_looked_for_too(digits, generator, drawing):
    page = digits
    pad = drawing.locator(".gl-x-sketch-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    for start, end in (((0.1, 0.1), (0.9, 0.9)), ((0.9, 0.1), (0.1, 0.9))):
        page.mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
        page.mouse.down()
        page.mouse.move(
            box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=5
        )
        page.mouse.up()
    button(drawing, "Find z").and_(page.locator(":enabled")).wait_for()
    page.wait_for_timeout(100)
    target = greys(part(drawing, "Target"))
    assert target[[0, 7, 0, 7], [0, 7, 7, 0]].min() > 60 and target[0, 3:5].max() < 60  # a cross
    even = colours(part(drawing, "Difference"))
    drawing.get_by_text("How it searches").click()
    drawing.get_by_label("Starts").fill("4")
    drawing.get_by_label("Steps").fill("40")
    said, error = searched(page, drawing)
    asked = question(page, "invert")
    assert (asked["starts"], asked["steps"]) == (4, 40)
    assert np.reshape(asked["pixels"], (8, 8)).tolist() == target.tolist()
    assert answer(page, "invert", "losses").shape == (4,)
    assert said == pytest.approx(error, abs=0.0051) and 0.1 < error < 1
    assert np.abs(colours(part(drawing, "Difference")) - even).max() > 60
    page.get_by_role("button", name="Reset all").click()
    button(drawing, "Edit from here").click()
    moved_to(page, answer(page, "invert", "z"))
    button(drawing, "Undo").click()
    page.wait_for_function(f"{STATE} === 'idle'")
    assert greys(part(drawing, "Target"))[[0, 7], [7, 0]].max() < target[[0, 7], [7, 0]].min()


def test_a_test_image_is_looked_for_and_the_search_can_be_stopped(digits, drawing):
    page = digits
    thumb = drawing.locator(".gl-x-draw-thumb").nth(3)
    thumb.click()
    number, label = map(int, re.findall(r"\d+", thumb.get_attribute("aria-label")))
    tested = load_images("digits", "test")
    button(drawing, "Find z").and_(page.locator(":enabled")).wait_for()
    assert tested.labels[number] == label and thumb.get_attribute("aria-pressed") == "true"
    page.wait_for_timeout(100)
    assert (greys(part(drawing, "Target")) == tested.images[number, 0]).all()
    drawing.get_by_label("Steps").fill("1000")
    first = heard(page)
    button(drawing, "Find z").click()
    page.wait_for_function(
        "(first) => wire.frames.slice(first).some((f) => f.kind === 'invert' && f.step > 0)",
        arg=first,
    )
    button(drawing, "Stop").click()
    assert question(page, "invert")["test"] == number
    assert [stop["what"] for stop in sent(page, "stop")][-1] == "invert"
    assert re.match(rf"Stopped at step \d+: {RMS}\.", page.evaluate(SAID))
    assert page.evaluate(STATE) == "done" and button(drawing, "Find z").is_enabled()


# -- Memory ----------------------------------------------------------------------------------------


def test_the_nearest_training_images_are_those_of_the_library(digits, generator):
    page, memory = digits, memory_of("digits")
    panel = tab(page, "Memory")
    sentences = set()
    for number in (1, 5):
        first = heard(page)
        seed(page, number)
        z = generator.seeded([number])
        page.wait_for_function(
            """([z, first]) => {
              const asked = wire.sent.findLast(({ op }) => op === 'neighbours');
              const done = wire.frames.slice(first).some(
                (f) => f.kind === 'neighbours' && f.id === asked.id && f.done);
              return done && z.every((value, i) => Math.abs(value - asked.z[i]) < 1e-5);
            }""",
            arg=[z[0].tolist(), first],
        )
        found = memory.nearest(generator.samples(z), 5)
        told = answered(page, "neighbours", first)
        assert alike(greys(panel.get_by_role("img", name="The current sample")), big(page))
        for space in ("pixel", "feature"):
            sentences.add(_check(panel, space, getattr(found, space), memory, told))
    assert len(sentences) > 1


def _check(panel, space, nearest, memory, told):
    """One row of neighbours and its reading against the library's; the reading."""
    title = {"pixel": "Nearest in pixels", "feature": "Nearest in features"}[space]
    row = panel.get_by_role("region", name=title)
    percentile = float(nearest.percentile[0])
    assert told["percentile"][space] == pytest.approx(percentile, abs=0.3)
    captions = row.locator("figcaption").all_inner_texts()
    numbers = [re.search(r"labelled (\d)\s*d = ([\d.]+)", text).groups() for text in captions]
    assert [int(label) for label, _ in numbers] == memory.labels(nearest.index[0]).tolist()
    shown = [float(distance) for _, distance in numbers]
    assert shown == pytest.approx(nearest.distance[0].tolist(), rel=0.006) and shown == sorted(
        shown
    )
    for canvas, image in zip(
        row.locator("canvas").all(), memory.images(nearest.index[0]), strict=True
    ):
        assert (greys(canvas) == image).all()
    reading = row.locator(".gl-x-near-said").inner_text()
    share = percentile if reading.startswith("Farther") else 100 - percentile
    number = re.search(r"than (\d+\.?\d*|all)", reading)[1]
    assert (100 if number == "all" else float(number)) == pytest.approx(share, abs=0.81)
    mark = row.locator(".gl-x-near-scale-mark").evaluate("(mark) => mark.style.left")
    assert float(mark.rstrip("%")) == pytest.approx(percentile, abs=0.3)
    return reading
