"""What the browser tests do with the latent explorer and read off it."""

from __future__ import annotations

import numpy as np
from live_page import button

from ganlab import export
from ganlab.pretrained import load_generator

READY = ".gl-x[data-painted]"
FRAME = "document.querySelector('.gl-x-w-frame').textContent"  # of the walk that is played
TABS = ("Interpolation", "Plane", "Directions", "Draw", "Memory")
# Greys of a canvas of an image's own pixels, row by row.
GREYS = """(canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return { values: [...data].filter((_, i) => i % 4 === 0), shape: [canvas.height, canvas.width] };
}"""
COLOURS = """(canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return { values: [...data], shape: [canvas.height, canvas.width, 4] };
}"""
# The newest z whose picture was asked for: that which is played, once nothing moves any more.
NOW = "wire.sent.findLast(({ op, z }) => op === 'decode' && z.length === 1).z[0]"
SETTLED = """() => {
  const asked = wire.sent.findLast(({ op }) => op === 'atlas');
  const heard = wire.frames.findLast(({ kind }) => kind === 'atlas');
  const stop = wire.sent.findLast(({ op, what }) => op === 'stop' && what === 'atlas');
  return asked && ((heard?.done && heard.id === asked.id) || stop?.id > asked.id);
}"""
ANSWERED = """([op, first]) => wire.frames.slice(first).some(
  ({ kind, done }) => kind === op && done)"""


def opened(open_page, address, **options):
    """The explorer's page, once it has a picture and the directions it starts with."""
    page = open_page(address, wait=False, **options)
    page.wait_for_selector(READY)
    return page


def tab(page, name):
    """Bring a tab to the front; its panel, once it is loaded."""
    page.get_by_role("tab", name=name, exact=True).click()
    panel = page.get_by_role("tabpanel", name=name, exact=True)
    panel.locator(":scope > *").first.wait_for()
    return panel


def seed(page, number):
    """Be at the z of a seed."""
    field = page.locator(".gl-x-start input")
    back = button(page, "Reset all")
    if field.input_value() != str(number):
        field.fill(str(number))
        field.press("Enter")
        field.blur()
    elif back.is_enabled():
        back.click()
    moved_to(page, load_generator_of(page).seeded([number])[0].numpy())


def digits_page(open_page):
    """The explorer on the small generator, which the page decodes by itself."""
    page = opened(open_page, "latent?generator=digits")
    page.wait_for_selector(".gl-x[data-route=page]")
    page.get_by_role("slider", name="main 8").wait_for()
    return page


def load_generator_of(page):
    """The library's own copy of the bundled generator that a page shows."""
    return load_generator(page.url.split("generator=")[1].split("&")[0])


def moved_to(page, z, gap=1e-5):
    """Wait until this z [latent] is played."""
    page.wait_for_function(
        f"""([z, gap]) => {{
          const now = {NOW};
          return z.every((value, i) => Math.abs(value - now[i]) < gap);
        }}""",
        arg=[np.asarray(z).tolist(), gap],
    )


def now(page):
    """The z that is played, [latent]."""
    page.wait_for_timeout(150)
    return np.array(page.evaluate(NOW))


def greys(canvas):
    """What a canvas shows, [h, w] of 0 to 255."""
    found = canvas.evaluate(GREYS)
    return np.array(found["values"]).reshape(found["shape"])


def colours(canvas):
    """[h, w, 4] of 0 to 255."""
    found = canvas.evaluate(COLOURS)
    return np.array(found["values"]).reshape(found["shape"])


def big(page):
    """The instrument's picture of G(z), [h, w]."""
    return greys(page.locator(".gl-x-shown"))


def drawn(generator, latents):
    """What the library makes of latents [n, latent]: uint8 [n, h, w], as int."""
    return export.pixels(generator.samples(np.float32(latents))).astype(int)


def alike(image, other, gap=1):
    """Equal but for the rounding of another order of sums."""
    return image.shape == other.shape and np.abs(image.astype(int) - other).max() <= gap


def heard(page):
    """How many frames there were."""
    return page.evaluate("wire.frames.length")


def answered(page, op, first=0):
    """Wait for the last answer of a question, among frames from this number on; its meta."""
    page.wait_for_function(ANSWERED, arg=[op, first])
    told = "([op, first]) => wire.frames.slice(first).findLast(f => f.kind === op && f.done)"
    return page.evaluate(told, [op, first])


def answer(page, op, name):
    """An array of the newest answer to a question."""
    found = page.evaluate("([name, op]) => wire.array(name, op)", [name, op])
    return np.reshape(found["values"], found["shape"])


def question(page, op):
    """What was asked last."""
    return page.evaluate("(op) => wire.sent.findLast((one) => one.op === op)", op)


def mapped(page):
    """The tab, with all tiles of its window."""
    panel = tab(page, "Plane")
    settled(page)
    return panel


def settled(page):
    """Wait until nothing more is asked for; the newest question."""
    for _ in range(2):
        page.wait_for_function(SETTLED)
        page.wait_for_timeout(200)
    return question(page, "atlas")


def saved(page, name, panel=None):
    """The bytes of the file that a button makes, and its name."""
    with page.expect_download() as download:
        button(panel or page, name).click()
    return download.value.path().read_bytes(), download.value.suggested_filename
