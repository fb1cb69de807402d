"""The laboratories: which data each shows, with which charts, and where it starts."""

from __future__ import annotations

from dataclasses import dataclass

from ganlab.config import Kind, RunConfig, kind_of

TIME = ("losses", "scores", "divergences", "modes", "accuracy", "value", "gradients", "mode_map")
IMAGES = (
    *("losses", "scores", "frechet", "classes", "accuracy", "modes"),
    *("value", "gradients", "mode_map"),
)


@dataclass(frozen=True)
class Lab:
    """path: of its page; preset: what it opens with; figures: the charts beside the picture."""

    path: str
    title: str
    what: str
    preset: str
    figures: tuple[str, ...]
    description: str


LABS: dict[Kind, Lab] = {
    1: Lab(
        "lab_1d",
        "1-D lab",
        "Two densities on a line, the discriminator between them, and the best it could be.",
        "gaussian1d",
        TIME,
        "Densities of real and generated samples on a line, the discriminator's opinion of every "
        "point, and the map from latents to samples. The sentence below says what it shows.",
    ),
    2: Lab(
        "lab_2d",
        "2-D lab",
        "Samples in the plane on what the discriminator believes of every point.",
        "ring8",
        TIME,
        "Real and generated samples in the plane, on the discriminator's opinion of every point. "
        "The sentence below says what it shows.",
    ),
    "image": Lab(
        "lab_images",
        "Image lab",
        "Digits drawn by a generator, each framed by the discriminator's verdict.",
        "digits",
        IMAGES,
        "Generated images beside real ones, each framed in the colour of the discriminator's "
        "verdict. The sentence below says what it shows.",
    ),
}


def lab_of(config: RunConfig) -> Lab:
    """The laboratory in which a configuration is at home."""
    return LABS[kind_of(config.data)]
