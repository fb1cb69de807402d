"""A live run obeys, refuses and fails as it should; its frames say what the trainer holds."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest
from live_helpers import SMALL, SMALL_IMAGES, WILD, branched, meta_and_arrays, started, train_out

from ganlab.config import RunConfig
from ganlab.figures import FIGURES
from ganlab.figures.live import scene_arrays, stage_arrays
from ganlab.live import protocol
from ganlab.live.actions import act
from ganlab.live.playing import WINDOW, Pace
from ganlab.snapshot import STAGES, Status
from ganlab.training import Trainer

FIGURES_SHOWN = ("losses", "scores", "modes")
LAYERS = ("discriminator", "boundary", "best", "gradient")


@pytest.fixture
def run():
    return started()


def weights(run, side):
    """The trained weights of "generator" or "discriminator", copied."""
    return {k: x for k, x in run.trainer.checkpoint().items() if k.startswith(f"{side}.")}


def same(before, after):
    return before.keys() == after.keys() and all((before[k] == after[k]).all() for k in before)


def same_history(one, other):
    """Whether two trainers wrote the same rows, bit for bit, but for the clock."""
    ours, theirs = one.history, other.history
    for name in theirs:
        if name != "seconds":
            np.testing.assert_array_equal(ours[name], theirs[name])
    return True


# -- frames ----------------------------------------------------------------------------------------


def test_a_frame_holds_the_picture_the_figures_and_the_facts(run):
    act(run, protocol.Step(n=20))
    train_out(run)
    meta, arrays = meta_and_arrays(run, FIGURES_SHOWN, LAYERS)
    snapshot = run.trainer.snapshot()
    assert (meta["kind"], meta["step"], meta["steps"], meta["seed"]) == ("frame", 20, 40, 7)
    assert (meta["state"], meta["cursor"], meta["newest"], meta["until"]) == (
        "paused",
        None,
        20,
        None,
    )
    assert meta["stage"] is None and meta["branch_step"] == 20 and meta["extra"] == {"d": 0, "g": 0}
    assert "D" in meta["narration"]
    for name in FIGURES_SHOWN:
        for index, trace in enumerate(FIGURES[name].traces(FIGURES[name].data(snapshot))):
            for key, values in trace.items():
                sent = arrays[f"{name}/{index}/{key}"]
                np.testing.assert_array_equal(sent, np.asarray(values, np.float32))
    picture, found = scene_arrays(snapshot, LAYERS)
    assert meta["p_g"] == found["p_g"]
    assert {name for name in arrays if name.startswith("scene/")} == picture.keys()
    for name, values in picture.items():
        np.testing.assert_array_equal(arrays[name], values.astype(arrays[name].dtype))


def test_a_frame_maps_steps_to_seconds_and_names_the_moments(run):
    act(run, protocol.Step(n=40))
    train_out(run)
    _, arrays = meta_and_arrays(run)
    np.testing.assert_array_equal(arrays["timeline/steps"], [0, 10, 20, 30, 40])
    np.testing.assert_array_equal(arrays["clock/step"], [10, 20, 30, 40])
    seconds = run.trainer.history["seconds"].astype(np.float32)
    np.testing.assert_array_equal(arrays["clock/seconds"], seconds)
    assert (np.diff(seconds) > 0).all()


def test_the_map_from_steps_to_seconds_stays_small():
    run = started(SMALL.with_values({"probe.record_every": 1, "training.steps": 430}))
    act(run, protocol.Step(n=430))
    train_out(run)
    _, arrays = meta_and_arrays(run)
    steps = arrays["clock/step"]
    assert len(steps) == 200 and (steps[0], steps[-1]) == (1, 430) and (np.diff(steps) >= 2).all()


# -- playing ---------------------------------------------------------------------------------------


def test_a_run_keeps_its_pace_while_playing_and_steps_at_once():
    run = started(playing=True)
    run.pace = Pace(10.0, 0.0)  # two seconds, by a clock of our own
    done = 0
    for tick in range(1, 21):
        if run.ready(tick / 10):
            run.train(1.0)
        done, before = run.trainer.iteration, done
        assert done - before <= 2
    assert 19 <= done <= 22
    act(run, protocol.Step(n=5))
    assert run.ready(2.0)
    train_out(run)
    assert run.trainer.iteration == done + 5


@pytest.mark.parametrize("n", [1, 3, 40])
def test_step_trains_exactly_n_iterations(run, n):
    act(run, protocol.Step(n=n))
    train_out(run, 0.001)
    assert run.trainer.iteration == n
    assert run.state == ("finished" if n == 40 else "paused")


def test_play_trains_to_the_end_and_then_says_so(run):
    act(run, protocol.Play())
    assert run.state == "playing"
    train_out(run, 0.01)
    assert run.trainer.iteration == 40 and run.state == "finished" and not run.playing
    with pytest.raises(ValueError, match="finished its 40 steps; reset"):
        act(run, protocol.Play())
    with pytest.raises(ValueError, match="reset"):
        act(run, protocol.Step())


def test_play_until_stops_there_and_not_behind(run):
    act(run, protocol.Play(until=17))
    assert meta_and_arrays(run)[0]["until"] == 17
    train_out(run, 0.05)
    meta, _ = meta_and_arrays(run)
    assert (meta["step"], meta["state"], meta["until"]) == (17, "paused", None)
    with pytest.raises(ValueError, match="past step 17 already; give a step after 17"):
        act(run, protocol.Play(until=17))
    assert run.state == "paused"
    act(run, protocol.Play(until=30))
    act(run, protocol.Play())  # on and on after all
    train_out(run)
    assert run.trainer.iteration == 40


def test_a_finished_run_goes_on_when_it_is_given_more_steps(run):
    act(run, protocol.Step(n=40))
    train_out(run)
    act(run, protocol.Set(values={"training.steps": 60}))
    assert run.state == "paused" and run.config.training.steps == 60
    act(run, protocol.Play())
    train_out(run, 0.1)
    assert run.trainer.iteration == 60


def test_pause_stops_and_forgets_the_goal(run):
    act(run, protocol.Step(n=30))
    run.train(0.0)
    act(run, protocol.Pause())
    assert not run.training and run.state == "paused" and run.trainer.iteration < 30


def test_d_and_g_steps_move_one_player_each(run):
    d, g = weights(run, "discriminator"), weights(run, "generator")
    act(run, protocol.DStep())
    assert not same(d, weights(run, "discriminator")) and same(g, weights(run, "generator"))
    d = weights(run, "discriminator")
    act(run, protocol.GStep())
    assert same(d, weights(run, "discriminator")) and not same(g, weights(run, "generator"))
    meta, _ = meta_and_arrays(run)
    assert (meta["step"], meta["extra"]) == (0, {"d": 1, "g": 1})


def test_stepping_live_is_stepping_the_library(run):
    """The live run's history is the library's, bit for bit, however it is played."""
    paces = [None, 0.5, 3.0, None]
    while run.trainer.iteration < 40:
        act(run, protocol.Speed(pace=paces[run.trainer.iteration // 10]))
        act(run, protocol.Play())
        for _ in range(5):
            if run.training:
                run.train(0.002)
                meta_and_arrays(run, layers=LAYERS)
    alone = Trainer(SMALL)
    alone.advance(40)
    assert same_history(run.trainer, alone)


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
    assert f"from {means[0]:.4g} to {means[-1]:.4g}, where it stopped improving." in run.note
    gains = [(a - b) / abs(a) for a, b in itertools.pairwise(means)]
    assert max(gains[-2:]) < 0.005 and all(
        max(gains[i : i + 2]) >= 0.005 for i in range(len(gains) - 2)
    )


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


# -- the past --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "config", [SMALL, SMALL.with_values({"data.name": "mixture1d"}), SMALL_IMAGES]
)
def test_seeking_shows_the_moment_as_it_was(config):
    run = started(config)
    layers = (*LAYERS, "exact", "rays")
    frames = {}
    for step in (0, 10, 20, 30):
        frames[step] = meta_and_arrays(run, FIGURES_SHOWN, layers)
        act(run, protocol.Step(n=10))
        train_out(run)
    now = meta_and_arrays(run, FIGURES_SHOWN, layers)
    for step in (20, 0, 30, 10):
        act(run, protocol.Seek(step=step + 7))
        meta, arrays = meta_and_arrays(run, FIGURES_SHOWN, layers)
        then, shown = frames[step]
        assert (meta["cursor"], meta["newest"], meta["branch_step"]) == (step, 40, step)
        for fact in ("step", "seconds", "narration", "message", "p_g"):
            assert meta[fact] == then[fact]
        assert shown.keys() == arrays.keys()
        for name in shown.keys() - {"timeline/steps", "clock/step", "clock/seconds"}:
            np.testing.assert_allclose(arrays[name], shown[name], rtol=1e-5, atol=1e-5)
        assert (arrays["scene/fake"] != now[1]["scene/fake"]).any()
        np.testing.assert_array_equal(arrays["timeline/steps"], [0, 10, 20, 30, 40])
        np.testing.assert_array_equal(arrays["clock/step"], [10, 20, 30, 40])
    act(run, protocol.Seek())
    back = meta_and_arrays(run, FIGURES_SHOWN, layers)
    assert back[0]["cursor"] is None and back[0]["step"] == 40
    np.testing.assert_array_equal(back[1]["scene/fake"], now[1]["scene/fake"])


def test_seeking_pauses_and_play_returns_to_now(run):
    act(run, protocol.Play())
    while run.trainer.iteration < 25:
        run.train(0.005)
    act(run, protocol.Seek(step=12))
    held = run.trainer.iteration
    assert (run.state, run.cursor) == ("paused", 10) and not run.training
    act(run, protocol.Play())
    assert run.cursor is None and run.state == "playing"
    train_out(run)
    assert run.trainer.iteration == 40 > held


@pytest.mark.parametrize("step", [23, 24, 10**8, None])
def test_seeking_to_now_or_later_is_now(run, step):
    act(run, protocol.Step(n=23))
    train_out(run)
    act(run, protocol.Seek(step=step))
    assert run.cursor is None and run.state == "paused"


def test_a_branch_repeats_the_original_bit_for_bit(run):
    act(run, protocol.Step(n=20))
    train_out(run)
    act(run, protocol.Set(values={"d_optimizer.lr": 0.01}))
    act(run, protocol.Step(n=20))
    train_out(run)
    act(run, protocol.Seek(step=25))
    branch = branched(run)
    assert run.cursor == 20 and run.trainer.iteration == 40  # the source stays as it is
    assert branch.state == "paused" and branch.trainer.iteration == 20
    assert branch.config.d_optimizer.lr == 2e-3  # as it was then
    np.testing.assert_array_equal(branch.past.timeline.steps, [0, 10, 20])
    act(branch, protocol.Set(values={"d_optimizer.lr": 0.01}))
    act(branch, protocol.Play())
    train_out(branch)
    assert same_history(branch.trainer, run.trainer)
    assert same(weights(branch, "generator"), weights(run, "generator"))
    titles = [mark["title"] for mark in branch.past.story.marks() if mark["severity"] == "change"]
    assert titles == ["Branched here", "D's learning rate: 0.01"]


def test_a_branch_of_now_takes_what_was_done_by_hand(run):
    act(run, protocol.Step(n=13))
    train_out(run)
    act(run, protocol.DStep())
    branch = branched(run)
    assert branch.trainer.iteration == 13 and branch.trainer.extra == {"d": 1, "g": 0}
    assert same(weights(branch, "discriminator"), weights(run, "discriminator"))
    act(run, protocol.Step(n=7))
    train_out(run)
    act(branch, protocol.Step(n=7))
    train_out(branch)
    assert same(weights(branch, "generator"), weights(run, "generator"))


# -- settings --------------------------------------------------------------------------------------


def test_live_settings_act_and_others_are_refused(run):
    act(run, protocol.Set(values={"g_optimizer.lr": 0.5}))
    assert run.config.g_optimizer.lr == 0.5 == run.trainer.config.g_optimizer.lr
    for values in ({"seed": 3}, {"g_optimizer.lr": -1}, {"nonsense": 1}):
        with pytest.raises(ValueError, match=next(iter(values))):
            act(run, protocol.Set(values=values))
    assert run.config.g_optimizer.lr == 0.5 and run.config.seed == 7
    (mark,) = run.past.story.marks()
    assert (mark["step"], mark["severity"], mark["title"]) == (
        0,
        "change",
        "G's learning rate: 0.5",
    )


def test_a_setting_at_its_value_already_is_no_change(run):
    act(run, protocol.Set(values={"g_optimizer.lr": 1e-3}))
    assert run.past.log == () and run.past.story.marks() == []


# -- trouble ---------------------------------------------------------------------------------------


def test_divergence_is_a_state_with_a_sentence():
    run = started(WILD, playing=True)
    train_out(run)
    meta, arrays = meta_and_arrays(run)
    assert meta["state"] == "diverged" and "iverged at step" in meta["message"]
    assert np.isfinite(arrays["scene/fake"]).all()
    for command in (protocol.Play(), protocol.Step(), protocol.DStep(), protocol.Optimum()):
        with pytest.raises(ValueError, match="This run diverged"):
            act(run, command)


def test_a_diverged_run_is_retried_from_its_healthy_state():
    run = started(WILD.with_values({"g_optimizer.lr": 1e-3, "d_optimizer.lr": 1e-3}))
    act(run, protocol.Step(n=240))
    train_out(run)
    with pytest.raises(ValueError, match="has not diverged"):
        act(run, protocol.Retry())
    act(run, protocol.Set(values={"g_optimizer.lr": 1000.0, "d_optimizer.lr": 1000.0}))
    act(run, protocol.Play())
    train_out(run)
    healthy = run.trainer.iteration
    assert run.state == "diverged" and healthy == 200
    assert run.past.timeline.steps.max() == 240
    act(run, protocol.Seek(step=230))  # what led to it can still be looked at
    assert meta_and_arrays(run)[0]["step"] == 230
    act(run, protocol.Set(values={"g_optimizer.lr": 1e-3, "d_optimizer.lr": 1e-3}))
    act(run, protocol.Retry())
    meta, _ = meta_and_arrays(run)
    assert (meta["state"], meta["step"], meta["cursor"]) == ("playing", 200, None)
    assert run.past.timeline.steps.max() == 200
    while run.trainer.iteration < 300:
        run.train(0.05)
    assert run.state == "playing"
    assert "Retried" in [mark["title"] for mark in run.past.story.marks()]


def test_divergence_found_while_looking_is_in_the_same_frame(run, monkeypatch):
    look = Trainer.snapshot

    def finds_nan(trainer):
        trainer.status, trainer.message = Status.DIVERGED, "NaN was found."
        return look(trainer)

    act(run, protocol.Play())
    run.train(0.0)
    monkeypatch.setattr(Trainer, "snapshot", finds_nan)
    meta, _ = meta_and_arrays(run)
    assert (meta["state"], meta["message"]) == ("diverged", "NaN was found.")
    assert not run.playing and not run.training and run.past.log[-1] == ("snapshot", None)


def test_a_failed_run_keeps_its_reason(run):
    try:
        raise RuntimeError("the tape tore")
    except RuntimeError as error:
        run.fail(error)
    meta, arrays = meta_and_arrays(run)
    assert meta["state"] == "failed" and "the tape tore" in meta["failure"]
    assert "test_a_failed_run_keeps" in meta["traceback"] and not arrays
    for command in (protocol.Play(), protocol.Seek(step=0), protocol.Retry(), protocol.DStep()):
        with pytest.raises(ValueError, match="reset"):
            act(run, command)
    with pytest.raises(ValueError, match="reset"):
        branched(run)


def test_missing_data_are_a_sentence_without_a_traceback(run):
    run.fail(ValueError("MNIST is not here; choose digits."))
    meta, _ = meta_and_arrays(run)
    assert meta["failure"] == "MNIST is not here; choose digits." and meta["traceback"] == ""


def test_what_a_run_goes_without_is_said(run, monkeypatch):
    monkeypatch.setattr(Trainer, "note", "Images train without scores here.")
    assert meta_and_arrays(run)[0]["note"] == "Images train without scores here."


def test_looking_twice_costs_one_look(run, monkeypatch):
    looks = []
    look = Trainer.snapshot
    monkeypatch.setattr(Trainer, "snapshot", lambda trainer: looks.append(1) or look(trainer))
    act(run, protocol.DStep())
    first, second = (meta_and_arrays(run)[1] for _ in range(2))
    assert len(looks) == 1
    np.testing.assert_array_equal(first["scene/belief"], second["scene/belief"])
    act(run, protocol.GStep())
    meta_and_arrays(run)
    assert len(looks) == 2


def test_the_rate_counts_the_last_seconds():
    run = started(RunConfig(), playing=True)
    start = time.monotonic()
    for second in (0.0, 1.0):
        run.rate.add(start + second, int(50 * second))
    assert meta_and_arrays(run)[0]["rate"] == pytest.approx(50.0)
