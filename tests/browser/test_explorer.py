"""The latent explorer as an instrument: hand to z, z to picture, and what is said of it."""

from __future__ import annotations

import pytest
from axe import violations
from live_page import SMALL, button, paused, wait_for_step

READY = ".gl-x[data-painted]"
PIXELS = """() => {
  const canvas = document.querySelector('.gl-x-shown');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return [...data].filter((_, i) => i % 4 === 0);
}"""
PAINTED = "() => Number(document.querySelector('.gl-x').dataset.painted)"
LATENCY = "() => Number(document.querySelector('.gl-x').dataset.latency)"
# The same z by the page's own arithmetic and by the server: [page's bytes, server's bytes].
TWICE = """async () => {
  const named = performance.getEntriesByType('resource').map(({ name }) => name);
  const folder = named.find((name) => name.endsWith('/explorer/mlp.js')).split('explorer/')[0];
  const { Mlp } = await import(`${folder}explorer/mlp.js`);
  const { decodeFrame } = await import(`${folder}shell/frame.js`);
  const line = new WebSocket(wire.lines.at(-1).url);
  line.binaryType = 'arraybuffer';
  await new Promise((done) => { line.onopen = done; });
  const ask = (question) => new Promise((done) => {
    line.onmessage = ({ data }) => {
      const frame = typeof data === 'string' ? { meta: {} } : decodeFrame(data);
      if (frame.meta.kind === question.op) done(frame);
    };
    line.send(JSON.stringify(question));
  });
  const seeds = Array.from({ length: 32 }, (_, i) => i);
  const { values, shape: [n, size] } = (await ask({ op: 'seeds', id: 1, seeds })).arrays.get('z');
  const z = seeds.map((i) => [...values.subarray(i * size, (i + 1) * size)]);
  const mlp = new Mlp(await ask({ op: 'weights', id: 2 }));
  const server = (await ask({ op: 'decode', id: 3, z })).arrays.get('x');
  line.close();
  return [z.flatMap((one) => [...mlp.pixels(one)]), [...server.values]];
}"""


@pytest.fixture(scope="module")
def digits(open_shared):
    page = open_shared("latent?generator=digits", wait=False)
    page.wait_for_selector(READY)
    page.wait_for_selector(".gl-x[data-route=page]")
    page.wait_for_function("document.querySelectorAll('.gl-x-slider').length > 8")
    return page


def pad(page):
    return page.get_by_role("slider", name="Pad")


def places(page):
    """The pad's two values."""
    words = pad(page).get_attribute("aria-valuetext").split(", ")
    return [float(word.split()[-1]) for word in words]


def settled(page):
    """The picture, once nothing moves any more."""
    page.wait_for_timeout(300)
    return page.evaluate(PIXELS)


def test_the_picture_follows_a_drag_on_the_pad(digits):
    page = digits
    start, painted = settled(page), page.evaluate(PAINTED)
    box = pad(page).bounding_box()
    corner = [box["x"] + 0.9 * box["width"], box["y"] + 0.1 * box["height"]]
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*corner, steps=12)
    page.mouse.up()
    end = settled(page)
    assert places(page) == pytest.approx([3.2, 3.2], abs=0.06)  # 0.9 and 0.9 of -4 to 4
    changed = sum(abs(a - b) > 8 for a, b in zip(start, end, strict=True))
    assert len(end) == 64 and changed > 10
    assert page.evaluate(PAINTED) >= painted + 2
    assert 0 < page.evaluate(LATENCY) < 10_000
    page.get_by_role("button", name="Reset all").click()
    assert settled(page) == start and places(page) == [0, 0]
    assert page.get_by_role("button", name="Reset all").is_disabled()


def test_arrow_keys_move_z_by_known_steps(digits):
    page = digits
    pad(page).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert places(page) == [0.4, -0.2]  # 1/40 of the side
    page.keyboard.press("Shift+ArrowLeft")
    assert places(page) == [0.36, -0.2]  # 1/200
    page.keyboard.press("Home")
    assert places(page) == [0, 0]


def test_the_same_seed_is_the_same_picture(digits):
    page = digits
    first = settled(page)
    seed = page.get_by_label("Seed", exact=True)
    page.get_by_role("button", name="Surprise me").click()
    page.wait_for_function("document.querySelector('.gl-x-start input').value !== '1'")
    assert settled(page) != first
    seed.fill("1")
    seed.press("Enter")
    assert settled(page) == first


def test_truncation_leads_to_the_middle_of_the_prior(digits):
    page = digits
    truncation = page.get_by_role("slider", name="Truncation")
    truncation.fill("0")
    value, words = (page.locator(f".gl-x-meter .gl-x-{name}").first for name in ("value", "words"))
    page.wait_for_function(
        "document.querySelector('.gl-x-meter .gl-x-value').textContent === '0.00'"
    )
    assert words.inner_text() == "rarely this short" and value.inner_text() == "0.00"
    page.get_by_role("button", name="Reset Truncation").click()
    assert words.inner_text() == "typical"
    assert page.get_by_role("button", name="Reset Truncation").is_disabled()


def test_the_page_decodes_as_the_server_does(digits):
    here, there = digits.evaluate(TWICE)
    assert len(here) == len(there) == 32 * 64
    assert max(abs(a - b) for a, b in zip(here, there, strict=True)) <= 1
    assert len(set(there)) > 100


def test_it_has_no_barriers(digits):
    assert violations(digits) == []
    for tab in digits.get_by_role("tab").all():
        assert tab.get_attribute("aria-controls")


def test_another_generator_is_a_click_away(open_page):
    page = open_page("latent?generator=digits", wait=False)
    page.wait_for_selector(READY)
    page.get_by_role("button", name="MNIST plane").click()
    page.wait_for_url("**/latent?generator=mnist_plane")
    page.wait_for_function("document.querySelector('.gl-x-shown')?.width === 28")
    assert page.locator("[aria-current=true]").inner_text().startswith("MNIST plane")
    page.go_back()
    page.wait_for_function("document.querySelector('.gl-x-shown')?.width === 8")


def test_z_stays_while_the_run_trains_on(open_page):
    page = open_page(f"lab_2d?{SMALL}")
    wait_for_step(page, 20)
    paused(page)
    page.get_by_role("button", name="Latents").click()
    page.wait_for_selector(READY)
    pad(page).focus()
    page.keyboard.press("ArrowUp")
    before, painted = places(page), page.evaluate(PAINTED)
    button(page, "Step").click()
    page.wait_for_function(f"({PAINTED})() > {painted}")
    assert places(page) == before
    page.get_by_role("button", name="Latents").click()
    assert not page.locator(".gl-x").is_visible()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_window(open_page, width, scheme):
    page = open_page("latent?generator=digits", width=width, scheme=scheme, wait=False)
    page.wait_for_selector(READY)
    assert page.locator(".gl-x").bounding_box()["x"] >= 0
    wide = (
        "e => Math.max(...[...e.querySelectorAll('*')].map(n => n.getBoundingClientRect().right))"
    )
    assert page.locator(".gl-x-instrument").evaluate(wide) <= width
    small = """e => [...e.querySelectorAll('button, select, input, summary')].filter((n) => {
      const { height } = n.getBoundingClientRect();
      return height > 0 && height < (innerWidth < 500 ? 36 : 24);
    }).map((n) => n.getAttribute('aria-label') || n.textContent)"""
    assert page.locator(".gl-x-instrument").evaluate(small) == []
