"""A real server and a real Chromium for the browser tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WIRE = (Path(__file__).parent / "wire.js").read_text()
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 30_000  # milliseconds until a test gives up on an event
PROBES = ("/_stcore/health", "/_stcore/host-config")


@pytest.fixture(scope="session")
def server():
    """Address of `streamlit run streamlit_app.py` on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "streamlit_app.py")]
    options = {"port": port, "headless": "true", "address": "127.0.0.1", "fileWatcherType": "none"}
    command += [f"--server.{name}={value}" for name, value in options.items()]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"})
    address = f"http://127.0.0.1:{port}"
    try:
        _await_health(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _await_health(process, address):
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if urllib.request.urlopen(f"{address}/_stcore/health", timeout=5).status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The server did not come up (exit code {process.poll()}).")


@pytest.fixture(scope="module")  # its event loop would be in the way of later asyncio tests
def chromium():
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs Debian's chromium for the browser tests.")
        pytest.skip("No chromium on this machine: install Debian's package `chromium`.")
    playwright = pytest.importorskip("playwright.sync_api").sync_playwright().start()
    args = ["--no-sandbox", "--disable-gpu"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
    yield browser
    browser.close()
    playwright.stop()


@pytest.fixture(scope="module")
def context(chromium):
    """One for all pages of a module: what it has fetched it need not fetch again."""
    context = chromium.new_context()
    yield context
    context.close()


@pytest.fixture
def open_page(server, chromium, context):
    """open_page("lab_2d?seed=1", width=1440, height=900, scheme="light"): a clean console.

    wait: until the run's first frame is painted; options: of a browser context of its own.
    """
    with _opener(server, chromium, context) as opener:
        yield opener


@pytest.fixture(scope="module")
def open_shared(server, chromium, context):
    """open_page for a page that several tests of a module look at."""
    with _opener(server, chromium, context) as opener:
        yield opener


@contextmanager
def _opener(server, chromium, context):
    pages, complaints = [], []

    def complain(message):
        if message.type == "error" and not _probe(message.location["url"]):
            complaints.append(f"{message.text} ({message.location['url']})")

    def open_page(address="lab_2d", width=1440, height=900, scheme="light", wait=True, **options):
        page = (chromium.new_context(**options) if options else context).new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.set_default_timeout(PATIENCE)
        page.add_init_script(WIRE)
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{server}/{address}")
        if wait:
            page.wait_for_selector(".gl-live[data-painted]")
        return page

    open_page.complaints = complaints
    yield open_page
    for page in pages:
        page.evaluate(HALT)
        page.close()
        if page.context is not context:
            page.context.close()
    assert not complaints


def _probe(address):
    """Streamlit looks for its server below the page that is opened first, before it looks at /."""
    return address.endswith(PROBES) and any(page in address for page in ("lab_", "latent"))


# A run nobody watches trains on for a while, in the way of the tests that follow.
HALT = """() => {
  for (const line of window.wire.lines) {
    if (line.readyState === WebSocket.OPEN) line.send('{"op":"pause"}');
  }
}"""
