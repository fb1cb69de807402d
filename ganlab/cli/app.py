"""``ganlab app``: the dashboard."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

import ganlab

SCRIPT = "streamlit_app.py"


def add_commands(commands: argparse._SubParsersAction) -> None:
    app = commands.add_parser("app", help="open the dashboard in a browser")
    app.add_argument("--port", type=int, metavar="N", help="the server's port (8501 if free)")
    app.set_defaults(run=_app)


def _app(args: argparse.Namespace) -> NoReturn:
    script = Path(ganlab.__file__).resolve().parents[1] / SCRIPT
    if not script.is_file():
        raise ValueError(
            f"The dashboard's {SCRIPT} is not at {script.parent}: it is part of the source tree, "
            "so install ganlab from a checkout with `pip install -e .`."
        )
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    port = [] if args.port is None else ["--server.port", str(args.port)]
    sys.stdout.flush()
    # In our place, so that Ctrl-C and signals reach the server itself.
    os.execv(sys.executable, command + port)
