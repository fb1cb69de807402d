"""A real server and a real Chromium for the browser tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 60_000  # milliseconds until a test gives up on an event


@pytest.fixture(scope="module")
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
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield browser
    browser.close()
    playwright.stop()


@pytest.fixture
def open_lab(server, chromium):
    """open_lab(query="", width=1440, height=900, scheme="light"): a page whose console is clean."""
    contexts, complaints = [], []

    def complain(message):
        if message.type == "error":
            complaints.append(message.text)

    def open_page(query="", width=1440, height=900, scheme="light", wait=True, script=""):
        viewport = {"width": width, "height": height}
        context = chromium.new_context(viewport=viewport, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.add_init_script(script)
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{server}/{query}")
        if wait:
            page.wait_for_selector(".gl-live[data-painted]")
        return page

    open_page.complaints = complaints
    yield open_page
    for context in contexts:
        context.close()
    assert not complaints
