"""Making the bundled generators: half-precision weights, and a card that measures these weights.

    python -m ganlab.bundling mnist_plane

trains ``ganlab/assets/generators/mnist_plane.json`` by ``ganlab train`` into runs/mnist_plane,
and bundles that run; ``--run FOLDER`` bundles one that is there already.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save
from torch import nn

import ganlab
from ganlab.classifier import load_reference
from ganlab.config import RunConfig
from ganlab.data import make_distribution
from ganlab.image_metrics import ImageScores, Reference, feature_statistics, frechet_distance
from ganlab.latent import sample_latents
from ganlab.memorisation import SPACES, memory_of
from ganlab.pretrained import ASSETS, BUNDLED, JUDGED, load_generator, read_bundle
from ganlab.runs import Summary, holds_run, load_run
from ganlab.runs.files import write
from ganlab.seeding import stream
from ganlab.snapshot import Status
from ganlab.trained import TrainedGenerator

MEASURED = 10_000  # samples behind the scores
COMPARED = 500  # samples compared with the training images
DIGITS = 5  # of a number in a card

LIMITS = {
    "mnist_dcgan": "It has seen 60,000 digits and nothing else, so letters and drawings of other "
    "things come out as digits.",
    "mnist_plane": "Two numbers are too few for ten classes: where two of them meet on the plane "
    "it shows strokes that are neither, and it misses most of each class's variety.",
    "digits": "It was trained on 1,437 images, few enough to come close to some of them. The 360 "
    "test images differ from these by more than chance, so that its Fréchet distance to them can "
    "lie below that of the test images.",
}


def bundle(name: str, run: str | Path, folder: Path = ASSETS) -> TrainedGenerator:
    """Write the files of a finished run's generator into a folder; returns it as read back.

    The same run gives the same files. Raises ValueError for a run that has not finished, is not
    of images with a classifier, or cannot be read.
    """
    kept = load_run(run)
    if kept.status is not Status.FINISHED:
        raise ValueError(f"{run} is {kept.status}: bundle a run that has finished.")
    exact = load_generator(run)
    if exact.classifier is None:
        raise ValueError(f"{exact.config.data.name} has no classifier: bundle a run on images.")
    half = _halved(exact)
    card = _origin(name, kept.summary) | {
        "parameters": half.parameters,
        "mean": half.mean.tolist(),
        "std": half.std.tolist(),
        "undecided": _undecided(half),
        **measures(half),
        "float32": {key: x["value"] for key, x in measures(exact)["measures"].items()},
        "nearest": nearest(half),
        "limits": LIMITS.get(name, ""),
    }
    files = {
        f"{name}.json": (kept.config.to_json() + "\n").encode(),
        f"{name}.safetensors": _weights(half.network),
        f"{name}.discriminator.safetensors": _weights(half.discriminator),
    }
    card["bytes"] = len(files[f"{name}.safetensors"])
    files[f"{name}.card.json"] = (json.dumps(card, indent=2) + "\n").encode()
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        write(folder / file, content)
    return read_bundle(name, folder)


def _halved(generator: TrainedGenerator) -> TrainedGenerator:
    """A copy with the weights that half precision leaves."""
    half = generator.frozen()
    for network in (half.network, half.discriminator):
        network.half().float()
    return half


def _weights(network: nn.Module) -> bytes:
    """In half precision; counters stay integers. Without metadata, whose order varies."""
    state = network.state_dict().items()
    return save({k: (x.half() if x.is_floating_point() else x).contiguous() for k, x in state})


def _origin(name: str, summary: Summary) -> dict[str, Any]:
    """How a generator came about."""
    return {
        "name": name,
        "command": f"ganlab train ganlab/assets/generators/{name}.json --out runs/{name} && "
        f"python -m ganlab.bundling {name} --run runs/{name}",
        "ganlab": ganlab.__version__,
        "torch": torch.__version__,
        "steps": summary.step,
        "seconds": round(summary.seconds),
    }


# -- measures ----------------------------------------------------------------------------------


def measures(generator: TrainedGenerator, n: int = MEASURED) -> dict[str, Any]:
    """Scores of n samples, each beside that of real test images, and the classes' shares.

    {"measures": {score: {"value", "floor"}}, "class_shares": [10], "samples": n, "group"}; the
    scores are those of ``image_metrics.SCORES``, the Fréchet distance by groups, see ``_frechet``.
    The latents are always the same.
    """
    reference = load_reference(generator.config.data.name)
    images = generator.samples(_latents(generator, n))
    features, likely = generator.classifier.features_and_probabilities(images)
    found, counts = ImageScores(reference).measure(features, likely)
    group = min(n, len(reference.features))
    values = {key: x.value for key, x in found.items()}
    values["frechet"] = _frechet(reference, features, group)
    return {
        "measures": {
            key: {"value": _rounded(values[key]), "floor": _rounded(x.floor)}
            for key, x in found.items()
        },
        "class_shares": [_rounded(count / n) for count in counts],
        "samples": n,
        "group": group,
    }


def _frechet(reference: Reference, features: np.ndarray, group: int) -> float:
    """The mean Fréchet distance of groups of as many samples as there are behind the floor.

    It falls as samples are added (Chong and Forsyth 2020, "Effectively unbiased FID"), so that of
    all samples [n, dim] at once would not compare with that of fewer test images.
    """
    starts = range(0, len(features) - group + 1, group)
    parts = (feature_statistics(features[start : start + group]) for start in starts)
    real = reference.mean, reference.covariance
    return float(np.mean([frechet_distance(*real, *part) for part in parts]))


def nearest(generator: TrainedGenerator, n: int = COMPARED) -> dict[str, float]:
    """{space_percentile: median over n samples}: 50 is usual, near 0 would mean copies.

    A percentile is the share of real test images that lie nearer to their nearest training
    image than the sample to its own.
    """
    data = generator.config.data
    found = memory_of(data.name, data.classes).nearest(generator.samples(_latents(generator, n)))
    return {
        f"{space}_percentile": _rounded(np.median(getattr(found, space).percentile))
        for space in SPACES
    }


def _latents(generator: TrainedGenerator, n: int) -> torch.Tensor:
    return sample_latents(generator.latent, n, stream(0, "model card"))


def _undecided(generator: TrainedGenerator) -> float:
    """Where the discriminator is undecided between real images and its generator's."""
    data = generator.config.data
    real = make_distribution(data.name, classes=data.classes).sample(JUDGED, stream(0, "judged"))
    fake = torch.from_numpy(generator.samples(_latents(generator, JUDGED)))
    return generator.middle(real, fake)


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


