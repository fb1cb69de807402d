"""Who hears what: static messages, marks, answers, branches."""

from __future__ import annotations

import asyncio

import pytest
from live_hub import news, next_frame, next_notice, started

from ganlab.live import protocol
from ganlab.live.audience import NOTICES
from ganlab.live.frames import unpack
from ganlab.live.hub import CREDIT, Full


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
                assert len(viewer.notices) == NOTICES
                notices, _ = await news(hub, run, viewer)
            newest = {notice["type"]: notice for notice in notices}
            assert newest["marks"]["marks"] == [19] and newest["config"]["config"] == 19
            refused = [notice["text"] for notice in notices if notice["type"] == "refused"]
            assert refused == [str(number) for number in range(22 - NOTICES, 20)]

    asyncio.run(scenario())
