"""Pace, rate and the way of D to its optimum, by clocks and losses of our own."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganlab.live.playing import LONGEST, WINDOW, Cost, Optimum, Pace, Rate


@given(st.floats(1, 10_000), st.lists(st.floats(0, 0.3), min_size=5, max_size=60))
def test_a_pace_is_kept_whatever_the_turns(per_second, gaps):
    pace, now, done = Pace(per_second, 0.0), 0.0, 0
    for gap in gaps:
        now += gap
        if pace.ready(now):
            done += pace.take(10**9)
    assert done <= 1 + per_second * now + 1e-6
    if max(gaps) <= 0.1:  # turns come often enough to catch up
        assert done >= per_second * now - 1 - 1e-6


@given(st.floats(0.02, 0.99))
def test_slow_motion_counts_sub_steps_and_saves_none_up(per_second):
    pace, tick, done = Pace(per_second, 0.0), 0.01, []
    for i in range(3000):
        if pace.ready(i * tick):
            assert pace.take(5) == 1
            done.append(i * tick)
    assert len(done) == pytest.approx(30 * 6 * per_second, abs=30 * 6 * per_second * 0.1 + 2)
    pace.ready(1000.0)
    pace.take(1)
    assert not pace.ready(1000.0)


def test_full_speed_never_waits():
    pace = Pace(math.inf, 0.0)
    assert pace.ready(0.0) and pace.take(77) == 77 and pace.ready(0.0) and not pace.slow


@pytest.mark.parametrize(("per_second", "slow"), [(0.02, True), (0.999, True), (1.0, False)])
def test_slow_motion_is_below_one(per_second, slow):
    assert Pace(per_second, 0.0).slow is slow


def test_the_rate_is_of_the_last_seconds():
    rate = Rate()
    assert rate.per_second(0.0) == 0
    for tick in range(41):
        rate.add(tick / 10, 7 * tick if tick <= 20 else 140 + 3 * (tick - 20))
    assert rate.per_second(4.0) == pytest.approx(30.0)
    assert rate.per_second(100.0) == 0
    rate.add(101.0, 5)
    rate.clear()
    assert rate.per_second(101.0) == 0


def course(means, part=WINDOW):
    """An optimum that saw windows of these mean losses, in parts; where it was done first."""
    optimum = Optimum()
    for index, mean in enumerate(means):
        for _ in range(WINDOW // part):
            optimum.add(mean, part)
        if optimum.done:
            return optimum, index
    return optimum, None


@pytest.mark.parametrize(
    ("means", "done"),
    [
        ([1.0, 0.999, 0.999, 0.999, 0.999, 0.999], 5),  # a gain of 0.1 %
        ([1.0, 0.997, 0.994, 0.991, 0.988, 0.985, 0.982], None),  # steady gains
        ([1.0] * 5 + [0.99] * 6, 10),  # a late best starts the wait anew
        ([1.0, 1.1, 1.1, 1.1, 1.1, 1.1], 5),  # worse is no gain
        ([-1.0, -1.1, -1.2, -1.2, -1.2, -1.2, -1.2, -1.2], 7),  # a critic's falls below 0
        ([1.0, *[math.nan] * 5], 5),
        ([0.0] * 8, None),  # a loss of 0 gains its 0.2 % of 0
        ([1.0, 0.5], None),
    ],
)
@pytest.mark.parametrize("part", [1, 20, WINDOW])
def test_it_is_done_when_five_windows_hold_no_new_best(means, done, part):
    assert course(means, part)[1] == done


def test_it_is_done_after_the_longest_way():
    optimum, done = course([0.5**i for i in range(50)])
    assert done == LONGEST // WINDOW - 1 and optimum.updates == LONGEST
    assert optimum.sentence() == (
        "D was trained alone for 3,000 updates; its mean loss went from 1 to 1.863e-09; more than "
        "3,000 are not made at once."
    )


def test_the_room_ends_at_a_window():
    optimum = Optimum()
    assert optimum.room == 100
    optimum.add(0.5, 30)
    assert optimum.room == 70 and "too few to tell" in optimum.sentence()
    optimum.add(0.4, 70)
    assert optimum.room == 100
    optimum.add(0.2, 99)
    assert optimum.sentence() == (
        "D was trained alone for 199 updates; its mean loss went from 0.43 to 0.43, when it was "
        "stopped."
    )


def test_what_turns_cost_is_averaged():
    cost = Cost()
    assert cost.longest == 0 and cost.fits("step", 0.5) == 1
    cost.took("step", 0.2, 10)
    assert cost.fits("step", 0.5) == 25 and cost.fits("step", 0.001) == 1
    cost.took("step", 0.06, 1)
    assert cost.longest == pytest.approx(0.7 * 0.02 + 0.3 * 0.06)
    cost.took("d_step", 1.0, 20)
    assert cost.longest == pytest.approx(0.05) and cost.fits("d_step", 0.26) == 5
    cost.clear()
    assert cost.longest == 0 and cost.fits("step", 0.5) == 1
