"""Bundling: files that repeat, cards that say what the weights do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from test_classifier import mnist_files  # noqa: F401
from test_memorisation import scaled

from ganlab import RunConfig, Trainer, bundling, load_generator
from ganlab.bundling import bundle, measures, model_cards, nearest
from ganlab.classifier import load_classifier, load_reference
from ganlab.data import load_images
from ganlab.image_metrics import SCORES, frechet_distance, frechet_from_features
from ganlab.memorisation import memory_of
from ganlab.pretrained import ASSETS, BUNDLED, read_bundle
from ganlab.runs import save_run

BRIEF = {
    "data.name": "digits",
    "loss.name": "relativistic",
    "generator.output": "tanh",
    "generator.norm": "batch",
    "latent.dim": 8,
    "training.steps": 150,
    "training.batch_size": 64,
    "probe.measure_every": 150,
    "probe.samples": 64,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    trainer = Trainer(RunConfig().with_values(BRIEF))
    trainer.advance(150)
    return save_run(trainer, tmp_path_factory.mktemp("runs") / "brief")


@pytest.fixture(scope="module")
def made(run, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    bundle("digits", run, folder)
    return folder


def card(name: str, folder: Path = ASSETS) -> dict:
    return json.loads((folder / f"{name}.card.json").read_text(encoding="utf-8"))


# -- files -------------------------------------------------------------------------------------


def test_the_same_run_gives_the_same_files(run, made, tmp_path) -> None:
    bundle("digits", run, tmp_path)
    names = {"digits.json", "digits.card.json", "digits.safetensors",
             "digits.discriminator.safetensors"}  # fmt: skip
    assert {path.name for path in made.iterdir()} == names
    for name in names:
        assert (made / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_weights_are_the_runs_rounded_to_half_precision(run, made) -> None:
    exact, half = load_generator(run), read_bundle("digits", made)
    stored = load_file(made / "digits.safetensors")
    for name, weight in exact.network.state_dict().items():
        rounded = weight.half().float() if weight.is_floating_point() else weight
        assert torch.equal(half.network.state_dict()[name], rounded)
        assert stored[name].dtype == (torch.float16 if weight.is_floating_point() else weight.dtype)
    z = exact.seeded(range(200))
    x = exact.samples(z)
    assert 0 < np.abs(half.samples(z) - x).max() < 0.02
    np.testing.assert_allclose(half.belief(x), exact.belief(x), atol=0.03)
    assert half.config == exact.config and half.step == 150


def test_the_card_says_how_it_came_about(run, made) -> None:
    found = card("digits", made)
    assert found["command"].startswith("ganlab train ganlab/assets/generators/digits.json --out ")
    assert found["command"].endswith("python -m ganlab.bundling digits --run runs/digits")
    assert found["steps"] == 150 and found["torch"] == torch.__version__
    assert found["bytes"] == (made / "digits.safetensors").stat().st_size
    assert found["parameters"] == load_generator(run).parameters
    assert (found["mean"], found["std"]) == ([0.0], [1.0])


def test_where_d_is_undecided_is_midway_for_a_relativistic_loss(made) -> None:
    found = read_bundle("digits", made)
    real = torch.from_numpy(Trainer(found.config).real_samples(1000).astype(np.float32))
    fake = torch.from_numpy(found.samples(found.seeded(range(1000))))
    with torch.no_grad():
        real, fake = found.discriminator(real), found.discriminator(fake)
    spread = float(torch.cat([real, fake]).std())
    assert found.undecided == pytest.approx(float(real.mean() + fake.mean()) / 2, abs=0.2 * spread)


# -- measures ----------------------------------------------------------------------------------


def test_measures_are_the_scores_of_the_half_precision_samples(made) -> None:
    found, written = read_bundle("digits", made), card("digits", made)
    measured = measures(found)
    assert measured["measures"] == written["measures"] and set(measured["measures"]) == set(SCORES)
    images = found.samples(bundling._latents(found, 10_000))
    features, sure = load_classifier("digits").features_and_probabilities(images)
    assert (written["samples"], written["group"]) == (10_000, 360)
    assert written["measures"]["confident"]["value"] == pytest.approx((sure.max(1) > 0.9).mean())
    shares = np.bincount(sure.argmax(axis=1), minlength=10) / 10_000
    np.testing.assert_allclose(written["class_shares"], shares, atol=1e-9)
    real = load_reference("digits")
    each = [
        frechet_distance(real.mean, real.covariance, part.mean(0), np.cov(part.T))
        for part in np.split(features[: 27 * 360], 27)  # whole groups
    ]
    assert written["measures"]["frechet"]["value"] == pytest.approx(np.mean(each), rel=1e-3)


def test_a_perfect_generator_reads_what_as_many_images_read(made, monkeypatch) -> None:
    """Training images drawn again and again: all at once they would read a tenth."""
    found = read_bundle("digits", made)
    images = Trainer(found.config).real_samples(10_000).astype(np.float32)
    monkeypatch.setattr(type(found), "samples", lambda self, latents: images[: len(latents)])
    value = measures(found)["measures"]["frechet"]["value"]
    train = scaled(load_images("digits").images)
    features = found.classifier.features_and_probabilities(train)[0]
    real, rng = load_reference("digits"), np.random.default_rng(1)
    draws = [features[rng.integers(0, len(features), 360)] for _ in range(40)]
    expected = np.mean([frechet_from_features(features, drawn) for drawn in draws])
    assert value == pytest.approx(expected, rel=0.25)
    at_once = found.classifier.features_and_probabilities(images)[0]
    distance = frechet_distance(real.mean, real.covariance, at_once.mean(0), np.cov(at_once.T))
    assert 0 <= distance < 0.15 * value


def test_nearest_is_the_median_percentile(made) -> None:
    found = read_bundle("digits", made)
    neighbours = memory_of("digits").nearest(found.samples(bundling._latents(found, 60)))
    expected = {
        "pixel_percentile": np.median(neighbours.pixel.percentile),
        "feature_percentile": np.median(neighbours.feature.percentile),
    }
    assert nearest(found, 60) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_cards_hold(name: str, mnist_files) -> None:  # noqa: F811
    """The bundled weights measured again, on fewer samples where they are slow."""
    n = 1000 if name == "mnist_dcgan" else 10_000
    found, written = measures(load_generator(name), n), card(name)
    for score, near in {"confident": 0.05, "coverage": 0.03, "recall": 0.05}.items():
        near = near if n < 10_000 else 0.004
        expected = written["measures"][score]["value"]
        assert found["measures"][score]["value"] == pytest.approx(expected, abs=near), score
    np.testing.assert_allclose(found["class_shares"], written["class_shares"], atol=0.04)
    if n == 10_000:
        expected = written["measures"]["frechet"]["value"]
        assert found["measures"]["frechet"]["value"] == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("name", BUNDLED)
def test_half_precision_costs_next_to_nothing(name: str) -> None:
    written = card(name)
    half = {score: x["value"] for score, x in written["measures"].items()}
    for score in ("confident", "precision", "recall", "coverage"):
        assert half[score] == pytest.approx(written["float32"][score], abs=0.01), score
    assert half["frechet"] == pytest.approx(written["float32"]["frechet"], rel=0.03)
    assert half["modes"] == written["float32"]["modes"] == 10


@pytest.mark.parametrize(
    ("name", "sure", "frechet", "coverage"),
    [("mnist_dcgan", 0.75, 5, 0.8), ("mnist_plane", 0.75, 60, 0.5), ("digits", 0.8, 6, 0.8)],
)
def test_bundled_ones_are_good(name: str, sure: float, frechet: float, coverage: float) -> None:
    found = card(name)
    scores = found["measures"]
    assert sure < scores["confident"]["value"] <= scores["confident"]["floor"] + 0.02
    assert 0 < scores["frechet"]["value"] < frechet
    assert coverage < scores["coverage"]["value"] <= 1
    shares = found["class_shares"]
    assert sum(shares) == pytest.approx(1, abs=1e-3) and 0.05 < min(shares) < max(shares) < 0.2
    for space in ("pixel", "feature"):  # copies would read near 0
        assert 25 < found["nearest"][f"{space}_percentile"] < 95


# -- the command -------------------------------------------------------------------------------


def test_the_command_writes_the_cards_in_words(run, made, tmp_path, capsys) -> None:
    bundling.main(["digits", "--run", str(run), "--output", str(tmp_path)])
    assert json.loads(capsys.readouterr().out) == card("digits", made)
    words = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert words == model_cards(tmp_path)
    sure = card("digits", made)["measures"]["confident"]
    assert f"more than 90 % sure of {100 * sure['value']:.0f} % of the samples" in words
    assert words.count("\n## ") == 1 and "z of 8 normal coordinates" in words


def test_the_bundled_cards_in_words_are_those_of_the_files() -> None:
    words = (ASSETS / "README.md").read_text(encoding="utf-8")
    assert words == model_cards()
    assert words.count("\n## ") == len(BUNDLED)


def test_without_a_run_it_trains_by_the_projects_command(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bundling, "ASSETS", tmp_path)
    brief = RunConfig().with_values(BRIEF | {"training.steps": 20})
    (tmp_path / "digits.json").write_text(brief.to_json(), encoding="utf-8")
    folder = bundling._trained("digits")
    assert folder == Path("runs/digits") and load_generator(folder).step == 20
    saved = (folder / "generator.safetensors").stat().st_mtime_ns
    assert bundling._trained("digits") == folder  # there already
    assert (folder / "generator.safetensors").stat().st_mtime_ns == saved


@pytest.mark.parametrize(
    ("changes", "steps", "words"),
    [
        (BRIEF, 10, "is running: bundle a run that has finished"),
        ({"training.steps": 10}, 10, "ring8 has no classifier: bundle a run on images"),
    ],
)
def test_what_cannot_be_bundled_is_refused(changes, steps, words, tmp_path) -> None:
    trainer = Trainer(RunConfig().with_values(changes))
    trainer.advance(steps)
    folder = save_run(trainer, tmp_path / "run")
    with pytest.raises(ValueError, match=words):
        bundle("digits", folder, tmp_path / "made")
    assert not (tmp_path / "made").exists()
