"""The bundled classifiers: what they promise, what training gives."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from ganlab import classifier as cl
from ganlab.data import load_images
from ganlab.image_metrics import ImageScores, class_histogram, confident_share, feature_statistics

DATA = Path(
    os.environ.get("GANLAB_DATA_DIR", Path(__file__).resolve().parents[2] / "shared" / "data")
)
BUNDLED = ("mnist", "digits")


@pytest.fixture
def mnist_files(monkeypatch):
    if not (DATA / "mnist").is_dir():
        pytest.skip(f"no MNIST files in {DATA / 'mnist'}: set GANLAB_DATA_DIR")
    monkeypatch.setenv("GANLAB_DATA_DIR", str(DATA))


def unit_range(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32) / 127.5 - 1


def card(dataset: str) -> dict:
    return json.loads((cl.BUNDLED / f"classifier_{dataset}.json").read_text(encoding="utf-8"))


def accuracy(dataset: str) -> float:
    test = load_images(dataset, "test")
    _, p = cl.load_classifier(dataset).features_and_probabilities(unit_range(test.images))
    return float((p.argmax(axis=1) == test.labels).mean())


def test_digits_accuracy():
    assert accuracy("digits") == pytest.approx(card("digits")["test_accuracy"], abs=0.003)
    assert card("digits")["test_accuracy"] >= 0.97


def test_mnist_accuracy(mnist_files):
    assert accuracy("mnist") == pytest.approx(card("mnist")["test_accuracy"], abs=0.0005)
    assert card("mnist")["test_accuracy"] >= 0.988


@pytest.mark.parametrize(("dataset", "parameters"), [("mnist", 105_866), ("digits", 13_706)])
def test_sizes(dataset, parameters):
    model = cl.load_classifier(dataset)
    assert sum(weight.numel() for weight in model.parameters()) == parameters
    assert card(dataset)["parameters"] == parameters
    assert (cl.BUNDLED / f"classifier_{dataset}.safetensors").stat().st_size < 400_000
    assert (cl.BUNDLED / f"classifier_{dataset}.reference.safetensors").stat().st_size < 300_000


def test_features_and_probabilities():
    model = cl.load_classifier("digits")
    images = unit_range(load_images("digits", "test").images[:23])
    features, probabilities = model.features_and_probabilities(images, batch=10)
    assert features.shape == (23, 64) and features.dtype == np.float32 and (features >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    logits = features @ model.head.weight.numpy().T + model.head.bias.numpy()
    softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, softmax, atol=1e-5)
    whole = model.features_and_probabilities(torch.from_numpy(images))
    np.testing.assert_allclose(whole[0], features, atol=1e-5)


@pytest.mark.parametrize("dataset", BUNDLED)
def test_reference_fits_the_classifier(dataset):
    reference = cl.load_reference(dataset)
    assert reference.mean.shape == (64,) and reference.covariance.shape == (64, 64)
    assert reference.histogram.sum() == pytest.approx(1)
    assert reference.features.shape == ({"mnist": 2000, "digits": 360}[dataset], 64)
    scores = ImageScores(reference)
    head = cl.load_classifier(dataset).head
    features = torch.from_numpy(reference.features.astype(np.float32))
    probabilities = head(features).softmax(dim=1).numpy()
    estimates, _ = scores.measure(features.numpy(), probabilities)
    for name, estimate in estimates.items():  # the held-out images themselves: value = floor
        assert estimate.value == pytest.approx(estimate.floor, abs=2e-3), name


def test_digits_reference_is_reproduced():
    model, bundled = cl.load_classifier("digits"), cl.load_reference("digits")
    train = load_images("digits", "train")
    features, probabilities = model.features_and_probabilities(unit_range(train.images))
    mean, covariance = feature_statistics(features)
    np.testing.assert_allclose(bundled.mean, mean, atol=1e-3)
    np.testing.assert_allclose(bundled.covariance, covariance, atol=1e-2)
    np.testing.assert_allclose(bundled.histogram, class_histogram(probabilities), atol=2e-3)


def test_noise_is_not_taken_for_digits():
    noise = np.random.default_rng(0).uniform(-1, 1, (500, 1, 28, 28)).astype(np.float32)
    features, probabilities = cl.load_classifier("mnist").features_and_probabilities(noise)
    estimates, _ = ImageScores(cl.load_reference("mnist")).measure(features, probabilities)
    assert estimates["frechet"].value > 50 * estimates["frechet"].floor
    assert estimates["confident"].floor == pytest.approx(0.97, abs=0.015)
    assert confident_share(probabilities) < 0.9


def test_training_is_deterministic_and_leaves_the_random_state():
    data = load_images("digits")
    before = torch.get_rng_state()
    runs = [cl.train_classifier(data, epochs=2, seed=seed, warp=True) for seed in (1, 1, 2)]
    assert torch.equal(torch.get_rng_state(), before)
    first, second, other = (torch.cat([w.ravel() for w in run.parameters()]) for run in runs)
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


def test_warping_moves_images_a_little():
    images = -torch.ones(64, 1, 28, 28)
    images[:, :, 10:18, 10:18] = 1
    torch.manual_seed(0)
    moved = cl.warped(images)
    mass, at = (moved + 1).sum(dim=(1, 2, 3)) / 2, torch.arange(28.0)
    assert 64 / 1.15**2 * 0.9 < mass.min() < 60 and 68 < mass.max() < 64 / 0.85**2 * 1.1
    centre = ((moved + 1).sum(dim=(1, 2)) @ at) / (moved + 1).sum(dim=(1, 2, 3))
    assert 1 < (centre - 13.5).abs().max() < 4
    assert moved.min() == -1


def test_command_writes_what_load_reads(tmp_path, capsys):
    cl.main(["--dataset", "digits", "--epochs", "3", "--seed", "5", "--output", str(tmp_path)])
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "classifier_digits.json").read_text(encoding="utf-8"))
    assert printed["command"].endswith("--dataset digits --epochs 3 --seed 5")
    model = cl.load_classifier("digits", tmp_path)
    assert not torch.equal(model.head.weight, cl.load_classifier("digits").head.weight)
    test = load_images("digits", "test")
    _, probabilities = model.features_and_probabilities(unit_range(test.images))
    found = float((probabilities.argmax(axis=1) == test.labels).mean())
    assert found == pytest.approx(printed["test_accuracy"], abs=1e-9)
    assert cl.load_reference("digits", tmp_path).features.shape == (360, 64)


def test_what_is_not_there_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(cl, "user_folder", lambda: tmp_path)
    with pytest.raises(ValueError, match=r"python -m ganlab\.classifier --dataset fashion_mnist"):
        cl.load_classifier("fashion_mnist")
    with pytest.raises(ValueError, match="mnist, fashion_mnist, digits"):
        cl.load_reference("cifar10")
    with pytest.raises(ValueError, match=r"\[n, 1, 8, 8\]"):
        cl.load_classifier("digits").features_and_probabilities(np.zeros((2, 1, 28, 28)))
