"""What the app serves beside Streamlit: the live socket, our scripts, and Plotly's."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import logging
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from ganlab.live import protocol
from ganlab.live.audience import Viewer
from ganlab.live.hub import Full, Hub
from ganlab.live.upload import receive_points

log = logging.getLogger("ganlab.hub")

PREFIX = "/ganlab"
FOREVER = "public, max-age=31536000, immutable"
NO_SUCH_RUN = 4404  # close codes of our own, private range
NO_ROOM = 4429
TOO_LONG = 1009
TOO_SLOW = 4408


def routes(hub: Hub, static: Path) -> list[BaseRoute]:
    """Routes for the app; ``static`` is the folder of our own scripts."""

    async def live(socket: WebSocket) -> None:
        await serve_viewer(hub, socket)

    async def upload(request: Request) -> JSONResponse:
        return await receive_points(hub, request)

    return [
        WebSocketRoute(f"{PREFIX}/live/{{run}}", live),
        Route(f"{PREFIX}/upload/{{run}}", upload, methods=["POST"]),
        Route(plotly_path(), plotly),
        Mount(scripts_path(static), Scripts(directory=static)),
    ]


class Scripts(StaticFiles):
    """Files that browsers keep for good, as their address names their content."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = FOREVER
        return response


@cache
def scripts_path(static: Path) -> str:
    """Where our own scripts are served: elsewhere when they change, so that no old one is kept."""
    content = b"".join(file.read_bytes() for file in sorted(static.rglob("*")) if file.is_file())
    return f"{PREFIX}/static-{hashlib.sha256(content).hexdigest()[:12]}"


def plotly_path() -> str:
    """Where Plotly's script is served; its version is in the address, so that browsers keep it."""
    return f"{PREFIX}/plotly-{metadata.version('plotly')}.min.js"


@cache
def plotly_script() -> bytes:
    """plotly.min.js of the installed package, gzipped; takes a second, once per server."""
    path = resources.files("plotly") / "package_data" / "plotly.min.js"
    return gzip.compress(path.read_bytes(), compresslevel=6)


async def plotly(request: Request) -> Response:
    """The charts' script: kept by browsers for good, as its address names its version."""
    body = await asyncio.to_thread(plotly_script)
    headers = {"Content-Encoding": "gzip", "Cache-Control": FOREVER}
    return Response(body, media_type="text/javascript", headers=headers)


def same_origin(origin: str | None, host: str | None) -> bool:
    """Whether a page of this server opened the socket; clients that are no browser send none."""
    return origin is None or urlsplit(origin).netloc == host


async def serve_viewer(hub: Hub, socket: WebSocket) -> None:
    """One page watching one run, until either side leaves."""
    if not same_origin(socket.headers.get("origin"), socket.headers.get("host")):
        await socket.close()  # before accepting: the handshake is answered with 403
        return
    await socket.accept()
    run_id = socket.path_params["run"]
    figures, layers = (_names(socket, parameter) for parameter in ("figures", "layers"))
    scene = socket.query_params.get("scene") != "0"
    if run_id not in hub.runs:
        await socket.close(NO_SUCH_RUN, "This run is no longer on the server.")
        return
    try:
        async with hub.watching(run_id, figures, layers, scene=scene) as viewer:
            await _converse(hub, run_id, viewer, socket)
    except Full as error:
        await socket.close(NO_ROOM, str(error))


def _names(socket: WebSocket, parameter: str) -> list[str]:
    """A list of names in the socket's address."""
    return [name for name in socket.query_params.get(parameter, "").split(",") if name]


async def _converse(hub: Hub, run_id: str, viewer: Viewer, socket: WebSocket) -> None:
    """Send and receive side by side; the first to end takes the others with it."""
    tasks = [
        asyncio.create_task(_send(hub, run_id, viewer, socket)),
        asyncio.create_task(_receive(hub, run_id, viewer, socket)),
        asyncio.create_task(_end_overrun(viewer, socket)),
    ]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        if not isinstance(task.exception(), (WebSocketDisconnect, RuntimeError, type(None))):
            log.error("a viewer's socket failed", exc_info=task.exception())


async def _send(hub: Hub, run_id: str, viewer: Viewer, socket: WebSocket) -> None:
    while True:
        notices, messages = await hub.next_messages(run_id, viewer)
        for notice in notices:
            await socket.send_text(json.dumps(notice))
        for message in messages:
            await socket.send_bytes(message)


async def _end_overrun(viewer: Viewer, socket: WebSocket) -> None:
    """A page that asks faster than it reads must not fill the server's memory."""
    await viewer.overrun.wait()
    viewer.answers.clear()
    await socket.close(TOO_SLOW, "This page reads answers too slowly; reload it.")


async def _receive(hub: Hub, run_id: str, viewer: Viewer, socket: WebSocket) -> None:
    while (message := await socket.receive())["type"] == "websocket.receive":
        text = message.get("text") or ""
        if len(text) > protocol.MAX_COMMAND:
            await socket.close(TOO_LONG, "A message was too long.")
            return
        if text == protocol.ACKNOWLEDGE:
            hub.acknowledge(viewer)
            continue
        try:
            hub.command(run_id, protocol.viewer_command(text), viewer)
        except ValueError as error:
            viewer.notify(protocol.refusal(error, protocol.asked(text)))
