"""The latent explorer, measured in a real browser: from a move of z to its picture, and the rest.

    GANLAB_DATA_DIR=... python -m benchmarks.latent [--seconds 10] [--generators mnist_dcgan ...]

Starts the dashboard and Debian's Chromium (software rendering), opens the explorer on one bundled
generator after the other and drags its pad: first while nothing else happens, then while a run
trains at full speed in the same worker. The large MNIST generator answers over the socket, the one
with two latent coordinates in the page. In between, the wall times of the long questions. Prints
one table with the targets beside the figures. The run that trains is of MNIST where its files can
be had, of Digits otherwise.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from benchmarks.browser import first_visit, launch, running_server
from benchmarks.live import (
    FAILED,
    FULL_SPEED,
    MATURE,
    PAGES,
    Figures,
    Row,
    command,
    print_table,
    set_pace,
)
from ganlab.live.routes import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

GENERATORS = ("mnist_dcgan", "mnist_plane")
PAD = ".gl-x-pad-canvas"
PAINTED = ".gl-x[data-painted]"
WARM = 2.0  # seconds of dragging before a measurement
PACE = 1 / 60  # seconds between two moves of the mouse
TURN = 3.0  # seconds for one round on the pad
LISTEN = """() => {
  const root = document.querySelector(".gl-x");
  window.latencies = [];
  new MutationObserver(() => {
    window.latencies.push({ ms: Number(root.dataset.latency), route: root.dataset.route });
  }).observe(root, { attributes: true, attributeFilter: ["data-latency"] });
}"""
ASK = """(question) => new Promise((resolve, reject) => {
  const [line, start] = [seen.line, performance.now()];
  function hear({ data }) {
    if (typeof data === "string") {
      const { type, id, text } = JSON.parse(data);
      if (type === "refused" && id === question.id) reject(new Error(text));
      return;
    }
    const length = new DataView(data).getUint32(4, true);
    const { meta } = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 8, length)));
    if (meta.id !== question.id || !meta.done) return;
    line.removeEventListener("message", hear);
    resolve({ seconds: (performance.now() - start) / 1000, meta });
  }
  line.addEventListener("message", hear);
  line.send(JSON.stringify(question));
})"""
WATCH = """(path) => new Promise((resolve) => {
  const line = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
  line.binaryType = "arraybuffer";
  line.onmessage = ({ data }) => typeof data === "string" || line.send("ack");
  line.onopen = () => resolve();
})"""  # it becomes seen.line of probe.js
_ids = count(1_000_000)  # of questions, far from those of the page

ROWS = {
    "p50": Row("value to pixels, ms, p50", ".1f", {"mnist_dcgan": 30, "mnist_plane": 15}),
    "p95": Row("value to pixels, ms, p95", ".1f"),
    "moves": Row("pictures a second while dragging", ".0f"),
    "busy_p50": Row("the same, a run trains: p50", ".1f", {"mnist_dcgan": 30, "mnist_plane": 15}),
    "busy_p95": Row("the same, a run trains: p95", ".1f"),
    "busy_moves": Row("pictures a second, a run trains", ".0f"),
    "walk": Row("walk of 120 frames, s", ".2f"),
    "atlas": Row("atlas of 20 x 20 with stretching, s", ".2f"),
    "invert": Row("inversion, 8 starts, 300 steps, s", ".2f"),
    "neighbours": Row("nearest training images, first time, s", ".2f"),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=float, default=10.0, help="length of each drag")
    options.add_argument("--generators", nargs="+", choices=GENERATORS, default=list(GENERATORS))
    chosen = options.parse_args()
    table = {}
    with sync_playwright() as playwright, running_server() as (_, address):
        browser = launch(playwright)
        for name in chosen.generators:
            try:
                table[name] = visit(browser, address, name, chosen.seconds)
            except (RuntimeError, PlaywrightError) as error:
                print(f"{name} is left out: {error}", file=sys.stderr)
        browser.close()
    print_table(table, ROWS)


def visit(browser: Browser, address: str, name: str, seconds: float) -> Figures:
    """All about one generator. Raises RuntimeError if the page shows no picture."""
    page = first_visit(browser)
    page.goto(f"{address}/latent?generator={name}")
    page.wait_for_selector(PAINTED)
    page.evaluate(LISTEN)
    figures = dragging(page, seconds) | wall_times(page)
    with training(browser, address, page):
        busy = dragging(page, seconds)
    page.context.close()
    return figures | {f"busy_{key}": value for key, value in busy.items()}


def dragging(page: Page, seconds: float) -> Figures:
    """Milliseconds from the event of the pointer to the painted picture, round and round.

    Raises RuntimeError if no picture follows.
    """
    box = page.locator(PAD).bounding_box()
    centre = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*centre)
    page.mouse.down()
    circle(page, centre, 0.35 * box["width"], WARM)
    page.evaluate("() => { window.latencies = []; }")
    circle(page, centre, 0.35 * box["width"], seconds)
    notes = page.evaluate("window.latencies")
    page.mouse.up()
    if not notes:
        raise RuntimeError("The picture did not follow the pad.")
    p50, p95 = np.percentile([note["ms"] for note in notes], [50, 95])
    return {"p50": float(p50), "p95": float(p95), "moves": len(notes) / seconds}


def circle(page: Page, centre: tuple[float, float], radius: float, seconds: float) -> None:
    """Move the mouse round a centre, in px, about 60 times a second."""
    start = time.monotonic()
    while (passed := time.monotonic() - start) < seconds:
        angle = 2 * math.pi * passed / TURN
        page.mouse.move(centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle))
        time.sleep(max(0.0, start + passed + PACE - time.monotonic()))


@contextmanager
def training(browser: Browser, address: str, page: Page) -> Iterator[None]:
    """A run at full speed, as long as it lasts, watched from the page without being drawn there."""
    page.evaluate(WATCH, f"{PREFIX}/live/{new_run(browser, address)}?figures=&scene=0")
    set_pace(page, FULL_SPEED, MATURE)
    yield
    command(page, {"op": "pause"})


def new_run(browser: Browser, address: str) -> str:
    """The id of a run that a laboratory has begun, of images that can be had here."""
    page = first_visit(browser)
    for name in ("mnist", "digits"):
        page.goto(f"{address}/{PAGES[name]}")
        page.wait_for_function(f"'training' in seen.first || document.querySelector('{FAILED}')")
        if not page.query_selector(FAILED):
            break
    (run,) = parse_qs(urlsplit(page.url).query)["run"]
    page.context.close()
    return run


def wall_times(page: Page) -> Figures:
    """Seconds that each of the long questions takes, from the page and back."""
    latent = ask(page, {"op": "about"})["meta"]["latent"]
    questions = long_questions(latent["dim"] + latent["signs"])
    return {key: ask(page, question)["seconds"] for key, question in questions.items()}


def ask(page: Page, question: dict[str, Any]) -> dict[str, Any]:
    """{seconds, meta} of the last answer, over the line of the page. Raises PlaywrightError."""
    return page.evaluate(ASK, {**question, "id": next(_ids)})


def long_questions(size: int) -> dict[str, dict[str, Any]]:
    """Of a generator whose z has so many coordinates."""
    draws = np.random.default_rng(0).standard_normal((4, size)).tolist()
    axes = np.eye(size)[:2].tolist()
    walk = {"points": draws, "frames": 120, "path": "slerp", "closed": True, "easing": "linear"}
    plane = {"origin": [0.0] * size, "axes": axes, "window": [-2, 2, -2, 2], "n": 20}
    return {
        "walk": {"op": "walk", **walk},
        "atlas": {"op": "atlas", **plane},
        "invert": {"op": "invert", "test": 0, "starts": 8, "steps": 300, "seed": 0},
        "neighbours": {"op": "neighbours", "z": draws[0], "k": 5},
    }


if __name__ == "__main__":
    main()
