"""The live pages, measured in a real browser: when they are there, how they run, what they cost.

    GANLAB_DATA_DIR=... python -m benchmarks.live [--seconds 10] [--pages home lab_2d ...]

Starts the dashboard and Debian's Chromium (software rendering), opens one page after the other as
a first visitor does, each with a run of its own, and prints one table with the targets beside the
figures. The home page comes first, as soon as the server answers, while the worker still loads
torch. All charts are on the screen. MNIST is left out where its files cannot be had.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from benchmarks.browser import (
    children,
    descendants,
    first_visit,
    launch,
    processor_time,
    running_server,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

ENDLESS = "training.steps=10000000"
PAGES = {  # name -> address
    "home": "",
    "lab_1d": f"lab_1d?{ENDLESS}",
    "lab_2d": f"lab_2d?{ENDLESS}",
    "digits": f"lab_images?preset=digits&{ENDLESS}",
    "mnist": f"lab_images?preset=mnist_quick&{ENDLESS}",
}
FIRST_PACE, FULL_SPEED = 100.0, None  # iterations per second: of a run at first, without a limit
MATURE = 4.0  # seconds at full speed before a measurement: charts cost more when they are full
SETTLED = 2.0  # seconds after a change of pace
PAUSES = 5  # how often a pause is tried
UNDER_WAY = 0.5  # seconds after a pause is seen in which all else would arrive
PLAY = "[data-control=play]"
STATE = ".gl-state[data-state={}]"
FAILED = STATE.format("failed")
MILESTONES = "['heading', 'training', 'charts'].every((name) => name in seen.first)"
OPENED = f"{MILESTONES} || document.querySelector('{FAILED}')"
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"

Notes = dict[str, Any]  # of probe.js
Figures = dict[str, float]  # name of a row -> value


@dataclass(frozen=True)
class Row:
    """A line of the table; ``targets``: page, or "all" -> what is to be kept below, or above."""

    label: str
    form: str
    targets: dict[str, float] = field(default_factory=dict)
    above: bool = False

    def target(self) -> str:
        sign = ">=" if self.above else "<="
        return ", ".join(
            f"{'' if page == 'all' else page} {sign} {limit:g}".strip()
            for page, limit in self.targets.items()
        )

    def cell(self, page: str, value: float | None) -> str:
        if value is None:
            return "-"
        limit = self.targets.get(page, self.targets.get("all"))
        if limit is None:
            return f"{value:{self.form}}"
        met = value >= limit if self.above else value <= limit
        return f"{value:{self.form}} {'met' if met else 'missed'}"


ROWS = {
    "paint": Row("first contentful paint, s", ".2f", {"all": 2}),
    "heading": Row("heading visible, s", ".2f", {"all": 2}),
    "training": Row("first training frame, s", ".2f", {"all": 3}),
    "charts": Row("all charts drawn, s", ".2f"),
    "opening_shift": Row("layout shift while opening", ".3f", {"all": 0.1}),
    "fps": Row("painted frames a second", ".1f", {"lab_2d": 15, "mnist": 10}, above=True),
    "gap": Row("worst gap between frames, ms", ".0f"),
    "long": Row("tasks over 50 ms, a second", ".1f"),
    "longest": Row("longest task, ms", ".0f"),
    "redraws": Row("each chart drawn, times a second", ".1f"),
    "shift": Row("layout shift while streaming", ".3f", {"all": 0.01}),
    "steps": Row("training steps a second", ".0f"),
    "kilobytes": Row("kilobytes per update", ".1f"),
    "server": Row("app process, ms per update", ".2f"),
    "worker": Row("worker, % of a core", ".0f"),
    "browser": Row("browser, % of a core", ".0f"),
    "pause": Row("worst pause at the first pace, ms", ".0f", {"all": 200}),
    "pause_full": Row("worst pause at full speed, ms", ".0f", {"all": 200}),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=float, default=10.0, help="length of each measurement")
    options.add_argument("--pages", nargs="+", choices=PAGES, default=list(PAGES))
    chosen = options.parse_args()
    table = {}
    with sync_playwright() as playwright, running_server() as (server, address):
        browser = launch(playwright)
        for name in chosen.pages:
            page = first_visit(browser)
            try:
                table[name] = visit(page, f"{address}/{PAGES[name]}", server, chosen.seconds)
            except (RuntimeError, PlaywrightError) as error:
                print(f"{name} is left out: {error}", file=sys.stderr)
            page.context.close()
        browser.close()
    print_table(table)


def print_table(table: dict[str, Figures], rows: dict[str, Row] = ROWS) -> None:
    wide = 2 + max(len(row.target()) for row in rows.values())
    print(f"{'':<36}{'target':<{wide}}" + "".join(f"{name:>14}" for name in table))
    for name, row in rows.items():
        cells = (row.cell(page, figures.get(name)) for page, figures in table.items())
        print(f"{row.label:<36}{row.target():<{wide}}" + "".join(f"{cell:>14}" for cell in cells))
    print(f"load of the machine (1 minute): {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def visit(page: Page, address: str, server: int, seconds: float) -> Figures:
    """All about one page, whose run stands still afterwards.

    Raises RuntimeError with the page's own words if the run fails.
    """
    page.goto(address)
    page.wait_for_function(OPENED)
    if page.query_selector(FAILED):
        raise RuntimeError(page.inner_text(".gl-message"))
    figures = opening(page)
    set_pace(page, FULL_SPEED, MATURE)
    set_pace(page, FIRST_PACE, SETTLED)
    figures |= streaming(page, server, seconds)
    if page.query_selector(PLAY):
        figures["pause"] = worst_pause(page)
        set_pace(page, FULL_SPEED, SETTLED)
        figures["pause_full"] = worst_pause(page)
    command(page, {"op": "pause"})
    return figures


def opening(page: Page) -> Figures:
    """Seconds from the navigation to what is seen first."""
    times = {"paint": page.evaluate(FIRST_PAINT), **page.evaluate("seen.first")}
    if not page.query_selector(".gl-plot"):
        del times["charts"]
    shifts = page.evaluate("seen.take()")["layout-shift"]
    figures = {name: at / 1000 for name, at in times.items()}
    return {**figures, "opening_shift": sum(shift["size"] for shift in shifts)}


def streaming(page: Page, server: int, seconds: float) -> Figures:
    """How the page runs, and what that costs all that take part."""
    (worker,) = children(server)
    served = descendants(server)
    driver = [pid for pid in descendants(os.getpid())[1:] if pid not in served]
    parts = {"server": [server], "worker": [worker], "browser": driver}
    charts = page.locator(".gl-plot:visible").count()
    before = {name: processor_time(*pids) for name, pids in parts.items()}
    start = page.evaluate("seen.take().until")
    page.wait_for_timeout(1000 * seconds)
    notes = page.evaluate("seen.take()")
    cost = {name: processor_time(*pids) - before[name] for name, pids in parts.items()}
    lasted = (notes["until"] - start) / 1000
    figures = smoothness(notes, lasted)
    if charts:
        figures["redraws"] = len(notes["redraws"]) / charts / lasted
    figures["server"] = cost["server"] / len(notes["updates"])
    shares = {name: cost[name] / lasted / 10 for name in ("worker", "browser")}
    return {**figures, **shares}


def smoothness(notes: Notes, seconds: float) -> Figures:
    """What the page has noted of its frames in so many seconds. Raises RuntimeError."""
    painted = notes["painted"]
    if len(painted) < 2:
        raise RuntimeError(f"The page painted nothing in {seconds:.0f} seconds.")
    tasks, sizes, shifts = (
        [note["size"] for note in notes[kind]] for kind in ("longtask", "updates", "layout-shift")
    )
    figures = {
        "fps": len(painted) / seconds,
        "gap": max(b["at"] - a["at"] for a, b in pairwise(painted)),
        "long": len(tasks) / seconds,
        "longest": max(tasks, default=0.0),
        "shift": sum(shifts),
        "kilobytes": sum(sizes) / len(sizes) / 1000,
    }
    if painted[0]["state"]:  # the front page does not say at which step it is
        figures["steps"] = (painted[-1]["step"] - painted[0]["step"]) / seconds
    return figures


def worst_pause(page: Page) -> float:
    """Milliseconds from a click on Pause to the last step that is seen after it."""
    latencies = []
    for trial in range(PAUSES):
        page.wait_for_selector(STATE.format("playing"))
        page.wait_for_timeout(500 + 37 * trial)  # not in step with anything that comes regularly
        page.evaluate("seen.take()")
        page.click(PLAY)
        page.wait_for_selector(STATE.format("paused"))
        page.wait_for_timeout(1000 * UNDER_WAY)
        latencies.append(pause_latency(page.evaluate("seen.take()")))
        page.click(PLAY)
    return max(latencies)


def pause_latency(notes: Notes) -> float:
    """From the click among the notes to the last change of the step; 0 if there was none."""
    painted, clicked = notes["painted"], notes["clicks"][-1]["at"]
    changes = [b["at"] for a, b in pairwise(painted) if b["step"] != a["step"]]
    return max(0.0, changes[-1] - clicked) if changes else 0.0


def set_pace(page: Page, pace: float | None, seconds: float) -> None:
    """Play at so many iterations per second, and wait."""
    command(page, {"op": "speed", "pace": pace})
    page.wait_for_timeout(1000 * seconds)


def command(page: Page, wish: dict[str, Any]) -> None:
    """Send what a button would send; the front page has none."""
    page.evaluate("(wish) => seen.line.send(JSON.stringify(wish))", wish)


if __name__ == "__main__":
    main()
