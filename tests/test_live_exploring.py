"""What questions about a generator are answered, number by number."""

from __future__ import annotations

import io
import math
from concurrent.futures import Future

import numpy as np
import pytest
import torch
from exploring_helpers import DCGAN, LINE, NORMED, answers, last, latents, subject, trained
from live_helpers import SMALL, SMALL_IMAGES, started
from PIL import Image
from sklearn.datasets import load_digits

from ganlab import latent
from ganlab.data import load_images
from ganlab.data.images import DIGITS_TRAIN
from ganlab.live import questions
from ganlab.live.exploring import Subject, explore
from ganlab.live.run import LiveRun
from ganlab.pretrained import load_generator
from ganlab.seeding import stream

KINDS = [SMALL, LINE, SMALL_IMAGES, NORMED, DCGAN]


def outputs(config, z) -> np.ndarray:
    """The network's own output in data scale, by the shortest way."""
    trainer = trained(config)
    network, (mean, std) = trainer.networks()[0], trainer.standardisation
    training = network.training
    with torch.no_grad():
        made = network.eval()(torch.tensor(z)).double().numpy()
    network.train(training)
    return made * std + mean


def bounded(config):
    return config.with_values({"generator.output": "tanh"})


def grey(images: np.ndarray) -> np.ndarray:
    return np.clip(np.round((images[:, 0] + 1) * 127.5), 0, 255).astype(np.uint8)


# -- facts -----------------------------------------------------------------------------------------


def test_about_a_generator_of_points():
    arrays, meta = last(subject(SMALL), questions.About(id=1))
    assert arrays["real"].shape == (1000, 2)
    (left, right), (low, high) = meta["bounds"]
    inside = (arrays["real"] > [left, low]) & (arrays["real"] < [right, high])
    assert inside.mean() > 0.99
    known = {
        "name": "this run", "makes": 2, "shape": [2], "data": "ring8", "training": True,
        "state": "paused", "discriminator": True, "classes": 0, "weights": True,
        "parameters": 10 * 8 + 8 + 8 * 2 + 2, "card": None,
        "latent": {"kind": "normal", "dim": 2, "signs": 8},
    }  # fmt: skip
    assert known.items() <= meta.items()
    assert "only images" in meta["memory"]
    # |z| of two normal coordinates is Rayleigh: its q quantile is sqrt(-2 log(1 - q)).
    shell = [math.sqrt(-2 * math.log(1 - q)) for q in (0.025, 0.5, 0.975)]
    assert [meta["shell"][key] for key in ("low", "middle", "high")] == pytest.approx(shell)


def test_about_a_generator_of_images():
    arrays, meta = last(subject(DCGAN), questions.About(id=1))
    assert arrays == {} and "bounds" not in meta
    assert (meta["makes"], meta["shape"], meta["classes"]) == ("image", [1, 8, 8], 10)
    assert (meta["weights"], meta["memory"]) == (False, "")
    assert last(subject(LINE), questions.About(id=1))[1]["makes"] == 1


def test_seeds_are_the_library_s():
    config = subject(SMALL).generator.latent
    arrays, _ = last(subject(SMALL), questions.Seeds(id=1, seeds=(5, 0, 5)))
    assert (arrays["z"] == latent.seeded_latents(config, [5, 0, 5]).numpy()).all()
    assert (arrays["z"][0] == arrays["z"][2]).all() and (arrays["z"][0] != arrays["z"][1]).any()


@pytest.mark.parametrize("config", KINDS)
def test_decode_is_the_network_s_own_output(config):
    of = subject(config)
    z = latents(of, 5)
    arrays, _ = last(of, questions.Decode(id=1, z=z))
    made = outputs(config, z)
    if of.generator.images:
        assert arrays["x"].dtype == np.uint8 and (arrays["x"] == grey(made)).all()
        likely = of.generator.classifier.features_and_probabilities(made)[1]
        np.testing.assert_allclose(arrays["classes"], likely, atol=1e-5)
    else:
        np.testing.assert_allclose(arrays["x"], made, rtol=1e-5, atol=1e-6)
        assert "classes" not in arrays
    believed = of.generator.belief(made)
    np.testing.assert_allclose(arrays["score"], believed, atol=1e-5)
    assert arrays["score"].shape == (5,)


