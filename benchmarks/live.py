"""The live page, measured: first frame, painted frames a second, and what an update costs.

    python benchmarks/live.py [--seconds 10] [--pages 1]

Starts the dashboard and Debian's Chromium (headless, software rendering), opens the 2-D lab and
prints one table. Processor times are Linux's, read from /proc.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
LAB = "?training.steps=10000000&seed={seed}"
STREAMLIT = (
    *("-m", "streamlit", "run", str(ROOT / "streamlit_app.py")),
    "--server.address=127.0.0.1",
    "--server.headless=true",
    "--server.fileWatcherType=none",
)
TICK = 1000 / os.sysconf("SC_CLK_TCK")  # milliseconds per unit of /proc/PID/stat
STEPPED = "/step [1-9]/.test(document.querySelector('.gl-counter')?.textContent ?? '')"
ALL_CHARTS = "[...document.querySelectorAll('.gl-plot')].every((p) => p.querySelector('.xtick'))"
PAINTED = "+document.querySelector('.gl-live').dataset.painted"
STEP = (
    "+(document.querySelector('.gl-counter')?.textContent"
    ".match(/step ([0-9,]+)/)?.[1] ?? '-1').replace(/,/g, '')"
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seconds", type=float, default=10.0, help="length of the measurement")
    options.add_argument(
        "--pages", type=int, default=1, help="pages open at once, each its own run"
    )
    chosen = options.parse_args()
    process, address = start_server()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            rows = measure(browser, address, process.pid, chosen.pages, chosen.seconds)
            browser.close()
    finally:
        process.terminate()
        process.wait(20)
    for name, value in rows.items():
        print(f"{name:<44} {value}")


def start_server() -> tuple[subprocess.Popen, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [sys.executable, *STREAMLIT, f"--server.port={address.split(':')[1]}"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None:
        try:
            urllib.request.urlopen(f"http://{address}/_stcore/health", timeout=5)
            time.sleep(8)  # until the worker has loaded torch
            return process, f"http://{address}"
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server did not start.")


def measure(browser, address: str, server: int, pages: int, seconds: float) -> dict[str, str]:
    """One row of the table per entry."""
    firsts, charts, opened, sizes = [], [], [], []
    for seed in range(pages):
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        listen(page, sizes)
        began = time.perf_counter()
        page.goto(f"{address}/{LAB.format(seed=seed)}")
        page.wait_for_function(STEPPED)
        firsts.append(time.perf_counter() - began)
        page.wait_for_function(ALL_CHARTS)
        charts.append(time.perf_counter() - began)
        opened.append(page)
    opened[0].wait_for_timeout(3000)
    (worker,) = children(server)
    sizes.clear()
    painted = [page.evaluate(PAINTED) for page in opened]
    steps = [page.evaluate(STEP) for page in opened]
    cpu = [processor_time(pid) for pid in (server, worker)]
    began = time.perf_counter()
    opened[0].wait_for_timeout(1000 * seconds)
    lasted = time.perf_counter() - began
    fps = [(page.evaluate(PAINTED) - p) / lasted for page, p in zip(opened, painted, strict=True)]
    rate = [(page.evaluate(STEP) - s) / lasted for page, s in zip(opened, steps, strict=True)]
    served, worked = (processor_time(p) - b for p, b in zip((server, worker), cpu, strict=True))
    updates = len(sizes)
    return {
        "first training frame after opening, s": spread(firsts),
        "all charts drawn after opening, s": spread(charts),
        "painted frames a second": spread(fps),
        "training steps a second while watched": spread(rate),
        "kilobytes per update": f"{statistics.mean(sizes) / 1000:.1f}",
        "app process, ms per update": f"{served / updates:.2f}",
        "worker (training and frames), share of a core": f"{worked / lasted / 10:.0f} %",
        "load of the machine (1 minute)": f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
    }


def spread(values: list[float]) -> str:
    return " ".join(f"{value:.2f}" for value in values)


def listen(page, sizes: list[int]) -> None:
    """Collect the bytes of every frame that arrives on the live socket."""

    def on_socket(live) -> None:
        if "/ganlab/live/" in live.url:
            live.on("framereceived", lambda data: sizes.append(len(data)))

    page.on("websocket", on_socket)


def children(pid: int) -> list[int]:
    """The worker: the server's only child."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]


def processor_time(pid: int) -> float:
    """Milliseconds of processor time a process has used, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK


if __name__ == "__main__":
    main()
