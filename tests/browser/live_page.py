"""What the browser tests read off the live page, and where they put their screenshots."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

SHOTS = Path(__file__).parent / "screenshots"


@contextmanager
def quiet(open_lab):
    """Console errors inside the block are part of the test, such as a line that is cut."""
    before = list(open_lab.complaints)
    yield
    open_lab.complaints[:] = before