def test_many_are_decoded_in_pieces_of_one_moment():
    of = subject(DCGAN)
    z = latents(of, 13)
    pieces = list(explore(of, questions.Decode(id=1, z=z)))
    assert pieces[:-1] == [None, None] and pieces[-1].share == 1
    assert (pieces[-1].arrays["x"] == grey(outputs(DCGAN, z))).all()
    assert pieces[-1].arrays["score"].shape == (13,)
    whole = explore(of, questions.Decode(id=1, z=z))
    next(whole)
    with torch.no_grad():
        bias = of.generator.network.project.bias
        bias += 10.0
        moved = [answer for answer in whole if answer]
        bias -= 10.0
    assert (moved[-1].arrays["x"] == pieces[-1].arrays["x"]).all()


def test_a_z_of_another_length_is_refused():
    of = subject(SMALL)
    for question in (
        questions.Decode(id=1, z=((0.0,) * 9,)),
        questions.Walk(id=1, points=((0.0,) * 9, (1.0,) * 9)),
        questions.Atlas(id=1, origin=(0.0,) * 10, axes=((0.0,) * 9,), window=(0, 1, 0, 1)),
    ):
        with pytest.raises(
            ValueError, match="z of length 9 does not fit this generator; send all 10"
        ):
            answers(of, question)


def test_examples_are_test_images_by_their_number():
    arrays, _ = last(subject(SMALL_IMAGES), questions.Examples(id=1, n=20, seed=3))
    bundled, index = load_digits(), arrays["index"].tolist()
    rows = [DIGITS_TRAIN + k for k in index]
    assert len(set(index)) == 20 and max(rows) < len(bundled.images)
    images = np.rint(bundled.images[rows] * (255 / 16)).astype(np.uint8)
    assert (arrays["x"] == images).all() and (arrays["labels"] == bundled.target[rows]).all()
    again, _ = last(subject(SMALL_IMAGES), questions.Examples(id=9, n=20, seed=3))
    other, _ = last(subject(SMALL_IMAGES), questions.Examples(id=9, n=20, seed=4))
    assert again["index"].tolist() == index != other["index"].tolist()


def test_examples_are_of_the_run_s_classes():
    of = subject(SMALL_IMAGES.with_values({"data.classes": (3, 8)}))
    arrays, _ = last(of, questions.Examples(id=1, n=40))
    assert set(arrays["labels"].tolist()) == {3, 8}


def test_absent_test_images_are_named_with_the_way_to_have_them(monkeypatch):
    monkeypatch.setattr("ganlab.data.images.find_local", lambda file, source: None)
    of = Subject(load_generator("mnist_plane"), "exhibit", training=False)
    with pytest.raises(ValueError, match=r"not on the server \(t10k-.* is missing\); run `ganlab"):
        answers(of, questions.Examples(id=1, n=3))


@pytest.mark.parametrize("config", [SMALL, LINE, SMALL_IMAGES, NORMED])
def test_the_weights_make_the_same_samples(config):
    of = subject(config)
    arrays, meta = last(of, questions.Weights(id=1))
    z = np.array(latents(of, 7))
    x = z
    activations = {
        "leaky_relu": lambda x, slope: np.where(x > 0, x, slope * x),
        "elu": lambda x, slope: np.where(x > 0, x, np.expm1(x)),
    }
    for index, layer in enumerate(meta["layers"]):
        act = activations[layer["activation"]]
        x = act(x @ arrays[f"w{index}"].T + arrays[f"b{index}"], layer["slope"])
    index = len(meta["layers"])
    x = x @ arrays[f"w{index}"].T + arrays[f"b{index}"]
    assert f"w{index + 1}" not in arrays and index == len(config.generator.widths)
    x = {"tanh": np.tanh, "linear": lambda x: x}[meta["output"]](x)
    expected = outputs(config, z.astype(np.float32)).reshape(7, -1)
    np.testing.assert_allclose(x, expected, rtol=1e-4, atol=1e-5)


def test_weights_that_cannot_be_folded_are_refused():
    layered = NORMED.with_values({"generator.norm": "layer"})
    for config in (DCGAN, layered):
        with pytest.raises(ValueError, match="only MLPs of up to 600,000 weights"):
            answers(subject(config), questions.Weights(id=1))


@pytest.mark.parametrize(
    ("config", "sent"), [(SMALL, True), (bounded(SMALL), False), (bounded(SMALL_IMAGES), True)]
)
def test_points_behind_a_bounded_output_are_not_the_page_s_to_make(config, sent):
    """Their mean and scale come after tanh, where no weight can take them in."""
    assert last(subject(config), questions.About(id=1))[1]["weights"] == sent
    if not sent:
        with pytest.raises(ValueError, match="of points with a linear output"):
            answers(subject(config), questions.Weights(id=1))


