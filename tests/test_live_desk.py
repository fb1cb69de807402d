"""What is asked of a run is done, answered or refused; what is built beside it stalls nothing."""

from __future__ import annotations

import math
import threading

import pooch
import pytest
from live_bench import LONG, PATIENCE, Bench
from live_helpers import SMALL

from ganlab.live import desk, protocol
from ganlab.live.past import Past
from ganlab.training import Trainer


@pytest.fixture
def bench():
    made = Bench()
    yield made
    made.close()


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
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path)
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


def test_a_start_that_crashes_fails_its_run_alone(bench, monkeypatch):
    def crash(past, trainer, snapshot):
        if trainer.config.seed == 13:
            raise RuntimeError("no memory left")

    monkeypatch.setattr(Past, "keep", crash)
    bench.create("bad", {**LONG, "seed": 13})
    meta = bench.frame_when("bad", lambda meta: meta["state"] == "failed")
    assert "no memory left" in meta["failure"]
    bench.tell("bad", protocol.Python())
    assert '"seed": 13' in bench.next("python", "bad")["text"]
    bench.create("good", playing=False)
    assert bench.frame("good")["state"] == "paused"


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
