"""The hub: fan-out, credit, caps, and what happens when the worker dies."""

from __future__ import annotations

import asyncio
import sys

import pytest
from live_hub import PATIENCE, next_frame, next_notice, started

from ganlab.live import hub as hub_module
from ganlab.live import protocol
from ganlab.live.frames import unpack
from ganlab.live.hub import CREDIT, Full, Hub


def test_a_viewer_gets_the_configuration_and_then_frames():
    async def scenario():
        async with started() as hub:
            run = await hub.create({"seed": 5}, playing=False)
            async with hub.watching(run, ["losses"], ["gap", "best"]) as viewer:
                notice = await next_notice(hub, run, viewer, "config")
                meta = await next_frame(hub, run, viewer)
            assert notice["config"] == {"seed": 5}
            assert meta["created"] == {
                "op": "create", "config": {"seed": 5}, "playing": False, "note": "",
            }  # fmt: skip
            assert meta["watched"] == [1, ["losses"], ["gap", "best"]]

    asyncio.run(scenario())


def test_without_credit_nothing_is_sent_and_the_newest_frame_wins():
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            async with hub.watching(run, []) as slow, hub.watching(run, []) as fast:
                seen = [(await next_frame(hub, run, slow))["number"] for _ in range(CREDIT)]
                for _ in range(10):
                    latest = (await next_frame(hub, run, fast))["number"]
                    hub.acknowledge(fast)
                waiting = asyncio.create_task(hub.next_messages(run, slow))
                await asyncio.sleep(0.05)
                assert not waiting.done()
                hub.acknowledge(slow)
                _, messages = await asyncio.wait_for(waiting, PATIENCE)
                jumped = unpack(messages[-1])[0]["number"]
            assert seen == sorted(seen) and len(set(seen)) == CREDIT
            assert jumped >= latest > max(seen) + 1

    asyncio.run(scenario())


def test_the_worker_is_asked_only_while_somebody_can_take_a_frame():
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            async with hub.watching(run, []) as viewer:
                for _ in range(CREDIT):
                    await next_frame(hub, run, viewer)
                waiting = asyncio.create_task(hub.next_messages(run, viewer))
                await asyncio.sleep(0.1)
                before = hub.runs[run].number
                await asyncio.sleep(0.1)
                assert hub.runs[run].number == before <= CREDIT + 1
                waiting.cancel()

    asyncio.run(scenario())


def test_figures_are_those_of_all_viewers_and_leaving_is_told():
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            async with (
                hub.watching(run, ["losses", "modes"]),
                hub.watching(run, ["losses", "value"]) as viewer,
            ):
                both = (await next_frame(hub, run, viewer))["watched"]
                assert both == [2, ["losses", "modes", "value"], []]
            async with hub.watching(run, []) as viewer:
                while (meta := await next_frame(hub, run, viewer))["watched"] != [1, [], []]:
                    hub.acknowledge(viewer)
            assert meta["watched"] == [1, [], []]

    asyncio.run(scenario())


def test_a_dead_worker_is_replaced_and_its_runs_are_offered_again():
    async def scenario():
        async with started() as hub:
            run = await hub.create({"seed": 3})
            async with hub.watching(run, ["losses"]) as viewer:
                first = await next_frame(hub, run, viewer)
                hub.acknowledge(viewer)
                hub.command(run, protocol.Play())  # the fake worker dies of it
                while (meta := await next_frame(hub, run, viewer))["pid"] == first["pid"]:
                    hub.acknowledge(viewer)
                assert meta["created"]["config"] == {"seed": 3}
                assert meta["created"]["playing"] is False
                assert "started again" in meta["created"]["note"]
                assert meta["watched"] == [1, ["losses"], []]
                assert hub.restarts == 1

    asyncio.run(scenario())


def test_a_worker_that_cannot_live_is_given_up_and_viewers_are_told():
    async def scenario():
        hub = Hub((sys.executable, "-c", "raise SystemExit(1)"))
        await hub.start()
        run = await hub.create({})
        async with hub.watching(run, []) as viewer:
            notice = await next_notice(hub, run, viewer, "refused")
        await hub.stop()
        assert "cannot be started" in notice["text"]
        assert hub.restarts == 3

    asyncio.run(scenario())


def test_a_full_server_forgets_unwatched_runs_and_refuses_when_all_are_watched():
    async def scenario():
        async with started(max_runs=2) as hub:
            old, kept = await hub.create({}), await hub.create({})
            async with hub.watching(kept, []):
                fresh = await hub.create({})
                assert set(hub.runs) == {kept, fresh} and old not in hub.runs
                async with hub.watching(fresh, []):
                    with pytest.raises(Full, match="2 runs"):
                        await hub.create({})
            assert len(fresh) >= 22 and len({old, kept, fresh}) == 3

    asyncio.run(scenario())


def test_too_many_viewers_are_refused(monkeypatch):
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            async with hub.watching(run, []):
                with pytest.raises(Full, match="1 pages"):
                    async with hub.watching(run, []):
                        pass
            assert not hub.runs[run].viewers

    monkeypatch.setattr(hub_module, "MAX_VIEWERS", 1)
    asyncio.run(scenario())


def test_a_released_run_is_gone():
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            hub.command(run, protocol.Step())  # the fake worker releases it
            while run in hub.runs:
                await asyncio.sleep(0.01)
            hub.command(run, protocol.Play())  # to nobody, without harm
            assert hub.restarts == 0

    asyncio.run(scenario())
