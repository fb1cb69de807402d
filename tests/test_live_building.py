"""What a new run is made of: configuration asked for, data on disk, static message, anatomy."""

from __future__ import annotations

import gzip
import re
from functools import partial

import numpy as np
import pooch
import pytest
import torch
from live_helpers import SMALL, SMALL_IMAGES
from torch import nn

from ganlab.config import ConfigError, DataConfig, RunConfig, kind_of
from ganlab.data import download, unpack_points
from ganlab.data.user import MIN_ROWS
from ganlab.figures.live import scene_static
from ganlab.live import building, protocol
from ganlab.live.anatomy import anatomy
from ganlab.live.building import build, changed
from ganlab.live.frames import unpack
from ganlab.presets import PRESETS
from ganlab.training import Trainer

CIRCLE = [(np.cos(i / 10), np.sin(i / 10)) for i in range(60)]


# -- configurations --------------------------------------------------------------------------------


def test_a_reset_changes_what_it_names():
    config = changed(SMALL, protocol.Reset(values={"seed": 8, "latent.dim": 3}))
    assert config == SMALL.with_values({"seed": 8, "latent.dim": 3})
    assert changed(SMALL, protocol.Reset()) == SMALL


def test_other_data_drop_what_belonged_to_the_old():
    drawn = changed(SMALL.with_values({"data.std": 0.05}), protocol.Draw(points=CIRCLE))
    assert (drawn.data.name, drawn.data.std) == ("points", None)
    back = changed(drawn, protocol.Reset(values={"data.name": "ring8"}))
    assert back == SMALL
    kept = changed(drawn, protocol.Reset(values={"seed": 3}))
    assert kept.data == drawn.data
    wide = changed(back, protocol.Reset(values={"data.name": "grid25", "data.std": 0.1}))
    assert wide.data == DataConfig(name="grid25", std=0.1)
    images = SMALL_IMAGES.with_values({"data.classes": (3, 8)})
    mnist = changed(images, protocol.Reset(values={"data.name": "mnist"}))
    assert mnist.data == DataConfig(name="mnist")


def test_a_drawing_becomes_the_data():
    config = changed(SMALL, protocol.Draw(points=CIRCLE))
    points = unpack_points(config.data.drawn)
    np.testing.assert_allclose(points, CIRCLE, atol=1e-4)
    again = changed(config, protocol.Draw(points=[(2 * x, y) for x, y in CIRCLE]))
    np.testing.assert_allclose(unpack_points(again.data.drawn)[:, 0], 2 * points[:, 0], atol=2e-4)


@pytest.mark.parametrize(
    ("config", "command", "lab"),
    [
        (SMALL, protocol.Reset(values={"data.name": "gaussian1d"}), "1-D lab"),
        (SMALL, protocol.Reset(values={"data.name": "digits"}), "image lab"),
        (PRESETS["gaussian1d"].config, protocol.Reset(values={"data.name": "ring8"}), "2-D lab"),
        (PRESETS["gaussian1d"].config, protocol.Draw(points=CIRCLE), "2-D lab"),
        (PRESETS["mnist_dcgan"].config, protocol.Draw(points=CIRCLE), "2-D lab"),
        (PRESETS["mnist_dcgan"].config, protocol.Reset(values={"data.name": "ring8"}), "2-D lab"),
    ],
)
def test_data_of_another_kind_are_refused_with_the_place_to_go(config, command, lab):
    with pytest.raises(ConfigError, match=f"it has no place here, open the {lab}") as refused:
        changed(config, command)
    assert refused.value.path == "data.name"


@pytest.mark.parametrize("name", ["ring8", "gaussian1d", "digits"])
def test_data_of_the_same_kind_are_welcome(name):
    for other in PRESETS.values():
        data = other.config.data
        if kind_of(data) == kind_of(PRESETS[name].config.data):
            reset = protocol.Reset(values={"data.name": data.name})
            assert changed(PRESETS[name].config, reset).data.name == data.name