# -- walks and atlases -----------------------------------------------------------------------------


@pytest.mark.parametrize("config", [SMALL, DCGAN])
@pytest.mark.parametrize("closed", [False, True])
def test_a_walk_with_its_speedometer(config, closed):
    of = subject(config)
    points = latents(of, 3)
    question = questions.Walk(id=1, points=points, frames=33, closed=closed, easing="smooth")
    found = answers(of, question)
    assert len(found) == (6 if config is DCGAN else 1)  # pieces of 6 images, 64 points
    arrays = found[-1].arrays
    path = latent.walk(
        of.generator.latent, torch.tensor(points), 33, closed=closed, easing="smooth"
    )
    assert (arrays["z"] == path.latents.numpy()).all()
    assert (arrays["keys"] == path.keys.numpy()).all() and len(arrays["keys"]) == 3
    made = outputs(config, path.latents.numpy())
    dim = of.generator.latent.dim
    norms = np.linalg.norm(path.latents.numpy()[:, :dim].astype(np.float64), axis=1)
    np.testing.assert_allclose(arrays["norm"], norms, rtol=1e-5)
    for k in range(33):
        before = made[k - 1] if k or closed else made[0]
        rms = math.sqrt(((made[k] - before) ** 2).mean())
        assert arrays["change"][k] == pytest.approx(rms, rel=1e-3, abs=1e-6)
    if of.generator.images:
        assert np.abs(arrays["x"].astype(int) - grey(made)).max() <= 1
        assert arrays["classes"].shape == (33, 10)
    np.testing.assert_allclose(arrays["score"], of.generator.belief(made), atol=1e-5)


def test_a_great_circle_is_closed():
    of = subject(SMALL)
    points = latents(of, 2)
    arrays, _ = last(of, questions.Walk(id=1, points=points, frames=24, path="great_circle"))
    made = outputs(SMALL, arrays["z"])
    rms = math.sqrt(((made[0] - made[-1]) ** 2).mean())
    assert arrays["change"][0] == pytest.approx(rms, rel=1e-3) and rms > 0


@pytest.mark.parametrize("config", [SMALL, DCGAN])
def test_an_atlas_comes_in_rows_from_the_top(config):
    of = subject(config)
    origin, *axes = latents(of, 3)
    n, (u0, u1, v0, v1) = 11, (-1.0, 2.0, -3.0, 1.0)
    question = questions.Atlas(id=1, origin=origin, axes=axes, window=(u0, u1, v0, v1), n=n)
    found = answers(of, question)
    rows = [answer.meta["rows"] for answer in found]
    assert rows == [[0, 5], [5, 10], [10, 11]] and all(a.meta["n"] == n for a in found)
    assert [answer.share for answer in found] == pytest.approx([5 / 11, 10 / 11, 1])
    arrays = {k: np.concatenate([a.arrays[k] for a in found]) for k in found[0].arrays}
    u = u0 + (np.arange(n) + 0.5) * (u1 - u0) / n
    v = v1 - (np.arange(n) + 0.5) * (v1 - v0) / n
    z = [np.array(origin) + x * np.array(axes[0]) + y * np.array(axes[1]) for y in v for x in u]
    made = outputs(config, np.array(z, np.float32))
    if of.generator.images:
        assert np.abs(arrays["x"].astype(int) - grey(made)).max() <= 1
        likely = of.generator.classifier.features_and_probabilities(made.astype(np.float32))[1]
        assert arrays["class"].dtype == np.uint8
        assert (arrays["class"] == likely.argmax(1)).mean() > 0.99
        np.testing.assert_allclose(arrays["sure"], likely.max(1), atol=1e-3)
    else:
        np.testing.assert_allclose(arrays["x"], made, rtol=1e-3, atol=1e-4)
        assert "class" not in arrays
    check_stretch(config, np.array(z)[60], np.array(axes), arrays, 60)


