"""The past can be looked at as it was, and gone on from bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from live_helpers import (
    SMALL,
    SMALL_IMAGES,
    branched,
    meta_and_arrays,
    same,
    same_history,
    started,
    train_out,
    weights,
)

from ganlab.live import protocol
from ganlab.live.actions import act

FIGURES_SHOWN = ("losses", "scores", "modes")
LAYERS = ("discriminator", "boundary", "best", "gradient")


@pytest.fixture
def run():
    return started()


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
