"""The live socket as a browser meets it, hostile ones included, and the scripts beside it."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
import urllib.error
import urllib.request
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ganlab.live import hub as hub_module
from ganlab.live.frames import unpack
from ganlab.live.hub import CREDIT, Hub
from ganlab.live.routes import plotly_path, routes, same_origin, scripts_path
from ganlab.ui import STATIC

WORKER = (sys.executable, str(Path(__file__).with_name("fake_worker.py")))
PATIENCE = 10.0


@asynccontextmanager
async def served():
    """(hub, address) of a real server on a free port."""
    hub = Hub(WORKER)
    await hub.start()
    config = uvicorn.Config(Starlette(routes=routes(hub, STATIC)), port=0, log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield hub, f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving
        await hub.stop()


async def receive(socket, kind):
    """The next message of a type: the meta of a frame, a notice other than of marks."""
    while True:
        message = await asyncio.wait_for(socket.recv(), PATIENCE)
        found = unpack(message)[0] if isinstance(message, bytes) else json.loads(message)
        if isinstance(message, kind) and found.get("kind") != "static" and "marks" not in found:
            return found


def test_a_viewer_hears_the_configuration_and_sees_frames_as_it_acknowledges_them():
    async def scenario():
        async with served() as (hub, address):
            run = await hub.create({"seed": 4})
            query = "figures=losses,modes&layers=gap,,best"
            async with connect(f"ws://{address}/ganlab/live/{run}?{query}") as socket:
                assert await receive(socket, str) == {"type": "config", "config": {"seed": 4}}
                frames = [await receive(socket, bytes) for _ in range(CREDIT)]
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(socket.recv(), 0.2)
                await socket.send("ack")
                frames.append(await receive(socket, bytes))
            assert [meta["number"] for meta in frames] == sorted(m["number"] for m in frames)
            assert frames[0]["watched"] == [1, ["losses", "modes"], ["gap", "best"]]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ("nonsense", "refused"),
        ('{"op": "dance"}', "op"),
        ('{"op": "step", "n": 10000000}', "10000"),
        ('{"op": "step", "n": 1, "more": 2}', "more"),
        ('{"op": "set", "values": {"data.path": "/etc/passwd"}}', "data.path"),
        ('{"op": "reset", "values": {"compute.device": "cuda"}}', "compute.device"),
        ('{"op": "create", "config": {}}', "op"),
        ('{"op": "release"}', "op"),
        ("[" * 10_000, "refused"),
        (b"\x00\x01", "refused"),
        ("", "refused"),
        ('{"op": "fork", "target": "x"}', "op"),
        ('{"op": "speed", "pace": 0}', "pace"),
        ('{"op": "draw", "points": [[1, 2]]}', "A drawing needs 10 to 2,000 different points"),
        ('{"op": "pause"}', "No pausing here."),
    ],
)
def test_what_is_no_command_gets_a_sentence_and_the_run_goes_on(message, answer):
    async def scenario():
        async with served() as (hub, address):
            run = await hub.create({})
            async with connect(f"ws://{address}/ganlab/live/{run}") as socket:
                await receive(socket, str)
                await socket.send(message)
                notice = await receive(socket, str)
                assert notice["type"] == "refused" and answer in notice["text"]
                assert "\n" not in notice["text"] and len(notice["text"]) < 300
                await socket.send("ack")
                await receive(socket, bytes)
            assert hub.restarts == 0

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("run", "message", "code"), [("unknown", None, 4404), (None, "x" * 140_000, 1009)]
)
def test_the_socket_closes_with_a_reason(run, message, code):
    async def scenario():
        async with served() as (hub, address):
            name = run or await hub.create({})
            async with connect(f"ws://{address}/ganlab/live/{name}") as socket:
                if message:
                    await socket.send(message)
                with pytest.raises(ConnectionClosed) as closed:
                    while True:
                        await asyncio.wait_for(socket.recv(), PATIENCE)
            assert closed.value.rcvd.code == code and closed.value.rcvd.reason

    asyncio.run(scenario())


def test_no_room_is_said(monkeypatch):
    monkeypatch.setattr(hub_module, "MAX_VIEWERS", 0)

    async def scenario():
        async with served() as (hub, address):
            async with connect(f"ws://{address}/ganlab/live/{await hub.create({})}") as socket:
                with pytest.raises(ConnectionClosed) as closed:
                    await asyncio.wait_for(socket.recv(), PATIENCE)
            assert closed.value.rcvd.code == 4429 and "limit" in closed.value.rcvd.reason

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ({"op": "python"}, {"type": "python", "text": "print()"}),
        ({"op": "set", "values": {"seed": 9}}, {"type": "config", "config": {"seed": 9}}),
        (
            {"op": "set", "values": {"compute.device": "cuda"}},
            {"type": "refused", "path": "compute.device"},
        ),
    ],
)
def test_commands_are_answered(message, answer):
    async def scenario():
        async with served() as (hub, address):
            url = f"ws://{address}/ganlab/live/{await hub.create({'seed': 4})}"
            async with connect(url) as socket:
                await receive(socket, str)
                await socket.send(json.dumps(message))
                assert answer.items() <= (await receive(socket, str)).items()

    asyncio.run(scenario())


def test_a_page_looks_elsewhere_and_branches_off():
    async def scenario():
        async with served() as (hub, address):
            run = await hub.create({})
            async with connect(f"ws://{address}/ganlab/live/{run}") as socket:
                await socket.send('{"op": "look", "layers": ["gap"]}')
                while (await receive(socket, bytes))["watched"] != [1, [], ["gap"]]:
                    await socket.send("ack")
                await socket.send('{"op": "branch"}')
                while (notice := await receive(socket, str))["type"] != "branched":
                    pass
            async with connect(f"ws://{address}/ganlab/live/{notice['run']}") as socket:
                assert (await receive(socket, str))["config"] == {"branch": True}
                assert (await receive(socket, bytes))["number"] == 1

    asyncio.run(scenario())


def test_pages_of_other_sites_are_refused():
    async def scenario():
        async with served() as (hub, address):
            url = f"ws://{address}/ganlab/live/{await hub.create({})}"
            for origin in ("http://evil.example", "null", f"http://{address}.evil.example"):
                with pytest.raises(InvalidStatus) as refused:
                    await connect(url, origin=origin)
                assert refused.value.response.status_code == 403
            async with connect(url, origin=f"http://{address}") as socket:
                assert (await receive(socket, str))["type"] == "config"

    asyncio.run(scenario())


def test_same_origin():
    assert same_origin("http://lab.local:8501", "lab.local:8501")
    assert same_origin("https://lab.local", "lab.local")
    assert same_origin(None, "lab.local")
    assert not same_origin("http://lab.local:8502", "lab.local:8501")
    assert not same_origin("null", "lab.local")
    assert not same_origin("http://lab.local", None)


def test_the_scripts_are_served_and_nothing_else():
    async def scenario():
        async with served() as (_, address):
            return await asyncio.to_thread(fetch, address)

    def fetch(address):
        def get(path):
            return urllib.request.urlopen(f"http://{address}{path}", timeout=PATIENCE)

        ours = scripts_path(STATIC)
        script = get(f"{ours}/live.js")
        assert "javascript" in script.headers["content-type"]
        assert script.read() == (STATIC / "live.js").read_bytes()
        plotly = get(plotly_path())
        assert "immutable" in plotly.headers["cache-control"]
        assert b"plotly.js" in gzip.decompress(plotly.read())[:300]
        for path in ("../session.py", "%2e%2e/session.py", ""):
            with pytest.raises(urllib.error.HTTPError) as refused:
                get(f"{ours}/{path}")
            assert refused.value.code == 404

    asyncio.run(scenario())


def test_scripts_move_when_they_change(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "live.js").write_text("old")
    (tmp_path / "b" / "live.js").write_text("new")
    old, new = scripts_path(tmp_path / "a"), scripts_path(tmp_path / "b")
    assert old != new and old.startswith("/ganlab/static-")