@pytest.mark.parametrize("config", [SMALL, DCGAN])
def test_an_atlas_without_stretching_is_the_same_but_for_it(config, monkeypatch):
    of = subject(config)
    origin, *axes = latents(of, 3)
    plan = {"id": 1, "origin": origin, "axes": axes, "window": (-1, 1, -1, 1), "n": 9}
    whole = answers(of, questions.Atlas(**plan))
    monkeypatch.setattr("ganlab.latent.stretching", None)  # whoever calls it fails
    found = answers(of, questions.Atlas(**plan, stretch=False))
    assert [a.meta for a in found] == [a.meta for a in whole]
    assert set(whole[0].arrays) - set(found[0].arrays) == {"stretch", "volume"}
    for answer, other in zip(found, whole, strict=True):
        for name, values in answer.arrays.items():
            last_digit = 1 if name == "x" and values.dtype == np.uint8 else 1e-4
            np.testing.assert_allclose(values.astype(float), other.arrays[name], atol=last_digit)


def test_derivatives_are_loaded_beside_the_training(monkeypatch):
    """Torch may take half a second for it: no piece waits for that."""
    loaded = Future()
    monkeypatch.setattr("ganlab.live.exploring.subject.warm_up", lambda: loaded)
    of = subject(SMALL)
    origin, *axes = latents(of, 3)
    question = questions.Atlas(id=1, origin=origin, axes=axes, window=(-1, 1, -1, 1), n=2)
    pieces = explore(of, question)
    assert [next(pieces) for _ in range(3)] == [None] * 3
    loaded.set_result(None)
    assert [answer.share for answer in pieces if answer] == [1]


def check_stretch(config, z, axes, arrays, cell):
    """Of one cell, against differences of the outputs."""
    network, (mean, std) = trained(config).networks()[0], trained(config).standardisation
    twin = type(network)(len(z), trained(config).generator().shape, config.generator).double()
    twin.load_state_dict(network.state_dict())
    step = 1e-6
    with torch.no_grad():
        ahead, behind = (
            twin.eval()(torch.from_numpy(z + sign * step * axes)).numpy() * std + mean
            for sign in (1, -1)
        )
    slopes = ((ahead - behind) / (2 * step)).reshape(2, -1)
    values = np.linalg.svd(slopes, compute_uv=False)
    assert arrays["stretch"][cell] == pytest.approx(math.log(values[0]), abs=1e-3)
    assert arrays["volume"][cell] == pytest.approx(np.log(values).sum(), abs=1e-2)


def test_an_atlas_of_one_axis_is_one_row():
    of = subject(LINE)
    origin, axis = latents(of, 2)
    question = questions.Atlas(id=1, origin=origin, axes=[axis], window=(0, 4, 0, 0), n=8)
    (found,) = answers(of, question)
    assert found.meta["rows"] == [0, 1]
    z = np.array([np.array(origin) + (k + 0.5) / 2 * np.array(axis) for k in range(8)])
    np.testing.assert_allclose(found.arrays["x"], outputs(LINE, z.astype(np.float32)), atol=1e-4)


# -- searches --------------------------------------------------------------------------------------


def test_directions_of_the_weights_are_their_singular_vectors():
    arrays, meta = last(subject(SMALL_IMAGES), questions.Directions(id=1, method="weights", k=3))
    weight = trained(SMALL_IMAGES).networks()[0].mlp.layers[0].weight.detach().numpy()
    _, values, rows = np.linalg.svd(weight.astype(np.float64))
    np.testing.assert_allclose(np.abs((arrays["vectors"] * rows[:3]).sum(1)), 1, atol=1e-5)
    np.testing.assert_allclose(arrays["share"], (values**2 / (values**2).sum())[:3], rtol=1e-4)
    assert meta["labels"] == ["weight 1", "weight 2", "weight 3"]


def test_directions_of_the_features_are_the_same_again():
    question = questions.Directions(id=1, method="features", k=16, seed=4)
    of = subject(SMALL_IMAGES)
    arrays, meta = last(of, question)
    assert arrays["vectors"].shape[1] == 10 and len(arrays["vectors"]) == len(meta["labels"])
    np.testing.assert_allclose(np.linalg.norm(arrays["vectors"], axis=1), 1, rtol=1e-5)
    assert (np.diff(arrays["share"]) <= 1e-6).all() and arrays["share"].sum() <= 1 + 1e-5
    assert (last(of, question)[0]["vectors"] == arrays["vectors"]).all()


