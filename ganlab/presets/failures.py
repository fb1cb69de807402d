"""Failures that teach: each shows its symptom, and its cure is one setting away."""

from __future__ import annotations

from ganlab.presets.preset import UNREGULARISED, Claim, Preset, both

# The critic of Arjovsky et al. 2017: RMSprop, five steps to one of G.
CRITIC = UNREGULARISED | {
    "loss.name": "wasserstein",
    **both(name="rmsprop", beta1=0.0, beta2=0.99, lr=1e-3),
    "training.d_steps": 5,
    "training.steps": 1000,
}

FAILURES = (
    Preset(
        "mode_collapse",
        "Mode collapse",
        "The grid without a penalty, a Gaussian latent and a generator that moves faster than "
        "its opponent: it sits down on the few modes that fool D today. Raise R1 and R2 to 1 "
        "while it runs and watch the modes come back.",
        UNREGULARISED
        | {
            "data.name": "grid25",
            "g_optimizer.lr": 4e-3,
            "d_optimizer.lr": 1e-3,
            "training.steps": 4000,
        },
        (Claim("modes", at_most=20),),
        symptom="mode collapse",
    ),
    Preset(
        "mode_hopping",
        "Mode hopping",
        "With momentum and a large step the generator overshoots: as soon as D learns that one "
        "mode is fake, it jumps to the next, all of it at once, round and round.",
        UNREGULARISED
        | {
            **both(beta1=0.9),
            "g_optimizer.lr": 2e-2,
            "d_optimizer.lr": 1e-2,
            "training.batch_size": 256,
            "training.steps": 2000,
            "probe.measure_every": 50,
        },
        (Claim("modes", at_most=4, best="min"),),
        symptom="mode hopping",
    ),
    Preset(
        "vanishing_gradient",
        "Vanishing gradient",
        "The saturating loss against a discriminator trained ten times as much: D is certain of "
        "every fake, and log(1 - D) is flat where the generator stands. Raise the steps "
        "to 3,000, switch the loss to non-saturating and play on: the gradient comes back.",
        UNREGULARISED
        | {
            "loss.name": "minimax",
            "g_optimizer.lr": 1e-4,
            "d_optimizer.lr": 3e-3,
            "training.d_steps": 10,
            "training.batch_size": 256,
            "training.steps": 500,
        },
        (Claim("d_fake", at_most=0.1),),
        symptom="vanishing gradient",
    ),
    Preset(
        "oscillation",
        "Oscillation",
        "Two players without friction: each answers the other's last move and both circle the "
        "equilibrium instead of reaching it (Mescheder et al. 2018). R1 or R2 is the friction.",
        UNREGULARISED
        | {
            "data.name": "mixture1d",
            **both(lr=5e-3, beta1=0.9),
            "training.order": "simultaneous",
            "training.steps": 4000,
        },
        (Claim("js", at_least=0.05),),
        symptom="oscillation",
    ),
    Preset(
        "overpowered_d",
        "A discriminator that is too strong",
        "A small generator against a wide discriminator with ten times its learning rate, five "
        "steps to one and no penalty: D tells nearly every fake, and its verdict points nowhere. "
        "Lower D's rate, or add R1, and the game is open again.",
        UNREGULARISED
        | {
            "loss.name": "hinge",
            "generator.widths": (16,),
            "discriminator.widths": (128, 128),
            "g_optimizer.lr": 1e-3,
            "d_optimizer.lr": 1e-2,
            "training.d_steps": 5,
            "training.steps": 1000,
        },
        (Claim("accuracy_fake", at_least=0.9),),
        symptom="D is winning",
    ),
    Preset(
        "clipping",
        "What clipping costs",
        "Wasserstein with weights clipped to 0.01, the original recipe: so small a critic is "
        "nearly flat, its gradient tiny, and what it sees of the data is the centre, not the "
        "modes. Compare with the two presets below it.",
        CRITIC | {"penalty.clip": 0.01},
        (Claim("js", at_least=0.55), Claim("g_grad_norm", at_most=0.01)),
    ),
    Preset(
        "clipping_wide",
        "Clipping ten times wider",
        "The same critic clipped to 0.1 has slopes, and the generator finds the ring. So clipping "
        "works where the limit happens to suit the network and the data; nothing tells you which.",
        CRITIC | {"penalty.clip": 0.1},
        (Claim("js", at_most=0.62), Claim("g_grad_norm", at_least=0.02)),
    ),
    Preset(
        "wgan_gp",
        "A gradient penalty instead of clipping",
        "The same critic held near slope 1 by a penalty, with the Adam of its paper (Gulrajani et "
        "al. 2017): no limit to guess, and every mode of the ring is found.",
        CRITIC
        | {
            "penalty.gradient_penalty": 10.0,
            **both(name="adam", beta2=0.9),
            "training.steps": 2000,
        },
        (Claim("js", at_most=0.65), Claim("modes", at_least=7)),
    ),
    Preset(
        "divergence",
        "Divergence, and the way back",
        "Plain gradient descent at a rate of 10: within a few steps the numbers overflow. The "
        "run stops by itself and keeps its last healthy state; lower the rates and retry.",
        UNREGULARISED
        | {
            **both(name="sgd", lr=10.0),
            "loss.name": "least_squares",
        },
        symptom="diverged",
    ),
)
