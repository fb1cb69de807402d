"""Healthy games on images, and the textbook's."""

from __future__ import annotations

from ganlab.presets.preset import Claim, Preset, both

IMAGES = {
    "generator.output": "tanh",
    "latent.dim": 16,
    "latent.signs": 16,
    "penalty.r2": 0.0,
    "penalty.interval": 4,
    "training.batch_size": 64,
    "training.decay": "constant",
    "training.ema": 0.999,
    "probe.samples": 64,
    "probe.measure_samples": 1000,
    "probe.measure_every": 500,
}

IMAGE_PRESETS = (
    Preset(
        "digits",
        "Digits 8x8",
        "Handwritten digits of 64 pixels, bundled, no download: an image GAN within seconds.",
        IMAGES
        | {
            "data.name": "digits",
            "generator.widths": (64, 128),
            "generator.norm": "batch",
            "discriminator.widths": (128, 64),
            "penalty.r1": 0.5,
            "g_optimizer.lr": 2e-3,
            "d_optimizer.lr": 1e-3,
            "training.steps": 4000,
        },
        (Claim("confident", at_least=0.5),),
    ),
    Preset(
        "mnist_mlp",
        "MNIST, the textbook's MLP",
        "One hidden layer of 128 units on each side, Adam at 2e-4: what most first tutorials "
        "train. Shown for what it is: after three epochs few samples would pass as digits.",
        IMAGES
        | {
            "data.name": "mnist",
            "latent.dim": 100,
            "latent.signs": 0,
            "generator.widths": (128,),
            "generator.activation": "relu",
            "discriminator.widths": (128,),
            "penalty.r1": 0.0,
            **both(lr=2e-4, beta1=0.5, beta2=0.999),
            "training.ema": 0.0,
            "training.steps": 2800,
        },
        (Claim("confident", at_most=0.4),),
    ),
    Preset(
        "mnist_quick",
        "MNIST within a minute",
        "The same kind of network made well: batch norm in the generator, sign bits in z for "
        "the ten classes, a lazy R1 penalty and an averaged generator.",
        IMAGES
        | {
            "data.name": "mnist",
            "generator.widths": (64, 128, 256),
            "generator.norm": "batch",
            "discriminator.widths": (256, 128),
            "penalty.r1": 0.5,
            "g_optimizer.lr": 2e-3,
            "d_optimizer.lr": 1e-3,
            "training.steps": 4700,
        },
        (Claim("confident", at_least=0.6), Claim("modes", at_least=10)),
    ),
    Preset(
        "mnist_dcgan",
        "MNIST, convolutional",
        "A small DCGAN: convolutions know that pixels have neighbours, so strokes come out clean "
        "with a tenth of the weights.",
        IMAGES
        | {
            "data.name": "mnist",
            "generator.architecture": "dcgan",
            "discriminator.architecture": "dcgan",
            "compute.precision": "auto",
            "loss.name": "relativistic",
            "penalty.r1": 0.1,
            "penalty.r2": 0.1,
            **both(lr=2e-3),
            "training.steps": 3700,
        },
        (Claim("confident", at_least=0.6), Claim("modes", at_least=10)),
    ),
)
