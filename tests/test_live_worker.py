"""The worker: fair turns, frames only on demand, crashes kept apart, and a real process."""

from __future__ import annotations

import asyncio
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from live_helpers import SMALL

from ganlab.live import building, desk, envelopes, protocol, worker
from ganlab.live.frames import unpack
from ganlab.live.hosting import Request
from ganlab.live.hub import Hub
from ganlab.live.worker import Worker
from ganlab.training import Trainer

LONG = SMALL.with_values({"training.steps": 10_000_000}).to_dict()
PATIENCE = 60.0  # seconds until a test gives up


class Bench:
    """A worker in a thread, with what it sends; ``viewer`` asks."""

    def __init__(self, make_trainer=Trainer):
        self.inbox, self.sent = queue.SimpleQueue(), queue.SimpleQueue()
        self.worker = Worker(
            self.inbox, lambda header, body: self.sent.put((header, body)), make_trainer
        )
        self.thread = threading.Thread(target=self.worker.serve, daemon=True)
        self.thread.start()

    def tell(self, run, *commands, viewer=0):
        for command in commands:
            self.inbox.put(Request(run, command, viewer))

    def create(self, run, config=LONG, **options):
        self.tell(run, protocol.Create(config=config, **options), protocol.Watch(viewers=1))

    def hosted(self, run):
        return self.worker.desk.hosted[run]

    def hosted_picture(self, run):
        """The fakes of a run that stands still and has sent its frame."""
        return self.hosted(run).run.look().fake.copy()

    def messages(self):
        """(header, meta) of every message as it comes."""
        end = time.monotonic() + PATIENCE
        while True:
            header, body = self.sent.get(timeout=max(end - time.monotonic(), 0.01))
            yield header, unpack(body)[0] if body else None

    def next(self, kind, run):
        """The next message of a kind about a run."""
        for header, meta in self.messages():
            if header["type"] == kind and header.get("run") == run:
                return header if meta is None else meta

    def frame(self, run):
        self.tell(run, protocol.Want())
        return self.next("frame", run)

    def frame_when(self, run, condition):
        while not condition(meta := self.frame(run)):
            pass
        return meta

    def close(self):
        self.inbox.put(None)
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


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


# -- what is asked ---------------------------------------------------------------------------------


def test_a_new_run_tells_what_stays_the_same_before_its_first_frame(bench):
    bench.create("a", playing=False)
    bench.tell("a", protocol.Want())
    kinds = []
    for header, meta in bench.messages():
        if header.get("run") == "a":
            kinds.append(header["type"])
        if header["type"] == "frame":
            break
        if header["type"] == "static":
            assert (meta["kind"], meta["scene"]) == ("static", 2)
    assert kinds == ["static", "marks", "frame"]


def test_a_refusal_names_the_setting_and_goes_to_the_viewer_who_asked(bench):
    bench.create("a", playing=False)
    for command, path, words in (
        (protocol.Set(values={"loss.real_label": 7}), "loss.real_label", "0.5 to 1"),
        (protocol.Set(values={"seed": 7}), "seed", "restarted"),
        (protocol.Reset(values={"generator.widths": [0]}), "generator.widths", "1 to 4096"),
        (protocol.Reset(values={"data.name": "digits"}), "data.name", "open the image lab"),
        (protocol.Retry(), "", "has not diverged"),
    ):
        bench.tell("a", command, viewer=12)
        refused = bench.next("refused", "a")
        assert (refused["viewer"], refused["path"]) == (12, path) and words in refused["text"]
    assert bench.frame("a")["state"] == "paused"


def test_a_reset_goes_back_to_the_same_beginning(bench):
    bench.create("a", SMALL.to_dict(), playing=False)
    bench.frame("a")
    first = bench.hosted_picture("a")
    bench.tell("a", protocol.Step(n=10))
    bench.frame_when("a", lambda meta: meta["step"] == 10)
    later = bench.hosted_picture("a")
    bench.tell("a", protocol.Reset())
    assert bench.next("static", "a")["data"] == "ring8"
    assert bench.frame_when("a", lambda meta: meta["step"] == 0)["state"] == "paused"
    again = bench.hosted_picture("a")
    assert (again == first).all() and (later != first).any()
    bench.tell("a", protocol.Reset(values={"seed": 8}))
    assert bench.next("config", "a")["config"]["seed"] == 8
    assert bench.frame_when("a", lambda meta: meta["seed"] == 8)["newest"] == 0
    assert (bench.hosted_picture("a") != first).all()


