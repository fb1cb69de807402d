"""Messages between hub and worker: a JSON header and an opaque body (a frame) in one envelope.

uint32 header length | uint32 body length | header | body
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

_LENGTHS = struct.Struct("<II")


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
