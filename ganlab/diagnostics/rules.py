"""Diagnoses of a run: one small rule each, in order of importance.

The thresholds were chosen on short runs of healthy and failing recipes on a ring, a grid and
1-D mixtures: a rule may miss a mild case, but should stay silent on a run that learns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ganlab.diagnostics.case import Case, changes, cycle, jitter, rise
from ganlab.snapshot import Estimate, History, Verdict

Rule = Callable[[Case], Verdict | None]

VANISHING = 0.05  # of its largest value: below, the generator's gradient counts as vanished
D_AHEAD, D_PERFECT = 0.25, 0.05  # of D's equilibrium loss
FAR = 0.25  # nats of JS: the generated distribution is plainly wrong
SEVERITIES = ("warning", "notice", "good")


def verdicts(
    history: History,
    *,
    equilibrium: Mapping[str, float],
    measures: Mapping[str, Estimate],
    modes: int | None,
) -> tuple[Verdict, ...]:
    """Everything the rules find, the most important first: warnings, notices, good news.

    equilibrium, measures: as in ``Snapshot``. modes: how many modes the data has, or None.
    """
    case = Case(history, equilibrium, measures, modes)
    found = [verdict for rule in RULES if (verdict := rule(case)) is not None]
    return tuple(sorted(found, key=lambda verdict: SEVERITIES.index(verdict.severity)))


def vanishing_gradient(case: Case) -> Verdict | None:
    """D nearly perfect, and G's gradient a small fraction of what it was."""
    gradient = case.history.measured("g_grad_norm")[1]
    gradient = gradient[np.isfinite(gradient)]
    if not len(gradient):
        return None
    left = case.level("g_grad_norm") / max(float(gradient.max()), 1e-30)
    if not (case.d_share < D_AHEAD and left < VANISHING):
        return None
    text = (
        "The generator's gradient has vanished: D separates real from fake so well that its "
        "output no longer changes with the sample, so G is not told where to go."
    )
    evidence = f"|grad G| is {left:.1g} of its largest; D's loss {case.level('d_loss'):.2g}"
    return Verdict("vanishing gradient", "warning", text, evidence)


