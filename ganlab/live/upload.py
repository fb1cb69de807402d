"""A visitor's own points, posted as a file: read, packed, and made the data of the run."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse

from ganlab.live import protocol
from ganlab.live.hub import Hub
from ganlab.live.process import python_path

MAX_UPLOAD = 8 * 2**20  # bytes
READING_SECONDS = 30.0
SENTENCES = {
    403: "This upload came from another site's page, so it is not taken.",
    404: "This run is no longer on the server; reload the page to start a new one.",
    413: f"The file is larger than {MAX_UPLOAD // 2**20} MB: keep a random part of its rows.",
}


async def receive_points(hub: Hub, request: Request) -> JSONResponse:
    """Answers {"ok": true, "note": sentence}, or {"error": sentence} and the run is untouched."""
    from ganlab.live.routes import same_origin

    run_id = request.path_params["run"]
    if not same_origin(request.headers.get("origin"), request.headers.get("host")):
        return refused(403)
    if run_id not in hub.runs:
        return refused(404)
    content = await _body(request)
    if content is None:
        return refused(413)
    name = unquote(request.headers.get("x-file-name", ""))[:80]
    read = await _packed(content, name or "the uploaded file")
    if "error" in read:
        return JSONResponse({"error": read["error"]}, 422)
    values = {"data.name": "points", "data.drawn": read["packed"]}
    try:
        hub.command(run_id, protocol.Reset(values=values, play=True))
    except ValueError as error:
        return JSONResponse({"error": str(error)}, 422)
    return JSONResponse({"ok": True, "note": read["note"]})


def refused(status: int) -> JSONResponse:
    return JSONResponse({"error": SENTENCES[status]}, status)


async def _body(request: Request) -> bytes | None:
    """The content, or None as soon as it is too long."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_UPLOAD:
            return None
    return bytes(content)


async def _packed(content: bytes, name: str) -> dict[str, str]:
    """{"packed", "note"} or {"error"}; a process of its own reads what a stranger sent."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ganlab.live.reading", name),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": python_path()},
    )
    try:
        answer, _ = await asyncio.wait_for(process.communicate(content), READING_SECONDS)
        return json.loads(answer)
    except (TimeoutError, ValueError):
        return {"error": "The file could not be read in time: keep a random part of its rows."}
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
