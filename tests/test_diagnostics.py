"""Diagnoses of synthetic runs that show a symptom, and of healthy ones that must not."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy.special import logit
from synthetic import EQUILIBRIUM, make_history, make_snapshot, prefix

from ganlab.diagnostics import narrate, verdicts
from ganlab.diagnostics.case import changes, cycle, jitter
from ganlab.snapshot import Estimate, History, Status, Verdict

FLOOR = {"js": Estimate(0.0, 0.004, "histogram")}
RELATIVISTIC = {"d_loss": np.log(2), "g_loss": np.log(2)}


def found(history, modes=8, equilibrium=EQUILIBRIUM, measures=FLOOR) -> dict[str, Verdict]:
    result = verdicts(history, equilibrium=equilibrium, measures=measures, modes=modes)
    return {verdict.name: verdict for verdict in result}


def healthy(rows: int = 200, seed: int = 0) -> History:
    """Modes are found one by one, everything settles with noise; JS ends at its floor."""
    rng = np.random.default_rng(seed)
    fall = np.exp(-np.arange(rows) / 25)
    near = 1 + 2 * fall[:, None] * rng.dirichlet(np.ones(8), rows)  # uneven at first
    counts = np.stack([rng.multinomial(2500, p / p.sum()) for p in near]).astype(float)
    noise = lambda size: size * rng.normal(size=rows)  # noqa: E731
    return make_history(
        rows,
        counts,
        d_loss=2 * np.log(2) - 0.6 * fall + noise(0.02),
        g_loss=np.log(2) + 0.5 * fall + noise(0.02),
        d_real=0.5 + 0.25 * fall + noise(0.01),
        d_fake=0.5 - 0.25 * fall + noise(0.01),
        g_grad_norm=0.005 + 0.3 * fall,
        js=0.004 + 0.6 * fall + abs(noise(0.0005)),
        wasserstein=0.02 + fall + abs(noise(0.005)),
        modes=np.minimum(8, 2 + np.arange(rows) // 8),
        high_quality=0.97 - 0.9 * fall,
        spread=1 + 0.4 * fall + noise(0.02),
    )


# Statistics behind the rules


def test_cycle_finds_the_period_and_not_noise():
    time, rng = np.arange(128), np.random.default_rng(0)
    period, strength = cycle(np.sin(2 * np.pi * time / 16) + 0.05 * time)
    assert period == 16
    assert strength == pytest.approx(1, abs=0.05)
    assert cycle(rng.normal(size=128))[1] < 0.4
    assert cycle(np.cumsum(rng.normal(size=128)))[1] < 0.4
    assert cycle(np.exp(-time / 20))[1] < 0.1
    assert cycle(np.ones(128))[1] == cycle(np.sin(time[:20]))[1] == 0


def test_changes_count_modes_taken_up_and_dropped():
    a, b = [1.0, 0, 0, 0], [0, 1.0, 0, 0]
    assert changes(np.array([a, b, a])) == (2, 2)
    assert changes(np.array([a, [0.4, 0.2, 0.2, 0.2], np.full(4, 0.25)])) == (3, 0)
    assert changes(np.array([np.full(4, 0.25), [0.85, 0.05, 0.05, 0.05]])) == (0, 0)


# Runs that must not alarm


@pytest.mark.parametrize("seed", range(3))
def test_a_healthy_run_is_never_warned_about(seed):
    history = healthy(seed=seed)
    for rows in range(0, history.rows + 1, 10):
        result = found(prefix(history, rows))
        assert not [v for v in result.values() if v.severity == "warning"], rows
    assert set(result) == {"at the noise floor", "balanced"}


def test_nothing_measured_says_nothing():
    assert found(History()) == {}
    assert found(make_history(50, d_loss=1.0, g_loss=1.0), equilibrium={}, measures={}) == {}
    first = make_history(1)
    first.columns["step"][0] = 0  # before training there are no losses
    assert found(first) == {}


def test_relativistic_balance_is_not_mistaken_for_a_verdict_on_accuracy():
    history = make_history(100, d_loss=np.log(2), g_loss=np.log(2), accuracy_real=0.0, d_fake=0.4)
    assert set(found(history, equilibrium=RELATIVISTIC)) == {"balanced"}


def test_a_critic_is_not_judged_by_its_probability():
    history = make_history(100, d_loss=-0.3, g_loss=0.1, d_real=1.0, d_fake=0.0, g_grad_norm=1.0)
    assert found(history, equilibrium={"d_loss": 0.0}) == {}


def test_modes_being_discovered_are_not_a_collapse():
    history = make_history(60, modes=np.arange(60) // 10 + 1, high_quality=0.8, d_loss=1.3)
    assert "mode collapse" not in found(history)
    stuck = make_history(60, modes=6, high_quality=0.8, d_loss=1.3)
    assert "mode collapse" in found(stuck)


# Runs that must


def test_mode_collapse():
    result = found(make_history(60, modes=2, high_quality=0.9, d_loss=1.2, js=0.38))
    assert result["mode collapse"].severity == "warning"
    assert result["mode collapse"].evidence == "2 of 8 modes covered"
    assert found(make_history(60, modes=7, high_quality=0.9))["missing modes"].severity == "notice"
    assert "mode collapse" not in found(make_history(60, modes=2, high_quality=0.05, d_loss=1.2))


def test_mode_hopping_comes_before_the_collapse_it_includes():
    counts = 2500.0 * np.eye(8)[np.arange(60) % 8]
    result = found(make_history(60, counts, modes=1, high_quality=0.02, d_loss=1.4))
    assert list(result)[:2] == ["mode hopping", "mode collapse"]
    assert result["mode hopping"].evidence.startswith("14 modes taken up and 14 dropped")
    still = 2500.0 * np.eye(8)[np.zeros(60, int)]
    collapsed = found(make_history(60, still, modes=1, high_quality=0.02))
    assert list(collapsed) == ["mode collapse"]


def test_few_samples_on_many_modes_are_not_crowded():
    """Twenty high-quality samples can only reach half of 25 modes, and others every time."""
    counts = np.random.default_rng(0).multinomial(20, np.full(25, 1 / 25), 60).astype(float)
    assert found(make_history(60, counts, modes=14, high_quality=0.01), modes=25) == {}
    few = np.zeros((60, 25))
    few[np.arange(60), np.arange(60) % 3] = 20
    assert list(found(make_history(60, few, modes=1, high_quality=0.01), modes=25)) == [
        "mode hopping",
        "mode collapse",
    ]


def test_oscillation_reports_its_period():
    wave = 0.5 + 0.3 * np.sin(2 * np.pi * np.arange(120) / 20)
    result = found(make_history(120, d_fake=wave))
    assert list(result) == ["oscillation"]
    assert result["oscillation"].evidence == (
        "D(G(z)) swings by ±0.21 with a period of about 20 rows"
    )
    assert found(make_history(120, d_fake=0.5 + (wave - 0.5) / 100)) == {}


def test_wild_swings_count_only_while_js_stays_up():
    noise = np.random.default_rng(0).normal(0.5, 0.05, 120)
    result = found(make_history(120, d_fake=noise, js=0.3))
    assert list(result) == ["oscillation"]
    assert (
        "jumps by ±0.046 from row to row while JS stays at 0.30" in result["oscillation"].evidence
    )
    assert found(make_history(120, d_fake=noise, js=np.linspace(0.6, 0.2, 120))) == {}
    assert set(found(make_history(120, d_fake=noise, js=0.005))) == {"at the noise floor"}
    calm = np.random.default_rng(0).normal(0.5, 0.01, 120)
    assert found(make_history(120, d_fake=calm, js=0.3)) == {}


def test_jitter_is_the_noise_without_trend_or_jump():
    noise = np.random.default_rng(1).normal(0, 0.1, 64)
    assert jitter(noise + 0.01 * np.arange(64)) == pytest.approx(0.1, rel=0.25)
    noise[32:] += 50
    assert jitter(noise) == pytest.approx(0.1, rel=0.25)
    assert jitter(noise[:23]) == 0


def test_vanishing_gradient_needs_a_winning_d():
    gradient = np.geomspace(1, 1e-4, 80)
    result = found(make_history(80, d_loss=0.01, g_grad_norm=gradient, js=0.69))
    assert list(result) == ["vanishing gradient", "D is winning"]
    assert result["D is winning"].severity == "warning"
    converged = found(make_history(80, d_loss=1.38, g_grad_norm=gradient, js=0.004))
    assert set(converged) == {"at the noise floor", "balanced"}
    strong = found(make_history(80, d_loss=0.01, g_grad_norm=1.0, js=0.69))
    assert list(strong) == ["D is winning"]


def test_d_ahead_is_a_notice():
    result = found(make_history(80, d_loss=0.3, g_grad_norm=1.0))
    assert result["D is winning"].severity == "notice"
    assert "22%" in result["D is winning"].evidence


def test_g_wins_when_d_guesses_while_the_fakes_stay_off():
    assert set(found(make_history(80, d_loss=1.39, js=0.6))) == {"G is winning"}
    improving = make_history(80, d_loss=1.39, js=np.linspace(0.69, 0.4, 80))
    assert found(improving) == {}


def test_under_dispersion():
    assert found(make_history(80, spread=0.6, high_quality=0.99))["under-dispersion"].severity == (
        "notice"
    )
    result = found(make_history(80, spread=0.3, high_quality=0.99))
    assert result["under-dispersion"].severity == "warning"
    assert found(make_history(80, spread=0.97, high_quality=0.98)) == {}


def test_js_at_its_floor_is_told_from_just_above():
    assert "at the noise floor" in found(make_history(80, js=0.0059))
    assert "at the noise floor" not in found(make_history(80, js=0.0061))


# Narration


def test_narration_of_a_winning_d():
    history = make_history(
        80, d_loss=0.05, d_real=0.93, d_fake=0.08, g_grad_norm=np.geomspace(1, 1e-4, 80)
    )
    found_now = verdicts(history, equilibrium=EQUILIBRIUM, measures={}, modes=8)
    logits = {"real_logits": np.full(9, logit(0.93)), "fake_logits": np.full(9, logit(0.08))}
    snapshot = make_snapshot(history=history, verdicts=found_now, measures={}, **logits)
    assert narrate(snapshot) == (
        "D is winning: D(x) = 0.93, D(G(z)) = 0.08; the generator's gradient is fading."
    )


def test_narration_at_the_edges_of_a_run():
    logits = {"real_logits": np.full(9, logit(0.6)), "fake_logits": np.full(9, logit(0.3))}
    start = make_snapshot(history=History(), step=0, **logits)
    assert narrate(start) == (
        "Before the first step G makes arbitrary samples: D(x) = 0.60, D(G(z)) = 0.30."
    )
    diverged = make_snapshot(status=Status.DIVERGED, message="D's loss is not a number.")
    assert narrate(diverged) == "D's loss is not a number."
    assert narrate(make_snapshot(status=Status.DIVERGED)) == "Training diverged at step 3000."


def test_narration_of_a_critic_gives_its_gap():
    snapshot = make_snapshot(
        loss="wasserstein",
        equilibrium={"d_loss": 0.0},
        real_logits=np.full(5, 2.0),
        fake_logits=np.full(5, 0.5),
    )
    assert "real samples +1.5 against fakes; JS is 0.02, its noise floor 0.01" in (
        narrate(snapshot)
    )


def test_narration_of_images_ends_with_the_frechet_distance():
    measures = {"frechet": Estimate(28.42, 1.0, "features")}
    assert narrate(make_snapshot(measures=measures)).endswith(
        "; the Fréchet distance is 28.4, its noise floor 1."
    )


def test_diagnostics_need_neither_torch_nor_plotly():
    code = (
        "import sys, ganlab.diagnostics;"
        "assert not {'torch', 'plotly', 'streamlit'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
