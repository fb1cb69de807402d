"""What a run shows the world: immutable, NumPy-only records.

Everything outside the trainer (figures, diagnostics, the live page, notebooks, files on disk)
speaks in these types and never sees a tensor. This module imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np


class Status(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    FINISHED = "finished"
    DIVERGED = "diverged"


@dataclass(frozen=True)
class Estimate:
    """A measured distance and how far it can be trusted.

    value: the estimate (nats for KL and JS, data units for Wasserstein); may be ``inf``.
    floor: the same estimator between two fresh samples of p_data: nothing below it is signal.
    estimator: which estimator produced both, in words.
    """

    value: float
    floor: float
    estimator: str


@dataclass(frozen=True)
class Verdict:
    """One diagnosis in plain words.

    name: the diagnosis ("mode collapse", "D is winning", ...).
    severity: "good", "notice" or "warning".
    text: what happened and why, one sentence a student understands.
    evidence: the numbers behind it.
    """

    name: str
    severity: str
    text: str
    evidence: str


@dataclass(frozen=True)
class Event:
    """Something notable that happened to a run.

    step: the row at which it showed. name: what kind ("mode collapse", "modes gained", ...).
    severity: "good", "notice", "warning", or "change" for what the user did.
    title: a few words, such as "6 of 8 modes covered". text: what happened and why, in one or
        two sentences that a student understands.
    """

    step: int
    name: str
    severity: str
    title: str
    text: str


STAGES = ("sample z", "generate", "score", "update D", "score again", "update G")


class Frozen:
    """A record whose arrays cannot be written through it."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray):
                view = value.view()
                view.flags.writeable = False
                object.__setattr__(self, name, view)


@dataclass(frozen=True)
class Stage(Frozen):
    """One sub-step of an iteration, after it was done: at most 64 samples [b] of its batch.

    name, index: of ``STAGES``. Arrays are in data scale, None until this iteration has them.
    latents: [b, latent_dim]; real, fake: [b, *shape], fake by the generator that is trained.
    fake_logits: [b], the newest scores D gave the fakes, "undecided" at 0 as in ``Snapshot``;
        they change at "score" and at "score again".
    moved: [b, *shape], what G makes of the same latents after its update.
    """

    name: str
    index: int
    latents: np.ndarray | None = None
    real: np.ndarray | None = None
    fake: np.ndarray | None = None
    fake_logits: np.ndarray | None = None
    moved: np.ndarray | None = None


@dataclass(frozen=True)
class Field(Frozen):
    """The discriminator on a fixed grid over the data space (data scale).

    axes: one array per data dimension: (x,) or (x, y).
    logits: [nx] in 1-D, [ny, nx] in 2-D; higher means "real".
    gradient: d logit / d x, [nx, 1] or [ny, nx, 2], per data unit.
    p_data: exact density on the same grid, or None where it is unknown.
    p_g: the generator's density by change of variables, or None where dimensions differ.
    """

    axes: tuple[np.ndarray, ...]
    logits: np.ndarray
    gradient: np.ndarray
    p_data: np.ndarray | None = None
    p_g: np.ndarray | None = None


@dataclass(frozen=True)
class Manifold(Frozen):
    """The generator's image of a grid over its first one or two latent coordinates.

    latents: [m] for a line, [h, w, 2] for a plane (the other coordinates are held fixed).
    images: [m, dim] or [h, w, dim].
    """

    latents: np.ndarray
    images: np.ndarray


@dataclass(frozen=True)
class Column:
    """A column of the history: its unit, and where "good" is on a chart."""

    label: str
    help: str