# -- the command -------------------------------------------------------------------------------


def model_cards(folder: Path = ASSETS) -> str:
    """The cards of the bundled generators in words, as Markdown."""
    cards = (folder / f"{name}.card.json" for name in BUNDLED)
    known = [json.loads(card.read_text(encoding="utf-8")) for card in cards if card.is_file()]
    return "\n\n".join([INTRODUCTION, *(_in_words(card, folder) for card in known)]) + "\n"


INTRODUCTION = """# The bundled generators

Trained on one CPU core, stored in half precision and measured so, on 10,000 samples. "Floor" is
what real test images read, 2,000 of MNIST and 360 of Digits. A Fréchet distance falls as images
are added, so that of the samples is the mean over groups of as many. Written by
`python -m ganlab.bundling NAME`."""


def _in_words(card: Mapping[str, Any], folder: Path) -> str:
    name, known = card["name"], BUNDLED[card["name"]]
    config = RunConfig.load(folder / f"{name}.json")
    shares = ", ".join(f"{k}: {100 * share:.1f}" for k, share in enumerate(card["class_shares"]))
    rows = "\n".join(
        f"| {key} | {x['value']:.4g} | {card['float32'][key]:.4g} | {x['floor']:.4g} |"
        for key, x in card["measures"].items()
    )
    pixel, feature = (card["nearest"][f"{space}_percentile"] for space in SPACES)
    sure = card["measures"]["confident"]
    paragraphs = (
        f"{known.what} {config.generator.architecture.upper()}, z of {config.latent.dim} "
        f"{config.latent.kind} coordinates, {card['parameters']:,} parameters in "
        f"{card['bytes'] / 1e6:.2f} MB, {card['steps']:,} steps in {card['seconds']:,} s.",
        f"| measure | value | in float32 | floor |\n| --- | --- | --- | --- |\n{rows}",
        f"Classes, in percent: {shares}.",
        f"Copies: half of the samples lie farther from their nearest training image than "
        f"{pixel:.0f} % of the real test images do (pixels) and {feature:.0f} % (features); near 0 "
        "would mean copies.",
        f"Limits: {card['limits']} The classifier is more than 90 % sure of "
        f"{100 * sure['value']:.0f} % of the samples, and of {100 * sure['floor']:.0f} % of real "
        "test images.",
        f"    {card['command']}",
    )
    return "\n\n".join((f"## {name}: {known.title}", *paragraphs))


def main(arguments: list[str] | None = None) -> None:
    """Train if need be, bundle, and write the cards in words."""
    parser = argparse.ArgumentParser(prog="python -m ganlab.bundling", description=__doc__)
    parser.add_argument("name", choices=BUNDLED)
    parser.add_argument("--run", type=Path, metavar="FOLDER", help="of a finished run")
    parser.add_argument("--output", type=Path, default=ASSETS, help="by default the library's own")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)  # sums in another order would change the last digits
    run = options.run or _trained(options.name)
    made = bundle(options.name, run, options.output)
    write(options.output / "README.md", model_cards(options.output).encode())
    print(json.dumps(made.card, indent=2))


def _trained(name: str) -> Path:
    """Train a configuration by the project's own command, unless that was done."""
    from ganlab.cli import main as command

    folder = Path("runs") / name
    if not holds_run(folder) and command(["train", f"{ASSETS / name}.json", "--out", str(folder)]):
        raise SystemExit(f"{name} was not trained to its end.")
    return folder


if __name__ == "__main__":
    main()
