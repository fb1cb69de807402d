"""A file of points on stdin, packed as JSON on stdout: ``python -m ganlab.live.reading NAME``.

In a process of its own: the app does without torch, and what a stranger sent is read where it
can be stopped.
"""

from __future__ import annotations

import json
import sys

from ganlab.data import load_points, pack_points
from ganlab.data.drawn import MAX_POINTS


def pack_file(content: bytes, name: str) -> dict[str, str]:
    """{"packed": text, "note": sentence} of a CSV or NPY file, or {"error": sentence}."""
    try:
        points = load_points(content, name).points
    except ValueError as error:
        return {"error": f"{error}."}
    note = f"{len(points):,} points read."
    if len(points) > MAX_POINTS:
        note = f"{MAX_POINTS:,} of the {len(points):,} points are used, evenly chosen."
    return {"packed": pack_points(points), "note": note}


if __name__ == "__main__":
    print(json.dumps(pack_file(sys.stdin.buffer.read(), sys.argv[1])))
