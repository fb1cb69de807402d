"""Marks on the time axis: what the user changed, what the history tells, the newest of both."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from live_helpers import WILD, started, train_out

from ganlab.config import SETTINGS, RunConfig
from ganlab.live.story import MOST, Story
from ganlab.snapshot import Event

BASE = RunConfig().flat()


GAIN = Event(20, "modes gained", "good", "a mode", "It is there.")


def test_a_change_names_the_setting_and_both_values():
    story = Story()
    story.change(30, BASE, {"g_optimizer.lr": 0.25})
    story.change(40, BASE, {"loss.name": "hinge", "training.batch_size": 2048})
    one, two = story.marks()
    assert one == {
        "step": 30,
        "name": "change",
        "severity": "change",
        "title": "G's learning rate: 0.25",
        "text": "You changed G's learning rate from 0.001 to 0.25.",
    }
    assert two["title"] == "2 settings changed"
    assert two["text"] == (
        "You changed Loss from Non-saturating to Hinge; Batch size from 512 to 2,048."
    )


def test_a_slider_that_is_dragged_leaves_one_mark():
    story = Story()
    for value in (0.1, 0.2, 0.3):
        story.change(5, BASE | {"penalty.r1": value - 0.05}, {"penalty.r1": value})
    (mark,) = story.marks()
    assert mark["text"].endswith("from 0.05 to 0.3.")
    story.change(5, BASE, {"penalty.r1": 0.1 - 0.05})
    assert story.marks() == []


@pytest.mark.parametrize("path", [path for path, setting in SETTINGS.items() if setting.live])
def test_every_live_setting_can_be_told(path):
    story = Story()
    other = next(
        value
        for value in (*(SETTINGS[path].choices or ()), 0.5, 7)
        if value != BASE[path] and (not SETTINGS[path].choices or value in SETTINGS[path].choices)
    )
    story.change(1, BASE, {path: other})
    (mark,) = story.marks()
    assert SETTINGS[path].label.lower() in mark["title"].lower() and json.dumps(mark)


def test_only_the_newest_marks_are_shown_in_the_order_of_their_steps():
    story = Story()
    for step in range(2 * MOST):
        story.act(2 * MOST - step, f"number {step}", "It was done.")
    marks = story.marks()
    steps = [mark["step"] for mark in marks]
    assert steps == list(range(MOST + 1, 2 * MOST + 1)) and marks[-1]["title"] == "number 0"


def test_what_happened_by_itself_stands_among_what_was_done():
    story = Story()
    for events in ((), (GAIN,), (GAIN,)):
        story.read(events)
    assert story.revision == 1
    story.act(10, "Retried", "Done.")
    story.read((GAIN, replace(GAIN, step=np.int64(5))))
    assert [mark["step"] for mark in story.marks()] == [5, 10, 20] and story.revision == 3
    assert json.loads(json.dumps(story.marks()))[2] == asdict(GAIN)


def test_the_early_part_of_a_story_waits_for_its_events():
    story = Story()
    story.act(20, "Retried", "Done.")
    story.act(30, "Retried", "Done.")
    story.change(10, BASE, {"penalty.r1": 1.0})
    story.change(30, BASE, {"penalty.r1": 2.0})
    story.read((GAIN,))
    early = story.until(20)
    assert [(m["step"], m["title"]) for m in early.marks()] == [(10, "R1: 1"), (20, "Retried")]
    early.change(10, BASE, {"penalty.r1": 3.0})
    assert [mark["title"] for mark in story.marks() if mark["step"] == 10] == ["R1: 1"]


def test_marks_of_a_run_are_those_of_its_trainer():
    run = started(WILD, playing=True)
    train_out(run)
    run.look()
    events = run.trainer.events()
    assert "diverged" in [event.name for event in events]
    assert run.past.story.marks() == [asdict(event) for event in events]
