"""A live run plays as it is told and fails as it should; its frames say what the trainer holds."""

from __future__ import annotations

import time

import numpy as np
import pytest
from live_helpers import (
    SMALL,
    WILD,
    branched,
    meta_and_arrays,
    same,
    same_history,
    started,
    train_out,
    weights,
)

from ganlab.config import RunConfig
from ganlab.figures import FIGURES
from ganlab.figures.live import scene_arrays
from ganlab.live import protocol
from ganlab.live.actions import act
from ganlab.live.playing import Pace
from ganlab.snapshot import Status
from ganlab.training import Trainer

FIGURES_SHOWN = ("losses", "scores", "modes")
LAYERS = ("discriminator", "boundary", "best", "gradient")


@pytest.fixture
def run():
    return started()


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
    act(run, protocol.Speed(pace=0.5))
    act(run, protocol.Play())
    run.train(1.0)
    try:
        raise RuntimeError("the tape tore")
    except RuntimeError as error:
        run.fail(error)
    meta, arrays = meta_and_arrays(run)
    assert meta["state"] == "failed" and "the tape tore" in meta["failure"]
    assert meta["stage"] is None and "test_a_failed_run_keeps" in meta["traceback"] and not arrays
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