HISTORY_COLUMNS: dict[str, Column] = {
    "step": Column("step", "Iterations of the training loop: d_steps D updates, g_steps G ones."),
    "seconds": Column("seconds", "Wall-clock time spent training; the only column that varies."),
    "d_loss": Column("D loss", "The discriminator's adversarial loss, without penalty."),
    "g_loss": Column("G loss", "The generator's adversarial loss."),
    "value": Column("V(D, G)", "E log D(x) + E log(1 - D(G(z))); -log 4 at equilibrium."),
    "d_real": Column("D(x)", "Mean of sigmoid(logit) on real samples."),
    "d_fake": Column("D(G(z))", "Mean of sigmoid(logit) on fake samples."),
    "accuracy_real": Column("D right on real", "Share of real samples with D > 1/2."),
    "accuracy_fake": Column("D right on fake", "Share of fake samples with D < 1/2."),
    "d_grad_norm": Column("|grad D|", "Norm of the discriminator's parameter gradient."),
    "g_grad_norm": Column("|grad G|", "Norm of the generator's parameter gradient."),
    "penalty": Column("penalty", "The gradient penalties added to the discriminator's loss."),
    "kl": Column("KL(p_data || p_g)", "Nats; infinite when a mode is missing."),
    "reverse_kl": Column("KL(p_g || p_data)", "Nats."),
    "js": Column("JS", "Jensen-Shannon divergence, nats; at most ln 2."),
    "wasserstein": Column("Wasserstein-1", "Data units; sliced in 2-D."),
    "energy": Column("energy distance", "Data units."),
    "mmd": Column("MMD²", "Gaussian kernel at the median distance of the real sample."),
    "modes": Column("modes covered", "Modes with at least one high-quality sample."),
    "high_quality": Column("high quality", "Share within 3 standard deviations of a mode."),
    "mode_kl": Column("reverse KL over modes", "Histogram of high-quality samples over modes."),
    "spread": Column("spread ratio", "Standard deviation inside modes over the true one."),
    "frechet": Column("Fréchet distance", "In the features of the bundled classifier."),
    "class_kl": Column("class KL", "Class histogram of fakes against that of the data."),
    "confident": Column("sure", "Share of fakes the classifier is more than 90 % sure of."),
    "precision": Column("precision", "Share of fakes near real images, in features."),
    "recall": Column("recall", "Share of real images near fakes, in features."),
    "density": Column("density", "Crowding of fakes around real images; 1 for equal laws."),
    "coverage": Column("coverage", "Share of real images with a fake nearby."),
}


@dataclass(frozen=True)
class History(Mapping[str, np.ndarray]):
    """A run's numbers over time, one array per column of ``HISTORY_COLUMNS``.

    Each row averages the steps since the row before; a measure not taken at a row is NaN.
    ``mode_counts`` ([rows, modes], NaN rows where unmeasured) feeds the mode piano-roll.
    """

    columns: Mapping[str, np.ndarray] = field(
        default_factory=lambda: {name: np.empty(0) for name in HISTORY_COLUMNS}
    )
    mode_counts: np.ndarray | None = None

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        """Number of columns, as a mapping; ``rows`` counts the rows."""
        return len(self.columns)

    @property
    def rows(self) -> int:
        return len(self.columns["step"])

    def last(self, name: str) -> float:
        """The newest finite value of a column, NaN when there is none yet."""
        values = self.columns[name]
        finite = values[~np.isnan(values)]
        return float(finite[-1]) if len(finite) else float("nan")

    def measured(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """(steps, values) of the rows where ``name`` was measured."""
        values = self.columns[name]
        known = ~np.isnan(values)
        return self.columns["step"][known], values[known]

    def until(self, step: float) -> History:
        """The rows up to a step, itself included; views, nothing is copied."""
        rows = int(np.searchsorted(self.columns["step"], step, side="right"))
        columns = {name: values[:rows] for name, values in self.columns.items()}
        return History(columns, None if self.mode_counts is None else self.mode_counts[:rows])


@dataclass(frozen=True)
class Snapshot(Frozen):
    """One moment of a run, after both updates. Samples are in data scale.

    real, fake: [n, dim] or [n, channels, height, width]; fixed probe latents, so that a fake
        keeps its place in the array for the whole run; the EMA generator's where there is one.
    latents: [n, latent_dim], the probe latents behind ``fake``.
    real_logits, fake_logits: [n], the discriminator on them.
    slopes: [a, dim], d logit / d x at the first a fakes, per data unit; None for images.
    field, manifold: None where they do not apply (images; latents without continuous part).
    equilibrium: history column -> its value when p_g = p_data and D is optimal.
    measures: the divergences and scores last measured, with their noise floors.
    packing: samples D judges at once; above 1, V speaks of packs and bounds no JS.
    mode_centres: [k, dim] where the data has modes, else None; mode_std their scale.
    """

    step: int
    steps: int
    epoch: float
    seconds: float
    status: Status
    message: str
    loss: str
    real: np.ndarray
    fake: np.ndarray
    latents: np.ndarray
    real_logits: np.ndarray
    fake_logits: np.ndarray
    bounds: np.ndarray
    history: History
    equilibrium: Mapping[str, float]
    measures: Mapping[str, Estimate]
    verdicts: tuple[Verdict, ...] = ()
    field: Field | None = None
    manifold: Manifold | None = None
    packing: int = 1
    mode_centres: np.ndarray | None = None
    mode_std: float = float("nan")
    slopes: np.ndarray | None = None
