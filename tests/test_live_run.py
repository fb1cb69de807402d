"""A live run obeys, refuses and fails as it should; its frames say what the trainer holds."""

from __future__ import annotations

import time

import numpy as np
import pytest
from live_helpers import SMALL

from ganlab.figures import FIGURES
from ganlab.figures.scene2d import scene2d_data
from ganlab.live import protocol
from ganlab.live.frames import unpack
from ganlab.live.run import LiveRun
from ganlab.snapshot import Status
from ganlab.training import Trainer

FIGURES_SHOWN = ("losses", "scores", "modes")


@pytest.fixture
def run():
    made = LiveRun(SMALL, playing=False)
    made.figures = FIGURES_SHOWN
    made.build()
    return made


def train_out(run, seconds=0.05):
    """Turn after turn until the run stands still."""
    while run.training:
        run.train(seconds)


def meta_and_arrays(run):
    return unpack(run.frame(time.monotonic()))


def test_a_frame_holds_the_scene_the_figures_and_the_facts(run):
    run.act(protocol.Step(n=20))
    train_out(run)
    meta, arrays = meta_and_arrays(run)
    snapshot = run.trainer.snapshot()
    assert (meta["step"], meta["steps"], meta["seed"], meta["state"]) == (20, 40, 7, "paused")
    assert "D" in meta["narration"]
    for name in FIGURES_SHOWN:
        for index, trace in enumerate(FIGURES[name].traces(FIGURES[name].data(snapshot))):
            for key, values in trace.items():
                sent = arrays[f"{name}/{index}/{key}"]
                np.testing.assert_array_equal(sent, np.asarray(values, np.float32))
    np.testing.assert_array_equal(arrays["scene/fake"], snapshot.fake.astype(np.float32))
    np.testing.assert_array_equal(arrays["scene/real"], snapshot.real.astype(np.float32))


def test_a_run_keeps_its_pace_while_playing_and_steps_at_once():
    run = LiveRun(SMALL, pace=10.0)
    run.build()
    start = run._allowed_at
    done = 0
    for tick in range(1, 21):  # two seconds, by a clock of our own
        if run.ready(start + tick / 10):
            run.train(1.0)
        done, before = run.trainer.iteration, done
        assert done - before <= 2
    assert 19 <= done <= 22
    run.act(protocol.Step(n=5))
    assert run.ready(start + 2)
    train_out(run)
    assert run.trainer.iteration == done + 5


@pytest.mark.parametrize("name", ["gaussian1d", "mnist"])
def test_data_without_a_picture_are_refused_before_anything_is_downloaded(run, name):
    with pytest.raises(ValueError, match="two-dimensional"):
        run.act(protocol.Reset(values={"data.name": name}))
    assert run.config == SMALL and run.trainer is not None


def test_the_scene_on_the_wire_is_what_d_believes(run):
    _, arrays = meta_and_arrays(run)
    record = scene2d_data(run.trainer.snapshot())
    np.testing.assert_allclose(arrays["scene/belief"] / 255, record.d, atol=0.5 / 255 + 1e-6)
    np.testing.assert_allclose(arrays["scene/bounds"], record.bounds, rtol=1e-6)
    cell = record.x[1] - record.x[0]
    assert arrays["scene/extent"][0] == pytest.approx(
        [record.x[0] - cell / 2, record.x[-1] + cell / 2]
    )
    segments = record.boundary[np.isfinite(record.boundary).all(1)].reshape(-1, 4)
    np.testing.assert_allclose(arrays["scene/boundary"], segments, rtol=1e-5)


@pytest.mark.parametrize("n", [1, 3, 40])
def test_step_trains_exactly_n_iterations(run, n):
    run.act(protocol.Step(n=n))
    train_out(run, 0.001)
    assert run.trainer.iteration == n
    assert run.state == ("finished" if n == 40 else "paused")


def test_play_trains_to_the_end_and_then_says_so(run):
    run.act(protocol.Play())
    assert run.state == "playing"
    train_out(run, 0.01)
    assert run.trainer.iteration == 40 and run.state == "finished" and not run.playing
    with pytest.raises(ValueError, match="finished its 40 steps; reset"):
        run.act(protocol.Play())
    with pytest.raises(ValueError, match="reset"):
        run.act(protocol.Step())


def test_a_finished_run_goes_on_when_it_is_given_more_steps(run):
    run.act(protocol.Step(n=40))
    train_out(run)
    run.act(protocol.Set(values={"training.steps": 60}))
    assert run.state == "paused" and run.config.training.steps == 60
    run.act(protocol.Play())
    train_out(run, 0.1)
    assert run.trainer.iteration == 60


def test_pause_stops_and_forgets_the_goal(run):
    run.act(protocol.Step(n=30))
    run.train(0.0)
    run.act(protocol.Pause())
    assert not run.training and run.state == "paused" and run.trainer.iteration < 30


