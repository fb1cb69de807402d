"""What hub, worker and browser say to one another.

Commands travel towards the worker as small JSON objects with an ``op``; everything is validated
here, once, with the sentence a user reads when it is refused. Between hub and worker each
message is an envelope of a JSON header and an opaque body (a frame):

    uint32 header length | uint32 body length | header | body
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from typing import Annotated, Any, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ganlab.config import IMAGE_DATA, LINE_DATA, RunConfig

MAX_COMMAND = 16_384  # bytes of one command from a browser
ACKNOWLEDGE = "ack"  # what a browser sends when it has painted a frame
SERVER_SETTINGS = ("data.path", "compute.")  # files and processors of the server are its own
MAX_STEPS = 10_000  # iterations one ``step`` may ask for
_LENGTHS = struct.Struct("<II")

Value = bool | int | float | str | None
Values = dict[Annotated[str, Field(max_length=100)], Value | list[Value]]


class _Command(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Play(_Command):
    op: Literal["play"] = "play"


class Pause(_Command):
    op: Literal["pause"] = "pause"


class Step(_Command):
    """Train ``n`` whole iterations, then stand still."""

    op: Literal["step"] = "step"
    n: int = Field(1, ge=1, le=MAX_STEPS)


class DStep(_Command):
    op: Literal["d_step"] = "d_step"


class GStep(_Command):
    op: Literal["g_step"] = "g_step"


class Set(_Command):
    """Change live settings, addressed by dotted path, from the next step on."""

    op: Literal["set"] = "set"
    values: Values


class Reset(_Command):
    """Back to step 0 and stand still; same seed and configuration but for ``values``."""

    op: Literal["reset"] = "reset"
    values: Values = {}


class Create(_Command):
    """A new run under this configuration; ``note`` is a sentence its viewers read."""

    op: Literal["create"] = "create"
    config: dict[str, Any]
    playing: bool = True
    note: str = ""


class Watch(_Command):
    """How many look at the run, and which figures they show."""

    op: Literal["watch"] = "watch"
    viewers: int = Field(ge=0)
    figures: tuple[str, ...] = ()


class Want(_Command):
    """Some viewer is ready for the next frame."""

    op: Literal["want"] = "want"


class Release(_Command):
    op: Literal["release"] = "release"


ViewerCommand = Play | Pause | Step | DStep | GStep | Set | Reset
Command = ViewerCommand | Create | Watch | Want | Release
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
    """Raises ValueError if a browser asks for a setting that only the server may choose."""
    for path in values:
        if path.startswith(SERVER_SETTINGS):
            raise ValueError(f"{path} cannot be set from a browser: it belongs to the server.")


def check_drawable(config: RunConfig) -> None:
    """Raises ValueError for data that the live page has no picture for."""
    name = config.data.name
    if name in IMAGE_DATA or name in LINE_DATA:
        raise ValueError(
            f"The live page draws data in the plane, and {name} is not: choose a two-dimensional "
            f"preset here, or run `ganlab train` for {name}."
        )


def hub_command(values: Mapping[str, Any]) -> Command:
    """The command the hub sent to the worker. Raises ValueError with one sentence."""
    try:
        return _FROM_HUB.validate_python(values)
    except ValidationError as error:
        raise ValueError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(step) for step in first["loc"]) or "command"
    return f"This command was refused: {where}: {first['msg'][:1].lower()}{first['msg'][1:]}."


def write_message(stream: BinaryIO, header: Mapping[str, Any], body: bytes = b"") -> None:
    """One envelope onto a pipe, flushed."""
    stream.write(encode_message(header, body))
    stream.flush()


def encode_message(header: Mapping[str, Any], body: bytes = b"") -> bytes:
    text = json.dumps(header, separators=(",", ":")).encode()
    return b"".join([_LENGTHS.pack(len(text), len(body)), text, body])


def read_message(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next envelope of a pipe, None where it ends."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack(lengths)
    content = stream.read(head + body)
    return (json.loads(content[:head]), content[head:]) if len(content) == head + body else None


async def receive_message(stream: asyncio.StreamReader) -> tuple[dict[str, Any], bytes] | None:
    """``read_message`` for asyncio."""
    try:
        head, body = _LENGTHS.unpack(await stream.readexactly(_LENGTHS.size))
        return json.loads(await stream.readexactly(head)), await stream.readexactly(body)
    except asyncio.IncompleteReadError:
        return None