def test_what_is_asked_while_a_run_is_built_is_done_in_order_afterwards(bench):
    bench.create("a", SMALL.to_dict(), playing=False)
    bench.tell("a", protocol.Reset(values={"seed": 9}), protocol.Step(n=4), protocol.DStep())
    meta = bench.frame_when("a", lambda meta: meta["seed"] == 9 and meta["extra"]["d"] == 1)
    assert meta["step"] <= 4
    assert bench.hosted("a").run.past.log in ((("d_step", 1),), (("advance", 4), ("d_step", 1)))


def test_a_run_trains_on_until_the_one_that_replaces_it_is_there():
    gate, built = threading.Event(), []

    class Slow(Trainer):
        def __init__(self, config):
            super().__init__(config)
            if built:
                assert gate.wait(PATIENCE)
            built.append(config)

    bench = Bench(Slow)
    bench.create("a")
    bench.create("b", {**LONG, "seed": 1})  # waits behind the gate
    bench.frame_when("a", lambda meta: meta["step"] > 3)
    bench.tell("a", protocol.Reset(values={"seed": 2}))
    before = bench.frame("a")["step"]
    meta = bench.frame_when("a", lambda meta: meta["step"] > before + 3)
    assert (meta["seed"], meta["state"]) == (SMALL.seed, "playing")
    bench.tell("a", protocol.Pause())  # at once, though the run is being built
    assert bench.frame_when("a", lambda meta: meta["state"] == "paused")["seed"] == SMALL.seed
    gate.set()
    assert bench.frame_when("a", lambda meta: meta["seed"] == 2)["step"] == 0
    bench.frame_when("b", lambda meta: meta["step"] > 3)
    bench.close()


@pytest.mark.parametrize("command", ["reset", "draw"])
def test_what_cannot_be_built_leaves_the_run_as_it_is(command):
    class Picky(Trainer):
        def __init__(self, config):
            if config.seed == 13:
                raise RuntimeError("seed 13 is cursed")
            super().__init__(config)

    line = [(0.25, float(i)) for i in range(20)]  # has no width to be learnt
    ask = protocol.Draw(points=line) if command == "draw" else protocol.Reset(values={"seed": 13})
    bench = Bench(Picky)
    bench.create("a")
    bench.frame_when("a", lambda meta: meta["step"] > 3)
    bench.tell("a", ask, viewer=4)
    refused = bench.next("refused", "a")
    assert refused["viewer"] == 4
    assert ("cursed" if command == "reset" else "constant") in refused["text"]
    before = bench.frame("a")["step"]
    meta = bench.frame_when("a", lambda meta: meta["step"] > before)
    assert (meta["state"], meta["seed"], meta["failure"]) == ("playing", SMALL.seed, "")
    bench.close()


def test_a_drawing_becomes_a_run(bench):
    bench.create("a", SMALL.to_dict())
    bench.frame_when("a", lambda meta: meta["step"] > 3)
    circle = [(math.cos(i), math.sin(i)) for i in range(30)]
    bench.tell("a", protocol.Draw(points=circle))
    static = bench.next("static", "a")
    assert (static["data"], static["modes"]) == ("points", 0)
    config = bench.next("config", "a")["config"]
    assert config["data"]["name"] == "points" and config["data"]["drawn"]
    meta = bench.frame("a")
    assert (meta["state"], meta["step"]) == ("paused", 0)


def test_images_that_are_not_on_disk_are_a_sentence(bench, monkeypatch, tmp_path):
    monkeypatch.delenv("GANLAB_DATA_DIR", raising=False)
    monkeypatch.setattr(building.pooch, "os_cache", lambda project: tmp_path)
    bench.create("a", {**LONG, "data": {"name": "fashion_mnist"}})
    meta = bench.frame_when("a", lambda meta: meta["state"] == "failed")
    assert "choose digits" in meta["failure"] and meta["traceback"] == ""
    digits = protocol.Reset(values={"data.name": "digits", "generator.output": "tanh"})
    bench.tell("a", digits)
    assert bench.next("static", "a")["scene"] == "image"
    assert bench.frame("a")["state"] == "paused"


