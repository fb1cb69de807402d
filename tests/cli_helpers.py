"""What the tests of the command line share."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ganlab.cli import main

ROOT = Path(__file__).resolve().parents[1]
TINY = """
training: {steps: 60, batch_size: 32}
generator: {widths: [16]}
discriminator: {widths: [16]}
probe: {record_every: 5, measure_every: 20, measure_samples: 200, samples: 64, grid: 8}
"""


def start(*arguments: str, cwd: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "ganlab", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refused(capsys, *arguments: str) -> str:
    """The one sentence on stderr of a command that must exit with 2."""
    capsys.readouterr()
    try:
        code = main(arguments)
    except SystemExit as exit:
        code = exit.code
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith("ganlab") and err.count("\n") == 1, err
    return err
