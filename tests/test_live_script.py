"""The Python of a live run, run: the same history and weights, bit for bit."""

from __future__ import annotations

import ast
import contextlib
import io
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_helpers import SMALL, WILD, branched, meta_and_arrays, started, train_out

from ganlab.config import SETTINGS, RunConfig
from ganlab.live import protocol
from ganlab.live.actions import act
from ganlab.live.script import noted, script
from ganlab.presets import PRESETS


def ran(text):
    """The trainer that a script leaves, and what it printed."""
    names: dict = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, "script", "exec"), names)
    return names["trainer"], printed.getvalue()


def assert_same_run(run):
    """Whether the script of a live run reproduces it exactly."""
    again, printed = ran(run.past.script())
    for name, values in run.trainer.history.items():
        if name != "seconds":
            np.testing.assert_array_equal(again.history[name], values, err_msg=name)
    ours, theirs = run.trainer.checkpoint(), again.checkpoint()
    assert ours.keys() == theirs.keys()
    assert all((ours[name] == theirs[name]).all() for name in ours)
    assert again.config == run.trainer.config and again.status == run.trainer.status
    assert printed.split()[0] == str(run.trainer.iteration)


def do(run, *commands):
    for command in commands:
        act(run, command)
        if not isinstance(command, protocol.Seek):
            train_out(run, 0.005)


def test_a_run_with_changes_manual_steps_an_optimum_and_a_branch():
    run = started(SMALL.with_values({"training.steps": 200}))
    do(run, protocol.Step(n=13), protocol.Set(values={"d_optimizer.lr": 0.004}))
    do(run, protocol.Step(n=10), protocol.DStep(), protocol.DStep(), protocol.GStep())
    do(run, protocol.Optimum(), protocol.Step(n=27))
    do(run, protocol.Set(values={"penalty.r1": 0.0}), protocol.Set(values={"loss.name": "hinge"}))
    do(run, protocol.Step(n=20))
    assert_same_run(run)
    do(run, protocol.Seek(step=40))
    branch = branched(run)
    do(branch, protocol.Set(values={"g_optimizer.lr": 0.003}), protocol.Step(n=35))
    assert branch.trainer.iteration == 75
    assert_same_run(branch)
    do(branch, protocol.Seek(step=55))
    twig = branched(branch)
    do(twig, protocol.Step(n=10))
    assert twig.trainer.iteration == 60
    assert_same_run(twig)
    do(run, protocol.Seek(), protocol.Step(n=3))
    off_the_rows = branched(run)
    do(off_the_rows, protocol.Step(n=20))
    assert_same_run(off_the_rows)
    text = run.past.script()
    assert len(text.splitlines()) < 45 and "trainer.g_step(1)  # G alone\n" in text
    assert 'trainer.update({"penalty.r1": 0.0, "loss.name": "hinge"})\n' in text


def test_a_run_that_diverged_and_was_retried():
    run = started(WILD.with_values({"training.steps": 400}))
    do(run, protocol.Play())
    assert run.state == "diverged"
    assert_same_run(run)
    healthy = branched(run)
    do(healthy, protocol.Set(values={"g_optimizer.lr": 1e-3, "d_optimizer.lr": 1e-3}))
    do(healthy, protocol.Step(n=30))
    assert_same_run(healthy)
    do(run, protocol.Set(values={"g_optimizer.lr": 1e-3, "d_optimizer.lr": 1e-3}))
    do(run, protocol.Retry())
    assert run.state == "finished"
    assert_same_run(run)


def test_a_run_in_slow_motion_is_an_ordinary_one():
    run = started()
    act(run, protocol.Speed(pace=0.5))
    act(run, protocol.Play())
    for _ in range(15):
        run.train(1.0)
    do(run, protocol.DStep(), protocol.Set(values={"d_optimizer.lr": 0.01}), protocol.Step(n=12))
    assert run.past.log == (
        ("advance", 3), ("d_step", 1), ("update", {"d_optimizer.lr": 0.01}), ("advance", 12),
    )  # fmt: skip
    assert_same_run(run)


COMMANDS = st.one_of(
    st.builds(protocol.Play, until=st.none() | st.integers(0, 80)),
    st.just(protocol.Pause()),
    st.builds(protocol.Speed, pace=st.sampled_from([0.5, 300.0, None])),
    st.builds(protocol.Step, n=st.integers(1, 30)),
    st.sampled_from([protocol.DStep(), protocol.GStep(), protocol.Optimum(), protocol.Retry()]),
    st.builds(protocol.Seek, step=st.none() | st.integers(0, 80)),
    st.sampled_from([1e-3, 0.02, 50.0]).map(lambda lr: protocol.Set(values={"g_optimizer.lr": lr})),
    st.just(protocol.Branch()),
)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(COMMANDS, st.integers(0, 9)), max_size=12))
def test_whatever_is_done_to_a_run_its_script_does_too(commands):
    run = started(SMALL.with_values({"training.steps": 60}))
    for command, turns in commands:
        if isinstance(command, protocol.Branch):
            run = branched(run)
            continue
        with contextlib.suppress(ValueError):
            act(run, command)
        for _ in range(turns):
            if run.training:
                run.train(0.002)
        meta_and_arrays(run)
    run.finish_iteration()
    assert_same_run(run)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_shorten_the_script(name):
    config = PRESETS[name].config
    text = script(config, ())
    assert f'PRESETS["{name}"].config\n' in text or config == RunConfig()
    changed = script(config.with_values({"seed": 5}), (("advance", 3),))
    assert '"seed": 5,\n' in changed and "trainer.advance(3)\n" in changed


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "seed": st.integers(0, 2**31 - 1),
        "data.name": st.sampled_from(["two_moons", "grid25", "uniform1d"]),
        "generator.widths": st.lists(st.integers(1, 64), max_size=3).map(tuple),
        "generator.spectral_norm": st.booleans(),
        "d_optimizer.lr": st.floats(0, 1000),
        "latent.kind": st.sampled_from(["normal", "uniform"]),
        "training.steps": st.integers(1, 10**8),
    },
)


@given(CHANGES)
def test_the_script_holds_the_whole_configuration(values):
    config = RunConfig().with_values(values)
    opening = script(config, ()).split("trainer =")[0]
    names: dict = {}
    exec(opening, names)
    assert names["config"] == config


def test_points_drawn_by_hand_are_in_the_script():
    packed = "AgAA\"'\\{}"  # whatever it holds, it is a string
    config = RunConfig().with_values({"data.name": "points", "data.drawn": packed})
    names: dict = {}
    exec(script(config, ()).split("trainer =")[0], names)
    assert names["config"].data.drawn == packed


CALLS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["advance", "d_step", "g_step"]), st.integers(1, 9)),
        st.tuples(
            st.just("update"),
            st.dictionaries(st.sampled_from(list(SETTINGS)), st.integers(), min_size=1),
        ),
        st.tuples(st.sampled_from(["retry", "snapshot", "branch"]), st.none()),
    ),
    max_size=30,
)


@given(CALLS)
def test_a_log_does_what_the_single_calls_did(calls):
    log = ()
    for call in calls:
        log = noted(log, *call)
    for name in ("advance", "d_step", "g_step"):
        total = sum(argument for call, argument in calls if call == name)
        assert sum(argument for call, argument in log if call == name) == total
    for before, after in itertools.pairwise(log):
        assert before[0] != after[0] or before[0] not in ("advance", "d_step", "g_step", "update")
    theirs, ours = (
        {path: x for call, values in some if call == "update" for path, x in values.items()}
        for some in (calls, log)
    )
    assert ours == theirs
    ast.parse(script(RunConfig(), log))
