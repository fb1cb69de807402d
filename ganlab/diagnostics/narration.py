"""One live sentence about a run, for the eye and for screen readers."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from ganlab.snapshot import Snapshot, Status, Verdict

# Verdict -> how the sentence opens, and how it may end; the first that was found is used.
OPENINGS = {
    "D is winning": "D is winning",
    "oscillation": "D and G chase each other in circles",
    "G is winning": "D guesses although the fakes are off",
    "balanced": "D and G are balanced",
}
ENDINGS = {
    "vanishing gradient": "the generator's gradient is fading",
    "mode hopping": "the generator hops between modes",
    "mode collapse": "only {evidence}",
    "missing modes": "{evidence}",
    "under-dispersion": "samples crowd inside their modes",
    "at the noise floor": "JS is down to the estimator's noise",
}


def narrate(snapshot: Snapshot) -> str:
    """What is going on now, such as "D is winning: D(x) = 0.93, D(G(z)) = 0.08; ..."."""
    if snapshot.status is Status.DIVERGED:
        return snapshot.message or f"Training diverged at step {snapshot.step}."
    if snapshot.step == 0:
        return f"Before the first step G makes arbitrary samples: {_players(snapshot)}."
    sentence = f"{_opening(snapshot)}: {_players(snapshot)}"
    ending = _ending(snapshot)
    return f"{sentence}; {ending}." if ending else f"{sentence}."


def _opening(snapshot: Snapshot) -> str:
    found = {verdict.name for verdict in snapshot.verdicts}
    return next((text for name, text in OPENINGS.items() if name in found), "D and G compete")


def _players(snapshot: Snapshot) -> str:
    """Where D stands on the samples shown; a critic, of equilibrium loss 0, has only scores."""
    if snapshot.equilibrium.get("d_loss", 1.0) == 0:
        gap = float(np.mean(snapshot.real_logits) - np.mean(snapshot.fake_logits))
        return f"the critic scores real samples {gap:+.2g} against fakes"
    d_real, d_fake = (expit(x).mean() for x in (snapshot.real_logits, snapshot.fake_logits))
    return f"D(x) = {d_real:.2f}, D(G(z)) = {d_fake:.2f}"


def _ending(snapshot: Snapshot) -> str:
    found: dict[str, Verdict] = {verdict.name: verdict for verdict in snapshot.verdicts}
    for name, text in ENDINGS.items():
        if name in found:
            return text.format(evidence=found[name].evidence)
    for name, label in (("js", "JS"), ("frechet", "the Fréchet distance")):
        measure = snapshot.measures.get(name)
        if measure is not None:
            return f"{label} is {measure.value:.3g}, its noise floor {measure.floor:.2g}"
    return ""
