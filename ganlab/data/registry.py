"""Every data set by name."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable

from ganlab.data import curves, families, mixtures
from ganlab.data.distribution import Distribution
from ganlab.data.drawn import drawn_points
from ganlab.data.images import IMAGE_SETS, load_images
from ganlab.data.user import load_points


def points(path: str | None = None, drawn: str | None = None) -> Distribution:
    """The user's own points, from a CSV or NPY file or packed as text."""
    if drawn is not None:
        return drawn_points(drawn)
    if path is None:
        raise ValueError("'points' are your own data: give the path of a CSV or NPY file")
    return load_points(path)


def _images(name: str) -> Callable[..., Distribution]:
    def build(classes: tuple[int, ...] = (), split: str = "train") -> Distribution:
        return load_images(name, split).subset(classes)

    return build


# Name -> builder; the builder's parameters are the options that apply to the name.
DISTRIBUTIONS: dict[str, Callable[..., Distribution]] = {
    "gaussian1d": mixtures.gaussian1d,
    "mixture1d": mixtures.mixture1d,
    "unbalanced1d": mixtures.unbalanced1d,
    "uniform1d": families.uniform1d,
    "laplace1d": families.laplace1d,
    "heavy_tail1d": families.heavy_tail1d,
    "spikes1d": mixtures.spikes1d,
    "ring8": mixtures.ring8,
    "grid25": mixtures.grid25,
    "gan_lab_line": curves.gan_lab_line,
    "gan_lab_gaussians": mixtures.gan_lab_gaussians,
    "gan_lab_ring": curves.gan_lab_ring,
    "gan_lab_blobs": mixtures.gan_lab_blobs,
    "swiss_roll": curves.swiss_roll,
    "two_moons": curves.two_moons,
    "spirals": curves.spirals,
    "checkerboard": families.Checkerboard,
    "pinwheel": families.Pinwheel,
    "circles": curves.circles,
    "points": points,
    **{name: _images(name) for name in IMAGE_SETS},
}


def make_distribution(
    name: str,
    *,
    std: float | None = None,
    path: str | None = None,
    drawn: str | None = None,
    classes: tuple[int, ...] = (),
    split: str = "train",
) -> Distribution:
    """The distribution called ``name``, with the options that apply to it.

    Args:
        name: a key of ``DISTRIBUTIONS``.
        std: width of the modes, for mixtures of equal Gaussians.
        path: CSV or NPY file, for ``points``.
        drawn: points packed as text by ``drawn.pack_points``, for ``points``.
        classes: labels to keep, for image sets; all when empty.
        split: "train" or "test", for image sets.

    Raises:
        ValueError: unknown name, an option that does not apply, or data that cannot be had; one
            sentence each.
    """
    if name not in DISTRIBUTIONS:
        near = difflib.get_close_matches(name, DISTRIBUTIONS, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"choose among {', '.join(DISTRIBUTIONS)}"
        raise ValueError(f"there is no data set {name!r}: {hint}")
    options = {
        option: value
        for option, value, unset in (
            ("std", std, None),
            ("path", path, None),
            ("drawn", drawn, None),
            ("classes", tuple(classes), ()),
            ("split", split, "train"),
        )
        if value != unset
    }
    for option, value in options.items():
        if option not in _options(name):
            takers = ", ".join(other for other in DISTRIBUTIONS if option in _options(other))
            raise ValueError(
                f"{option} = {value!r} does not apply to {name!r}: leave it out, or choose {takers}"
            )
    return DISTRIBUTIONS[name](**options)


def _options(name: str) -> set[str]:
    return set(inspect.signature(DISTRIBUTIONS[name]).parameters)