def test_d_and_g_steps_move_one_player_each(run):
    def weights(network):
        return [parameter.detach().clone() for parameter in network.parameters()]

    def moved(before, network):
        return any((a != b).any() for a, b in zip(before, weights(network), strict=True))

    state = run.trainer._state
    d, g = weights(state.discriminator), weights(state.generator)
    run.act(protocol.DStep())
    assert moved(d, state.discriminator) and not moved(g, state.generator)
    d = weights(state.discriminator)
    run.act(protocol.GStep())
    assert moved(g, state.generator) and not moved(d, state.discriminator)
    assert run.trainer.iteration == 0


def test_reset_goes_back_to_the_same_beginning(run):
    _, first = meta_and_arrays(run)
    run.act(protocol.Step(n=10))
    train_out(run)
    _, later = meta_and_arrays(run)
    run.act(protocol.Reset())
    meta, again = meta_and_arrays(run)
    assert (meta["step"], meta["seed"], meta["state"]) == (0, 7, "paused")
    np.testing.assert_array_equal(again["scene/fake"], first["scene/fake"])
    assert (later["scene/fake"] != first["scene/fake"]).any()


def test_a_new_seed_begins_elsewhere_and_a_wrong_one_changes_nothing(run):
    _, first = meta_and_arrays(run)
    run.act(protocol.Reset(values={"seed": 8}))
    meta, other = meta_and_arrays(run)
    assert meta["seed"] == 8
    assert (other["scene/fake"] != first["scene/fake"]).all()
    trainer = run.trainer
    with pytest.raises(ValueError, match="seed"):
        run.act(protocol.Reset(values={"seed": -1}))
    assert run.trainer is trainer and run.config.seed == 8


def test_live_settings_act_and_others_are_refused(run):
    run.act(protocol.Set(values={"g_optimizer.lr": 0.5}))
    assert run.config.g_optimizer.lr == 0.5 == run.trainer.config.g_optimizer.lr
    for values in ({"seed": 3}, {"g_optimizer.lr": -1}, {"nonsense": 1}):
        with pytest.raises(ValueError, match=next(iter(values))):
            run.act(protocol.Set(values=values))
    assert run.config.g_optimizer.lr == 0.5 and run.config.seed == 7


def test_divergence_is_a_state_with_a_sentence():
    wild = SMALL.with_values(
        {"g_optimizer.name": "sgd", "d_optimizer.name": "sgd", "penalty.r1": 0, "penalty.r2": 0}
        | {"g_optimizer.lr": 1000, "d_optimizer.lr": 1000, "training.steps": 2000}
    )
    run = LiveRun(wild)
    run.build()
    train_out(run, 0.05)
    meta, arrays = meta_and_arrays(run)
    assert meta["state"] == "diverged" and "iverged at step" in meta["message"]
    assert np.isfinite(arrays["scene/fake"]).all()
    with pytest.raises(ValueError, match="diverged at step"):
        run.act(protocol.Play())


def test_divergence_found_while_looking_is_in_the_same_frame(run, monkeypatch):
    look = Trainer.snapshot

    def finds_nan(trainer):
        trainer.status, trainer.message = Status.DIVERGED, "NaN was found."
        return look(trainer)

    run.act(protocol.Play())
    monkeypatch.setattr(Trainer, "snapshot", finds_nan)
    meta, _ = meta_and_arrays(run)
    assert (meta["state"], meta["message"]) == ("diverged", "NaN was found.")
    assert not run.playing and not run.training


def test_a_failed_run_keeps_its_reason_and_can_be_reset(run):
    try:
        raise RuntimeError("the tape tore")
    except RuntimeError as error:
        run.fail(error)
    meta, arrays = meta_and_arrays(run)
    assert meta["state"] == "failed" and "the tape tore" in meta["failure"]
    assert "test_a_failed_run_keeps" in meta["traceback"] and not arrays
    with pytest.raises(ValueError, match="reset"):
        run.act(protocol.Play())
    run.act(protocol.Reset())
    assert run.state == "paused" and meta_and_arrays(run)[0]["step"] == 0


def test_missing_data_are_a_sentence_without_a_traceback(run):
    run.fail(ValueError("MNIST is not here; choose digits."))
    meta, _ = meta_and_arrays(run)
    assert meta["failure"] == "MNIST is not here; choose digits." and meta["traceback"] == ""


def test_stepping_live_is_stepping_the_library(run):
    """The live run's history is the library's, bit for bit."""
    run.act(protocol.Play())
    while run.training:
        run.train(0.002)
        run.frame(time.monotonic())
    alone = Trainer(SMALL)
    alone.advance(40)
    ours, theirs = run.trainer.snapshot().history, alone.snapshot().history
    for name in theirs:
        if name != "seconds":
            np.testing.assert_array_equal(ours[name], theirs[name])
