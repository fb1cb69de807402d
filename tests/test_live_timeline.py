"""Moments thin out evenly, within their bounds; small ones look like the snapshots they were."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from live_helpers import SMALL, SMALL_IMAGES

from ganlab.config import RunConfig
from ganlab.figures.live import LAYERS, scene_arrays, scene_kind
from ganlab.live import timeline as timeline_module
from ganlab.live.timeline import MOST, Moment, Timeline, restored, slim
from ganlab.snapshot import History, Snapshot, Status
from ganlab.training import Trainer

CONFIGS = {
    "2-D": SMALL,
    "1-D": SMALL.with_values({"data.name": "mixture1d", "latent.dim": 1, "latent.signs": 0}),
    "exact 2-D": SMALL.with_values({"latent.signs": 0}),
    "critic": SMALL.with_values({"loss.name": "wasserstein"}),
    "images": SMALL_IMAGES,
}


def moment(step, view_bytes=8, checkpoint_bytes=8):
    points = np.zeros((view_bytes // 8, 2), np.float32)
    none = np.empty(0, np.float32)
    view = Snapshot(
        step=step, steps=1, epoch=0.0, seconds=0.0, status=Status.RUNNING, message="", loss="",
        real=none, fake=points, latents=none, real_logits=none, fake_logits=none, bounds=none,
        history=History(), equilibrium={}, measures={},
    )  # fmt: skip
    tensors = {"x": torch.zeros(checkpoint_bytes, dtype=torch.uint8)}
    return Moment(view, RunConfig(), (), tensors)


def filled(last, interval=10, **sizes):
    """A timeline to which every moment that was due up to ``last`` was given."""
    made = Timeline(interval)
    made.keep(moment(0, **sizes))
    step = 0
    while (step := made.due(step)) <= last:
        made.keep(moment(step, **sizes))
    return made


def with_checkpoint(timeline):
    return [m.step for m in timeline.moments if m.checkpoint is not None]


@pytest.mark.parametrize("last", [0, 10, 1270, 1280, 1290, 5000, 123_450])
def test_moments_thin_out_by_halves(last):
    made = filled(last)
    steps = made.steps.astype(int).tolist()
    assert len(steps) <= MOST and steps[0] == 0 and last - steps[-1] < made.interval
    assert steps == list(range(0, last + 1, made.interval))
    doublings = np.log2(made.interval / 10)
    assert doublings == int(doublings) and (made.interval == 10 or len(steps) > MOST / 2 - 1)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=300), st.integers(1, 10))
def test_the_first_and_the_newest_stay_whatever_comes(gaps, interval):
    made = Timeline(interval)
    for step in np.cumsum([0, *gaps]).tolist():
        before = made.interval
        made.keep(moment(step))
        steps = made.steps.astype(int).tolist()
        assert (steps[0], steps[-1]) == (0, step) and steps == sorted(set(steps))
        assert before == made.interval or all(kept % made.interval == 0 for kept in steps[:-1])
        assert len(steps) <= MOST
        kept = with_checkpoint(made)
        assert (kept[0], kept[-1]) == (0, step)


@pytest.mark.parametrize(("weight", "most"), [("view_bytes", 64), ("checkpoint_bytes", 48)])
def test_what_moments_weigh_is_bounded(monkeypatch, weight, most):
    monkeypatch.setattr(timeline_module, weight.upper(), 1000 * most)
    for last in (400, 1000, 20_000):
        made = filled(last, **{weight: 1000})
        total = sum(getattr(moment, weight) for moment in made.moments)
        assert 1000 * most / 3 < total <= 1000 * most
        if weight == "checkpoint_bytes":  # the moments themselves stay
            assert made.interval < made.spacing or last == 400
            # The newest always keeps its own until a newer one comes.
            regular = list(range(0, last + 1, made.spacing))
            assert with_checkpoint(made) == sorted({*regular, int(made.steps[-1])})


def test_two_heavy_moments_are_kept_whatever_they_weigh(monkeypatch):
    monkeypatch.setattr(timeline_module, "CHECKPOINT_BYTES", 10)
    monkeypatch.setattr(timeline_module, "VIEW_BYTES", 10)
    made = filled(640, checkpoint_bytes=100, view_bytes=96)
    assert made.steps[0] == 0 and made.steps[-1] > 320 and len(made.steps) == 2
    assert len(with_checkpoint(made)) == 2


def test_the_nearest_moment_at_or_before_a_step(monkeypatch):
    monkeypatch.setattr(timeline_module, "CHECKPOINT_BYTES", 40)
    made = filled(100)
    assert [made.at(step).step for step in (0, 9, 10, 57, 1000)] == [0, 0, 10, 50, 100]
    assert with_checkpoint(made) == [0, 40, 80, 100]
    assert [made.restart(step).step for step in (0, 39, 40, 79, 99, 100)] == [0, 0, 40, 40, 80, 100]
    assert Timeline(10).at(5) is None


def test_a_moment_replaces_those_that_are_no_longer_true():
    made = filled(50)
    made.keep(moment(30))
    assert made.steps.tolist() == [0, 10, 20, 30]


def test_an_early_part_of_a_timeline_stands_alone():
    made = filled(2000)
    early = made.until(100)
    assert early.steps.tolist() == [0, 20, 40, 60, 80, 100] and early.interval == made.interval
    early.keep(moment(113))
    assert early.steps[-1] == 113 and made.steps[-1] == 2000 and early.due(113) == 120


@pytest.mark.parametrize("name", CONFIGS)
def test_a_small_moment_shows_the_same_picture(name):
    trainer = Trainer(CONFIGS[name])
    trainer.advance(20)
    snapshot = trainer.snapshot()
    small = slim(snapshot)
    again = restored(small, trainer.history)
    assert small.history.rows == 0 and again.history.rows == 2
    assert (again.step, again.verdicts, again.measures) == (
        20,
        snapshot.verdicts,
        snapshot.measures,
    )
    pictures = [scene_arrays(shot, LAYERS[scene_kind(snapshot)]) for shot in (snapshot, again)]
    (full, facts), (shown, same_facts) = pictures
    assert facts == same_facts and full.keys() == shown.keys()
    for key, values in full.items():
        np.testing.assert_allclose(shown[key], values, rtol=1e-5, atol=1e-5, err_msg=key)
    assert shown["scene/fake"].std() > 0


@pytest.mark.parametrize("name", CONFIGS)
def test_a_small_moment_counts_what_it_alone_holds(name):
    trainer = Trainer(CONFIGS[name])
    snapshot = trainer.snapshot()
    kept = Moment(slim(snapshot), trainer.config, (), trainer.checkpoint())
    assert np.shares_memory(kept.view.real, snapshot.real)
    own = {
        "fake": np.uint8 if name == "images" else np.float32,
        "real_logits": np.float32,
        "fake_logits": np.float32,
    }
    least = sum(np.dtype(d).itemsize * getattr(kept.view, k).size for k, d in own.items())
    assert {k: getattr(kept.view, k).dtype for k in own} == own
    if kept.view.field is not None:
        least += kept.view.field.logits.nbytes + kept.view.field.gradient.nbytes
    shared = kept.view.real.nbytes + kept.view.latents.nbytes
    assert least <= kept.view_bytes < least + 60_000
    assert kept.view_bytes > least or name == "images" or shared
    tensors = trainer.checkpoint().values()
    assert kept.checkpoint_bytes == sum(x.nbytes for x in tensors)


def test_later_training_does_not_change_a_moment():
    trainer = Trainer(SMALL)
    kept = slim(trainer.snapshot())
    before = kept.fake.copy(), kept.field.logits.copy()
    trainer.advance(20)
    np.testing.assert_array_equal(kept.fake, before[0])
    np.testing.assert_array_equal(kept.field.logits, before[1])
    assert (trainer.snapshot().fake != kept.fake).any()
