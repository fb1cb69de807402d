"""MNIST on the CPU, scored by the bundled classifier on 10,000 samples.

    GANLAB_DATA_DIR=... python -m benchmarks.mnist [--seed 0]

"sure": share of samples the classifier is more than 90 % sure of. The Fréchet distance is taken
in its 64 features, so it compares only with itself; real test images are printed beside.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch

from ganlab.classifier import load_classifier, load_reference
from ganlab.data import load_images
from ganlab.image_metrics import ImageScores, class_histogram
from ganlab.presets import PRESETS
from ganlab.training import Trainer

# preset -> (least share of sure samples, seconds)
TARGETS = {"mnist_quick": (0.6, 60.0), "mnist_dcgan": (0.6, 180.0), "mnist_mlp": (0.0, 60.0)}
SAMPLES = 10_000


def scores(images: np.ndarray) -> dict[str, float]:
    """Everything the tables below print, from images [n, 1, 28, 28] in [-1, 1]."""
    features, probabilities = load_classifier("mnist").features_and_probabilities(images)
    estimates, _ = ImageScores(load_reference("mnist")).measure(features, probabilities)
    values = {name: estimate.value for name, estimate in estimates.items()}
    return values | {"rarest": class_histogram(probabilities).min()}


def show(label: str, numbers: dict[str, float], seconds: float = 0.0) -> None:
    print(
        f"{label:18}{100 * numbers['confident']:7.1f}{numbers['frechet']:9.1f}"
        f"{numbers['class_kl']:9.3f}{100 * numbers['rarest']:8.1f}{numbers['precision']:8.2f}"
        f"{numbers['recall']:8.2f}{numbers['density']:9.2f}{numbers['coverage']:9.2f}"
        f"{seconds:9.1f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    seed = parser.parse_args().seed
    torch.set_num_threads(1)
    print(f"{'':18} sure % Frechet class KL rarest %  prec.  recall  density coverage  seconds")
    real = load_images("mnist", "test").sample(SAMPLES, torch.Generator().manual_seed(seed))
    show("real test images", scores(real.numpy()))
    for name, (share, limit) in TARGETS.items():
        trainer = Trainer(PRESETS[name].config.with_values({"seed": seed}))
        started = time.perf_counter()
        trainer.advance(trainer.config.training.steps)
        seconds = time.perf_counter() - started
        numbers = scores(trainer.samples(SAMPLES, seed=seed))
        show(name, numbers, seconds)
        if share:
            met = numbers["confident"] > share and numbers["rarest"] > 0 and seconds <= limit
            print(f"  target over {share:.0%} sure, all classes, within {limit:g} s: "
                  f"{'met' if met else 'MISSED'}")  # fmt: skip


if __name__ == "__main__":
    main()
