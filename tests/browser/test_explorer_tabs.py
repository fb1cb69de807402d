"""The explorer's Interpolation tab, against the library."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from explorer_page import (
    FRAME,
    alike,
    answer,
    answered,
    big,
    digits_page,
    drawn,
    greys,
    heard,
    load_generator_of,
    mapped,
    moved_to,
    question,
    saved,
    seed,
    tab,
)
from live_page import button
from PIL import Image, ImageSequence

from ganlab.latent import shell, walk

SIDE = 48  # px of a picture in the strip
WIDE = 128  # px of a picture of 8 x 8 in an animation, the largest whole enlargement to 16 times
TRACE = """(name) => [...document.querySelector('.gl-x-w-plot').data]
  .find((trace) => trace.name === name).y"""


@pytest.fixture(scope="module")
def digits(open_shared):
    return digits_page(open_shared)


@pytest.fixture(scope="module")
def generator(digits):
    return load_generator_of(digits)


# -- Interpolation ---------------------------------------------------------------------------------


@pytest.fixture
def walking(digits):
    """The tab with its first walk: seeds 1, 2 and 3 in 60 frames by slerp."""
    panel = tab(digits, "Interpolation")
    digits.wait_for_function(f"{FRAME}.endsWith('/ 60')")
    digits.wait_for_function("document.querySelector('.gl-x-walk').ariaBusy === 'false'")
    return panel


def scrub(page, frame):
    page.get_by_role("slider", name="Frame of the walk").fill(str(frame))


def trace(page, name):
    """y of a curve of the speedometer."""
    return np.array(page.evaluate(TRACE, name), float)


def test_a_walk_leads_through_the_pictures_of_its_endpoints(digits, generator, walking):
    page = digits
    ends = generator.seeded([1, 2, 3])
    asked, pictures = question(page, "walk"), answer(page, "walk", "x").astype(int)
    assert np.allclose(asked["points"], ends, atol=1e-6)
    expected = walk(generator.latent, ends, 60)
    assert pictures.shape == (60, 8, 8)
    assert answer(page, "walk", "keys").tolist() == expected.keys.tolist() == [0, 30, 59]
    assert np.allclose(answer(page, "walk", "z"), expected.latents, atol=1e-5)
    assert alike(pictures, drawn(generator, expected.latents.numpy()))
    stage = page.locator("[data-path=main] canvas")
    for frame, number in ((30, 2), (59, 3), (0, 1)):
        scrub(page, frame)
        assert page.evaluate(FRAME) == f"{frame + 1} / 60"
        moved_to(page, ends[number - 1])
        walked, whole = big(page), greys(stage)
        unit = len(whole) // 8
        assert (whole == np.kron(pictures[frame], np.ones((unit, unit)))).all() and unit > 10
        seed(page, number)
        assert (big(page) == walked).all() and alike(walked, pictures[frame])
        assert np.ptp(walked) > 150


def test_the_strip_shows_frames_of_the_whole_walk(digits, walking):
    page = digits
    strip = walking.get_by_role("img", name="60 frames of the walk by slerp")
    scrub(page, 0)
    pictures, shown = answer(page, "walk", "x"), greys(strip)
    wide = strip.evaluate("(canvas) => canvas.clientWidth")
    cells = min(60, (wide + 2) // (SIDE + 2))
    assert cells > 12
    middles = (np.arange(8) * SIDE // 8 + SIDE // 16)[None]
    for cell in range(1, cells):  # on the first lies the line of the frame shown
        left = round(cell * (wide - SIDE) / (cells - 1))
        frame = round(cell * 59 / (cells - 1))
        assert (shown[middles.T, left + middles] == pictures[frame]).all(), cell


def test_lerp_and_slerp_are_as_long_as_closed_forms_say(digits, generator, walking):
    page = digits
    walking.get_by_role("button", name="Remove endpoint 3").click()
    page.wait_for_function("wire.sent.findLast(({ op }) => op === 'walk').points.length === 2")
    button(walking, "Compare lerp and slerp").click()
    walking.locator("[data-path=lerp] canvas").wait_for()
    sentence = walking.locator(".gl-x-w-sentence")
    sentence.filter(has_text="Slerp").wait_for()
    a, b = generator.seeded([1, 2]).double().numpy()
    t = np.arange(60) / 59
    straight = np.sqrt(
        (1 - t) ** 2 * (a @ a) + t**2 * (b @ b) + 2 * t * (1 - t) * (a @ b),
    )
    arc = (1 - t) * np.linalg.norm(a) + t * np.linalg.norm(b)
    page.wait_for_function(f"({TRACE})('other norm').length === 60")
    assert trace(page, "norm") == pytest.approx(arc, abs=1e-4)
    assert trace(page, "other norm") == pytest.approx(straight, abs=1e-4)
    assert straight.min() < 0.85 * arc.min()
    low, middle, high = (
        getattr(shell(generator.latent), name) for name in ("low", "middle", "high")
    )
    assert trace(page, "shell") == pytest.approx([low, low, high, high], abs=1e-4)
    assert trace(page, "middle") == pytest.approx([middle] * 2, abs=1e-4)
    short = int(straight.argmin())
    words = sentence.inner_text()
    start = f"At frame {short + 1}, lerp's z is {straight[short]:.1f} long: "
    assert words.startswith(start) and f"Slerp's is {arc[short]:.1f} there." in words
    assert page.evaluate(FRAME) == f"{short + 1} / 60"
    assert f"|z| {arc[short]:.1f}" in walking.locator(".gl-x-w-readout").inner_text()
    change = np.diff(answer(page, "walk", "x").astype(float), axis=0) / 127.5
    last = "change" if question(page, "walk")["path"] == "slerp" else "other change"
    rms = np.sqrt((change**2).mean((1, 2)))
    assert trace(page, last)[1:] == pytest.approx(rms, abs=0.01)
    button(walking, "Compare lerp and slerp").click()
    walking.locator("[data-path=lerp]").wait_for(state="hidden")


def test_a_great_circle_takes_two_endpoints_and_closes(digits, generator, walking):
    page = digits
    first = heard(page)
    button(walking, "great circle").click()
    answered(page, "walk", first)
    asked = question(page, "walk")
    assert (asked["path"], asked["closed"], len(asked["points"])) == ("great_circle", True, 2)
    z = answer(page, "walk", "z").astype(float)
    units = z / np.linalg.norm(z, axis=1, keepdims=True)
    steps = np.arccos((units * np.roll(units, 1, 0)).sum(1))
    assert steps == pytest.approx(2 * np.pi / 60, rel=0.03)  # once round, evenly
    assert button(walking, "Closed loop").is_disabled()
    first = heard(page)
    walking.get_by_label("Seed to add").fill("3")
    button(walking, "Add seed").click()
    answered(page, "walk", first)
    assert button(walking, "great circle").is_disabled()
    assert button(walking, "slerp").get_attribute("aria-pressed") == "true"
    assert question(page, "walk")["path"] == "slerp"
    walking.get_by_role("button", name="Show endpoint 3, seed 3").wait_for()


def test_a_walk_plays_by_keys_and_gives_way_to_the_hand(digits, walking):
    page = digits
    page.get_by_role("slider", name="Frame of the walk").focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate(FRAME) == "4 / 60"
    play = walking.locator(".gl-x-w-play")
    play.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"Number.parseInt({FRAME}) > 8")
    assert play.inner_text() == "Pause"
    page.get_by_role("slider", name="Pad").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.gl-x-w-play').innerText === 'Play'")
    walking.get_by_role("button", name="Move endpoint 1 on by one").focus()
    first = heard(page)
    page.keyboard.press("Enter")
    answered(page, "walk", first)
    names = walking.locator(".gl-x-w-name").all_text_contents()
    assert names == ["seed 2", "seed 1", "seed 3"]
    assert page.evaluate("document.activeElement.title") == "Move endpoint 2 on by one"
    first = heard(page)
    walking.get_by_role("button", name="Move endpoint 2 back by one").click()
    answered(page, "walk", first)
    page.get_by_role("tab", name="Interpolation").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == "Plane"
    page.keyboard.press("ArrowLeft")
    assert page.get_by_role("tabpanel", name="Interpolation").is_visible()


def test_what_is_saved_opens(digits, generator, walking):
    page = digits
    latents = answer(page, "walk", "z")
    data, name = saved(page, "NPZ", walking)
    kept = np.load(io.BytesIO(data))
    assert name == "digits_walk.npz" and kept["images"].shape == (60, 8, 8)
    assert kept["latents"].shape == (60, 16) and np.allclose(kept["latents"], latents, atol=1e-5)
    pictures = kept["images"].astype(int)
    assert alike(pictures, answer(page, "walk", "x"), gap=0)
    for kind in ("GIF", "WebP"):
        data, name = saved(page, kind, walking)
        animation = Image.open(io.BytesIO(data))
        assert (name, animation.format) == (f"digits_walk.{kind.lower()}", kind.upper())
        assert animation.size == (WIDE, WIDE) and animation.is_animated
        frames, shown = [], 0
        for frame in ImageSequence.Iterator(animation):
            greyed = np.array(frame.convert("L"))[8::16, 8::16]
            shown += frame.info["duration"]
            frames += [greyed] * round(frame.info["duration"] / 50)
        assert shown == 3000 and alike(np.array(frames), pictures, gap=0)  # 60 at 20 a second
    data, name = saved(page, "Seeds", walking)
    assert name == "digits_walk.txt" or name == "digits_seeds.txt"
    assert [line for line in data.decode().splitlines() if line.isdigit()] == ["1", "2", "3"]


def test_the_scripts_make_the_same_files(digits, walking, tmp_path):
    page = digits
    files = {"walk.gif": saved(page, "GIF", walking)[0]}
    scripts = [saved(page, "Python", walking)]
    plane = mapped(page)
    files["latents.png"] = saved(page, "PNG", plane)[0]
    scripts.append(saved(page, "Python", plane))
    assert [name for _, name in scripts] == ["digits_walk.py", "digits_plane.py"]
    for data, name in scripts:
        (tmp_path / name).write_bytes(data)
    both = "import runpy; [runpy.run_path(f'digits_{one}.py') for one in ('walk', 'plane')]"
    subprocess.run([sys.executable, "-c", both], cwd=tmp_path, check=True, timeout=120)
    assert (tmp_path / "walk.gif").read_bytes() == files["walk.gif"]
    kept, made = (
        np.array(Image.open(file))
        for file in (io.BytesIO(files["latents.png"]), tmp_path / "latents.png")
    )
    assert alike(kept, made) and np.ptp(kept) > 200
