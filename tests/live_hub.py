"""A hub with a worker that needs no torch, and what its viewers hear."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from pathlib import Path

from ganlab.live.frames import unpack
from ganlab.live.hub import Hub

WORKER = (sys.executable, str(Path(__file__).with_name("fake_worker.py")))
PATIENCE = 10.0  # seconds until a test gives up on an event


@asynccontextmanager
async def started(**options):
    hub = Hub(WORKER, **options)
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()


async def news(hub, run, viewer):
    return await asyncio.wait_for(hub.next_messages(run, viewer), PATIENCE)


async def next_frame(hub, run, viewer):
    """The meta of the next frame, past any notices and static messages."""
    while True:
        _, messages = await news(hub, run, viewer)
        for meta in (unpack(message)[0] for message in messages):
            if meta["kind"] == "frame":
                return meta


async def next_notice(hub, run, viewer, kind):
    """The next notice of a kind, past frames, which are acknowledged."""
    while True:
        notices, messages = await news(hub, run, viewer)
        if messages:
            hub.acknowledge(viewer)
        for notice in notices:
            if notice["type"] == kind:
                return notice
