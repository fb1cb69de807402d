"""What the browser tests do with a live page and read off it; where they put screenshots."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path

import numpy as np

SHOTS = Path(__file__).parent / "screenshots"
ENDLESS = "training.steps=1000000"
SMALL = f"{ENDLESS}&generator.widths=16&discriminator.widths=16&training.batch_size=64"
STEP = (
    "+(document.querySelector('.gl-counter')?.textContent"
    ".match(/step ([0-9,]+)/)?.[1] ?? '-1').replace(/,/g, '')"
)
PAINTED = "+document.querySelector('.gl-live').dataset.painted"
# Charts are drawn while they are on the screen.
CHARTS_DRAWN = """
  [...document.querySelectorAll('.gl-plot')].filter((plot) => {
    const { top, bottom, width } = plot.getBoundingClientRect();
    return width > 0 && top < innerHeight && bottom > 0;
  }).every((plot) => plot.querySelector('.xtick'))
"""


@contextmanager
def quiet(open_page):
    """Console errors inside the block are part of the test, such as a line that is cut."""
    before = list(open_page.complaints)
    yield
    open_page.complaints[:] = before


# -- what the page shows ---------------------------------------------------------------------------


def step_of(page):
    return page.evaluate(STEP)


def wait_for_step(page, least):
    page.wait_for_function(f"{STEP} >= {least}")


def wait_for_state(page, words):
    page.wait_for_function(f"document.querySelector('.gl-state').textContent === '{words}'")


def wait_for_frames(page, many):
    """Until so many more frames are painted."""
    page.wait_for_function(f"{PAINTED} >= {page.evaluate(PAINTED) + many}")


def paused(page):
    """Pause the run; the step at which it stands."""
    if button(page, "Pause").count():
        button(page, "Pause").click()
    wait_for_state(page, "Paused")
    return step_of(page)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def word(page, text):
    """A word of the sentence below the picture that switches a layer."""
    return page.locator(".gl-word", has_text=re.compile(f"^{re.escape(text)}$"))


def picture(page):
    """The main picture as it is now, to be compared with another look at it."""
    return page.locator(".gl-picture canvas").first.evaluate("(canvas) => canvas.toDataURL()")


def wait_for_other_picture(page, before):
    page.wait_for_function(
        "(before) => document.querySelector('.gl-picture canvas').toDataURL() !== before",
        arg=before,
    )


def typed(page, name, text):
    """Put a value into the settings' field of this name."""
    box = page.get_by_role("textbox", name=name, exact=True)
    box.fill(text)
    box.press("Enter")
    box.blur()  # the keys are the page's again


def note(page, path):
    """What stands beside the control of a setting."""
    return page.locator(f'[data-path="{path}"] .gl-note')


# Everything the browser may set goes back to what it was when this was first asked for.
AFRESH = """() => {
  const flat = (group, prefix = '') => Object.entries(group).flatMap(([name, value]) => (
    value && typeof value === 'object' && !Array.isArray(value)
      ? flat(value, `${prefix}${name}.`) : [[prefix + name, value]]
  ));
  const { config } = wire.notices.findLast(({ type }) => type === 'config');
  const ours = ([path]) => !/^(data.path|compute)/.test(path); // the rest is the server's
  wire.first ??= Object.fromEntries(flat(config).filter(ours));
  document.activeElement.blur();
  const line = wire.lines.at(-1);
  Object.assign(wire, { sent: [], frames: [], notices: [] });
  line.send(JSON.stringify({ op: 'reset', values: wire.first }));
  line.send(JSON.stringify({ op: 'speed', pace: 100 }));
}"""


def afresh(page):
    """The page for another test: as it was opened, but for what is open on it; the run plays."""
    page.evaluate(AFRESH)
    page.wait_for_function("wire.frames.some(({ kind }) => kind === 'static')")
    wait_for_state(page, "Paused")
    page.wait_for_function(f"{STEP} === 0 && wire.frames.at(-1).pace === 100")
    button(page, "Play").click()
    page.evaluate("document.activeElement.blur(); wire.sent = []")
    return page


# -- what goes over its socket ---------------------------------------------------------------------


def sent(page, op):
    """The commands of a kind that the page has sent."""
    return page.evaluate("(op) => wire.sent.filter((command) => command.op === op)", op)


def frames(page, first=0, end=None):
    """What every frame so far, or those heard from one number up to another, said of the run."""
    return [frame for frame in heard(page)[first:end] if frame["kind"] == "frame"]


def heard(page):
    """The same, with what was said whenever the run began."""
    return page.evaluate("wire.frames")


def static(page):
    """What the newest start said of the run."""
    return page.evaluate("wire.frames.findLast(({ kind }) => kind === 'static')")


def array(page, name):
    """An array of the scene as it was heard last."""
    heard = page.evaluate("(name) => wire.array(name)", name)
    return np.reshape(heard["values"], heard["shape"])


def starts(page):
    """How often the run has begun, as far as the page knows."""
    return page.evaluate("wire.frames.filter(({ kind }) => kind === 'static').length")


def configuration(page):
    """The newest configuration that the page has heard."""
    return page.evaluate("wire.notices.findLast(({ type }) => type === 'config').config")


def marks(page):
    return page.evaluate("wire.notices.findLast(({ type }) => type === 'marks').marks")