@pytest.mark.parametrize(
    ("values", "path"),
    [({"seed": -1}, "seed"), ({"nonsense": 1}, "nonsense"), ({"data.name": "ring9"}, "data.name")],
)
def test_a_wrong_value_is_refused_by_name(values, path):
    with pytest.raises(ConfigError, match=re.escape(path)) as refused:
        changed(SMALL, protocol.Reset(values=values))
    assert refused.value.path == path


def test_a_straight_stroke_cannot_be_learnt():
    with pytest.raises(ValueError, match="constant"):
        changed(SMALL, protocol.Draw(points=[(0.5, i) for i in range(20)]))


def test_the_fewest_points_are_those_that_data_need():
    assert protocol.POINTS[0] == MIN_ROWS
    assert changed(SMALL, protocol.Draw(points=CIRCLE[:MIN_ROWS])).data.drawn


# -- data on disk ----------------------------------------------------------------------------------


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine without image files, on which a download fails the test."""
    monkeypatch.delenv("GANLAB_DATA_DIR", raising=False)
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / project)
    monkeypatch.setattr(download, "fetch", lambda *args, **more: pytest.fail("downloaded"))
    return tmp_path


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_images_that_are_not_here_are_refused_not_downloaded(bare, name):
    config = SMALL_IMAGES.with_values({"data.name": name})
    with pytest.raises(ConfigError, match="choose digits") as refused:
        build(config, lambda: pytest.fail("built"))
    assert f"ganlab train mnist_quick --data.name {name}" in str(refused.value)
    assert "train-images-idx3-ubyte.gz" in str(refused.value) and refused.value.path == "data.name"


def put(folder, source, names):
    """Files of a source with checksums that match."""
    for name in names:
        content = gzip.compress(name.encode(), mtime=0)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        source.md5[name] = pooch.file_hash(str(folder / name), "md5")


@pytest.mark.parametrize("place", ["cache", "folder"])
def test_images_that_are_here_are_taken(bare, monkeypatch, place):
    source = download.Source("mnist", ("mnist",), (), dict(download.SOURCES["mnist"].md5))
    monkeypatch.setitem(download.SOURCES, "mnist", source)
    folder = bare / "ganlab" / "mnist" if place == "cache" else bare / "mnist"
    if place == "folder":
        monkeypatch.setenv("GANLAB_DATA_DIR", str(bare))
    train = [name for name in source.md5 if name.startswith("train")]
    put(folder, source, train)
    building.check_on_disk(DataConfig(name="mnist"))
    with pytest.raises(ConfigError, match="t10k"):  # some classes are measured by the test split
        building.check_on_disk(DataConfig(name="mnist", classes=(3,)))
    if place == "cache":
        (folder / train[0]).write_bytes(b"cut short")
        with pytest.raises(ConfigError, match=train[0]):
            building.check_on_disk(DataConfig(name="mnist"))


def test_digits_and_points_need_no_files(bare):
    for name in ("digits", "ring8"):
        building.check_on_disk(DataConfig(name=name))


# -- the static message ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "facts"),
    [
        ({}, {"scene": 2, "p_g": "estimated", "modes": 8}),
        ({"latent.signs": 0}, {"scene": 2, "p_g": "exact", "modes": 8}),
        ({"data.name": "two_moons"}, {"scene": 2, "p_g": "estimated", "modes": 0}),
        ({"data.name": "mixture1d"}, {"scene": 1, "p_g": "estimated"}),
        ({"data.name": "laplace1d", "latent.dim": 1, "latent.signs": 0}, {"p_g": "exact"}),
        ({"data.name": "digits"}, {"scene": "image", "p_g": "none", "modes": 10}),
        ({"data.name": "digits", "data.classes": (1, 7)}, {"modes": 2}),
    ],
)  # fmt: skip
def test_the_static_message_says_what_stays(values, facts):
    config = SMALL.with_values(values)
    built = build(config, partial(Trainer, config))
    meta, arrays = unpack(built.static)
    assert meta["kind"] == "static" and meta["data"] == config.data.name
    assert meta["latent"] == config.latent.model_dump()
    assert facts.items() <= meta.items()
    expected = scene_static(built.snapshot)
    assert arrays.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(arrays[name], np.asarray(array, arrays[name].dtype))


# -- anatomy ---------------------------------------------------------------------------------------


def test_the_layers_of_an_mlp():
    config = SMALL.with_values({"generator.widths": (5, 7), "discriminator.packing": 2})
    found = anatomy(Trainer(config))
    assert found["generator"] == [
        {"label": "dense 5", "activation": "leaky ReLU", "shape": "5", "parameters": 10 * 5 + 5},
        {"label": "dense 7", "activation": "leaky ReLU", "shape": "7", "parameters": 5 * 7 + 7},
        {"label": "dense 2", "activation": "linear", "shape": "2", "parameters": 7 * 2 + 2},
    ]
    assert found["discriminator"] == [
        {"label": "dense 8", "activation": "leaky ReLU", "shape": "8", "parameters": 4 * 8 + 8},
        {"label": "dense 1", "activation": "logit", "shape": "1", "parameters": 9},
    ]
    assert found["parameters"] == {"generator": 55 + 42 + 16, "discriminator": 49}


def test_the_layers_of_a_dcgan_with_norms():
    config = SMALL_IMAGES.with_values(
        {
            "generator.architecture": "dcgan",
            "generator.channels": 4,
            "generator.norm": "batch",
            "discriminator.architecture": "dcgan",
            "discriminator.channels": 4,
            "discriminator.spectral_norm": True,
            "discriminator.activation": "silu",
        }
    )
    found = anatomy(Trainer(config))
    shapes = [(layer["label"], layer["activation"], layer["shape"]) for layer in found["generator"]]
    assert shapes == [
        ("dense 64", "batch norm, leaky ReLU", "64"),
        ("transposed conv 8", "batch norm, leaky ReLU", "8×4×4"),
        ("transposed conv 4", "batch norm, leaky ReLU", "4×8×8"),
        ("conv 1", "tanh", "1×8×8"),
    ]
    # 16 (+ bias) weights a filter from 16 channels to 8, and a scale and shift for each.
    assert found["generator"][1]["parameters"] == 16 * 8 * 16 + 8 + 2 * 8
    assert [layer["label"] for layer in found["discriminator"]] == [
        "conv 4, spectral norm", "conv 8, spectral norm", "dense 1, spectral norm",
    ]  # fmt: skip
    assert [layer["activation"] for layer in found["discriminator"]] == ["SiLU", "SiLU", "logit"]


@pytest.mark.parametrize("name", PRESETS)
def test_no_weight_of_a_preset_is_missing_and_none_is_moved(name, monkeypatch):
    config = PRESETS[name].config.with_values(
        {"probe.measure_samples": 100, "probe.samples": 16, "compute.precision": "float32"}
    )
    if config.data.name == "mnist":
        config = config.with_values({"data.name": "digits"})
    trainer = Trainer(config)
    before = trainer.state_dict()
    found = anatomy(trainer)
    for side, network in zip(("generator", "discriminator"), trainer.networks(), strict=True):
        total = sum(weight.numel() for weight in network.parameters())
        assert sum(layer["parameters"] for layer in found[side]) == total
        assert found["parameters"][side] == total > 0
        assert not any(module._forward_hooks for module in network.modules())
        assert (
            all(isinstance(m, nn.Module) and m.training for m in network.modules())
            or side == "generator"
        )
    after = trainer.state_dict()
    assert all(torch.equal(after[key], value) for key, value in before.items())
    assert RunConfig().flat().keys() == config.flat().keys()