def test_a_branch_starts_where_its_source_is_looked_at(bench):
    bench.create("a", SMALL.to_dict(), playing=False)
    bench.tell("a", protocol.Step(n=30))
    bench.frame_when("a", lambda meta: meta["step"] == 30)
    bench.tell("a", protocol.Seek(step=25), protocol.Fork(target="b"), viewer=6)
    answer = bench.next("branched", "a")
    assert (answer["target"], answer["step"], answer["viewer"]) == ("b", 20, 6)
    assert answer["config"] == SMALL.to_dict()
    bench.tell("b", protocol.Watch(viewers=1))
    meta = bench.frame("b")
    assert (meta["step"], meta["newest"], meta["state"]) == (20, 20, "paused")
    bench.tell("b", protocol.Step(n=10))
    bench.frame_when("b", lambda meta: meta["step"] == 30)
    source, branch = (bench.hosted(run).run.trainer for run in ("a", "b"))
    ours, theirs = source.checkpoint(), branch.checkpoint()
    assert all((ours[name] == theirs[name]).all() for name in ours)
    assert bench.frame_when("a", lambda meta: True)["cursor"] == 20


def test_a_run_that_failed_has_no_branch(bench):
    bench.create("a", {**LONG, "data": {"name": "points", "path": "nowhere.csv"}})
    bench.frame_when("a", lambda meta: meta["state"] == "failed")
    bench.tell("a", protocol.Fork(target="b"), viewer=3)
    seen = []
    for header, _ in bench.messages():
        if header["type"] in ("released", "refused"):
            seen.append((header["type"], header["run"]))
        if len(seen) == 2:
            break
    assert seen == [("released", "b"), ("refused", "a")]
    assert list(bench.worker.desk.hosted) == ["a"]


def test_the_python_of_a_run_is_told_to_the_viewer_who_asked(bench):
    bench.create("a", SMALL.to_dict(), playing=False)
    bench.tell("a", protocol.Step(n=3))
    bench.frame_when("a", lambda meta: meta["step"] == 3)
    bench.tell("a", protocol.Python(), viewer=8)
    answer = bench.next("python", "a")
    assert answer["viewer"] == 8 and "trainer.advance(3)" in answer["text"]


def test_marks_are_told_when_they_change_and_never_twice(bench):
    bench.create("a", SMALL.to_dict(), playing=False)
    assert bench.next("marks", "a")["marks"] == []
    bench.tell("a", protocol.Set(values={"penalty.r1": 1.0}), protocol.Speed(pace=5.0))
    (mark,) = bench.next("marks", "a")["marks"]
    assert (mark["step"], mark["severity"], mark["title"]) == (0, "change", "R1: 1")
    bench.frame("a")
    bench.tell("a", protocol.Set(values={"penalty.r1": 1.0}), protocol.Reset())
    told = []
    for header, _ in bench.messages():
        if header["type"] == "marks":
            told.append(header["marks"])
            break
    assert told == [[]]  # of the run that was reset


def test_slow_motion_reaches_the_page_sub_step_by_sub_step(bench):
    bench.create("a", SMALL.to_dict(), playing=False)
    bench.tell("a", protocol.Speed(pace=0.9), protocol.Play(until=2))
    seen = []
    while (meta := bench.frame("a"))["step"] < 2:
        if meta["stage"] is not None:
            seen.append((meta["step"], meta["stage"]["index"]))
    assert seen == [(step, index) for step in (0, 1) for index in range(6)]


def test_the_pace_at_first_is_one_that_can_be_seen(bench):
    bench.create("a", playing=False)
    assert bench.frame("a")["pace"] == desk.PACE == 100.0
    bench.tell("a", protocol.Speed(pace=None))
    assert bench.frame_when("a", lambda meta: meta["pace"] is None)["state"] == "paused"
    bench.tell("a", protocol.Reset())
    bench.next("static", "a")
    assert bench.frame("a")["pace"] is None  # a viewer's choice outlives a reset


# -- turns -----------------------------------------------------------------------------------------


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
    assert bench.worker._frame_interval() == 0.05
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
