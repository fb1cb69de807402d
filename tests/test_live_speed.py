"""Slow motion shows every sub-step, and D alone finds its optimum."""

from __future__ import annotations

import math

import numpy as np
import pytest
from live_helpers import SMALL, meta_and_arrays, same, started, train_out, weights

from ganlab.figures.live import stage_arrays
from ganlab.live import protocol
from ganlab.live.actions import act
from ganlab.live.playing import WINDOW, Pace
from ganlab.snapshot import STAGES
from ganlab.training import Trainer


@pytest.fixture
def run():
    return started()


# -- speed and slow motion -------------------------------------------------------------------------


def test_speed_is_told_and_full_speed_has_no_number(run):
    for pace, rate in ((250.0, 250.0), (None, None)):
        act(run, protocol.Speed(pace=pace))
        assert meta_and_arrays(run)[0]["pace"] == rate
    assert run.pace.per_second == math.inf


def test_slow_motion_shows_every_sub_step_in_order(run):
    act(run, protocol.Speed(pace=0.5))
    act(run, protocol.Play(until=2))
    seen, batches = [], []
    while run.training:
        run.train(1.0)
        meta, arrays = meta_and_arrays(run)
        if run.training:
            stage = meta["stage"]
            seen.append((meta["step"], stage["index"], stage["name"], stage["side"]))
            batches.append({name for name in arrays if name.startswith("stage/")})
    sides = ("both", "g", "d", "d", "both", "g")
    stages = [(i, *pair) for i, pair in enumerate(zip(STAGES, sides, strict=True))]
    # G's update is the iteration's last: it is counted when the next begins.
    assert seen == [(step, *stage) for step in (0, 1) for stage in stages]
    assert batches[0] == {"stage/real"} and batches[1] == {"stage/real", "stage/fake"}
    assert batches[2] == batches[4] == {"stage/real", "stage/fake", "stage/belief"}
    assert batches[5] == batches[2] | {"stage/moved"}
    assert run.trainer.iteration == 2 and run.state == "paused" and run.stage is None


def test_the_arrays_of_a_sub_step_are_the_library_s(run):
    act(run, protocol.Speed(pace=0.5))
    act(run, protocol.Play())
    alone = Trainer(SMALL)
    for stage in alone.stages():
        run.train(1.0)
        _, arrays = meta_and_arrays(run)
        for name, values in stage_arrays(stage, alone.snapshot()).items():
            np.testing.assert_array_equal(arrays[name], values.astype(arrays[name].dtype))


def test_slow_motion_takes_its_time_and_waits_until_it_is_seen(run):
    act(run, protocol.Speed(pace=0.5))
    act(run, protocol.Play())
    run.pace = Pace(0.5, 0.0)
    assert run.ready(0.0)
    run.train(1.0)
    run.wanted = True  # someone asks for the frame of this sub-step
    assert not run.ready(10.0)
    meta_and_arrays(run)
    assert run.ready(10.0)
    run.train(1.0)
    meta_and_arrays(run)
    assert not run.ready(10.0 + 0.99 / 3) and run.ready(10.0 + 1.01 / 3)  # 1 / (6 * 0.5) s
    assert meta_and_arrays(run)[0]["rate"] == 0.5


def test_a_pause_in_slow_motion_holds_the_sub_step_and_a_step_finishes_it(run):
    act(run, protocol.Speed(pace=0.5))
    act(run, protocol.Play())
    for _ in range(3):
        run.train(1.0)
    act(run, protocol.Pause())
    meta, _ = meta_and_arrays(run)
    assert (meta["state"], meta["stage"]["name"], meta["step"]) == ("paused", "score", 0)
    act(run, protocol.Step(n=1))
    train_out(run)
    meta, _ = meta_and_arrays(run)
    assert (meta["stage"], meta["step"], meta["state"]) == (None, 1, "paused")
    act(run, protocol.Play())
    run.train(1.0)
    act(run, protocol.Speed(pace=100))
    assert run.trainer.iteration == 2 and run.stage is None and run.state == "playing"


@pytest.mark.parametrize(
    "command",
    [
        protocol.DStep(),
        protocol.GStep(),
        protocol.Set(values={"g_optimizer.lr": 0.01}),
        protocol.Seek(step=0),
    ],
)
def test_an_iteration_seen_half_way_is_finished_before_anything_else_happens(run, command):
    act(run, protocol.Speed(pace=0.5))
    act(run, protocol.Play())
    for _ in range(4):
        run.train(1.0)
    act(run, command)
    assert run.trainer.iteration == 1 and run.stage is None and run.past.log[0] == ("advance", 1)


def test_a_refused_setting_leaves_the_sub_step_on_the_screen(run):
    act(run, protocol.Speed(pace=0.5))
    act(run, protocol.Play())
    run.train(1.0)
    for values in ({"seed": 3}, {"g_optimizer.lr": -1}):
        with pytest.raises(ValueError, match="is not allowed"):
            act(run, protocol.Set(values=values))
    assert run.stage.name == "sample z" and run.trainer.iteration == 0


# -- D alone ---------------------------------------------------------------------------------------


def test_the_optimum_ends_with_a_sentence_and_leaves_g_alone(run):
    act(run, protocol.Step(n=10))
    train_out(run)
    g, d = weights(run, "generator"), weights(run, "discriminator")
    act(run, protocol.Optimum())
    assert run.state == "optimum" and meta_and_arrays(run)[0]["state"] == "optimum"
    train_out(run, 0.01)
    meta, _ = meta_and_arrays(run)
    assert (meta["state"], meta["step"]) == ("paused", 10)
    updates = meta["extra"]["d"]
    assert 3 * WINDOW <= updates <= 3000 and updates % WINDOW == 0
    assert same(g, weights(run, "generator")) and not same(d, weights(run, "discriminator"))
    assert meta["note"].startswith(f"D was trained alone for {updates:,} updates")
    assert f"D was trained alone for {updates:,}" in run.past.story.marks()[-1]["text"]


def test_the_losses_in_the_sentence_are_d_s(run):
    act(run, protocol.Optimum())
    train_out(run, 0.01)
    n = run.trainer.extra["d"]
    alone = Trainer(SMALL)
    means = [alone.d_step(WINDOW) for _ in range(n // WINDOW)]
    assert f"from {means[0]:.4g} to {means[-1]:.4g}, where it stopped improving: " in run.note
    gains = [1 - min(means[k : k + 5]) / min(means[:k]) for k in range(1, len(means) - 4)]
    assert gains[-1] < 0.002 and all(gain >= 0.002 for gain in gains[:-1])


def test_a_pause_ends_the_optimum_and_play_goes_on_from_it(run):
    act(run, protocol.Optimum())
    run.train(0.0)
    act(run, protocol.Pause())
    assert run.state == "paused" and "1 update, too few" in run.note
    act(run, protocol.Optimum())
    act(run, protocol.Play())
    assert run.state == "playing" and run.optimum is None


def test_a_finished_run_can_still_train_d_alone(run):
    act(run, protocol.Step(n=40))
    train_out(run)
    act(run, protocol.Optimum())
    train_out(run, 0.05)
    assert run.state == "finished" and run.trainer.extra["d"] >= 300
