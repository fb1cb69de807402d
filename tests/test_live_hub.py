"""The hub: fan-out, credit, caps, and what happens when the worker dies."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ganlab.live import hub as hub_module
from ganlab.live import protocol
from ganlab.live.frames import unpack
from ganlab.live.hub import CREDIT, Full, Hub

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


def test_refusals_and_changes_reach_every_viewer_of_this_run_only():
    async def scenario():
        async with started() as hub:
            run, other = await hub.create({"a": 1}), await hub.create({"b": 2})
            async with (
                hub.watching(run, []) as first,
                hub.watching(run, []) as second,
                hub.watching(other, []) as stranger,
            ):
                hub.command(run, protocol.Pause())
                hub.command(run, protocol.Set(values={"a": 9}))
                for viewer in (first, second):
                    await next_notice(hub, run, viewer, "refused")
                while hub.runs[run].config != {"a": 9}:
                    await asyncio.sleep(0.01)
                assert [notice["type"] for notice in stranger.notices] == ["config", "marks"]
                assert hub.runs[other].config == {"b": 2}

    asyncio.run(scenario())


def test_what_stays_the_same_comes_first_and_costs_no_credit():
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            async with hub.watching(run, []) as first:
                kinds = []
                while "frame" not in kinds:
                    _, messages = await news(hub, run, first)
                    kinds += [unpack(message)[0]["kind"] for message in messages]
                assert kinds == ["static", "frame"] and first.credit == CREDIT - 1
            async with hub.watching(run, []) as late:
                notices, messages = await news(hub, run, late)
                kinds = [unpack(message)[0]["kind"] for message in messages]
                assert kinds == ["static", "frame"] and late.credit == CREDIT - 1
                assert [notice["type"] for notice in notices] == ["config", "marks"]
                assert notices[1]["marks"] == [{"step": 0, "title": "created"}]

    asyncio.run(scenario())


def test_a_rebuilt_run_sends_its_static_message_again_and_no_frame_of_before():
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            async with hub.watching(run, []) as viewer, hub.watching(run, []) as slow:
                await next_frame(hub, run, viewer)
                hub.acknowledge(viewer)
                slow.credit = 0
                hub.command(run, protocol.Reset())
                seen = []
                while not seen or seen[-1]["kind"] != "frame" or seen[-1]["builds"] < 2:
                    _, messages = await news(hub, run, viewer)
                    seen += [unpack(message)[0] for message in messages]
                    hub.acknowledge(viewer)
                assert [meta["build"] for meta in seen if meta["kind"] == "static"] == [2]
                after = seen[next(i for i, m in enumerate(seen) if m["kind"] == "static") :]
                assert all(meta["builds"] == 2 for meta in after if meta["kind"] == "frame")
                # One that cannot take a frame still hears what the run has become.
                _, messages = await news(hub, run, slow)
                assert [unpack(message)[0]["build"] for message in messages] == [2]

    asyncio.run(scenario())


def test_layers_are_those_of_all_viewers_and_change_when_one_looks_elsewhere():
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            async with (
                hub.watching(run, [], ["gap"]) as viewer,
                hub.watching(run, [], ["kde", "exact"]) as other,
            ):
                assert (await next_frame(hub, run, viewer))["watched"][2] == ["gap", "kde", "exact"]
                hub.command(run, protocol.Look(layers=("rays", "gap")), other)
                while (meta := await next_frame(hub, run, viewer))["watched"][2][-1] != "rays":
                    hub.acknowledge(viewer)
                assert meta["watched"] == [2, [], ["gap", "rays"]]
                hub.command(run, protocol.Look(layers=("best",)))  # nobody's wish
                assert other.layers == ("rays", "gap")

    asyncio.run(scenario())


def test_answers_go_to_the_viewer_who_asked():
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            async with hub.watching(run, []) as asker, hub.watching(run, []) as other:
                hub.command(run, protocol.Python(), asker)
                assert await next_notice(hub, run, asker, "python") == {
                    "type": "python", "text": "print()",
                }  # fmt: skip
                hub.command(run, protocol.Pause(), asker)
                notice = await next_notice(hub, run, asker, "refused")
                assert notice == {"type": "refused", "text": "No pausing here.", "path": ""}
                hub.command(run, protocol.Set(values={"seed": 1}), asker)
                while hub.runs[run].config != {"seed": 1}:
                    await asyncio.sleep(0.01)
                kinds = [notice["type"] for notice in other.notices]
                assert sorted(kinds) == ["config", "marks"]

    asyncio.run(scenario())


def test_a_branch_is_a_run_of_its_own_and_only_the_asker_goes_there():
    async def scenario():
        async with started() as hub:
            run = await hub.create({"seed": 3})
            async with hub.watching(run, []) as asker, hub.watching(run, []) as other:
                hub.command(run, protocol.Branch(), asker)
                notice = await next_notice(hub, run, asker, "branched")
                assert notice.keys() == {"type", "run", "step"} and notice["step"] == 7
                target = notice["run"]
                assert target in hub.runs and target != run and len(target) >= 22
                assert hub.runs[target].config == {"branch": True}
                assert hub.runs[run].config == {"seed": 3}
                assert "branched" not in [notice["type"] for notice in other.notices]
                async with hub.watching(target, []) as viewer:
                    assert (await next_frame(hub, target, viewer))["number"] == 1

    asyncio.run(scenario())


def test_a_branch_that_cannot_be_leaves_nothing_behind():
    async def scenario():
        async with started(max_runs=2) as hub:
            run = await hub.create({"barren": True})
            async with hub.watching(run, []) as asker:
                hub.command(run, protocol.Branch(), asker)
                assert (await next_notice(hub, run, asker, "refused"))["text"] == "No branch here."
                while len(hub.runs) > 1:
                    await asyncio.sleep(0.01)
                other = await hub.create({})
                async with hub.watching(other, []):
                    with pytest.raises(Full, match="2 runs"):
                        hub.command(run, protocol.Branch(), asker)
                assert set(hub.runs) == {run, other}

    asyncio.run(scenario())


def test_a_viewer_that_does_not_read_keeps_the_newest_of_each():
    async def scenario():
        async with started() as hub:
            run = await hub.create({})
            async with hub.watching(run, []) as viewer:
                for number in range(20):
                    viewer.notify({"type": "marks", "marks": [number]})
                    viewer.notify({"type": "config", "config": number})
                    viewer.notify({"type": "refused", "text": str(number)})
                assert len(viewer.notices) == hub_module.NOTICES
                notices, _ = await news(hub, run, viewer)
            newest = {notice["type"]: notice for notice in notices}
            assert newest["marks"]["marks"] == [19] and newest["config"]["config"] == 19
            refused = [notice["text"] for notice in notices if notice["type"] == "refused"]
            assert refused == [str(number) for number in range(14, 20)]

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
