"""The worker: fair turns, frames only on demand, crashes kept apart, and a real process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from live_bench import LONG, PATIENCE, Bench
from live_helpers import SMALL

from ganlab.live import envelopes, protocol, worker
from ganlab.live.frames import unpack
from ganlab.live.hub import Hub
from ganlab.training import Trainer


@pytest.fixture
def bench():
    made = Bench()
    yield made
    made.close()


def test_a_step_is_one_step_and_a_pause_holds(bench):
    bench.create("a", playing=False)
    assert bench.frame("a")["step"] == 0
    bench.tell("a", protocol.Step(n=3))
    assert bench.frame_when("a", lambda meta: meta["step"] >= 3)["step"] == 3
    bench.tell("a", protocol.Play())
    bench.frame_when("a", lambda meta: meta["step"] > 10)
    bench.tell("a", protocol.Pause())
    held = bench.frame_when("a", lambda meta: meta["state"] == "paused")["step"]
    time.sleep(0.1)
    bench.tell("a", protocol.Step(n=1))
    assert bench.frame_when("a", lambda meta: meta["step"] > held)["step"] == held + 1


def test_no_frame_without_a_want_and_none_without_news(bench):
    bench.create("a", playing=False)
    bench.frame("a")
    bench.tell("a", protocol.Want())
    bench.tell("a", protocol.Set(values={"seed": 1}))
    bench.next("refused", "a")
    time.sleep(0.2)
    frames = 0
    while not bench.sent.empty():
        frames += bench.sent.get()[0]["type"] == "frame"
    assert frames == 0
    bench.tell("a", protocol.Step())
    assert bench.next("frame", "a")["step"] == 1


def test_runs_get_equal_time():
    """Eight times the batch is several times the work per step, but not a larger share."""
    bench = Bench()
    light, heavy = "light", "heavy"
    bench.create(light)
    bench.create(heavy, {**LONG, "training": {**LONG["training"], "batch_size": 2048}})
    bench.frame_when(heavy, lambda meta: meta["step"] > 100)
    seconds = {run: bench.hosted(run).run.trainer.seconds for run in (light, heavy)}
    bench.close()
    assert 1 / 2.5 < seconds[light] / seconds[heavy] < 2.5


def test_a_crash_stays_with_its_run():
    class Fragile(Trainer):
        def advance(self, n=1):
            if self.config.seed == 13:
                raise RuntimeError("seed 13 is cursed")
            super().advance(n)

    bench = Bench(Fragile)
    bench.create("good")
    bench.create("bad", {**LONG, "seed": 13})
    meta = bench.frame_when("bad", lambda meta: meta["state"] == "failed")
    assert "seed 13 is cursed" in meta["failure"] and "Traceback" in meta["traceback"]
    before = bench.frame("good")["step"]
    assert bench.frame_when("good", lambda meta: meta["step"] > before)["state"] == "playing"
    bench.tell("bad", protocol.Reset(values={"seed": 14}), protocol.Play())
    assert bench.next("config", "bad")["config"]["seed"] == 14
    assert bench.frame_when("bad", lambda meta: meta.get("step", 0) > 3)["state"] == "playing"
    bench.close()


def test_a_configuration_that_cannot_be_built_is_told(bench):
    bench.create("a", {**LONG, "seed": -1})
    assert "seed" in bench.next("refused", "a")["text"]
    absent = {**LONG, "data": {**LONG["data"], "name": "points", "path": "nowhere.csv"}}
    bench.create("b", absent)
    assert "nowhere.csv" in bench.frame_when("b", lambda m: m["state"] == "failed")["failure"]


def test_an_unwatched_run_rests_goes_on_when_watched_and_is_released(monkeypatch):
    monkeypatch.setattr(worker, "GRACE", 0.0)
    bench = Bench()
    bench.create("a")
    bench.frame_when("a", lambda meta: meta["step"] > 5)
    bench.tell("a", protocol.Watch(viewers=0))
    while bench.hosted("a").viewers:
        time.sleep(0.01)
    time.sleep(0.1)
    rested = bench.hosted("a").run.trainer.iteration
    time.sleep(0.2)
    assert bench.hosted("a").run.trainer.iteration == rested
    bench.tell("a", protocol.Watch(viewers=1))
    assert bench.frame_when("a", lambda meta: meta["step"] > rested)["state"] == "playing"
    monkeypatch.setattr(worker, "RELEASE", 0.0)
    bench.tell("a", protocol.Watch(viewers=0))
    assert bench.next("released", "a") and not bench.worker.desk.hosted
    bench.close()


def test_what_a_viewer_does_is_shown_at_once(monkeypatch):
    monkeypatch.setattr(worker, "FRAME_INTERVALS", (1000.0, 1000.0))
    bench = Bench()
    bench.create("a")
    assert bench.frame("a")["state"] == "playing"
    bench.tell("a", protocol.Want())  # waits its 1,000 seconds
    bench.tell("a", protocol.Pause())
    assert bench.next("frame", "a")["state"] == "paused"
    bench.close()


def test_frames_come_less_often_when_many_watch(bench):
    for run in ("a", "b", "c", "d"):
        bench.create(run, playing=False)
    bench.frame("d")
    bench.worker._frame_seconds = 0.03
    assert bench.worker._frame_interval() == pytest.approx(4 * 0.03 * 3)
    bench.worker._frame_seconds = 0.001
    assert bench.worker._frame_interval() == worker.FRAME_INTERVALS[0] == 0.04
    bench.worker._frame_seconds = 10.0
    assert bench.worker._frame_interval() == 0.4


def test_figures_that_do_not_exist_are_not_drawn(bench):
    bench.create("a", playing=False)
    watch = protocol.Watch(viewers=1, figures=("losses", "nonsense"), layers=("gap", "nonsense"))
    bench.tell("a", watch)
    assert bench.frame("a")["state"] == "paused"
    assert bench.hosted("a").wishes.figures == ("losses",)


def test_the_heart_beats(bench):
    bench.create("a", playing=False)
    beats = [bench.next("beat", None) for _ in range(2)]
    assert beats[-1]["runs"] == 1


def test_what_is_sent_to_a_run_that_is_gone_is_ignored(bench):
    bench.create("a", playing=False)
    bench.tell("a", protocol.Release(), protocol.Play(), protocol.Want())
    bench.create("b", playing=False)
    assert bench.frame("b")["step"] == 0 and list(bench.worker.desk.hosted) == ["b"]


# -- the real process ------------------------------------------------------------------------------


@pytest.fixture
def process():
    started = subprocess.Popen(
        [sys.executable, "-m", "ganlab.live.worker"],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    yield started
    started.kill()
    started.communicate()


def tell(process, run, command):
    envelopes.write_message(process.stdin, {"run": run, "command": command.model_dump()})


def read_frame(process, run):
    tell(process, run, protocol.Want())
    while (message := envelopes.read_message(process.stdout)) is not None:
        if message[0]["type"] == "frame":
            return unpack(message[1])[0]
    return None


def test_a_real_worker_steps_exactly_and_ends_with_its_parent(process):
    envelopes.write_message(process.stdin, {"run": "a", "command": {"op": "dance"}})  # no harm
    tell(process, "a", protocol.Create(config=SMALL.to_dict(), playing=False))
    tell(process, "a", protocol.Watch(viewers=1, figures=("losses",)))
    assert read_frame(process, "a")["step"] == 0
    tell(process, "a", protocol.Step(n=7))
    while (meta := read_frame(process, "a"))["step"] < 7:
        pass
    assert meta["step"] == 7
    process.send_signal(signal.SIGINT)  # Ctrl-C reaches the whole group; the server answers it
    tell(process, "a", protocol.Step(n=1))
    assert read_frame(process, "a")["step"] == 8
    process.stdin.close()
    assert process.wait(PATIENCE) == 0
    process.stdin = None


def test_a_killed_worker_is_replaced_and_its_run_can_go_on():
    async def scenario():
        hub = Hub()
        await hub.start()
        run = await hub.create(LONG)
        async with hub.watching(run, ["losses"]) as viewer:
            first = await next_meta(hub, run, viewer, lambda meta: meta["step"] > 2)
            killed = hub.worker_pid
            os.kill(killed, signal.SIGKILL)
            back = await next_meta(hub, run, viewer, lambda meta: meta["note"])
            hub.command(run, protocol.Play())
            later = await next_meta(hub, run, viewer, lambda meta: meta["step"] > 2)
            assert hub.worker_pid != killed and hub.restarts == 1
        await hub.stop()
        return first, back, later

    async def next_meta(hub, run, viewer, condition):
        while True:
            _, messages = await asyncio.wait_for(hub.next_messages(run, viewer), PATIENCE)
            hub.acknowledge(viewer)
            for meta in (unpack(message)[0] for message in messages):
                if meta["kind"] == "frame" and condition(meta):
                    return meta

    first, back, later = asyncio.run(scenario())
    assert (back["step"], back["state"]) == (0, "paused") and "started again" in back["note"]
    assert first["seed"] == back["seed"] == later["seed"] and later["state"] == "playing"
