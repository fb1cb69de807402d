"""A real server and a real Chromium for the benchmarks, and what their processes cost.

Processor times are Linux's, read from /proc.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

ROOT = Path(__file__).parents[1]
STREAMLIT = (
    *("-m", "streamlit", "run", str(ROOT / "streamlit_app.py")),
    "--server.address=127.0.0.1",
    "--server.headless=true",
    "--server.fileWatcherType=none",
)
PROBE = Path(__file__).with_name("probe.js")
SIZE = {"width": 1440, "height": 1100}  # pixels; every chart of a laboratory is on the screen
PATIENCE = 60.0  # seconds until something that does not happen is an error
TICK = 1000 / os.sysconf("SC_CLK_TCK")  # milliseconds per unit of /proc/PID/stat


@contextmanager
def running_server() -> Iterator[tuple[int, str]]:
    """(process id, address) of the dashboard on a free port, from when it answers.

    Its worker may still be loading torch. Raises RuntimeError if the server does not start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [sys.executable, *STREAMLIT, f"--server.port={host.split(':')[1]}"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        await_health(process, host)
        yield process.pid, f"http://{host}"
    finally:
        process.terminate()
        process.wait(20)


def await_health(process: subprocess.Popen, host: str) -> None:
    """Return once the server answers. Raises RuntimeError if it ends or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://{host}/_stcore/health", timeout=5).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("The server did not start; its own messages are above.")


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium, headless, rendering in software."""
    return playwright.chromium.launch(
        executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
    )


def first_visit(browser: Browser) -> Page:
    """An empty tab with an empty cache whose pages will note what they do, see probe.js."""
    page = browser.new_context(viewport=SIZE).new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.add_init_script(path=PROBE)
    return page


def children(pid: int) -> list[int]:
    """Processes started by any thread of a process."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for text in lists for child in text.read_text().split()]


def descendants(pid: int) -> list[int]:
    """A process, its children and theirs."""
    return [pid, *(found for child in children(pid) for found in descendants(child))]


def processor_time(*pids: int) -> float:
    """Milliseconds of processor time the processes have used, all threads together."""
    return sum(_ticks(pid) for pid in pids) * TICK


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return int(fields[11]) + int(fields[12])
