"""A worker without torch for the hub's tests: frames count up, "play" kills it, "pause" is refused.

Every frame says what the run was created with and who watches it; "reset" makes a new static
message, "fork" a branch at step 7. Every z of "decode" is an answer of its own; to "about" there
is none.
"""

from __future__ import annotations

import os
import sys

from ganlab.live.envelopes import read_message, write_message
from ganlab.live.frames import pack

runs: dict[str, dict] = {}
out = sys.stdout.buffer


def send(kind: str, run: str, body: bytes = b"", **more: object) -> None:
    write_message(out, {"type": kind, "run": run, **more}, body)


def static(run: str) -> None:
    runs[run]["builds"] += 1
    send("static", run, pack({"kind": "static", "build": runs[run]["builds"]}, {}))


while (message := read_message(sys.stdin.buffer)) is not None:
    run, viewer, command = (message[0][name] for name in ("run", "viewer", "command"))
    op = command["op"]
    if op in ("create", "open"):
        runs[run] = {"created": command, "number": 0, "watched": None, "builds": 0}
        static(run)
        send("marks", run, marks=[{"step": 0, "title": "created"}])
    elif op == "watch":
        runs[run]["watched"] = [command["viewers"], command["figures"], command["layers"]]
        runs[run]["scene"] = command["scene"]
    elif op == "leave":
        runs[run]["left"] = [*runs[run].get("left", []), viewer]
    elif op == "decode":
        for number in range(len(command["z"])):
            asked = {"op": op, "id": command["id"], "done": number + 1 == len(command["z"])}
            body = pack({"kind": op, "number": number, **asked}, {})
            send("answer", run, body, viewer=viewer, **asked)
    elif op == "want":
        runs[run]["number"] += 1
        body = pack({"kind": "frame", **runs[run], "pid": os.getpid()}, {})
        send("frame", run, body, scene=runs[run].get("scene", True))
    elif op == "set":
        config = {**runs[run]["created"]["config"], **command["values"]}
        send("config", run, config=config)
    elif op == "reset":
        static(run)
    elif op == "python":
        send("python", run, viewer=viewer, text="print()")
    elif op == "fork" and runs[run]["created"]["config"].get("barren"):
        send("refused", run, viewer=viewer, text="No branch here.", path="")
        send("released", command["target"])
    elif op == "fork":
        runs[command["target"]] = {**runs[run], "number": 0}
        more = {"target": command["target"], "step": 7, "config": {"branch": True}}
        send("branched", run, viewer=viewer, **more)
    elif op == "pause":
        send("refused", run, viewer=viewer, text="No pausing here.", path="")
    elif op == "step":
        send("released", run)
    elif op == "play":
        os._exit(3)
