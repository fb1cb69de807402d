"""Trained generators to explore: the bundled ones, or that of a run's folder.

    from ganlab import load_generator

    digits = load_generator("mnist_dcgan")
    images = digits.samples(digits.seeded([1, 2, 3]))  # [3, 1, 28, 28] in [-1, 1]

The run that trains now gives its own: ``Trainer.generator()``.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ganlab.config import RunConfig
from ganlab.networks import make_discriminator, make_generator
from ganlab.runs import load_run
from ganlab.trained import TrainedGenerator, sample_shape

ASSETS = Path(__file__).parent / "assets" / "generators"
JUDGED = 1000  # samples a side that say where D is undecided

__all__ = ["ASSETS", "BUNDLED", "Bundled", "TrainedGenerator", "load_generator"]


@dataclass(frozen=True)
class Bundled:
    """A generator that comes with the library: its title, and a sentence on what it shows."""

    title: str
    what: str


BUNDLED = {
    "mnist_dcgan": Bundled(
        "MNIST, convolutional", "The sharpest digits: a DCGAN with 64 latent dimensions."
    ),
    "mnist_plane": Bundled(
        "MNIST from two numbers", "A latent plane: two numbers decide everything, so it is a map."
    ),
    "digits": Bundled("Digits 8x8", "64 pixels and a small MLP: every weight can be looked at."),
}


def load_generator(source: str | Path) -> TrainedGenerator:
    """A bundled generator by its name in ``BUNDLED``, or that of a run's folder.

    In evaluation mode, on the CPU, yours alone. Raises ValueError, in one sentence, for a name
    or folder that is not there, or files that are damaged.
    """
    if isinstance(source, str) and source in BUNDLED:
        return read_bundle(source, ASSETS)
    if not Path(source).is_dir():
        raise ValueError(
            f"there is no generator {str(source)!r}: choose among {', '.join(BUNDLED)}, or give "
            "the folder of a saved run."
        )
    return _from_run(Path(source))


def read_bundle(name: str, folder: Path) -> TrainedGenerator:
    """A generator in the files that ``ganlab.bundling`` writes. Raises ValueError."""
    card = json.loads(_present(folder / f"{name}.card.json").read_text(encoding="utf-8"))
    known = BUNDLED.get(name, Bundled(name, ""))
    return replace(
        _assemble(
            folder / f"{name}.safetensors",
            folder / f"{name}.discriminator.safetensors",
            RunConfig.load(_present(folder / f"{name}.json")),
            torch.tensor(card["mean"]),
            torch.tensor(card["std"]),
        ),
        name=name,
        title=known.title,
        undecided=card["undecided"],
        step=card["steps"],
        card=card,
    )


def _from_run(folder: Path) -> TrainedGenerator:
    run = load_run(folder)
    files = (folder / "generator.safetensors", folder / "discriminator.safetensors")
    mean, std = (torch.tensor(json.loads(_metadata(files[0])[key])) for key in ("mean", "std"))
    found = _assemble(*files, run.config, mean, std)
    judged = (torch.from_numpy(x[:JUDGED]).float() for x in run.samples())
    return replace(
        found,
        name=folder.name,
        title=folder.name,
        step=run.summary.step,
        undecided=found.middle(*judged),
    )


def _assemble(
    generator: Path, discriminator: Path, config: RunConfig, mean: Tensor, std: Tensor
) -> TrainedGenerator:
    """The two networks from their files."""
    shape = sample_shape(config, len(mean))
    with torch.device("meta"):  # weights come from the files: none are drawn
        network = make_generator(config.latent.size, shape, config.generator)
        judge = make_discriminator(shape, config.discriminator, torch.Generator("cpu"))
    _fill(network, generator)
    _fill(judge, discriminator)
    return TrainedGenerator("", "", config, network, judge, mean, std, 0.0, 0)


def _fill(network: nn.Module, path: Path) -> None:
    """Load weights, stored in half or single precision, as float32."""
    with _opened(path) as file:
        stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    weights = {name: x.float() if x.is_floating_point() else x for name, x in stored.items()}
    try:
        network.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise ValueError(f"{_named(path)} does not fit its configuration ({reason}).") from None
    network.eval().requires_grad_(False)


def _metadata(path: Path) -> dict[str, str]:
    with _opened(path) as file:
        return file.metadata()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[safe_open]:
    try:
        with safe_open(_present(path), "pt") as file:
            yield file
    except SafetensorError as error:
        raise ValueError(
            f"{_named(path)} is damaged ({error}): restore it, or train again."
        ) from None


def _present(path: Path) -> Path:
    if not path.is_file():
        raise ValueError(f"{_named(path)} is missing: {_remedy(path)}.")
    return path


def _named(path: Path) -> str:
    """A file as a visitor of a server may read of it: of the library's own without its folder."""
    return f"The bundled file {path.name}" if path.parent == ASSETS else str(path)


def _remedy(path: Path) -> str:
    if path.parent == ASSETS:
        return "install ganlab again"
    return "save the run whole, or train it to its end"
