"""RunConfig: everything that decides a run, frozen and validated.

A configuration is made of parts (data, latent, generator, ...). Every field carries a label, a
sentence of help, its default and its bounds; the dashboard's controls and the command line's
options are made from them, so a field declared here appears everywhere. A field is addressed
by its dotted path, such as ``d_optimizer.lr``, in URLs, on the command line and in live changes.
"""

from __future__ import annotations

from ganlab.config.base import ConfigError
from ganlab.config.choices import CHOICES
from ganlab.config.kinds import IMAGE_DATA, LINE_DATA, PLANE_DATA, Kind, kind_of
from ganlab.config.parts import (
    ComputeConfig,
    DataConfig,
    DiscriminatorConfig,
    GeneratorConfig,
    LatentConfig,
    LossConfig,
    NetworkConfig,
    OptimizerConfig,
    PenaltyConfig,
    ProbeConfig,
    TrainingConfig,
)
from ganlab.config.run import SETTINGS, RunConfig, Setting, settings

__all__ = [
    "CHOICES",
    "IMAGE_DATA",
    "LINE_DATA",
    "PLANE_DATA",
    "SETTINGS",
    "ComputeConfig",
    "ConfigError",
    "DataConfig",
    "DiscriminatorConfig",
    "GeneratorConfig",
    "Kind",
    "LatentConfig",
    "LossConfig",
    "NetworkConfig",
    "OptimizerConfig",
    "PenaltyConfig",
    "ProbeConfig",
    "RunConfig",
    "Setting",
    "TrainingConfig",
    "kind_of",
    "settings",
]
