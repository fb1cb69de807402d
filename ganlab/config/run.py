"""RunConfig: the whole of a run, and its way into files, URLs and back."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import model_validator
from pydantic.fields import FieldInfo

from ganlab.config.base import ConfigError, Part, field_extra, setting
from ganlab.config.choices import CHOICES
from ganlab.config.kinds import IMAGE_DATA
from ganlab.config.parts import (
    ComputeConfig,
    DataConfig,
    DiscriminatorConfig,
    GeneratorConfig,
    LatentConfig,
    LossConfig,
    OptimizerConfig,
    PenaltyConfig,
    ProbeConfig,
    TrainingConfig,
)


class RunConfig(Part):
    """A run, whole: same configuration and seed, same history, bit for bit."""

    seed: int = setting(0, "Seed", "Decides every random draw.", ge=0, le=2**31 - 1, basic=True)
    data: DataConfig = DataConfig()
    latent: LatentConfig = LatentConfig()
    generator: GeneratorConfig = GeneratorConfig()
    discriminator: DiscriminatorConfig = DiscriminatorConfig()
    loss: LossConfig = LossConfig()
    penalty: PenaltyConfig = PenaltyConfig()
    g_optimizer: OptimizerConfig = OptimizerConfig(lr=1e-3)
    d_optimizer: OptimizerConfig = OptimizerConfig(lr=2e-3)
    training: TrainingConfig = TrainingConfig()
    compute: ComputeConfig = ComputeConfig()
    probe: ProbeConfig = ProbeConfig()

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        convolutional = {self.generator.architecture, self.discriminator.architecture} & {"dcgan"}
        if convolutional and self.data.name not in IMAGE_DATA:
            raise ConfigError(
                "data.name", self.data.name, f"a DCGAN needs images: {', '.join(IMAGE_DATA)}"
            )
        norms = {self.generator.norm, self.discriminator.norm}
        if "batch" in norms and self.training.batch_size < 2 * self.discriminator.packing:
            raise ConfigError(
                "training.batch_size", self.training.batch_size,
                "batch norm needs at least two samples, or packs of them, in a batch",
            )  # fmt: skip
        if self.training.batch_size % self.discriminator.packing:
            raise ConfigError(
                "discriminator.packing", self.discriminator.packing,
                f"it must divide the batch size, {self.training.batch_size}",
            )  # fmt: skip
        return self

    # -- dictionaries, files, URLs -------------------------------------------------------------

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """From nested dictionaries, as JSON and YAML hold them. Raises ConfigError."""
        if not isinstance(values, Mapping):
            raise ConfigError("configuration", values, "it must be a table of named settings")
        return cls(**{str(name): value for name, value in values.items()})

    def to_dict(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    def to_json(self) -> str:
        return self.model_dump_json(indent=2)

    def to_yaml(self) -> str:
        return yaml.safe_dump(self.to_dict(), sort_keys=False)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """From a .json, .yaml or .yml file. Raises ConfigError, FileNotFoundError."""
        text = Path(path).read_text(encoding="utf-8")
        try:
            values = json.loads(text) if Path(path).suffix == ".json" else yaml.safe_load(text)
        except (ValueError, yaml.YAMLError) as error:
            reason = str(error).splitlines()[0]
            raise ConfigError(str(path), "unreadable", f"write JSON or YAML ({reason})") from None
        return cls.from_dict(values or {})

    def flat(self) -> dict[str, Any]:
        """Dotted path -> value, in the order of declaration."""
        return {path: value for path, _, value in _walk(self)}

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """A copy with some settings changed, addressed by dotted path; text is parsed.

        Raises ConfigError naming the field, the value and what is allowed.
        """
        nested = self.model_dump()
        for path, value in values.items():
            if path not in SETTINGS:
                near = difflib.get_close_matches(path, SETTINGS, 1)
                hint = f"did you mean {near[0]}?" if near else "see `ganlab presets --fields`"
                raise ConfigError(path, value, f"no setting has this name; {hint}")
            *parts, name = path.split(".")
            target = nested[parts[0]] if parts else nested
            target[name] = value
        return type(self)(**nested)

    def changes(self, base: RunConfig) -> dict[str, Any]:
        """Dotted path -> value of the settings that differ from ``base``."""
        theirs = base.flat()
        return {path: value for path, value in self.flat().items() if value != theirs[path]}

    def to_query(self, base: RunConfig | None = None) -> dict[str, str]:
        """The settings that differ from ``base`` (default: the defaults) as URL parameters."""
        changed = self.changes(base or RunConfig())
        return {path: _as_text(value) for path, value in changed.items()}

    @classmethod
    def from_query(cls, query: Mapping[str, str], base: RunConfig | None = None) -> RunConfig:
        """The inverse of ``to_query``. Raises ConfigError."""
        return (base or cls()).with_values(query)


def _as_text(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return ",".join(str(item) for item in value)
    return "" if value is None else str(value)


# -- field metadata ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Setting:
    """One field as a control needs it."""

    path: str
    label: str
    help: str
    default: Any
    minimum: float | None
    maximum: float | None
    choices: dict[str, str] | None
    live: bool
    basic: bool
    group: str


def _walk(part: Part, prefix: str = "") -> Iterator[tuple[str, FieldInfo, Any]]:
    for name, info in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(value, Part):
            yield from _walk(value, f"{name}.")
        else:
            yield prefix + name, info, value


def _setting(path: str, info: FieldInfo, default: Any) -> Setting:
    extra = field_extra(info)
    return Setting(
        path=path,
        label=info.title or path,
        help=info.description or "",
        default=default,
        minimum=extra["ge"],
        maximum=extra["le"],
        choices=CHOICES[extra["choices"]] if extra["choices"] else None,
        live=extra["live"],
        basic=extra["basic"],
        group=path.split(".")[0] if "." in path else "run",
    )


SETTINGS: dict[str, Setting] = {
    path: _setting(path, info, default) for path, info, default in _walk(RunConfig())
}


def settings() -> tuple[Setting, ...]:
    """Every field of a RunConfig, in the order of declaration."""
    return tuple(SETTINGS.values())
