"""A worker without torch for the hub's tests: frames count up, "play" kills it, "pause" is refused.

Every frame says what the run was created with and who watches it.
"""

from __future__ import annotations

import os
import sys

from ganlab.live.frames import pack
from ganlab.live.protocol import read_message, write_message

runs: dict[str, dict] = {}
out = sys.stdout.buffer
while (message := read_message(sys.stdin.buffer)) is not None:
    run, command = message[0]["run"], message[0]["command"]
    op = command["op"]
    if op == "create":
        runs[run] = {"created": command, "number": 0, "watched": None}
    elif op == "watch":
        runs[run]["watched"] = [command["viewers"], command["figures"]]
    elif op == "want":
        runs[run]["number"] += 1
        write_message(
            out, {"type": "frame", "run": run}, pack({**runs[run], "pid": os.getpid()}, {})
        )
    elif op == "set":
        config = {**runs[run]["created"]["config"], **command["values"]}
        write_message(out, {"type": "config", "run": run, "config": config})
    elif op == "pause":
        write_message(out, {"type": "refused", "run": run, "text": "No pausing here."})
    elif op == "step":
        write_message(out, {"type": "released", "run": run})
    elif op == "play":
        os._exit(3)
