"""What browser, hub and worker say to one another: small JSON objects with an ``op``.

Everything a browser sends is validated here, once, with the sentence a user reads when it is
refused. ``ViewerCommand`` is what a browser may send; ``Command`` what the worker understands.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from pydantic_core import from_json

from ganlab.config import ConfigError
from ganlab.live.questions import MOST_IDS, OPS, AnyQuestion

MAX_COMMAND = 131_072  # bytes of one command from a browser; a drawing is the longest
ACKNOWLEDGE = "ack"  # what a browser sends when it has painted a frame
SERVER_SETTINGS = ("data.path", "compute.")  # files and processors of the server are its own
MAX_STEPS = 10_000  # iterations one ``step`` may ask for
PACES = (0.02, 10_000.0)  # iterations per second
POINTS = (10, 2000)  # different points in a drawing

Value = bool | int | float | str | None
Values = dict[Annotated[str, Field(max_length=100)], Value | list[Value]]
Names = Annotated[tuple[Annotated[str, Field(max_length=40)], ...], Field(max_length=40)]
StepNumber = Annotated[int, Field(ge=0, le=100_000_000)]


class _Command(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# -- playback --------------------------------------------------------------------------------------


class Play(_Command):
    """Train; ``until``: stop and stand still at this step."""

    op: Literal["play"] = "play"
    until: StepNumber | None = None


class Pause(_Command):
    op: Literal["pause"] = "pause"


class Speed(_Command):
    """Iterations per second while playing, None for as many as there is time for.

    Below 1 every iteration is played sub-step by sub-step.
    """

    op: Literal["speed"] = "speed"
    pace: float | None = Field(ge=PACES[0], le=PACES[1])


class Step(_Command):
    """Train ``n`` whole iterations, then stand still."""

    op: Literal["step"] = "step"
    n: int = Field(1, ge=1, le=MAX_STEPS)


class DStep(_Command):
    op: Literal["d_step"] = "d_step"


class GStep(_Command):
    op: Literal["g_step"] = "g_step"


class Optimum(_Command):
    """Train D alone, G frozen, until its loss stops improving; then stand still."""

    op: Literal["optimum"] = "optimum"


class Retry(_Command):
    """A diverged run goes on from its last healthy state."""

    op: Literal["retry"] = "retry"


# -- the past --------------------------------------------------------------------------------------


class Seek(_Command):
    """Show the kept moment nearest to ``step``, at or before it; None: back to now."""

    op: Literal["seek"] = "seek"
    step: StepNumber | None = None


class Branch(_Command):
    """A new run that starts from the moment on the screen; this one stays as it is."""

    op: Literal["branch"] = "branch"


class Python(_Command):
    """Ask for a script that reproduces the run."""

    op: Literal["python"] = "python"


# -- settings --------------------------------------------------------------------------------------


class Set(_Command):
    """Change live settings, addressed by dotted path, from the next step on."""

    op: Literal["set"] = "set"
    values: Values


class Reset(_Command):
    """Back to step 0; same seed and configuration but for ``values``. Stand still, or ``play``.

    Other data drop what belonged to the old ones: width, file, drawing, classes.
    """

    op: Literal["reset"] = "reset"
    values: Values = {}
    play: bool = False


class Draw(_Command):
    """Back to step 0 with points of the user's own, [[x, y], ...], as the data."""

    op: Literal["draw"] = "draw"
    points: tuple[tuple[float | None, float | None], ...]
    play: bool = False

    @field_validator("points")
    @classmethod
    def _can_be_learnt(cls, points: Any) -> Any:
        fewest, most = POINTS
        if not all(x is not None and math.isfinite(x) for point in points for x in point):
            raise ValueError("A point of this drawing has no place in the plane; draw it again.")
        different = len(set(points))
        if not fewest <= different <= most:
            raise ValueError(
                f"A drawing needs {fewest} to {most:,} different points and this one has "
                f"{different:,}; draw {'more' if different < fewest else 'fewer'}."
            )
        return points


class Look(_Command):
    """Which layers of the picture this viewer wants, beside those that always come."""

    op: Literal["look"] = "look"
    layers: Names


# -- what only the hub says ------------------------------------------------------------------------


class Create(_Command):
    """A new run under this configuration; ``note`` is a sentence its viewers read."""

    op: Literal["create"] = "create"
    config: dict[str, Any]
    playing: bool = True
    note: str = ""


class Fork(_Command):
    """``branch`` with the id of the new run."""

    op: Literal["fork"] = "fork"
    target: str


class Open(_Command):
    """A generator that does not train: a bundled one, or that of a saved run."""

    op: Literal["open"] = "open"
    source: str


class Watch(_Command):
    """How many look at the run, and what they show: figures, layers of the picture.

    Without ``scene`` nobody wants the picture itself.
    """

    op: Literal["watch"] = "watch"
    viewers: int = Field(ge=0)
    figures: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    scene: bool = True


class Leave(_Command):
    """A viewer has gone: nobody waits for answers to its questions."""

    op: Literal["leave"] = "leave"


class Want(_Command):
    """Some viewer is ready for the next frame."""

    op: Literal["want"] = "want"


class Release(_Command):
    op: Literal["release"] = "release"


RunCommand = (
    Play | Pause | Speed | Step | DStep | GStep | Optimum | Retry | Seek | Python | Set | Reset
    | Draw
)  # fmt: skip
ViewerCommand = RunCommand | Branch | Look | AnyQuestion
Command = RunCommand | AnyQuestion | Create | Open | Fork | Watch | Leave | Want | Release
_FROM_VIEWER = TypeAdapter(Annotated[ViewerCommand, Field(discriminator="op")])
_FROM_HUB = TypeAdapter(Annotated[Command, Field(discriminator="op")])


def viewer_command(text: str) -> ViewerCommand:
    """The command a browser sent. Raises ValueError with one sentence for anything else."""
    try:
        command = _FROM_VIEWER.validate_json(text)
    except ValidationError as error:
        raise ValueError(_sentence(error)) from None
    check_settings(getattr(command, "values", {}))
    return command


def check_settings(values: Mapping[str, Any]) -> None:
    """Raises ConfigError if a browser asks for a setting that only the server may choose."""
    for path, value in values.items():
        if path.startswith(SERVER_SETTINGS):
            reason = "it cannot be set from a browser, as it belongs to the server"
            raise ConfigError(path, value, reason)


def hub_command(values: Mapping[str, Any]) -> Command:
    """The command the hub sent to the worker. Raises ValueError with one sentence."""
    try:
        return _FROM_HUB.validate_python(values)
    except ValidationError as error:
        raise ValueError(_sentence(error)) from None


def refusal(error: ValueError, asked: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The notice of a refused command: why, and the path of the setting where it is one.

    asked: op and id of a question.
    """
    notice = {"type": "refused", "text": str(error), "path": getattr(error, "path", "")}
    return notice | dict(asked or {})


def asked(text: str) -> dict[str, Any]:
    """{"op", "id"} of the question in a text, as far as they can be read; {} for all else."""
    try:
        found = from_json(text)
    except ValueError:
        return {}
    if not isinstance(found, dict) or found.get("op") not in OPS:
        return {}
    known = type(found.get("id")) is int and 0 <= found["id"] < MOST_IDS
    return {"op": found["op"], "id": found["id"]} if known else {"op": found["op"]}


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])  # one of ours, whole already
    if first["type"] == "union_tag_invalid":
        return "This command was refused: its op is none that is known here."
    where = ".".join(str(step) for step in first["loc"]) or "command"
    return f"This command was refused: {where}: {first['msg'][:1].lower()}{first['msg'][1:]}."
