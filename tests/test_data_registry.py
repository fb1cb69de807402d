"""The registry of data sets: names, options, errors, sampling contract, imports."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from ganlab.config.choices import CHOICES
from ganlab.data import DISTRIBUTIONS, Distribution, make_distribution

LOCAL = [name for name in DISTRIBUTIONS if name not in ("points", "mnist", "fashion_mnist")]


def test_names_are_those_of_the_configuration() -> None:
    assert list(DISTRIBUTIONS) == list(CHOICES["data"])


@pytest.mark.parametrize("name", LOCAL)
def test_contract_of_every_distribution(name: str) -> None:
    d = make_distribution(name)
    assert isinstance(d, Distribution)
    assert d.name == name
    dim = 1 if len(d.shape) == 3 else d.shape[0]
    assert d.mean.shape == d.std.shape == (dim,)
    assert d.bounds.shape == (dim, 2)
    assert (d.bounds[:, 0] < d.bounds[:, 1]).all()
    x = d.sample(7, torch.Generator().manual_seed(3))
    assert x.shape == (7, *d.shape)
    assert (x.dtype, x.device.type) == (torch.float32, "cpu")
    if d.log_prob is not None:
        assert d.log_prob(x.double().numpy()).shape == (7,)
        assert d.log_prob(np.zeros((0, dim))).shape == (0,)


@pytest.mark.parametrize("name", LOCAL)
def test_samples_depend_on_the_generator_alone(name: str) -> None:
    d = make_distribution(name)
    draws = []
    for global_seed, seed in ((0, 5), (1, 5), (1, 6)):
        torch.manual_seed(global_seed)
        draws.append(d.sample(64, torch.Generator().manual_seed(seed)))
        assert torch.initial_seed() == global_seed
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[1], draws[2])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"name": "ring9"}, "there is no data set 'ring9': did you mean 'ring8'?"),
        ({"name": "zzz"}, "choose among gaussian1d, mixture1d"),
        ({"name": "swiss_roll", "std": 0.1}, "std = 0.1 does not apply to 'swiss_roll'.*ring8"),
        ({"name": "ring8", "path": "a.csv"}, "path = 'a.csv' does not apply.*choose points$"),
        ({"name": "ring8", "classes": (3,)}, "classes = .* choose digits, mnist, fashion_mnist$"),
        ({"name": "ring8", "split": "test"}, "split = 'test' does not apply to 'ring8'"),
        ({"name": "points"}, "give the path of a CSV or NPY file"),
        ({"name": "digits", "split": "valid"}, "no split 'valid': choose among train, test"),
    ],
)
def test_errors_are_sentences(options: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make_distribution(**options)


def test_importing_the_room_stays_light() -> None:
    """No other room of ours, and none of the libraries that only some data sets need."""
    code = (
        "import sys, ganlab.data\n"
        "print(*[m for m in sys.modules if m.startswith('ganlab.')"
        " and not m.startswith('ganlab.data')])\n"
        "print(*[m for m in ('sklearn', 'pooch', 'requests', 'streamlit', 'plotly')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n\n"
