"""The names a configuration may use, by kind, with the label a person reads.

The objects behind the names live in the registries of their own rooms (``losses.LOSSES``,
``data.DISTRIBUTIONS``, ...); a test holds the two together. Keeping the names here lets the
app and the command line validate a configuration without importing torch.
"""

from __future__ import annotations

CHOICES: dict[str, dict[str, str]] = {
    "data": {
        "gaussian1d": "Gaussian (1-D)",
        "mixture1d": "Mixture of Gaussians (1-D)",
        "unbalanced1d": "Unbalanced mixture (1-D)",
        "uniform1d": "Uniform (1-D)",
        "laplace1d": "Laplace (1-D)",
        "heavy_tail1d": "Heavy tail (1-D)",
        "spikes1d": "Two spikes (1-D)",
        "ring8": "Ring of 8 Gaussians",
        "grid25": "Grid of 25 Gaussians",
        "gan_lab_line": "Line (web GAN Lab)",
        "gan_lab_gaussians": "Two Gaussians (web GAN Lab)",
        "gan_lab_ring": "Ring (web GAN Lab)",
        "gan_lab_blobs": "Three blobs (web GAN Lab)",
        "swiss_roll": "Swiss roll",
        "two_moons": "Two moons",
        "spirals": "Spirals",
        "checkerboard": "Checkerboard",
        "pinwheel": "Pinwheel",
        "circles": "Circles",
        "points": "Your own points",
        "digits": "Digits 8x8",
        "mnist": "MNIST",
        "fashion_mnist": "Fashion-MNIST",
    },
    "noise": {"normal": "Normal", "uniform": "Uniform on [-1, 1]"},
    "architecture": {"mlp": "MLP", "dcgan": "DCGAN (convolutional)"},
    "activation": {
        "relu": "ReLU",
        "leaky_relu": "Leaky ReLU, slope 0.2",
        "elu": "ELU",
        "silu": "SiLU",
        "softplus": "Softplus",
        "tanh": "Tanh",
    },
    "norm": {"none": "None", "batch": "Batch norm", "layer": "Layer norm"},
    "upsampling": {"transposed": "Transposed convolution", "resize": "Resize, then convolution"},
    "output": {"linear": "Linear", "tanh": "Tanh"},
    "loss": {
        "minimax": "Minimax (saturating)",
        "non_saturating": "Non-saturating",
        "least_squares": "Least squares",
        "wasserstein": "Wasserstein",
        "hinge": "Hinge",
        "relativistic": "Relativistic (paired)",
        "relativistic_average": "Relativistic average",
    },
    "sides": {"two": "Two-sided", "one": "One-sided"},
    "optimizer": {
        "sgd": "SGD",
        "momentum": "SGD with momentum",
        "rmsprop": "RMSprop",
        "adam": "Adam",
        "adamw": "AdamW",
    },
    "order": {"alternating": "Alternating", "simultaneous": "Simultaneous"},
    "decay": {"constant": "Constant", "linear": "Linear", "cosine": "Cosine"},
    "device": {"auto": "Automatic", "cpu": "CPU", "cuda": "CUDA GPU", "mps": "Apple GPU"},
    "precision": {
        "float32": "float32",
        "bfloat16": "bfloat16 (autocast)",
        "auto": "bfloat16 where the processor is fast at it",
    },
}


def allowed(kind: str) -> str:
    """The names of a kind as a readable list."""
    return ", ".join(CHOICES[kind])
