"""Healthy games on points, 1-D and 2-D."""

from __future__ import annotations

from ganlab.presets.preset import UNREGULARISED, Claim, Preset, both

# What healthy runs on points share; the defaults of RunConfig hold the rest.
POINTS = {
    "loss.name": "relativistic",
    "penalty.r1": 0.1,
    "penalty.r2": 0.1,
    "penalty.final": 0.1,
    "generator.widths": (96, 96),
    "discriminator.widths": (96, 96),
    "training.steps": 3000,
}
SMOOTH = POINTS | {"latent.dim": 4, "latent.signs": 0}
SEPARATE = POINTS | {"latent.dim": 4, "latent.signs": 4}

# The web GAN Lab's own setting (Kahng et al. 2018), for a side-by-side.
GAN_LAB = UNREGULARISED | {
    "latent.kind": "uniform",
    "generator.widths": (8, 8),
    "generator.activation": "relu",
    "discriminator.widths": (8, 8),
    "discriminator.activation": "relu",
    "loss.real_label": 0.95,
    **both(name="sgd", lr=0.1),
    "training.batch_size": 150,
    "training.d_steps": 2,
    "training.steps": 10_000,
}

POINT_PRESETS = (
    Preset(
        "ring8",
        "Ring of 8 Gaussians",
        "Eight narrow modes on a circle. A Gaussian latent is one connected cloud and would draw "
        "bridges between them; the sign bits in z give the generator separate islands to start "
        "from, and the zero-centred penalties R1 and R2 keep it from circling for ever.",
        POINTS
        | {
            "generator.widths": (64, 64),
            "discriminator.widths": (64, 64),
            "penalty.final": 1.0,
            "training.steps": 1500,
        },
        (
            Claim("modes", at_least=8),
            Claim("high_quality", at_least=0.96),
            Claim("mode_kl", at_most=0.03),
        ),
    ),
    Preset(
        "grid25",
        "Grid of 25 Gaussians",
        "Twenty-five modes, the classic test of mode coverage. Instance noise first blurs the "
        "grid into one blob that is easy to cover, then fades, so that the modes separate while "
        "the generator is already on all of them.",
        POINTS
        | {
            "data.name": "grid25",
            "generator.widths": (128,),
            "discriminator.widths": (96, 96),
            "discriminator.activation": "relu",
            "penalty.r1": 0.026,
            "penalty.r2": 0.026,
            "penalty.instance_noise": 0.1,
            **both(beta2=0.9),
            "g_optimizer.lr": 9.3e-4,
            "d_optimizer.lr": 1.85e-3,
            "training.steps": 4000,
        },
        (
            Claim("modes", at_least=25),
            Claim("high_quality", at_least=0.9),
            Claim("mode_kl", at_most=0.06),
        ),
    ),
    Preset(
        "gaussian1d",
        "One Gaussian",
        "The smallest GAN: bend standard normal noise into a Gaussian. Watch D flatten to 1/2 "
        "as the two densities close over each other (Goodfellow et al. 2014, figure 1).",
        POINTS | {"data.name": "gaussian1d", "latent.dim": 1, "latent.signs": 0},
        (Claim("js", at_most=0.02),),
    ),
    Preset(
        "mixture1d",
        "Three Gaussians on a line",
        "One generator, three modes: the map from z to G(z) has to be nearly flat inside a mode "
        "and steep between two. The steep parts are the few samples you see in the gaps.",
        SEPARATE | {"data.name": "mixture1d"},
        (Claim("js", at_most=0.04), Claim("modes", at_least=3)),
    ),
    Preset(
        "unbalanced1d",
        "A rare mode",
        "One mode holds most of the mass. Covering the rare one is worth little to the "
        "generator, so its share is the last thing to come right.",
        SEPARATE | {"data.name": "unbalanced1d"},
        (Claim("js", at_most=0.04), Claim("modes", at_least=2)),
    ),
    Preset(
        "heavy_tail1d",
        "A heavy tail",
        "Student's t with three degrees of freedom. Normal noise through a piecewise linear "
        "network has light tails, so the far samples stay out of reach while JS is already low.",
        SMOOTH | {"data.name": "heavy_tail1d"},
        (Claim("js", at_most=0.03),),
    ),
    Preset(
        "two_moons",
        "Two moons",
        "Two interleaved crescents: the latent's sign bits choose the moon, its continuous "
        "coordinates the place on it.",
        SEPARATE | {"data.name": "two_moons"},
        (Claim("js", at_most=0.08),),
    ),
    Preset(
        "swiss_roll",
        "Swiss roll",
        "A one-dimensional curl in the plane: the generator learns to roll up a sheet.",
        SMOOTH | {"data.name": "swiss_roll"},
        (Claim("js", at_most=0.12),),
    ),
    Preset(
        "spirals",
        "Spirals",
        "Two thin arms wound around each other: hard, because a small error is a jump to the "
        "other arm. The divergence stays well above its floor, and the page says so.",
        SEPARATE | {"data.name": "spirals"},
        (Claim("js", at_most=0.17),),
    ),
    Preset(
        "gan_lab_line",
        "Line (after the web GAN Lab)",
        "The web GAN Lab's line, learned with today's recipe in a few seconds.",
        SMOOTH | {"data.name": "gan_lab_line"},
        (Claim("js", at_most=0.06),),
    ),
    Preset(
        "gan_lab_gaussians",
        "Two Gaussians (after the web GAN Lab)",
        "Two unequal blobs, one round and one tall and narrow.",
        SEPARATE | {"data.name": "gan_lab_gaussians"},
        (Claim("js", at_most=0.05),),
    ),
    Preset(
        "gan_lab_ring",
        "Ring (after the web GAN Lab)",
        "A continuous ring: a hole is a fold or a tear in the latent plane.",
        SMOOTH | {"data.name": "gan_lab_ring"},
        (Claim("js", at_most=0.1),),
    ),
    Preset(
        "gan_lab_blobs",
        "Three blobs (after the web GAN Lab)",
        "Three small separate blobs, found through the sign bits of z.",
        SEPARATE | {"data.name": "gan_lab_blobs"},
        (Claim("js", at_most=0.1), Claim("modes", at_least=3)),
    ),
    Preset(
        "gan_lab_classic",
        "The web GAN Lab's own setting",
        "Eight ReLU units a layer, plain SGD at 0.1, two D steps to one of G, labels of 0.95: "
        "the setting of the web GAN Lab, for a side-by-side (here on standardised data, so with a "
        "linear output). It gets near, slowly.",
        GAN_LAB | {"data.name": "gan_lab_line"},
        (Claim("js", at_most=0.25),),
    ),
)
