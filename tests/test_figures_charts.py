"""The numbers behind the small charts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit
from synthetic import full_history, make_history, make_images, make_snapshot

from ganlab.figures import (
    accuracy,
    classes,
    divergences,
    frechet,
    gradients,
    losses,
    mode_map,
    modes,
    scores,
    value,
)
from ganlab.figures.decimate import keep
from ganlab.figures.marks import calibrated, sigmoid
from ganlab.figures.timeseries import newest_arrays, series
from ganlab.snapshot import Estimate, History


def levels(traces) -> list[float]:
    """The heights of the reference lines drawn."""
    return [float(t["y"][0]) for t in traces if np.array_equal(t["x"], [0, 1]) and len(t["y"]) == 2]


@given(arrays(float, st.integers(1, 3000), elements=st.floats(-1e6, 1e6)), st.integers(4, 500))
def test_decimation_keeps_ends_and_extremes(values, limit):
    kept = keep(values, limit)
    assert len(kept) <= max(limit, 4)
    assert (np.diff(kept) > 0).all()
    assert kept[0] == 0 and kept[-1] == len(values) - 1
    assert values[kept].min() == values.min() and values[kept].max() == values.max()


def test_decimation_loses_no_spike_of_a_long_run():
    values = np.zeros(20_000)
    spikes = np.arange(50, 20_000, 1000)
    values[spikes] = np.inf
    kept = keep(values)
    assert len(kept) <= 500
    assert set(spikes) <= set(kept.tolist())
    assert keep(values[:500]).tolist() == list(range(500))


def test_series_skips_rows_without_a_measurement():
    history = make_history(6, js=[np.nan, 0.5, np.nan, 0.25, np.inf, np.nan])
    line = series(history, "js")
    assert line.steps.tolist() == [20, 40, 50]
    assert line.values.tolist() == [0.5, 0.25, np.inf]


def test_newest_points_keep_their_place_when_one_is_missing():
    full = {"x": np.array([10.0, 20.0]), "y": np.array([1.0, 2.0])}
    empty = {"x": np.empty(0), "y": np.empty(0)}
    ends = newest_arrays([empty, full])
    np.testing.assert_array_equal(ends["x"], [np.nan, 20])
    np.testing.assert_array_equal(ends["y"], [np.nan, 2])


def test_sigmoid_is_exact_and_does_not_overflow():
    logits = np.array([-800.0, -30, -1, 0, 2, 800])
    np.testing.assert_allclose(sigmoid(logits), expit(logits), atol=1e-15)


def test_a_critics_scores_are_centred_between_real_and_fake():
    critic = make_snapshot(
        loss="wasserstein", real_logits=np.full(4, 7.0), fake_logits=np.full(4, 3.0)
    )
    np.testing.assert_allclose(calibrated(np.array([7.0, 5.0, 3.0]), critic), [2, 0, -2])
    plain = make_snapshot()
    np.testing.assert_array_equal(calibrated(np.array([7.0]), plain), [7.0])


def test_losses_name_the_equilibrium_they_know():
    data = losses.losses_data(make_snapshot())
    assert levels(losses.losses_traces(data)) == pytest.approx([2 * np.log(2), np.log(2)])
    hinge = make_snapshot(equilibrium={"d_loss": 2.0, "g_loss": 0.0})
    traces = losses.losses_traces(losses.losses_data(hinge))
    assert levels(traces) == [2.0, 0.0]
    assert [len(trace["y"]) for trace in traces[3:6]] == [0, 0, 0]
    unknown = losses.losses_traces(losses.losses_data(make_snapshot(equilibrium={})))
    assert levels(unknown) == []


def test_scores_are_histograms_of_d():
    snapshot = make_snapshot()
    data = scores.scores_data(snapshot)
    expected = np.histogram(expit(snapshot.fake_logits), 30, (0, 1))[0] / 500
    np.testing.assert_allclose(data.fake, expected, atol=1e-12)
    np.testing.assert_allclose(data.centres, (np.arange(30) + 0.5) / 30)
    certain = scores.scores_data(make_snapshot(real_logits=np.full(9, 99.0)))
    assert certain.real.tolist() == [0.0] * 29 + [1.0]


def test_scores_of_a_critic_keep_their_scale():
    snapshot = make_snapshot(
        loss="wasserstein",
        real_logits=np.array([40.0, 100.0]),
        fake_logits=np.array([10.0, np.nan]),
    )
    data = scores.scores_data(snapshot)
    assert data.centres[0] == pytest.approx(11.5) and data.centres[-1] == pytest.approx(98.5)
    assert data.real[[10, 29]].tolist() == [0.5, 0.5]
    assert data.fake[0] == 1.0
    constant = scores.scores_data(
        make_snapshot(loss="wasserstein", real_logits=np.zeros(3), fake_logits=np.zeros(3))
    )
    assert constant.real.sum() == constant.fake.sum() == 1


def test_value_of_the_best_d_follows_from_js():
    history = make_history(2, value=[-1.0, -1.2], js=[np.log(2), 0.0])
    data = value.value_data(make_snapshot(history=history))
    np.testing.assert_allclose(data.best.values, [0, -np.log(4)], atol=1e-12)
    assert levels(value.value_traces(data)) == pytest.approx([-np.log(4), 0])


def test_divergences_put_every_number_on_the_axis():
    shown = divergences.on_axis(np.array([0.1, -0.2, 0.0, 1e9, np.inf]))
    np.testing.assert_allclose(shown, [0.1, 1e-3, 1e-3, 30, np.sqrt(3000)])


def test_divergences_show_floors_bound_and_infinite_kl():
    history = make_history(3, kl=[np.inf, 0.5, 0.2], js=0.1, value=[-1.2, -np.log(4), -2.0])
    measures = {"js": Estimate(0.1, 0.004, "histogram"), "kl": Estimate(0.2, 0.02, "histogram")}
    data = divergences.divergences_data(make_snapshot(history=history, measures=measures))
    np.testing.assert_allclose(data.bound.values, [np.log(2) - 0.6, 0, np.log(2) - 1], atol=1e-12)
    traces = divergences.divergences_traces(data)
    assert levels(traces) == pytest.approx([0.02, 0.004, np.log(2)])
    kl = traces[4]
    assert kl["y"][0] > divergences.TOP and kl["customdata"][0] == np.inf
    np.testing.assert_array_equal(traces[3]["y"], [np.log(2) - 0.6, np.nan, np.nan])


def test_accuracy_is_the_history():
    data = accuracy.accuracy_data(make_snapshot())
    np.testing.assert_array_equal(data.real.values, full_history()["accuracy_real"])
    assert levels(accuracy.accuracy_traces(data)) == [0.5]


def test_gradients_of_zero_stay_on_the_logarithmic_axis():
    history = make_history(4, g_grad_norm=[4.0, 1.0, 0.0, np.inf], d_grad_norm=1.0)
    data = gradients.gradients_data(make_snapshot(history=history))
    assert data.vanished == pytest.approx(0.2)
    drawn = gradients.gradients_traces(data)[1]["y"]
    np.testing.assert_array_equal(drawn, [4.0, 1.0, gradients.SMALLEST, np.nan])


def test_modes_know_their_goals():
    data = modes.modes_data(make_snapshot())
    assert data.total == 8
    assert data.ceiling == pytest.approx(1 - np.exp(-4.5))
    history = History({**full_history(5).columns}, np.zeros((5, 10)))
    digits = modes.modes_data(make_snapshot(history=history, mode_centres=None))
    assert digits.total == 10 and np.isnan(digits.ceiling)
    confident = make_history(5, confident=0.7)
    assert modes.modes_data(make_snapshot(history=confident)).quality.values.tolist() == [0.7] * 5


def test_frechet_shows_what_real_images_read():
    measures = {"frechet": Estimate(20.0, 1.5, "features")}
    history = make_history(3, frechet=[300.0, np.nan, 20.0])
    data = frechet.frechet_data(make_snapshot(history=history, measures=measures))
    traces = frechet.frechet_traces(data)
    assert traces[0]["y"].tolist() == [300, 20]
    assert levels(traces) == [1.5]


def test_mode_map_is_the_share_over_a_fair_share():
    counts = np.array([[10.0, 30.0], [np.nan, np.nan], [0.0, 0.0], [5.0, 5.0]])
    shown = make_snapshot(history=make_history(4, counts), mode_centres=None)
    data = mode_map.mode_map_data(shown)
    assert data.steps.tolist() == [10, 30, 40]
    assert data.modes.tolist() == [1, 2] and not data.images
    points, *_ = mode_map.mode_map_traces(data)
    assert points["x"].tolist() == [0, 10, 30, 40]  # edges of the columns
    np.testing.assert_allclose(data.load, [[0.5, 0, 1], [1.5, 0, 1]])
    long = mode_map.mode_map_data(make_snapshot(history=full_history(5000)))
    assert long.load.shape == (8, 200)
    assert long.steps[[0, -1]].tolist() == [10, 50_000]


def test_mode_map_of_images_counts_classes_from_zero():
    counts = np.array([[30.0, 10.0, 0.0]])
    digits = make_images(
        history=make_history(1, counts), measures={"modes": Estimate(1, 2, "classifier")}
    )
    data = mode_map.mode_map_data(digits)
    assert data.modes.tolist() == [0, 1, 2] and data.images
    np.testing.assert_allclose(data.load[:, 0], [1.5, 0.5, 0])  # a fair share is one half
    points, classes_, _ = mode_map.mode_map_traces(data)
    assert points["z"].size == 0 and classes_["z"].shape == (3, 1)


def test_classes_are_the_newest_shares():
    counts = np.array([[9.0, 1, 0], [5, 10, 5], [np.nan] * 3])
    history = make_history(3, counts, frechet=[30.0, 20.0, np.nan])
    data = classes.classes_data(make_images(history=history, measures={}))
    assert data.classes.tolist() == [0, 1, 2]
    np.testing.assert_allclose(data.shares, [0.25, 0.5, 0.25])
    assert data.fair == pytest.approx(1 / 3)
    traces = classes.classes_traces(data)
    assert levels(traces) == pytest.approx([1 / 3])
    two = make_images(history=history, measures={"modes": Estimate(1, 2, "classifier")})
    assert classes.classes_data(two).fair == 0.5


def test_classes_are_of_measured_images_alone():
    image, plane = make_images(), make_snapshot()
    assert classes.SPEC.applies(image)
    empty = [
        classes.classes_data(snapshot)
        for snapshot in (
            plane,
            make_images(history=History()),
            make_images(history=make_history(2)),
        )
    ]
    for data in empty:
        assert len(data.classes) == 0 and np.isnan(data.fair)
    without = make_snapshot(history=make_history(3, np.ones((3, 8)), modes=8))
    assert not classes.SPEC.applies(without) and mode_map.SPEC.applies(without)


def test_modes_of_images_are_called_classes():
    image = modes.modes_traces(modes.modes_data(make_images(measures={})))
    plane = modes.modes_traces(modes.modes_data(make_snapshot()))
    assert [len(image[index]["y"]) for index in (4, 5)] == [0, 2] and image[5]["y"][0] == 8
    assert [len(plane[index]["y"]) for index in (4, 5)] == [2, 0]
