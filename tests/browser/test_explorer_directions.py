"""The explorer's tab Directions, against the library: films, sliders, arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from explorer_page import (
    alike,
    big,
    digits_page,
    drawn,
    greys,
    load_generator_of,
    moved_to,
    now,
    seed,
    tab,
)
from live_page import button

from ganlab.latent import arithmetic, class_means, principal_directions, sample_latents
from ganlab.seeding import stream


@pytest.fixture(scope="module")
def digits(open_shared):
    return digits_page(open_shared)


@pytest.fixture(scope="module")
def generator(digits):
    return load_generator_of(digits)


@pytest.fixture
def directions(digits):
    """The tab with the principal directions, z at seed 1."""
    seed(digits, 1)
    panel = tab(digits, "Directions")
    button(panel, "Features").click()
    panel.locator("tbody tr").nth(7).wait_for()
    return panel


def film(panel, name, offset):
    """One picture of a filmstrip: its button."""
    words = f"{offset} along {name}" if offset else "z as it is"
    group = panel.get_by_role("group", name=f"Along {name}", exact=True)
    return group.get_by_role("button", name=words, exact=True)


def wait_for_film(page, panel, image):
    """Until the middle of the first filmstrip is this picture, but for rounding."""
    page.wait_for_function(
        """([values, gap]) => {
          const canvas = document.querySelector('.gl-x-film-here canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          return values.every((value, i) => Math.abs(value - data[4 * i]) <= gap);
        }""",
        arg=[image.ravel().tolist(), 1],
    )


def test_the_films_show_z_and_what_lies_along_each_direction(digits, generator, directions):
    page = digits
    draws = sample_latents(generator.latent, 1000, stream(0, "directions"))
    found = principal_directions(generator.network, draws, 8)
    features = generator.decoder.features(draws).detach().double().numpy()
    spread = np.linalg.svd(features - features.mean(0), compute_uv=False) ** 2
    assert found.share.numpy() == pytest.approx(spread[:8] / spread.sum(), rel=1e-3)
    vectors = found.vectors.numpy()
    shares = directions.locator("tbody td b").all_inner_texts()
    percents = [float(text.split("\u2009")[0]) for text in shares]
    assert percents == pytest.approx(100 * found.share.numpy(), abs=0.51)
    wait_for_film(page, directions, big(page))
    z = now(page)
    for row in (0, 5):
        name = f"main {row + 1}"
        assert alike(greys(film(directions, name, "").locator("canvas")), big(page))
        for words, offset in (("+2", 2), ("\u22123", -3)):
            shown = greys(film(directions, name, words).locator("canvas"))
            assert alike(shown, drawn(generator, [z + offset * vectors[row]])[0], gap=2)
    lengths = np.linalg.norm(vectors, axis=1)
    assert lengths == pytest.approx(1, abs=1e-5)


def test_a_picture_of_a_film_is_a_place_to_go(digits, generator, directions):
    page = digits
    wait_for_film(page, directions, big(page))
    frame = film(directions, "main 2", "+2")
    there, z = greys(frame.locator("canvas")), now(page)
    assert not alike(there, big(page), gap=40)
    frame.focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.title") == "+1 along main 2"
    frame.click()
    draws = sample_latents(generator.latent, 1000, stream(0, "directions"))
    vector = principal_directions(generator.network, draws, 8).vectors[1].numpy()
    moved_to(page, z + 2 * vector, gap=1e-3)
    assert alike(big(page), there)
    wait_for_film(page, directions, big(page))


def test_a_direction_becomes_a_slider_and_goes_again(digits, generator, directions):
    page = digits
    button(directions, "Weights").click()
    weight = generator.network.first_layer.weight.detach().double().numpy()
    _, values, vectors = np.linalg.svd(weight, full_matrices=False)
    own = vectors[0] * np.sign(vectors[0][np.abs(vectors[0]).argmax()])
    gains = directions.locator("tbody td b")
    page.wait_for_function("document.querySelector('tbody th').textContent === 'weights 1'")
    percents = [float(text.split("\u2009")[0]) for text in gains.all_inner_texts()]
    assert percents == pytest.approx(100 * values[:8] ** 2 / (values**2).sum(), abs=0.51)
    z, toggle = now(page), button(directions, "weights 1 as a slider")
    slider = page.get_by_role("slider", name="weights 1", exact=True)
    assert slider.count() == 0 and toggle.get_attribute("aria-pressed") == "false"
    toggle.click()
    assert toggle.get_attribute("aria-pressed") == "true"
    slider.fill("1.5")
    moved_to(page, z + 1.5 * own, gap=1e-3)
    toggle.click()
    assert slider.count() == 0
    assert now(page) == pytest.approx(z + 1.5 * own, abs=1e-3)  # z stays where it was


def test_class_means_add_up(digits, generator, directions):
    page = digits
    line = directions.get_by_role("group", name="Terms of the sum")
    line.get_by_role("button", name="Add a term").wait_for()
    draws = sample_latents(generator.latent, 1000, stream(0, "directions"))
    likely = generator.classifier.features_and_probabilities(generator.samples(draws))[1]
    means, counts = class_means(draws, torch.from_numpy(likely.argmax(1)), 10)
    assert (counts > 0).all()
    result = arithmetic(means, {7: 1, 1: -1, 4: 1}).numpy()
    picture = directions.get_by_role("img", name="G of z(7) \u2212 z(1) + z(4)")
    picture.wait_for()
    page.wait_for_function("document.querySelector('.gl-x-sum-norm').textContent !== ''")
    assert alike(greys(picture), drawn(generator, [result])[0])
    norm = directions.locator(".gl-x-sum-norm").inner_text()
    assert norm.startswith(f"|z| = {np.linalg.norm(result):.2f}; the prior draws ")
    button(directions, "Go there").click()
    moved_to(page, result, gap=1e-3)
    assert alike(big(page), drawn(generator, [result])[0])
    directions.get_by_role("button", name="Sign of term 3: plus").click()
    directions.get_by_label("Class of term 1").select_option("0")
    other = arithmetic(means, {0: 1, 1: -1, 4: -1}).numpy()
    norm = f"|z| = {np.linalg.norm(other):.2f};"
    directions.locator(".gl-x-sum-norm").filter(has_text=norm).wait_for()
    picture = directions.get_by_role("img", name="G of z(0) \u2212 z(1) \u2212 z(4)")
    assert alike(greys(picture), drawn(generator, [other])[0])