def test_directions_of_the_classes_are_those_of_their_mean_z():
    of = subject(SMALL_IMAGES)
    arrays, meta = last(of, questions.Directions(id=1, method="classes", seed=2))
    z = latent.sample_latents(of.generator.latent, 1000, stream(2, "directions"))
    classes = of.generator.classifier.features_and_probabilities(of.generator.samples(z))[1]
    classes, z = classes.argmax(1), z.numpy()
    assert (arrays["counts"] == np.bincount(classes, minlength=10)).all()
    for label in np.unique(classes):
        mean = z[classes == label].mean(0)
        np.testing.assert_allclose(arrays["means"][label], mean, atol=1e-5)
        towards = mean - z.mean(0)
        assert arrays["share"][label] == pytest.approx(np.linalg.norm(towards), abs=1e-5)
        if np.linalg.norm(towards) > 1e-3:
            unit = towards / np.linalg.norm(towards)
            np.testing.assert_allclose(arrays["vectors"][label], unit, atol=1e-3)
    assert meta["labels"] == list("0123456789")
    with pytest.raises(ValueError, match="no classifier for these data"):
        answers(subject(SMALL), questions.Directions(id=1, method="classes"))


def test_an_inversion_shows_its_way_to_the_image():
    of = subject(DCGAN)
    (z,) = latents(of, 1, seed=8)
    target = grey(outputs(DCGAN, np.array([z], np.float32)))[0]
    pixels = tuple(target.flatten().tolist())
    found = answers(of, questions.Invert(id=1, pixels=pixels, steps=100, starts=4))
    steps = [answer.meta["step"] for answer in found]
    assert steps[-1] == 100 and steps == sorted(set(steps)) and len(steps) >= 15
    losses = [answer.meta["loss"] for answer in found]
    assert 0 <= losses[-1] < losses[0] / 10
    arrays, meta = found[-1].arrays, found[-1].meta
    assert (arrays["target"] == target).all() and arrays["losses"].shape == (4,)
    assert arrays["z"].shape == (6,) and meta["steps"] == 100
    made = outputs(DCGAN, arrays["z"][None])
    assert np.abs(grey(made)[0].astype(int) - arrays["x"]).max() <= 1
    wanted = target / 127.5 - 1
    assert meta["loss"] == pytest.approx(((made[0, 0] - wanted) ** 2).mean(), abs=1e-4)


def test_what_is_looked_for_must_be_there():
    of = subject(DCGAN)
    for question, words in (
        (questions.Invert(id=1, pixels=(0,) * 63), "63 pixels and the generator's have 8 x 8"),
        (questions.Invert(id=1, test=99_999), "There is no test image 99,999"),
    ):
        with pytest.raises(ValueError, match=words):
            answers(of, question)
    with pytest.raises(ValueError, match="makes points"):
        answers(subject(SMALL), questions.Invert(id=1, test=1))
    arrays, _ = last(of, questions.Invert(id=1, test=7, steps=10, starts=1))
    expected, _ = last(of, questions.Examples(id=1, n=64, seed=0))
    if 7 in expected["index"]:
        assert (expected["x"][expected["index"] == 7][0] == arrays["target"]).all()


def test_neighbours_are_the_nearest_training_images():
    of = subject(SMALL_IMAGES)
    (z,) = latents(of, 1)
    arrays, meta = last(of, questions.Neighbours(id=1, z=z, k=4))
    made = outputs(SMALL_IMAGES, np.array([z], np.float32))
    train = load_images("digits")
    assert (arrays["x"] == grey(made)[0]).all()
    gaps = (train.images[:, 0].astype(float) - arrays["x"]) / 127.5
    distance = np.sqrt((gaps**2).sum((1, 2)))
    nearest = np.argsort(distance, kind="stable")[:4]
    np.testing.assert_allclose(arrays["pixel_distance"], distance[nearest], rtol=1e-6)
    assert (arrays["pixel"] == train.images[arrays["pixel_index"], 0]).all()
    assert meta["labels"]["pixel"] == train.labels[arrays["pixel_index"]].tolist()
    features = of.generator.classifier.features_and_probabilities
    ours = features(made.astype(np.float32))[0]
    theirs = features(train.images.astype(np.float32) / 127.5 - 1)[0]
    near = np.sort(np.linalg.norm(theirs - ours, axis=1))[:4]
    np.testing.assert_allclose(arrays["feature_distance"], near, rtol=1e-4)
    assert all(0 <= meta["percentile"][space] <= 100 for space in ("pixel", "feature"))


# -- files -----------------------------------------------------------------------------------------


def kept(of, **what):
    arrays, meta = last(of, questions.Export(id=1, **what))
    return arrays["bytes"].tobytes(), meta


