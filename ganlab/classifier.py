"""The small classifiers in whose features generated images are scored, and how to train them.

    python -m ganlab.classifier --dataset mnist --epochs 3

writes three files: weights (float16), the reference that scoring needs (feature statistics of
the training images, a sample of test images), and a card saying how they came about. Those of
MNIST and of the 8x8 digits are bundled with the library.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save
from torch import Tensor, nn
from torch.nn import functional as F

from ganlab.data import ImageSet, load_images
from ganlab.data.images import unit_range
from ganlab.image_metrics import Reference, feature_statistics, frechet_distance

BUNDLED = Path(__file__).parent / "assets"
FEATURES, CLASSES = 64, 10
REFERENCE_IMAGES = 2000


@dataclass(frozen=True)
class Recipe:
    """How a data set's classifier is made.

    size: height and width of the images, a multiple of 4. warp: whether training images are
    turned, scaled and shifted at random, for sets too small to teach what a digit may look like.
    """

    size: int
    epochs: int
    warp: bool


RECIPES = {
    "mnist": Recipe(28, epochs=3, warp=False),
    "fashion_mnist": Recipe(28, epochs=8, warp=False),
    "digits": Recipe(8, epochs=300, warp=True),
}


class Classifier(nn.Module):
    """Two convolutions, then 64 features, then 10 logits: 105,866 parameters at 28x28.

    size: height and width of the images, a multiple of 4.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size
        self.body = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(32 * (size // 4) ** 2, FEATURES),
            nn.ReLU(),
        )
        self.head = nn.Linear(FEATURES, CLASSES)

    def forward(self, images: Tensor) -> Tensor:
        """[n, 1, size, size] in [-1, 1] -> logits [n, 10]."""
        return self.head(self.body(images))

    @torch.inference_mode()
    def features_and_probabilities(
        self, images: np.ndarray | Tensor, batch: int = 500
    ) -> tuple[np.ndarray, np.ndarray]:
        """Images [n, 1, size, size] in [-1, 1] -> features [n, 64], probabilities [n, 10].

        Both float32 NumPy, on the CPU. Raises ValueError for images of another shape.
        """
        images = torch.as_tensor(images).detach().cpu()
        if images.shape[1:] != (1, self.size, self.size) or not len(images):
            raise ValueError(
                f"images of shape {tuple(images.shape)} do not fit this classifier: give "
                f"[n, 1, {self.size}, {self.size}] with pixels in [-1, 1]."
            )
        features = torch.cat([self.body(part.float()) for part in images.split(batch)])
        return features.numpy(), self.head(features).softmax(dim=1).numpy()


@cache
def load_classifier(dataset: str, folder: Path | None = None) -> Classifier:
    """The classifier of "mnist", "digits" or "fashion_mnist", in evaluation mode, shared.

    folder: where its files lie; by default the library's own, else the user's cache. Raises
    ValueError for an unknown data set, or one whose classifier has not been trained yet.
    """
    model = Classifier(_recipe(dataset).size)
    weights = load_file(_file(dataset, ".safetensors", folder))
    model.load_state_dict({name: weight.float() for name, weight in weights.items()})
    # Convolutions on one core take half the time in this layout of the weights.
    return model.eval().requires_grad_(False).to(memory_format=torch.channels_last)


@cache
def load_reference(dataset: str, folder: Path | None = None) -> Reference:
    """What scoring needs to know of the real images; same arguments as ``load_classifier``."""
    _recipe(dataset)
    tensors = load_file(_file(dataset, ".reference.safetensors", folder))
    return Reference(**{name: tensor.numpy() for name, tensor in tensors.items()})


def user_folder() -> Path:
    """Where classifiers trained by the user are kept."""
    import pooch  # slow to import, needed by few

    return Path(pooch.os_cache("ganlab")) / "classifiers"


def train_classifier(
    data: ImageSet, epochs: int, seed: int = 0, warp: bool = False, batch: int = 128
) -> Classifier:
    """A classifier trained with AdamW and a one-cycle learning rate (Smith 2018).

    The same seed gives the same weights, bit for bit, on one machine with one thread. The global
    random state is left as it was. Weights are rounded to float16, as they are stored.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Classifier(data.shape[-1])
        images, labels = unit_range(data.images), torch.from_numpy(data.labels).long()
        optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.05)
        steps = epochs * -(-len(images) // batch)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=steps)
        for _ in range(epochs):
            for rows in torch.randperm(len(images)).split(batch):
                inputs = warped(images[rows]) if warp else images[rows]
                optimizer.zero_grad()
                F.cross_entropy(model(inputs), labels[rows]).backward()
                optimizer.step()
                schedule.step()
    return model.half().float().eval().requires_grad_(False)


def warped(images: Tensor) -> Tensor:
    """Each image turned by up to 14 degrees, scaled by up to 15 %, shifted by up to a tenth."""

    def draw(limit: float, *shape: int) -> Tensor:
        return limit * (2 * torch.rand(len(images), *shape) - 1)

    angle, scale, shift = draw(0.25), 1 + draw(0.15), draw(0.2, 2, 1)
    cosine, sine = scale * angle.cos(), scale * angle.sin()
    turn = torch.stack([cosine, -sine, sine, cosine], dim=1).view(-1, 2, 2)
    grid = F.affine_grid(torch.cat([turn, shift], dim=2), list(images.shape), align_corners=False)
    return F.grid_sample(images + 1, grid, align_corners=False) - 1  # beyond the border: black


def make_reference(model: Classifier, train: ImageSet, test: ImageSet, seed: int = 0) -> Reference:
    """Statistics of all training images, and up to 2,000 test images for floor and coverage."""
    features, probabilities = model.features_and_probabilities(unit_range(train.images))
    mean, covariance = feature_statistics(features)
    order = np.random.default_rng(seed).permutation(len(test.images))[:REFERENCE_IMAGES]
    held_out, guesses = model.features_and_probabilities(unit_range(test.images[order]))
    return Reference(
        mean=mean.astype(np.float32),
        covariance=covariance.astype(np.float32),
        histogram=np.bincount(probabilities.argmax(axis=1), minlength=CLASSES) / len(features),
        features=held_out.astype(np.float16),
        classes=guesses.argmax(axis=1).astype(np.uint8),
        confidence=guesses.max(axis=1).astype(np.float16),
    )


def _recipe(dataset: str) -> Recipe:
    if dataset not in RECIPES:
        raise ValueError(
            f"there is no classifier for {dataset!r}: choose among {', '.join(RECIPES)}."
        )
    return RECIPES[dataset]


def _file(dataset: str, suffix: str, folder: Path | None) -> Path:
    folders = (BUNDLED, user_folder()) if folder is None else (Path(folder),)
    paths = [place / f"classifier_{dataset}{suffix}" for place in folders]
    found = next((path for path in paths if path.is_file()), None)
    if found is None:
        raise ValueError(
            f"no classifier for {dataset!r} has been trained yet: run "
            f"`python -m ganlab.classifier --dataset {dataset}` once (a few minutes)."
        )
    return found


def main(arguments: list[str] | None = None) -> None:
    """Train, evaluate, write: weights, reference, card."""
    parser = argparse.ArgumentParser(prog="python -m ganlab.classifier", description=__doc__)
    parser.add_argument("--dataset", choices=RECIPES, required=True)
    parser.add_argument("--epochs", type=int, help="passes over the training images")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, help="folder; by default the user's cache")
    options = parser.parse_args(arguments)
    recipe = RECIPES[options.dataset]
    epochs = recipe.epochs if options.epochs is None else options.epochs
    folder = user_folder() if options.output is None else options.output
    torch.set_num_threads(1)  # sums in another order would change the weights
    train, test = (load_images(options.dataset, split) for split in ("train", "test"))
    model = train_classifier(train, epochs, options.seed, recipe.warp)
    reference = make_reference(model, train, test, options.seed)
    card = _card(model, reference, test)
    card |= {"dataset": options.dataset, "epochs": epochs, "seed": options.seed}
    card["command"] = f"python -m ganlab.classifier --dataset {options.dataset} --epochs {epochs}"
    card["command"] += f" --seed {options.seed}"
    _write(folder, options.dataset, model, reference, card)
    print(json.dumps(card, indent=2))


def _card(model: Classifier, reference: Reference, test: ImageSet) -> dict[str, object]:
    features, probabilities = model.features_and_probabilities(unit_range(test.images))
    real = frechet_distance(reference.mean, reference.covariance, *feature_statistics(features))
    return {
        "test_accuracy": float((probabilities.argmax(axis=1) == test.labels).mean()),
        "test_images_above_90_percent": float((probabilities.max(axis=1) > 0.9).mean()),
        "frechet_distance_test_to_train": real,
        "parameters": sum(weight.numel() for weight in model.parameters()),
        "torch": torch.__version__,
    }


def _write(
    folder: Path, dataset: str, model: Classifier, reference: Reference, card: dict[str, object]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"classifier_{dataset}"
    weights = {name: weight.half() for name, weight in model.state_dict().items()}
    Path(f"{stem}.safetensors").write_bytes(save(weights))
    arrays = {name: torch.from_numpy(array) for name, array in vars(reference).items()}
    Path(f"{stem}.reference.safetensors").write_bytes(save(arrays))
    Path(f"{stem}.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
