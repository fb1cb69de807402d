"""The hub of this server process, and the app's lifespan around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ganlab.live.hub import Hub
from ganlab.live.routes import plotly_script

HUB = Hub()


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Worker and hub live as long as the server: the first page finds torch loaded."""
    await HUB.start()
    warm_up = asyncio.create_task(asyncio.to_thread(plotly_script))
    try:
        yield
    finally:
        await HUB.stop()
        await warm_up
