"""The speedometer of a walk through latent space, and the colours of ten classes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from test_figures_scenes import BLINDNESS, lab, linear

from ganlab.figures import theme
from ganlab.figures import walk as figure

SHELL = (4.3, 5.6, 7.0)


def made(frames: int = 40, **changes):
    """An even walk but for one jump at frame 30; class 3 at first, then 8."""
    change = np.full(frames, 0.1)
    change[0], change[30:31] = 0, 2.0
    classes = np.full((frames, 10), 0.01)
    classes[: frames // 2, 3] = classes[frames // 2 :, 8] = 0.91
    given = {
        "norm": np.linspace(5, 6, frames),
        "change": change,
        "score": np.linspace(0, 1, frames),
        "classes": classes,
        "shell": SHELL,
        "keys": (0, frames - 1),
    }
    return figure.walk_data(**{**given, **changes})


def named(data) -> dict[str, dict]:
    """Traces of the figure by name."""
    return {trace.name: trace for trace in figure.walk_figure(data).data}


def test_an_even_walk_has_one_pace_and_a_jump_is_marked():
    data = made()
    assert figure.even_change(data.change) == pytest.approx((38 * 0.1 + 2) / 39)
    assert np.flatnonzero(figure.jumps(data.change)).tolist() == [30]
    assert not figure.jumps(np.full(9, 0.5)).any()
    assert not figure.jumps(np.array([0, 1, 2.9, 0.1])).any()  # below three times 4 / 3
    traces = named(data)
    assert list(traces["jumps"].x) == [30] and list(traces["jumps"].y) == [2]
    assert set(traces["even"].y) == {figure.even_change(data.change)}


def test_the_first_change_is_a_gap_unless_the_walk_is_closed():
    drawn = named(made())["change"].y
    assert np.isnan(drawn[0]) and np.array_equal(drawn[1:], made().change[1:])
    closed = np.full(40, 0.2)
    assert list(named(made(change=closed))["change"].y) == [0.2] * 40


def test_the_shell_is_a_band_across_all_frames():
    traces = named(made())
    assert list(traces["shell"].x) == [0, 39, 39, 0]
    assert list(traces["shell"].y) == [4.3, 4.3, 7.0, 7.0]
    assert list(traces["middle"].y) == [5.6, 5.6] and list(traces["half"].y) == [0.5, 0.5]


def test_classes_stand_in_the_middle_of_their_stretch():
    data = made()
    assert figure.class_runs(data.classes) == [(9.5, 3), (29.5, 8)]
    flicker = data.classes.copy()
    flicker[10, 5] = 1.0  # one frame of forty is too short for a label
    assert figure.class_runs(flicker) == [(4.5, 3), (15.0, 3), (29.5, 8)]
    digits = named(data)["digits"]
    assert list(digits.customdata) == [3, 8] and list(digits.x) == [9.5, 29.5]
    np.testing.assert_array_equal(named(data)["class 8"].y, data.classes[:, 8])


def test_keys_are_lines_through_every_row():
    keys = named(made(keys=(0, 13, 39)))["keys"]
    np.testing.assert_array_equal(keys.x, np.repeat([0, 13, 39], 3))
    np.testing.assert_array_equal(keys.y, [0, 1, np.nan] * 3)


def test_rows_without_numbers_leave_their_room_to_the_others():
    assert made(score=None).rows == ("y", "y2", "y4")
    data = made(score=None, classes=None)
    assert data.rows == ("y", "y2")
    layout = figure.walk_figure(data).layout
    assert layout.yaxis3.visible is False and layout.yaxis4.visible is False
    assert layout.xaxis.anchor == "y2" and len(layout.annotations) == 2
    assert len(figure.walk_traces(data)) == len(figure.walk_traces(made()))


@pytest.mark.parametrize("rows", [1, 2, 4])
def test_rows_are_equally_high_and_fill_the_figure(rows):
    domains = np.array(figure.row_domains(rows))
    height = domains[0, 1] - domains[0, 0]
    np.testing.assert_allclose(domains[:, 1] - domains[:, 0], height)
    np.testing.assert_allclose(
        domains[:-1, 0] - domains[1:, 1], height * figure.GAP / (1 - figure.GAP)
    )
    assert domains[0, 1] == 1 and domains[-1, 0] == pytest.approx(0, abs=1e-12)


def test_a_walk_that_is_still_empty_shows_every_row_and_says_so():
    assert figure.EMPTY.rows == tuple(figure.ROWS)
    for dark in (False, True):
        drawn = figure.walk_figure(figure.EMPTY, dark)
        sizes = {trace.name: len(trace.x) for trace in drawn.data}
        assert sizes.pop("notice") == 1 and set(sizes.values()) == {0}
        assert len(sizes) == len(figure.walk_traces(figure.EMPTY)) - 1  # names are unique
    assert len(named(made())["notice"].x) == 0


def test_infinite_and_missing_numbers_are_gaps():
    norm = np.r_[np.inf, np.nan, np.linspace(5, 6, 38)]
    data = made(norm=norm, change=np.full(40, np.nan), shell=(np.nan,) * 3)
    assert np.isnan(data.norm[:2]).all() and np.isfinite(data.norm[2:]).all()
    assert np.isnan(figure.even_change(data.change)) and not figure.jumps(data.change).any()
    traces = named(data)
    assert [len(traces[name].x) for name in ("shell", "middle", "even", "jumps")] == [0] * 4
    single = figure.walk_data([5.0], [0.0], [0.4], np.eye(10)[:1], SHELL, (0,))
    assert figure.walk_figure(single).layout.xaxis.range == (0, 1)


def test_two_walks_are_compared():
    other = np.linspace(5, 3, 40)
    data = made(other_norm=other, other_change=np.full(40, 0.3))
    assert list(named(data)["other norm"].y) == other.tolist()
    headings = [note.text for note in figure.walk_figure(data).layout.annotations]
    assert [text.endswith("dashed") for text in headings] == [True, True, False, False]


def test_series_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="39 frames does not fit a walk of 40"):
        made(score=np.zeros(39))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_class_colours_stay_apart_for_colour_blind_eyes(dark, blindness):
    matrix = np.array(BLINDNESS[blindness])
    seen = [lab(np.clip(matrix @ linear(c), 0, 1)) for c in theme.classes(dark)]
    assert len(seen) == 10
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 19


@pytest.mark.parametrize("dark", [False, True])
def test_class_colours_are_none_of_the_others_and_can_be_seen(dark):
    colours = theme.palette(dark)
    taken = [colours.real, colours.fake, colours.discriminator, colours.orange]
    page = linear(colours.page) @ [0.2126, 0.7152, 0.0722] + 0.05
    for colour in theme.classes(dark):
        luminance = linear(colour) @ [0.2126, 0.7152, 0.0722] + 0.05
        assert max(page, luminance) / min(page, luminance) > 3, colour
        for other in taken:
            assert np.linalg.norm(lab(linear(colour)) - lab(linear(other))) > 30, (colour, other)