def test_a_walk_is_kept_as_an_animation():
    of = subject(DCGAN)
    plan = questions.WalkPlan(points=latents(of, 2), frames=7)
    expected = last(of, questions.Walk(id=1, **plan.model_dump()))[0]["x"]
    for format, mime in (("gif", "image/gif"), ("webp", "image/webp")):
        content, meta = kept(of, format=format, walk=plan, fps=10, scale=3)
        assert meta == {"filename": f"this_run_walk.{format}", "mime": mime}
        film = Image.open(io.BytesIO(content))
        assert film.size == (24, 24) and film.n_frames == 7
        film.seek(4)
        frame = np.array(film.convert("L"))[::3, ::3]
        assert np.abs(frame.astype(int) - expected[4]).max() <= 1


def test_a_plane_is_kept_as_a_mosaic_and_arrays():
    of = subject(DCGAN)
    origin, *axes = latents(of, 3)
    plan = questions.AtlasPlan(origin=origin, axes=axes, window=(-1, 1, -1, 1), n=4)
    expected = last(of, questions.Atlas(id=1, **plan.model_dump()))[0]["x"]
    content, meta = kept(of, format="png", atlas=plan, scale=2)
    picture = np.array(Image.open(io.BytesIO(content)))
    assert meta["filename"] == "this_run_plane.png" and picture.shape == (64, 64)
    tiles = picture[::2, ::2].reshape(4, 8, 4, 8).swapaxes(1, 2).reshape(16, 8, 8)
    assert np.abs(tiles.astype(int) - expected).max() <= 1
    arrays = np.load(io.BytesIO(kept(of, format="npz", atlas=plan)[0]))
    assert arrays["latents"].shape == (16, 6)
    assert np.abs(arrays["images"].astype(int) - expected).max() <= 1


def test_points_are_kept_as_numbers_only():
    of = subject(SMALL)
    plan = questions.WalkPlan(points=latents(of, 2), frames=5)
    arrays = np.load(io.BytesIO(kept(of, format="npz", walk=plan)[0]))
    np.testing.assert_allclose(arrays["samples"], outputs(SMALL, arrays["latents"]), atol=1e-5)
    with pytest.raises(ValueError, match="only images can be kept as a picture"):
        kept(of, format="gif", walk=plan)


def test_seeds_and_scripts_are_kept():
    of = subject(DCGAN)
    content, meta = kept(of, format="seeds", seeds=(3, 14, 15))
    assert [line for line in content.decode().split() if line.isdigit()] == ["3", "14", "15"]
    assert meta == {"filename": "this_run_seeds.txt", "mime": "text/plain"}
    z = of.generator.seeded([3, 14]).tolist()
    plan = questions.WalkPlan(points=z, frames=5)
    content, _ = kept(of, format="python", walk=plan, seeds=(3, 14))
    assert "generator.seeded([3, 14])" in content.decode()
    moved = questions.WalkPlan(points=[z[0], z[0]], frames=5)
    content, _ = kept(of, format="python", walk=moved, seeds=(3, 14))
    assert "seeded" not in content.decode()
    for script in (content, kept(of, format="python", seeds=(1,))[0]):
        compile(script, "script", "exec")


# -- a generator that moves ------------------------------------------------------------------------


def test_long_work_keeps_to_the_moment_it_began():
    run = started(DCGAN)
    of = run.subject()
    question = questions.Walk(id=1, points=latents(of, 2), frames=40)
    alone = last(of, question)[0]["x"]
    pieces, seen = explore(of, question), []
    for answer in pieces:
        run.trainer.advance(1)
        seen.append(answer)
    assert (seen[-1].arrays["x"] == alone).all()
    assert (last(run.subject(), question)[0]["x"] != alone).any()


def test_a_run_is_explored_as_it_stands_now():
    run = started(SMALL)
    question = questions.Decode(id=1, z=latents(run.subject(), 3))
    first = last(run.subject(), question)[0]
    run.trainer.advance(5)
    now = run.subject()
    assert now.generator.step == 5 and now.state == "paused"
    then = last(now, question)[0]
    alone = run.trainer.generator()
    z = torch.tensor(question.z)
    assert (then["x"] == alone.samples(z)).all() and (then["x"] != first["x"]).any()
    assert (then["score"] == alone.belief(alone.samples(z))).all()


def test_a_run_that_failed_or_is_not_there_yet_has_nothing_to_explore():
    with pytest.raises(ValueError, match="still being built"):
        LiveRun(SMALL).subject()
    run = started(SMALL)
    run.fail(RuntimeError("no"))
    with pytest.raises(ValueError, match="stopped on an error"):
        run.subject()
