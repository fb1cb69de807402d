"""How long a page's rerun takes with 1, 10 and 30 sessions, each with a run of its own training.

    python -m benchmarks.reruns [--sessions 1 10 30] [--reruns 10]

Sessions speak Streamlit's own protocol over real sockets, so no browser takes part: each opens
the 2-D lab, watches its run on the live socket as a page does, and asks for a rerun now and then.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import time

import numpy as np
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.browser import PATIENCE, running_server
from ganlab.live.protocol import ACKNOWLEDGE
from ganlab.ui.labs import LABS

PAGE = LABS[2].path
LIVE = "ws://{address}/ganlab/live/{run}?figures={figures}&layers=discriminator,boundary"
PAUSE = (0.5, 1.5)  # seconds between the reruns of a session


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sessions", type=int, nargs="+", default=[1, 10, 30])
    options.add_argument("--reruns", type=int, default=10, help="of each session")
    chosen = options.parse_args()
    print(f"{'sessions':>8} {'median ms':>10} {'p95 ms':>8} {'worst ms':>9} {'frames/s each':>14}")
    for count in chosen.sessions:
        with running_server() as (_, address):
            row = asyncio.run(measure(address.removeprefix("http://"), count, chosen.reruns))
        print(f"{count:>8} {row[0]:>10.1f} {row[1]:>8.1f} {row[2]:>9.1f} {row[3]:>14.1f}")


async def measure(address: str, sessions: int, reruns: int) -> tuple[float, float, float, float]:
    """(median, 95th percentile, worst) milliseconds of a rerun, and live frames a second each."""
    ready = asyncio.Barrier(sessions)
    everyone = [session(address, seed, reruns, ready) for seed in range(sessions)]
    results = await asyncio.gather(*everyone)
    times = np.concatenate([result[0] for result in results]) * 1000
    median, high = np.percentile(times, [50, 95])
    return median, high, times.max(), float(np.mean([result[1] for result in results]))


async def session(
    address: str, seed: int, reruns: int, ready: asyncio.Barrier
) -> tuple[list[float], float]:
    """Seconds of each rerun, and the live frames a second meanwhile; begins when all train."""
    options = {"subprotocols": ["streamlit"], "max_size": None}
    query = f"seed={seed}&training.steps=10000000"
    async with websockets.connect(f"ws://{address}/_stcore/stream", **options) as page:
        run = (await rerun(page, query))["run"]
        where = LIVE.format(address=address, run=run, figures=",".join(LABS[2].figures))
        async with websockets.connect(where) as live:
            await take_frame(live)  # the run trains: the worker has loaded torch
            await ready.wait()
            frames = asyncio.create_task(count_frames(live))
            times, lasted = await reruns_of(page, f"run={run}&preset=ring8", reruns)
            await live.close()
            return times, await frames / lasted


async def reruns_of(
    page: websockets.ClientConnection, query: str, reruns: int
) -> tuple[list[float], float]:
    """Seconds of each rerun, and of all with the pauses between."""
    times: list[float] = []
    began = time.perf_counter()
    for _ in range(reruns):
        await asyncio.sleep(random.uniform(*PAUSE))
        start = time.perf_counter()
        await rerun(page, query)
        times.append(time.perf_counter() - start)
    return times, time.perf_counter() - began


async def rerun(page: websockets.ClientConnection, query: str) -> dict:
    """Run the page's script once; what the live component was given. Raises RuntimeError."""
    ask = BackMsg()
    ask.rerun_script.query_string = query
    ask.rerun_script.page_name = PAGE
    await page.send(ask.SerializeToString())
    data: dict = {}
    async for message in page:
        answer = ForwardMsg.FromString(message)
        component = answer.delta.new_element.bidi_component
        if answer.WhichOneof("type") == "delta" and (component.json or component.mixed.json):
            data = json.loads(component.json or component.mixed.json)
        if answer.WhichOneof("type") == "script_finished":
            break
    if not data:
        raise RuntimeError("The page's script ended without its live component.")
    return data


async def take_frame(live: websockets.ClientConnection) -> None:
    """Wait for what the run sends, notices aside, and acknowledge it."""
    async with asyncio.timeout(PATIENCE):
        while isinstance(await live.recv(), str):
            pass
    await live.send(ACKNOWLEDGE)


async def count_frames(live: websockets.ClientConnection) -> int:
    """How many frames came until the line was closed."""
    frames = 0
    with contextlib.suppress(websockets.ConnectionClosed):
        while True:
            await take_frame(live)
            frames += 1
    return frames


if __name__ == "__main__":
    main()
