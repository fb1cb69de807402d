"""The base of every configuration part: field metadata, parsing, one-sentence errors."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

from ganlab.config.choices import CHOICES, allowed


class ConfigError(ValueError):
    """A refused value: ``path`` (dotted), ``value`` and ``allowed``, said in one sentence."""

    def __init__(self, path: str, value: object, allowed: str) -> None:
        self.path, self.value, self.allowed = path, value, allowed
        super().__init__(f"{path} = {_shown(value)} is not allowed: {allowed}.")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def setting(
    default: Any,
    label: str,
    help: str,
    *,
    ge: float | None = None,
    le: float | None = None,
    choices: str | None = None,
    live: bool = False,
    basic: bool = False,
) -> Any:
    """A field with what a control needs: ``live`` acts without a restart, ``basic`` unfolded."""
    extra = {"choices": choices, "live": live, "basic": basic, "ge": ge, "le": le}
    return Field(default, title=label, description=help, ge=ge, le=le, json_schema_extra=extra)


def _split(value: object) -> object:
    """'64, 128' -> ('64', '128'): lists arrive as text from URLs and the command line."""
    if isinstance(value, str):
        return tuple(part for part in value.replace(",", " ").split() if part)
    return (value,) if isinstance(value, int) and not isinstance(value, bool) else value


def _empty_is_none(value: object) -> object:
    return None if value in ("", "none", "None") else value


Integers = Annotated[tuple[int, ...], BeforeValidator(_split)]
OptionalFloat = Annotated[float | None, BeforeValidator(_empty_is_none)]
OptionalText = Annotated[str | None, BeforeValidator(_empty_is_none)]


class Part(BaseModel):
    """A frozen group of settings that refuses wrong values with one sentence."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True
    )

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise _sentence(type(self), error) from None

    @model_validator(mode="after")
    def _known_choices(self) -> Self:
        for name, info in type(self).model_fields.items():
            kind = field_extra(info).get("choices")
            value = getattr(self, name)
            if kind and value not in CHOICES[kind]:
                near = difflib.get_close_matches(str(value), CHOICES[kind], 1)
                hint = f" (did you mean {near[0]}?)" if near else ""
                raise ConfigError(name, value, f"choose one of {allowed(kind)}{hint}")
        return self


def field_extra(info: FieldInfo) -> dict[str, Any]:
    """What ``setting`` stored beside a field."""
    extra = info.json_schema_extra
    return extra if isinstance(extra, dict) else {}


def _sentence(part: type[Part], error: ValidationError) -> ConfigError:
    """The first problem as a ConfigError with its whole dotted path."""
    first = error.errors(include_url=False)[0]
    names = [str(step) for step in first["loc"] if not isinstance(step, int)]
    inner = first.get("ctx", {}).get("error")
    if isinstance(inner, ConfigError):
        return ConfigError(".".join([*names, inner.path]), inner.value, inner.allowed)
    if first["type"] == "extra_forbidden":
        return _unknown(part, names)
    value = first.get("input")
    return ConfigError(".".join(names) or part.__name__, value, _allowed_here(part, names, first))


def _unknown(part: type[Part], names: list[str]) -> ConfigError:
    known = list(part.model_fields)
    near = difflib.get_close_matches(names[-1], known, 1)
    hint = f"did you mean {near[0]}?" if near else f"the settings here are {', '.join(known)}"
    return ConfigError(".".join(names), "given", f"no setting has this name; {hint}")


def _allowed_here(part: type[Part], names: list[str], first: Any) -> str:
    info = part.model_fields.get(names[0]) if len(names) == 1 else None
    extra = field_extra(info) if info is not None else {}
    low, high = extra.get("ge"), extra.get("le")
    if first["type"] in ("model_type", "model_attributes_type"):
        return "it must be a group of named settings"
    if low is None and high is None:
        return first["msg"][:1].lower() + first["msg"][1:]
    kind = "a whole number" if info is not None and info.annotation is int else "a number"
    return f"{kind} from {shown_number(low)} to {shown_number(high)}"


def shown_number(value: float) -> str:
    """A bound as a person writes it: 2,147,483,647 or 0.0001."""
    return f"{int(value):,}" if value == int(value) else f"{value:g}"