def mode_hopping(case: Case) -> Verdict | None:
    """Samples crowd into few modes, and time and again into others."""
    often, shares = case.crowding()
    if often < 0.5 or len(shares) < 4:
        return None
    gained, lost = changes(shares)
    # Both, and often: a generator that spreads out only gains, one that collapses only loses.
    if min(gained, lost) < max(4, len(shares) // 2):
        return None
    text = (
        "The generator hops between modes: each time D learns to reject where the samples are, "
        "they move on to other modes instead of covering all."
    )
    evidence = f"{gained} modes taken up and {lost} dropped in the last {len(shares)} measurements"
    return Verdict("mode hopping", "warning", text, evidence)


def mode_collapse(case: Case) -> Verdict | None:
    """Good samples, or samples crowded together, that leave modes out for good."""
    covered = case.level("modes")
    if case.modes is None or not covered < case.modes or case.d_share < D_PERFECT:
        return None  # with a perfect D nothing passes for real
    quality = max((case.level("high_quality"), case.level("confident")), key=np.nan_to_num)
    on_modes = quality > 0.2 or case.crowding()[0] > 0.5
    if not on_modes or rise(case.history.measured("modes")[1]) > 0.06 * case.modes:
        return None  # not yet on the modes, or still discovering them
    evidence = f"{covered:.0f} of {case.modes} modes covered"
    if covered > 0.8 * case.modes:
        text = "The generator leaves out some modes of the data."
        return Verdict("missing modes", "notice", text, evidence)
    text = (
        "The generator has collapsed onto part of the data: what it makes passes for real, "
        "and nothing in its loss asks for the modes it leaves out."
    )
    return Verdict("mode collapse", "warning", text, evidence)


def oscillation(case: Case) -> Verdict | None:
    """D(G(z)) swings: with a steady period, or wildly while JS does not come down."""
    d_fake = case.history.measured("d_fake")[1]
    period, strength = cycle(d_fake)
    swing, size = float(d_fake[-64:].std()) if len(d_fake) else 0.0, jitter(d_fake)
    js = case.level("js")
    stuck = js > np.fmax(0.1, 3 * case.js_floor) and not _falls(case, "js")
    if strength > 0.45 and swing > 0.012:
        evidence = f"D(G(z)) swings by ±{swing:.2g} with a period of about {period:.0f} rows"
    elif size > 0.02 and stuck:
        evidence = f"D(G(z)) jumps by ±{size:.2g} from row to row while JS stays at {js:.2f}"
    else:
        return None
    text = (
        "The two players chase each other in circles: D overshoots, G follows, and "
        "neither settles. A gradient penalty or lower learning rates damp it."
    )
    return Verdict("oscillation", "warning", text, evidence)


def d_winning(case: Case) -> Verdict | None:
    """D's loss is a small part of its equilibrium value."""
    share = case.d_share
    if not share < D_AHEAD:
        return None
    perfect = share < D_PERFECT
    text = "D is winning: it tells nearly every fake from the real data" + (
        ", which leaves G little to learn from." if perfect else "; G still has a way to go."
    )
    evidence = f"D's loss is {share:.0%} of its value at equilibrium"
    return Verdict("D is winning", "warning" if perfect else "notice", text, evidence)


def g_winning(case: Case) -> Verdict | None:
    """D does no better than a coin although the distributions differ plainly and stay so."""
    js = case.level("js")
    if not (case.d_share > 0.95 and js > np.fmax(FAR, 3 * case.js_floor)):
        return None
    if _falls(case, "js"):
        return None
    text = (
        "G is winning by default: D does no better than a coin although the fakes are plainly "
        "off, so it cannot show G the way. Train D more often or make it larger."
    )
    evidence = f"D's loss is {case.d_share:.0%} of its equilibrium value, JS {js:.2f}"
    return Verdict("G is winning", "notice", text, evidence)


def under_dispersion(case: Case) -> Verdict | None:
    """Samples inside a mode crowd closer together than the data."""
    spread = case.level("spread")
    if not (spread < 0.75 and case.level("high_quality") > 0.5):
        return None
    text = (
        "Samples crowd in the middle of each mode: the high-quality share looks better than "
        "the distribution is."
    )
    evidence = f"standard deviation inside modes {spread:.2f} of the true one"
    return Verdict("under-dispersion", "warning" if spread < 0.5 else "notice", text, evidence)


def at_noise_floor(case: Case) -> Verdict | None:
    """JS cannot be told from that of two samples of the data itself."""
    js = case.level("js")
    if not js <= 1.5 * case.js_floor:
        return None
    text = "As good as the estimator can see: JS reads no more than between two real samples."
    evidence = f"JS {js:.3f}, noise floor {case.js_floor:.3f}"
    return Verdict("at the noise floor", "good", text, evidence)


def balanced(case: Case) -> Verdict | None:
    """D's loss near its equilibrium value, without a plain difference left."""
    share, js = case.d_share, case.level("js")
    unmeasured = not len(case.history.measured("js")[1])
    close = unmeasured or js <= np.fmax(0.1, 3 * case.js_floor)
    if not (0.85 < share < 1.1 and close) or _far_images(case):
        return None
    text = "The players are balanced: D can hardly tell real from fake."
    return Verdict("balanced", "good", text, f"D's loss is {share:.0%} of its equilibrium value")


def _far_images(case: Case) -> bool:
    """Whether images are plainly off: Frechet distance far above its floor, or not known yet."""
    frechet = case.measures.get("frechet")
    measured = len(case.history.measured("frechet")[1]) > 0
    return frechet is not None and not (measured and frechet.value <= 10 * frechet.floor)


def _falls(case: Case, name: str) -> bool:
    """Whether a distance still comes down, by more than 5 % of where it stands."""
    return rise(case.history.measured(name)[1]) < -0.05 * case.level(name)


RULES: tuple[Rule, ...] = (
    vanishing_gradient,
    mode_hopping,
    mode_collapse,
    oscillation,
    d_winning,
    g_winning,
    under_dispersion,
    at_noise_floor,
    balanced,
)
