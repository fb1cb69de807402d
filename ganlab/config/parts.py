"""The parts of a run: what each setting means, its default and its bounds."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from ganlab.config.base import ConfigError, Integers, OptionalFloat, OptionalText, Part, setting


class DataConfig(Part):
    """What the generator should learn to imitate."""

    name: str = setting(
        "ring8", "Data", "The distribution of the real samples.", choices="data", basic=True
    )
    std: OptionalFloat = setting(
        None,
        "Mode width",
        "Standard deviation of each mode; empty for the usual one.",
        ge=1e-4,
        le=10,
    )
    path: OptionalText = setting(
        None, "File", "CSV or NPY file with one or two columns, for your own points."
    )
    drawn: OptionalText = setting(
        None, "Drawn points", "Your own points packed as text, as a drawing or upload leaves them."
    )
    classes: Integers = setting(
        (), "Classes", "Keep only these classes of an image set, such as 3, 8; empty for all."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if any(not 0 <= label <= 9 for label in self.classes):
            raise ConfigError("classes", self.classes, "labels are whole numbers from 0 to 9")
        given = [source for source in (self.path, self.drawn) if source is not None]
        if len(given) != (self.name == "points"):
            raise ConfigError(
                "path", self.path,
                "give a file, or drawn points, exactly when the data are 'points', your own",
            )  # fmt: skip
        return self


class LatentConfig(Part):
    """The noise z that the generator turns into samples."""

    kind: str = setting(
        "normal", "Noise", "Law of the continuous coordinates of z.", choices="noise", basic=True
    )
    dim: int = setting(
        2,
        "Continuous dimensions",
        "Number of continuous coordinates of z.",
        ge=0,
        le=512,
        basic=True,
    )
    signs: int = setting(
        8, "Sign bits",
        "Extra coordinates that are +1 or -1: they let a connected network reach separate modes.",
        ge=0, le=64, basic=True,
    )  # fmt: skip

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.size == 0:
            raise ConfigError("dim", self.dim, "z needs at least one coordinate or sign bit")
        return self

    @property
    def size(self) -> int:
        """All coordinates of z."""
        return self.dim + self.signs


class NetworkConfig(Part):
    """What generator and discriminator share."""

    architecture: str = setting(
        "mlp", "Architecture", "MLP for anything, DCGAN for images.", choices="architecture"
    )
    widths: Integers = setting(
        (64, 64), "Hidden layers", "Widths of the MLP's hidden layers, such as 64, 64.", basic=True
    )
    channels: int = setting(16, "Channels", "Base number of channels of a DCGAN.", ge=1, le=256)
    activation: str = setting(
        "leaky_relu", "Activation", "Nonlinearity of the hidden layers.", choices="activation"
    )
    norm: str = setting("none", "Normalisation", "After each hidden layer.", choices="norm")
    spectral_norm: bool = setting(
        False, "Spectral norm", "Divide each weight by its largest singular value (Miyato 2018)."
    )

    @model_validator(mode="after")
    def _sane_widths(self) -> Self:
        if len(self.widths) > 12 or any(not 1 <= width <= 4096 for width in self.widths):
            raise ConfigError("widths", self.widths, "at most 12 layers of 1 to 4096 units each")
        return self


class GeneratorConfig(NetworkConfig):
    """G: z -> sample."""

    output: str = setting(
        "linear", "Output", "Last nonlinearity; tanh for images in [-1, 1].", choices="output"
    )
    upsampling: str = setting(
        "transposed", "Upsampling", "How a DCGAN doubles its image.", choices="upsampling"
    )


class DiscriminatorConfig(NetworkConfig):
    """D: sample -> logit, higher means real."""

    dropout: float = setting(0.0, "Dropout", "After each hidden layer.", ge=0, le=0.9)
    packing: int = setting(
        1, "Packing", "Samples shown to D at once (PacGAN, Lin et al. 2018).", ge=1, le=8
    )


class LossConfig(Part):
    """The adversarial game."""

    name: str = setting(
        "non_saturating", "Loss", "What D and G minimise.", choices="loss", live=True, basic=True
    )
    real_label: float = setting(
        1.0, "Real label", "One-sided label smoothing (Salimans 2016): 0.9 instead of 1.",
        ge=0.5, le=1, live=True,
    )  # fmt: skip
    real_weight: float = setting(
        1.0, "Weight of real", "Factor of D's term on real samples.", ge=0, le=100, live=True
    )
    fake_weight: float = setting(
        1.0, "Weight of fake", "Factor of D's term on fake samples.", ge=0, le=100, live=True
    )

    @model_validator(mode="after")
    def _label_means_something(self) -> Self:
        if self.name == "wasserstein" and self.real_label != 1:
            raise ConfigError("real_label", self.real_label, "a critic has no labels, keep it at 1")
        return self


class PenaltyConfig(Part):
    """What keeps the discriminator smooth."""

    r1: float = setting(
        0.1, "R1", "(r1 / 2) E |grad D|² on real samples (Mescheder 2018).",
        ge=0, le=1000, live=True, basic=True,
    )  # fmt: skip
    r2: float = setting(
        0.1, "R2", "(r2 / 2) E |grad D|² on fake samples.", ge=0, le=1000, live=True, basic=True
    )
    gradient_penalty: float = setting(
        0.0, "Gradient penalty", "Weight of (|grad D| - 1)² between real and fake (WGAN-GP).",
        ge=0, le=1000, live=True, basic=True,
    )  # fmt: skip
    sides: str = setting(
        "two", "Sides", "One-sided only punishes slopes above 1.", choices="sides", live=True
    )
    clip: float = setting(
        0.0, "Weight clipping", "Clamp D's weights to [-clip, clip]; 0 turns it off (WGAN).",
        ge=0, le=10, live=True,
    )  # fmt: skip
    interval: int = setting(
        1, "Every n D steps", "Lazy penalties: every n steps with n times the weight.",
        ge=1, le=64, live=True,
    )  # fmt: skip
    final: float = setting(
        1.0, "Final share", "The weights fall linearly to this share by the end.",
        ge=0, le=1, live=True,
    )  # fmt: skip
    instance_noise: float = setting(
        0.0, "Instance noise", "Noise on all that D sees, in standard deviations of the data.",
        ge=0, le=10, live=True,
    )  # fmt: skip
    noise_until: float = setting(
        0.7, "Noise until", "Share of the run at which the noise has fallen to 0.",
        ge=0.01, le=1, live=True,
    )  # fmt: skip


class OptimizerConfig(Part):
    """How a network moves."""

    name: str = setting("adam", "Optimiser", "The update rule.", choices="optimizer")
    lr: float = setting(1e-3, "Learning rate", "Step size.", ge=0, le=1000, live=True, basic=True)
    beta1: float = setting(
        0.0, "Momentum", "Adam's beta1; the momentum of RMSprop and SGD (0: plain SGD).",
        ge=0, le=0.999, live=True,
    )  # fmt: skip
    beta2: float = setting(
        0.99, "Beta2", "Adam's beta2; RMSprop's smoothing.", ge=0, le=0.99999, live=True
    )
    weight_decay: float = setting(
        0.0, "Weight decay", "L2 (decoupled in AdamW).", ge=0, le=10, live=True
    )


class TrainingConfig(Part):
    """The loop."""

    steps: int = setting(
        3000, "Steps", "Iterations in the run.", ge=1, le=100_000_000, live=True, basic=True
    )
    batch_size: int = setting(
        512, "Batch size", "Samples per update.", ge=1, le=65536, live=True, basic=True
    )
    d_steps: int = setting(
        1, "D steps", "D updates per iteration.", ge=1, le=100, live=True, basic=True
    )
    g_steps: int = setting(
        1, "G steps", "G updates per iteration.", ge=1, le=100, live=True, basic=True
    )
    order: str = setting(
        "alternating", "Order", "Does G answer the updated D or the same one?",
        choices="order", live=True,
    )  # fmt: skip
    decay: str = setting(
        "cosine", "Learning-rate decay", "Shape of the decay.", choices="decay", live=True
    )
    decay_to: float = setting(
        0.02, "Decay to", "Final share of the learning rates.", ge=0, le=1, live=True
    )
    ema: float = setting(
        0.998, "EMA of G", "Decay of the averaged generator that is shown and saved; 0 for none.",
        ge=0, le=0.99999,
    )  # fmt: skip


class ComputeConfig(Part):
    """Where and how the arithmetic runs."""

    device: str = setting("auto", "Device", "Where to train.", choices="device")
    precision: str = setting("float32", "Precision", "Of the networks.", choices="precision")
    channels_last: bool = setting(False, "Channels last", "Memory layout of convolutions.")
    threads: int = setting(
        1, "Threads", "CPU threads; on a busy machine one is often faster than two.", ge=1, le=256
    )
    flush_denormal: bool = setting(True, "Flush denormals", "Treat tiny numbers as 0 on the CPU.")


class ProbeConfig(Part):
    """What is looked at, and how often. Watching never changes the run."""

    every: int = setting(
        100, "Snapshot every", "Steps between the snapshots train() yields.", ge=1, le=1_000_000
    )
    record_every: int = setting(
        10, "Record every", "Steps averaged into one row of the history.", ge=1, le=10_000
    )
    measure_every: int = setting(
        100, "Measure every", "Steps between measurements of divergences and scores.",
        ge=1, le=1_000_000,
    )  # fmt: skip
    samples: int = setting(1000, "Samples shown", "Fixed probe latents.", ge=16, le=20_000)
    measure_samples: int = setting(
        2500, "Samples measured", "Generated samples behind each measurement.", ge=100, le=50_000
    )
    grid: int = setting(48, "Grid", "Points per axis where D is evaluated.", ge=8, le=256)
