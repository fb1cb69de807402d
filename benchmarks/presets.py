"""Every preset over five seeds: does it show what it claims?

    python -m benchmarks.presets [NAME ...] [--seeds 5]

A preset must meet its numeric claims, and a failure earn its verdict on the way, in at least
four of five seeds.
"""

from __future__ import annotations

import argparse
import time
from typing import NamedTuple

import numpy as np

from ganlab.presets import PRESETS, Claim, Preset
from ganlab.snapshot import Snapshot
from ganlab.training import train

LOOKS = 20  # snapshots of a run at which verdicts are read


class Shown(NamedTuple):
    """What one run showed."""

    values: dict[str, float]
    symptom: bool
    seconds: float
    holds: bool


def value(claim: Claim, snapshot: Snapshot) -> float:
    """The claimed column: its last value, or its extreme over the run."""
    if claim.best == "last":
        return snapshot.history.last(claim.column)
    return float(getattr(np, f"nan{claim.best}")(snapshot.history[claim.column]))


def show(preset: Preset, seed: int) -> Shown:
    """Train once and compare with the claims."""
    config = preset.config.with_values({"seed": seed})
    started, seen = time.perf_counter(), set()
    for snapshot in train(config, every=max(config.training.steps // LOOKS, 1)):
        seen |= {verdict.name for verdict in snapshot.verdicts}
    values = {claim.column: value(claim, snapshot) for claim in preset.claims}
    symptom = preset.symptom is None or preset.symptom in seen
    inside = all(c.at_least <= values[c.column] <= c.at_most for c in preset.claims)
    return Shown(values, symptom, time.perf_counter() - started, inside and symptom)


def report(preset: Preset, seeds: int) -> bool:
    """Print a preset's line; True when at least four seeds in five show the claim."""
    shown = [show(preset, seed) for seed in range(seeds)]
    held = sum(run.holds for run in shown)
    numbers = "  ".join(
        f"{c.column} {np.median([run.values[c.column] for run in shown]):.3g} ({_range(c)})"
        for c in preset.claims
    )
    verdict = f"  «{preset.symptom}» {sum(r.symptom for r in shown)}" if preset.symptom else ""
    good = held >= 0.8 * seeds
    seconds = np.median([run.seconds for run in shown])
    mark = "shown" if good else "NOT SHOWN"
    print(
        f"{preset.name:20} {mark:10} {held}/{seeds} {seconds:6.1f} s  {numbers}{verdict}",
        flush=True,
    )
    return good


def _range(claim: Claim) -> str:
    low = f">= {claim.at_least:g}" if np.isfinite(claim.at_least) else ""
    high = f"<= {claim.at_most:g}" if np.isfinite(claim.at_most) else ""
    return " and ".join(filter(None, (low, high)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="presets; default all")
    parser.add_argument("--seeds", type=int, default=5)
    chosen = parser.parse_args()
    results = [report(PRESETS[name], chosen.seeds) for name in chosen.names or PRESETS]
    print(f"{sum(results)} of {len(results)} presets show what they claim")


if __name__ == "__main__":
    main()
